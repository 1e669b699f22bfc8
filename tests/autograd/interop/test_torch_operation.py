"""from_torch: functions of PyTorch as operations, against closed forms, PyTorch itself, and measured derivatives."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd as ag
from autograd import CompileWarning, DataError, GraphError, Tensor, Value, grad, hessian, hvp, jvp, vjp
from autograd.interop import from_torch
from autograd.testing import GradientError, blame, check_grad

torch = pytest.importorskip("torch", reason="PyTorch is an extra")

VECTORS = arrays(np.float64, 3, elements=st.floats(-2, 2, width=16))


def cubes(x):
    return (x**3).sum()


def network(p, x):
    """Two results in a container, beside others that have no derivative."""
    y = torch.tanh(x @ p["W"] + p["b"][0])
    return {"y": y, "size": (p["W"] ** 2).sum(), "best": y.argmax(), "kind": "tanh"}


@given(VECTORS, VECTORS)
def test_all_derivatives_of_cubes_are_the_closed_forms(x, v):
    f = from_torch(cubes)
    assert f(x) == pytest.approx(np.sum(x**3))
    np.testing.assert_allclose(grad(f)(x), 3 * x**2)
    np.testing.assert_allclose(hessian(f)(x), np.diag(6 * x))
    np.testing.assert_allclose(hvp(f, x, v), 6 * x * v)
    np.testing.assert_allclose(jvp(f, (x,), (v,))[1], 3 * x**2 @ v)
    np.testing.assert_allclose(vjp(f, x)[1](2.0)[0], 6 * x**2)
    np.testing.assert_allclose(jvp(lambda x: jvp(f, (x,), (v,))[1], (x,), (v,))[1], 6 * x * v @ v)
    np.testing.assert_allclose(grad(lambda x: jvp(grad(f), (x,), (v,))[1] @ v)(x), 6 * v**2)
    assert grad(grad(grad(f)))(1.5) == 6.0


@settings(max_examples=15)  # each is a hundred evaluations or more
@given(arrays(np.float64, (2, 3), elements=st.floats(-1, 1, width=16)), VECTORS, st.floats(-1, 1, width=16))
def test_the_checker_passes_on_containers_to_the_second_order(x, W, b):
    p = {"W": W, "b": [b]}
    assert check_grad(lambda p, x: from_torch(network)(p, x)["y"], p, x, order=2).verdict == "pass"
    assert check_grad(lambda p: (from_torch(network)(p, x)["size"], from_torch(network)(p, x=x)["y"]), p).verdict == "pass"


def test_results_keep_their_container_and_kind():
    p, x = {"W": np.ones(3), "b": (0.0,)}, np.eye(3)
    result = from_torch(network)(p, x)
    assert list(result) == ["y", "size", "best", "kind"]
    assert isinstance(result["y"], np.ndarray)
    assert (result["size"], result["best"], result["kind"]) == (3.0, 0, "tanh")
    nodes = from_torch(network)({"W": Tensor(np.ones(3)), "b": [Value(0.0)]}, x)
    assert isinstance(nodes["y"], Tensor)
    assert isinstance(nodes["best"], np.ndarray)
    constants = from_torch(network)({"W": Tensor(np.ones(3), constant=True), "b": [0.0]}, x)
    assert constants["size"].constant
    assert from_torch(torch.sin)(0.0) == 0.0


def test_settings_and_whole_numbers_stay_as_they_are():
    f = from_torch(lambda x, index, dim, name: x[index].cumsum(dim) * len(name))
    t = Tensor([1.0, 2.0, 3.0])
    y = f(t, np.array([2, 0, 2]), dim=0, name="ab")
    y.sum().backward()
    assert y.data.tolist() == [6.0, 8.0, 14.0]
    assert t.grad.tolist() == [4.0, 0.0, 8.0]


def test_types_are_kept():
    t = Tensor(np.array([1.0, 2.0], np.float32))
    y = from_torch(torch.exp)(t[::-1])
    y.sum().backward()
    assert (y.dtype, t.grad.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(t.grad, np.exp(t.data), rtol=1e-6)


def test_a_random_function_is_differentiated_at_the_run_that_gave_the_value():
    torch.manual_seed(0)
    x = Tensor(np.ones(50))
    y = from_torch(lambda x: torch.nn.functional.dropout(x, 0.5) ** 2)(x)
    assert 0 < np.count_nonzero(y.data) < 50
    (g,) = ag.gradients(y.sum(), [x], create_graph=True)
    assert np.array_equal(g.data, 2 * y.data)
    assert np.array_equal(ag.gradients(g.sum(), [x])[0], 2 * y.data)
    y.sum().backward()
    assert np.array_equal(x.grad, 2 * y.data)


def test_a_result_without_dependence_has_the_gradient_zero():
    f = from_torch(lambda x, y: (x * 2.0, torch.ones(2)))
    x, y = Tensor([1.0, 2.0]), Tensor([1.0, 2.0])
    f(x, y)[1].sum().backward()
    f(x, y)[0].sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([2.0, 2.0], [0.0, 0.0])
    assert hessian(lambda x: f(x, x)[0].sum())(np.ones(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert jvp(lambda x: f(x, x)[1], (np.ones(2),), (np.ones(2),))[1].tolist() == [0.0, 0.0]


def test_a_module_is_trained_through_functional_call():
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 1).double()
    parameters = {name: p.detach().numpy() for name, p in layer.named_parameters()}
    f = from_torch(lambda p, x: torch.func.functional_call(layer, p, x))
    assert check_grad(f, parameters, np.array([[1.0, 2.0]])).verdict == "pass"


class Wrong(torch.autograd.Function):
    """The square, whose derivative is 1 % wrong."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2.02 * x


