// The live graph: a leaf's number is typed or dragged, and values, derivatives, gradients and colours follow
const tape = data.program && makeTape(data.program);
let changed = false, painted = false, quizzing = false, losses = [], descending = 0;

const shadeClass = (x, largest) => {
  if (!Number.isFinite(x)) return null;
  const step = x === 0 ? 0 : Math.max(0, 6 - Math.round(2 * Math.log10(largest / Math.abs(x))));
  return step === 0 ? "s0" : `${x > 0 ? "p" : "n"}${step}`;
};
// Only what has changed is written: a browser lays out again what is written, changed or not.
const shades = new Map();
const setShade = (part, name) => {
  if (!shades.has(part)) shades.set(part, [...part.classList].find((old) => /^[spn][0-6]$/.test(old)) || null);
  const old = shades.get(part);
  if (old === name) return;
  if (old) part.classList.remove(old);
  if (name) part.classList.add(name);
  shades.set(part, name);
};
const setText = (line, text) => {
  if (line.firstChild && line.firstChild.nodeType === 3) { if (line.firstChild.data !== text) line.firstChild.data = text; } else line.textContent = text;
};
// Text that is wider than its box is set narrower.
const rooms = boxes.map((box) => Number(box.querySelector("rect").getAttribute("width")) - 8);
let letterWidth = 0; // of the font that the browser has, which is measured once
const fitText = (line, room) => {
  const length = line.textContent.length;
  if (!letterWidth && length) letterWidth = line.getComputedTextLength() / length;
  const isLong = length * letterWidth > room;
  if (!isLong && line.hasAttribute("textLength")) line.removeAttribute("textLength");
  if (isLong) {
    line.setAttribute("textLength", room);
    line.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
};
const legendStart = svg.querySelector(".legend rect"), legendText = svg.querySelector(".legend text");
const legendRoom = legendStart && legendStart.getAttribute("x") - legendText.getAttribute("x") - 3; // to the left of the colours
const dataLines = boxes.map((box) => box.querySelector(".data"));
const notes = boxes.map((box) => [...box.querySelectorAll(".note")]);
const noteTexts = notes.map((found) => found.map((note) => note.textContent)), startShades = boxes.map((box) => shadeOf(box) || null);
const halves = boxes.map((box) => box.querySelector("path"));
const linkLabels = links.map((link) => link.querySelector("text"));
const ofNodes = (k, numbers) => data.boxes[k].nodes.map((i) => numbers[i]);
const largestOf = (numbers) => numbers.reduce((top, x) => (Number.isFinite(x) && Math.abs(x) > top ? Math.abs(x) : top), 0) || 1;

const contributionOf = (link) => tape.nodes[link.edges[0][0]].locals[link.edges[0][1]] * tape.grads[link.edges[0][0]];
const contributionText = (link) => {
  const contributions = link.edges.map(([i, k]) => tape.nodes[i].locals[k] * tape.grads[i]);
  return contributions.some(Number.isNaN) ? "⚠ nan" : rangeText(contributions, link.edges.length > 1 ? 3 : 4);
};
const derivativeText = (link, digits) => {
  const derivatives = link.edges.map(([i, k]) => tape.nodes[i].locals[k]);
  return derivatives.some(Number.isNaN) ? "⚠ nan" : rangeText(derivatives, digits);
};
const isPythons = () => !tape || (!changed && !quizzing);
const describeLink = (link) => {
  if (isPythons() || !link.edges.length) return link.detail;
  const count = link.edges.length > 1 ? `${link.detail.split(";")[0]}; ` : "";
  return `${count}local derivative ${derivativeText(link, link.edges.length > 1 ? 3 : 4)}${quizzing ? "" : `; contribution ${contributionText(link)}`}`;
};
// The lines of a box: counts and flags are about Python's numbers.
const isNote = (line) => /^[⚠⚑]|○$/.test(line) && !line.startsWith("grad ");
const linesOf = (k) => (isPythons() ? data.boxes[k].lines : data.boxes[k].lines.filter((line) => !isNote(line)).map((line) => {
  if (line.startsWith("data ")) return `data ${rangeText(ofNodes(k, tape.values))}`;
  return line.startsWith("grad ") ? gradientLine(k) : line;
}));
const gradientLine = (k) => (quizzing ? "grad ?" : gradientText(ofNodes(k, tape.grads)));

// A count follows its numbers. A flag is about the numbers of Python.
const noteText = (k, n) => {
  const above = noteTexts[k][n].startsWith("⚑") ? "" : notes[k][n].previousSibling.getAttribute("class");
  if (above === "grad") return quizzing ? "" : countText(ofNodes(k, tape.grads), true);
  if (above === "data") return countText(ofNodes(k, tape.values), false);
  return changed ? "" : noteTexts[k][n];
};
const paintTexts = (k) => {
  if (dataLines[k]) { setText(dataLines[k], `data ${rangeText(ofNodes(k, tape.values))}`); fitText(dataLines[k], rooms[k]); }
  if (grads[k] && !at) { setText(grads[k], gradientLine(k)); fitText(grads[k], rooms[k]); }
  notes[k].forEach((note, n) => setText(note, noteText(k, n)));
};
const paintShade = (box, k, found, largest) => {
  const low = found.reduce((a, b) => (b < a ? b : a)), high = found.reduce((a, b) => (b > a ? b : a)), isHidden = quizzing && data.colour === "grad";
  setShade(box, isHidden ? null : shadeClass(high > 0 || low === high ? high : low, largest));
  if (halves[k]) setShade(halves[k], isHidden ? null : shadeClass(low < 0 && high > 0 ? low : high, largest));
};
// What is in view is painted; the rest when it comes into view.
const paint = () => {
  painted = true;
  const numbers = { grad: tape.grads, data: tape.values }[data.colour], largest = numbers && largestOf(numbers);
  boxes.forEach((box, k) => {
    if (!boxLayer.isIn[k]) return;
    if (!isFar) paintTexts(k);
    if (numbers) paintShade(box, k, ofNodes(k, numbers), largest);
    else setShade(box, changed ? null : startShades[k]); // errors and differences are of Python's numbers
  });
  const pushed = data.links.map((link) => (link.edges.length === 1 ? contributionOf(link) : 0)), largestPush = largestOf(pushed);
  data.links.forEach((link, l) => {
    if (!link.edges.length) return;
    const derivatives = link.edges.map(([i, k]) => tape.nodes[i].locals[k]), label = linkLabels[l];
    if (link.edges.length === 1) [link.local] = derivatives;
    if (!linkLayer.isIn[l]) return;
    if (label && !isFar) setText(label, label.textContent.replace(/∂ .*$/, `∂ ${derivatives.some(Number.isNaN) ? "⚠ nan" : rangeText(derivatives, 3)}`));
    if (link.edges.length > 1) return;
    if (data.coloursLinks) setShade(links[l], quizzing ? null : shadeClass(pushed[l], largestPush));
  });
  if (isFar) drawOverview();
  const ends = svg.querySelectorAll(".legend text");
  if (ends.length && numbers) {
    const end = quizzing && data.colour === "grad" ? "?" : shortNumber(largest);
    ends[0].textContent = ends[0].textContent.replace(/-\S+$/, `-${end}`);
    ends[1].textContent = end;
    fitText(ends[0], legendRoom);
  }
};
let tellParent = () => {}; // set where there is a widget around the page
let waiting = false;
const repaint = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
};
// The products along lit paths, and the table, follow when the numbers rest.
let pathsTimer = null;
const followPaths = () => {
  clearTimeout(pathsTimer);
  pathsTimer = setTimeout(() => { if (lit !== null) writePaths(lit); writeTable(); }, 100);
};
const recompute = () => {
  changed = true;
  tape.forward();
  tape.backward();
  if (at) { stop(); play(0); }
  repaint();
  followPaths();
  if (chosen !== null) requestAnimationFrame(() => tellNumbers(chosen));
  tellParent();
  byId("note").textContent = `${data.boxes[data.root].title}: ${exactly(tape.values[data.program.root])}`;
};
// The number that a reader has typed; undefined if it is none.
const readTyped = (text) => {
  const typed = String(text).trim().toLowerCase(), word = typed.match(/^([+-]?)(nan|inf|infinity)$/);
  if (word) return word[2] === "nan" ? NaN : word[1] === "-" ? -Infinity : Infinity;
  return typed === "" || Number.isNaN(Number(typed)) ? undefined : Number(typed);
};
const setLeaf = (i, text) => {
  const x = readTyped(text);
  if (x === undefined) { byId("note").textContent = `“${text}” is not a number: type one such as 0.5, nan or -inf.`; return false; }
  tape.values[i] = x;
  recompute();
  return true;
};

