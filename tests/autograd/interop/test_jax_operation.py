"""from_jax: functions of JAX as operations, against closed forms and measured derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd as ag
from autograd import CompileWarning, DataError, GraphError, Tensor, Value, grad, hessian, hvp, jvp, vjp
from autograd.interop import from_jax
from autograd.testing import GradientError, check_grad

jax = pytest.importorskip("jax", reason="JAX is an extra")
jnp = jax.numpy

FEW_EXAMPLES = settings(max_examples=3)  # JAX takes about a second for each: it traces and compiles anew
VECTORS = arrays(np.float64, 3, elements=st.floats(-2, 2, width=16))


def cubes(x):
    return (x**3).sum()


def network(p, x):
    """Two results in a container, beside others that have no derivative."""
    y = jnp.tanh(x @ p["W"] + p["b"][0])
    return {"y": y, "size": (p["W"] ** 2).sum(), "best": y.argmax(), "kind": "tanh"}


@FEW_EXAMPLES
@given(VECTORS, VECTORS)
@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_all_derivatives_of_cubes_are_the_closed_forms(transform, x, v):
    f = from_jax(transform(cubes))
    assert f(x) == pytest.approx(np.sum(x**3))
    np.testing.assert_allclose(grad(f)(x), 3 * x**2)
    np.testing.assert_allclose(hessian(f)(x), np.diag(6 * x))
    np.testing.assert_allclose(hvp(f, x, v), 6 * x * v)
    np.testing.assert_allclose(jvp(f, (x,), (v,))[1], 3 * x**2 @ v)
    np.testing.assert_allclose(vjp(f, x)[1](2.0)[0], 6 * x**2)
    np.testing.assert_allclose(grad(lambda x: jvp(grad(f), (x,), (v,))[1] @ v)(x), 6 * v**2)


def test_the_checker_passes_on_containers_to_the_second_order():
    p, x = {"W": np.array([0.5, -0.25, 1.0]), "b": [0.125]}, np.array([[0.5, 1.0, -0.5], [0.25, 0.0, 0.75]])
    assert check_grad(lambda p, x: from_jax(network)(p, x)["y"], p, x, order=2).verdict == "pass"
    assert check_grad(lambda p: (from_jax(network)(p, x)["size"], from_jax(network)(p, x=x)["y"]), p).verdict == "pass"


def test_results_keep_their_container_and_kind():
    p, x = {"W": np.ones(3), "b": (0.0,)}, np.eye(3)
    result = from_jax(network)(p, x)
    assert list(result) == ["y", "size", "best", "kind"]
    assert (result["size"], result["best"], result["kind"]) == (3.0, 0, "tanh")
    nodes = from_jax(network)({"W": Tensor(np.ones(3)), "b": [Value(0.0)]}, x)
    assert isinstance(nodes["y"], Tensor)
    assert isinstance(nodes["best"], np.ndarray)
    assert from_jax(network)({"W": Tensor(np.ones(3), constant=True), "b": [0.0]}, x)["size"].constant
    assert from_jax(jnp.sin)(0.0) == 0.0


def test_numbers_keep_their_precision_whatever_the_setting_of_jax():
    for setting in (False, True):
        with jax.enable_x64(setting):
            assert from_jax(jnp.exp)(1.0) == pytest.approx(np.e, abs=1e-15)
            t = Tensor(np.array([1.0, 2.0], np.float32))
            y = from_jax(jnp.exp)(t)
            y.sum().backward()
            assert (y.dtype, t.grad.dtype) == (np.float32, np.float32)
            assert jax.config.jax_enable_x64 is setting


def test_settings_and_whole_numbers_stay_as_they_are():
    f = from_jax(lambda x, index, axis, name: jnp.cumsum(x[index], axis) * len(name))
    t = Tensor([1.0, 2.0, 3.0])
    f(t, np.array([2, 0, 2]), axis=0, name="ab").sum().backward()
    assert t.grad.tolist() == [4.0, 0.0, 8.0]


def test_a_result_without_dependence_has_the_gradient_zero():
    f = from_jax(lambda x, y: (x * 2.0, jnp.ones(2)))
    x, y = Tensor([1.0, 2.0]), Tensor([1.0, 2.0])
    f(x, y)[1].sum().backward()
    f(x, y)[0].sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([2.0, 2.0], [0.0, 0.0])


def custom(backward):
    """The square, with a rule for reverse mode."""
    square = jax.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), backward)
    return square


def test_a_wrong_derivative_is_found_and_named():
    square = custom(lambda x, g: (2.02 * g * x,))

    def wrong_square(x):
        return square(x)

    with pytest.raises(GradientError, match=r"from_jax\(wrong_square\)"):
        check_grad(lambda x: np.sum(np.exp(from_jax(wrong_square)(x))), np.array([0.5, 1.0]))


def test_a_rule_for_reverse_mode_serves_forward_mode_too():
    f = from_jax(custom(lambda x, g: (2.0 * g * x,)))
    assert check_grad(f, np.array([0.5, 1.0]), order=2).verdict == "pass"

    def outside(x, g):  # a rule that runs in Python, which JAX does not differentiate
        return (jax.pure_callback(lambda x, g: np.asarray(2.0 * g * x), jax.ShapeDtypeStruct(x.shape, x.dtype), x, g),)

    f = from_jax(custom(outside))
    assert jvp(f, (np.array([0.5, 1.0]),), (np.ones(2),))[1].tolist() == [1.0, 2.0]
    with pytest.raises(
        GraphError, match=r"JAX cannot compute this derivative .*: use operations that it can differentiate that often"
    ):
        hessian(lambda x: f(x).sum())(np.ones(2))


def test_a_derivative_that_jax_lacks_is_refused():
    f = from_jax(lambda x: jax.lax.while_loop(lambda s: s < 3.0, lambda s: s + x, x))
    text = r"from_jax\(<lambda>\): JAX cannot compute this derivative \(.*while_loop.*\): use operations .* often in reverse mode"
    with pytest.raises(GraphError, match=text):
        grad(f)(1.0)


def test_results_that_cannot_be_nodes_are_refused():
    for f, text in [
        (lambda x: 1.0, r"must return arrays of real numbers, or containers of them, not float"),
        (lambda x: x * 1j, r"not complex128"),
    ]:
        with pytest.raises(DataError, match=text):
            from_jax(f)(Tensor([1.0]))
    with pytest.raises(DataError, match=r"from_jax\(\) takes a function first, not 3 of type int"):
        from_jax(3)
    text = r"from_jax\(<lambda>\) runs inside jit, grad or vmap of JAX, and uses a traced array from there: .*to_jax\(f\)"
    with pytest.raises(GraphError, match=text):
        jax.grad(lambda w: from_jax(lambda x: x * w)(Value(1.0)))(2.0)


def test_an_error_of_the_function_is_raised_as_it_is():
    with pytest.raises(TypeError, match=r"dot_general"):
        from_jax(jnp.matmul)(Tensor(np.ones((2, 3))), np.ones((2, 3)))


def test_compile_refuses_and_vmap_runs_sample_by_sample():
    f = from_jax(cubes)
    with pytest.raises(GraphError, match=r"compile\(\): from_jax\(cubes\) runs in JAX, and cannot become part of a program"):
        ag.compile(f)(np.ones(2))
    with pytest.warns(CompileWarning, match=r"the samples are computed one after the other, since compile\(\): from_jax"):
        gradients = ag.vmap(grad(f))(np.array([[1.0], [2.0]]))
    assert gradients.tolist() == [[3.0], [12.0]]