def test_a_wrong_derivative_is_found_and_named():
    def wrong_square(x):
        return Wrong.apply(x)

    f = from_torch(wrong_square)
    with pytest.raises(GradientError, match=r"from_torch\(wrong_square\)"):
        check_grad(lambda x: np.sum(np.exp(f(x))), np.array([0.5, 1.0]))
    x = Tensor([0.5, 1.0])
    assert "from_torch(wrong_square)" in str(blame(np.sum(np.exp(f(x)))))


class Once(Wrong):
    """The square, whose derivative PyTorch does not differentiate again."""

    backward = staticmethod(torch.autograd.function.once_differentiable(Wrong.backward))


def test_forward_mode_does_without_the_pullback_of_the_pullback():
    class Right(Once):
        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2.0 * x

    f = from_torch(lambda x, y: (Right.apply(x) * y, y.sum()))
    x, y = np.array([1.0, 3.0]), np.array([2.0, 1.0])
    assert [t.tolist() for t in jvp(f, (x, y), (np.ones(2), np.zeros(2)))[1]] == [[4.0, 6.0], 0.0]
    assert check_grad(f, x, y).verdict == "pass"


def test_a_derivative_that_pytorch_lacks_is_refused():
    f = from_torch(lambda x: Once.apply(x).sum())
    grad(f)(np.ones(2))
    text = r"from_torch\(<lambda>\): PyTorch cannot compute this derivative \(.*\): use operations that it can differentiate that often"
    with pytest.raises(GraphError, match=text):
        hessian(f)(np.ones(2))


def test_a_derivative_that_raises_names_the_operation():
    class WithoutRule(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * x

    f = from_torch(lambda x: WithoutRule.apply(x).sum())
    assert f(Tensor([1.0, 2.0])).data == 5.0
    with pytest.raises(GraphError, match=r"from_torch\(<lambda>\): PyTorch cannot compute this derivative \(.*backward.*\): use"):
        grad(f)(np.ones(2))


def test_a_tensor_from_outside_that_requires_grad_is_refused():
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    text = (
        r"from_torch\(.*\) uses a tensor of shape \(2,\) from outside that requires grad, and no gradient .*requires_grad_\(False\)"
    )
    for f in (lambda x: (torch.sin(x * w) + w).sum(), lambda x: (x.sum(), w)):
        with pytest.raises(GraphError, match=text):
            from_torch(f)(Tensor([1.0, 2.0]))
    f = from_torch(lambda x, w: (x * w).sum())
    with pytest.raises(GraphError, match=text):
        f(Tensor([1.0, 2.0]), w)
    assert f(np.ones(2), w) == 2.0  # nothing is differentiated
    w.requires_grad_(False)
    assert grad(f)(np.ones(2), w).tolist() == [1.0, 1.0]


def test_results_that_cannot_be_nodes_are_refused():
    for f, text in [
        (lambda x: 1.0, r"must return tensors of real numbers, or containers of them, not float"),
        (lambda x: [], r"not nothing"),
        (lambda x: x * 1j, r"not torch\.complex128"),
        (lambda x: x.bfloat16(), r"returned a tensor of torch\.bfloat16 .*: let it return y\.double\(\)"),
        (lambda x: x.to("meta"), r"returned a tensor on the device 'meta': let it return y\.cpu\(\)"),
    ]:
        with pytest.raises(DataError, match=text):
            from_torch(f)(Tensor([1.0]))
    with pytest.raises(DataError, match=r"from_torch\(\) takes a function first, not 3 of type int"):
        from_torch(3)
    with pytest.raises(DataError, match=r"from_torch\(abs\) has no derivative on complex numbers"):
        from_torch(torch.abs)(Tensor([1j]))


def test_an_error_of_the_function_is_raised_as_it_is():
    with pytest.raises(RuntimeError, match=r"mat1 and mat2"):
        from_torch(torch.matmul)(Tensor(np.ones((2, 3))), np.ones((2, 3)))


def test_compile_refuses_and_vmap_runs_sample_by_sample():
    f = from_torch(cubes)
    with pytest.raises(GraphError, match=r"compile\(\): from_torch\(cubes\) runs in PyTorch, and cannot become part of a program"):
        ag.compile(f)(np.ones(2))
    with pytest.warns(CompileWarning, match=r"the samples are computed one after the other, since compile\(\): from_torch"):
        gradients = ag.vmap(grad(f))(np.array([[1.0], [2.0]]))
    assert gradients.tolist() == [[3.0], [12.0]]


def test_a_result_is_copied_but_not_pickled():
    x = Tensor([1.0, 2.0])
    y = copy.deepcopy(from_torch(cubes)(x))
    assert ag.gradients(y, [y.args[0]])[0].tolist() == [3.0, 12.0]
    with pytest.raises(
        GraphError, match=r"a result of from_torch\(cubes\) cannot be pickled with its history: pickle y\.detach\(\)"
    ):
        pickle.dumps(y)
    assert "call=<call of from_torch(cubes)>" in repr(y.static) or repr(y.static["call"]) == "<call of from_torch(cubes)>"


def test_a_graph_in_the_users_own_container_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        p = {"x": Tensor([1.0, 2.0])}
        p["y"] = from_torch(lambda p: cubes(p["x"]))(p)
        call = weakref.ref(p["y"].static["call"])
        assert call() is not None
        p.clear()
        assert call() is None
    finally:
        gc.enable()


def test_the_operation_is_described():
    f = from_torch(cubes)
    assert f.__name__ == "from_torch(cubes)"
    assert "of PyTorch, as an operation" in f.__doc__
    assert "result of from_torch(cubes)" in f(Tensor([1.0])).describe()
