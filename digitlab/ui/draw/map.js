// The map: for each model a canvas with a point for every test image, the drawing among them, and its ten nearest
// neighbours below. Points and images are fetched once; over the live channel come the drawing's place and neighbours.

const MAP_HEIGHT = 380;
const MARGIN = 14; // pixels around the points
const REACH = 14; // pixels from a point at which the pointer means it
const THUMB = 84; // pixels of an image that is pointed at
const SIDE = 28;
const LOOK_AGAIN = 1000; // ms, while a map is being made
const NAMES = { pca: "PCA", tsne: "t-SNE" };

function drawValue(root, value, ask) {
  if (!root.querySelector(".maps")) {
    root.maps?.remove();
    root.maps = new Maps(root);
  }
  root.maps.take(value, ask);
}

class Maps {
  constructor(root) {
    this.node = document.createElement("div");
    this.node.className = "maps";
    this.node.innerHTML =
      '<div class="top"><div class="choice" role="group" aria-label="Projection"></div><ul class="legend" aria-label="Colours of the digits"></ul></div>' +
      '<p class="hint"></p><div class="all"></div><p class="about"></p>';
    root.replaceChildren(this.node);
    this.turn = 0;
    this.models = new Map();
    this.observer = new ResizeObserver(() => this.models.forEach((model) => model.paint()));
    this.observer.observe(this.node);
  }

  remove() {
    this.observer.disconnect();
    this.models.forEach((model) => clearTimeout(model.timer));
  }

  find(selector) {
    return this.node.querySelector(selector);
  }

  take(value, ask) {
    this.value = value;
    this.ask = ask;
    this.node.classList.toggle("dark", isDark(this.node));
    if (!this.find(".choice").children.length) this.build(value);
    this.find(".about").textContent = value.about;
    const before = this.models;
    this.models = new Map(
      value.models.map((model) => [model.id, before.get(model.id) ?? new ModelMap(model, value.digits, this)]),
    );
    const nodes = [...this.models.values()].map(({ node }) => node);
    const all = this.find(".all");
    if (nodes.length !== all.children.length || nodes.some((node, i) => node !== all.children[i])) all.replaceChildren(...nodes);
    for (const model of value.models) this.models.get(model.id).take(model);
  }

  build({ digits, hints, models }) {
    this.hints = hints;
    this.projection = models.find(({ projection }) => projection)?.projection ?? "pca";
    this.find(".choice").append(
      ...Object.entries(NAMES).map(([projection, textContent]) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent, title: hints[projection] });
        button.dataset.projection = projection;
        button.addEventListener("click", () => this.choose(projection));
        return button;
      }),
    );
    this.find(".legend").append(
      ...digits.map((colour, digit) => {
        const item = Object.assign(document.createElement("li"), { textContent: digit });
        item.style.setProperty("--digit", colour);
        return item;
      }),
    );
    this.choose(this.projection);
  }

  choose(projection) {
    const isNew = projection !== this.projection;
    this.projection = projection;
    for (const button of this.find(".choice").children)
      button.setAttribute("aria-pressed", button.dataset.projection === projection);
    this.find(".hint").textContent = this.hints[projection];
    if (isNew) this.again();
  }

  // Have the drawing placed anew: in the other projection, or on a map that has just been made
  again() {
    this.turn += 1;
    this.ask({ projection: this.projection, turn: this.turn });
    this.models.forEach((model) => model.show());
  }
}

class ModelMap {
  constructor(model, digits, maps) {
    Object.assign(this, { id: model.id, digits, maps, placed: {} });
    this.node = document.createElement("section");
    this.node.innerHTML =
      '<h3></h3><p class="of"></p><div class="field"><canvas role="img" aria-label="The map, which is being made"></canvas><div class="over" role="status"></div></div>' +
      '<h4>Nearest neighbours</h4><ol class="near"></ol><p class="vote"></p>';
    this.find("h4").title = maps.hints.near;
    this.canvas = this.find("canvas");
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerdown", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => this.lookAt(null));
    this.say("Computing the map. This is done once and takes some seconds.", true);
    this.load();
  }

  find(selector) {
    return this.node.querySelector(selector);
  }

  async load(method = "GET") {
    clearTimeout(this.timer);
    this.loading = true;
    try {
      const answer = await fetch(live.address(`api/map/${encodeURIComponent(this.id)}`), { method });
      const map = await answer.json();
      if (!answer.ok) throw new Error(map.error);
      const isNew = !this.placed.isMade || (!this.map?.tsne && map.tsne);
      this.map = map;
      this.fitKey = null;
      this.atlas ??= await image(live.address(map.atlas));
      if (isNew) this.maps.again();
    } catch (error) {
      if (this.map) this.map.trouble = error.message;
      else this.say(error.message);
    } finally {
      this.loading = false;
    }
    if (!this.map) return;
    this.show();
    if (this.map.done !== null && !this.map.tsne && this.node.isConnected) this.timer = setTimeout(() => this.load(), LOOK_AGAIN);
  }

