"""Frame times of live pages in Chromium, while a leaf moves that all numbers depend on; and times of actions on large pages.

    python benchmarks/live_page.py            # needs playwright and Chromium

A frame is both passes, and all texts and colours in view. "whole" shows the whole graph, "text" the most boxes whose text can be
read, and "near" one box at its full size. "passes" and "paint" are parts of a frame in the script. An action is what the script does
and the layout that follows.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import nn
from autograd import Value
from autograd.viz import draw

SIZES = (50, 500, 2000)
VIEWS = {
    "whole": "() => show({ ...full })",
    "text": "() => { const wide = area.width * 12 / READABLE; show({ x: full.width / 3, y: full.height / 3, width: wide, height: wide * area.height / area.width }); }",
    "near": "() => { show({ ...full }); isFar = true; centre(Math.floor(boxes.length / 2)); }",
}
PARTS = """
(repeats) => {
  const time = (work) => { const t = performance.now(); work(); return performance.now() - t; };
  return Array.from({ length: repeats }, () => {
    tape.values[tape.leaves[0]] += 1e-3;
    return [time(() => { tape.forward(); tape.backward(); }), time(paint)];
  });
}
"""
FRAMES = """
(count) => new Promise((resolve) => {
  const times = [];
  const frame = (now) => {
    times.push(now);
    if (times.length > count) { resolve(times.slice(1).map((t, i) => t - times[i])); return; }
    setLeaf(tape.leaves[0], String(0.5 + 0.001 * times.length));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""
ACTIONS = {
    "open a box": "() => choose(Math.floor(boxes.length / 2), true)",
    "expand it": "() => [...document.querySelectorAll('#panel button')].find((b) => b.textContent.startsWith('Expand'))?.click()",
    "search": "() => { byId('search').value = 'leaf'; byId('search').oninput({ target: byId('search') }); }",
    "go to the hit": "() => byId('search').onkeydown({ key: 'Enter' })",
    "light paths": "() => light(Math.floor(boxes.length / 3))",
    "zoom in": "() => zoom(0.5)",
    "pan": "() => pan(0.3, 0.1)",
    "show all": "() => show({ ...full })",
    "a step": "() => play(at + 1)",
}
TIME = "(work) => { const t = performance.now(); (%s)(); svg.getBBox(); document.body.offsetHeight; return performance.now() - t; }"


def web(size):
    """Return the last node of a graph with about so many nodes, all of which follow the first leaf."""
    leaves = [Value(0.5, name="x"), *(Value(0.1 * i, name=f"w{i}") for i in range(1, 40))]
    row = [leaves[0] + w for w in leaves[1:]]
    while len(row) * 4 < size:
        size -= 3 * 40
        row = [(a + b * 0.5).sin() for a, b in zip(row, row[1:] + row[:1], strict=True)]
    total = sum(row)
    total.backward()
    return total


def demo(hidden, samples):
    """Return the loss of micrograd's demo."""
    model = nn.scalar.MLP(2, [hidden, hidden, 1], rng=0)
    X, y = nn.toys.moons(samples, rng=0)
    loss = sum((1.0 - (2.0 * t - 1.0) * model(x.tolist())).relu() for x, t in zip(X, y, strict=True))
    loss.backward()
    return loss


def frames(browser, folder):
    print("nodes  page      view   boxes   passes    paint    frames: median   95 %")
    for size in SIZES:
        picture = draw(web(size), fold=False)
        path = Path(folder) / "page.html"
        text = picture.to_html(path)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(path.as_uri())
        for view, move in VIEWS.items():
            page.evaluate(move)
            passes, paint = (statistics.median(column) for column in zip(*page.evaluate(PARTS, 30), strict=True))
            times = sorted(page.evaluate(FRAMES, 60))
            shown = page.evaluate("boxes.filter((box) => box.isConnected).length")
            name = f"{picture.snapshot.size:5d}  {len(text) / 1e3:5.0f} kB  {view:5s}  {shown:5d}"
            print(f"{name}  {passes:5.2f} ms  {paint:5.1f} ms          {statistics.median(times):5.1f} ms   {times[57]:5.1f} ms")
        page.close()


def actions(browser, folder):
    pictures = {"folded": draw(demo(24, 80)), "every node": draw(demo(8, 50), fold=False)}
    print("\naction          " + "".join(f"{name:>34s}" for name in pictures))
    columns = []
    for picture in pictures.values():
        path = Path(folder) / "page.html"
        size = len(picture.to_html(path))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(path.as_uri())
        columns.append([f"{picture.snapshot.size} nodes, {len(picture.drawing.boxes)} boxes, {size / 1e6:.1f} MB"])
        columns[-1] += [f"{page.evaluate(TIME % action):.1f} ms" for action in ACTIONS.values()]
        page.close()
    for name, *cells in zip(["", *ACTIONS], *columns, strict=True):
        print(f"{name:16s}" + "".join(f"{cell:>34s}" for cell in cells))


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        frames(browser, folder)
        actions(browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
