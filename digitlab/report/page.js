// The buttons that save a figure, and figures as wide as the paper.

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

addEventListener("beforeprint", () => {
  for (const plot of document.querySelectorAll(".js-plotly-plot")) Plotly.Plots.resize(plot);
});
