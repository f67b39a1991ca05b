// The page is loaded once; it is a session of its own, and changes by what is done in it.

export default function ({ parentElement, data }) {
  const frame = parentElement.querySelector("iframe");
  parentElement.querySelector("figcaption").textContent = data.caption;
  frame.title = data.caption;
  const address = addressOf(data);
  if (frame.dataset.address === address) return;
  frame.dataset.address = address;
  frame.src = address;
}

// Beside the page that shows it, so that the app may also be served under a path.
function addressOf({ page, query }) {
  const here = window.location.pathname.replace(/[^/]*$/, "");
  return `${here}${page}?${new URLSearchParams({ ...query, embed: "true" })}`;
}
