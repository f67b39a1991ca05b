// Draws what the live channel says, and keeps its sliders: one that somebody moves is never set back by an answer that
// is a moment old. `show` comes from live_html.js.

const JUST_MOVED = 400; // ms after which a slider stands where the answer says

function drawValue(root, { html }, ask) {
  root.askLab = ask;
  if (!root.isLab) {
    root.isLab = true;
    root.addEventListener("input", ({ target }) => moved(root, target));
  }
  show(root, html);
  for (const control of root.querySelectorAll("[data-ask]")) settle(control);
}

function moved(root, control) {
  control.moved = { name: control.dataset.ask, at: performance.now() };
  if (control.type === "range") root.askLab({ hand: control.dataset.ask });
}

// What was moved by hand does not follow its attributes any more
function settle(control) {
  const { name, at } = control.moved ?? {};
  if (name === control.dataset.ask && (control.matches(":active") || performance.now() - at < JUST_MOVED)) return;
  if (control.type === "range") control.value = control.getAttribute("value");
  if (control.localName === "select") {
    control.value = [...control.options].find((option) => option.hasAttribute("selected"))?.value ?? "";
  }
}
