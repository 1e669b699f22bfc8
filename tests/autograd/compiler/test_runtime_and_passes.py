"""compile: replay, loops, index expressions, matrix products, buffers, the self-check and its fallbacks."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, GraphError, SettingError, Tensor, Value, compile
from autograd.compiler.codegen.numpy_source import generate_source
from autograd.compiler.codegen.source_writer import SourceWriter
from autograd.compiler.ir.instruction import add_all
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.passes import differentiation, vectorization
from autograd.compiler.passes.matmul_detection import matched
from autograd.compiler.specialization import guards
from compiled_source import names_of
from scalar_programs import close, demo, eager

rng = np.random.default_rng(0)


@pytest.mark.parametrize("x", [-1.5, 0.25, 3.0])
def test_numbers_with_settings_are_replayed(x):
    f = lambda x: ag.clip(x, -1.0, 2.0) * x + ag.elu(x, 0.7) * ag.leaky_relu(x, 0.1) + 1.0 / x  # noqa: E731
    exact = compile(f, exact=True)
    exact.value_and_grad(0.5)
    v = Value(x)
    y = f(v)
    y.backward()
    assert exact.value_and_grad(x) == (float(y), v.grad)


def test_exact_replays_everything():
    t = Tensor([1.0, 2.0, 4.0])

    def f(x, unused, n):
        h = ag.where(t > x * n, t, 0.1 * t)
        return h.sum() * x + ag.leaky_relu(x, 0.1) * max(t.data[0], x.data) + x[()] if n > 5 else (h * x).sum() * Value.of(h.sum())

    exact, plain_ = compile(f, exact=True, argnums=(0, 1)), compile(f, argnums=(0, 1))
    for x in (1.5, 0.5, 3.0):
        value, (slope, none) = exact.value_and_grad(x, 1.0, 1)
        v, u = Value(x), Value(1.0)
        y = f(v, u, 1)
        y.backward()
        assert (value, slope, none) == (float(y), v.grad, 0.0)
        assert plain_.value_and_grad(x, 1.0, 1)[0] == pytest.approx(value)
    assert "replayed as they were traced because exact=True asks for it" in str(exact.report())


def test_what_reads_a_part_of_causal_scores():
    def f(X, W):
        q = [[sum(w * x for w, x in zip(row, xs)) for row in W] for xs in X]
        scores = [[sum(a * b for a, b in zip(q[t], X[u])) for u in range(t + 1)] for t in range(len(X))]
        whole = sum(v.tanh() for row in scores for v in row)
        return whole + sum(v.sin() for row in scores[1:] for v in row) + sum(v.cos() for row in scores for v in row[:1])

    X, W = rng.normal(size=(5, 3)), rng.normal(size=(3, 3))
    step = compile(f, argnums=(0, 1))
    value, found = step.value_and_grad(X, W)
    values, gradient = eager(f, (X, W))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient)


def test_recurrences_become_loops():
    def cell(W, U, inputs):
        h = [Value(0.0)] * 4
        for x in inputs:
            z = [sum((w * xi for w, xi in zip(row, x)), sum(u * hi for u, hi in zip(r, h))) for row, r in zip(W, U)]
            h = [zi.tanh() * hi + zi.sigmoid() for zi, hi in zip(z, h)]
        return sum(hi * hi for hi in h)

    W, U, X = rng.normal(0, 0.5, (4, 4)), rng.normal(0, 0.5, (4, 4)), rng.normal(size=(14, 4))
    step = compile(cell, argnums=(0, 1, 2))
    value, found = step.value_and_grad(W, U, X)
    values, gradient = eager(cell, (W, U, X))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient)
    assert step.source.count("for k in range(") >= 2, step.source
    assert all(not unknown for unknown in names_of(step.source))
    assert len(step.source.splitlines()) < 130

    def gated(W, U, X):
        n = len(U[0])
        h, c = [Value(0.0)] * n, [Value(0.0)] * n
        for x in X:
            z = [sum((w * xi for w, xi in zip(row, x))) + sum(u * hi for u, hi in zip(r, h)) for row, r in zip(W, U)]
            i, g = [v.sigmoid() for v in z[:n]], [v.tanh() for v in z[n:]]
            c = [ci * 0.5 + ii * gi for ci, ii, gi in zip(c, i, g)]
            h = [ci.tanh() * ii for ci, ii in zip(c, i)]
        return sum(hi * hi for hi in h)

    W, U, X = rng.normal(0, 0.5, (8, 3)), rng.normal(0, 0.5, (8, 4)), rng.normal(size=(12, 3))
    step = compile(gated, argnums=(0, 1))
    value, found = step.value_and_grad(W, U, X)
    values, gradient = eager(gated, (W, U, X))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient[: W.size + U.size])
    assert step.source.count("for k in range(") >= 2, step.source

    def twofold(a):
        x, y = a, 0.5 * a
        for _ in range(30):
            x, y = y, x * a * 0.9 + y * 0.3
        return x * y

    step = compile(twofold)
    v = Value(0.8)
    y = twofold(v)
    y.backward()
    assert step.value_and_grad(0.8) == pytest.approx((y.data, v.grad))

    def decay(a, steps):
        x, total = a, 0.0
        for _ in range(steps):
            x = x - 0.1 * x * x * a
            total = total + x
        return total * x

    for steps in (5, 20, 40):
        step = compile(decay)
        value, slope = step.value_and_grad(1.5, steps)
        v = Value(1.5)
        y = decay(v, steps)
        y.backward()
        assert (value, slope) == pytest.approx((y.data, v.grad))
    assert "for k in range(" in step.source


def test_a_program_that_is_not_right_is_replaced(monkeypatch):
    def f(x):
        return (x[0] * x[1] + x[1]).tanh() * x[2]

    point = np.array([0.5, -0.3, 2.0])
    values, gradient = eager(f, (point,))
    with monkeypatch.context() as patch:
        patch.setattr(vectorization.Vectorizer, "_apply", lambda self, kind, operands: wrong(self, kind, operands))
        step = compile(f)
        assert step(point) == values[0]
        assert "because its value is" in str(step.report())
    with monkeypatch.context() as patch:
        patch.setattr(differentiation, "add_all", lambda terms: add_all(terms) * 1.001)
        step = compile(f)
        assert close(step.grad(point), gradient)
        assert "because its gradient is" in str(step.report())
        with pytest.raises(GraphError, match="cannot be compiled with xp or in_axes: its gradient is"):
            compile(f, in_axes=0)(point[None])
    with monkeypatch.context() as patch:
        patch.setattr(guards, "describe_difference", lambda *args: "a branch: 1 became 2")
        step = compile(lambda x: x * 2.0 if x > 0 else x)
        assert step(1.0) == 2.0
        assert "on the same numbers a branch: 1 became 2, by rounding" in step._dispatcher.cache.by_signature[(float,)][0].fault


def wrong(self, kind, operands):
    return self.builder.call(kind.op, operands, kind.static) * 1.001


def test_what_cancels_is_no_fault():
    step = compile(lambda x, y: x * 0.1 * y + x * 0.2 * y - x * 0.3 * y, argnums=(0, 1))
    value, slope = step.value_and_grad(1.0, 1.0)
    assert (value, *slope) == pytest.approx((0.0, 0.0, 0.0), abs=1e-15)
    assert "replayed" not in str(step.report())


def test_products_of_matrices_are_found():
    rows, columns = np.arange(12).reshape(4, 3), 100 + np.arange(6).reshape(2, 3)
    y, x = (table.reshape(8, 3) for table in np.broadcast_arrays(rows[:, None], columns[None]))
    found = matched(x, y, x, y)
    assert found.layout.table.shape == (4, 2)
    assert np.array_equal(found.rows[0], rows)
    assert np.array_equal(found.columns[0], columns)
    assert matched(x[:-1], y[:-1], x[:-1], y[:-1]).layout.there.sum() == 7
    assert matched(x[[0, 3]], y[[0, 3]], x[[0, 3]], y[[0, 3]]) is None
    twice_ = np.concatenate([x, x]), np.concatenate([y, y])
    assert matched(*twice_, *twice_) is None
    uneven = np.array([0, 1, 2, 4, 6])
    assert matched(x[uneven], y[uneven], x[uneven], y[uneven]) is not None
    ragged = np.array([[1, 2, -1], [1, 3, 4]]), np.array([[5, 6, -1], [5, 7, 8]])
    assert matched(*ragged, *ragged) is None
    swapped = np.array([[1, 2, -1], [3, 4, 5]]), np.array([[5, 6, -1], [5, 6, 7]])
    assert matched(*swapped, *swapped).rows[0].tolist() == [[5, 6, 7]]
    other = swapped[::-1]
    assert matched(*other, *other).columns[0].tolist() == [[5, 6, 7]]


def test_buffers_are_used_over_and_over():
    _, loss = demo()
    step, plain_ = compile(loss, buffers=True), compile(loss)
    for _ in range(2):
        assert step().data == pytest.approx(plain_().data)
    assert step.source.count("out=") > step.source.split(":")[0].count(" B") > 2


def test_a_buffer_is_not_reused_while_a_flipped_view_of_it_is_read():
    def f(x):
        flipped = ag.flip(np.exp(x), axis=0)
        product = np.sin(x) * np.cos(x)
        return (flipped * (np.cos(product) + np.sin(product)) + product + flipped).sum()

    x = np.linspace(0.0, 1.0, 5)
    step = compile(f, tensors=True, buffers=True)
    assert step(x) == f(x)
    assert "np.flip(B1, axis=0)" in step.source


def test_a_power_with_an_infinite_exponent_is_compiled():
    step = compile(lambda x: x**math.inf)
    assert (step(0.5), step(2.0)) == (0.0, math.inf)
    assert "math.pow(x, np.inf)" in step.source


def test_source_for_other_libraries_writes_nothing_in_place():
    builder = ProgramBuilder()
    x = builder.input("x", np.arange(6.0))
    y = builder.scatter_sum(
        [builder.getitem(x, index=slice(0, 2)), builder.getitem(x, index=np.array([1, 1]))],
        [slice(2, 4), np.array([0, 0])],
        (6,),
        np.float64,
    )
    text = generate_source("f", [x], [[y]], [True], SourceWriter(arrays_only=True)).text
    assert "np.zeros((6,)).at[2:4].add(x[0:2]).at[I2].add(x[I1])" in text


def test_one_sample_is_a_batch():
    assert compile(lambda x: x * x, in_axes=0)(np.ones(1)).tolist() == [1.0]
    assert compile(lambda x: x * x, in_axes=0).value_and_grad(np.array([3.0]))[0] == 9.0
    first = compile(lambda x: x[int(np.argmax(ag.stack(list(x)).data))] * 2.0, in_axes=0)
    assert first(np.array([[1.0, 5.0], [2.0, 3.0]])).tolist() == [10.0, 6.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        first(np.array([[1.0, 5.0], [4.0, 3.0]]))


def test_guards_that_cannot_be_asked_have_changed():
    step = compile(lambda x: x * int(1.0 / x.data) if x.data > 0 else x * 5.0)
    assert (step(0.5), step(0.0), step(0.25)) == (1.0, 0.0, 1.0)
    odd = compile(lambda x: x * int(1.0 / x.data))
    odd(0.5)
    with pytest.raises(OverflowError):
        odd(0.0)


def test_derivatives_say_what_they_need():
    with pytest.raises(GraphError, match=r"hvp\(\) of <lambda> needs a function that returns one number"):
        compile(lambda x: [x, x * x]).hvp(1.0, 1.0)
    with pytest.raises(DataError, match="there is no Hessian by 2"):
        compile(lambda n, x: x * n).hvp(2, 1, 3.0)
    with pytest.raises(SettingError, match="does not support in_axes"):
        compile(lambda x: x * x, in_axes=0).hvp(np.ones(2), np.ones(2))
    with pytest.raises(DataError, match=r"jvp\(\) of <lambda> takes a tuple of primals"):
        compile(lambda x: x * x).jvp(2.0, 1.0)
    with pytest.raises(SettingError, match=r"compile\(\): argnums is an integer"):
        compile(lambda x: x * x, argnums=1.0)
    square = compile(lambda x: x * x)
    assert square.jvp((2.0,), (1,)) == (4.0, 4.0)
    assert square.program(*square.inputs) == (4.0, (4.0,))
    assert ag.hvp(compile(lambda x: x * x * x), 2.0, 1.0) == pytest.approx(12.0)
    exact = compile(lambda x: x * x, exact=True)
    exact(2.0)
    with pytest.raises(GraphError, match="there is no source"):
        _ = exact.program


def test_constants_that_are_replaced_are_noticed():
    c = Tensor([1.0, 2.0], constant=True)
    for exact in (False, True):
        c.data = [1.0, 2.0]
        step = compile(lambda t: (t * c).sum(), exact=exact)
        assert float(step(Tensor([1.0, 1.0]))) == 3.0
        c.data = [5.0, 6.0]
        assert float(step(Tensor([1.0, 1.0]))) == 11.0
        assert step.traces == 2


def test_copies_of_results():
    w = Value(2.0)
    L = compile(lambda: w * w)()
    twin = copy.deepcopy(L)
    twin.backward()
    assert w.grad == 0.0
    assert twin.parents[0].grad == 4.0
    t = copy.deepcopy(compile(lambda t: t * 2.0)(Tensor([1.0, 2.0])))
    t.sum().backward()
    assert t.parents[0].grad.tolist() == [2.0, 2.0]
    with pytest.raises(GraphError, match=r"a result of compile\(\) cannot be pickled with its history: pickle y.detach\(\)"):
        pickle.dumps(L)


def test_who_needs_every_node_gets_the_function_itself():
    w = Value(0.0, name="w")
    step = compile(lambda: w.log())
    assert step().data == -math.inf
    with pytest.raises(ag.AnomalyError, match="log made -inf of 'w'"), ag.anomaly():
        step()
    seen = []
    w.data = 2.0
    y = None
    with w.register_hook(seen.append):
        y = step()
        y.backward()
    assert seen == [0.5]
    assert y.op.name == "log"


def test_each_of_several_replayed_results_has_its_own_gradient():
    x = Value(2.0)
    cube, square = compile(lambda x: [x * x * x, x * x], exact=True)(x)
    cube.backward()
    assert x.grad == 12.0
    square.backward()
    assert x.grad == 12.0 + 4.0