// The slider reaches to both sides of its number, and stays within the numbers that a computer has.
const LARGEST_REACH = 1e307;
const reachAround = (slide, number) => {
  const x = Number.isFinite(number) ? number : 0, reach = Math.min(LARGEST_REACH, Math.max(1, 2 * Math.abs(x)));
  slide.step = "any";
  slide.min = x - reach; slide.max = x + reach; slide.value = x;
};
// What the panel says of one node
const editLeaf = (k, panel) => {
  const i = data.boxes[k].nodes[0];
  const form = element("p", undefined, panel);
  form.className = "edit";
  const label = element("label", "Value ", form);
  const field = element("input", undefined, label);
  field.id = "leaf";
  field.value = exactly(tape.values[i]);
  field.size = 12;
  const slide = element("input", undefined, form);
  slide.type = "range";
  slide.setAttribute("aria-label", `Value of ${data.boxes[k].title}`);
  reachAround(slide, tape.values[i]);
  field.onchange = () => { if (setLeaf(i, field.value)) reachAround(slide, tape.values[i]); };
  slide.oninput = () => { field.value = slide.value; setLeaf(i, slide.value); };
};
const tellNumbers = (k) => {
  const list = byId("panel").querySelector("dl");
  for (const [text, link] of linkTexts) text.textContent = ` ${describeLink(link)}`;
  if (!list || data.boxes[k].count > 1) return;
  const i = data.boxes[k].nodes[0], field = byId("leaf");
  if (field && document.activeElement !== field) field.value = exactly(tape.values[i]);
  for (const name of list.querySelectorAll("dt")) {
    if (name.textContent === "value") name.nextSibling.textContent = exactly(tape.values[i]);
    if (name.textContent === "gradient") name.nextSibling.textContent = quizzing ? "?" : exactly(tape.grads[i]);
  }
};
const checkEdge = (l) => {
  const link = data.links[l];
  if (link.edges.length !== 1) return;
  const [[i, k]] = link.edges, measured = tape.measure(i, k), written = tape.nodes[i].locals[k];
  const error = Math.abs(measured - written) / Math.max(1, Math.abs(written));
  byId("note").textContent = `Edge #${link.tail} → #${link.head}: the row says ${exactly(written)}, a central difference says ${exactly(Number(measured.toPrecision(9)))}: ${error < 1e-6 ? "they agree" : "they differ"} (relative difference ${error.toExponential(1)}).`;
};

