// The paths from the root to a box, and the product of the local derivatives along each
let lit = null; // the box whose paths are lit
const light = (k) => {
  lit = k;
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
  refresh();
  writePaths(k);
};
const writePaths = (k) => {
  const list = byId("paths");
  list.replaceChildren();
  const routes = data.single ? found(k) : [];
  let sum = 0;
  for (const route of routes) {
    const factors = route.map((l) => data.links[l].local);
    const product = factors.reduce((a, b) => a * b, 1);
    sum += product;
    const names = [`#${data.root}`, ...route.map((l) => `#${data.links[l].tail}`)].join(" → ");
    element("li", quizzing ? names : `${names}: ${factors.map((x) => exactly(Number(x.toPrecision(4)))).join(" × ") || 1} = ${exactly(Number(product.toPrecision(6)))}`, list);
  }
  const count = `${routes.length === MOST_PATHS ? "The first " : ""}${routes.length} path${routes.length === 1 ? "" : "s"}`;
  if (!routes.length) byId("sum").textContent = "The boxes and edges between the root and this one are lit.";
  else if (quizzing) byId("sum").textContent = `${count}: multiply the derivatives along each, and add up.`;
  else byId("sum").textContent = `${count}; the products add up to ${exactly(Number(sum.toPrecision(6)))}.`;
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
  lit = null;
  for (const part of [...boxes, ...links]) part.classList.remove("lit", "faint");
  refresh();
  byId("paths").replaceChildren();
  byId("sum").textContent = "";
};
byId("unlight").onclick = unlight;
