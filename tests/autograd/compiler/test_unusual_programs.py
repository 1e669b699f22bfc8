"""Programs with constants, duplicates, branches and operations that few people write."""

import dataclasses
import gc
import math
import threading

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, compile, define, grad, jvp
from autograd.viz import draw
from compiled_source import find_undefined_names
from scalar_programs import close, eager

rng = np.random.default_rng(0)
GRID = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0], [0.5, 0.25, 0.125]]
CASES = [
    lambda x: x[0] / x[1] + x[1] ** 3 + x[0] ** -1 + 2.0 ** x[2] + abs(x[0]) ** 0.5,
    lambda x: x[0] + x[0] + x[0] - x[1] - (x[2] - x[1]) + 0.0,
    lambda x: -ag.negative(x[0]) + -(x[1] + x[2]) * 1.0 + x[0] * -1.0,
    lambda x: sum(v * 2.0 for v in x) + sum([x[0]]) + sum(-v for v in x),
    lambda x: sum(a * b for a in x for b in x),
    lambda x: sum((a - b) ** 2 for a in x for b in x),
    lambda x: sum(a * 3.0 + a * 4.0 for a in x) * x[0],
    lambda x: sum(x[i] * x[2 - i] for i in range(3)) + sum(x[::-1]) * sum(x[:2]),
    lambda x: (
        np.sum(np.outer(x, x) * np.arange(9.0).reshape(3, 3))
        if False
        else sum(x[i] * x[j] * float(3 * i + j) for i in range(3) for j in range(3))
    ),
    lambda x: (
        ag.logsumexp(ag.stack(list(x))) + ag.norm(ag.stack(list(x))) + ag.prod(ag.stack(list(x))) + ag.norm(ag.stack(list(x)), 3)
    ),
    lambda x: ag.softmax(ag.stack(list(x)))[0] * ag.log_softmax(ag.stack(list(x)))[1] + ag.cumsum(ag.stack(list(x)))[1],
    lambda x: ag.det(ag.stack([ag.stack(list(x)), np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, 3.0])])) * x[0],
    lambda x: ag.solve(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]), np.array([1.0, 2.0]))[0],
    lambda x: (
        ag.inv(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]))[0, 1]
        + ag.slogdet(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]))[1]
    ),
    lambda x: ag.einsum("i,i->", ag.stack(list(x)), ag.stack(list(x))) + ag.trace(ag.outer(ag.stack(list(x)), np.ones(3))),
    lambda x: (
        ag.flip(ag.stack(list(x)))[0]
        + ag.swapaxes(ag.stack([ag.stack(list(x))] * 2), 0, 1)[1, 0]
        + ag.squeeze(ag.stack(list(x))[None])[1]
    ),
    lambda x: (
        ag.erf(x[0]) + ag.erfc(x[1]) + ag.gelu(x[2]) + ag.silu(x[0]) + ag.cbrt(x[1] + 3) + ag.exp2(x[0]) + ag.arctan2(x[0], x[1])
    ),
    lambda x: (ag.erf(ag.stack(list(x))) + ag.gelu(ag.stack(list(x)))).sum() + ag.expand_dims(ag.stack(list(x)), 0)[0, 1],
    lambda x: ag.clip(ag.stack(list(x)), -0.5, 0.5).sum() + ag.clip(x[0], np.float64(0.1), x[1]) + ag.minimum(x[0], x[2]),
    lambda x: (
        ag.stack(list(x))[np.array([0, 0, 2])].sum()
        + ag.stack(list(x))[1:][0]
        + ag.stack(list(x))[..., -1]
        + ag.stack(list(x))[[True, False, True]].sum()
    ),
    lambda x: (
        ag.max(ag.stack(list(x)))
        - ag.min(ag.stack(list(x)))
        + ag.mean(ag.stack(list(x)))
        + ag.stack([ag.stack(list(x))] * 2).mean(axis=0)[1]
    ),
    lambda x: ag.affine(ag.stack([ag.stack(list(x))] * 2), Tensor(np.ones((2, 3)), constant=True), ag.stack(list(x)[:2])).sum(),
    lambda x: sum(v.tanh() * w for v, w in zip(x, (0.5, 0.25, 2.0))) + sum(v.sin() * w for v, w in zip(x, (0.5, 0.5, 0.5))),
    lambda x: ag.where(np.array([True, False, True]), ag.stack(list(x)), 2.0).sum() + ag.where(True, x[0], x[1]),
    lambda x: (lambda h: h[0] * h[1])([sum(x[i] * x[j] for j in range(i + 1)) for i in range(3)]),
    lambda x: sum(x) * sum(x) / len(x) + (1.0 / (1.0 + (-x[0]).exp())) + (1.0 + (-x[1]).exp()) ** -1,
    lambda x: x[0] * math.inf * 0.0 + x[1] * math.nan if False else x[0] * 1e300 * 1e-300,
    lambda x: ag.rint(x[0] * 1.3) + ag.floor(x[1]) + ag.sign(x[2]) + x[0] // 0.3 + x[0] * 1.0,
    lambda x: (
        ag.remainder(ag.stack(list(x)), 0.7).sum()
        + ag.hypot(ag.stack(list(x)), 1.0).sum()
        + ag.stack(list(x)).astype(np.float32).sum() * 1.0
    ),
    lambda x: x[0] * (Value(0.0) + 0.0 + 0.0 + 0.0) + sum(Value(a) * Value(b) for a, b in ((1.0, 2.0), (3.0, 4.0))) * x[1],
    lambda x: sum(v * v for v in [sum([v] * 4) for v in x]) + sum([x[0]] * 5) * x[1],
    lambda x: (lambda t: (t - (-t)).sum() / 1.0 + ag.sum(t, axis=()).sum() + ag.sum(ag.stack([t, t]), axis=(0, 1)))(
        ag.stack(list(x))
    ),
    lambda x: sum(1.0 / (1.0 + v.exp()) for v in x) + sum(1.0 / (v.exp() + 2.0) for v in x),
    lambda x: (lambda t: ag.where([True, False, True], t, 0.0).sum() * ag.where([True, False, True], 1.0, t).sum())(
        ag.stack(list(x))
    ),
    lambda x: [sum(a * b for a, b in zip(row, x)) for row in GRID][1] * sum(sum(a * b for a, b in zip(row, x)) for row in GRID),
    lambda x: sum(sum(x[(i + j) % 3] * x[j] for j in range(3)) * (i + 1.0) for i in range(3)),
    lambda x: x[0] * x[1].data + x[2],
    lambda x: sum(1.0 / (1.0 + (-v).exp()) for v in x),
    lambda x: sum(sum(x[i] for _ in range(5)) * (i + 2.0) for i in range(3)),
    lambda x: sum(sum(x[0] for _ in range(5)) * (i + 2.0) for i in range(5)) * x[1],
    lambda x: sum((a * b).tanh() for a, b in ((x[i], x[j]) for j in range(3) for i in range(3))),
    lambda x: sum(v.tanh() for v in [sum(x[i] * x[j] for j in range(i + 1)) for i in range(3)][1:]) * x[0],
    lambda x: ag.reshape(ag.stack(list(x) * 2), (2, 3)).T.reshape(6)[2] * ag.broadcast_to(x[0], (2,)).sum(),
]


