"""Loops over numbers become operations on arrays: layers, matrix products, attention."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import compile
from autograd.viz import draw
from compiled_source import find_unread_variables
from oracles import assert_close
from scalar_programs import close, demo, eager, to_values

rng = np.random.default_rng(0)


def test_a_scalar_network_becomes_the_equations_of_textbooks():
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
    assert not find_unread_variables(step.source)
    report = step.report()
    assert report.nodes > 3000
    assert report.operations < 60
    assert "160 × sum of 9 terms           → product of matrices (1, 20, 8) (1, 8, 8)" in str(report)
    assert "left as scalars" in str(report)
    assert report.gradient_error < 1e-12
    assert "draw" not in repr(step)
    assert len(str(draw(step)).splitlines()) < 40


@pytest.mark.parametrize("alike", [False, True], ids=["all different", "many alike"])
def test_constant_rows_that_every_neuron_reads_again_are_one_matrix(alike):
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


def test_dot_products_in_a_table_are_one_sum_along_the_last_axis():
    def f(a, b):
        return sum(sum(x * y for x, y in zip(p, q)).tanh() for r, t in zip(a, b) for p, q in zip(r, t))

    a, b = rng.normal(size=(2, 3, 4, 5))
    step = compile(f)
    assert step(a, b) == pytest.approx(np.tanh((a * b).sum(axis=-1)).sum())
    assert "np.sum(b * a, axis=-1)" in step.source


def test_operations_may_read_a_part_of_causal_scores():
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


def test_causal_scores_of_a_batch_are_one_stack_of_products():
    def f(X, W):
        q = [[sum(w * x for w, x in zip(row, xs)) for row in W] for xs in X]
        scores = [[sum(a * b for a, b in zip(q[t], X[u])) for u in range(t + 1)] for t in range(len(X))]
        return sum(v.tanh() for row in scores for v in row)

    X, W = rng.normal(size=(2, 5, 3)), rng.normal(size=(3, 3))
    step = compile(f, in_axes=(0, None))
    assert close(step(X, W), [compile(f)(x, W) for x in X])
    assert step.source.count(" @ ") == 2


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


def test_causal_attention_becomes_a_stack_of_matrix_products():
    p = {
        name: rng.normal(0, 0.5, shape)
        for name, shape in (("letter", (5, 4)), ("place", (6, 4)), ("q", (4, 4)), ("k", (4, 4)), ("v", (4, 4)), ("out", (5, 4)))
    }
    step = compile(attention)
    for tokens in ([0, 1, 2, 3, 4, 0, 1], [4, 4, 1, 0]):
        value, found = step.value_and_grad(p, tokens)
        own = []
        y = attention({name: to_values(W, own) for name, W in p.items()}, tokens)
        y.backward()
        assert close(value, y.data)
        assert close(np.concatenate([found[name].ravel() for name in p]), [v.grad for v in own])
        assert " @ np.transpose(" in step.source
        assert len(step.source.splitlines()) < 75
    assert step.traces == 2


@pytest.mark.parametrize("f", [lambda z: z, lambda z: [sum(map(ag.tanh, z))]])
def test_sums_over_one_vector_are_a_matrix_times_a_vector(f):
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(4, 5)), rng.normal(size=5)
    compiled = compile(lambda W, x: f([sum(W[i][j] * x[j] for j in range(5)) for i in range(4)]))
    z = W @ x
    np.testing.assert_allclose(compiled(W, x), z if len(f(z)) == 4 else [np.tanh(z).sum()], rtol=1e-12)
    assert "Z1 = W @ x" in compiled.source


def test_a_part_of_a_padded_triangle_is_read_by_its_positions():
    def f(q, k):
        scores = [[sum(a * b for a, b in zip(q[t], k[j])) for j in range(t + 1)] for t in range(4)]
        powers = [[ag.exp(s) for s in row] for row in scores]
        below_the_diagonal = [ag.sin(e) for t, row in enumerate(powers) for e in row[:t]]
        return sum(ag.tanh(sum(row)) for row in powers) + sum(below_the_diagonal)

    q, k = rng.normal(size=(2, 4, 3))
    value, gradients = compile(f, argnums=(0, 1)).value_and_grad(q, k)
    expected, slopes = ag.value_and_grad(f, argnums=(0, 1))(q, k)
    assert close(value, float(expected))
    assert close(np.concatenate(gradients), np.concatenate(slopes))


@pytest.mark.parametrize("x", [0.7, 1.0, 0.0])
@pytest.mark.parametrize("count", [5, 9, 12])
def test_powers_with_many_exponents_are_one_operation(count, x):
    def f(x):
        return sum(ag.sin(x**k + 0.1 * k) for k in range(1, count + 1))

    step = ag.compile(f)
    value, gradient = step.value_and_grad(x)
    assert_close(value, sum(np.sin(x**k + 0.1 * k) for k in range(1, count + 1)), rtol=1e-13)
    assert_close(gradient, sum(np.cos(x**k + 0.1 * k) * k * x ** (k - 1) for k in range(1, count + 1)), rtol=1e-13)
    assert (step.source.count("**") <= 2) == (count > 8)
