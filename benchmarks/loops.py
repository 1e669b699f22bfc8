"""Compiled recurrences at two numbers of steps: lines of source, the first call, and the time of a gradient beside the eager one.

    python benchmarks/loops.py                  # all programs
    python benchmarks/loops.py runge_kutta      # those with these names

The programs are those of the tests (`tests/loop_programs.py`), with 8 and with 64 times their number of steps. The lines of source are
timed, not the tape in C, if GRADLAB_ENGINE=python is set.
"""

import sys
import time
from pathlib import Path

import numpy as np

import autograd as ag

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from loop_programs import PROGRAMS, flat

FACTORS = (8, 64)
# Programs whose number of operations is the square of their number of steps.
QUADRATIC = ("soft_dynamic_time_warping",)
ROUNDS = 5


def measure(make, n):
    """Return the nodes, the lines, the seconds of the first call, the ratio of eager to compiled, and the relative difference."""
    f, args = make(n)
    arrays = [np.array(arg) if isinstance(arg, list) else arg for arg in args]
    argnums = tuple(range(len(args)))
    step, eager = ag.compile(f, argnums=argnums), ag.value_and_grad(f, argnums=argnums)
    start = time.process_time()
    value, gradients = step.value_and_grad(*arrays)
    first = time.process_time() - start
    expected_value, expected = eager(*args)
    actual = np.concatenate([np.ravel(gradient) for gradient in gradients])
    error = max(abs(value - expected_value), np.max(np.abs(actual - flat(expected)))) / np.max(np.abs(flat(expected)))
    ratio = fastest(lambda: eager(*args)) / fastest(lambda: step.value_and_grad(*arrays))
    return step.report().nodes, len(step.source.splitlines()), first, ratio, error


def fastest(f):
    """Return the shortest CPU time of some calls, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return max(min(times), 1e-9)


def main():
    wanted = sys.argv[1:]
    print(
        f"{'program':28}{'steps':>7}{'nodes':>9}{'lines':>7}{'first call, s':>15}{'µs a node':>11}{'eager / compiled':>18}{'error':>10}"
    )
    for make, steps in PROGRAMS.items():
        name = make.__name__
        if wanted and name not in wanted:
            continue
        for factor in FACTORS:
            n = round(steps * (factor**0.5 if name in QUADRATIC else factor))
            nodes, lines, first, ratio, error = measure(make, n)
            print(f"{name:28}{n:7}{nodes:9}{lines:7}{first:15.2f}{first / nodes * 1e6:11.1f}{ratio:18.1f}{error:10.1e}")


if __name__ == "__main__":
    main()
