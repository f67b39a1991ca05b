// Pictures of weights through the epochs, and the loss with a mark that moves in step. All frames are here, so nothing
// waits for the server; Python hears of an epoch when the film rests at it, and of a picture when it is clicked.
// drawLoss comes from loss_curve.js, signed, isDark and colours from signed_colours.js; both are appended to this file.

const SECONDS = 7; // a whole film
const STILL_MOTION = window.matchMedia("(prefers-reduced-motion: reduce)");
const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 2.5h3v11H4zM9 2.5h3v11H9z";

export default function ({ parentElement, data, setStateValue }) {
  parentElement.film ??= new Film(parentElement);
  parentElement.film.setStateValue = setStateValue;
  parentElement.film.take(data);
  return () => parentElement.film.remove();
}

class Film {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.slider = this.find("input");
    this.play = this.find("button[name=play]");
    this.tiles = this.find(".tiles");
    this.playing = null; // the running animation frame
    this.play.addEventListener("click", () => (this.playing ? this.rest() : this.start()));
    this.slider.addEventListener("input", () => (this.pause(), this.show(Number(this.slider.value))));
    this.slider.addEventListener("change", () => this.rest());
    this.tiles.addEventListener("click", (event) => this.pick(event.target.closest(".tile")));
    this.tiles.addEventListener("pointermove", (event) => this.tell(event));
    this.tiles.addEventListener("pointerleave", () => this.say(this.data.hint));
    this.observer = new ResizeObserver(() => this.drawLoss());
    this.observer.observe(this.find(".curve"));
  }

  remove() {
    this.pause();
    this.observer.disconnect();
  }

  // What Python gives

  take(data) {
    const sameFilm = data.film === this.data?.film;
    const sameStart = sameFilm && data.start === this.data.start;
    this.data = data;
    if (!sameFilm) this.build();
    this.mark(data.picked);
    this.dress();
    if (!sameStart) {
      this.pause();
      this.show(Math.max(0, data.epochs.indexOf(data.start)));
    } else if (!this.playing) this.show(this.moment);
  }

  // The scale of the theme: its middle is near the page's background, so that zero is quiet.
  dress() {
    const stops = isDark(this.find(".film")) ? this.data.dark : this.data.light;
    const shown = this.data.low < 0 ? stops : stops.slice((stops.length - 1) / 2);
    this.colours = colours(stops);
    this.find(".scale i").style.background = `linear-gradient(to right, ${shown.join(", ")})`;
  }

  build() {
    const { data } = this;
    this.frames = Int8Array.from(atob(data.frames), (letter) => letter.charCodeAt(0));
    this.find(".film").style.setProperty("--columns", data.columns);
    this.find(".film").style.setProperty("--narrow", data.narrow);
    this.find(".pictures").classList.toggle("single", data.captions.length === 1);
    this.find(".pictures h3").textContent = data.title;
    this.find(".low").textContent = signed(data.low);
    this.find(".high").textContent = signed(data.limit);
    this.find(".meaning").textContent = data.meaning;
    this.find(".controls").hidden = data.epochs.length < 2;
    this.slider.max = data.epochs.length - 1;
    this.tiles.setAttribute("aria-label", data.title);
    this.tiles.replaceChildren(...data.captions.map((caption, i) => this.tile(caption, i)));
    this.say(data.hint);
    this.drawLoss();
  }

  tile(caption, i) {
    const tile = document.createElement(this.data.picked !== null ? "button" : "div");
    tile.className = "tile";
    tile.dataset.place = i;
    if (this.data.picked !== null) tile.type = "button";
    const canvas = document.createElement("canvas");
    canvas.width = this.data.width;
    canvas.height = this.data.height;
    const name = document.createElement("span");
    name.textContent = caption;
    tile.append(canvas, name);
    if (this.data.picked !== null) tile.setAttribute("aria-label", `${this.data.tile} ${caption}`);
    return tile;
  }

  // Showing a moment: a frame, or a place between two of them

  show(moment) {
    const { data } = this;
    const before = Math.floor(moment);
    const after = Math.min(before + 1, data.epochs.length - 1);
    const share = moment - before;
    this.moment = moment;
    [...this.tiles.children].forEach((tile, i) => this.paint(tile.firstChild, i, before, after, share));
    this.slider.value = Math.round(moment);
    this.slider.style.setProperty("--done", `${(100 * moment) / Math.max(1, data.epochs.length - 1)}%`);
    const epoch = data.epochs[Math.round(moment)];
    const words = epoch === 0 ? "untrained" : `epoch ${epoch} of ${data.epochs.at(-1)}`;
    this.find("output").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    this.moveMark?.(data.epochs[before] + share * (data.epochs[after] - data.epochs[before]));
  }

  paint(canvas, tile, before, after, share) {
    const { width, height } = this.data;
    const size = width * height;
    const per = size * this.data.captions.length;
    const pixels = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      const place = tile * size + i;
      const value = (1 - share) * this.frames[before * per + place] + share * this.frames[after * per + place];
      pixels[i] = this.colours[Math.round(value) + 127];
    }
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  }

  drawLoss() {
    if (!this.data) return;
    this.find(".loss").hidden = !this.data.curves.length;
    if (!this.data.curves.length) return;
    this.moveMark = drawLoss(this.find(".curve"), this.data);
    if (this.moment !== undefined) this.show(this.moment);
  }

  // Playing

  start() {
    const last = this.data.epochs.length - 1;
    const from = this.moment >= last ? 0 : this.moment;
    const began = performance.now();
    const step = (now) => {
      const moment = Math.min(last, from + ((now - began) / 1000 / SECONDS) * last);
      this.show(STILL_MOTION.matches ? Math.floor(moment) : Math.max(moment, 0));
      if (moment >= last) this.rest();
      else this.playing = requestAnimationFrame(step);
    };
    this.setPlay(PAUSE, "Pause");
    this.playing = requestAnimationFrame(step);
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.setPlay(PLAY, "Play");
  }

  rest() {
    this.pause();
    this.show(Math.round(this.moment));
    this.setStateValue("epoch", this.data.epochs[this.moment]);
  }

  setPlay(icon, words) {
    this.play.querySelector("path").setAttribute("d", icon);
    this.play.querySelector("span").textContent = words;
    this.play.setAttribute("aria-label", words);
  }

  // Pictures: which one is chosen, and what is under the pointer

  pick(tile) {
    if (!tile || this.data.picked === null) return;
    this.mark(Number(tile.dataset.place));
    this.setStateValue("picked", Number(tile.dataset.place));
  }

  mark(place) {
    if (this.data.picked === null) return;
    for (const tile of this.tiles.children) tile.setAttribute("aria-pressed", Number(tile.dataset.place) === place);
  }

  tell(event) {
    const tile = event.target.closest(".tile");
    if (!tile || event.target.nodeName !== "CANVAS") return;
    const { width, height, limit, captions } = this.data;
    const x = Math.min(width - 1, Math.floor((event.offsetX / event.target.clientWidth) * width));
    const y = Math.min(height - 1, Math.floor((event.offsetY / event.target.clientHeight) * height));
    const i = Number(tile.dataset.place);
    const frame = Math.round(this.moment) * captions.length * width * height;
    const step = this.frames[frame + (i * height + y) * width + x];
    const beyond = Math.abs(step) === 127 ? (step < 0 ? "at most " : "at least ") : "";
    this.say(`${this.data.tile} ${captions[i]}, row ${y + 1}, column ${x + 1}: ${beyond}${signed((step / 127) * limit)}`);
  }

  say(words) {
    this.find(".tip").textContent = words;
  }
}
