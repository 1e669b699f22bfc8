"""How accurate the special functions and their derivatives are, beside mpmath.

    python benchmarks/special_functions.py [--points 10000] [--seconds 300] [--jobs 2] [NAME ...]

For each function with a reference in `tests/special_references.py` it draws points of ordinary size, points close to 0 and large ones,
and prints the largest error of the value and of each derivative. An error is relative to the number and to what it changes if an
argument is rounded. The references of some functions need milliseconds for a point: these stop after `--seconds`, and the table says
how many points were compared.
"""

import argparse
import sys
import time
from multiprocessing import Pool
from pathlib import Path

import mpmath as mp
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from autograd import Tensor
from autograd.core.operators import apply
from autograd.ops import TABLE
from autograd.scipy import special  # noqa: F401 - it loads the rows
from special_references import REFERENCES

DIGITS = 50
# More digits where a probability differs from 1 by far less, so that differences still see its derivative.
MORE_DIGITS = dict.fromkeys(("expit", "ndtr", "betainc", "gammainc", "gammaincc"), 330)
# The relative step of the differences of the references: their truncation error is near 1e-30, and 20 digits are left of curvatures.
STEP = mp.mpf(10) ** -15
LIMIT = 1e-13


def draw_points(op, count, rng):
    """Draw arguments inside of the domains: half of them of ordinary size, half of them close to 0 or large."""
    columns = []
    for domain in op.domains:
        low, high = max(domain.low, -30.0), min(domain.high, 30.0)
        ordinary = rng.uniform(low, high, count)
        magnitudes = 10.0 ** rng.uniform(-6.0, 3.0, count)
        if domain.high < 30.0:
            extreme = low + (high - low) * rng.choice([1e-6, 1e-3, 0.999, 1.0 - 1e-6], count)
        elif domain.low == -np.inf:
            extreme = magnitudes * rng.choice([-1.0, 1.0], count)
        else:
            extreme = magnitudes + max(low, 0.0)
        column = np.where(rng.random(count) < 0.5, ordinary, extreme)
        columns.append(np.round(column) if domain.is_integer else np.where(column == 0.0, 0.5, column))
    return columns


def evaluate(op, columns):
    """Return the value and the derivatives of the row: a list of arrays, with None where there is no derivative."""
    args = [x if i in op.refused else Tensor(x) for i, x in enumerate(columns)]
    y = apply(op, *args)
    y.backward(np.ones(y.shape))
    return [y.data, *(x.grad if isinstance(x, Tensor) else None for x in args)]


def evaluate_reference(reference, args, free):
    """Return value, derivatives and what each changes if arguments are rounded, relatively to the rounding."""

    def at(*moves):
        moved = list(args)
        for i, sign in moves:
            moved[i] += sign * steps[i]
        return mp.re(reference(*moved))

    steps = [STEP * abs(x) for x in args]
    value = at()
    sides = {i: (at((i, 1)), at((i, -1))) for i in free}
    slopes = {i: (sides[i][0] - sides[i][1]) / (2 * steps[i]) for i in free}
    curvatures = {(i, i): (sides[i][0] - 2 * value + sides[i][1]) / steps[i] ** 2 for i in free}
    for i in free:
        for j in free:
            if i < j:
                corners = at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))
                curvatures[i, j] = curvatures[j, i] = corners / (4 * steps[i] * steps[j])
    changes = [sum(abs(args[i] * slopes[i]) for i in free)]
    changes += [sum(abs(args[j] * curvatures[i, j]) for j in free) for i in free]
    return [value, *(slopes[i] for i in free)], changes


def compare(name, count, seconds):
    """Return the number of points and the largest errors, each with the point where it is."""
    op, reference = TABLE[name], REFERENCES[name]
    columns = draw_points(op, count, np.random.default_rng(0))
    free = [i for i in range(len(columns)) if i not in op.refused]
    ours = evaluate(op, columns)
    worst = [(0.0, ())] * (1 + len(free))
    start, compared = time.perf_counter(), 0
    with mp.workdps(MORE_DIGITS.get(name, DIGITS)):
        for k in range(count):
            if time.perf_counter() - start > seconds:
                break
            args = [mp.mpf(float(column[k])) for column in columns]
            try:
                wanted, changes = evaluate_reference(reference, args, free)
            except (ValueError, ZeroDivisionError, OverflowError, mp.NoConvergence):
                continue
            compared += 1
            for n, (value, change, array) in enumerate(zip(wanted, changes, [ours[0], *(ours[1 + i] for i in free)], strict=True)):
                scale = abs(value) + change
                if 1e-290 < scale < 1e290:
                    error = float(abs(mp.mpf(float(array[k])) - value) / scale)
                    error = np.inf if np.isnan(error) else error
                    worst[n] = max(worst[n], (error, tuple(float(x) for x in args)))
    return name, compared, worst


def compare_one(task):
    return compare(*task)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=sorted(REFERENCES))
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    np.seterr(all="ignore")
    print(
        f"{'function':<14}{'points':>7}  largest errors of the value and of the derivatives, where above {LIMIT:g} with the point"
    )
    with Pool(options.jobs) as pool:
        for name, compared, worst in pool.imap(compare_one, [(name, options.points, options.seconds) for name in options.names]):
            errors = [f"{error:.1e}" + (f" at {at}" if error > LIMIT else "") for error, at in worst]
            print(f"{name:<14}{compared:>7}  {', '.join(errors)}", flush=True)


if __name__ == "__main__":
    main()
