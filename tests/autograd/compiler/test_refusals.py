"""compile: what cannot be compiled is refused with the next step, and what changes outside is noticed."""

import copy
import dataclasses
import functools
import itertools
import math
import pickle
import random
from collections import OrderedDict

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, GraphError, SettingError, Tensor, Value, compile, grad, jvp, no_grad
from autograd.viz import draw

rng = np.random.default_rng(0)


def test_bad_input_gets_a_clear_error():
    with pytest.raises(DataError, match=r"compile\(\) takes a function first, not 3"):
        compile(3)
    with pytest.raises(SettingError, match="limit is a whole number"):
        compile(abs, limit=0)
    with pytest.raises(SettingError, match="exact=True computes as the function itself does"):
        compile(abs, exact=True, in_axes=0)
    with pytest.raises(SettingError, match="buffers=True is NumPy's out="):
        compile(abs, buffers=True, xp=np)
    with pytest.raises(GraphError, match=r"the function returned 3.0 of type float, and no node"):
        compile(lambda x: 3.0)(1.0)
    with pytest.raises(GraphError, match=r"the function returned 'text' of type str among its results"):
        compile(lambda x: [x * 2, "text"])(1.0)
    with pytest.raises(GraphError, match=r"computed 5 nodes, more than the limit of 4: .*limit=10\)"):
        compile(lambda x: x * 2 + 1 + 2 + 3 + 4, limit=4)(1.0)
    with pytest.raises(GraphError, match="has not been called"):
        _ = compile(abs).source
    with pytest.raises(GraphError, match=r"no_grad\(\) inside a compiled function"):
        compile(lambda x: inside_no_grad(x))(1.0)
    with pytest.raises(GraphError, match=r"value_and_grad\(\) of <lambda>: it needs a function that returns one number"):
        compile(lambda x: [x, x * 2]).value_and_grad(1.0)
    with pytest.raises(SettingError, match=r"argnums=2\): there are 1 positional"):
        compile(lambda x: x * x, argnums=2).value_and_grad(1.0)
    with pytest.raises(DataError, match=r"there is no gradient by 3 of type int"):
        compile(lambda x, n: x * n, argnums=1).value_and_grad(1.0, 3)
    step = compile(lambda x: x * x, exact=True)
    step(1.0)
    with pytest.raises(GraphError, match="there is no source: the graph is replayed as it was traced, because exact=True"):
        _ = step.source


def inside_no_grad(x):
    with no_grad():
        return x * 2


