// The ink pad: strokes live here. While the pen moves they go out over the live channel (live.js, which stands before
// this), and the session learns of them when the pen rests. Python gives ink back only when the pad is mounted: that one
// direction is what keeps a slow answer from ever painting old ink over new.

const SIDE = 280; // the canvas's height in its own pixels, whatever its size on the screen
const REST = 600; // ms without a change after which the session learns of the drawing
const LATEST = 250; // ms after the end of a stroke at which the session learns of it, also when no answer has come by then
const SEND_EVERY = 80; // the same where there is no live channel and the page's own runs have to answer
const LOST_AFTER = 1500; // ms without a connection after which the pad says so
const PRESSES = ["pointerdown", "click", "keydown"]; // elsewhere on the page
const KEY_STEP = 8;
const FINE_STEP = 2;
const LABELS_SENT = 8; // the last ones go along with every message, so that a message that is skipped loses none
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Streamlit may mount the pad anew without a word to Python (a layout that changed): then this is the newest ink.
const remembered = new Map();

const SAVED = "digitlab ink pad: "; // in the tab's own storage, for a reload: the session that knew the drawing is gone

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  parentElement.inkPad ??= new InkPad(parentElement, data);
  Object.assign(parentElement.inkPad, { setStateValue, setTriggerValue });
  parentElement.inkPad.setDigitKeys(data);
  return () => parentElement.inkPad.remove();
}

class InkPad {
  constructor(root, data) {
    this.key = data.key;
    this.mount = data.mount;
    const known = remembered.get(data.key);
    // A lower mount is that of a new session (the server was restarted), a lower number that of a session that was told
    // too late: the page was left at once. In both cases the browser knows better.
    const isBehind = data.mount < known?.mount || data.number < known?.number;
    const last = isBehind || data.mount === known?.mount ? known : null;
    const saved = known ? null : beforeReload(data);
    const start = last ?? saved ?? data;
    this.width = data.width;
    this.strokes = start.strokes;
    this.labels = last?.labels ?? [];
    this.penWidth = start.penWidth;
    this.past = [];
    this.future = [];
    this.pointer = null; // { id, type } of the pointer that draws
    this.isFresh = true; // until the first pointer comes
    this.keyPen = null; // { x, y, down } once the arrow keys were used
    this.timer = null;
    this.sending = null; // a timer, while what the session is told is not yet on its way
    this.isPressed = false; // something else, in that moment
    this.number = Math.max(data.number, last?.number ?? 0); // never an older one's, also after another mount
    live.begin(this.key);
    this.find(root);
    this.fit(root, data);
    this.listen();
    this.pen.value = this.penWidth;
    this.show();
    if (saved || isBehind) this.changed();
    else {
      save(this.key, start);
      if (this.strokes.length) this.handIn(); // views that the page's run does not answer show it, too
    }
    this.pad.removeAttribute("aria-busy");
  }

  find(root) {
    this.root = root;
    this.pad = root.querySelector(".pad");
    this.canvas = root.querySelector("canvas");
    this.invitation = root.querySelector(".invitation");
    this.note = root.querySelector(".note");
    this.pen = root.querySelector("input");
    this.penValue = root.querySelector("output");
    this.buttons = Object.fromEntries([...root.querySelectorAll(".tools button")].map((b) => [b.name, b]));
    this.tools = root.querySelector(".tools");
    this.labelRow = root.querySelector(".labels");
    this.digitKeys = root.querySelector(".digit-keys");
    this.labelled = root.querySelector(".labelled");
    this.takeBack = root.querySelector('button[name="take-back"]');
  }

  fit(root, { invitation, labels }) {
    (root.host ?? root).style.setProperty("--ratio", this.width / SIDE);
    this.invitation.textContent = invitation;
    this.labelRow.hidden = !labels;
    this.labelButtons = labels ? Array.from({ length: 10 }, (_, digit) => labelButton(digit)) : [];
    this.labelRow.lastElementChild.replaceChildren(...this.labelButtons);
  }