@pytest.mark.parametrize("k", range(len(CASES)))
def test_unusual_programs_give_the_numbers_of_eager_ones(k):
    f = CASES[k]
    step = compile(f)
    for point in (np.array([0.6, -0.4, 1.7]), np.array([0.7, -0.3, 1.2])):
        values, gradient = eager(f, (point,))
        value, slope = step.value_and_grad(point)
        assert close([value], values)
        assert close(slope, gradient)
    assert "replayed" not in str(step.report())
    assert all(not unknown for unknown in find_undefined_names(step.source))


@pytest.mark.parametrize(
    "point", [[0.0, 1.0], [1.0, 0.0], [-1.0, 800.0], [math.inf, 1.0], [math.nan, 1.0], [1e200, 1e200], [-0.5, 0.5]]
)
def test_infinities_and_nans_are_those_of_eager_values(point):
    def f(x):
        return (
            x[0].log() * x[1] + x[0] / x[1] + x[1].exp() + x[0] ** x[1] + x[0].sqrt() + x[0] * x[1] + ag.arcsin(x[0]) + x[0] ** 0.5
        )

    a, b = Value(0.5), Value(0.25)
    step = compile(lambda: f([a, b]))
    step()
    a.data, b.data = point
    y = f([Value(point[0]), Value(point[1])])
    assert np.array_equal(step().data, y.data, equal_nan=True)


def test_operations_that_users_define_can_be_compiled():
    cube = define("compiled_cube", lambda xp, a: a * a * xp.exp(a), lambda xp, y, a: 2.0 * a * xp.exp(a) + y)
    step = compile(lambda x: sum(cube(v) for v in x))
    assert step.value_and_grad(np.array([0.5, 1.0]))[0] == pytest.approx(0.25 * math.exp(0.5) + math.e)
    odd = define("compiled_odd", lambda xp, a: a if a > 0 else -a, lambda xp, y, a: 1.0 if a > 0 else -1.0)
    step = compile(lambda x: odd(x) * x)
    assert step.value_and_grad(-2.0) == (-4.0, 4.0)
    assert "replayed" in str(step.report())
    assert step(3.0) == 9.0


