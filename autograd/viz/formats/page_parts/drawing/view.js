// Pan and zoom: the part of the drawing that is in view
const whole = svg.viewBox.baseVal;
const [wholeWidth, wholeHeight] = [whole.width, whole.height];
// A small drawing is in the middle, at most so much larger than in its SVG.
const LARGEST_SCALE = 1.5;
const full = { x: 0, y: 0, width: wholeWidth, height: wholeHeight };
const fitFull = () => {
  const grown = Math.max(1, Math.min(area.width / wholeWidth, area.height / wholeHeight) / LARGEST_SCALE);
  full.width = wholeWidth * grown;
  full.height = wholeHeight * grown;
  full.x = (wholeWidth - full.width) / 2;
  full.y = (wholeHeight - full.height) / 2;
};
let view = { ...full };
const showsAll = () => ["x", "y", "width", "height"].every((key) => view[key] === full[key]);
const setView = (next) => {
  view = next;
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
};
const show = (next) => { setView(next); drawWhatIsInView(); };
const zoom = (factor, at) => {
  const scale = unitsPerPixel();
  const p = at || { x: area.width / 2, y: area.height / 2 };
  const width = Math.min(full.width * 4, Math.max(40, view.width * factor));
  const used = width / view.width;
  const middle = { x: view.x + view.width / 2 + (p.x - area.width / 2) * scale, y: view.y + view.height / 2 + (p.y - area.height / 2) * scale };
  show({
    x: middle.x - (middle.x - view.x) * used, y: middle.y - (middle.y - view.y) * used,
    width: view.width * used, height: view.height * used,
  });
};
const pan = (dx, dy) => show({ ...view, x: view.x + dx * view.width, y: view.y + dy * view.height });
const centre = (k) => {
  const { left, top, right, bottom } = boxLayer.places[k];
  // A box whose text cannot be read is shown at its full size.
  const width = isFar ? area.width : Math.min(view.width, full.width), height = isFar ? area.height : Math.min(view.height, full.height);
  show({ x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height });
};
byId("in").onclick = () => zoom(0.7);
byId("out").onclick = () => zoom(1.4);
byId("fit").onclick = () => show({ ...full });
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  area = svg.getBoundingClientRect();
  zoom(event.deltaY > 0 ? 1.15 : 0.87, { x: event.clientX - area.left, y: event.clientY - area.top });
}, { passive: false });
let drag = null;
// Two fingers zoom: by their distance, about the point between them.
const fingers = new Map();
const between = () => {
  const [a, b] = fingers.values();
  return { x: (a.x + b.x) / 2 - area.left, y: (a.y + b.y) / 2 - area.top, distance: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
};
const moveFinger = (event) => {
  const before = between();
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  const now = between();
  pan((before.x - now.x) * unitsPerPixel() / view.width, (before.y - now.y) * unitsPerPixel() / view.height);
  zoom(before.distance / now.distance, now);
};
svg.addEventListener("pointerdown", (event) => {
  area = svg.getBoundingClientRect(); // the page may have been scrolled
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  drag = { x: event.clientX, y: event.clientY, view: { ...view }, moved: fingers.size > 1 };
});
svg.addEventListener("pointermove", (event) => {
  if (fingers.size === 2 && fingers.has(event.pointerId)) { moveFinger(event); return; }
  if (!drag || fingers.size > 1) return;
  const scale = Math.max(drag.view.width / area.width, drag.view.height / area.height);
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  drag.moved = drag.moved || Math.abs(dx) + Math.abs(dy) > 4;
  if (drag.moved) show({ ...drag.view, x: drag.view.x - dx * scale, y: drag.view.y - dy * scale });
});
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => {
  fingers.delete(event.pointerId);
  const rest = [...fingers.values()][0];
  if (rest) drag = { ...rest, view: { ...view }, moved: true }; else setTimeout(() => { drag = null; });
});