// Descent along the negative gradient, with the curve of the loss
const drawLosses = () => {
  const curve = byId("curve"), finite = losses.filter(Number.isFinite);
  const low = Math.min(...finite), span = Math.max(...finite) - low || 1;
  const points = losses.map((loss, t) => `${(4 + 192 * t / Math.max(1, losses.length - 1)).toFixed(1)},${(66 - 62 * ((Number.isFinite(loss) ? loss : low + span) - low) / span).toFixed(1)}`);
  curve.querySelector("polyline").setAttribute("points", points.join(" "));
  curve.setAttribute("aria-label", `The root after ${losses.length - 1} steps: from ${shortNumber(losses[0])} to ${shortNumber(losses[losses.length - 1])}`);
  byId("lossnow").textContent = `step ${losses.length - 1}: ${exactly(Number(losses[losses.length - 1].toPrecision(6)))}`;
};
const moved = () => {
  const choice = byId("moves").value;
  return choice === "all" ? tape.leaves : choice === "named" ? data.program.named : [Number(choice)];
};
const descend = () => {
  const rate = Number(byId("rate").value);
  if (!(rate > 0) || !Number.isFinite(rate)) { byId("note").textContent = "The rate must be a positive number."; stopDescent(); return; }
  if (!losses.length) losses.push(tape.values[data.program.root]);
  for (const i of moved()) tape.values[i] -= rate * tape.grads[i];
  recompute();
  losses.push(tape.values[data.program.root]);
  if (losses.length > 4000) losses.splice(1, 1);
  drawLosses();
  if (!Number.isFinite(tape.values[data.program.root])) { stopDescent(); byId("note").textContent = "The root is no longer finite: reset, and take a smaller rate."; }
};
const stopDescent = () => { cancelAnimationFrame(descending); descending = 0; byId("descend").textContent = "Run"; };
const runDescent = () => { descend(); if (descending) descending = requestAnimationFrame(runDescent); };
const resetLeaves = () => {
  stopDescent();
  tape.reset();
  changed = false;
  losses = [];
  byId("curve").querySelector("polyline").setAttribute("points", "");
  byId("lossnow").textContent = "";
  paint();
  followPaths();
  if (chosen !== null) choose(chosen);
  tellParent();
  byId("note").textContent = "All numbers are as Python computed them.";
};

