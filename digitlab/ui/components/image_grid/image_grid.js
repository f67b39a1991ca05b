// Shows the tiles that Python made and says which one was clicked. The frame moves at once; Python follows.

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  if (grid.shown !== data.html) {
    grid.innerHTML = data.html; // only when the images change: they would flash otherwise
    grid.shown = data.html;
  }
  mark(grid, data.chosen);
  grid.onclick = (event) => {
    const tile = event.target.closest("button");
    if (!tile) return;
    mark(grid, Number(tile.value));
    setTriggerValue("picked", Number(tile.value));
  };
}

function mark(grid, chosen) {
  for (const tile of grid.children) tile.setAttribute("aria-pressed", String(Number(tile.value) === chosen));
}
