"""to_jax: functions of ours in JAX, checked by JAX's own check_grads and against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograd import DataError, GraphError, Tensor, define, grad
from autograd.interop import from_jax, to_jax
from autograd.testing import check_grad

jax = pytest.importorskip("jax", reason="JAX is an extra")
jnp = jax.numpy

FEW_EXAMPLES = settings(max_examples=3)  # JAX takes about a second for each: it traces and compiles anew
VECTORS = arrays(np.float64, 3, elements=st.floats(-2, 2, width=16))


@pytest.fixture(autouse=True)
def _double_precision():
    with jax.enable_x64(True):
        yield


def cubes(x):
    return np.sum(x**3)


def network(p, x, shift):
    y = np.tanh(x @ p["W"] + p["b"]) + shift
    return {"y": y, "sizes": [np.sum(p["W"] ** 2), p["b"]], "constant": np.ones(2)}


@FEW_EXAMPLES
@given(VECTORS, VECTORS)
@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_all_derivatives_of_cubes_are_the_closed_forms(transform, x, v):
    f = to_jax(cubes)
    gradient = jax.grad(f)
    np.testing.assert_allclose(transform(f)(x), np.sum(x**3))
    np.testing.assert_allclose(transform(gradient)(x), 3 * x**2)
    np.testing.assert_allclose(transform(jax.jacrev(gradient))(x), np.diag(6 * x))
    np.testing.assert_allclose(transform(jax.grad(lambda x: jax.grad(lambda x: gradient(x) @ v)(x) @ v))(x), 6 * v**2)
    np.testing.assert_allclose(transform(jax.vmap(gradient))(np.stack([x, v])), [3 * x**2, 3 * v**2])


@FEW_EXAMPLES
@given(arrays(np.float64, (2, 3), elements=st.floats(-1, 1, width=16)), VECTORS, st.floats(-1, 1, width=16))
@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_jaxs_checker_passes_to_the_second_order(transform, x, W, b):
    from jax.test_util import check_grads

    f = transform(lambda p, x: to_jax(network)(p, x, shift=jnp.array([1, 2])))
    check_grads(f, ({"W": W, "b": b}, x), order=2, modes=["rev"])


def test_a_wrong_derivative_is_found_by_jaxs_checker():
    from jax.test_util import check_grads

    wrong = define("slightly_wrong_square_too", lambda xp, a: a * a, lambda xp, y, a: 2.02 * a)
    with pytest.raises(AssertionError):
        check_grads(to_jax(wrong), (np.array([0.5, 1.0]),), order=1, modes=["rev"])


def test_there_and_back_is_the_same_function():
    there_and_back = from_jax(to_jax(cubes))
    x = np.array([0.5, -1.0])
    np.testing.assert_allclose(grad(there_and_back)(x), grad(cubes)(x))
    assert check_grad(there_and_back, x, order=2).verdict == "pass"
    back_and_there = to_jax(from_jax(jnp.sin))
    assert float(jax.grad(jax.grad(jax.grad(back_and_there)))(0.5)) == pytest.approx(-np.cos(0.5))


def test_whole_numbers_are_arrays_and_settings_stay():
    seen = []

    def f(x, index, axis):
        seen.append((type(x), type(index), index.dtype.kind, axis))
        return np.sum(x[index], axis=axis)

    g = to_jax(f)
    x, index = jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([1, 1])
    for transform in (lambda f: f, jax.jit):
        gradient = transform(jax.grad(lambda x, index: g(x, index, axis=0).sum()))
        assert gradient(x, index).tolist() == [[0.0, 0.0], [2.0, 2.0]]
        second = transform(jax.jacrev(jax.grad(lambda x, index: g(x, index, axis=0).sum() ** 2)))
        assert second(x, index)[1, 1].tolist() == [[0.0, 0.0], [8.0, 8.0]]
    assert set(seen) == {(Tensor, np.ndarray, "i", 0)}


@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_single_precision_stays(transform):
    f = to_jax(lambda x: np.sum(np.exp(x) * np.array([1.0, 2.0])))
    with jax.enable_x64(False):
        y, g = transform(jax.value_and_grad(f))(jnp.array([0.0, 1.0]))
        assert (y.dtype, g.dtype) == (np.float32, np.float32)
        np.testing.assert_allclose(g, [1.0, 2.0 * np.e], rtol=1e-6)


def test_what_cannot_cross_is_refused():
    w = Tensor([1.0, 2.0], name="w")
    text = r"to_jax\(<lambda>\) uses this Tensor \('w', leaf\) from outside, and no gradient would reach it: pass it as an argument"
    with pytest.raises(GraphError, match=text):
        to_jax(lambda x: x * w)(np.ones(2))
    with pytest.raises(DataError, match=r"takes and returns real numbers, not complex ones"):
        to_jax(np.sin)(jnp.array([1j]))
    with pytest.raises(DataError, match=r"to_jax\(\) takes a function first, not 3 of type int"):
        to_jax(3)
    with pytest.raises(TypeError, match=r"can't apply forward-mode .* to a custom_vjp function"):
        jax.jvp(to_jax(cubes), (np.ones(2),), (np.ones(2),))


def test_a_function_that_fails_at_random_numbers_says_so_inside_jit():
    def of_large_numbers(x):
        if x.data < 1.0:
            raise ValueError("too small")
        return x * x

    assert to_jax(of_large_numbers)(2.0) == 4.0
    text = (
        r"to_jax\(of_large_numbers\): inside jit and vmap, JAX must know the shapes of the results, but at random inputs the "
        r"function raises an error \(too small\): call it outside of them"
    )
    with pytest.raises(DataError, match=text):
        jax.jit(to_jax(of_large_numbers))(2.0)
