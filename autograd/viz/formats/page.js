"use strict";
// The page of a picture: pan and zoom, search, one box's numbers, the paths to it, and the backward pass step by step.
const data = JSON.parse(document.getElementById("data").textContent);
const svg = document.querySelector("main svg");
const byId = (id) => document.getElementById(id);
const boxes = [...svg.querySelectorAll("[data-box]")];
const links = [...svg.querySelectorAll("[data-link]")];

const element = (tag, text, parent) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
};

// -- pan and zoom: the part of the drawing that is in view
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

// -- one box: its numbers, its formula, what it is made of
let chosen = null;
const choose = (k, move) => {
  if (chosen !== null) boxes[chosen].classList.remove("chosen");
  for (const box of boxes) box.setAttribute("tabindex", "-1");
  chosen = k;
  boxes[k].classList.add("chosen");
  boxes[k].setAttribute("tabindex", "0");
  if (move) { boxes[k].focus({ preventScroll: true }); centre(k); }
  tell(k);
};
const rows = (list, pairs) => {
  for (const [name, value] of pairs) if (value) { element("dt", name, list); element("dd", value, list); }
};
const tell = (k) => {
  const box = data.boxes[k], panel = byId("panel");
  panel.replaceChildren();
  element("h2", `#${k} ${box.title}`, panel);
  for (const line of box.told) element("p", line, panel).className = "told";
  const list = element("dl", undefined, panel);
  rows(list, box.facts);
  const buttons = element("p", undefined, panel);
  const path = element("button", "Light the paths from the root", buttons);
  path.onclick = () => light(k);
  if (box.members.length > 1) {
    const open = element("button", `Expand its ${box.count} nodes`, buttons);
    open.onclick = () => { open.disabled = true; expand(box, panel); };
  }
  const told = (title, found, end) => {
    if (!found.length) return;
    element("h3", title, panel);
    const ul = element("ul", undefined, panel);
    for (const [link, l] of found.slice(0, 30)) {
      const item = element("li", undefined, ul);
      const go = element("button", `#${link[end]} ${data.boxes[link[end]].title}`, item);
      go.onclick = () => choose(link[end], true);
      item.append(` ${link.detail}`);
      item.onmouseenter = () => links[l].classList.add("lit");
      item.onmouseleave = () => links[l].classList.remove("lit");
    }
  };
  const numbered = data.links.map((link, l) => [link, l]);
  told("Derivation: what its gradient is the sum of", numbered.filter(([link]) => link.tail === k), "head");
  told("Arguments", numbered.filter(([link]) => link.head === k), "tail");
};
const expand = (box, panel) => {
  const mosaic = element("div", undefined, panel);
  mosaic.className = "mosaic drawing";
  mosaic.setAttribute("aria-hidden", "true");
  const table = element("table", undefined, panel);
  const head = element("tr", undefined, element("thead", undefined, table));
  for (const name of ["node", "data", "gradient"]) element("th", name, head).scope = "col";
  const body = element("tbody", undefined, table);
  for (const [node, value, gradient, step] of box.members) {
    const cell = element("span", undefined, mosaic);
    cell.className = step > 0 ? `p${step}` : step < 0 ? `n${-step}` : "s0";
    cell.title = `${node}: ${value}, gradient ${gradient}`;
    const row = element("tr", undefined, body);
    for (const text of [node, value, gradient]) element("td", text, row);
  }
  if (box.count > box.members.length) element("p", `The first ${box.members.length} of ${box.count}.`, panel);
};

// -- the paths from the root to a box, and the product of the local derivatives along each
const light = (k) => {
  const above = new Set([k]);
  for (let grown = true; grown;) {
    grown = false;
    for (const link of data.links) if (above.has(link.tail) && !above.has(link.head)) { above.add(link.head); grown = true; }
  }
  boxes.forEach((box, i) => { box.classList.toggle("lit", above.has(i)); box.classList.toggle("faint", !above.has(i)); });
  links.forEach((link, l) => {
    const on = above.has(data.links[l].tail) && above.has(data.links[l].head);
    link.classList.toggle("lit", on);
    link.classList.toggle("faint", !on);
  });
  const list = byId("paths");
  list.replaceChildren();
  const routes = data.single ? found(k) : [];
  let sum = 0;
  for (const route of routes) {
    const factors = route.map((l) => data.links[l].local);
    const product = factors.reduce((a, b) => a * b, 1);
    sum += product;
    const names = [`#${data.root}`, ...route.map((l) => `#${data.links[l].tail}`)].join(" → ");
    element("li", `${names}: ${factors.map((x) => Number(x.toPrecision(4))).join(" × ") || 1} = ${Number(product.toPrecision(6))}`, list);
  }
  byId("sum").textContent = routes.length
    ? `${routes.length === MOST_PATHS ? "The first " : ""}${routes.length} paths; the products add up to ${Number(sum.toPrecision(6))}.`
    : "The boxes and edges between the root and this one are lit.";
};
const MOST_PATHS = 40;
const found = (k) => {
  const into = data.boxes.map(() => []);
  data.links.forEach((link, l) => into[link.head].push(l));
  const reaches = new Set([k]);
  for (let grown = true; grown;) {
    grown = false;
    for (const link of data.links) if (reaches.has(link.tail) && !reaches.has(link.head)) { reaches.add(link.head); grown = true; }
  }
  const done = [], stack = [[data.root, []]];
  while (stack.length && done.length < MOST_PATHS) {
    const [at, route] = stack.pop();
    if (at === k) { done.push(route); continue; }
    for (const l of into[at].slice().reverse()) if (reaches.has(data.links[l].tail)) stack.push([data.links[l].tail, [...route, l]]);
  }
  return done;
};
const unlight = () => {
  for (const part of [...boxes, ...links]) part.classList.remove("lit", "faint");
  byId("paths").replaceChildren();
  byId("sum").textContent = "";
};
byId("unlight").onclick = unlight;

