// Only what is in view is in the document, and text only where it can be read. A browser takes 8 µs to lay out a text again, so that
// all the texts of 2000 boxes take three frames (benchmarks/live_page.py).
const READABLE = 6; // pixels of a font that can be read
const MANY_BOXES = 100; // fewer boxes keep their text at any size: they tell the reader where to zoom in

const stage = boxes[0].parentNode;
const [offsetX, offsetY] = stage.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
const placeOfBox = (box) => {
  const rect = box.querySelector("rect"), [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return { left: x + offsetX, top: y + offsetY, right: x + width + offsetX, bottom: y + height + offsetY };
};
// A curve stays among its control points.
const placeOfLink = (link) => {
  const numbers = link.querySelector("path").getAttribute("d").match(/-?[\d.]+/g).map(Number);
  const [xs, ys] = [0, 1].map((axis) => numbers.filter((_, i) => i % 2 === axis));
  return { left: Math.min(...xs) + offsetX, top: Math.min(...ys) + offsetY, right: Math.max(...xs) + offsetX, bottom: Math.max(...ys) + offsetY };
};
const makeLayer = (parts, placeOf) => {
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
  stage.append(layer);
  layer.append(...parts);
  return { layer, parts, places: parts.map(placeOf), isIn: parts.map(() => true) };
};
const linkLayer = makeLayer(links, placeOfLink), boxLayer = makeLayer(boxes, placeOfBox);

let area = svg.getBoundingClientRect(), isFar = false;
const unitsPerPixel = () => Math.max(view.width / area.width, view.height / area.height);
const findInView = ({ places, isIn }) => {
  const unit = unitsPerPixel(), x = view.x + view.width / 2, y = view.y + view.height / 2, edge = 10; // strokes and labels reach beyond
  const halfWidth = area.width * unit / 2 + edge, halfHeight = area.height * unit / 2 + edge;
  const [left, right, top, bottom] = [x - halfWidth, x + halfWidth, y - halfHeight, y + halfHeight];
  let count = 0, entered = 0;
  places.forEach((place, k) => {
    const isNow = place.right > left && place.left < right && place.bottom > top && place.top < bottom;
    count += isNow;
    entered += isNow && !isIn[k];
    isIn[k] = isNow;
  });
  return { count, entered };
};
// The box that keys reach stays, wherever it is.
const putIntoDocument = ({ layer, parts, isIn }) => {
  let added = 0;
  parts.forEach((part, k) => {
    const isWanted = (isIn[k] && !isFar) || part === boxes[entrance] || part === document.activeElement;
    if (isWanted === part.isConnected) return;
    if (isWanted) { layer.append(part); added += 1; } else part.remove();
  });
  return added;
};
const drawWhatIsInView = () => {
  const { count, entered } = findInView(boxLayer), { entered: enteredLinks } = findInView(linkLayer);
  isFar = 12 / unitsPerPixel() < READABLE && count > MANY_BOXES;
  svg.classList.toggle("far", isFar);
  overview.hidden = !isFar;
  const added = putIntoDocument(linkLayer) + putIntoDocument(boxLayer);
  if (tape && painted && entered + enteredLinks + added) repaint();
  else if (isFar) drawOverview();
};
fitFull();
setView({ ...full });
const measureArea = () => {
  const didShowAll = showsAll();
  area = svg.getBoundingClientRect();
  fitFull();
  if (didShowAll) show({ ...full }); else drawWhatIsInView();
};
new ResizeObserver(measureArea).observe(svg);
