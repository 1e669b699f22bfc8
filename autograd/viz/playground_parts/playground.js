"use strict";
// The page of a playground: the network, its surfaces, and the controls of the training.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const CELLS = 24;
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let network, losses, steps, running = 0, seed = 1, canvases, lines;

const bounds = [0, 1].map((axis) => {
  const all = data.X.map((x) => x[axis]), low = Math.min(...all), high = Math.max(...all), margin = 0.15 * (high - low || 1);
  return [low - margin, high + margin];
});
// Between orange for negative numbers and blue for positive ones, through the colour of the page.
const COLOURS = {
  light: { zero: [244, 244, 242], minus: [234, 147, 53], plus: [91, 158, 214] },
  dark: { zero: [35, 39, 47], minus: [144, 85, 10], plus: [20, 94, 154] },
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
  edges.setAttribute("aria-hidden", "true");
  area.append(edges);
  const most = Math.max(...sizes), pitch = Math.min(58, 420 / most), side = Math.min(44, pitch - 6), gap = 560 / Math.max(1, sizes.length - 1);
  const place = (l, j) => [30 + l * gap, 30 + (most - 1) * pitch / 2 + (j - (sizes[l] - 1) / 2) * pitch];
  edges.setAttribute("viewBox", `0 0 640 ${60 + (most - 1) * pitch}`);
  network.weights.forEach((layer, l) => layer.forEach((row, j) => row.forEach((w, i) => {
    const [x1, y1] = place(l, i), [x2, y2] = place(l + 1, j), line = document.createElementNS(SVG, "path");
    line.setAttribute("d", `M${x1 + side / 2},${y1}C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2 - side / 2},${y2}`);
    edges.append(line);
    lines.push([line, w]);
  })));
  units.forEach((layer, l) => layer.forEach((unit, j) => {
    const [x, y] = place(l, j), frame = document.createElementNS(SVG, "foreignObject");
    const canvas = document.createElement("canvas");
    frame.setAttribute("x", x - side / 2); frame.setAttribute("y", y - side / 2);
    frame.setAttribute("width", side); frame.setAttribute("height", side);
    canvas.width = canvas.height = CELLS;
    frame.append(canvas);
    edges.append(frame);
    canvases.push([canvas.getContext("2d"), unit]);
  }));
  byId("shape").textContent = sizes.join("-");
};
const paint = () => {
  const images = canvases.map(([context]) => context.createImageData(CELLS, CELLS));
  const colours = dark.matches ? COLOURS.dark : COLOURS.light;
  const surface = byId("surface").getContext("2d"), large = surface.createImageData(CELLS, CELLS);
  const output = network.units[network.units.length - 1][0];
  for (let row = 0; row < CELLS; row++) for (let column = 0; column < CELLS; column++) {
    const x1 = bounds[0][0] + (column + 0.5) / CELLS * (bounds[0][1] - bounds[0][0]);
    const x2 = bounds[1][1] - (row + 0.5) / CELLS * (bounds[1][1] - bounds[1][0]);
    const values = network.evaluateAt(x1, x2), at = 4 * (row * CELLS + column);
    canvases.forEach(([, unit], n) => setPixel(images[n], at, values[unit], colours));
    setPixel(large, at, (values[output] - data.middle) / data.spread, colours);
  }
  canvases.forEach(([context], n) => context.putImageData(images[n], 0, 0));
  paintSurface(surface, large);
  const weights = network.tape.values;
  for (const [line, w] of lines) {
    line.setAttribute("class", weights[w] < 0 ? "minus" : "plus");
    line.setAttribute("stroke-width", Math.min(7, 0.4 + 2 * Math.abs(weights[w])).toFixed(2));
  }
  losses.push([steps, network.meanLoss(data.X, data.y)]);
  if (losses.length > 5000) losses.splice(1, 1);
  paintCurve();
  paintFlow();
};
const paintSurface = (surface, image) => {
  const { width, height } = surface.canvas, small = new OffscreenCanvas(CELLS, CELLS);
  small.getContext("2d").putImageData(image, 0, 0);
  surface.imageSmoothingEnabled = true;
  surface.drawImage(small, 0, 0, width, height);
  data.X.forEach((x, n) => {
    const px = (x[0] - bounds[0][0]) / (bounds[0][1] - bounds[0][0]) * width;
    const py = (bounds[1][1] - x[1]) / (bounds[1][1] - bounds[1][0]) * height;
    surface.beginPath();
    surface.arc(px, py, 4, 0, 7);
    surface.fillStyle = data.y[n] > data.middle ? "#2166ac" : "#b35806";
    surface.strokeStyle = "#fff";
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
  say(`${byId(id).labels[0].textContent.trim()}: “${byId(id).value}” is not a positive number.`);
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
byId("step").onclick = () => { pause(); train(); paint(); };
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
