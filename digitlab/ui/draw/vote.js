// Shows the ballot (ballot.js, which stands before this): buttons to vote, to reveal, to say what it was, and the score.

export default function ({ parentElement, data }) {
  const view = (parentElement.voteView ??= new VoteView(parentElement));
  return view.see(data);
}

class VoteView {
  constructor(root) {
    this.root = root.querySelector(".vote");
    this.votes = this.find(".votes");
    this.voteButtons = addDigits(this.votes, (digit) => this.vote(digit), -1); // the row takes the keys for all of them
    this.truthButtons = addDigits(this.find(".truth"), (digit) => ballot.say(digit), 0);
    for (const [name, act] of Object.entries({
      back: () => ballot.takeBack(),
      reveal: () => ballot.reveal(),
      next: () => this.next(),
      reset: () => ballot.reset(),
    }))
      this.find(`[name="${name}"]`).addEventListener("click", act);
    this.votes.addEventListener("keydown", (event) => this.rowKey(event));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // pad: the one that hands its drawings in, or null; subject: what else is looked at; models: [id, title], in the
  // order of their cards; isDigit: whether one digit is asked for
  see(data) {
    this.data = data;
    for (const part of this.root.querySelectorAll(".one-digit")) part.hidden = !data.isDigit;
    this.find(".number").hidden = data.isDigit;
    ballot.see(data);
    this.paint();
    return this.follow();
  }

  // What is given back ends just this: Streamlit may call it after the next `see`
  follow() {
    const paint = () => this.paint();
    const paintSoon = () => requestAnimationFrame(paint);
    const padKey = (event) => this.keyOnPad(event);
    ballot.changed.add(paint);
    live.drawn.add(paintSoon);
    document.addEventListener("keydown", padKey);
    return () => {
      ballot.changed.delete(paint);
      live.drawn.delete(paintSoon);
      document.removeEventListener("keydown", padKey);
    };
  }

  vote(digit) {
    ballot.vote(digit);
    this.votes.focus({ preventScroll: true }); // after a click the keys go on here
  }

  next() {
    ballot.next();
    live.wipe(this.data.pad);
  }

  rowKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onRow = event.target === this.votes; // a screen reader may stand on one of its buttons
    if (isDigit(event.key)) this.handled(event, () => ballot.vote(Number(event.key)));
    else if (event.key === "Backspace") this.handled(event, () => ballot.takeBack());
    else if (event.key.toLowerCase() === "r" || (event.key === "Enter" && onRow)) this.handled(event, () => ballot.reveal());
  }

  // The pad leaves its digit keys to the vote: a hand that has just drawn need not look for the row
  keyOnPad(event) {
    const isOnPad = event.composedPath().some((node) => node.classList?.contains("pad"));
    if (!isOnPad || event.ctrlKey || event.metaKey || event.altKey || !this.data.isDigit) return;
    if (isDigit(event.key)) this.handled(event, () => ballot.vote(Number(event.key)));
  }

  handled(event, act) {
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    act();
  }

  paint() {
    const counts = ballot.counts();
    const total = ballot.votes.length;
    const most = Math.max(1, ...counts);
    const { isRevealed } = ballot;
    this.voteButtons.forEach((button, digit) => {
      button.dataset.count = counts[digit] || "";
      button.style.setProperty("--share", counts[digit] / most);
      button.setAttribute("aria-label", `Vote for ${digit}, ${plural(counts[digit])} so far`);
      button.setAttribute("aria-disabled", isRevealed);
    });
    setText(this.find(".count"), total ? plural(total) : "Count the hands: a click is a vote.");
    this.find('[name="back"]').setAttribute("aria-disabled", isRevealed || !total);
    this.find('[name="reveal"]').setAttribute("aria-disabled", isRevealed || !ballot.hasDrawing());
    this.find(".after").classList.toggle("waits", !isRevealed);
    setText(this.find(".said"), isRevealed && this.data.isDigit ? saidByClass(ballot.first(), counts) : "");
    this.truthButtons.forEach((button, digit) => {
      button.setAttribute("aria-label", `It was ${digit === 8 ? "an" : "a"} ${digit}`);
      button.setAttribute("aria-pressed", ballot.truth === digit);
    });
    const score = ballot.total();
    this.find(".score").classList.toggle("waits", !score.rounds);
    setText(this.find(".score output"), scoreLine(score));
  }
}

function addDigits(row, act, tabIndex) {
  const buttons = Array.from({ length: 10 }, (_, digit) => {
    const button = Object.assign(document.createElement("button"), { type: "button", tabIndex });
    button.append(Object.assign(document.createElement("b"), { textContent: digit }));
    button.addEventListener("click", () => act(digit));
    return button;
  });
  row.replaceChildren(...buttons);
  return buttons;
}

function saidByClass(first, counts) {
  if (!first.length) return "The class has not voted.";
  const votes = plural(counts[first[0]]);
  if (first.length === 1) return `The class says ${first[0]}, with ${votes}.`;
  return `The class is split: ${first.slice(0, -1).join(", ")} and ${first.at(-1)} have ${votes} each.`;
}

function scoreLine({ voted, right, models }) {
  const parts = models.map(([, title, one, of]) => `${title} ${one} of ${of}`);
  return `Right: ${[`class ${right} of ${voted}`, ...parts].join(" · ")}`;
}

function plural(votes) {
  return votes === 1 ? "1 vote" : `${votes} votes`;
}

function isDigit(key) {
  return /^[0-9]$/.test(key);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
