"""check_grad: functions of all kinds of nodes, both modes, and no side effects."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import DataError, SettingError, Tensor, Value, define, grad, no_grad, stop_gradient
from autograd.testing import ModeError, WrongValueError, check_grad


def test_functions_of_values_tensors_and_modules_pass():
    assert check_grad(lambda x, y: (x * y).tanh(), Value(0.5), Tensor([1.0, 2.0]), order=2).verdict == "pass"
    assert check_grad(lambda x: 3.0, 0.5).verdict == "pass"
    assert check_grad(ag.relu, 0.0).verdict == "pass"
    assert check_grad(np.max, np.array([1.0, 1.0, 0.0])).verdict == "pass"
    assert check_grad(lambda x, axis: x.sum(axis), np.ones((2, 3)), axis=0).verdict == "pass"
    with pytest.raises(SettingError, match="order must be 1 or 2, not 3"):
        check_grad(np.sin, 0.5, order=3)
    with pytest.raises(DataError, match="the function must return nodes, numbers or containers of them"):
        check_grad(lambda x: "text", 0.5)
    linear = nn.Linear(3, 2, rng=0)
    assert check_grad(lambda x: linear(x), np.array([[0.1, 0.2, 0.3]]), order=2).verdict == "pass"


def test_modes_that_differ_slightly_fail():
    apart = define(
        "modes_apart", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 2.0001 * a
    )
    with pytest.raises(ModeError, match="forward mode gives"):
        check_grad(apart, np.array([1.0, 2.0]))


def test_modes_in_single_precision_agree():
    for x in (0.5, 1.0, 3.25):
        assert check_grad(lambda x: np.tanh(x) * x, np.array([x, x / 3.0 + 0.1], np.float32)).verdict == "pass"


def test_a_check_does_not_change_the_gradients_of_parameters():
    w = Tensor([1.0, 2.0])
    w.grad = np.array([5.0, 6.0])
    check_grad(lambda x: (w * x).sum(), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(w.grad, [5.0, 6.0])


def test_a_check_works_inside_no_grad_and_on_transforms():
    with no_grad():
        assert check_grad(lambda x: x * x, 2.0).verdict == "pass"
        with pytest.raises(WrongValueError):
            check_grad(lambda x: stop_gradient(x) * x, 2.0)
    assert check_grad(lambda x: grad(lambda y: (y**3).sum())(x), np.ones(3)).verdict == "pass"
