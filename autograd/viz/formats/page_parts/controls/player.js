// The player: the backward pass as a film, contribution by contribution, and the forward pass, node by node
const grads = boxes.map((box) => box.querySelector(".grad"));
const written = grads.map((line) => line && line.textContent);
// A number as Python or JavaScript writes it
const numberOf = (text) => ({ inf: Infinity, "-inf": -Infinity, nan: NaN })[text] ?? Number(text);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let at = 0, timer = null, direction = "backward";

// After a change the frames are made of the tape's numbers.
const tapeFrames = () => {
  const received = new Map(), sums = new Map(), uses = new Map(), out = [];
  for (const link of data.links) uses.set(link.tail, (uses.get(link.tail) || 0) + 1);
  for (const frame of data.frames) {
    const i = data.boxes[frame.box].nodes[0];
    const pushes = frame.pushes.map((push) => {
      const contribution = tape.nodes[i].locals[data.links[push.link].edges[0][1]] * tape.grads[i];
      received.set(push.to, (received.get(push.to) || 0) + 1);
      sums.set(push.to, (sums.get(push.to) || 0) + contribution);
      return { ...push, contribution: exactly(contribution), arrived: exactly(sums.get(push.to)) };
    });
    out.push({ ...frame, gradient: exactly(tape.grads[i]), pushes });
  }
  return out;
};
const currentFrames = () => (tape && changed && data.single ? tapeFrames() : data.frames);
const forwardFrames = () => {
  const shown = new Set(data.links.map((link) => link.head));
  return data.boxes.map((box, k) => k).filter((k) => shown.has(k));
};
const filmLength = () => (direction === "backward" ? data.frames : forwardFrames()).length;

const play = (k) => {
  if (tape && changed && !data.single) resetLeaves();
  at = Math.max(0, Math.min(filmLength(), k));
  for (const part of boxes) part.classList.remove("turn", "received", "waits");
  for (const part of links) part.classList.remove("hot");
  for (const dot of svg.querySelectorAll(".flow")) dot.remove();
  byId("equation").replaceChildren();
  if (direction === "backward") playBackward(); else playForward();
  refresh();
  byId("slider").max = filmLength();
  byId("slider").value = at;
  byId("slider").setAttribute("aria-valuetext", `step ${at} of ${filmLength()}`);
  byId("first").disabled = byId("back").disabled = at === 0;
  byId("next").disabled = byId("last").disabled = at === filmLength();
};
const playBackward = () => {
  const frames = currentFrames();
  const state = data.boxes.map(() => null);
  if (data.root !== null) state[data.root] = { arrived: data.seed, received: 0, of: 0 };
  for (const frame of frames.slice(0, at)) for (const push of frame.pushes) state[push.to] = push;
  grads.forEach((line, i) => {
    if (!line) return;
    const now = state[i];
    if (quizzing) line.textContent = "grad ?";
    else if (at === 0) line.textContent = changed ? gradientText(ofNodes(i, tape.grads)) : written[i];
    else line.textContent = now ? `grad ${shortened(now.arrived)}${now.received < now.of ? ` ${now.received}/${now.of}` : ""}` : "grad –";
    fitText(line, rooms[i]);
  });
  state.forEach((now, i) => boxes[i].classList.toggle("received", at > 0 && now !== null && now.received === now.of));
  byId("said").textContent = at ? sentence(frames[at - 1]) : `${frames.length} steps. Press Next or the right arrow key.`;
  if (!at) return;
  const frame = frames[at - 1];
  if (frame.box !== null) boxes[frame.box].classList.add("turn");
  const contributions = frame.pushes.map((push) => numberOf(push.contribution));
  const largest = Math.max(...contributions.map(Math.abs).filter(Number.isFinite), 1e-300);
  frame.pushes.forEach((push, n) => {
    if (push.link === null) return;
    links[push.link].classList.add("hot");
    flow(push.link, contributions[n], Number.isFinite(contributions[n]) ? Math.abs(contributions[n]) / largest : 1, true);
  });
  writeEquation(frame);
};
const playForward = () => {
  const order = forwardFrames(), done = new Set(order.slice(0, at));
  boxes.forEach((box, k) => box.classList.toggle("waits", at > 0 && order.includes(k) && !done.has(k)));
  byId("said").textContent = at ? forwardSentence(order[at - 1]) : `${order.length} steps. Press Next or the right arrow key.`;
  if (!at) return;
  boxes[order[at - 1]].classList.add("turn");
  data.links.forEach((link, l) => {
    if (link.head !== order[at - 1]) return;
    links[l].classList.add("hot");
    flow(l, 1, 0.5, false);
  });
};
const forwardSentence = (k) => {
  const from = data.links.filter((link) => link.head === k).map((link) => `#${link.tail} ${data.boxes[link.tail].title}`);
  const value = tape && data.boxes[k].count === 1 ? ` = ${exactly(tape.values[data.boxes[k].nodes[0]])}` : "";
  return `Step ${at} of ${filmLength()}: #${k} ${data.boxes[k].title}${value}, computed of ${from.join(" and ") || "constants"}.`;
};

