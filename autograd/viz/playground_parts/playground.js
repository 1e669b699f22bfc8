// The page of a playground: the network, its surfaces, and the controls of the training.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
beginAnew("header", "section", "main");
const SVG = "http://www.w3.org/2000/svg";
const CELLS = 24;
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let network, losses, steps, running = 0, seed = 1, canvases, lines;
let shown = null, pinned = null; // the unit that the large surface shows: [layer, position], or null for the output

const bounds = [0, 1].map((axis) => {
  const all = data.X.map((x) => x[axis]), low = Math.min(...all), high = Math.max(...all), margin = 0.15 * (high - low || 1);
  return [low - margin, high + margin];
});
// Between orange for negative numbers and blue for positive ones, through the colour of the page.
const COLOURS = {
  light: { zero: [244, 244, 242], minus: [234, 147, 53], plus: [91, 158, 214], samples: ["#b35806", "#2166ac"], around: "#fff" },
  dark: { zero: [35, 39, 47], minus: [156, 92, 10], plus: [26, 108, 176], samples: ["#f2ab5c", "#7db8ec"], around: "#15171c" },
};
const setPixel = (image, at, x, colours) => {
  const end = x < 0 ? colours.minus : colours.plus, part = Number.isNaN(x) ? 0 : Math.min(1, Math.abs(x));
  for (let i = 0; i < 3; i++) image.data[at + i] = colours.zero[i] + (end[i] - colours.zero[i]) * part;
  image.data[at + 3] = 255;
};
const short = (x) => (Number.isFinite(x) ? String(Number(x.toPrecision(4))) : String(x));
const say = (text) => { byId("note").textContent = text; };

const make = (sizes, activation, parameters) => {
  pause();
  const activations = sizes.slice(1).map((_, l) => (l < sizes.length - 2 ? activation(l) : data.output));
  network = makeNetwork({ sizes, activations, template: data.loss, rowNumbers: data.rowNumbers });
  network.setParameters(...parameters);
  network.setOptimizer(byId("optimizer").value);
  losses = [];
  steps = 0;
  shown = pinned = null;
  byId("unit").textContent = "Output";
  drawNetwork();
  paint();
};
const reset = () => make(data.sizes, (l) => data.activations[l], [data.W, data.b]);

