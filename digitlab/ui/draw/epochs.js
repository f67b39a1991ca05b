// The time machine: for each model the drawing's ten probabilities through the epochs as lines, the loss under them and,
// for a softmax regression, its weight images, all in step with one slider. A new answer changes the lines alone; a new
// position asks nobody, and is told once it rests. Player comes from player.js, Frames from frames.js, drawLoss, make and label from loss_curve.js.

const LEFT = 46; // pixels left of the lines, as in drawLoss
const RIGHT = 30; // and right of them, for the digits that name them
const LINES_HEIGHT = 210;
const NAMED = 200; // thousandths that a digit must reach at some epoch for its line to be named
const APART = 15; // pixels between two names

function drawValue(root, value, tell, { at }) {
  if (!root.querySelector(".machine")) {
    root.machine?.remove();
    root.machine = new TimeMachine(root, value);
  }
  root.machine.tell = tell;
  root.machine.take(value, at);
}

class TimeMachine {
  constructor(root, { controls }) {
    this.root = document.createElement("div");
    this.root.className = "machine";
    this.root.innerHTML = `${controls}<div class="runs"></div><p class="about"></p>`;
    root.replaceChildren(this.root);
    this.player = new Player(this.root.querySelector(".controls"), (moment) => this.show(moment), () => this.rested());
    this.epochs = [];
    this.runs = [];
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.root);
  }

  remove() {
    this.player.pause();
    this.observer.disconnect();
  }

  // at: the epoch that the address asks for; the last where it asks for none
  take(value, at) {
    this.root.classList.toggle("dark", isDark(this.root));
    this.root.querySelector(".about").textContent = value.about;
    const shape = JSON.stringify([value.digits, ...value.models.map(({ shares: _shares, ...rest }) => rest)]);
    const isAsked = this.shape === undefined || at !== this.at;
    if (shape !== this.shape) this.build(value);
    Object.assign(this, { shape, at });
    if (isAsked) this.goTo(at);
    value.models.forEach(({ shares }, i) => this.runs[i].take(shares ?? null));
    if (!this.player.playing) this.player.go(this.player.moment);
  }

  // Other models, or further epochs of those that are being trained: the slider stays at its epoch, or at the end.
  build({ models, digits }) {
    const atEnd = !this.epochs.length || this.player.moment >= this.epochs.length - 1;
    const before = this.epochs[Math.round(this.player.moment ?? 0)];
    const known = new Map(this.runs.map((run) => [run.key, run]));
    this.runs = models.map((model) => known.get(keyOf(model)) ?? new RunThroughEpochs(model, digits, () => this.redraw()));
    this.root.querySelector(".runs").replaceChildren(...this.runs.map((run) => run.node));
    this.epochs = [...new Set(this.runs.flatMap((run) => run.epochs))].sort((a, b) => a - b);
    if (!this.epochs.length) this.epochs = [0];
    this.player.pause();
    this.player.reach(this.epochs.length - 1);
    const nearest = this.epochs.findLastIndex((epoch) => epoch <= before);
    this.player.moment = atEnd ? this.epochs.length - 1 : Math.max(0, nearest);
    for (const run of this.runs) run.draw();
  }

  goTo(at) {
    this.player.pause();
    const nearest = this.epochs.findLastIndex((epoch) => epoch <= Number(at));
    this.player.moment = at === undefined ? this.epochs.length - 1 : Math.max(0, nearest);
  }

  rested() {
    this.at = String(this.epochs[Math.round(this.player.moment)]);
    this.tell({ at: this.at });
  }

  redraw() {
    for (const run of this.runs) run.draw();
    if (this.player.moment !== undefined) this.show(this.player.moment);
  }

  show(moment) {
    const [before, share] = [Math.floor(moment), moment % 1];
    const [from, to] = [this.epochs[before], this.epochs[Math.min(before + 1, this.epochs.length - 1)]];
    for (const run of this.runs) run.show(from + share * (to - from));
    const said = this.runs.map((run) => run.said).filter(Boolean).join(", ");
    this.player.say(epochWords(this.epochs[Math.round(moment)], this.epochs.at(-1)), said && `: ${said}`);
  }
}