  take(placed) {
    this.placed = placed;
    this.node.setAttribute("aria-label", `Map of ${placed.title}`);
    this.node.style.setProperty("--model", placed.colour);
    this.find("h3").textContent = placed.title;
    if (placed.trouble) this.say(placed.trouble);
    else if (this.map && !placed.isMade && !this.loading) this.load(); // its weights have changed
    else if (this.map) this.show();
  }

  // What stands over the map: a line, and whether something is under way; a share 0..1 is a bar.
  say(words, busy = false) {
    const over = this.find(".over");
    const bar = document.createElement("progress");
    if (typeof busy === "number") bar.value = busy;
    bar.setAttribute("aria-label", "The map that is being made");
    over.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }), ...(busy === false ? [] : [bar]));
    over.hidden = !words;
  }

  show() {
    if (!this.map) return;
    const { images, isOfPixels, values, explained } = this.map;
    const from = isOfPixels
      ? `It has no hidden layer: this is a map of its input, ${values} pixels`
      : `Last hidden layer, ${values.toLocaleString("en").replace(",", "\u202f")} values`;
    const share = Math.round(100 * (explained[0] + explained[1]));
    const kept = this.maps.projection === "pca" ? `; the two directions hold ${share}\u202f% of the variance` : "";
    this.find(".of").textContent = `${from}, of ${images}${kept}.`;
    this.offer();
    this.paint();
    this.list();
  }

  // The t-SNE is made when it is asked for
  offer() {
    const { tsne, done, trouble } = this.map;
    if (this.maps.projection === "pca" || tsne) return this.say("");
    if (done !== null) return this.say("Making the t-SNE in the background. It is kept with the run.", done || true);
    this.say(trouble || "There is no t-SNE of this model yet. It takes about half a minute and is kept with the run.");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Make it" });
    button.title = "Compute the t-SNE in the background; everything else goes on meanwhile";
    button.addEventListener("click", () => ((button.disabled = true), this.load("POST")));
    return this.find(".over").append(button);
  }

  // Painting

  fit() {
    const points = this.map[this.maps.projection];
    const [width, height] = [this.canvas.clientWidth || 320, MAP_HEIGHT];
    if (!points) return { points: [], width, height };
    const bounds = [0, 1].map((side) => [Math.min(...points.map((p) => p[side])), Math.max(...points.map((p) => p[side]))]);
    const scale = [width, height].map((size, side) => (size - 2 * MARGIN) / (bounds[side][1] - bounds[side][0] || 1));
    const x = (value) => Math.min(width - 6, Math.max(6, MARGIN + (value - bounds[0][0]) * scale[0]));
    const y = (value) => Math.min(height - 6, Math.max(6, height - MARGIN - (value - bounds[1][0]) * scale[1]));
    return { points: points.map(([a, b]) => [x(a), y(b)]), x, y, width, height };
  }

  paint() {
    if (!this.map) return;
    const fitKey = `${this.maps.projection} ${this.canvas.clientWidth} ${this.map.tsne?.length}`;
    if (fitKey !== this.fitKey) this.field = this.fit();
    this.fitKey = fitKey;
    const { points, width, height } = this.field;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const onDark = isDark(this.node);
    const colours = this.digits.map((colour) => (onDark ? lighter(colour) : colour));
    points.forEach(([x, y], i) => {
      pen.fillStyle = colours[this.map.labels[i]];
      pen.globalAlpha = 0.75;
      pen.fillRect(x - 1.75, y - 1.75, 3.5, 3.5);
    });
    pen.globalAlpha = 1;
    const ink = getComputedStyle(this.node).color;
    if (points.length) this.paintNear(pen, points, colours, ink);
    this.paintLook(pen, points, width);
    this.canvas.setAttribute("aria-label", this.words());
  }

  paintNear(pen, points, colours, ink) {
    const { near = [] } = this.placed;
    const point = this.placed.projection === this.maps.projection ? this.placed.point : null;
    pen.strokeStyle = pen.fillStyle = ink;
    const here = point && [this.field.x(point[0]), this.field.y(point[1])];
    for (const index of near) {
      const [x, y] = points[index] ?? [];
      if (x === undefined) continue;
      if (here) {
        pen.globalAlpha = 0.45;
        line(pen, here, [x, y]);
        pen.globalAlpha = 1;
      }
      pen.fillStyle = colours[this.map.labels[index]];
      disc(pen, x, y, 4.5);
      pen.stroke();
    }
    if (!here) return;
    pen.lineWidth = 2.5;
    pen.fillStyle = getComputedStyle(this.node).getPropertyValue("--model");
    disc(pen, ...here, 8);
    pen.stroke();
    pen.lineWidth = 1;
  }

  // The image that is pointed at, large, beside its point
  paintLook(pen, points, width) {
    if (this.look === null || this.look === undefined || !points[this.look] || !this.atlas) return;
    const [x, y] = points[this.look];
    const left = x + THUMB + 20 > width ? x - THUMB - 10 : x + 10;
    const top = Math.min(Math.max(4, y - THUMB / 2), MAP_HEIGHT - THUMB - 26);
    pen.fillStyle = "#000";
    pen.fillRect(left - 2, top - 2, THUMB + 4, THUMB + 24);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.atlas, ...this.tile(this.look), SIDE, SIDE, left, top, THUMB, THUMB);
    pen.fillStyle = "#fff";
    pen.font = "600 13px sans-serif";
    pen.fillText(`a ${this.map.labels[this.look]}`.replace("a 8", "an 8"), left + 4, top + THUMB + 15);
    pen.strokeStyle = getComputedStyle(this.node).color;
    disc(pen, x, y, 5.5, false);
    pen.stroke();
  }

  tile(index) {
    return [(index % this.map.columns) * SIDE, Math.floor(index / this.map.columns) * SIDE];
  }

  point({ offsetX, offsetY }) {
    let [best, least] = [null, REACH * REACH];
    this.field?.points.forEach(([x, y], i) => {
      const distance = (x - offsetX) ** 2 + (y - offsetY) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    this.lookAt(best);
  }

  lookAt(index) {
    if (index === this.look) return;
    this.look = index;
    this.canvas.dataset.look = index ?? ""; // which image is shown large
    this.paint();
  }

  // The neighbours as a list, which keyboard and screen reader reach

  list() {
    const { near = [], distances = [] } = this.placed;
    const list = this.find(".near");
    while (list.children.length > near.length) list.lastChild.remove();
    while (list.children.length < near.length) list.append(this.neighbour());
    near.forEach((index, i) => {
      const button = list.children[i].firstChild;
      const digit = this.map.labels[index];
      button.dataset.index = index;
      button.setAttribute("aria-label", `Neighbour ${i + 1}: ${digit}, at distance ${distances[i].toFixed(1)}. Show it on the map`);
      button.querySelector("span").textContent = digit;
      button.style.setProperty("--digit", this.digits[digit]);
      const pen = button.querySelector("canvas").getContext("2d");
      if (this.atlas) pen.drawImage(this.atlas, ...this.tile(index), SIDE, SIDE, 0, 0, SIDE, SIDE);
    });
    this.find(".vote").textContent = near.length ? this.vote(near) : "Draw a digit, and its ten nearest images are here.";
  }

  neighbour() {
    const item = document.createElement("li");
    item.innerHTML = `<button type="button" title="Show it on the map"><canvas width="${SIDE}" height="${SIDE}"></canvas><span></span></button>`;
    const button = item.firstChild;
    for (const event of ["focus", "pointerenter", "click"]) button.addEventListener(event, () => this.lookAt(Number(button.dataset.index)));
    for (const event of ["blur", "pointerleave"]) button.addEventListener(event, () => this.lookAt(null));
    return item;
  }

  vote(near) {
    const counts = new Array(10).fill(0);
    for (const index of near) counts[this.map.labels[index]] += 1;
    const order = [...counts.keys()].filter((digit) => counts[digit]).sort((a, b) => counts[b] - counts[a]);
    return `Of the ten nearest, ${order.map((digit) => `${counts[digit]} show${counts[digit] === 1 ? "s" : ""} ${/^8/.test(digit) ? "an" : "a"} ${digit}`).join(", ")}.`;
  }

  words() {
    const { near = [] } = this.placed;
    return `Map of ${this.map.images}, coloured by digit. ${near.length ? this.vote(near) : ""}`.trim();
  }
}

function image(address) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("The images could not be loaded. Load the page again."));
    picture.src = address;
  });
}

function line(pen, [fromX, fromY], [toX, toY]) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

function disc(pen, x, y, radius, filled = true) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  if (filled) pen.fill();
}

// A digit's colour as it is on a dark page: with 28 % white
function lighter(colour) {
  const channels = [1, 3, 5].map((i) => Math.round(0.72 * parseInt(colour.slice(i, i + 2), 16) + 0.28 * 255));
  return `rgb(${channels.join(" ")})`;
}
