"""Gradient checkers on a set of wrong and right rules: how many wrong ones each finds, and how many right ones it rejects.

    python benchmarks/checkers.py --points 3 --hips PYTHON --jax PYTHON

The rules are those of the folder rules. The other checkers are used as their documentation says, at one point at a time:
torch.autograd.gradcheck with the rule in an autograd.Function, HIPS autograd's check_grads with the rule in a primitive, JAX's check_vjp,
SciPy's check_grad, and central differences with a fixed step and numpy.allclose, as in MyGrad and many test suites. Each gets float64
arrays and one random cotangent. An exception counts as a rejection. HIPS autograd and JAX run in environments of their own, whose
interpreters are arguments (HIPS autograd is a package called autograd, too).
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import time
import warnings
from pathlib import Path

import numpy as np
import rules


def gradlab(case, inputs):
    """Return the verdict of check_vjp: True for pass, False for fail, None for inconclusive."""
    from autograd.testing import check_vjp

    f, vjp = case.make()
    verdict = check_vjp(f, vjp, inputs, domains=case.domain, raise_on_fail=False, **case.static).verdict
    return {"pass": True, "fail": False}.get(verdict)


def as_scalar_function(case, inputs):
    """Return g·f for a random g as a function of one flat vector, its claimed gradient, and the vector."""
    f, vjp = case.make()
    arrays = [np.array(x, float) for x in inputs]
    g = np.random.default_rng(7).normal(size=np.shape(f(*[a[()] for a in arrays], **case.static)))

    def split(v):
        parts, start = [], 0
        for a in arrays:
            parts.append(v[start : start + a.size].reshape(a.shape)[()])
            start += a.size
        return parts

    def value(v):
        return float(np.sum(g * f(*split(v), **case.static)))

    def claimed(v):
        parts = vjp(tuple(split(v)), g.copy()[()], **case.static)
        return np.concatenate([np.ravel(p) for p in parts]) if len(parts) == len(arrays) else np.full(1, np.nan)

    return value, claimed, np.concatenate([a.ravel() for a in arrays])


def scipy(case, inputs):
    from scipy.optimize import check_grad

    value, claimed, v = as_scalar_function(case, inputs)
    error = check_grad(value, claimed, v)
    return bool(error <= 1e-4 * (1.0 + np.linalg.norm(claimed(v))))


def fixed_step(case, inputs, h=1e-6):
    value, claimed, v = as_scalar_function(case, inputs)
    numeric = np.array([(value(v + h * e) - value(v - h * e)) / (2 * h) for e in np.eye(v.size)])
    return bool(np.allclose(claimed(v), numeric, rtol=1e-4, atol=1e-6))


def torch(case, inputs):
    import torch

    f, vjp = case.make()

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *xs):
            ctx.save_for_backward(*xs)
            return torch.as_tensor(np.array(f(*[x.detach().numpy()[()] for x in xs], **case.static), float))

        @staticmethod
        def backward(ctx, g):
            xs = tuple(x.detach().numpy()[()] for x in ctx.saved_tensors)
            return tuple(torch.as_tensor(np.array(r, copy=True)) for r in vjp(xs, g.numpy().copy()[()], **case.static))

    tensors = [torch.tensor(np.array(x, float), requires_grad=True) for x in inputs]
    return torch.autograd.gradcheck(Rule.apply, tensors, raise_exception=False)


def hips(case, inputs):
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    f, vjp = case.make()
    rule = primitive(lambda *xs: f(*xs, **case.static))
    defvjp(rule, *[lambda y, *xs, i=i: lambda g: vjp(xs, g, **case.static)[i] for i in range(len(inputs))])
    check_grads(rule, modes=["rev"], order=1)(*[np.array(x, float)[()] for x in inputs])
    return True


def jax(case, inputs):
    import jax
    from jax.test_util import check_vjp

    jax.config.update("jax_enable_x64", True)
    f, vjp = case.make()
    value = lambda *xs: np.asarray(f(*xs, **case.static), float)  # noqa: E731
    rule = lambda *xs: (value(*xs), lambda g: tuple(vjp(xs, g, **case.static)))  # noqa: E731
    check_vjp(value, rule, tuple(np.array(x, float) for x in inputs))
    return True


CHECKERS = {"gradlab": gradlab, "torch": torch, "hips": hips, "jax": jax, "scipy": scipy, "fixed step": fixed_step}
SEPARATE = ("hips", "jax")
FAULT_POINTS = {case.name + "_right": case.shows_at for case in rules.WRONG}
ROWS = [
    ("wrong, ordinary point: found", rules.WRONG, lambda c: c.draw, False),
    ("wrong, where it shows: found", rules.WRONG, lambda c: c.shows_at, False),
    ("right, ordinary point: condemned", rules.RIGHT_TWINS, lambda c: c.draw, False),
    ("right, where the wrong one shows: condemned", rules.RIGHT_TWINS, lambda c: FAULT_POINTS[c.name], False),
    ("right but hard: condemned", rules.HARD, lambda c: c.draw, False),
    ("right but hard: cannot tell", rules.HARD, lambda c: c.draw, None),
]


def run_checker(checker, case, inputs):
    """Return whether a checker accepts a rule, or None if it cannot decide."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return checker(case, inputs)
        except Exception:
            return False