def test_names_that_are_no_identifiers_do_not_break_the_source():
    odd = [
        Value(1.0, name="x; import os"),
        Value(2.0, name="class"),
        Value(3.0, name="np"),
        Value(4.0, name="1st"),
        Value(5.0, name="größe"),
    ]
    step = compile(lambda: odd[0] * odd[1] + odd[2].exp() * odd[3].tanh() + odd[4].sin())
    step().backward()
    assert all(not unknown for unknown in find_undefined_names(step.source))
    assert "import os" not in step.source.replace("import", "", 0).split("def ")[1]
    shadows = compile(lambda value, run, abs: ag.absolute(value) * run + abs)
    assert shadows.value_and_grad(-1.0, 2.0, 3.0) == (5.0, -2.0)
    assert "replayed" not in str(shadows.report())
    layers = [Value(float(i), name=f"layer{i}") for i in range(5)]
    step = compile(lambda: sum(v.tanh() for v in layers))
    step().backward()
    assert "(layer)" in step.source


def test_networks_of_tensors_have_the_gradients_of_eager_ones():
    X, Y = rng.normal(size=(6, 3)), np.eye(2)[rng.integers(0, 2, 6)]
    for make in (
        lambda: nn.MLP([3, 4, 2], hidden="tanh", rng=0),
        lambda: nn.Sequential(nn.Linear(3, 4, rng=0), nn.LayerNorm(4), nn.Linear(4, 2, rng=1)),
        lambda: nn.Sequential(nn.Linear(3, 4, rng=0), nn.RMSNorm(4), nn.Linear(4, 2, rng=1)),
    ):
        model = make()
        step = compile(lambda model=model: nn.losses.cross_entropy(model(X), Y))
        L = step()
        L.backward()
        mine = [p.grad.copy() for p in model.parameters()]
        model.zero_grad()
        nn.losses.cross_entropy(model(X), Y).backward()
        assert all(close(a, p.grad) for a, p in zip(mine, model.parameters(), strict=True))
        assert "replayed" not in str(step.report())


def test_a_program_keeps_no_nodes_of_its_trace_alive():
    def alive():
        gc.collect()
        return sum(type(x) is Value for x in gc.get_objects())

    before = alive()
    step = compile(lambda x: sum(v * v for v in x) * float(round(x[0].data, 0)) + (1.0 if x[1] > 0 else 2.0) * x[2])
    step(np.arange(1.0, 100.0))
    assert alive() == before


def test_threads_may_trace_and_call_at_the_same_time():
    step, found = compile(lambda x: x * max(x.data, 1.0)), []

    def work(v):
        found.append(step(v) == v * max(v, 1.0))

    threads = [threading.Thread(target=work, args=(float(v),)) for v in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


def test_functions_of_many_kinds_can_be_compiled():
    assert compile(max)(1.0, 2.0) == 2.0
    Point = dataclasses.make_dataclass("Point", ["x", "y"])
    step = compile(lambda p, n: p.x * p.y * n)
    assert step.value_and_grad(Point(2.0, 3.0), 2) == (12.0, Point(6.0, 4.0))

    def early():
        return compile(lambda x: x * 2.0 if x is not None else later)(1.0)

    assert early() == 2.0
    later = None
    nested = [1.0]
    for _ in range(12):
        nested = [nested]
    assert compile(lambda x: x * len(nested))(2.0) == 2.0
    branch = compile(lambda x, n: x * n if x > 0 else -x)
    branch(1.0, -1)
    branch(-1.0, -1)
    for n in range(64):
        branch(1.0, n)
    assert [len(v) for v in branch._dispatcher.cache.by_signature.values()] == [1] * 64
    assert str(draw(compile_called(lambda x: [x * 2.0, x * 3.0], 1.0))).startswith("3 nodes, 2 edges")


def compile_called(f, *args):
    step = compile(f)
    step(*args)
    return step


def test_captured_nodes_may_have_a_history_of_their_own():
    w = Value(2.0)
    z = w * 1.0

    def f(x):
        assert list(z.backward_steps())  # a walk of somebody else's
        return z * x * w

    step = compile(f)
    y = step(Value(3.0))
    y.backward()
    assert (y.data, w.grad) == (12.0, 12.0)
    t = Tensor([1.0, 2.0])
    one = compile(lambda x: ag.stack([x, w]).sum() + ag.concatenate([ag.stack([x]), t]).sum() * x + w * 3.0)
    assert one.jvp((2.0,), (1.0,))[1] == pytest.approx(1.0 + 2.0 * 2.0 + 3.0)
    assert compile(lambda x: ag.jvp(compile(lambda v: v * v * v), (x,), (1.0,))[1])(2.0) == pytest.approx(12.0)
    assert jvp(lambda x: jvp(compile(lambda v: v * v * v), (x,), (1.0,))[1], (2.0,), (1.0,)) == (12.0, 12.0)
    assert grad(lambda x: compile(lambda a, b: a * a * b)(x, x))(2.0) == 12.0
