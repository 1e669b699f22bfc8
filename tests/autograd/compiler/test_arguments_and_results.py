"""compile: arguments of every kind, results, derivatives, and batches by in_axes."""

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, GraphError, SettingError, ShapeError, Tensor, Value, compile, grad, hessian, jvp, no_grad

rng = np.random.default_rng(0)


def test_arguments_of_every_kind():
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


def test_nodes_in_nodes_out():
    step = compile(lambda x, t: {"a": x * t.sum(), "b": t * x})
    x, t = Value(2.0, name="x"), Tensor([1.0, 3.0], name="t")
    y = step(x, t)
    (y["a"] * 2.0).backward()
    assert (x.grad, t.grad.tolist()) == (8.0, [4.0, 4.0])
    y["b"].sum().backward()
    assert (x.grad, t.grad.tolist()) == (12.0, [6.0, 6.0])
    with no_grad():
        assert step(x, t)["a"].is_leaf
    constant = Tensor([5.0, 5.0], constant=True)
    z = step(x, constant)["a"]
    z.backward()
    assert x.grad == 22.0
    assert compile(lambda t: t * 2.0)(Tensor(np.float32([1.0]))).dtype == np.float32


def test_results_keep_the_numbers_of_their_call():
    w = Value(3.0)
    step = compile(lambda: w * w * w)
    first = step()
    w.data = 10.0
    second = step()
    first.backward()
    assert w.grad == 27.0
    second.backward()
    assert w.grad == 327.0
    second.backward(2.0)
    assert w.grad == 927.0
    interior = w * 1.0
    late = compile(lambda: interior * interior)
    w.grad = 0.0
    late().backward()
    assert w.grad == 20.0


def test_gradients_are_never_shared():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    L = compile(lambda: (a + b).sum() + (a * a).sum() * 0.0)()
    L.backward()
    a.grad[0] = 99.0
    assert b.grad.tolist() == [1.0, 1.0]
    L.backward()
    assert b.grad.tolist() == [2.0, 2.0]


def test_transforms_compose():
    def f(x):
        return ag.relu(x) * np.tanh(x) * x

    assert compile(grad(f))(1.3) == pytest.approx(grad(f)(1.3))
    assert compile(grad(f))(-1.3) == pytest.approx(grad(f)(-1.3))
    g = compile(grad(f))
    assert [g(v) for v in (1.3, -1.3)] == pytest.approx([grad(f)(1.3), grad(f)(-1.3)])
    assert g.traces == 1
    assert grad(compile(f))(1.3) == pytest.approx(grad(f)(1.3))
    assert grad(grad(compile(f)))(1.3) == pytest.approx(grad(grad(f))(1.3))
    assert jvp(compile(f), (1.3,), (1.0,)) == pytest.approx(jvp(f, (1.3,), (1.0,)))
    assert hessian(compile(lambda t: (t**3).sum()))(np.array([1.0, 2.0])) == pytest.approx(np.diag([6.0, 12.0]))
    assert compile(compile(f))(1.3) == pytest.approx(f(1.3))
    v = Value(1.3)
    compile(f)(v).backward(create_graph=True)
    assert v.grad.data == pytest.approx(grad(f)(1.3))

    def h(t):
        return ag.softmax(t)[0] * np.prod(t) + ag.logsumexp(t) + np.max(t)

    t = np.array([0.3, -0.2, 0.9])
    assert compile(grad(h))(Tensor(t)).data == pytest.approx(grad(h)(t))
    assert jvp(compile(lambda t: t * t), (t,), (t,))[1] == pytest.approx(2 * t * t)


def test_jvp_and_hvp():
    def f(w, x):
        return sum((wi * xi).tanh() for wi, xi in zip(w, x)) * w[0]

    w, x, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -0.5]), np.array([1.0, 0.5, -1.0])
    step = compile(f)
    value, tangent = step.jvp((w, x), (v, np.zeros(3)))
    slope = step.grad(w, x)
    assert value == step(w, x)
    assert tangent == pytest.approx(slope @ v)
    along = [(step.grad(w + s * v, x)) for s in (1e-5, -1e-5)]
    assert step.hvp(w, v, x) == pytest.approx((along[0] - along[1]) / 2e-5, rel=1e-6)
    with pytest.raises(
        ShapeError, match=r"jvp\(\) of f: tangents of shapes \[\(2,\), \(3,\)\] do not fit arguments of shapes \[\(3,\), \(3,\)\]"
    ):
        step.jvp((w, x), (np.zeros(2), x))
    with pytest.raises(ShapeError, match=r"the tangents have the structure \('\*',\), but \('\*', '\*'\) is needed"):
        step.jvp((w, x), (v,))
    branch = compile(lambda x: x * x * x if x > 0 else x * x)
    assert branch.jvp((2.0,), (1.0,)) == (8.0, 12.0)
    assert branch.hvp(-2.0, 1.0) == 2.0
    exact = compile(f, exact=True)
    with pytest.raises(
        GraphError, match=r"a program that is replayed has no jvp\(\): use autograd.jvp; it is replayed because exact=True"
    ):
        exact.jvp((w, x), (v, x))


