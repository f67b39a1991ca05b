// Draws what the live channel says of one digit into the cards that Python made: numbers in, no HTML.

function drawValue(root, { image, alt, verdict, split, cards }) {
  const seen = root.querySelector(".seen img");
  setAttribute(seen, "src", `data:image/png;base64,${image}`);
  setAttribute(seen, "alt", alt);
  const line = root.querySelector(".verdict");
  setText(line, verdict);
  line.classList.toggle("split", split);
  [...root.querySelectorAll(".card")].forEach((card, index) => drawCard(card, cards[index]));
}

// While answers are hidden: what the models see, and no more
function drawHidden(root, value, line) {
  drawValue(root, { ...value, verdict: line, split: false, cards: value.cards.map(() => null) });
}

// said: [digit, ten probabilities in thousandths, sure, milliseconds], a line on what is wrong, or null for nothing.
function drawCard(card, said) {
  const trouble = typeof said === "string";
  const [digit, shares, sure, milliseconds] = said && !trouble ? said : [null, [], true, null];
  card.classList.toggle("nothing", digit === null);
  setAttribute(card, "data-digit", digit ?? "");
  drawReading(card.querySelector(".reading, .trouble"), trouble ? said : null, digit, shares, sure);
  [...card.querySelectorAll(".bars li")].forEach((bar, i) => {
    setAttribute(bar, "class", i === digit ? "top" : "");
    bar.querySelector(".bar").style.width = `${(shares[i] ?? 0) / 10}%`;
    setText(bar.querySelector(".share"), digit === null ? "" : percent(shares[i]));
  });
  setText(card.querySelector(".cost").lastElementChild, `${milliseconds === null ? "–" : milliseconds.toFixed(1)}\u202fms`);
}

function drawReading(reading, trouble, digit, shares, sure) {
  setAttribute(reading, "class", trouble ? "trouble" : sure ? "reading" : "reading unsure");
  if (trouble) return setText(reading, trouble);
  const parts = [part("digit", digit ?? "?")];
  if (digit !== null) {
    parts.push(part("sure", percent(shares[digit])));
    if (!sure) parts[1].prepend(Object.assign(document.createElement("em"), { textContent: "not sure" }));
  } else parts[0].setAttribute("aria-hidden", "true");
  if (reading.innerHTML !== parts.map((node) => node.outerHTML).join("")) reading.replaceChildren(...parts);
  return undefined;
}

function part(name, text) {
  return Object.assign(document.createElement("span"), { className: name, textContent: text });
}

function percent(thousandths) {
  return `${(thousandths / 10).toFixed(1)}\u202f%`;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}
