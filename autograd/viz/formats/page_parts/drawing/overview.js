// The overview: a graph that is too large for its text to be read is drawn on a canvas. A frame of 2000 boxes and their links takes
// half the time that it takes as elements (benchmarks/live_page.py).
const overview = document.createElement("canvas"), brush = overview.getContext("2d");
overview.id = "overview";
overview.hidden = true;
overview.setAttribute("aria-hidden", "true");
svg.after(overview);

// The colours that the style sheet has for the reader's mode
let colours = null;
const readColours = () => {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "g");
  svg.append(probe);
  const read = (variable, name) => { probe.setAttribute("class", name); return getComputedStyle(probe).getPropertyValue(variable).trim(); };
  const shade = ["", "s0"];
  for (let k = 1; k <= 6; k++) shade.push(`p${k}`, `n${k}`);
  colours = { fills: {}, line: read("--line", ""), edge: read("--edge", ""), plus: read("--plus", ""), minus: read("--minus", ""), hot: read("--hot", ""), done: read("--done", "") };
  for (const name of shade) colours.fills[name] = read("--s", name);
  probe.remove();
};
const darkMode = matchMedia("(prefers-color-scheme: dark)");
darkMode.onchange = () => { colours = null; refresh(); };

const paths = links.map((link) => new Path2D(link.querySelector("path").getAttribute("d")));
const shadeOf = (part) => part.getAttribute("class").match(/(?<= )[spn][0-6](?![^ ])/)?.[0] || "";
const hasMark = (classes, ...names) => names.some((name) => classes.includes(name));
const drawLink = (l) => {
  const classes = links[l].getAttribute("class"), shade = shadeOf(links[l]), isMarked = hasMark(classes, " lit", " hot");
  brush.globalAlpha = hasMark(classes, " faint") ? 0.35 : 1;
  brush.strokeStyle = isMarked ? colours.hot : shade[0] === "p" ? colours.plus : shade[0] === "n" ? colours.minus : colours.edge;
  brush.lineWidth = isMarked ? 4 : shade && shade !== "s0" ? 1 + 0.35 * shade[1] : 1.1;
  brush.stroke(paths[l]);
};
const drawBox = (k, thinnest) => {
  const classes = boxes[k].getAttribute("class"), { left, top, right, bottom } = boxLayer.places[k];
  const [x, y, width, height] = [left - offsetX, top - offsetY, right - left, bottom - top];
  brush.globalAlpha = hasMark(classes, " faint", " waits") ? 0.4 : 1;
  brush.fillStyle = colours.fills[shadeOf(boxes[k])];
  brush.fillRect(x, y, width, height);
  if (halves[k]) {
    brush.fillStyle = colours.fills[halves[k].getAttribute("class")] || brush.fillStyle;
    brush.fillRect(x, y, width / 2, height);
  }
  const isHot = hasMark(classes, " chosen", " turn", " lit"), isMarked = isHot || hasMark(classes, " found", " received");
  brush.strokeStyle = isHot ? colours.hot : isMarked ? colours.done : colours.line;
  brush.lineWidth = Math.max(thinnest, isMarked ? 5 : classes.includes(" root") ? 3.5 : 1);
  brush.strokeRect(x, y, width, height);
};
const drawOverview = () => {
  if (!colours) readColours();
  const zoomed = devicePixelRatio / unitsPerPixel(), [width, height] = [area.width, area.height].map((size) => Math.round(size * devicePixelRatio));
  if (overview.width !== width || overview.height !== height) { overview.width = width; overview.height = height; }
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.clearRect(0, 0, width, height);
  brush.setTransform(zoomed, 0, 0, zoomed, width / 2 - (view.x + view.width / 2 - offsetX) * zoomed, height / 2 - (view.y + view.height / 2 - offsetY) * zoomed);
  links.forEach((_, l) => { if (linkLayer.isIn[l]) drawLink(l); });
  const thinnest = 0.7 * unitsPerPixel(); // so that boxes without a colour stand out from the page
  boxes.forEach((_, k) => { if (boxLayer.isIn[k]) drawBox(k, thinnest); });
};
let overviewWaits = false;
const refresh = () => {
  if (!isFar || overviewWaits) return;
  overviewWaits = true;
  requestAnimationFrame(() => { overviewWaits = false; if (isFar) drawOverview(); });
};
// Where a click on the overview is
const boxAt = (event) => {
  const unit = unitsPerPixel(), x = view.x + view.width / 2 + (event.clientX - area.left - area.width / 2) * unit;
  const y = view.y + view.height / 2 + (event.clientY - area.top - area.height / 2) * unit;
  return boxLayer.places.findIndex((p) => p.left <= x && x <= p.right && p.top <= y && y <= p.bottom);
};
svg.addEventListener("click", (event) => {
  const k = isFar && !(drag && drag.moved) ? boxAt(event) : -1;
  if (k >= 0 && !boxes[k].contains(event.target)) choose(k);
});
