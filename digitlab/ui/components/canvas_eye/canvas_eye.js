// Looks at the canvas with tools while the pen is down or a stroke is being moved, and hands what is seen to the live
// channel (live.js, which stands before this). The canvas itself says nothing before the pen is lifted; from then on the
// page's own run is exact, so what was seen here gives way to it.

export default function ({ data }) {
  const eye = new Eye(data);
  return () => eye.close();
}

class Eye {
  constructor({ container, pad }) {
    this.container = container;
    this.pad = pad;
    this.number = 0;
    this.down = (event) => this.begin(event);
    this.up = () => this.end();
    document.addEventListener("pointerdown", this.down, true);
    document.addEventListener("pointerup", this.up, true);
    document.addEventListener("pointercancel", this.up, true);
    document.querySelector(`.st-key-${container}`)?.setAttribute("data-seen", "live");
  }

  close() {
    this.end();
    document.removeEventListener("pointerdown", this.down, true);
    document.removeEventListener("pointerup", this.up, true);
    document.removeEventListener("pointercancel", this.up, true);
  }

  begin(event) {
    this.canvases = event.composedPath().filter((node) => node.nodeName === "CANVAS");
    const box = document.querySelector(`.st-key-${this.container}`);
    if (!this.canvases.length || !event.composedPath().includes(box)) return;
    this.canvases = [...this.canvases[0].parentElement.querySelectorAll("canvas")]; // what is drawn, and the pen above it
    this.frame ??= requestAnimationFrame(() => this.look());
  }

  look() {
    const { width, height } = this.canvases[0].getBoundingClientRect();
    const seen = document.createElement("canvas");
    [seen.width, seen.height] = [Math.round(width), Math.round(height)];
    const pen = seen.getContext("2d");
    pen.fillRect(0, 0, seen.width, seen.height);
    for (const canvas of this.canvases) pen.drawImage(canvas, 0, 0, seen.width, seen.height);
    this.number += 1;
    live.draw(this.pad, { number: this.number, picture: seen.toDataURL("image/png").split(",")[1] });
    this.frame = requestAnimationFrame(() => this.look());
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    live.begin(this.pad);
  }
}
