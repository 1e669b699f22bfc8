"""compile() and what a function reaches from outside: every way to a parameter, a setting or a random source is watched."""

import contextlib
import dataclasses
import functools
import math
import types

import hypothesis
import numpy as np
import pytest

import nn
from autograd import DataError, GraphError, SettingError, Tensor, Value, compile, grad
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.captured.reachable_state import ReachableState

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


def number(x):
    return float(getattr(x, "data", x))


def ways():
    """Name, a function of nothing, and what is done to its surroundings."""
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


@pytest.mark.parametrize(("name", "f", "change"), list(ways()), ids=lambda x: x if isinstance(x, str) else "")
def test_what_leads_elsewhere_is_traced_anew(name, f, change):
    step = compile(f)
    for _ in range(2):
        assert number(step()) == pytest.approx(number(f()))
    before = number(f())
    change()
    for _ in range(2):
        assert number(step()) == pytest.approx(number(f()))
    assert number(f()) != before
    assert step.traces == 2


def test_objects_and_arrays_of_objects_as_arguments():
    holder = types.SimpleNamespace(w=Value(2.0), scale=3.0)

    class Owner:
        pass

    owner = Owner()
    owner.w, owner.scale, owner.unused = Value(2.0), 3.0, 0
    step = compile(lambda o, x: o.w * x * o.scale)
    assert step(owner, 2.0).data == 12.0
    owner.scale, owner.unused = 5.0, 1
    assert step(owner, 2.0).data == 20.0
    owner.unused = 2  # which the function does not speak of
    owner.w = Value(1.0)
    assert step(owner, 2.0).data == 10.0
    assert step.traces == 3
    assert compile(lambda x: holder.w * x)(1.0).data == 2.0
    product = compile(lambda x, c: x * c[0])
    for i in range(40):
        c = np.array([0.5 + i], dtype=object)  # whose address another array has had
        assert product(2.0, c) == 2.0 * c[0]
    assert product.traces == 1
    weights = np.array([Value(3.0), Value(4.0)])
    assert product(2.0, weights).data == 6.0
    chosen = compile(lambda x, a=None, b=5.0: x * b if a is None else x * a["b"] * 1000)
    assert (chosen(1.0, {"b": 2.0}), chosen(1.0, b=2.0)) == (2000.0, 2.0)


def test_a_name_that_means_something_else_at_every_call_is_refused():
    step = compile(lambda: SHARED * batch.sum())
    with pytest.raises(GraphError, match=r"at 4 calls in a row \(the name batch is another.*pass what changes as an argument"):  # noqa: PT012 - the fifth call
        for k in range(5):
            batch = np.full(3, float(k))
            step()


def test_what_a_trainer_keeps_beside_is_no_change():
    class Trainer:
        def __init__(self):
            self.w, self.rate, self.epoch, self.losses = Value(2.0), 0.1, 0, []
            self.step = compile(self.loss)

        def loss(self):
            return self.w * self.rate

        def train(self):
            for _ in range(6):
                self.losses.append(self.step().data)
                self.epoch += 1

    trainer = Trainer()
    trainer.train()
    assert trainer.step.traces == 1
    trainer.rate = 0.5
    trainer.train()
    assert (trainer.step.traces, trainer.losses[-1]) == (2, 1.0)

    globals()["losses"] = {}  # which is an attribute's name as well
    named = compile(lambda x: nn.losses.mse(x, [0.0]))
    for k in range(6):
        globals()["losses"] = {k: k}
        assert float(named(Tensor([2.0]))) == 4.0
    assert named.traces == 1

    class Made:
        def __init__(self, x):
            self.y = x * SHARED

    made = compile(lambda x: Made(x).y)
    assert made(1.0).data == SHARED.data
    globals()["SHARED"] = Value(4.0)
    assert made(1.0).data == 4.0


def test_equal_numbers_and_what_is_not_spoken_of_are_no_change():
    trainer = types.SimpleNamespace(w=Value(2.0), rate=0.1, epoch=0, losses=[])
    trainer.step = compile(lambda: trainer.w * trainer.rate)
    for k in range(6):
        trainer.losses.append(trainer.step().data)
        trainer.epoch = k
        trainer.rate = float("0.1")
    assert trainer.step.traces == 1
    rows = [0.0] * 100_001  # too many to be compared
    everything = CapturedState(lambda: rows)
    rows[5] = 1.0
    assert everything.describe_change() == ""
    mark = np.array([1.0])
    many = [mark, Value(1.0)]
    pair = compile(lambda: many[0] * many[1])
    pair()
    many[0] = np.array([1.0, 2.0])
    assert pair()[1].data == 2.0


def test_what_is_put_back_before_it_is_named_has_changed_all_the_same(monkeypatch):
    watch = CapturedState(lambda: SHARED)
    monkeypatch.setattr(watch, "_is_unchanged", lambda: False)  # as when another thread is at work
    assert watch.describe_change() == "what it reads is another"


def test_installed_packages_are_not_looked_into():
    settings = hypothesis.settings(max_examples=1)
    reach = ReachableState(lambda: (hypothesis.given, hypothesis.strategies.integers, settings))
    assert len(reach.objects) < 20
    passed = ReachableState(lambda f: f(settings), [hypothesis.given])  # nor one of which something is passed as an argument
    assert len(passed.objects) < 100
    inside = ReachableState(hypothesis.given)  # but what is compiled itself is
    assert len(inside.objects) > 100