function keyOf(model) {
  return JSON.stringify([model.id, model.title, model.colour, model.stamp, model.epochs, model.trouble]);
}

class RunThroughEpochs {
  constructor(model, digits, loaded) {
    Object.assign(this, { model, digits, loaded });
    this.key = keyOf(model);
    this.epochs = model.epochs ?? [];
    this.shares = null;
    this.said = "";
    this.node = document.createElement("section");
    this.node.setAttribute("aria-label", `${model.title} through the epochs`);
    this.node.dataset.model = model.title;
    this.node.style.setProperty("--model", model.colour);
    this.node.innerHTML =
      '<h3></h3><p class="now"></p><p class="note"></p><div class="curve shares"></div><div class="curve loss"></div>' +
      '<div class="tiles" role="img"></div><p class="meaning"></p>';
    this.find(".note").textContent = model.trouble ?? model.note;
    this.find("h3").textContent = model.title;
    this.node.classList.toggle("still", this.epochs.length < 2);
    if (this.epochs.length > 1) this.load();
  }

  find(selector) {
    return this.node.querySelector(selector);
  }

  async load() {
    const address = live.address(`api/past/${encodeURIComponent(this.model.id)}?files=${this.model.stamp}`);
    try {
      const answer = await fetch(address);
      const past = await answer.json();
      if (!answer.ok) throw new Error(past.error);
      this.past = past;
      if (past.frames) this.build(past);
    } catch (error) {
      this.find(".note").textContent = `The loss and the weights could not be loaded: ${error.message}`;
    }
    this.loaded();
  }

  build(past) {
    this.frames = new Frames(past);
    this.find(".tiles").setAttribute("aria-label", past.title);
    this.find(".tiles").replaceChildren(
      ...past.captions.map((caption) => {
        const tile = Object.assign(document.createElement("div"), { className: "tile" });
        tile.append(this.frames.canvas(), Object.assign(document.createElement("span"), { textContent: caption }));
        return tile;
      }),
    );
    this.find(".meaning").textContent = past.meaning;
  }

  take(shares) {
    this.shares = shares;
    this.drawLines();
  }

  draw() {
    this.drawLines();
    this.frames?.dress(isDark(this.node));
    if (!this.past?.curves.length || !this.find(".loss").clientWidth) return;
    this.moveLoss = drawLoss(this.find(".loss"), { ...this.past, epochs: this.epochs, room: RIGHT });
  }

