// The loss curves as SVG; gives back the function that moves the mark to an epoch. room: pixels right of the last one.
function drawLoss(place, { curves, chosen, epochs, room = 8 }) {
  const [width, height] = [place.clientWidth || 320, Math.max(230, place.clientHeight)];
  const [left, right, top, bottom] = [46, width - room, chosen ? 48 : 28, height - 44];
  const last = Math.max(1, epochs.at(-1), ...curves.flatMap((curve) => curve.epochs));
  const values = curves.flatMap((curve) => curve.values);
  const ticks = niceTicks(Math.min(...values), Math.max(...values));
  const x = (epoch) => left + (epoch / last) * (right - left);
  const y = (value) => bottom - ((value - ticks[0]) / (ticks.at(-1) - ticks[0])) * (bottom - top);
  const digits = Math.max(1, Math.min(4, -Math.floor(Math.log10(ticks[1] - ticks[0]))));
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": "Loss by epoch" });
  for (const tick of ticks) {
    svg.append(make("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }));
    svg.append(label(left - 8, y(tick) + 4, tick.toFixed(digits), "end"));
  }
  for (const tick of niceTicks(0, last).filter((t) => t <= last && Number.isInteger(t)))
    svg.append(label(x(tick), bottom + 18, tick, "middle"));
  svg.append(make("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }));
  svg.append(label((left + right) / 2, height - 8, "epoch", "middle"), label(0, 14, "cross-entropy (nats)", "start"));
  if (chosen) {
    svg.append(make("line", { class: "chosen", x1: x(chosen), x2: x(chosen), y1: top, y2: bottom }));
    // Above the curves, where the moving mark does not come.
    const side = x(chosen) > (left + right) / 2 ? "end" : "start";
    const name = label(x(chosen) + (side === "end" ? 4 : -4), top - 8, `chosen: epoch ${chosen}`, side);
    name.classList.add("chosen-name");
    svg.append(name);
  }
  curves.forEach((curve, i) => {
    const points = curve.epochs.map((epoch, k) => `${x(epoch)},${y(curve.values[k])}`).join(" ");
    svg.append(make("polyline", { class: "line", points, stroke: curve.colour }));
    const name = label(right - 76 * (curves.length - 1 - i), 14, curve.name, "end");
    name.style.fill = curve.colour;
    name.style.fontWeight = 600;
    svg.append(name);
  });
  const mark = make("line", { class: "mark", y1: top, y2: bottom });
  const dots = curves.map((curve) => make("circle", { r: 5, fill: curve.colour, stroke: "none" }));
  svg.append(mark, ...dots);
  place.replaceChildren(svg);
  return (epoch) => {
    mark.setAttribute("x1", x(epoch));
    mark.setAttribute("x2", x(epoch));
    dots.forEach((dot, i) => {
      const value = between(curves[i], epoch);
      dot.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value !== null) (dot.setAttribute("cx", x(epoch)), dot.setAttribute("cy", y(value)));
    });
  };
}

// A curve's value at an epoch, also between two; null before its first and after its last.
function between({ epochs, values }, epoch) {
  const after = epochs.findIndex((e) => e >= epoch);
  if (after < 0 || epoch < epochs[0]) return null;
  if (epochs[after] === epoch) return values[after];
  const share = (epoch - epochs[after - 1]) / (epochs[after] - epochs[after - 1]);
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

// Three to seven round numbers that hold a range.
function niceTicks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= span / 5);
  const first = Math.floor(low / step + 1e-9);
  const count = Math.max(1, Math.ceil(high / step - 1e-9) - first);
  return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function make(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function label(x, y, text, anchor) {
  const node = make("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}