def make_column(name, points):
    """Return the cells of one checker, from top to bottom."""
    cells = []
    for _, cases, draw, counted in ROWS:
        answers = [run_checker(CHECKERS[name], c, draw(c)(np.random.default_rng(s))) for c in cases for s in range(points)]
        cells.append(f"{sum(a is counted for a in answers)} of {len(answers)}")
    return cells


def make_column_in(python, name, points):
    """Return the cells of a checker that needs another interpreter."""
    command = [python, Path(__file__).name, "--column", name, "--points", str(points)]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def get_specs(case):
    """Return the arguments of a case for a search."""
    from autograd.testing import Array, Choice, Real

    found = {}
    for i, (shape, (low, high)) in enumerate(zip(case.shapes, case.domain)):
        found[f"x{i}"] = Real(low, high) if shape == "real" else Array(*shape, low=low, high=high, min_size=case.min_size)
    choices = {k: Choice(*v) for k, v in case.choices.items()}
    return found | choices | {k: Choice(v) for k, v in case.static.items() if k not in choices}


def print_search(seed):
    """Print how many rules the search judges correctly, how long it takes, and the size of its counterexamples."""
    from autograd.testing import search_vjp

    both, times, entries = 0, {"fail": [], "pass": []}, []
    for wrong, right in zip(rules.WRONG, rules.RIGHT_TWINS):
        verdicts = []
        for case in (wrong, right):
            start = time.perf_counter()
            report = search_vjp(case.make, raise_on_fail=False, hypothesis_seed=seed, **get_specs(case))
            times.get(report.verdict, []).append(time.perf_counter() - start)
            verdicts.append(report.verdict)
            entries += [sum(np.count_nonzero(x) for k, x in report.values.items() if k[0] == "x")] * (report.verdict == "fail")
        both += verdicts == ["fail", "pass"]
    print(f"search of 100 examples, seed {seed}: {both} of {len(rules.WRONG)} wrong rules found and their right twins passed;")
    print(f"  {statistics.median(times['pass']):.2f} s for a right rule, {statistics.median(times['fail']):.2f} s for a wrong one")
    print(f"  to its counterexample, which has at most {max(entries)} entries that are not zero (medians of times)")


def print_costs():
    """Print the cost of a check of a right rule."""
    from autograd.testing import check_vjp

    pairs = {
        "tanh(x) y": (lambda x, y: np.tanh(x) * y, lambda xs, g: (g * xs[1] / np.cosh(xs[0]) ** 2, g * np.tanh(xs[0])), (0.3, 0.4)),
        "sum(x²), 3 entries": (lambda x: np.sum(x * x), lambda xs, g: (2 * g * xs[0],), (np.array([1.0, 2.0, 3.0]),)),
    }
    for name, (f, vjp, inputs) in pairs.items():
        start = time.perf_counter()
        reports = [check_vjp(f, vjp, inputs) for _ in range(200)]
        each = (time.perf_counter() - start) / len(reports)
        print(f"a check of {name}: {reports[0].evaluations} evaluations, {each * 1e3:.2f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=1, help="how many searches of every rule")
    parser.add_argument("--hips", metavar="PYTHON")
    parser.add_argument("--jax", metavar="PYTHON")
    parser.add_argument("--column", choices=CHECKERS, help="print one checker's cells as JSON")
    options = parser.parse_args()
    if options.column:
        print(json.dumps(make_column(options.column, options.points)))
        return
    here = [n for n in CHECKERS if n not in SEPARATE and (n != "torch" or importlib.util.find_spec("torch"))]
    columns = {n: make_column(n, options.points) for n in here}
    columns |= {n: make_column_in(vars(options)[n], n, options.points) for n in SEPARATE if vars(options)[n]}
    print(f"{'':45s}" + "".join(f"{n:>14s}" for n in columns))
    for k, (title, *_) in enumerate(ROWS):
        print(f"{title:45s}" + "".join(f"{cells[k]:>14s}" for cells in columns.values()))
    print_costs()
    for seed in range(1, options.seeds + 1):
        print_search(seed)


if __name__ == "__main__":
    main()
