// Saves the figure above as a file: a plotly figure by plotly's own export, an SVG of ours as it stands there. Both have
// the page's background, so that light text is never saved on nothing.

const SCALE = 2; // pixels of a PNG for each of the page's: sharp on a projector

export default function ({ parentElement, data }) {
  const row = parentElement.querySelector(".save");
  row.setAttribute("aria-label", `Save ${data.name}`);
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-label", `Save ${data.name} as ${button.textContent}`);
    button.title = button.getAttribute("aria-label");
  }
  const said = row.querySelector("[role=status]");
  row.onclick = async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    said.textContent = "";
    try {
      await save(data, button.value, getComputedStyle(row).getPropertyValue("--st-background-color").trim());
    } catch (error) {
      said.textContent = "The figure could not be saved. Reload the page and try again.";
      console.warn(error);
    }
  };
}

async function save({ target, file }, format, background) {
  const shown = document.querySelector(`.${CSS.escape(target)}`);
  const plot = shown.querySelector(".js-plotly-plot");
  if (plot) return savePlot(plot, file, format, background);
  return saveDrawing(find(shown, "svg.figure"), file, format, background);
}

function savePlot(plot, file, format, background) {
  const { width, height } = plot.getBoundingClientRect();
  const layout = { ...plot.layout, paper_bgcolor: background, plot_bgcolor: background };
  const scale = format === "png" ? SCALE : 1;
  const figure = { data: plot.data, layout, config: { staticPlot: true } };
  return window.Plotly.downloadImage(figure, { format, filename: file, width, height, scale });
}

async function saveDrawing(drawing, file, format, background) {
  const copy = drawing.cloneNode(true);
  const { width, height } = drawing.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.insertAdjacentHTML("afterbegin", `<rect width="100%" height="100%" fill="${background}"></rect>`);
  const svg = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  take(format === "svg" ? svg : await painted(svg, width, height), `${file}.${format}`);
}

async function painted(svg, width, height) {
  const picture = new Image();
  picture.src = URL.createObjectURL(svg);
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(SCALE * width);
  canvas.height = Math.round(SCALE * height);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function take(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser reads it after the click
}

// The first element that matches, also within components, whose elements stand in shadow trees of their own.
function find(root, selector) {
  const here = root.querySelector(selector);
  if (here) return here;
  for (const element of root.querySelectorAll("*")) {
    const within = element.shadowRoot && find(element.shadowRoot, selector);
    if (within) return within;
  }
  return null;
}
