"""The time and size of pictures of large graphs, beside Graphviz's dot and torchviz, which have limits of time and memory.

    python benchmarks/pictures.py            # dot and torchviz take part if they are installed

The time for gradlab is that of folding, layout and SVG; the time of the snapshot has a column of its own. dot gets the same graph.
"""

import resource
import shutil
import subprocess
import sys
import time

import numpy as np

from autograd import Value
from autograd.viz import draw
from autograd.viz.formats.dot import render_dot
from nn.scalar import MLP

TIME_LIMIT, MEMORY_LIMIT = 60, 4  # seconds, and gigabytes


def network(samples):
    model = MLP(2, [16, 16, 1], rng=0)
    points = np.random.default_rng(0).uniform(-1, 1, (samples, 2)).tolist()
    return sum((1.0 - model(x)).relu() for x in points)


def recurrence(steps):
    w, u, b, h = Value(0.5, "w"), Value(0.3, "u"), Value(0.1, "b"), Value(0.0)
    for t in range(steps):
        h = (w * h + u * float(t % 7) + b).tanh()
    return h


def chain(length):
    a, x = Value(0.9999, "a"), Value(1.0)
    for _ in range(length):
        x = x * a
    return x


CASES = [
    ("MLP, folded", lambda: network(153), None),
    ("RNN of 400 steps, folded", lambda: recurrence(400), None),
    ("chain of 10 000, folded", lambda: chain(10_000), None),
    ("chain of 10 000, unfolded", lambda: chain(10_000), False),
    ("MLP, unfolded", lambda: network(15), False),
    ("chain of 100 000, folded", lambda: chain(100_000), None),
]


def measure_drawing(make, fold):
    """Return the nodes, boxes and bytes of a picture, and the seconds of the snapshot and of the picture."""
    root = make()
    root.backward()
    best, picture = [np.inf, np.inf], None
    for _ in range(3):
        start = time.perf_counter()
        shot = draw(root, fold=False)
        taken = time.perf_counter()
        picture = shot if fold is False else shot.fold()
        text = picture.to_svg()
        done = time.perf_counter()
        best = [min(best[0], taken - start), min(best[1], done - taken)]
    return shot.snapshot.size, len(picture.drawing.boxes), len(text), *best


def measure_memory(case):
    """Return the peak memory of a process that draws a case, and how much more that is than without drawing."""
    peaks = []
    for drawing in ("", f"; draw(root, fold={CASES[case][2]}).to_svg()"):
        program = f"from pictures import CASES, draw; root = CASES[{case}][1](); root.backward(){drawing}; "
        program += "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
        out = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=__file__.rpartition("/")[0]
        )
        peaks.append(int(out.stdout) / 1024)
    return peaks[1], peaks[1] - peaks[0]


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT << 30, MEMORY_LIMIT << 30))


def run_dot(make):
    """Return the time that dot needs for the same graph, not folded, or why it stopped."""
    if not shutil.which("dot"):
        return "not installed"
    text = render_dot(draw(make(), fold=False, show=()).drawing)
    start = time.perf_counter()
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"], input=text.encode(), capture_output=True, timeout=TIME_LIMIT, preexec_fn=limit_memory
        )
    except subprocess.TimeoutExpired:
        return f"> {TIME_LIMIT} s"
    took = time.perf_counter() - start
    return f"{took:.1f} s" if done.returncode == 0 else f"failed after {took:.1f} s, of {MEMORY_LIMIT} GB"


def run_torchviz():
    """Return the time that torchviz needs for a chain of 1 000 operations, or why it stopped. It writes DOT and runs dot."""
    try:
        import torch
        from torchviz import make_dot
    except ImportError:
        return "not installed"
    a, x = torch.tensor(0.9999, requires_grad=True), torch.tensor(1.0)
    for _ in range(1000):
        x = x * a
    start = time.perf_counter()
    try:
        source = make_dot(x).source
    except RecursionError:
        return "RecursionError"
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"], input=source.encode(), capture_output=True, timeout=TIME_LIMIT, preexec_fn=limit_memory
        )
    except subprocess.TimeoutExpired:
        return f"> {TIME_LIMIT} s"
    return f"{time.perf_counter() - start:.1f} s" if done.returncode == 0 else "dot failed"


if __name__ == "__main__":
    print(f"{'':28}{'nodes':>8}{'boxes':>8}{'KB':>8}{'snapshot s':>12}{'picture s':>11}{'peak MB':>9}{'of it':>7}   dot, unfolded")
    for k, (name, make, fold) in enumerate(CASES):
        size, boxes, length, snapshot, picture = measure_drawing(make, fold)
        peak, extra = measure_memory(k)
        print(
            f"{name:28}{size:8}{boxes:8}{length // 1000:8}{snapshot:12.3f}{picture:11.3f}{peak:9.0f}{extra:7.0f}   {run_dot(make)}",
            flush=True,
        )
    print(f"torchviz, a chain of 1 000: {run_torchviz()}")
