"""A compiled function notices every change of what leads it to a parameter, a setting or a module."""

import contextlib
import dataclasses
import functools
import types
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd import (
    GraphError,
    Tensor,
    Value,
    compile,
)

SHARED = Value(2.0)
LONG = [[1.0] for _ in range(25_000)]  # which must not hide what is named after it
AFTER = [Value(3.0)]


class Named:
    w = Value(2.0)

    def __call__(self, x):
        return x * SHARED


class Slotted:
    __slots__ = ("w",)


@dataclasses.dataclass(slots=True)
class Record:
    w: object


def to_float(x):
    return float(getattr(x, "data", x))


def changes():
    """Yield a name, a function without arguments, and a change of something that the function reads."""
    box = types.SimpleNamespace

    def global_in_a_method():
        globals()["SHARED"] = Value(10.0)

    named = Named()
    yield "global in a method", lambda: named(3.0), global_in_a_method
    grows = {"a": Value(1.0)}
    yield "dict grows", lambda: sum(grows.values()) * 1.0, lambda: grows.update(b=Value(5.0))
    order = {"a": Value(1.0), "b": Value(5.0)}
    yield "dict in another order", lambda: next(iter(order.values())) * 2.0, lambda: order.update(a=order.pop("a"))
    mixed = [1.0, Value(1.0)]
    yield "mixed list grows", lambda: sum(mixed) * 1.0, lambda: mixed.append(Value(5.0))
    gap = [None, Value(1.0)]
    yield "entry was None", lambda: sum(x for x in gap if x is not None) * 1.0, lambda: gap.__setitem__(0, Value(5.0))
    bias = box(a=Value(4.0), b=None)
    yield "attribute was None", lambda: bias.a * 1.0 if bias.b is None else bias.a + bias.b, lambda: setattr(bias, "b", Value(5.0))
    few = {Value(1.0)}
    yield "set grows", lambda: sum(few) * 1.0, lambda: few.add(Value(5.0))
    slotted, record = Slotted(), Record(Value(2.0))
    slotted.w = Value(2.0)
    yield "slots", lambda: slotted.w * 3.0, lambda: setattr(slotted, "w", Value(10.0))
    yield "dataclass with slots", lambda: record.w * 3.0, lambda: setattr(record, "w", Value(9.0))
    module = types.ModuleType("settings_of_a_user")
    module.w = Value(2.0)
    yield "module", lambda: module.w * 3.0, lambda: setattr(module, "w", Value(10.0))
    yield "shadowed class attribute", lambda: named.w * 3.0, lambda: setattr(named, "w", Value(7.0))
    yield "class attribute", lambda: Named.w * 3.0, lambda: setattr(Named, "w", Value(10.0))
    part = functools.partial(lambda x, w: x * w, 3.0, w=Value(2.0))
    yield "keyword of a partial", part, lambda: part.keywords.update(w=Value(9.0))

    start = Value(2.0)

    def defaulted(x=start):
        return x * 3.0

    yield "defaults", defaulted, lambda: setattr(defaulted, "__defaults__", (Value(9.0),))
    yield "behind a long list", lambda: LONG[3][0] * AFTER[0], lambda: globals().update(AFTER=[Value(300.0)])
    a, b = box(), box()
    a.child, b.parent, a.v, a.w = b, a, Value(2.0), Value(3.0)
    yield "cycle", lambda: a.v * b.parent.w, lambda: setattr(b, "parent", box(w=Value(100.0)))
    X = np.ones((1, 2))
    net, chain = nn.MLP([2, 3, 1], rng=0), nn.Sequential(nn.Linear(2, 3, rng=0), np.tanh, nn.Linear(3, 1, rng=0))
    yield "activation of a model", lambda: net(X).sum(), lambda: net.activations.__setitem__(0, np.exp)
    yield "step of a model", lambda: chain(X).sum(), lambda: chain.steps.__setitem__(1, np.exp)
    line = nn.Linear(2, 1, rng=0)
    yield "forward of a module", lambda: line(X).sum(), lambda: setattr(line, "forward", lambda x: Tensor([10.0]) * 2.0)
    loss = [np.tanh]
    yield "function in a list", lambda: loss[0](SHARED), lambda: loss.__setitem__(0, np.exp)
    rate = 2.0

    def other_rate():
        nonlocal rate
        rate = 7.0

    yield "number by its name", lambda: SHARED * rate, other_rate
    step = types.SimpleNamespace(scale=1.0)
    yield "number in an attribute", lambda: SHARED * step.scale, lambda: setattr(step, "scale", 5.0)
    grid = np.array([[Value(1.0), Value(2.0)]])
    yield "array of nodes", lambda: grid.sum() * 2.0, lambda: grid.__setitem__((0, 1), Value(8.0))

    class Doubled(nn.Module):
        def forward(self, x):
            return x * (2.0 if self.training else 1.0)

    doubled = Doubled()
    yield "train and eval", lambda: doubled(SHARED), doubled.eval

    class Scaled(nn.Module):
        def __init__(self):
            self.scale = 3.0

        def forward(self, x):
            return x * self.scale

    scaled = Scaled()
    yield "number in a module", lambda: scaled(SHARED), lambda: setattr(scaled, "scale", 5.0)


