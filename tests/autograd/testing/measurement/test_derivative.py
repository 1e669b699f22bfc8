"""derivative: values, error estimates and kinds of points, and what it refuses."""

import numpy as np
import pytest

from autograd import DataError, ShapeError
from autograd.testing import derivative
from oracles import assert_close


@pytest.mark.parametrize(
    ("f", "x", "true", "kind"),
    [
        (np.exp, 0.3, np.exp(0.3), "smooth"),
        (lambda x: np.sin(1e4 * x), 0.3, 1e4 * np.cos(3e3), "smooth"),
        (lambda x: float(x) ** 9, 30.0, 9 * 30.0**8, "smooth"),
        (lambda x: 1.0 / float(x), 1e-9, -1e18, "smooth"),
        (lambda x: float(np.log(x)), 1e-12, 1e12, "smooth"),
        (lambda x: float(np.sin(np.float32(x))), 0.3, np.cos(0.3), "smooth"),
        (lambda x: float(x) + 1e-10 * np.sin(1e13 * float(x)), 1.0, 1.0, "smooth"),
        (lambda x: float(x) ** 2, 1e150, 2e150, "smooth"),
        (lambda x: max(float(x), 0.0), 1e-12, 1.0, "smooth"),
        (lambda x: max(x, 0.0), -5.0, 0.0, "smooth"),
        (lambda x: 3.0, 1.0, 0.0, "smooth"),
        (np.floor, 0.5, 0.0, "smooth"),
        (lambda x: float(np.hypot(x, 1e-200)), 1e-200, np.sqrt(0.5), "smooth"),
    ],
)
def test_the_true_derivative_is_within_the_error(f, x, true, kind):
    e = derivative(f, x)
    assert e.kind == kind
    assert abs(e.value - true) <= 2.0 * e.error + 1e-13 * abs(true)
    assert e.error <= 1e-4 * abs(true) + 1e-9


def test_kinks_jumps_edges_and_noise_are_recognized():
    kink, jump, edge = derivative(abs, 0.0), derivative(np.floor, 1.0), derivative(lambda x: x**1.5, 1.0, low=1.0)
    assert (kink.kind, round(kink.left, 9), round(kink.right, 9)) == ("kink", -1.0, 1.0)
    assert jump.kind == "jump"
    assert (edge.kind, round(edge.right, 6)) == ("edge", 1.5)
    assert np.isnan(edge.left)
    rng = np.random.default_rng(0)
    assert derivative(lambda x: float(rng.normal()), 1.0).kind in ("noisy", "jump")
    assert derivative(lambda x: 1.0 if x == 1.0 else np.nan, 1.0).kind == "unresolved"


def test_directional_derivatives_of_functions_of_arrays():
    x, u = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    e = derivative(lambda v: np.array([v[0] * v[1], v.sum()]), x, u)
    assert_close(e.value, [0.0, -0.5], atol=1e-12)
    assert e.kind.tolist() == ["smooth", "smooth"]
    assert derivative(lambda v: v.sum(), x, np.zeros(2)).value == 0.0
    with pytest.raises(ShapeError, match=r"the direction has shape \(3,\), the point \(2,\)"):
        derivative(np.sum, x, np.ones(3))
    with pytest.raises(DataError, match="a function that returns real numbers, not 'text'"):
        derivative(lambda x: "text", 1.0)


def test_a_complex_step_that_changes_the_real_part_is_rejected():
    e = derivative(lambda x: x * x * (1.0005 if np.iscomplexobj(x) else 1.0), 3.0)
    assert abs(e.value - 6.0) <= 2.0 * e.error + 1e-12


def test_a_function_that_is_constant_near_the_point_has_derivative_0():
    e = derivative(lambda x: max(x - 1e-3, 0.0) ** 2, 0.0)
    assert (e.kind, e.value) == ("smooth", 0.0)
    assert e.error < 1e-12


def test_a_function_may_modify_its_argument():
    assert derivative(lambda x: (x.__iadd__(1.0) ** 2).sum(), np.array([1.0, 2.0])).value == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: derivative(3.0, 1.0), DataError, r"derivative\(\) takes a function as its first argument, not 3.0"),
        (lambda: derivative(np.tanh, np.inf), DataError, "the point contains inf: pass finite numbers"),
        (lambda: derivative(np.sin, 1.0, np.nan), DataError, "the direction contains nan"),
        (lambda: derivative(np.log, -1.0, low=0.0), DataError, "the point is outside of the domain from low=0 to high=inf"),
        (lambda: derivative(lambda x: 1 / 0, 1.0), DataError, "the function raises ZeroDivisionError at the point"),
    ],
)
def test_bad_arguments_have_clear_messages(call, error, message):
    with pytest.raises(error, match=message):
        call()
