// The table, for those who do not see the drawing
const body = byId("rows");
data.boxes.slice(0, 2000).forEach((box, k) => {
  const row = element("tr", undefined, body);
  const go = element("button", `#${k}`, element("td", undefined, row));
  go.onclick = () => choose(k, true);
  element("td", box.title, row);
  element("td", undefined, row).className = "numbers";
  element("td", data.links.filter((link) => link.head === k).map((link) => `#${link.tail}`).join(" "), row);
});
// It is written while it is open.
const table = byId("rows").closest("details");
const writeTable = () => {
  if (table.open) body.querySelectorAll(".numbers").forEach((cell, k) => { cell.textContent = linesOf(k).join("; "); });
};
table.ontoggle = writeTable;
boxes[entrance].setAttribute("tabindex", "0");
byId("player").hidden = data.frames.length === 0;
byId("run").disabled = calm;
play(0);
drawWhatIsInView();