// The drawing: a canvas for each unit, and a line for each weight
const drawNetwork = () => {
  const { sizes, units } = network, area = byId("network");
  area.replaceChildren();
  canvases = [];
  lines = [];
  const edges = document.createElementNS(SVG, "svg");
  edges.setAttribute("role", "group");
  edges.setAttribute("aria-label", "Units, each with its surface");
  area.append(edges);
  const most = Math.max(...sizes), pitch = Math.min(58, 420 / most), side = Math.min(44, pitch - 6);
  // On a phone the layers are nearer to each other, so that letters keep their size.
  const spaces = Math.max(1, sizes.length - 1), width = Math.min(640, Math.max(area.clientWidth, 100 + 64 * spaces)), gap = (width - 100) / spaces;
  const place = (l, j) => [60 + l * gap, 46 + (most - 1) * pitch / 2 + (j - (sizes[l] - 1) / 2) * pitch];
  edges.setAttribute("viewBox", `0 0 ${width} ${76 + (most - 1) * pitch}`);
  const write = (text, x, y, anchor) => {
    const line = document.createElementNS(SVG, "text");
    line.setAttribute("x", x); line.setAttribute("y", y); line.setAttribute("text-anchor", anchor);
    line.textContent = text;
    edges.append(line);
  };
  sizes.forEach((_, l) => write(layerName(l), place(l, 0)[0], 14, "middle"));
  for (const j of [0, 1]) write(`x${j + 1}`, place(0, j)[0] - side / 2 - 5, place(0, j)[1] + 4, "end");
  network.weights.forEach((layer, l) => layer.forEach((row, j) => row.forEach((w, i) => {
    const [x1, y1] = place(l, i), [x2, y2] = place(l + 1, j), line = document.createElementNS(SVG, "path");
    line.setAttribute("d", `M${x1 + side / 2},${y1}C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2 - side / 2},${y2}`);
    const title = document.createElementNS(SVG, "title");
    line.append(title);
    line.onpointerenter = () => { title.textContent = `weight ${short(network.tape.values[w])}`; };
    edges.append(line);
    lines.push([line, w]);
  })));
  units.forEach((layer, l) => layer.forEach((unit, j) => {
    const [x, y] = place(l, j), frame = document.createElementNS(SVG, "foreignObject");
    const canvas = document.createElement("canvas");
    frame.setAttribute("x", x - side / 2); frame.setAttribute("y", y - side / 2);
    frame.setAttribute("width", side); frame.setAttribute("height", side);
    canvas.width = canvas.height = CELLS;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "button");
    canvas.setAttribute("aria-label", unitName(l, j));
    canvas.setAttribute("aria-pressed", "false");
    canvas.onpointerenter = () => { if (!pinned) inspect([l, j]); };
    canvas.onpointerleave = () => { if (!pinned) inspect(null); };
    canvas.onclick = () => pin(l, j);
    canvas.onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(l, j); } };
    frame.append(canvas);
    edges.append(frame);
    canvases.push([canvas.getContext("2d"), unit, `${l},${j}`]);
  }));
  byId("shape").textContent = sizes.join("-");
};
// A unit whose surface is shown large: while the pointer is on it, or after a click until the next one
const layerName = (l) => (l === 0 ? "inputs" : l === network.sizes.length - 1 ? "output" : `layer ${l}`);
const unitName = (l, j) => (l === 0 ? `Input x${j + 1}` : l === network.sizes.length - 1 ? "Output" : `Layer ${l}, unit ${j + 1}`);
const inspect = (place) => {
  shown = place;
  byId("unit").textContent = place ? unitName(...place) : "Output";
  byId("surface").setAttribute("aria-label", `${byId("unit").textContent} over the plane of the inputs, with the samples`);
  paintSurfaces();
};
const pin = (l, j) => {
  const isPinned = pinned && pinned[0] === l && pinned[1] === j;
  pinned = isPinned ? null : [l, j];
  for (const [context, , at] of canvases) context.canvas.setAttribute("aria-pressed", String(Boolean(pinned) && at === String(pinned)));
  inspect(pinned);
};
const paintSurfaces = () => {
  const images = canvases.map(([context]) => context.createImageData(CELLS, CELLS));
  const colours = dark.matches ? COLOURS.dark : COLOURS.light;
  const surface = byId("surface").getContext("2d"), large = surface.createImageData(CELLS, CELLS);
  const output = shown ? network.units[shown[0]][shown[1]] : network.units[network.units.length - 1][0];
  const isOutput = !shown || shown[0] === network.sizes.length - 1, middle = isOutput ? data.middle : 0, spread = isOutput ? data.spread : 1;
  for (let row = 0; row < CELLS; row++) for (let column = 0; column < CELLS; column++) {
    const x1 = bounds[0][0] + (column + 0.5) / CELLS * (bounds[0][1] - bounds[0][0]);
    const x2 = bounds[1][1] - (row + 0.5) / CELLS * (bounds[1][1] - bounds[1][0]);
    const values = network.evaluateAt(x1, x2), at = 4 * (row * CELLS + column);
    canvases.forEach(([, unit], n) => setPixel(images[n], at, values[unit], colours));
    setPixel(large, at, (values[output] - middle) / spread, colours);
  }
  canvases.forEach(([context], n) => context.putImageData(images[n], 0, 0));
  paintSurface(surface, large, colours);
  byId("low").textContent = short(middle - spread);
  byId("high").textContent = short(middle + spread);
};
const paint = () => {
  paintSurfaces();
  const weights = network.tape.values;
  for (const [line, w] of lines) {
    line.setAttribute("class", weights[w] < 0 ? "minus" : "plus");
    line.setAttribute("stroke-opacity", Math.min(1, 0.2 + 0.5 * Math.abs(weights[w])).toFixed(2));
    line.setAttribute("stroke-width", Math.min(7, 0.4 + 2 * Math.abs(weights[w])).toFixed(2));
  }
  losses.push([steps, network.meanLoss(data.X, data.y)]);
  if (losses.length > 5000) losses.splice(1, 1);
  paintCurve();
  paintFlow();
};
const paintSurface = (surface, image, colours) => {
  const { width, height } = surface.canvas, small = new OffscreenCanvas(CELLS, CELLS);
  small.getContext("2d").putImageData(image, 0, 0);
  surface.imageSmoothingEnabled = true;
  surface.drawImage(small, 0, 0, width, height);
  data.X.forEach((x, n) => {
    const px = (x[0] - bounds[0][0]) / (bounds[0][1] - bounds[0][0]) * width;
    const py = (bounds[1][1] - x[1]) / (bounds[1][1] - bounds[1][0]) * height;
    surface.beginPath();
    surface.arc(px, py, 4, 0, 7);
    surface.fillStyle = colours.samples[Number(data.y[n] > data.middle)];
    surface.strokeStyle = colours.around;
    surface.fill();
    surface.stroke();
  });
};
const paintCurve = () => {
  const finite = losses.map(([, loss]) => loss).filter(Number.isFinite), high = Math.max(...finite), low = Math.min(0, ...finite), span = high - low || 1;
  byId("curve").firstElementChild.setAttribute("points", losses.map(([step, loss]) => `${(200 * step / Math.max(1, steps)).toFixed(1)},${(68 - 64 * ((Number.isFinite(loss) ? loss : high) - low) / span).toFixed(1)}`).join(" "));
  byId("loss").textContent = `Step ${steps}: mean loss ${short(losses[losses.length - 1][1])}`;
};
// One bar for each layer, on a logarithmic scale: a bar that is a fifth shorter is a factor of ten smaller.
const paintFlow = () => {
  const sizes = network.gradientSizes(), top = Math.max(...sizes), list = byId("flow");
  list.replaceChildren();
  sizes.forEach((size, l) => {
    const item = document.createElement("li"), bar = document.createElement("meter");
    bar.min = 0; bar.max = 1;
    bar.value = size > 0 ? Math.max(0.02, 1 + Math.log10(size / top) / 5) : 0;
    bar.setAttribute("aria-label", `Gradient of layer ${l + 1}`);
    item.append(`layer ${l + 1} `, bar, ` ${short(size)}`);
    list.append(item);
  });
};

