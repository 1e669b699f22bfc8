"""Gradient checkers on one set of rules, wrong ones and right ones (rules.py): what each finds, and whom it condemns unjustly.

    python benchmarks/checkers.py --points 3

The peers are used as their documentation says, at one point at a time: torch.autograd.gradcheck around the rule in an
autograd.Function, SciPy's check_grad on the scalar g·f, and, as MyGrad and many test suites do it, central differences with a fixed
step and numpy.allclose. A peer sees float64 arrays and one random cotangent, as it would by itself. An exception of the peer at a wrong rule counts
as found.
"""

import argparse
import importlib.util
import time
import warnings

import numpy as np
import rules

from autograd.testing import Array, Choice, Real, check_vjp, search_vjp


def gradlab(case, inputs):
    """The verdict of check_vjp: True for a pass, None where it cannot tell."""
    f, vjp = case.make()
    verdict = check_vjp(f, vjp, inputs, domains=case.domain, raise_on_fail=False, **case.static).verdict
    return {"pass": True, "fail": False}.get(verdict)


def seeded(case, inputs):
    """The scalar g·f of one flat vector, its claimed gradient, and the vector."""
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

    value, claimed, v = seeded(case, inputs)
    error = check_grad(value, claimed, v)
    return bool(error <= 1e-4 * (1.0 + np.linalg.norm(claimed(v))))


def fixed_step(case, inputs, h=1e-6):
    value, claimed, v = seeded(case, inputs)
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


CHECKERS = {"gradlab": gradlab, "torch gradcheck": torch, "scipy check_grad": scipy, "fixed step": fixed_step}
NEEDS = {"torch gradcheck": "torch", "scipy check_grad": "scipy"}


def answer(checker, case, inputs):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return checker(case, inputs)
        except Exception:
            return False


def specs(case):
    found = {}
    for i, (shape, (low, high)) in enumerate(zip(case.shapes, case.domain)):
        found[f"x{i}"] = Real(low, high) if shape == "real" else Array(*shape, low=low, high=high, min_size=case.min_size)
    choices = {k: Choice(*v) for k, v in case.choices.items()}
    return found | choices | {k: Choice(v) for k, v in case.static.items() if k not in choices}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=3)
    points = range(parser.parse_args().points)
    shows = {case.name + "_right": case.shows_at for case in rules.WRONG}
    rows = [
        ("wrong, ordinary point: found", rules.WRONG, lambda c: c.draw, False),
        ("wrong, where it shows: found", rules.WRONG, lambda c: c.shows_at, False),
        ("right, ordinary point: condemned", rules.RIGHT_TWINS, lambda c: c.draw, False),
        ("right, where the wrong one shows: condemned", rules.RIGHT_TWINS, lambda c: shows[c.name], False),
        ("right but hard: condemned", rules.HARD, lambda c: c.draw, False),
    ]
    checkers = {n: f for n, f in CHECKERS.items() if n not in NEEDS or importlib.util.find_spec(NEEDS[n])}
    print(f"{'':45s}" + "".join(f"{n:>18s}" for n in checkers))
    for title, cases, draw, wanted in rows:
        cells = []
        for checker in checkers.values():
            answers = [answer(checker, c, draw(c)(np.random.default_rng(s))) for c in cases for s in points]
            cells.append(f"{sum(a is wanted for a in answers)} of {len(answers)}")
        print(f"{title:45s}" + "".join(f"{c:>18s}" for c in cells))
    start = time.perf_counter()
    found = [search_vjp(c.make, raise_on_fail=False, hypothesis_seed=1, **specs(c)).verdict == "fail" for c in rules.WRONG]
    passed = [search_vjp(c.make, raise_on_fail=False, hypothesis_seed=1, **specs(c)).verdict == "pass" for c in rules.RIGHT_TWINS]
    both = sum(f and p for f, p in zip(found, passed))
    each = (time.perf_counter() - start) / (len(found) + len(passed))
    print(
        f"gradlab's search, 100 examples: {both} of {len(found)} wrong rules found and their right twins passed; {each:.2f} s a search"
    )


if __name__ == "__main__":
    main()