  listen() {
    const { canvas, pad, pen, buttons } = this;
    canvas.addEventListener("pointerdown", (event) => this.pointerDown(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      canvas.addEventListener(end, (event) => this.pointerUp(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press would open it
    pad.addEventListener("keydown", (event) => this.keyDown(event));
    // also after a click on a label or a tool, which then has the focus
    for (const part of [pad, this.tools, this.labelRow]) part.addEventListener("keydown", (event) => this.historyKey(event));
    pad.addEventListener("blur", () => this.leaveKeys());
    pen.addEventListener("input", () => this.setPenWidth(Number(pen.value)));
    buttons.undo.addEventListener("click", () => this.undo());
    buttons.redo.addEventListener("click", () => this.redo());
    buttons.clear.addEventListener("click", () => this.clear());
    this.labelButtons.forEach((button, digit) => button.addEventListener("click", (event) => this.label(digit, event)));
    this.takeBack.addEventListener("click", () => this.takeLabelBack());
    this.paintSoon = () => this.requestPaint();
    this.observer = new ResizeObserver(this.paintSoon);
    this.observer.observe(canvas);
    window.addEventListener("resize", this.paintSoon); // browser zoom changes the pixel ratio, not the size
    this.leave = () => this.flush();
    document.addEventListener("visibilitychange", this.leave);
    window.addEventListener("pagehide", this.leave);
    this.pressed = (event) => event.composedPath().includes(this.root) || this.afterPress();
    for (const press of PRESSES) document.addEventListener(press, this.pressed, { capture: true });
    foldSidebarOnce();
    this.connectionChanged = () => this.showConnection();
    live.listeners.add(this.connectionChanged);
    this.wipe = () => this.clear();
    live.wipers.set(this.key, this.wipe);
  }

  remove() {
    clearTimeout(this.timer);
    clearTimeout(this.sending);
    clearTimeout(this.noteTimer);
    this.observer.disconnect();
    window.removeEventListener("resize", this.paintSoon);
    document.removeEventListener("visibilitychange", this.leave);
    window.removeEventListener("pagehide", this.leave);
    for (const press of PRESSES) document.removeEventListener(press, this.pressed, { capture: true });
    live.listeners.delete(this.connectionChanged);
    if (live.wipers.get(this.key) === this.wipe) live.wipers.delete(this.key);
    forget(this.key); // from here on the drawing may change on another surface
  }

  // Pointers: mouse, pen, finger

  pointerDown(event) {
    this.isFresh = false;
    if (event.button !== 0 || !event.isPrimary || !this.takesOver(event)) return;
    if (this.pointer) this.undo(); // the palm lay there before the pen came
    this.putDown(event);
  }

  putDown(event) {
    this.leaveKeys();
    this.pointer = { id: event.pointerId, type: event.pointerType };
    this.canvas.setPointerCapture(event.pointerId);
    this.begin(this.place(event));
  }

  takesOver(event) {
    return !this.pointer || (event.pointerType === "pen" && this.pointer.type === "touch");
  }

  pointerMove(event) {
    if (this.isFresh && event.isPrimary && event.buttons === 1) this.putDown(event); // it was down before the script came
    this.isFresh = false;
    if (event.pointerId !== this.pointer?.id) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.extend(this.place(one));
  }

  pointerUp(event) {
    if (event.pointerId !== this.pointer?.id) return;
    this.pointer = null;
    if (!this.isNews) return;
    this.keep(); // the page may be left before the session is told
    // Soon, but after the answer: a page run would hold it up
    if (!live.follows(this.key)) return this.tellSession();
    this.tellSessionIn(LATEST);
    live.whenShown(this.key, this.number, () => this.pointer || this.flush());
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      tenth(((event.clientX - box.left) / box.width) * this.width),
      tenth(((event.clientY - box.top) / box.height) * SIDE),
    ];
  }

  // Keys

  setDigitKeys({ labelKeys, digitKeysDo }) {
    this.digitKeysLabel = labelKeys;
    this.digitKeys.textContent = digitKeysDo;
  }

  historyKey(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    const letter = event.key.toLowerCase();
    if (letter === "z") this.handled(event, event.shiftKey ? () => this.redo() : () => this.undo());
    else if (letter === "y") this.handled(event, () => this.redo());
  }

  keyDown(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (ARROWS[event.key]) this.handled(event, () => this.movePen(ARROWS[event.key], event.shiftKey));
    else if (event.key === " ") this.handled(event, () => this.togglePen());
    else if (this.digitKeysLabel && /^[0-9]$/.test(event.key)) this.handled(event, () => this.label(Number(event.key)));
    else if (["Delete", "Backspace", "Escape"].includes(event.key)) this.handled(event, () => this.clear());
  }

  handled(event, action) {
    event.preventDefault();
    event.stopPropagation();
    if (!this.pointer) action();
  }

  movePen([dx, dy], fine) {
    this.keyPen ??= { x: this.width / 2, y: SIDE / 2, down: false };
    const step = fine ? FINE_STEP : KEY_STEP;
    this.keyPen.x = Math.min(this.width, Math.max(0, this.keyPen.x + dx * step));
    this.keyPen.y = Math.min(SIDE, Math.max(0, this.keyPen.y + dy * step));
    if (this.keyPen.down) this.extend([this.keyPen.x, this.keyPen.y]);
    else this.requestPaint();
  }

  togglePen() {
    this.keyPen ??= { x: this.width / 2, y: SIDE / 2, down: false };
    this.keyPen.down = !this.keyPen.down;
    if (this.keyPen.down) this.begin([this.keyPen.x, this.keyPen.y]);
    this.requestPaint();
  }

  leaveKeys() {
    this.keyPen = null;
    this.requestPaint();
  }

  // The drawing

  begin(point) {
    this.change([...this.strokes, [point]]);
    this.changed();
  }

  extend(point) {
    const stroke = this.strokes.at(-1);
    const [x, y] = stroke.at(-1);
    if (x === point[0] && y === point[1]) return;
    stroke.push(point);
    this.requestPaint();
    this.changed();
  }

  // label: what the change says of the strokes before it, null for a change that is no label
  change(strokes, label = null) {
    this.past.push({ strokes: this.strokes, label });
    this.future = [];
    this.strokes = strokes;
    this.show();
  }

  undo() {
    this.jump(this.past, this.future, false);
  }

  redo() {
    this.jump(this.future, this.past, true);
  }

  // from, to: the steps that are left and entered. stands: whether a label on the way counts from now on
  jump(from, to, stands) {
    const step = from.pop();
    if (!step) return;
    to.push({ strokes: this.strokes, label: step.label });
    this.strokes = step.strokes;
    this.afterJump();
    if (step.label) this.say(step.label, stands);
  }

  clear() {
    if (!this.strokes.length) return;
    this.change([]);
    this.afterJump();
  }

  label(digit, event = null) {
    if (!this.strokes.length || !this.labelButtons.length) return;
    const label = { id: `${Date.now()}-${Math.random()}`, digit, strokes: this.strokes, penWidth: this.penWidth };
    this.change([], label);
    this.afterJump();
    this.say(label, true);
    if (event?.detail) this.pad.focus({ preventScroll: true }); // a click: keys go on with the next drawing
  }

  takeLabelBack() {
    if (!this.past.at(-1)?.label) return;
    this.undo();
    this.pad.focus({ preventScroll: true }); // the button is gone
  }

  // How things stand with a label, and not what was done: the server can hear it twice, or hear the newest alone
  say(label, stands) {
    const others = this.labels.filter(({ id }) => id !== label.id);
    this.labels = [...others, { ...label, stands }].slice(-LABELS_SENT);
    this.tellSession(); // at once: a toast says what came of it
  }

  afterJump() {
    if (this.keyPen) this.keyPen.down = false;
    this.show();
    this.changed();
  }

  setPenWidth(width) {
    this.penWidth = width;
    this.show();
    this.changed();
  }

  // To the server: at once over the live channel, and to the session when the pen rests

  changed() {
    this.number += 1;
    this.isNews = true;
    this.pad.dataset.news = ""; // the session does not know this drawing yet
    this.sent ??= requestAnimationFrame(() => {
      this.sent = null;
      this.handIn();
    });
    if (live.follows(this.key)) this.tellSessionIn(REST);
    else this.timer ??= setTimeout(() => this.tellSession(), SEND_EVERY);
  }

  handIn() {
    const { number, strokes, penWidth, width } = this;
    live.draw(this.key, { number, strokes, penWidth, width });
  }

  tellSessionIn(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellSession(), pause);
  }

  flush() {
    if (this.isNews) this.tellSession();
  }

  tellSession() {
    clearTimeout(this.timer);
    this.timer = null;
    this.isNews = false;
    delete this.pad.dataset.news;
    const { number, strokes, penWidth, labels } = this;
    this.keep();
    this.setStateValue("drawing", { number, strokes, penWidth, labels });
    this.sending ??= setTimeout(() => {
      this.sending = null;
      if (this.isPressed) this.setTriggerValue("again", true);
      this.isPressed = false;
    });
  }

  // Whatever else is pressed works with the drawing as it is now. Streamlit puts what widgets say in one moment into one
  // message and then runs only the part of the page that spoke first: after such a moment the whole page runs.
  afterPress() {
    this.flush();
    this.isPressed = this.sending !== null;
  }

  keep() {
    const { mount, number, strokes, penWidth, labels } = this;
    remembered.set(this.key, { mount, number, strokes, penWidth, labels });
    save(this.key, this);
  }

  // One quiet line while there is no connection; a short break says nothing
  showConnection() {
    clearTimeout(this.noteTimer);
    if (live.lost) this.noteTimer = setTimeout(() => (this.note.hidden = false), LOST_AFTER);
    else this.note.hidden = true;
  }

  // To the screen

  show() {
    const empty = this.strokes.length === 0;
    this.invitation.hidden = !empty;
    this.penValue.textContent = this.penWidth;
    this.canvas.setAttribute("aria-label", empty ? "The drawing, empty" : `The drawing, ${count(this.strokes)}`);
    // aria-disabled instead of disabled: a disabled button would drop the keyboard focus it has
    this.buttons.undo.setAttribute("aria-disabled", this.past.length === 0);
    this.buttons.redo.setAttribute("aria-disabled", this.future.length === 0);
    for (const button of [this.buttons.clear, ...this.labelButtons]) button.setAttribute("aria-disabled", empty);
    const last = this.past.at(-1)?.label; // the pad has been empty since
    this.labelled.textContent = last ? `Labelled ${last.digit}` : "";
    this.takeBack.hidden = !last;
    this.requestPaint();
  }

  requestPaint() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    const pixels = Math.round(this.canvas.clientWidth * window.devicePixelRatio);
    if (!pixels) return;
    const scale = pixels / this.width;
    if (this.canvas.width !== pixels) {
      this.canvas.width = pixels;
      this.canvas.height = Math.round(SIDE * scale);
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, this.width, SIDE);
    pen.strokeStyle = "#fff";
    pen.lineWidth = this.penWidth;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of this.strokes) paintStroke(pen, stroke);
    if (this.keyPen) paintKeyPen(pen, this.keyPen, this.penWidth);
  }
}