  // The ten lines, each in its digit's colour, named at their right end; a tick below for each epoch that is known
  drawLines() {
    if (this.epochs.length < 2) return;
    const place = this.find(".shares");
    const [width, top, bottom] = [place.clientWidth || 320, 12, LINES_HEIGHT - 12];
    this.x = (epoch) => LEFT + (epoch / Math.max(1, this.epochs.at(-1))) * (width - RIGHT - LEFT);
    this.y = (share) => bottom - (share / 1000) * (bottom - top);
    const size = { viewBox: `0 0 ${width} ${LINES_HEIGHT}`, height: LINES_HEIGHT };
    const svg = make("svg", { ...size, role: "img", "aria-label": "Probability of each digit by epoch" });
    for (const share of [0, 250, 500, 750, 1000]) {
      svg.append(make("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: this.y(share), y2: this.y(share) }));
      if (share % 500 === 0) svg.append(label(LEFT - 8, this.y(share) + 4, `${share / 10}\u202f%`, "end"));
    }
    for (const x of this.epochs.map(this.x)) svg.append(make("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 5 }));
    this.mark = make("line", { class: "mark", y1: top, y2: bottom });
    svg.append(this.mark);
    this.lines = this.shares ? this.digits.map((colour, digit) => this.line(colour, digit)) : [];
    svg.append(...this.lines.flatMap(({ line, dot }) => [line, dot]), ...this.names(width, top, bottom));
    if (!this.shares) svg.append(label((LEFT + width - RIGHT) / 2, (top + bottom) / 2, "Draw a digit.", "middle"));
    place.replaceChildren(svg);
  }

  line(colour, digit) {
    const points = this.epochs.map((epoch, i) => `${this.x(epoch)},${this.y(this.shares[i][digit])}`).join(" ");
    const style = `--digit:${colour}`;
    return { line: make("polyline", { class: "digit", points, style }), dot: make("circle", { class: "digit", style }) };
  }

  names(width, top, bottom) {
    const last = this.shares?.at(-1) ?? [];
    const named = last.map((share, digit) => ({ digit, y: this.y(share) }));
    const seen = named.filter(({ digit }) => this.shares.some((row) => row[digit] >= NAMED));
    seen.sort((a, b) => b.y - a.y); // from the bottom up, each pushed up by the one below
    let free = bottom + 4;
    for (const one of seen) free = (one.y = Math.min(one.y, free)) - APART;
    return seen.map(({ digit, y }) => {
      const name = label(width - RIGHT + 8, Math.max(top, y) + 4, digit, "start");
      name.setAttribute("class", "digit-name");
      name.setAttribute("style", `--digit:${this.digits[digit]}`);
      return name;
    });
  }

  // What the run said at an epoch, which may lie between two of its own: then at the one before.
  show(asked) {
    if (!this.epochs.length) return;
    const epoch = Math.min(asked, this.epochs.at(-1));
    const index = Math.max(0, this.epochs.findLastIndex((one) => one <= epoch + 1e-9));
    this.tell(index);
    if (this.epochs.length < 2) return;
    for (const end of ["x1", "x2"]) this.mark?.setAttribute(end, this.x(epoch));
    this.lines?.forEach(({ line, dot }, digit) => {
      line.classList.toggle("top", digit === this.digit);
      dot.setAttribute("r", digit === this.digit ? 5 : 2.5);
      dot.setAttribute("cx", this.x(this.epochs[index]));
      dot.setAttribute("cy", this.y(this.shares[index][digit]));
    });
    this.moveLoss?.(epoch);
    this.showWeights(epoch);
  }

  tell(index) {
    const row = this.shares?.[index];
    const order = row ? [...row.keys()].sort((a, b) => row[b] - row[a]) : [];
    const words = this.epochs.length < 2 ? "" : epochWords(this.epochs[index], this.epochs.at(-1)) + this.use(index);
    this.digit = order[0];
    this.said = row ? `${this.model.title} says ${this.digit}` : "";
    const percent = (digit) => `${(row[digit] / 10).toFixed(1)}\u202f%`;
    const also = order.slice(1, 3).filter((digit) => row[digit] >= 10).map((digit) => `${digit}\u2002${percent(digit)}`);
    const parts = [
      ["b", this.digit ?? "?"],
      ["span", row ? percent(this.digit) : ""],
      ["small", words],
      ["small", also.length ? `then ${also.join(", ")}` : ""],
    ];
    this.find(".now").replaceChildren(
      ...parts.map(([tag, textContent]) => Object.assign(document.createElement(tag), { textContent })),
    );
    this.node.dataset.digit = this.digit ?? "";
    this.node.dataset.epoch = this.epochs[index];
  }

  use(index) {
    const { chosen } = this.model;
    return this.epochs[index] === chosen ? ", which it reads with" : `; it reads with epoch ${chosen}`;
  }

  showWeights(epoch) {
    if (!this.frames?.colours) return;
    const { epochs } = this.past;
    const before = Math.max(0, epochs.findLastIndex((one) => one <= epoch));
    const after = Math.min(before + 1, epochs.length - 1);
    const share = after > before ? Math.max(0, Math.min(1, (epoch - epochs[before]) / (epochs[after] - epochs[before]))) : 0;
    [...this.find(".tiles").children].forEach((tile, i) => this.frames.paint(tile.firstChild, i, before, after, share));
  }
}