// Quiz: the gradients are hidden, and the reader fills them in
let right = 0, asked = 0;
const askGradient = (k, panel) => {
  const form = element("p", undefined, panel);
  const label = element("label", "Its gradient is ", form);
  const field = element("input", undefined, label);
  field.id = "guess";
  field.size = 8;
  const button = element("button", "Check", form);
  const answer = element("p", undefined, panel);
  answer.setAttribute("role", "status");
  answer.id = "verdict";
  button.onclick = () => {
    const truth = tape.grads[data.boxes[k].nodes[0]], guess = readTyped(field.value);
    const isRight = Object.is(guess, truth) || (Number.isFinite(truth) && Math.abs(guess - truth) <= 0.01 * Math.abs(truth) + 1e-9);
    if (guess === undefined) { answer.textContent = `“${field.value}” is not a number.`; return; }
    asked += 1;
    right += isRight ? 1 : 0;
    answer.textContent = isRight ? `Right: ${shortNumber(truth)}. ${right} of ${asked}.` : `Not yet. Add up local derivative × gradient of each consumer. ${right} of ${asked}.`;
  };
  field.onkeydown = (event) => { if (event.key === "Enter") button.click(); };
};

if (tape) {
  byId("live").hidden = false;
  const choices = byId("moves");
  const option = (value, text) => { const made = element("option", text, choices); made.value = value; };
  if (data.program.named.length) option("named", "all named leaves");
  option("all", "all leaves");
  tape.leaves.slice(0, 60).forEach((i, n) => option(String(i), data.program.paths[n]));
  byId("step").onclick = descend;
  byId("descend").onclick = () => {
    if (descending) { stopDescent(); return; }
    byId("descend").textContent = "Pause";
    descending = requestAnimationFrame(runDescent);
  };
  byId("reset").onclick = resetLeaves;
  byId("quiz").onclick = () => {
    quizzing = !quizzing;
    byId("quiz").setAttribute("aria-pressed", String(quizzing));
    right = asked = 0;
    play(0);
    paint();
    boxes.forEach((box, k) => box.setAttribute("aria-label", describe(k))); // which may not tell the gradients
    if (chosen !== null) choose(chosen);
    followPaths();
    byId("note").textContent = quizzing ? "The gradients are hidden. Click a box, and fill its gradient in." : "";
  };
  links.forEach((link, l) => {
    link.onclick = () => checkEdge(l);
    link.onpointerenter = () => { const title = link.querySelector("title"); if (title) title.textContent = describeLink(data.links[l]); };
  });
  // A leaf is dragged to the right or upwards for more, to the left or downwards for less.
  boxes.forEach((box, k) => {
    const i = data.boxes[k].nodes[0];
    if (data.boxes[k].count > 1 || tape.nodes[i]) return;
    box.classList.add("editable");
    box.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      box.setPointerCapture(event.pointerId);
      const from = { x: event.clientX, y: event.clientY, value: tape.values[i] };
      const scale = (Math.abs(from.value) || 1) / 100;
      box.onpointermove = (move) => {
        const way = move.clientX - from.x - (move.clientY - from.y);
        if (Math.abs(way) > 3) { setLeaf(i, (from.value + way * scale).toPrecision(4)); }
      };
      box.onpointerup = () => { box.onpointermove = box.onpointerup = null; };
    });
  });
}
