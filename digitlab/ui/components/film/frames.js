// Pictures of weights as they are sent: for each epoch and picture `width` × `height` values of −127 to 127.
// colours comes from signed_colours.js.

class Frames {
  constructor({ frames, width, height, captions, low, light, dark }) {
    Object.assign(this, { width, height, low, light, dark, pictures: captions.length });
    this.values = Int8Array.from(atob(frames), (letter) => letter.charCodeAt(0));
  }

  // The scale of the theme: its middle is near the page's background, so that zero is quiet. Gives back its colours.
  dress(isOnDark) {
    const stops = isOnDark ? this.dark : this.light;
    this.colours = colours(stops);
    return this.low < 0 ? stops : stops.slice((stops.length - 1) / 2);
  }

  canvas() {
    const canvas = document.createElement("canvas");
    canvas.width = this.width;
    canvas.height = this.height;
    return canvas;
  }

  // A picture at a frame, or between two of them
  paint(canvas, picture, before, after, share) {
    const { width, height, values } = this;
    const size = width * height;
    const per = size * this.pictures;
    const pixels = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      const place = picture * size + i;
      const value = (1 - share) * values[before * per + place] + share * values[after * per + place];
      pixels[i] = this.colours[Math.round(value) + 127];
    }
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  }

  at(frame, picture, x, y) {
    return this.values[((frame * this.pictures + picture) * this.height + y) * this.width + x];
  }
}
