// Brings the page's HTML to what Python wants by changing only what differs: nothing blinks, bars can glide,
// a live region stays the same node and is therefore read out, and focus and scroll positions stay.
// `live` comes from live.js, and drawValue from the script of a view whose values are no HTML; both stand before this.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".live-html");
  if (!data.wish || !(live.isOld(data.wish.pad, data.number) || isEcho(parentElement, data))) show(root, data.html);
  if (!data.wish) return undefined;
  const take = (value) => (typeof value === "string" ? show(root, value) : drawValue(root, value));
  live.watch(data.element, data.wish, take);
  return () => live.leave(data.element, take);
}

// Whether the page says for the first time what is already shown: the session has just learned of that drawing.
function isEcho(parentElement, { wish, number }) {
  const { number: before, asked: askedBefore } = parentElement.liveHtml ?? {};
  const asked = JSON.stringify(wish);
  parentElement.liveHtml = { number, asked };
  return number !== before && asked === askedBefore && live.isAnswered(wish.pad, number);
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