// A contribution that moves along its edge: as large as its magnitude, with the colour of its sign.
const flow = (l, contribution, share, isBackward) => {
  const path = links[l].querySelector("path"), length = path.getTotalLength();
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  dot.setAttribute("r", 3 + 5 * Math.sqrt(share));
  dot.setAttribute("class", Number.isNaN(contribution) ? "flow" : `flow ${contribution < 0 ? "minus" : "plus"}`);
  const place = (part) => {
    const p = path.getPointAtLength(length * (isBackward ? 1 - part : part));
    dot.setAttribute("cx", p.x);
    dot.setAttribute("cy", p.y);
  };
  path.parentNode.append(dot);
  if (calm) { place(0.5); return; }
  const begun = performance.now(), duration = 0.75 * pause();
  const move = (now) => {
    if (!dot.isConnected) return;
    const part = Math.min(1, (now - begun) / duration);
    place(part * part * (3 - 2 * part));
    if (part < 1) requestAnimationFrame(move);
  };
  place(0);
  requestAnimationFrame(move);
};

// The equation of a step, as mathematics: what is added to the gradient of each argument
const math = (tag, text, parent) => {
  const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
};
const LONGEST_SUBSCRIPT = 20; // letters, with which an equation fits on a phone
const writeEquation = (frame) => {
  if (frame.nodes > 1 || frame.box === null || quizzing) return;
  for (const push of frame.pushes) {
    const link = push.link === null ? null : data.links[push.link];
    if (!link || link.local === null) continue;
    const equation = math("math", undefined, byId("equation")), row = math("mrow", undefined, equation);
    const number = (x) => {
      if (x < 0) math("mo", "(", row);
      math("mn", shortNumber(x).replace("-", "−"), row);
      if (x < 0) math("mo", ")", row);
    };
    const target = math("msub", undefined, row);
    math("mo", "∇", target);
    math("mtext", data.boxes[push.to].title.length > LONGEST_SUBSCRIPT ? `#${push.to}` : data.boxes[push.to].title, target);
    math("mo", "+=", row);
    number(link.local);
    math("mo", "·", row);
    number(numberOf(frame.gradient));
    math("mo", "=", row);
    number(numberOf(push.contribution));
  }
};
const shortened = (text) => (/^-?[\d.]+(e[-+]?\d+)?$/.test(text) ? shortNumber(Number(text)) : text || "…");
const sentence = (frame) => {
  const who = frame.box === null ? "what is not shown" : `#${frame.box} ${data.boxes[frame.box].title}`;
  if (quizzing) return `Step ${at} of ${filmLength()}: ${who} passes its gradient on to its arguments.`;
  const turn = frame.nodes > 1 ? `${frame.nodes} nodes of ${who} have their turn, with gradients ${frame.gradient}` : `${who} has the contributions of all its consumers: gradient ${frame.gradient}`;
  const pushed = frame.pushes.map((push) => {
    const received = push.received === push.of ? "all consumers done" : `${push.received} of ${push.of} consumers done`;
    return `${push.contribution} to #${push.to} ${data.boxes[push.to].title} (${received}${push.arrived ? `, ${push.arrived} in all` : ""})`;
  });
  return `Step ${at} of ${filmLength()}: ${turn}. It pushes ${pushed.join("; ") || "nothing"}.`;
};
const pause = () => 900 / Number(byId("speed").value);
const stop = () => { clearTimeout(timer); timer = null; byId("run").textContent = "Play"; };
const next = () => {
  play(at + 1);
  if (at === filmLength()) stop(); else timer = setTimeout(next, pause());
};
byId("first").onclick = () => play(0);
byId("back").onclick = () => play(at - 1);
byId("next").onclick = () => play(at + 1);
byId("last").onclick = () => play(filmLength());
byId("slider").oninput = (event) => play(Number(event.target.value));
byId("direction").onchange = (event) => { stop(); direction = event.target.value; play(0); };
byId("run").onclick = () => {
  if (timer) { stop(); return; }
  if (at === filmLength()) play(0);
  byId("run").textContent = "Pause";
  timer = setTimeout(next, pause());
};
