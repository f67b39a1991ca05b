// Brings the page's HTML to what Python wants by changing only what differs: nothing blinks, bars can glide,
// a live region stays the same node and is therefore read out, and focus and scroll positions stay.
// `live` comes from live.js, `reveal` from reveal.js, and drawValue from the script of a view whose values are no HTML;
// they stand before this. Such a view may have drawHidden(root, value, line), too: the value without what it answers.
//
// Whatever carries `data-ask` changes the view's parameters, without a run of the page: a button holds them as JSON,
// `<button data-ask='{"digit": 3}'>`, an input or a select names one, `<input type="range" data-ask="epoch">`.

const ASKED_REST = 500; // ms without a change after which the page learns what was asked for

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".live-html");
  const state = (parentElement.liveHtml ??= { asked: {} });
  state.setStateValue = setStateValue;
  state.root = root;
  state.data = data;
  const repaint = followReveal(state);
  if (!data.wish) {
    put(state, { html: data.html });
    return () => reveal.leave(root, repaint);
  }
  forgetAsked(state, data);
  const take = (value) => {
    state.livePad = data.wish.pad;
    put(state, typeof value === "string" ? { html: value } : { value });
  };
  state.tell = (parameters) => ask(state, take, parameters);
  const isPast = live.isOld(data.wish, data.number) || isEcho(state, data);
  if (data.untilLive ? state.livePad !== data.wish.pad : !isPast) put(state, { html: data.html });
  else paint(state); // the page may have begun or ceased to hide its answers
  listen(root, state.tell);
  live.watch(data.element, wishOf(state), take);
  if (data.subject) handIn(state, data);
  const goBack = () => forget(state, take);
  window.addEventListener("popstate", goBack);
  return () => {
    window.removeEventListener("popstate", goBack);
    live.leave(data.element, take);
    reveal.leave(root, repaint);
  };
}

function followReveal(state) {
  const { root, data } = state;
  const repaint = () => {
    root.classList.toggle("revealed", reveal.isOpen);
    paint(state);
  };
  if (data.hidden) reveal.elements.set(root, repaint);
  else reveal.elements.delete(root);
  return repaint;
}

// what: { html }, or a view's { value }
function put(state, what) {
  state.what = what;
  paint(state);
}

function paint(state) {
  const { root, data, what, tell } = state;
  const isHidden = data.hidden && !reveal.isOpen;
  const hasValue = what && "value" in what;
  if (isHidden && hasValue && typeof drawHidden === "function") drawHidden(root, what.value, data.hidden.line);
  else if (isHidden) show(root, data.hidden.html);
  else if (hasValue) drawValue(root, what.value, tell, wishOf(state).parameters);
  else if (what) show(root, what.html);
}

// Whether the page says for the first time what is already shown: the session has just learned of that drawing.
function isEcho(state, { wish, number }) {
  const { number: before, wished } = state;
  state.number = number;
  state.wished = JSON.stringify(wish);
  return number !== before && state.wished === wished && live.isAnswered(wish, number);
}

// A drawing or image that the page itself knows, where no pad hands it in
function handIn(state, { wish, subject }) {
  const text = JSON.stringify(subject);
  if (state.subject === text) return;
  state.subject = text;
  state.subjects = (state.subjects ?? 0) + 1;
  live.draw(wish.pad, { number: state.subjects, ...subject });
}

function wishOf({ data: { wish }, asked }) {
  return { ...wish, parameters: { ...wish.parameters, ...asked } };
}

// Parameters that the page sets anew count, unless it has just heard what was asked for here: that may already be more
function forgetAsked(state, { wish, heard }) {
  const set = inOrder(wish.parameters);
  if (state.set !== undefined && set !== state.set && heard === state.heard) state.asked = {};
  Object.assign(state, { set, heard });
}

// The Back button counts more than what was asked for here: a run that it overtook may never have come to the page
function forget(state, take) {
  clearTimeout(state.timer);
  state.asked = {};
  live.watch(state.data.element, wishOf(state), take);
  paint(state);
}

function inOrder(parameters) {
  return JSON.stringify(Object.entries(parameters).sort());
}

function ask(state, take, parameters) {
  Object.assign(state.asked, parameters);
  live.watch(state.data.element, wishOf(state), take);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    // With the moment, what is asked for again after Back is news, too
    state.setStateValue("asked", { ...wishOf(state).parameters, moment: Date.now() });
  }, ASKED_REST);
}

function listen(root, tell) {
  root.onclick = (event) => {
    const button = event.target.closest("button[data-ask]");
    if (button) tell(JSON.parse(button.dataset.ask));
  };
  root.oninput = ({ target }) => {
    if (target.matches("input[data-ask], select[data-ask]")) tell({ [target.dataset.ask]: valueOf(target) });
  };
}

function valueOf({ type, value, checked }) {
  if (type === "checkbox") return checked;
  return ["range", "number"].includes(type) ? Number(value) : value;
}

function show(root, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  patchChildren(root, wanted.content);
}

function patchChildren(old, wanted) {
  const before = [...old.childNodes];
  const after = [...wanted.childNodes];
  after.forEach((node, index) => (index < before.length ? patch(before[index], node) : old.append(node)));
  before.slice(after.length).forEach((node) => node.remove());
}

function patch(old, wanted) {
  if (old.nodeName !== wanted.nodeName) old.replaceWith(wanted);
  else if (old.nodeType !== Node.ELEMENT_NODE) setIfNew(old, "data", wanted.data);
  else {
    patchAttributes(old, wanted);
    patchChildren(old, wanted);
  }
}

function patchAttributes(old, wanted) {
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function setIfNew(node, name, value) {
  if (node[name] !== value) node[name] = value;
}
