"""compile: the same numbers as the function itself, and the formulas that a program becomes."""

import ast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor, Value, compile
from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.testing.strategies import programs
from autograd.viz import draw
from compiled_source import dead, formatted, names_of
from scalar_programs import close, demo, eager, scalar_programs

rng = np.random.default_rng(0)


MODES = st.sampled_from(({}, {"exact": True}, {"buffers": True}))


@given(scalar_programs, MODES)
def test_compiled_is_eager_on_numbers(program, mode):
    exact, step = "exact" in mode, compile(program, argnums=(0, 1, 2), **mode)
    for point in program.points():
        values, gradient = eager(program, point)
        mine, _ = flatten(step(*point))
        assert close(mine, values)
        if len(values) == 1:
            value, found = step.value_and_grad(*point)
            flat = np.concatenate([np.ravel(g) for g in found])
            assert close(flat, gradient)
            if exact:
                assert [value, *flat] == [*values, *gradient] or not np.all(np.isfinite(flat))
    if not exact:
        assert all(not unknown for unknown in names_of(step.source))
        assert not dead(step.source) - {"C1"}


@given(programs(scalar=True, most=10) | programs(most=10), MODES)
def test_compiled_is_eager_on_tensors(program, mode):
    exact, step = "exact" in mode, compile(program, **mode)
    for factor in (1.0, 1.01):
        nodes, others = (
            [Value(x * factor) if np.ndim(x) == 0 else Tensor(np.asarray(x) * factor) for x in program.inputs] for _ in "ab"
        )
        y = program(*nodes)
        if not isinstance(y, Node):
            return
        y.backward(np.ones(y.shape))
        z = step(*others)
        z.backward(np.ones(z.shape))
        assert close(z.data, y.data)
        assert all(close(b.grad, a.grad) for a, b in zip(nodes, others, strict=True))
        if exact:
            assert np.array_equal(z.data, y.data, equal_nan=True)
            assert all(np.array_equal(b.grad, a.grad, equal_nan=True) for a, b in zip(nodes, others, strict=True))
    if not exact:
        assert all(not unknown for unknown in names_of(step.source))


def test_what_cancels_inside_one_operation_is_rounding():
    def f(x):
        t = ag.softmax(x, axis=0).sum(axis=0)
        return np.cbrt(2.0 * t - 4.0 * t)

    step = compile(f)
    step(Tensor([0.5, 0.5625])).backward()
    assert "np.exp" in step.source


def test_a_scalar_network_becomes_the_textbooks_formulas():
    model, loss = demo()
    step = compile(loss)
    L = step()
    L.backward()
    mine = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss().backward()
    assert close(mine, [p.grad for p in model.parameters()])
    for line in (
        "Z1 = X @ W1.T + b1",
        "A1 = np.maximum(Z1, 0.0)",
        "D1 = D2 @ W2 * (Z1 > 0.0)",
        "db1 = 0.002 * b1 + D1.sum(axis=0)",
        "δ = (δ W) ⊙ f′(z)",
    ):
        assert line in step.source, step.source
    assert not dead(step.source)
    report = step.report()
    assert report.nodes > 3000
    assert report.operations < 60
    assert "160 × sum of 9 terms           → product of matrices (1, 20, 8) (1, 8, 8)" in str(report)
    assert "left as scalars" in str(report)
    assert report.gradient_error < 1e-12
    assert "draw" not in repr(step)
    assert len(str(draw(step)).splitlines()) < 40


@pytest.mark.parametrize("alike", [False, True], ids=["all different", "many alike"])
def test_rows_that_are_read_afresh_for_each_neuron_are_one_matrix(alike):
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, (30, 2)).astype(float) if alike else rng.normal(size=(30, 2))
    model = nn.scalar.MLP(2, [4, 1], rng=0)

    def loss():
        return sum(model(x) ** 2 for x in X)

    step = compile(loss)
    step().backward()
    mine = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss().backward()
    np.testing.assert_allclose(mine, [p.grad for p in model.parameters()], rtol=1e-12, atol=1e-12)
    assert "Z1 = X @ W1.T + b1" in step.source
    assert step.report().gradient_error < 1e-12


def test_the_picture_of_a_compiled_program_has_the_boxes_of_its_source():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    model = nn.scalar.MLP(3, [8, 1], activation="tanh", rng=0)
    step = compile(lambda: sum((model(x) - t) ** 2 for x, t in zip(X.tolist(), y.tolist(), strict=True)))
    step().backward()
    picture = draw(step)
    titles = [box.title for box in picture.drawing.boxes]
    assert set(titles[:4]) == {"b2", "b1 ×8", "W1 ×24", "W2 ×8"}
    assert {"Z1 = Σ ×160", "A1 = tanh ×160", "multiply ×480", "multiply ×160"} <= set(titles)
    for name in (title.split(" ")[0] for title in titles if " = " in title):
        assert f"    {name} = " in step.source
    assert sum(box.count for box in picture.drawing.boxes) == picture.snapshot.size
    assert len(picture.nodes("A1 = tanh ×160")) == 160
    apart = picture.expand("W2 ×8")
    assert "Z1 = Σ ×160" in [box.title for box in apart.drawing.boxes]
    assert "Z1" not in str(picture.fold(hops=1))
    assert "Z1" not in str(draw(step, max_nodes=5))


