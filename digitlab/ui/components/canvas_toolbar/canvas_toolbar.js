// Gives the tools of streamlit-drawable-canvas their look (LOOK, a style sheet that stands before this) and their names.
// They stay the canvas's own buttons: it switches them on and off. A tool that a later version brings stands there under
// the name that it comes with.

const NAMES = {
  Undo: { name: "Undo", title: "Take the last change back" },
  Redo: { name: "Redo", title: "Bring it back" },
  Edit: { name: "Move", title: "Choose what is drawn, to move, turn, scale or delete it. Choose Move again to draw." },
  "Delete selected": { name: "Delete", title: "Delete what is chosen with Move" },
  "Reset canvas & history": { name: "Clear", title: "Empty the canvas. It cannot be undone." },
};
const USELESS = ["Update the app with this drawing", "Bring forward", "Send backward"]; // it is told; ink has no layers

export default function ({ data, parentElement }) {
  parentElement.canvasToolbar?.disconnect();
  parentElement.canvasToolbar = watch(data.container);
  return () => parentElement.canvasToolbar.disconnect();
}

// The canvas comes later than this, and may be mounted anew
function watch(name) {
  const observer = new MutationObserver(() => arrangeIn(name));
  observer.observe(document.querySelector(`.st-key-${name}`) ?? document.body, { childList: true, subtree: true });
  arrangeIn(name);
  return observer;
}

function arrangeIn(name) {
  const roots = [...document.querySelectorAll(`.st-key-${name} *`)].map((element) => element.shadowRoot);
  for (const root of roots) if (root && !root.toolsAreWatched) arrange(root);
}

function arrange(root) {
  const nameTools = () => root.querySelectorAll(".dc-icon-button:not([data-named])").forEach(nameTool);
  root.toolsAreWatched = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  root.adoptedStyleSheets.push(sheet);
  new MutationObserver(nameTools).observe(root, { childList: true, subtree: true }); // they, too, come later
  nameTools();
}

function nameTool(button) {
  const known = button.getAttribute("aria-label");
  const { name, title } = NAMES[known] ?? { name: known, title: known };
  button.dataset.named = known;
  button.hidden = USELESS.includes(known);
  button.title = title;
  button.setAttribute("aria-label", name);
  button.append(Object.assign(document.createElement("span"), { textContent: name }));
}