def test_what_differs_from_run_to_run_is_refused():
    counter = [0.0]

    def counting(x):
        counter[0] += 1.0
        return x * counter[0]

    def growing(x):
        counter.append(1.0)
        return sum(x * c for c in counter)

    generator, ticks = np.random.default_rng(0), itertools.count(2)
    p = Value(1.0)

    log, deep, buffer = [], {"a": [{}]}, np.zeros(3)

    class Holder:
        n = 0

        def method(self, x):
            self.n += 1
            return x * 2.0

    holder = Holder()

    def stepping(x):
        p._primal += 1.0
        return p * x

    for f, text in (
        (counting, "what is in counter has changed"),
        (growing, "what is in counter has changed"),
        (lambda x: sum(x for _ in range(next(ticks))), r"computed \d+ nodes and then \d+ others: it changes something outside"),
        (lambda x: x * random.random(), "draws random numbers"),
        (lambda x: x * np.random.rand(), "draws random numbers"),  # noqa: NPY002 - what people write
        (lambda x: x * generator.random(), "draws random numbers"),
        (lambda x: x * np.random.default_rng().random(), "in one place"),
        (lambda t: (ag.stack([t, t]) * np.random.default_rng().random(2)).sum(), "in one place"),
        (stepping, "changes numbers outside, such as a parameter"),
        (lambda x: x * 2.0 if generator.random() < 1e-9 else x * 3.0, "draws random numbers"),
        (lambda x: [log.append(1), x * 2.0][1], "what is in log has changed"),
        (lambda x: [deep["a"][0].update({len(deep["a"][0]): 1}), x * 2.0][1], "what is in deep has changed"),
        (lambda x: [vars(holder).update(n=holder.n + 1), x * 2.0][1], "Holder.n is another"),
        (lambda x: [buffer.__setitem__(1, buffer[1] + 1.0), x * 2.0][1], "what is in buffer has changed"),
        (functools.partial(lambda acc, x: [acc.append(1), x * 2.0][1], []), "what is in an argument, .* of type list, has changed"),
        (holder.method, "Holder.n is another"),
        (lambda x, acc=log: [acc.append(1), x * 2.0][1], "what is in a default of <lambda> has changed"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_what_a_trace_could_not_repeat_is_refused():
    t = Tensor([1.0, 2.0])
    for f, text in (
        (lambda x: (setattr(x, "data", 3.0), x * x)[1], r"assigning the data of this Value \(leaf\) inside a compiled function"),
        (lambda x: (x.move(1.0), x * x)[1], "assigning the data of"),
        (lambda x: (t.move([1.0, 1.0]), x * t.sum())[1], "moving this Tensor"),
        (lambda x: (setattr(t, "data", [0.0, 1.0]), x * t.sum())[1], "assigning the data of this Tensor"),
        (lambda x: ((x * x).backward(), x * x.grad)[1], r"backward\(\) of this Value"),
        (lambda x: copy.copy(x) * x, "copying this Value"),
        (lambda x: copy.deepcopy(t).sum() * x, "copying this Tensor"),
        (lambda x: pickle.loads(pickle.dumps(x)) * x, "pickling this Value"),
        (
            lambda x: compile(lambda: t.sum() * 2.0).value_and_grad()[0] * x,
            r"inside a compiled function needs arguments: use grad\(\)",
        ),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_names_that_mean_another_node_are_noticed():
    w = Value(2.0)
    step = compile(lambda: w * w)
    assert step().data == 4.0
    w = Value(5.0)
    assert step().data == 25.0
    assert compile(functools.partial(lambda a, x: a * x, 3.0))(2.0) == 6.0


def test_memory_is_never_shared():
    A, B, K = Tensor([1.0, 2.0]), Tensor([3.0, 4.0]), np.array([5.0, 6.0])
    step = compile(lambda: (A * B).sum() + (A * K).sum())
    for _ in range(2):
        A.zero_grad()
        step().backward()
        assert A.grad.tolist() == [8.0, 10.0]
        A.grad *= 100.0
        assert B.data.tolist() == [3.0, 4.0]
    linear = compile(lambda x, y: sum(k * v * u for k, v, u in zip([1.0, 2.0], x, y)), argnums=(0, 1))
    constant = compile(lambda x: (x * 2.0, np.array([1.0, 2.0]), sum(k * v for k, v in zip([1.0, 2.0], x))))
    product = compile(lambda x, y: sum(a * b for a, b in zip(x, y)), argnums=(0, 1))
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    for _ in range(2):
        for found in (linear, product):
            _, (gx, gy) = found.value_and_grad(x, y)
            gx[:] = gy[:] = 99.0
            assert (x.tolist(), y.tolist()) == ([1.0, 2.0], [3.0, 4.0])
        twice_, known, _ = constant(x)
        assert (twice_.tolist(), known.tolist()) == ([2.0, 4.0], [1.0, 2.0])
        twice_[:] = 99.0
    w = Value(2.0)
    several = compile(lambda x: [sum(a * w * a for a in x), sum(a * w for a in x)])
    r = several(x)
    x[:] = 100.0
    r[0].backward()
    assert w.grad == 5.0


def test_graphs_of_old_results_are_refused():
    w = Value(2.0)
    L = compile(lambda: w * w * w)()
    w.data = 5.0
    with pytest.raises(GraphError, match="was changed after the forward pass"):
        L.backward(create_graph=True)
    L.backward()
    assert w.grad == 12.0


def test_containers_are_told_apart():
    f = compile(lambda d: d["a"] * 2.0 + d["b"])
    assert f(OrderedDict(a=1.0, b=5.0)) == 7.0
    assert f(OrderedDict(b=1.0, a=5.0)) == 11.0
    assert f.jvp(({"a": 2.0, "b": 3.0},), ({"b": 0, "a": 1.0},)) == (7.0, 2.0)
    keyed = compile(lambda d: d[1] * (2.0 if any(k is True for k in d) else 3.0))
    assert (keyed({1: 1.0}), keyed({True: 1.0})) == (3.0, 2.0)
    both = compile(lambda x: {"a": x * 2.0, "b": x[0]})
    assert both(np.array([1.0, 2.0]))["a"].tolist() == [2.0, 4.0]
    assert both(np.array([5.0, 6.0]))["a"].tolist() == [10.0, 12.0]
    a, b = Value(1.0, name="w"), Value(2.0, name="w")
    value, found = compile(lambda: a * b * b + ag.exp(a)).value_and_grad()
    assert value == pytest.approx(4.0 + math.e)
    assert sorted(found.values()) == pytest.approx([4.0, 4.0 + math.e])
    same = compile(lambda x, y: x * 2.0 if x is y else x * 3.0)
    assert (same(a, a).data, same(a, b).data) == (2.0, 3.0)
    y = compile(lambda x, y: x * y)(a, a)
    a.zero_grad()
    y.backward()
    assert a.grad == 2.0


def test_signs_of_zero_and_order_of_large_factors():
    one = compile(lambda x: 1.0 / (-(x - 1.0)))
    assert (one(2.0), one(1.0)) == (-1.0, -math.inf)
    assert compile(lambda x: [x / c for c in (0.0, -0.0, 1.0, 2.0, 3.0)])(1.0)[:2] == [math.inf, -math.inf]
    large = compile(lambda x: 1e200 * (1e200 * x))
    assert (large(1.0), large(1e-300)) == (math.inf, 1e100)


def test_types_stay():
    t = Tensor(np.float32([1.0, 2.0]))
    assert compile(lambda: ag.exp(t - max(t.data[0], t.data[1])))().dtype == np.float32


@pytest.mark.parametrize("exact", [False, True])
def test_what_is_read_only_gets_no_gradient(exact):
    step = compile(lambda x: [x[0] * 2.0, x[1].data * x[0]], exact=exact)
    assert step(np.array([3.0, 5.0])) == [6.0, 15.0]
    assert compile(lambda x: x[1].data * x[0], exact=exact).grad(np.array([3.0, 5.0])).tolist() == [5.0, 0.0]


def test_several_results_of_a_batch():
    a, b = compile(lambda x: [x * 2.0, x * 3.0], in_axes=0)(np.array([1.0, 2.0]))
    assert (a.tolist(), b.tolist()) == ([2.0, 4.0], [3.0, 6.0])


def test_functions_of_every_make():
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


def test_what_stands_outside_with_a_history():
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