def test_the_picture_of_what_is_not_raised_is_folded_by_structure():
    def f(x):
        return [sum(x) * 2.0, x[0] - x[1] - x[2] - x[3], -(x[0] * x[1]) - x[2] - x[3] * x[4]]

    step, exact = compile(f), compile(f, exact=True)
    step(np.arange(5.0))
    exact(np.arange(5.0))
    assert [box.title for box in draw(step, fold=True).drawing.boxes] == [
        *("x ×5", "Σ", "s1 = · × 2", "s2 = Σ", "multiply ×2", "s3 = Σ")
    ]
    assert len(draw(exact, fold=True).drawing.boxes) == 15
    tensors = compile(lambda x: (x.reshape(2, 2) @ x.reshape(2, 2))[0, 0] + 1.0)
    tensors(Tensor(np.arange(4.0)))
    assert [box.title for box in draw(tensors, fold=True).drawing.boxes] == [
        *("x", "reshape", "reshape", "Z1 = @", "getitem", "s1 = · + 1")
    ]


def test_source_is_idempotent_under_formatting():
    pytest.importorskip("ruff")
    step = compile(demo()[1])
    step()
    module = step.source.replace("  # (", " # (")
    once = formatted(module)
    assert formatted(once) == once
    assert ast.dump(ast.parse(once)) == ast.dump(ast.parse(step.source))


def test_training_through_captured_values_goes_on():
    (a, slow), (b, fast) = demo(1), demo(1)
    b_loss = fast
    step = compile(b_loss)
    for q, p in zip(a.parameters(), b.parameters()):
        p.data = q.data
    for _ in range(5):
        for model, f in ((a, slow), (b, step)):
            model.zero_grad()
            f().backward()
            for p in model.parameters():
                p.data -= 0.01 * p.grad
        rng_state = [p.data for p in a.parameters()]
    assert step.traces == 1
    assert len(rng_state) == len(b.parameters())


def attention(p, tokens):
    """One head pair of causal attention on nested lists."""
    keys, values, losses = [], [], []
    for t, (here, following) in enumerate(zip(tokens, tokens[1:])):
        x = [a + b for a, b in zip(p["letter"][here], p["place"][t])]
        q, k, v = ([sum(w * xi for w, xi in zip(row, x)) for row in p[name]] for name in "qkv")
        keys.append(k)
        values.append(v)
        out = []
        for h in (slice(0, 2), slice(2, 4)):
            scores = [sum(a * b for a, b in zip(q[h], kk[h])) / 2**0.5 for kk in keys]
            top = max(s.data for s in scores)
            e = [(s - top).exp() for s in scores]
            total = sum(e)
            out += [sum(ei / total * vv[j] for ei, vv in zip(e, values)) for j in range(h.start, h.stop)]
        z = [sum(w * o for w, o in zip(row, out)) for row in p["out"]]
        losses.append(-(z[following] - sum(zi.exp() for zi in z).log()))
    return sum(losses) * (1 / len(losses))


def test_causal_attention_becomes_a_stack_of_products():
    p = {
        name: rng.normal(0, 0.5, shape)
        for name, shape in (("letter", (5, 4)), ("place", (6, 4)), ("q", (4, 4)), ("k", (4, 4)), ("v", (4, 4)), ("out", (5, 4)))
    }
    step = compile(attention)
    for tokens in ([0, 1, 2, 3, 4, 0, 1], [4, 4, 1, 0]):
        value, found = step.value_and_grad(p, tokens)
        own = []
        from scalar_programs import boxed

        y = attention({name: boxed(W, own) for name, W in p.items()}, tokens)
        y.backward()
        assert close(value, y.data)
        assert close(np.concatenate([found[name].ravel() for name in p]), [v.grad for v in own])
        assert " @ np.transpose(" in step.source
        assert len(step.source.splitlines()) < 75
    assert step.traces == 2


def test_a_determinant_by_minors_and_a_recurrence():
    def det(M):
        return (
            M[0][0] if len(M) == 1 else sum((-1.0) ** j * M[0][j] * det([r[:j] + r[j + 1 :] for r in M[1:]]) for j in range(len(M)))
        )

    M = rng.normal(size=(5, 5))
    value, slope = compile(lambda M: det(M.tolist())).value_and_grad(M)
    assert value == pytest.approx(np.linalg.det(M))
    assert slope == pytest.approx(np.linalg.det(M) * np.linalg.inv(M).T)

    def orbit(a, b):
        x, y = 1.0, 0.5
        for _ in range(30):
            x, y = x + 0.05 * (a * x - b * x * y), y + 0.05 * (b * x * y - a * y)
        return x * y

    step = compile(orbit, argnums=(0, 1))
    value, slope = step.value_and_grad(1.1, 0.4)
    x, y = Value(1.1), Value(0.4)
    L = orbit(x, y)
    L.backward()
    assert (value, *slope) == pytest.approx((L.data, x.grad, y.grad))
    assert "np." not in step.source.split("def ")[1]
