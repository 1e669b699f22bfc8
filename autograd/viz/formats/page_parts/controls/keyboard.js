// Boxes and keys
const describe = (k) => `#${k} ${[...boxes[k].querySelectorAll("text")].map((line) => line.textContent).filter(Boolean).join(", ")}`;
boxes.forEach((box, k) => {
  box.setAttribute("role", "button");
  box.setAttribute("tabindex", "-1");
  box.setAttribute("aria-label", describe(k));
  box.onfocus = () => box.setAttribute("aria-label", describe(k)); // its numbers may have changed
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
    ArrowRight: () => play(at + 1), ArrowLeft: () => play(at - 1), Home: () => play(0), End: () => play(filmLength()),
    "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), 0: () => show({ ...full }), "/": () => byId("search").focus(),
    w: () => pan(0, -0.1), a: () => pan(-0.1, 0), s: () => pan(0, 0.1), d: () => pan(0.1, 0), Escape: unlight,
  }[event.key];
  if (key) { event.preventDefault(); key(); }
});
