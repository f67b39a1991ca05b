// The vote on a drawing and the score of class against models: one for the tab, also over a change of page and a reload.
// `live` comes from live.js and `reveal` from reveal.js; both stand before this.

const ballot = (window.digitlabBallot ??= (() => {
  const SAVED = "digitlab vote"; // in the tab's own storage
  const MOST_VOTES = 500;
  const MOST_ROUNDS = 9999;
  const MOST_MODELS = 24; // in the score; further ones are not counted
  const LONGEST = 200; // characters of a name

  class Ballot {
    constructor() {
      Object.assign(this, checked(saved()));
      this.changed = new Set(); // called when it changes
      this.seen = null; // { pad, subject, models } of the page
      reveal.set(this.isRevealed);
      live.drawn.add((pad, { strokes }) => pad === this.seen?.pad && strokes?.length === 0 && this.next());
    }

    // What the page shows now. pad: that hands its drawings in, or null; subject: what else is looked at, "" for nothing.
    see(seen) {
      this.seen = seen;
      const on = seen.pad ?? seen.subject;
      if (this.on && this.on !== on) this.next(); // another picture, or another surface
      this.on = on;
    }

    hasDrawing() {
      return Boolean(this.seen?.subject) || live.hasInk(this.seen?.pad);
    }

    vote(digit) {
      if (this.isRevealed || this.votes.length >= MOST_VOTES) return;
      this.set({ votes: this.votes + digit });
    }

    takeBack() {
      if (!this.isRevealed) this.set({ votes: this.votes.slice(0, -1) });
    }

    reveal() {
      if (this.isRevealed || !this.hasDrawing()) return;
      reveal.set(true);
      this.set({ isRevealed: true, said: this.readings() });
    }

    say(truth) {
      if (!this.isRevealed) return;
      const said = this.said.length ? this.said : this.readings(); // the models may have been loading still
      this.set({ said, truth: truth === this.truth ? null : truth });
    }

    next() {
      reveal.set(false);
      this.set({ ...checked(null), on: this.on, score: this.total() });
    }

    reset() {
      this.set({ truth: null, score: checked(null).score });
    }

    readings() {
      const digits = reveal.digits();
      const known = this.seen.models.map(([id, title], index) => [id, title, digits[index] ?? null]);
      return known.filter(([, , digit]) => digit !== null);
    }

    counts() {
      return Array.from({ length: 10 }, (_, digit) => this.votes.split(String(digit)).length - 1);
    }

    // The digits with the most votes: none, the class's answer, or several
    first() {
      const counts = this.counts();
      const most = Math.max(...counts);
      return most ? counts.flatMap((count, digit) => (count === most ? [digit] : [])) : [];
    }

    // The score with what this drawing adds to it. A tie is no answer, and therefore not right.
    total() {
      const { score, truth } = this;
      if (truth === null || score.rounds >= MOST_ROUNDS) return score;
      const first = this.first();
      const models = new Map(score.models.map((one) => [one[0], one]));
      for (const [id, title, digit] of this.said) {
        const [, , right, of] = models.get(id) ?? [id, title, 0, 0];
        if (models.has(id) || models.size < MOST_MODELS) models.set(id, [id, title, right + (digit === truth), of + 1]);
      }
      return {
        rounds: score.rounds + 1,
        voted: score.voted + (first.length > 0),
        right: score.right + (first.length === 1 && first[0] === truth),
        models: [...models.values()],
      };
    }

    set(change) {
      Object.assign(this, change);
      const { on, votes, isRevealed, said, truth, score } = this;
      try {
        sessionStorage.setItem(SAVED, JSON.stringify({ on, votes, isRevealed, said, truth, score }));
      } catch {} // no storage in this browser: a reload then begins anew
      for (const listener of [...this.changed]) listener();
    }
  }

  function saved() {
    try {
      return JSON.parse(sessionStorage.getItem(SAVED));
    } catch {
      return null;
    }
  }

  // What the storage gave back, with all that is odd left out: anything may stand there.
  function checked(value) {
    const { on, votes, isRevealed, said, truth, score } = value ?? {};
    return {
      on: isName(on) ? on : "", // what is voted on
      votes: typeof votes === "string" && /^[0-9]*$/.test(votes) ? votes.slice(0, MOST_VOTES) : "",
      isRevealed: isRevealed === true,
      said: list(said).filter(([id, title, digit]) => isName(id) && isName(title) && isCount(digit, 9)),
      truth: isRevealed === true && isCount(truth, 9) ? truth : null,
      score: checkedScore(score),
    };
  }

  function checkedScore(value) {
    const { rounds, voted, right, models } = value ?? {};
    const isScore = isCount(rounds, MOST_ROUNDS) && isCount(voted, rounds) && isCount(right, voted);
    if (!isScore) return { rounds: 0, voted: 0, right: 0, models: [] };
    const isModel = ([id, title, one, of]) => isName(id) && isName(title) && isCount(of, rounds) && isCount(one, of);
    return { rounds, voted, right, models: list(models).filter(isModel) };
  }

  function list(value) {
    return Array.isArray(value) ? value.filter(Array.isArray).slice(0, MOST_MODELS) : [];
  }

  function isName(value) {
    return typeof value === "string" && value.length <= LONGEST;
  }

  function isCount(value, most) {
    return Number.isInteger(value) && value >= 0 && value <= most;
  }

  return new Ballot();
})());
