// Shows a view's markup, paints its pictures of signed values, and reads the pixel that is pointed at.
// show comes from live_html.js; signed, isDark and colours from signed_colours.js.

const REST = 250; // ms without an answer after which the drawing counts as resting, and the view looks closer

function drawValue(root, { html, next }, ask) {
  show(root, html);
  const dressed = root.querySelector("[data-light]");
  if (dressed) {
    const stops = (isDark(dressed) ? dressed.dataset.dark : dressed.dataset.light).split(",");
    for (const canvas of root.querySelectorAll("canvas")) paintMap(canvas, stops);
  }
  for (const option of root.querySelectorAll("option[selected]")) option.selected = true;
  root.onpointermove = root.onpointerdown = (event) => pointAt(root, event, ask);
  root.onkeydown = (event) => stepBy(root, event, ask);
  tellPixel(root);
  clearTimeout(root.resting);
  if (next) root.resting = setTimeout(() => ask(next), REST);
}

function unpacked(text, kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new kind(bytes.buffer);
}

function paintMap(canvas, stops) {
  const { steps, floats, ink, limit } = canvas.dataset;
  const painted = `${steps ?? floats} ${ink} ${limit} ${stops[0]} ${canvas.width}`;
  if (canvas.painted === painted) return;
  canvas.painted = painted;
  const palette = colours(stops);
  const values = steps === undefined ? productsOf(canvas) : unpacked(steps, Int8Array);
  const factor = steps === undefined ? 127 / Number(limit) : 1;
  const pixels = Uint32Array.from(values, (value) => palette[Math.max(0, Math.min(254, Math.round(value * factor) + 127))]);
  const picture = new ImageData(new Uint8ClampedArray(pixels.buffer), canvas.width, canvas.height);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// A large picture's values: as they came, or times the ink
function productsOf({ dataset: { floats, ink } }) {
  const values = unpacked(floats, Float32Array);
  if (ink === undefined) return values;
  const inked = unpacked(ink, Float32Array);
  return values.map((weight, at) => weight * inked[at]);
}

// Pointing: where the server says what is there, it is asked; elsewhere the values are here

function pointAt(root, event, ask) {
  const map = event.target.closest(".map");
  if (!map) return;
  const canvas = map.querySelector("canvas");
  const box = canvas.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
  const row = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  goTo(root, map, row, column, ask);
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function stepBy(root, event, ask) {
  const map = event.target.closest(".map");
  if (!map || !STEPS[event.key]) return;
  event.preventDefault();
  const [row, column] = pixelOf(root, map);
  goTo(root, map, row + STEPS[event.key][0], column + STEPS[event.key][1], ask);
}

// Where it stands: the server's mark, or what was pointed at last, else the middle
function pixelOf(root, map) {
  const { width, height } = map.querySelector("canvas");
  const mark = map.querySelector(".pixel");
  if (root.asked) return root.asked;
  if (map.dataset.pixel !== undefined)
    return [Math.round((parseFloat(mark.style.top) * height) / 100), Math.round((parseFloat(mark.style.left) * width) / 100)];
  return root.pointed ?? [height >> 1, width >> 1];
}

function goTo(root, map, row, column, ask) {
  const { width, height } = map.querySelector("canvas");
  const pixel = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
  if (map.dataset.pixel === undefined) {
    root.pointed = pixel;
    tellPixel(root);
  } else if (String(root.asked) !== String(pixel)) {
    root.asked = pixel; // several steps may be under way before the first is answered
    clearTimeout(root.forget);
    root.forget = setTimeout(() => (root.asked = null), REST);
    ask({ ...JSON.parse(map.dataset.pixel), row: pixel[0], column: pixel[1] });
  }
}

// The mark and the line under every picture whose values are here: the same pixel in all of them
function tellPixel(root) {
  for (const map of root.querySelectorAll(".map:not([data-pixel])")) {
    const canvas = map.querySelector("canvas");
    const mark = map.querySelector(".pixel");
    const tip = map.nextElementSibling;
    const [row, column] = root.pointed ?? [-1, -1];
    const there = row >= 0 && row < canvas.height && column < canvas.width;
    mark.hidden = !there;
    if (!there) {
      tip.textContent = tip.dataset.hint;
      continue;
    }
    Object.assign(mark.style, {
      left: `${(100 * column) / canvas.width}%`,
      top: `${(100 * row) / canvas.height}%`,
      width: `${100 / canvas.width}%`,
      height: `${100 / canvas.height}%`,
    });
    const words = valueWords(canvas, row * canvas.width + column);
    tip.textContent = `Row ${row + 1}, column ${column + 1}: ${words}`;
  }
}

function valueWords(canvas, at) {
  const { floats, ink } = canvas.dataset;
  const value = signed(productsOf(canvas)[at]);
  if (ink === undefined) return value;
  const weight = signed(unpacked(floats, Float32Array)[at]);
  return `ink ${unpacked(ink, Float32Array)[at].toFixed(3)} × weight ${weight} = ${value}`;
}