// The training
const number = (id, isGood) => {
  const x = Number(byId(id).value);
  if (byId(id).value.trim() !== "" && Number.isFinite(x) && isGood(x)) return x;
  pause();
  say(`${byId(id).labels[0].textContent.trim()}: “${byId(id).value}” is not a positive${id === "batch" ? " whole" : ""} number.`);
  return null;
};
const train = () => {
  const rate = number("rate", (x) => x > 0), batch = number("batch", (x) => x >= 1 && Number.isInteger(x));
  if (rate === null || batch === null) return false;
  const loss = network.step(data.X, data.y, rate, batch);
  steps += 1;
  if (!Number.isFinite(loss)) { pause(); say("The loss is no longer finite: reset, and take a smaller rate."); }
  return true;
};
const pause = () => { cancelAnimationFrame(running); running = 0; byId("play").textContent = "Play"; };
const loop = () => {
  const begun = performance.now();
  while (train() && running && performance.now() - begun < 10);
  paint();
  if (running) running = requestAnimationFrame(loop);
};
byId("play").onclick = () => {
  if (running) { pause(); return; }
  say("");
  byId("play").textContent = "Pause";
  running = requestAnimationFrame(loop);
};
byId("step").onclick = () => { pause(); say(""); train(); paint(); };
byId("reset").onclick = () => {
  byId("activation").value = data.activations[0] || "tanh";
  byId("optimizer").value = data.optimizer;
  byId("widths").value = data.sizes.slice(1, -1).join(", ");
  say("The network is as Python made it.");
  reset();
};
const remake = () => {
  const text = byId("widths").value.trim(), widths = text === "" ? [] : text.split(/[\s,]+/).map(Number);
  if (widths.length > 5 || !widths.every((n) => Number.isInteger(n) && n >= 1 && n <= 16)) { say("Hidden widths are at most five whole numbers from 1 to 16, such as 8, 8."); return; }
  const sizes = [2, ...widths, 1], name = byId("activation").value;
  say(`A new network ${sizes.join("-")}, with weights by Glorot's rule.`);
  make(sizes, () => name, drawParameters(sizes, seed));
  seed += 1;
};
byId("activation").onchange = remake;
byId("optimizer").onchange = () => network.setOptimizer(byId("optimizer").value);
byId("widths").onchange = remake;
byId("range").textContent = bounds.map(([low, high], axis) => `x${axis + 1}: ${short(low)} to ${short(high)}`).join(", ");
dark.onchange = () => { losses.pop(); paint(); };
const offer = (id, value, text) => {
  const option = document.createElement("option");
  option.textContent = text;
  option.value = value;
  byId(id).append(option);
};
for (const name of data.choices) offer("activation", name, name === "positive" ? "identity" : name);
for (const name of Object.keys(OPTIMIZERS)) offer("optimizer", name, { sgd: "gradient descent", momentum: "momentum", rmsprop: "RMSProp", adam: "Adam" }[name]);
byId("reset").click();
say(calm ? "Press Step, or Play." : "Press Play.");