def test_random_sources_and_counters_in_helpers():
    rng = np.random.default_rng(0)

    def noise():
        return rng.random() < 0.02

    class Counter:
        n = 0

    def schedule():
        Counter.n += 1
        return 1.0 if Counter.n < 6 else 0.1

    with pytest.raises(GraphError, match="draws random numbers"):
        compile(lambda x: x * 100.0 if noise() else x)(1.0)
    with pytest.raises(GraphError, match=r"changes what it reads while it is traced \(Counter.n is another\)"):
        compile(lambda x: x * schedule())(1.0)
    drop = nn.Dropout(0.5, rng=0).eval()
    step = compile(lambda: drop(Tensor(np.ones(6))).sum())
    assert float(step()) == 6.0
    drop.train()
    with pytest.raises(GraphError, match="draws random numbers"):
        step()


def test_what_was_read_has_no_gradient_in_arrays_either():
    w, a, b = Value(1.0), Value(2.0), Value(3.0)
    both = np.array([a, b])
    for f in (lambda: (both * w.data).sum(), lambda: (w.data * both).sum(), lambda: np.multiply(both, w.data).sum()):
        for node in (w, a, b):
            node.zero_grad()
        compile(f)().backward()
        assert (w.grad, a.grad, b.grad) == (0.0, 1.0, 1.0)
    softmax = compile(lambda x: np.exp(x - max(v.data for v in x)).sum())
    for x in ([1.0, 1.0, -1.0], [2.0, 1.0, -1.0]):
        np.testing.assert_allclose(softmax.grad(np.array(x)), np.exp(np.array(x) - max(x)), rtol=1e-12)
    assert "draw" not in softmax.source


@pytest.mark.parametrize("x", [0.0, 1.0, 2.0])
def test_equality_asks_what_it_asks_uncompiled(x):
    w = Value(1.0)
    for f in (
        lambda x: x * 2.0 if x == 1.0 else x * 3.0,
        lambda x: x * 2.0 if x * 2.0 != 2.0 else x * 3.0,
        lambda x: x * 2.0 if x in (1.0, 2.0) else x,
        lambda x: x * 2.0 if x + 1.0 == x * 2.0 else x,
        lambda x: x + (5.0 if w == 1.0 else 2.0),
        lambda x: x + (5.0 if w == x else 2.0),
        lambda x: x + (5.0 if w * x == x else 2.0),
        lambda x: x + (5.0 if Value(1.0) != x else 2.0),
    ):
        assert number(compile(f)(x)) == number(f(x))
    labels = np.array([0.0, 1.0, 1.0])
    counted = compile(lambda x, y: (x * (y == 1)).sum())
    assert counted(np.arange(3.0), labels) == 3.0
    assert counted(np.arange(3.0), labels[::-1]) == 1.0


def test_the_sign_of_zero_is_a_guard():
    step = compile(lambda x: x + math.copysign(3.0, x.data))
    assert [step(x) for x in (0.0, -0.0, 0.0)] == [3.0, -3.0, 3.0]


def test_gradients_of_arrays_inside_a_compiled_function():
    slope = compile(grad(lambda x: (x * x * x).sum()))
    np.testing.assert_allclose(slope(np.array([1.0, 2.0])), [3.0, 12.0])
    np.testing.assert_allclose(slope(np.array([3.0, -1.0])), [27.0, 3.0])
    assert slope.traces == 1


def test_what_cannot_be_followed_is_refused():
    W = Tensor([1.0, 2.0])

    def filled():
        plain = np.zeros(2)
        np.copyto(plain, W.data)
        return (W * plain).sum()

    def assigned():
        plain = W.data.copy()
        plain[0] = 7.0
        return (W * plain).sum()

    for f, text in (
        (filled, r"copyto\(\) writes traced numbers into a plain array"),
        (assigned, r"traced numbers, such as those of \.data, cannot be assigned to"),
        (lambda: (W * W.grad).sum(), r"\.grad of this Tensor \(leaf\) is read while the function is traced"),
        (lambda: Value(1.0) * Value(2.0, name="a").grad, r"\.grad of this Value \('a', leaf\)"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)()
    with pytest.raises(TypeError) as caught:
        compile(lambda x: np.where(np.isnan(x), 0.0, x).sum())(np.ones(2))
    assert "pass a Tensor" in caught.value.__notes__[0]
    with pytest.raises(TypeError, match="must be real number") as caught:
        compile(lambda x: x * math.floor("1"))(1.0)
    assert caught.value.__notes__ == ["compile(): <lambda> was run on nodes in place of floats and arrays"]
    with pytest.raises(DataError, match=r"hvp\(\) of <lambda>: there is no Hessian by \[\]"):
        compile(lambda x: x).hvp([], [])
    for tangent in ("a", None):
        with pytest.raises(DataError, match=r"jvp\(\) of <lambda> takes real numbers"):
            compile(lambda x: x * x).jvp((1.0,), (tangent,))
    with pytest.raises(SettingError, match=r"xp is an array library, such as jax\.numpy, not 3 of type int"):
        compile(lambda x: x, xp=3)
    step = compile(lambda x: x * x)
    step(1.0)
    with pytest.raises(DataError, match=r"export\(\) of <lambda> takes a path, as in export\('step\.py'\), not 3"):
        step.export(3)


def test_compiled_functions_methods_and_properties_are_looked_through():
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
