"""to_torch: functions of ours in PyTorch, checked by PyTorch's own gradcheck and against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd as ag
import nn
from autograd import DataError, GraphError, Tensor, define, grad
from autograd.interop import from_torch, to_torch
from autograd.testing import check_grad

torch = pytest.importorskip("torch", reason="PyTorch is an extra")

# PyTorch itself uses what it has deprecated when it loads its forward mode.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

VECTORS = arrays(np.float64, 3, elements=st.floats(-2, 2, width=16))


def cubes(x):
    return np.sum(x**3)


def network(p, x, shift):
    y = np.tanh(x @ p["W"] + p["b"]) + shift
    return {"y": y, "sizes": [np.sum(p["W"] ** 2), p["b"]], "constant": np.ones(2)}


def leaf(x):
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


@given(VECTORS, VECTORS)
def test_all_derivatives_of_cubes_are_the_closed_forms(x, v):
    f, t, u = to_torch(cubes), leaf(x), torch.from_numpy(v.copy())
    (g,) = torch.autograd.grad(f(t), t, create_graph=True)
    (h,) = torch.autograd.grad(g @ u, t, create_graph=True)
    (k,) = torch.autograd.grad(h @ u, t)
    for found, expected in [(g, 3 * x**2), (h, 6 * x * v), (k, 6 * v**2)]:
        np.testing.assert_allclose(found.detach().numpy(), expected)
    t = t.detach()
    np.testing.assert_allclose(torch.func.hessian(f)(t), np.diag(6 * x))
    np.testing.assert_allclose(torch.func.jacrev(torch.func.grad(f))(t), np.diag(6 * x))
    np.testing.assert_allclose(torch.func.jvp(torch.func.grad(f), (t,), (u,))[1], 6 * x * v)
    np.testing.assert_allclose(torch.func.vmap(torch.func.grad(f))(torch.stack([t, u])), [3 * x**2, 3 * v**2])


@settings(max_examples=15)  # each is a hundred evaluations or more
@given(arrays(np.float64, (2, 3), elements=st.floats(-1, 1, width=16)), VECTORS, st.floats(-1, 1, width=16))
def test_pytorchs_checker_passes_in_both_modes_and_both_orders(x, W, b):
    f = to_torch(network)

    def results(x, W, b):
        found = f({"W": W, "b": b}, x, shift=torch.tensor([1, 2]))
        return found["y"], *found["sizes"], found["constant"]

    inputs = leaf(x), leaf(W), leaf(b)
    assert torch.autograd.gradcheck(results, inputs, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda *xs: results(*xs)[:3], inputs)


def test_a_wrong_derivative_is_found_by_pytorchs_checker():
    wrong = define("slightly_wrong_square", lambda xp, a: a * a, lambda xp, y, a: 2.02 * a)
    with pytest.raises(RuntimeError, match=r"Jacobian mismatch"):
        torch.autograd.gradcheck(to_torch(wrong), leaf([0.5, 1.0]))


def test_there_and_back_is_the_same_function():
    there_and_back = from_torch(to_torch(cubes))
    x = np.array([0.5, -1.0])
    np.testing.assert_allclose(grad(there_and_back)(x), grad(cubes)(x))
    assert check_grad(there_and_back, x, order=2).verdict == "pass"
    back_and_there = to_torch(from_torch(torch.sin))
    derivative = torch.func.grad(torch.func.grad(torch.func.grad(back_and_there)))
    assert float(derivative(torch.tensor(0.5, dtype=torch.float64))) == pytest.approx(-np.cos(0.5))


def test_whole_numbers_are_arrays_and_settings_stay():
    seen = []

    def f(x, index, axis):
        seen.extend([type(x), type(index), index.dtype.kind, axis])
        return np.sum(x[index], axis=axis)

    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    to_torch(f)(x, torch.tensor([1, 1]), axis=0).sum().backward()
    assert seen == [Tensor, np.ndarray, "i", 0]
    assert x.grad.tolist() == [[0.0, 0.0], [2.0, 2.0]]
    assert torch.func.vmap(to_torch(lambda x, k: x * k), in_dims=(0, None))(torch.ones(2), torch.tensor(3)).tolist() == [3.0, 3.0]
    tangent = torch.func.jvp(lambda x: to_torch(f)(x, torch.tensor([1, 1]), axis=0), (x.detach(),), (torch.ones(2, 2),))[1]
    assert tangent.tolist() == [2.0, 2.0]


def test_types_are_kept():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = to_torch(np.exp)(x)
    y.sum().backward()
    assert (y.dtype, x.grad.dtype) == (torch.float32, torch.float32)
    assert torch.allclose(x.grad, y)


def test_nothing_is_recorded_where_nothing_is_differentiated():
    f = to_torch(cubes)
    assert not f(torch.ones(2)).requires_grad
    with torch.no_grad():
        assert not f(leaf([1.0])).requires_grad
    with ag.no_grad():  # ours says nothing about PyTorch's graph
        x = leaf([2.0])
        (g,) = torch.autograd.grad(f(x), x, create_graph=True)
        assert torch.autograd.grad(g, x)[0].tolist() == [12.0]
    assert to_torch(lambda: 3.0)() == 3.0


def test_a_random_function_is_differentiated_at_the_run_that_gave_the_value():
    rng = np.random.default_rng(0)
    x = leaf(np.ones(50))
    y = to_torch(lambda x: (x * rng.integers(0, 2, 50)) ** 2)(x)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    assert torch.equal(g, 2 * y)
    assert torch.equal(torch.autograd.grad(g.sum(), x)[0], 2 * y)


def test_the_parameters_of_a_network_are_arguments():
    model = nn.Linear(2, 1, rng=0)
    f = to_torch(lambda p, x: nn.functional_call(model, p, x))
    parameters = {name: leaf(x) for name, x in model.state_dict().items()}
    x = np.array([[0.5, -1.0], [2.0, 3.0]])
    f(parameters, leaf(x)).sum().backward()
    assert parameters["W"].grad.tolist() == [[2.5, 2.0]]
    assert parameters["b"].grad.tolist() == [2.0]
    with pytest.raises(
        GraphError, match=r"to_torch\(Linear\) uses .* from outside, .*: pass it as an argument, as with nn\.functional_call"
    ):
        to_torch(model)(leaf(x))


def test_what_cannot_cross_is_refused():
    w = Tensor([1.0, 2.0], name="w")
    x = torch.ones(2, dtype=torch.float64)
    text = r"to_torch\(<lambda>\) uses this Tensor \('w', leaf\) from outside, and no gradient would reach it: pass it as an argument, as with nn"
    with pytest.raises(GraphError, match=text):
        to_torch(lambda x: x * w)(x)
    assert to_torch(lambda x: x * w.detach())(x).tolist() == [1.0, 2.0]
    with pytest.raises(
        DataError, match=r"takes and returns real numbers, not complex ones, .*: pass and return real and imaginary"
    ):
        to_torch(lambda x: x * 1j)(x)
    with pytest.raises(DataError, match=r"takes and returns real numbers"):
        to_torch(np.sin)(x * 1j)
    with pytest.raises(
        DataError, match=r"to_torch\(sin\): an array of torch .* on the device 'meta', .*move it first, as in x\.cpu"
    ):
        to_torch(np.sin)(x.to("meta"))
    with pytest.raises(DataError, match=r"to_torch\(\) takes a function first, not 3 of type int"):
        to_torch(3)
    with pytest.raises(DataError, match=r"the function must return nodes, numbers or containers of them, not 'a' of type str"):
        to_torch(lambda x: "a")(x)
