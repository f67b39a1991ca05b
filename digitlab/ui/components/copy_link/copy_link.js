// The address is read when it is needed: the page's choices change it without a word to this component.

const LONG = 2000; // characters that every program takes

export default function ({ parentElement, data }) {
  const [field, button, said] = ["input", "button", "[role=status]"].map((part) => parentElement.querySelector(part));
  const show = () => (field.value = linkOf(data));
  show();
  said.textContent = "";
  field.onfocus = () => {
    show();
    field.select();
  };
  button.onclick = async () => {
    show();
    said.textContent = (await copied(field)) + lengthOf(field.value);
  };
}

function linkOf({ parts, without }) {
  const link = new URL(window.location.href);
  for (const name of without) link.searchParams.delete(name);
  for (const [name, value] of Object.entries(parts)) link.searchParams.set(name, value);
  return link.href;
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return "Copied.";
  } catch {
    field.select(); // without https, as in a classroom, a browser gives no page its clipboard
    return "This browser does not let the page copy. The link is selected: copy it with Ctrl+C.";
  }
}

function lengthOf(link) {
  return link.length > LONG ? ` It has ${link.length} characters; some programs cut links beyond ${LONG}.` : "";
}