@pytest.mark.parametrize(("name", "f", "change"), list(changes()), ids=lambda x: x if isinstance(x, str) else "")
def test_a_change_of_what_the_function_reads_causes_one_new_trace(name, f, change):
    step = compile(f)
    for _ in range(2):
        assert to_float(step()) == pytest.approx(to_float(f()))
    before = to_float(f())
    change()
    for _ in range(2):
        assert to_float(step()) == pytest.approx(to_float(f()))
    assert to_float(f()) != before
    assert step.traces == 2


def reach_by(kind, w):
    """Return a function that reaches ``w`` in some way, and a function that puts another node in its place."""
    if kind == "attribute":
        box = SimpleNamespace(inner=SimpleNamespace(w=w))
        return (lambda: box.inner.w * 2.0), lambda new: setattr(box.inner, "w", new)
    if kind == "dict":
        table = {"a": {"b": w}}
        return (lambda: table["a"]["b"] * 2.0), lambda new: table["a"].update(b=new)
    if kind == "mixed list":
        row = [np.ones(3), w, "text"]
        return (lambda: row[1] * 2.0), lambda new: row.__setitem__(1, new)
    if kind == "array":
        grid = np.array([[w, Value(1.0)]])
        return (lambda: grid[0, 0] * 2.0 * grid[0, 1]), lambda new: grid.__setitem__((0, 0), new)
    if kind == "tuple":
        box = ([w],)
        return (lambda: box[0][0] * 2.0), lambda new: box[0].__setitem__(0, new)
    if kind == "partial":
        rows = [w]
        return functools.partial(lambda r, *, s: r[0] * s, rows, s=2.0), lambda new: rows.__setitem__(0, new)
    if kind == "method":

        class Twice:
            def __init__(self, w):
                self.w = w

            def value(self):
                return self.w * 2.0

        owner = Twice(w)
        return owner.value, lambda new: setattr(owner, "w", new)
    if kind == "default":
        rows = [w]

        def f(r=rows, *, s=(2.0,)):
            return r[0] * s[0]

        return f, lambda new: rows.__setitem__(0, new)
    if kind == "helper":

        def helped():
            return w * 2.0

        def other(new):
            nonlocal w
            w = new

        return (lambda: helped() * 1.0), other
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["attribute", "dict", "mixed list", "array", "tuple", "partial", "method", "default", "helper"])
def test_another_node_causes_a_new_trace_and_other_numbers_do_not(kind):
    f, put = reach_by(kind, Value(3.0))
    step = compile(f)
    assert [step().data, step().data, step.traces] == [6.0, 6.0, 1]
    new = Value(5.0)
    put(new)
    assert [step().data, step().data, step.traces] == [10.0, 10.0, 2]
    new.data = 7.0
    assert step().data == 14.0
    assert step.traces == 2


