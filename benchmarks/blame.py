"""How often blame() finds the one wrong operation in a random graph of twenty operations, and names no other.

    python benchmarks/blame.py --graphs 200

Half of the graphs have Values; the others have Tensors, with broadcasting, reductions and products. The planted errors are common ones: a
wrong sign, a lost factor, a lost square, a relative error of 10⁻⁴, swapped partial derivatives, and an error for negative numbers only.
A graph counts if the planted derivative is wrong at its numbers, which complex steps on that operation decide. check_grad is also run on
every fifth graph: the smallest expression that still fails should be the planted operation alone.
"""

import argparse
import statistics
import time
import warnings

import numpy as np

from autograd import Tensor, Value, define
from autograd.graph.topological_order import topological_order
from autograd.testing import GradientError, blame, check_grad

PLANTED = {
    "lost_sign": (np.sin, lambda xp, a: xp.sin(a), lambda xp, y, a: -xp.cos(a)),
    "lost_factor": (lambda a: a * a, lambda xp, a: a * a, lambda xp, y, a: 1.0 * a),
    "lost_square": (np.tanh, lambda xp, a: xp.tanh(a), lambda xp, y, a: 1.0 - y),
    "slightly_off": (np.sin, lambda xp, a: xp.sin(a), lambda xp, y, a: 1.0001 * xp.cos(a)),
    "wrong_below_0": (np.tanh, lambda xp, a: xp.tanh(a), lambda xp, y, a: xp.where(a < 0.0, 0.5, 1.0) * (1.0 - y * y)),
    "swapped": (np.multiply, lambda xp, a, b: a * b, lambda xp, y, a, b: a, lambda xp, y, a, b: b),
}
DEFINED = {name: define(name, *rules) for name, (_, *rules) in PLANTED.items()}
UNARY = [np.sin, np.tanh, np.cos, np.exp, np.arctan, np.square]
BINARY = [np.add, np.multiply, np.subtract, lambda a, b: a / (b * b + 1.0)]
WHOLE = [lambda a: a.sum(axis=0, keepdims=True), lambda a: a @ a.T, lambda a: a.T[::-1].T, lambda a: np.cumsum(a, axis=1)]


def is_wrong_at(name, node):
    """Whether the planted derivative differs from a complex step at the numbers of the node."""
    f, _, *partials = PLANTED[name]
    args = [np.asarray(getattr(a, "_primal", a)) for a in node.args]
    for i, rule in enumerate(partials):
        true = f(*[a + 1e-30j if k == i else a for k, a in enumerate(args)]).imag / 1e-30
        claimed = rule(np, node._primal, *args)
        if np.any(np.abs(claimed - true) > 1e-5 * np.abs(true) + 1e-9):
            return True
    return False


def random_graph(seed, name, size=20):
    """Return the root, the planted node, and the function and inputs that made them."""
    rng = np.random.default_rng(seed)
    scalar = seed % 2 == 0
    shapes = [() if scalar else tuple(rng.choice([1, 2, 3], 2)) for _ in range(3)]
    inputs = [rng.uniform(-1.5, 1.5, shape) for shape in shapes]
    if scalar:
        inputs = list(map(float, inputs))
    place = int(rng.integers(size))
    plan = rng.integers(0, 10**6, (size, 4))
    planted = []

    def build(*nodes):
        made, planted[:] = list(nodes), []
        for k, (kind, which, i, j) in enumerate(plan):
            a, b = made[-1 - i % min(len(made), 4)], made[j % len(made)]
            b = b if a.shape == b.shape or 1 in b.shape else a
            if k == place:
                other = b if b is not a else a * 0.5
                made.append(DEFINED[name](a, other) if name == "swapped" else DEFINED[name](a))
                planted.append(made[-1])
            elif kind % 3 == 0:
                made.append(UNARY[which % len(UNARY)](a))
            elif kind % 3 == 1 and not scalar:
                made.append(WHOLE[which % len(WHOLE)](a))
            else:
                made.append(BINARY[which % len(BINARY)](a, b))
            if np.max(np.abs(made[-1]._primal)) > 20.0:
                made[-1] = np.tanh(made[-1])
        return sum((x.sum() if not scalar else x for x in made[-3:]), made[0] * 0.0 if scalar else 0.0)

    kind = Value if scalar else Tensor
    y = build(*map(kind, inputs))
    return y, planted[0], build, inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, default=200)
    graph_count = parser.parse_args().graphs
    correct = others_named = minimal = failures = 0
    seconds, seed, count = [], 0, 0
    while count < graph_count:
        name = list(PLANTED)[seed // 2 % len(PLANTED)]
        seed += 1
        try:
            y, planted, build, inputs = random_graph(seed, name)
        except ValueError:  # shapes that do not fit: another graph
            continue
        if planted not in set(topological_order((y,))[0]) or not is_wrong_at(name, planted):
            continue
        count += 1
        start = time.perf_counter()
        named = {f.message.partition(" ")[0] for f in blame(y).findings}
        seconds.append(time.perf_counter() - start)
        correct += named == {name}
        others_named += bool(named - {name})
        if named != {name}:
            print("seed", seed, name, "but named", named or "nobody")
        if count % 5 == 0:
            try:
                check_grad(build, *inputs)
            except GradientError as error:
                failures += 1
                minimal += error.report.expression.startswith(f"{name}(") and error.report.blame.startswith(f"{name} ")
                if not error.report.blame.startswith(f"{name} "):
                    print(error.report)
    print(
        f"blame: {correct} of {graph_count} right, another operation named in {others_named}; {statistics.median(seconds) * 1e3:.1f} ms a graph"
    )
    print(f"check_grad: {minimal} of {failures} failures reduced to the planted operation alone and blamed on it")


if __name__ == "__main__":
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        main()
