"""Results of compiled functions, and their derivatives."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, ShapeError, Tensor, Value, compile, grad, hessian, jacobian, jvp, no_grad
from autograd.compiler.runtime.compiled_function import Compiled


def test_nodes_as_arguments_give_nodes():
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


def test_results_and_gradients_share_no_memory_with_inputs():
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


def test_gradients_of_different_tensors_share_no_memory():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    L = compile(lambda: (a + b).sum() + (a * a).sum() * 0.0)()
    L.backward()
    a.grad[0] = 99.0
    assert b.grad.tolist() == [1.0, 1.0]
    L.backward()
    assert b.grad.tolist() == [2.0, 2.0]


def test_create_graph_is_refused_after_a_parameter_has_changed():
    w = Value(2.0)
    L = compile(lambda: w * w * w)()
    w.data = 5.0
    with pytest.raises(GraphError, match="was changed after the forward pass"):
        L.backward(create_graph=True)
    L.backward()
    assert w.grad == 12.0


def test_float32_stays_float32():
    t = Tensor(np.float32([1.0, 2.0]))
    assert compile(lambda: ag.exp(t - max(t.data[0], t.data[1])))().dtype == np.float32


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


def test_forward_mode_through_a_compiled_number_does_not_run_the_function(monkeypatch):
    """The call has computed the gradient, and the tangent is its product with the direction."""
    compiled = compile(lambda x, t: x * x * np.sum(t * t) + x)
    t = np.array([1.0, 2.0])
    assert compiled(3.0, t) == 48.0
    monkeypatch.setattr(Compiled, "run_eagerly", None)
    assert jvp(compiled, (3.0, t), (1.0, np.array([0.5, -1.0]))) == (48.0, 31.0 - 27.0)
    assert jacobian(lambda x: compiled(x, t), mode="fwd")(3.0) == 31.0


def test_grad_of_a_function_of_arrays_can_be_compiled():
    slope = compile(grad(lambda x: (x * x * x).sum()))
    np.testing.assert_allclose(slope(np.array([1.0, 2.0])), [3.0, 12.0])
    np.testing.assert_allclose(slope(np.array([3.0, -1.0])), [27.0, 3.0])
    assert slope.traces == 1


def test_jvp_and_hvp_of_a_compiled_function():
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


def test_results_can_be_copied_and_not_pickled():
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


def test_plain_numbers_among_the_results_stay_plain():
    y, two = compile(lambda x: [x * x, 2.0])(Value(3.0))
    assert isinstance(y, Value)
    assert two == 2.0
    assert isinstance(two, float)