def test_a_global_that_refers_to_another_model_causes_a_new_trace():
    scope = {"nn": nn, "compile": compile, "X": np.random.default_rng(0).normal(size=(7, 3)), "model": nn.MLP([3, 2, 1], rng=0)}
    exec(
        "step = compile(lambda: sum((model(x) ** 2).sum() for x in X))\ndef eager(): return sum((model(x) ** 2).sum() for x in X)",
        scope,
    )
    for seed in range(3):
        scope["model"] = nn.MLP([3, 2, 1], rng=seed)
        assert float(scope["step"]()) == pytest.approx(float(scope["eager"]()), rel=1e-12)
        assert float(scope["step"]()) == pytest.approx(float(scope["eager"]()), rel=1e-12)
    assert scope["step"].traces == 3


def test_frozen_replaced_and_appended_parameters_cause_a_new_trace():
    model = nn.MLP([3, 4, 1], hidden="tanh", rng=0)
    X = np.random.default_rng(0).normal(size=(7, 3))
    step = compile(lambda x: (model(x) ** 2).sum())
    step(X)
    model.layers[0].freeze()
    step(X).backward()
    assert model.layers[0].W.constant
    assert not np.any(model.layers[0].W.grad)
    assert np.any(model.layers[1].W.grad)
    model.layers[0].unfreeze()
    model.zero_grad()
    step(X).backward()
    assert np.any(model.layers[0].W.grad)
    assert step.traces == 3
    model.layers[1].W = Tensor(np.zeros((1, 4)))
    model.layers[1].b = Tensor(np.zeros(1))
    assert float(step(X)) == 0.0
    stack = [Value(2.0), Value(3.0)]
    product = compile(lambda x: functools.reduce(lambda a, b: a * b, stack, x))
    assert product(1.0).data == 6.0
    stack.append(Value(5.0))
    assert product(1.0).data == 30.0
    stack[0] = Value(1.0)
    assert product(1.0).data == 15.0


def test_a_constant_tensor_with_other_numbers_causes_a_new_trace():
    scale = Tensor([1.0, 2.0], constant=True)
    w = Tensor([3.0, 4.0])
    step = compile(lambda: (w * scale).sum())
    assert float(step()) == 11.0
    scale.data = np.array([2.0, 2.0])
    assert float(step()) == 14.0


def test_a_variable_that_refers_to_another_node_causes_a_new_trace():
    w = Value(2.0)
    step = compile(lambda: w * w)
    assert step().data == 4.0
    w = Value(5.0)
    assert step().data == 25.0
    assert compile(functools.partial(lambda a, x: a * x, 3.0))(2.0) == 6.0


def test_methods_properties_and_compiled_functions_are_followed():
    inner = compile(lambda x: x * SHARED)

    class Model:
        def __init__(self):
            self.w = Value(2.0)

        @property
        def twice(self):
            return self.w * 2.0

        @classmethod
        def shifted(cls, x):
            return x + 1.0

        @staticmethod
        def doubled(x):
            return x * 2.0

        def loss(self):
            return self.shifted(self.doubled(self.twice))

    model = Model()
    step, outer = compile(model.loss), compile(lambda x: inner(x) + 1.0)
    with contextlib.nullcontext():
        assert (step().data, outer(2.0).data) == (9.0, 2.0 * SHARED.data + 1.0)
    model.w = Value(1.0)
    assert step().data == 5.0


def test_a_name_that_changes_at_every_call_is_refused():
    step = compile(lambda: SHARED * batch.sum())
    with pytest.raises(GraphError, match=r"at 4 calls in a row \(the name batch has changed.*pass what changes as an argument"):  # noqa: PT012 - the fifth call
        for k in range(5):
            batch = np.full(3, float(k))
            step()


def test_a_parameter_that_is_replaced_at_every_call_is_refused():
    w = Value(1.0)
    step = compile(lambda x: (w * x - 1.0) ** 2)
    for _ in range(4):
        step(2.0).backward()
        w = Value(w.data - 0.1 * w.grad)
    with pytest.raises(GraphError, match=r"at 4 calls in a row \(the name w has changed; .* pass what changes as an argument"):
        step(2.0)
