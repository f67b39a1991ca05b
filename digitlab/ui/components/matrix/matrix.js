// Shows the matrix that Python drew and says which cell was chosen. One cell is a tab stop; the arrow keys move from it.

const SIDE = 10;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector("[role=grid]");
  const isNew = grid.shown !== data.html;
  if (isNew) {
    const focused = grid.getRootNode().activeElement?.dataset?.cell;
    grid.innerHTML = data.html; // only when the numbers change: it would flash and lose the focus otherwise
    grid.shown = data.html;
    if (focused) grid.querySelector(`[data-cell="${focused}"]`).focus();
  }
  if (isNew || grid.given !== data.chosen) mark(grid, data.chosen, data.chosen ?? grid.at ?? "0-0");
  grid.given = data.chosen;
  const choose = (cell) => {
    mark(grid, cell.dataset.cell, cell.dataset.cell);
    setTriggerValue("picked", cell.dataset.cell);
  };
  grid.onclick = (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) choose(cell);
  };
  grid.onkeydown = (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(cell);
    else if (!move(grid, cell, event)) return;
    event.preventDefault(); // the page would scroll
  };
}

function move(grid, cell, { key, ctrlKey }) {
  let [row, column] = cell.dataset.cell.split("-").map(Number);
  if (STEPS[key] && !ctrlKey) [row, column] = [row + STEPS[key][0], column + STEPS[key][1]];
  else if (key === "Home") [row, column] = [ctrlKey ? 0 : row, 0];
  else if (key === "End") [row, column] = [ctrlKey ? SIDE - 1 : row, SIDE - 1];
  else return false;
  const next = grid.querySelector(`[data-cell="${row}-${column}"]`); // none beyond the edge
  if (next) {
    stop(grid, next.dataset.cell);
    next.focus();
  }
  return true;
}

function mark(grid, chosen, at) {
  for (const cell of grid.querySelectorAll("[data-cell]")) {
    cell.setAttribute("aria-selected", String(cell.dataset.cell === chosen));
  }
  stop(grid, at);
}

function stop(grid, at) {
  grid.at = at;
  for (const cell of grid.querySelectorAll("[data-cell]")) {
    cell.setAttribute("tabindex", cell.dataset.cell === at ? "0" : "-1");
  }
}
