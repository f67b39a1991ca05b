// Shows the hint that is due, one at a time. What was followed or closed is remembered by the browser, or where it has
// no storage, as long as the tab is open.

const SAVED = "digitlab hints";
const done = (window.digitlabHints ??= new Set(saved()));

export default function ({ parentElement, data }) {
  const place = parentElement.querySelector(".hint");
  const state = (parentElement.hintState ??= { isDrawn: false, due: null });
  for (const [name, isFollowed] of Object.entries(data.followed)) if (isFollowed) remember(name);
  // What the bars are has been read when the next drawing begins
  if (state.due === "look" && state.isDrawn && !data.isDrawn) remember("look");
  state.isDrawn = data.isDrawn;
  state.hints = data.hints;
  place.querySelector("button").onclick = () => {
    remember(state.due);
    show(place, state);
  };
  show(place, state);
}

function show(place, state) {
  const [name, text] = state.hints.find(([one]) => !done.has(one)) ?? [null, ""];
  const isDue = name !== null && (name === "draw" || state.isDrawn); // the others speak of answers
  state.due = isDue ? name : null;
  place.hidden = !state.wasSeen && name === null;
  place.classList.toggle("nothing", !isDue); // its place is kept: nothing jumps
  if (!place.hidden) state.wasSeen = true;
  if (isDue) place.querySelector("p").textContent = text;
}

function remember(name) {
  if (name === null || done.has(name)) return;
  done.add(name);
  try {
    localStorage.setItem(SAVED, JSON.stringify([...done]));
  } catch {} // no storage in this browser
}

function saved() {
  try {
    const names = JSON.parse(localStorage.getItem(SAVED));
    return Array.isArray(names) ? names.filter((name) => typeof name === "string").slice(0, 16) : [];
  } catch {
    return [];
  }
}
