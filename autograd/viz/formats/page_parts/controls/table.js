// The table, for those who do not see the drawing
const body = byId("rows");
data.boxes.slice(0, 2000).forEach((box, k) => {
  const row = element("tr", undefined, body);
  const go = element("button", `#${k}`, element("td", undefined, row));
  go.onclick = () => choose(k, true);
  element("td", box.title, row);
  element("td", box.lines.join("; "), row);
  element("td", data.links.filter((link) => link.head === k).map((link) => `#${link.tail}`).join(" "), row);
});
boxes[entrance].setAttribute("tabindex", "0");
byId("player").hidden = data.frames.length === 0;
byId("run").disabled = calm;
play(0);
drawWhatIsInView();
