// A slider and a play button: `show` is called with each moment, which is a place on the slider or between two of them.

const SECONDS = 7; // a whole film
const STILL_MOTION = window.matchMedia("(prefers-reduced-motion: reduce)");
const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 2.5h3v11H4zM9 2.5h3v11H9z";

class Player {
  // controls: holds a slider, a button named play and an output. rested: is called when it comes to rest.
  constructor(controls, show, rested = () => {}) {
    this.controls = controls;
    this.slider = controls.querySelector("input");
    this.button = controls.querySelector("button[name=play]");
    this.show = show;
    this.rested = rested;
    this.last = 0;
    this.playing = null; // the running animation frame
    this.button.addEventListener("click", () => (this.playing ? this.rest() : this.start()));
    this.slider.addEventListener("input", () => (this.pause(), this.go(Number(this.slider.value))));
    this.slider.addEventListener("change", () => this.rest());
  }

  reach(last) {
    this.last = last;
    this.slider.max = last;
    this.controls.hidden = last < 1;
  }

  go(moment) {
    this.moment = moment;
    this.slider.value = Math.round(moment);
    this.slider.style.setProperty("--done", `${(100 * moment) / Math.max(1, this.last)}%`);
    this.show(moment);
  }

  say(words, more = "") {
    this.controls.querySelector("output").textContent = words;
    this.slider.setAttribute("aria-valuetext", words + more);
  }

  start() {
    const from = this.moment >= this.last ? 0 : this.moment;
    const began = performance.now();
    const step = (now) => {
      const moment = Math.min(this.last, from + ((now - began) / 1000 / SECONDS) * this.last);
      this.go(STILL_MOTION.matches ? Math.floor(moment) : Math.max(moment, 0));
      if (moment >= this.last) this.rest();
      else this.playing = requestAnimationFrame(step);
    };
    this.setButton(PAUSE, "Pause");
    this.playing = requestAnimationFrame(step);
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.setButton(PLAY, "Play");
  }

  rest() {
    this.pause();
    this.go(Math.round(this.moment));
    this.rested();
  }

  setButton(icon, words) {
    this.button.querySelector("path").setAttribute("d", icon);
    this.button.querySelector("span").textContent = words;
    this.button.setAttribute("aria-label", words);
  }
}

// Words for an epoch of a run
function epochWords(epoch, last) {
  return epoch === 0 ? "untrained" : `epoch ${epoch} of ${last}`;
}
