"""Scripts that find the faults of pictures as a browser shows them."""

# Faults of a drawing, in words. A text has the rectangle of its letters; strokes may touch them.
DRAWING_FAULTS = """
() => {
  const svg = document.querySelector("svg.drawing, #network svg"), faults = [], scale = svg.getScreenCTM().a, touch = Math.min(1, scale);
  const place = (part) => { const r = part.getBoundingClientRect(); return { left: r.left, top: r.top, right: r.right, bottom: r.bottom, name: part.textContent || part.tagName }; };
  // The line of a font has space above and below its letters.
  const ofText = (text) => { const p = place(text), size = scale * parseFloat(getComputedStyle(text).fontSize), rest = (p.bottom - p.top - size) / 2; return { ...p, top: p.top + rest, bottom: p.bottom - rest }; };
  const meet = (a, b, by = touch) => a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
  const inside = (a, b, by = touch) => a.left >= b.left - by && a.right <= b.right + by && a.top >= b.top - by && a.bottom <= b.bottom + by;
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent && text.checkVisibility()).map((text) => ({ text, ...ofText(text) }));
  const boxes = [...svg.querySelectorAll("[data-box]")].map((box) => ({ box, ...place(box.querySelector("rect")), name: box.textContent }));
  const edge = place(svg);
  const edges = [...svg.querySelectorAll("[data-link] path")].map(place);
  for (const a of [...texts, ...boxes, ...edges]) if (!inside(a, edge)) faults.push(`out of view: ${a.name}`);
  for (const [n, a] of boxes.entries()) for (const b of boxes.slice(0, n)) if (meet(a, b)) faults.push(`boxes meet: ${a.name} and ${b.name}`);
  for (const [n, a] of texts.entries()) {
    for (const b of texts.slice(0, n)) if (meet(a, b)) faults.push(`texts meet: ${a.name} and ${b.name}`);
    const own = a.text.closest("[data-box]");
    for (const b of boxes) {
      if (b.box === own ? !inside(a, b) : meet(a, b)) faults.push(`${b.box === own ? "cut" : "covered"}: ${a.name} at ${b.name}`);
    }
  }
  // Edges that run through a label, at points 4 px apart, and heads that lie on one.
  const labels = texts.filter((a) => a.text.closest("[data-link]"));
  for (const link of svg.querySelectorAll("[data-link]")) {
    const path = link.querySelector("path"), toScreen = path.getScreenCTM(), length = path.getTotalLength(), heads = [...link.querySelectorAll(".head")].map(place), points = [];
    for (let way = 0; way <= length; way += 4) points.push(path.getPointAtLength(way).matrixTransform(toScreen));
    for (const head of heads) for (const b of boxes) if (meet(head, b)) faults.push(`hidden: the head of ${link.textContent} in ${b.name}`);
    for (const a of labels.filter((label) => !link.contains(label.text))) {
      if (points.some((p) => inside({ left: p.x, right: p.x, top: p.y, bottom: p.y }, a, -touch))) faults.push(`struck: ${a.name} by ${link.textContent}`);
      for (const head of heads) if (meet(head, a)) faults.push(`covered: ${a.name} by the head of ${link.textContent}`);
    }
  }
  return faults;
}
"""

# Faults of a page. What scrolls inside of a region may be out of its view.
PAGE_FAULTS = """
() => {
  const faults = [], width = document.documentElement.clientWidth;
  const isShown = (part) => part.checkVisibility() && part.getBoundingClientRect().width > 0;
  const place = (part) => part.getBoundingClientRect(), name = (part) => `${part.tagName} ${part.id} ${part.textContent.trim().slice(0, 30)}`;
  if (document.documentElement.scrollWidth > width) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const regions = ["header", "main", "main > section", "aside", "footer"].flatMap((tag) => [...document.querySelectorAll(tag)]).filter(isShown);
  for (const [n, a] of regions.entries()) for (const b of regions.slice(0, n)) {
    const [p, q] = [place(a), place(b)];
    if (!a.contains(b) && !b.contains(a) && p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) faults.push(`${name(a)} meets ${name(b)}`);
  }
  for (const control of [...document.querySelectorAll("button, input, select, h1, h2, label, canvas, svg, p")].filter(isShown)) {
    const p = place(control);
    if (p.left < -1 || p.right > width + 1) faults.push(`${name(control)} is out of view`);
    if (control.tagName !== "svg" && control.scrollWidth > control.clientWidth + 2 && control.clientWidth) faults.push(`${name(control)} is cut`);
  }
  for (const head of [...document.querySelectorAll("th")].filter(isShown)) {
    const letters = document.createRange();
    letters.selectNodeContents(head);
    if (letters.getClientRects().length > 1) faults.push(`${name(head)} is broken`);
  }
  const drawing = document.querySelector("main svg");
  for (const region of regions) if (region.scrollWidth > region.clientWidth + 2) faults.push(`${name(region)} is ${region.scrollWidth} wide`);
  const play = document.querySelector(".bar button, #play");
  if (place(play).bottom > innerHeight) faults.push(`${name(play)} is below the window`);
  if (place(drawing).height < 200) faults.push(`the drawing is ${place(drawing).height} high`);
  return faults;
}
"""
