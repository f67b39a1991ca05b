// Brings the page's HTML to what Python wants by changing only what differs: nothing blinks, bars can glide,
// a live region stays the same node and is therefore read out, and focus and scroll places are kept.

export default function ({ parentElement, data }) {
  const wanted = document.createElement("template");
  wanted.innerHTML = data.html;
  patchChildren(parentElement.querySelector(".live-html"), wanted.content);
}

function patchChildren(old, wanted) {
  const before = [...old.childNodes];
  const after = [...wanted.childNodes];
  after.forEach((node, place) => (place < before.length ? patch(before[place], node) : old.append(node)));
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
