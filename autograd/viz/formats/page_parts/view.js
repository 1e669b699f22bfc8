// Pan and zoom: the part of the drawing that is in view
const whole = svg.viewBox.baseVal;
const full = { x: 0, y: 0, width: whole.width, height: whole.height };
let view = { ...full };
const show = (next) => {
  view = next;
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
};
const zoom = (factor, at) => {
  const size = svg.getBoundingClientRect();
  const scale = Math.max(view.width / size.width, view.height / size.height);
  const p = at || { x: size.width / 2, y: size.height / 2 };
  const width = Math.min(full.width * 4, Math.max(40, view.width * factor));
  const used = width / view.width;
  const middle = { x: view.x + view.width / 2 + (p.x - size.width / 2) * scale, y: view.y + view.height / 2 + (p.y - size.height / 2) * scale };
  show({
    x: middle.x - (middle.x - view.x) * used, y: middle.y - (middle.y - view.y) * used,
    width: view.width * used, height: view.height * used,
  });
};
const pan = (dx, dy) => show({ ...view, x: view.x + dx * view.width, y: view.y + dy * view.height });
const centre = (k) => {
  const b = boxes[k].getBBox();
  const width = Math.min(view.width, full.width), height = Math.min(view.height, full.height);
  show({ x: b.x + b.width / 2 - width / 2, y: b.y + b.height / 2 - height / 2, width, height });
};
byId("in").onclick = () => zoom(0.7);
byId("out").onclick = () => zoom(1.4);
byId("fit").onclick = () => show({ ...full });
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const size = svg.getBoundingClientRect();
  zoom(event.deltaY > 0 ? 1.15 : 0.87, { x: event.clientX - size.left, y: event.clientY - size.top });
}, { passive: false });
let drag = null;
svg.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, y: event.clientY, view: { ...view }, moved: false }; });
svg.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const size = svg.getBoundingClientRect();
  const scale = Math.max(drag.view.width / size.width, drag.view.height / size.height);
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  drag.moved = drag.moved || Math.abs(dx) + Math.abs(dy) > 4;
  if (drag.moved) show({ ...drag.view, x: drag.view.x - dx * scale, y: drag.view.y - dy * scale });
});
addEventListener("pointerup", () => { setTimeout(() => { drag = null; }); });