// A phone held sideways has no room for the sidebar, which Streamlit opens at this width.
function foldSidebarOnce() {
  if (window.digitlabFolded || !matchMedia("(max-height: 500px) and (min-width: 560px)").matches) return;
  window.digitlabFolded = true;
  const open = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
  open?.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

function save(key, { strokes, penWidth }) {
  try {
    sessionStorage.setItem(SAVED + key, JSON.stringify({ strokes, penWidth }));
  } catch {} // no storage in this browser: a reload then begins anew
}

function forget(key) {
  try {
    sessionStorage.removeItem(SAVED + key);
  } catch {}
}

function beforeReload({ key, mount, strokes }) {
  if (mount > 1 || strokes.length) return null; // Python knows better
  try {
    const saved = JSON.parse(sessionStorage.getItem(SAVED + key));
    return saved?.strokes.length ? saved : null;
  } catch {
    return null;
  }
}

function labelButton(digit) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = digit;
  button.setAttribute("aria-label", `This is ${digit === 8 ? "an" : "a"} ${digit}`);
  return button;
}

function paintStroke(pen, stroke) {
  pen.beginPath();
  pen.moveTo(...stroke[0]);
  for (const point of stroke) pen.lineTo(...point);
  if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.01, stroke[0][1]); // a line without length leaves no dot
  pen.stroke();
}

function paintKeyPen(pen, { x, y, down }, width) {
  pen.beginPath();
  pen.arc(x, y, width / 2 + 2, 0, 2 * Math.PI);
  pen.lineWidth = 2;
  pen.strokeStyle = down ? "#f5a524" : "#9aa4b2";
  pen.stroke();
}

function tenth(value) {
  return Math.round(value * 10) / 10;
}

function count(strokes) {
  return strokes.length === 1 ? "1 stroke" : `${strokes.length} strokes`;
}
