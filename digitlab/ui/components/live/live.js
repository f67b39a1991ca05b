// The live channel, one for the whole tab: pads hand their drawings in, elements say what they want to see of them, and
// one message at a time goes to the server. The newest drawing waits until the answer to the one before is here.
// Views that take long have a lane of their own, a socket of the same kind, so that the answers never wait for them.
// This text is put before that of every component that takes part, and whichever runs first makes the channel.

const live = (window.digitlabLive ??= (() => {
  const FIRST_PAUSE = 400; // ms before the first try to connect again; each further pause is twice as long
  const LONGEST_PAUSE = 15000;
  const PATIENCE = { quick: 5000, slow: 30000 }; // ms without an answer after which the connection counts as broken
  const REFUSED = [1008, 1013]; // the server does not want this socket: the page's own way answers

  class Lane {
    constructor(name) {
      this.name = name;
      this.drawings = new Map(); // pad -> { number, strokes, penWidth, width }
      this.watchers = new Map(); // element -> { wish, take }
      this.answered = new Map(); // pad -> number of the newest drawing that was answered
      this.listeners = new Set(); // called when the connection comes or goes
      this.waiting = new Map(); // pad -> { number, done }: called when the answer to this drawing is on the screen
      this.dirty = new Set(); // pads whose newest drawing has not been sent
      this.open = false;
      this.lost = false; // it was open, and is not now
      this.pause = FIRST_PAUSE;
      this.asked = null; // what the answer under way is for: { pad, number }
      window.addEventListener("online", () => this.connect());
      document.addEventListener("visibilitychange", () => document.hidden || this.connect());
    }

    // For pads

    begin(pad) {
      this.answered.delete(pad);
      this.drawings.delete(pad);
    }

    draw(pad, drawing) {
      this.drawings.set(pad, drawing);
      this.dirty.add(pad);
      this.send();
    }

    // Call back once what is said of a drawing has been painted; that of a newer one will do
    whenShown(pad, number, done) {
      this.waiting.set(pad, { number, done });
      this.tellShown(pad);
    }

    tellShown(pad) {
      const { number, done } = this.waiting.get(pad) ?? {};
      if (!done || !(this.answered.get(pad) >= number)) return;
      this.waiting.delete(pad);
      requestAnimationFrame(() => setTimeout(done));
    }

    // For elements that show something of a drawing

    watch(element, wish, take) {
      const known = this.watchers.get(element);
      this.watchers.set(element, { wish, take });
      this.connect();
      if (JSON.stringify(known?.wish) === JSON.stringify(wish) || !this.drawings.has(wish.pad)) return;
      this.dirty.add(wish.pad); // other models, or another view of the same drawing
      this.send();
    }

    leave(element, take) {
      if (this.watchers.get(element)?.take === take) this.watchers.delete(element);
    }

    // Whether what is drawn on a pad is answered here, past the page's run
    follows(pad) {
      return this.open && [...this.watchers.values()].some(({ wish }) => wish.pad === pad);
    }

    // Whether what the page says of a drawing is older than what is shown
    isOld(pad, number) {
      return this.open && (this.answered.get(pad) ?? -1) > number;
    }

    isAnswered(pad, number) {
      return this.open && this.answered.get(pad) === number;
    }

    // The socket

    connect() {
      if (this.socket || this.timer && !this.open && document.hidden) return;
      clearTimeout(this.timer);
      this.timer = null;
      const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${base()}api/live?lane=${this.name}`);
      this.socket = socket;
      socket.onopen = () => this.opened();
      socket.onmessage = (event) => this.take(JSON.parse(event.data));
      socket.onclose = (event) => this.closed(event.code);
    }

    opened() {
      this.open = true;
      this.lost = false;
      this.pause = FIRST_PAUSE;
      for (const pad of this.drawings.keys()) this.dirty.add(pad); // catch up with what was drawn meanwhile
      this.tellListeners();
      this.send();
    }

    closed(code) {
      this.lost = (this.lost || this.open) && !REFUSED.includes(code);
      this.open = false;
      this.socket = this.asked = null;
      clearTimeout(this.patience);
      const pause = REFUSED.includes(code) ? LONGEST_PAUSE : this.pause;
      this.pause = Math.min(LONGEST_PAUSE, 2 * this.pause);
      this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2)); // a class must not come at once
      this.tellListeners();
    }

    tellListeners() {
      for (const listener of this.listeners) listener();
    }

    send() {
      if (!this.open || this.asked) return;
      const pad = [...this.dirty].find((name) => this.wishes(name).length);
      if (pad === undefined) return;
      this.dirty.delete(pad);
      const { number, ...drawing } = this.drawings.get(pad);
      const show = this.wishes(pad).map(([element, { wish }]) => {
        const { pad: _pad, lane: _lane, ...asked } = wish;
        return { element, ...asked };
      });
      this.asked = { pad, number };
      this.socket.send(JSON.stringify({ number, drawing, show }));
      const socket = this.socket;
      this.patience = setTimeout(() => socket.close(), PATIENCE[this.name]);
    }

    wishes(pad) {
      return this.drawings.has(pad) ? [...this.watchers].filter(([, { wish }]) => wish.pad === pad) : [];
    }

    take(answer) {
      clearTimeout(this.patience);
      const asked = this.asked;
      this.asked = null;
      if (asked && answer.number === asked.number && answer.shown) {
        this.answered.set(asked.pad, asked.number);
        for (const [element, value] of Object.entries(answer.shown)) this.watchers.get(element)?.take(value);
        this.tellShown(asked.pad);
      } else if (answer.trouble) console.warn(`digitlab: ${answer.trouble}`);
      this.send();
    }
  }

  // What pads and elements see of both lanes: every drawing goes into both, and the quick one is what a pen follows.
  class Live {
    constructor() {
      this.quick = new Lane("quick");
      this.slow = new Lane("slow");
      this.listeners = this.quick.listeners;
      this.drawn = new Set(); // called with pad and drawing when one is handed in
      this.wipers = new Map(); // pad -> what empties it
    }

    get lost() {
      return this.quick.lost;
    }

    begin(pad) {
      this.quick.begin(pad);
      this.slow.begin(pad);
    }

    draw(pad, drawing) {
      for (const listener of this.drawn) listener(pad, drawing);
      this.quick.draw(pad, drawing);
      this.slow.draw(pad, drawing);
    }

    // Whether there is ink on a pad that hands its drawings in
    hasInk(pad) {
      return this.quick.drawings.get(pad)?.strokes?.length > 0;
    }

    wipe(pad) {
      this.wipers.get(pad)?.();
    }

    whenShown(pad, number, done) {
      this.quick.whenShown(pad, number, done);
    }

    follows(pad) {
      return this.quick.follows(pad);
    }

    watch(element, wish, take) {
      this.lane(wish).watch(element, wish, take);
    }

    leave(element, take) {
      this.quick.leave(element, take);
      this.slow.leave(element, take);
    }

    isOld(wish, number) {
      return this.lane(wish).isOld(wish.pad, number);
    }

    isAnswered(wish, number) {
      return this.lane(wish).isAnswered(wish.pad, number);
    }

    // The address of one of the app's own routes
    address(path) {
      return `${location.origin}${base()}${path}`;
    }

    lane({ lane }) {
      return lane === "slow" ? this.slow : this.quick;
    }
  }

  // The path under which the app is served, with a slash at its end: pages lie one level below it.
  function base() {
    const path = window.__streamlit?.DOWNLOAD_ASSETS_BASE_URL ? "/" : document.querySelector("base")?.getAttribute("href");
    return path && path.startsWith("/") ? path : "/";
  }

  return new Live();
})());