// -- search
let hits = [], hit = -1;
byId("search").oninput = (event) => {
  const wanted = event.target.value.toLowerCase();
  hits = wanted ? data.boxes.map((box, k) => k).filter((k) => `#${k} ${data.boxes[k].title} ${data.boxes[k].words}`.toLowerCase().includes(wanted)) : [];
  hit = -1;
  boxes.forEach((box, k) => box.classList.toggle("found", hits.includes(k)));
  byId("hits").textContent = wanted ? `${hits.length} found` : "";
};
byId("search").onkeydown = (event) => {
  if (event.key === "Enter" && hits.length) {
    hit = (hit + 1) % hits.length;
    choose(hits[hit]);
    centre(hits[hit]);
  }
};

// -- the player
const grads = boxes.map((box) => box.querySelector(".grad"));
const written = grads.map((line) => line && line.textContent);
let at = 0, timer = null;
const play = (k) => {
  at = Math.max(0, Math.min(data.frames.length, k));
  for (const part of boxes) part.classList.remove("turn", "received");
  for (const part of links) part.classList.remove("hot");
  const state = data.boxes.map(() => null);
  if (data.root !== null) state[data.root] = { arrived: data.seed, received: 0, of: 0 };
  for (const frame of data.frames.slice(0, at)) for (const push of frame.pushes) state[push.to] = push;
  grads.forEach((line, i) => {
    if (!line) return;
    if (at === 0) { line.textContent = written[i]; return; }
    const now = state[i];
    line.textContent = now ? `grad ${shortened(now.arrived)}${now.received < now.of ? ` ${now.received}/${now.of}` : ""}` : "grad –";
  });
  state.forEach((now, i) => boxes[i].classList.toggle("received", at > 0 && now !== null && now.received === now.of));
  byId("slider").value = at;
  byId("slider").setAttribute("aria-valuetext", `step ${at} of ${data.frames.length}`);
  byId("said").textContent = at ? sentence(data.frames[at - 1]) : `${data.frames.length} steps. Press Next or the right arrow key.`;
  if (at) {
    const frame = data.frames[at - 1];
    if (frame.box !== null) boxes[frame.box].classList.add("turn");
    for (const push of frame.pushes) if (push.link !== null) links[push.link].classList.add("hot");
  }
  byId("first").disabled = byId("back").disabled = at === 0;
  byId("next").disabled = byId("last").disabled = at === data.frames.length;
};
const shortened = (text) => (/^-?[\d.]+(e[-+]?\d+)?$/.test(text) ? String(Number(Number(text).toPrecision(4))) : text || "…");
const sentence = (frame) => {
  const who = frame.box === null ? "what is not shown" : `#${frame.box} ${data.boxes[frame.box].title}`;
  const turn = frame.nodes > 1 ? `${frame.nodes} nodes of ${who} have their turn, with gradients ${frame.gradient}` : `${who} has the contributions of all its consumers: gradient ${frame.gradient}`;
  const pushed = frame.pushes.map((push) => {
    const received = push.received === push.of ? "all consumers done" : `${push.received} of ${push.of} consumers done`;
    return `${push.contribution} to #${push.to} ${data.boxes[push.to].title} (${received}${push.arrived ? `, ${push.arrived} in all` : ""})`;
  });
  return `Step ${at} of ${data.frames.length}: ${turn}. It pushes ${pushed.join("; ") || "nothing"}.`;
};
const stop = () => { clearInterval(timer); timer = null; byId("run").textContent = "Play"; };
byId("first").onclick = () => play(0);
byId("back").onclick = () => play(at - 1);
byId("next").onclick = () => play(at + 1);
byId("last").onclick = () => play(data.frames.length);
byId("slider").oninput = (event) => play(Number(event.target.value));
byId("run").onclick = () => {
  if (timer) { stop(); return; }
  if (at === data.frames.length) play(0);
  byId("run").textContent = "Pause";
  timer = setInterval(() => { play(at + 1); if (at === data.frames.length) stop(); }, 900);
};

// -- boxes and keys
boxes.forEach((box, k) => {
  box.onclick = () => { if (!drag || !drag.moved) choose(k); };
  box.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(k); }
    const step = { j: 1, k: -1 }[event.key];
    if (step) choose((k + step + boxes.length) % boxes.length, true);
  };
});
addEventListener("keydown", (event) => {
  if (event.target.matches("input,select,textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = {
    ArrowRight: () => play(at + 1), ArrowLeft: () => play(at - 1), Home: () => play(0), End: () => play(data.frames.length),
    "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), 0: () => show({ ...full }), "/": () => byId("search").focus(),
    w: () => pan(0, -0.1), a: () => pan(-0.1, 0), s: () => pan(0, 0.1), d: () => pan(0.1, 0), Escape: unlight,
  }[event.key];
  if (key) { event.preventDefault(); key(); }
});

// -- the table, for those who do not see the drawing
const body = byId("rows");
data.boxes.slice(0, 2000).forEach((box, k) => {
  const row = element("tr", undefined, body);
  const go = element("button", `#${k}`, element("td", undefined, row));
  go.onclick = () => choose(k, true);
  element("td", box.title, row);
  element("td", box.lines.join("; "), row);
  element("td", data.links.filter((link) => link.head === k).map((link) => `#${link.tail}`).join(" "), row);
});
boxes[data.root === null ? 0 : data.root].setAttribute("tabindex", "0");
byId("slider").max = data.frames.length;
byId("player").hidden = data.frames.length === 0;
byId("run").disabled = matchMedia("(prefers-reduced-motion: reduce)").matches;
play(0);
