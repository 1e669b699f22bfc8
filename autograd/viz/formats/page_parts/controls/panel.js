// One box: its numbers, its formula, what it is made of
let chosen = null;
let entrance = data.root === null ? 0 : data.root; // the box that the Tab key reaches
const choose = (k, move) => {
  if (chosen !== null) boxes[chosen].classList.remove("chosen");
  boxes[entrance].setAttribute("tabindex", "-1");
  chosen = entrance = k;
  boxes[k].classList.add("chosen");
  boxes[k].setAttribute("tabindex", "0");
  refresh();
  if (move) { centre(k); boxes[k].focus({ preventScroll: true }); }
  tell(k);
};
const facts = (list, pairs) => {
  for (const [name, value] of pairs) if (value) { element("dt", name, list); element("dd", value, list); }
};
let linkTexts = []; // the texts on links, which change with their numbers
const tell = (k) => {
  linkTexts = [];
  const box = data.boxes[k], panel = byId("panel");
  panel.replaceChildren();
  element("h2", `#${k} ${box.title}`, panel);
  for (const line of box.told.length ? linesOf(k) : []) element("p", line, panel).className = "told";
  const list = element("dl", undefined, panel);
  if (box.operation) facts(list, [["operation", box.operation], ...data.operations[box.operation]]);
  facts(list, box.facts);
  if (box.count === 1 && !box.facts.some(([name]) => name === "made at")) facts(list, [["made at", "known where it runs inside anomaly()"]]);
  if (tape && changed) tellNumbers(k);
  if (tape && quizzing && box.count === 1) { tellNumbers(k); askGradient(k, panel); }
  if (tape && box.count === 1 && !tape.nodes[box.nodes[0]]) editLeaf(k, panel);
  const buttons = element("p", undefined, panel);
  buttons.className = "choices";
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
      linkTexts.push([item.appendChild(document.createTextNode(` ${describeLink(link)}`)), link]);
      item.onmouseenter = () => links[l].classList.add("lit");
      item.onmouseleave = () => links[l].classList.remove("lit");
    }
  };
  const numbered = data.links.map((link, l) => [link, l]);
  told("Derivation: what its gradient is the sum of", numbered.filter(([link]) => link.tail === k), "head");
  told("Arguments", numbered.filter(([link]) => link.head === k), "tail");
};
const membersOf = (box) => box.members.map(([node, value, gradient, step], n) => {
  if (isPythons()) return [node, value, gradient, step > 0 ? `p${step}` : step < 0 ? `n${-step}` : "s0"];
  const i = box.nodes[n], now = shortNumber(tape.values[i]);
  return quizzing ? [node, now, "?", "s0"] : [node, now, shortNumber(tape.grads[i]), shadeClass(tape.grads[i], largestOf(tape.grads)) || "s0"];
});
const expand = (box, panel) => {
  const mosaic = element("div", undefined, panel);
  mosaic.className = "mosaic drawing";
  mosaic.setAttribute("aria-hidden", "true");
  const table = element("table", undefined, panel);
  const head = element("tr", undefined, element("thead", undefined, table));
  for (const name of ["node", "data", "gradient"]) element("th", name, head).scope = "col";
  const body = element("tbody", undefined, table);
  for (const [node, value, gradient, shade] of membersOf(box)) {
    const cell = element("span", undefined, mosaic);
    cell.className = shade;
    cell.title = `${node}: ${value}, gradient ${gradient}`;
    const row = element("tr", undefined, body);
    for (const text of [node, value, gradient]) element("td", text, row);
  }
  if (box.count > box.members.length) element("p", `The first ${box.members.length} of ${box.count}.`, panel);
};
