// The page of a picture: pan and zoom, search, one box's numbers, the paths to it, and the backward pass step by step.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
beginAnew("header", "main", "aside", "footer");
// A drawing may be there a second time, for windows in which its text is small. The one that is shown larger stays.
const SMALL_SCALE = 0.7; // letters of 12 pixels are 8.4 pixels high
const narrow = byId("narrow");
const scaleInWindow = (drawing) => {
  const { clientWidth, clientHeight } = document.querySelector("main");
  return Math.min(clientWidth / drawing.getAttribute("width"), clientHeight / drawing.getAttribute("height"));
};
if (narrow) {
  const wide = document.querySelector("main svg"), other = narrow.content.firstElementChild;
  if (scaleInWindow(other) > scaleInWindow(wide) && scaleInWindow(wide) < SMALL_SCALE) wide.replaceWith(other);
  narrow.remove();
}
const svg = document.querySelector("main svg");
const boxes = [...svg.querySelectorAll("[data-box]")];
const links = [...svg.querySelectorAll("[data-link]")];

const element = (tag, text, parent) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
};
