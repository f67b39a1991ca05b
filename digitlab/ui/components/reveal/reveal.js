// Whether answers that a page hides may be seen now: one switch for the whole tab. Who turns it is the vote on Draw.
// This text is put before that of every component that takes part, and whichever runs first makes the switch.

const reveal = (window.digitlabReveal ??= {
  isOpen: false,
  elements: new Map(), // root of an element that hides its answers -> what paints it anew

  set(isOpen) {
    if (isOpen === this.isOpen) return;
    this.isOpen = isOpen;
    for (const paint of [...this.elements.values()]) paint();
  },

  leave(root, paint) {
    if (this.elements.get(root) === paint) this.elements.delete(root);
  },

  // What the cards that are seen now have read, in their order: a digit, or null
  digits() {
    const cards = [...this.elements.keys()].flatMap((root) => [...root.querySelectorAll("article[data-digit]")]);
    return cards.map(({ dataset }) => (dataset.digit === "" ? null : Number(dataset.digit)));
  },
});
