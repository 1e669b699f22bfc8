"""The time of a live page in Chromium: of a forward and a backward pass, of writing all numbers, and of a whole frame.

    python benchmarks/live_page.py            # needs playwright and Chromium

The graphs are chains of layers of numbers. A frame is what follows when a leaf is dragged: both passes, and all texts and colours.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import Value
from autograd.viz import draw

SIZES = (50, 500, 2000)
MEASURE = """
(repeats) => {
  const time = (work) => { const t = performance.now(); work(); return performance.now() - t; };
  const rows = [];
  for (let k = 0; k < repeats; k++) {
    tape.values[0] += 1e-3;
    const passes = time(() => { tape.forward(); tape.backward(); }), writing = time(paint);
    rows.push([passes, writing, time(() => svg.getBBox())]);
  }
  return rows;
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


def chain(size):
    """Return the last node of a graph with about so many nodes."""
    leaves = [Value(0.1 * i, name=f"w{i}") for i in range(10)]
    x = leaves[0]
    for i in range((size - 10) // 2):
        x = (x * leaves[i % 10]).tanh() if i % 2 else x + leaves[i % 10] * 0.5
    x.backward()
    return x


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    print("nodes  page      passes   texts   layout   frames: median   95 %")
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for size in SIZES:
            path = Path(folder) / "page.html"
            picture = draw(chain(size), fold=False)
            text = picture.to_html(path)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(path.as_uri())
            passes, texts, layout = (statistics.median(column) for column in zip(*page.evaluate(MEASURE, 30), strict=True))
            frames = sorted(page.evaluate(FRAMES, 60))
            nodes = picture.snapshot.size
            times = f"{passes:5.2f} ms {texts:5.1f} ms {layout:5.1f} ms"
            print(f"{nodes:5d}  {len(text) / 1e3:5.0f} kB  {times}   {statistics.median(frames):5.1f} ms   {frames[57]:5.1f} ms")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