def test_in_axes():
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


BATCHED = [
    lambda w, x: sum(x) * w[0] + w[1],
    lambda w, x: sum(a * b for a, b in zip(x, reversed(list(x)))) * w[0],
    lambda w, x: max(v.data for v in x) * w[0] + x[0],
    lambda w, x: ag.where(x[0] > 0, x[1] * w[0], x[2] * w[1]),
    lambda w, x: ag.logsumexp(ag.stack(list(x))) * w[0] + ag.norm(ag.stack([w[0], w[1] * x[0]])),
    lambda w, x: ag.softmax(ag.stack(list(x)))[1] * w[0],
    lambda w, x: (ag.concatenate([ag.stack(list(x)), ag.stack(list(w))])[1:4] ** 2).sum(),
    lambda w, x: (ag.stack(list(x))[np.array([2, 0, 2])] * ag.stack([x[0], x[1], w[0]])).sum(),
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x)), ag.stack(list(x))]), ag.stack(list(x)))[0] * w[0],
    lambda w, x: ag.matmul(ag.stack(list(x)), ag.stack([ag.stack([x[0], w[0]]), ag.stack([x[1], w[1]]), ag.stack([x[2], w[1]])]))[
        1
    ],
    lambda w, x: ag.matmul(ag.stack([ag.stack([w[0], w[1], w[0]])] * 2), ag.stack(list(x)))[1],
    lambda w, x: ag.matmul(ag.stack(list(x)), np.ones((3, 2)))[1] * w[0],
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x))] * 2), ag.stack([ag.stack(list(x))] * 2).T)[0, 1] * w[0],
    lambda w, x: ag.matmul(np.ones(3), ag.stack(list(x))) * w[0] + ag.matmul(ag.stack(list(x)), np.ones(3)) * w[1],
    lambda w, x: ag.broadcast_to(ag.stack(list(x)).reshape(3, 1), (3, 2)).sum() * w[0],
    lambda w, x: ag.transpose(ag.stack([ag.stack(list(x)), ag.stack(list(w)[:1] * 3)]))[0, 1] * x[0],
    lambda w, x: ag.vdot(ag.stack(list(x)), ag.stack([w[0], x[0], w[1]])) + np.isfinite(x[0].data) * x[0],
    lambda w, x: sum(a * b for a, b in zip(x, [w[0], w[1], w[0]])) * x[0],
    lambda w, x: ag.sum(ag.stack([ag.stack(list(x))] * 2) ** 2, axis=(0, 1)) * w[0],
    lambda w, x: (lambda z, top: sum((v - top).exp() for v in z).log() - sum(w[0] * (v - top) for v in z))(
        x, max(v.data for v in x)
    ),
    lambda w, x: ag.sum(ag.stack([ag.stack([ag.stack(list(x))] * 2)] * 2), axis=(0, 1))[1] * w[0],
    lambda w, x: ag.stack([ag.stack(list(x)), ag.stack([*w, x[0]])])[np.array([0, 1]), np.array([1, 2])].sum() * w[1],
    lambda w, x: ag.max(ag.stack(list(x))) * w[0] + ag.stop_gradient(x[0]) * x[1],
]


@pytest.mark.parametrize("k", range(len(BATCHED)))
def test_programs_of_a_batch(k):
    f = BATCHED[k]
    w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
    value, slope = compile(f, in_axes=(None, 0)).value_and_grad(w, X)
    each = [compile(f).value_and_grad(w, x) for x in X]
    assert value == pytest.approx(np.mean([v for v, _ in each]))
    assert slope == pytest.approx(np.mean([g for _, g in each], axis=0))


def test_what_cannot_be_batched_is_named():
    with pytest.raises(SettingError, match=r"cumsum on whole arrays cannot be batched"):
        compile(lambda x: ag.cumsum(ag.stack(list(x)))[1], in_axes=0)(np.ones((2, 3)))
    branch = compile(lambda x: x * 2 if x > 0 else x * 3, in_axes=0)
    assert branch(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        branch(np.array([1.0, -2.0]))


def test_batches_in_buffers_are_the_same():
    for f in BATCHED:
        w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
        one, other = (compile(f, in_axes=(None, 0), buffers=b).value_and_grad(w, X) for b in (True, False))
        assert one[0] == pytest.approx(other[0])
        assert one[1] == pytest.approx(other[1])
