"""Arguments of every kind: traced, static, nested and batched."""

import math
import types
from collections import OrderedDict

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, SettingError, ShapeError, Value, compile

rng = np.random.default_rng(0)


def test_arguments_may_be_nested_and_static():
    def f(tree, scale, *, power=2, flag=True):
        total = sum(v**power for v in tree["w"]) + tree["b"][0]
        return {"loss": total * scale, "rest": [tree["b"][1] * 1.0, 3.0]} if flag else total

    step = compile(f)
    tree = {"w": [1.0, 2.0], "b": (np.float64(0.5), 4.0)}
    assert step(tree, 3) == {"loss": 16.5, "rest": [4.0, 3.0]}
    assert step(tree, 3, power=3) == {"loss": 28.5, "rest": [4.0, 3.0]}
    assert compile(f).value_and_grad(tree, 2.0, flag=False) == (5.5, {"w": [2.0, 4.0], "b": (1.0, 0.0)})
    assert step.traces == 2
    with pytest.raises(DataError, match=r"an argument is <object object"):
        step(tree, type("Odd", (), {"__hash__": None, "__repr__": lambda self: "<object object>"})())
    with pytest.warns(ag.CompileWarning, match="for 8 values in a row of argument 1"):
        compile_cache = [step(tree, i) for i in range(70)][-1]
    assert compile_cache["loss"] == 69 * 5.5
    assert sum(map(len, step._dispatcher.cache.by_signature.values())) == 64


def test_objects_and_object_arrays_may_be_arguments():
    holder = types.SimpleNamespace(w=Value(2.0), scale=3.0)

    class Owner:
        pass

    owner = Owner()
    owner.w, owner.scale, owner.unused = Value(2.0), 3.0, 0
    step = compile(lambda o, x: o.w * x * o.scale)
    assert step(owner, 2.0).data == 12.0
    owner.scale, owner.unused = 5.0, 1
    assert step(owner, 2.0).data == 20.0
    owner.unused = 2  # which the function does not use
    owner.w = Value(1.0)
    assert step(owner, 2.0).data == 10.0
    assert step.traces == 3
    assert compile(lambda x: holder.w * x)(1.0).data == 2.0
    product = compile(lambda x, c: x * c[0])
    for i in range(40):
        c = np.array([0.5 + i], dtype=object)  # a new array, possibly at the address of an earlier one
        assert product(2.0, c) == 2.0 * c[0]
    assert product.traces == 1
    weights = np.array([Value(3.0), Value(4.0)])
    assert product(2.0, weights).data == 6.0
    chosen = compile(lambda x, a=None, b=5.0: x * b if a is None else x * a["b"] * 1000)
    assert (chosen(1.0, {"b": 2.0}), chosen(1.0, b=2.0)) == (2000.0, 2.0)


def test_containers_of_other_structure_get_another_program():
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


def test_in_axes_batches_a_function_of_one_sample():
    def sample(w, x, t):
        a = [sum(wi * xi for wi, xi in zip(row, x)).tanh() for row in w]
        return sum((p - t[0]) ** 2 for p in a)

    W, X, T = rng.normal(size=(3, 4)), rng.normal(size=(7, 4)), rng.normal(size=(7, 1))
    step = compile(sample, in_axes=(None, 0, 0), argnums=(0, 1))
    value, (slope, by_x) = step.value_and_grad(W, X, T)
    each = [compile(sample, argnums=(0, 1)).value_and_grad(W, x, t) for x, t in zip(X, T)]
    assert step(W, X, T) == pytest.approx([v for v, _ in each])
    assert value == pytest.approx(np.mean([v for v, _ in each]))
    assert slope == pytest.approx(np.mean([g for _, (g, _) in each], axis=0))
    assert by_x == pytest.approx(np.array([g for _, (_, g) in each]) / 7)
    assert "X @" in compile_named(sample, W, X, T)
    assert step.traces == 1
    assert compile(lambda x: x * x, in_axes=0)(np.array([1.0, 2.0])) == pytest.approx([1.0, 4.0])
    for bad, text in (
        ((0, 0), "one entry per argument"),
        ((None, None, None), "at least one 0"),
        ((1, 0, 0), "a tuple of these"),
        (0.5, "not 0.5"),
    ):
        with pytest.raises(SettingError, match=text):
            compile(sample, in_axes=bad)(W, X, T)
    with pytest.raises(ShapeError, match=r"one common first length of at least 1, not \[6, 7\]"):
        step(W, X, T[:6])
    with pytest.raises(DataError, match=r"must be an array of floats, not .*one-hot rows"):
        step(W, X, np.arange(7))


def compile_named(sample, W, X, T):
    named = compile(lambda W, X, T: sample(W, X, T), in_axes=(None, 0, 0))
    named.value_and_grad(W, X, T)
    return named.source
