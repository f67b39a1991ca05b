// Pictures of weights through the epochs, and the loss with a mark that moves in step. All frames are here, so nothing
// waits for the server; Python hears of an epoch when the film rests at it, and of a picture when it is clicked.
// Player comes from player.js, Frames from frames.js, drawLoss from loss_curve.js, signed, isDark and colours from
// signed_colours.js; all are appended to this file.

export default function ({ parentElement, data, setStateValue }) {
  parentElement.film ??= new Film(parentElement);
  parentElement.film.setStateValue = setStateValue;
  parentElement.film.take(data);
  return () => parentElement.film.remove();
}

class Film {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.tiles = this.find(".tiles");
    this.player = new Player(this.find(".controls"), (moment) => this.show(moment), () => this.tellEpoch());
    this.tiles.addEventListener("click", (event) => this.pick(event.target.closest(".tile")));
    this.tiles.addEventListener("pointermove", (event) => this.tell(event));
    this.tiles.addEventListener("pointerleave", () => this.say(this.data.hint));
    this.observer = new ResizeObserver(() => this.drawLoss());
    this.observer.observe(this.find(".curve"));
  }

  remove() {
    this.player.pause();
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
      this.player.pause();
      this.player.go(Math.max(0, data.epochs.indexOf(data.start)));
    } else if (!this.player.playing) this.player.go(this.moment);
  }

  dress() {
    const shown = this.frames.dress(isDark(this.find(".film")));
    this.find(".scale i").style.background = `linear-gradient(to right, ${shown.join(", ")})`;
  }

  build() {
    const { data } = this;
    this.frames = new Frames(data);
    this.dress();
    this.find(".film").style.setProperty("--columns", data.columns);
    this.find(".film").style.setProperty("--narrow", data.narrow);
    this.find(".pictures").classList.toggle("single", data.captions.length === 1);
    this.find(".pictures h3").textContent = data.title;
    this.find(".low").textContent = signed(data.low);
    this.find(".high").textContent = signed(data.limit);
    this.find(".meaning").textContent = data.meaning;
    this.player.reach(data.epochs.length - 1);
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
    const name = document.createElement("span");
    name.textContent = caption;
    tile.append(this.frames.canvas(), name);
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
    [...this.tiles.children].forEach((tile, i) => this.frames.paint(tile.firstChild, i, before, after, share));
    this.player.say(epochWords(data.epochs[Math.round(moment)], data.epochs.at(-1)));
    this.moveMark?.(data.epochs[before] + share * (data.epochs[after] - data.epochs[before]));
  }

  drawLoss() {
    if (!this.data) return;
    this.find(".loss").hidden = !this.data.curves.length;
    if (!this.data.curves.length) return;
    this.moveMark = drawLoss(this.find(".curve"), this.data);
    if (this.moment !== undefined) this.show(this.moment);
  }

  tellEpoch() {
    this.setStateValue("epoch", this.data.epochs[this.moment]);
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
    const step = this.frames.at(Math.round(this.moment), i, x, y);
    const beyond = Math.abs(step) === 127 ? (step < 0 ? "at most " : "at least ") : "";
    this.say(`${this.data.tile} ${captions[i]}, row ${y + 1}, column ${x + 1}: ${beyond}${signed((step / 127) * limit)}`);
  }

  say(words) {
    this.find(".tip").textContent = words;
  }
}
