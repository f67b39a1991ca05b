// The buttons that save a figure, figures as wide as the paper, and square ones without empty space below on a phone.

const SCALE = 2; // pixels of a PNG for each of the page's

document.addEventListener("click", (event) => {
  const button = event.target.closest(".save button");
  if (!button) return;
  const box = button.closest(".plot");
  const plot = box.querySelector(".js-plotly-plot");
  const { width, height } = plot.getBoundingClientRect();
  const format = button.value;
  Plotly.downloadImage(plot, { format, filename: box.dataset.file, width, height, scale: format === "png" ? SCALE : 1 });
});

const BESIDE = 56; // how much higher than wide a square figure is, with its title and the names of its axes

function fit() {
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    if (!plot.layout.yaxis?.scaleanchor) continue;
    plot.full ??= plot.layout.height;
    const height = Math.min(plot.full, plot.clientWidth + BESIDE);
    if (height === plot.layout.height) continue;
    plot.style.height = `${height}px`;
    Plotly.relayout(plot, { height });
  }
}

addEventListener("load", fit);
addEventListener("resize", fit);
addEventListener("beforeprint", () => {
  for (const plot of document.querySelectorAll(".js-plotly-plot")) Plotly.Plots.resize(plot);
});
