"""check_op: every operation of the table passes, and wrong operations fail with the right error."""

import numpy as np
import pytest

import autograd as ag
import autograd.scipy.special
from autograd import DataError, SettingError, define
from autograd.backends.float_backend import FLOAT
from autograd.ops import TABLE, Elementwise
from autograd.testing import ModeError, NotANumberError, SecondOrderError, WrongValueError, check_grad, check_op
from autograd.testing.checks.op_check import _sample_inputs

OPS = [op.name for op in TABLE.values() if isinstance(op, Elementwise)]

SETTINGS = {"leaky_relu": {"slope": 0.1}, "elu": {"alpha": 1.3}, "where": {"condition": True}, "clip": {"low": -1.0, "high": 1.5}}

SETTINGS["power_derivative"] = {"by_a": 1, "by_b": 1}


@pytest.mark.parametrize("name", OPS)
def test_every_elementwise_operation_passes(name):
    assert check_op(name, **SETTINGS.get(name, {})).verdict == "pass"


def test_an_argument_without_a_derivative_is_held_fixed():
    assert check_op("jv", 1.5, 2.0).verdict == "pass"
    assert check_op("kn", [1, 2], [0.5, 2.0]).verdict == "pass"
    orders = {order for order, _ in _sample_inputs(TABLE["expn"])}
    assert orders == {0.0, 1.0, 2.0, 3.0}


def test_complex_numbers_are_checked_in_both_parts():
    z = np.array([0.5 + 1.0j, -1.0 + 0.3j])
    assert check_op("exp", z).verdict == "pass"
    wrong = define("conjugate_lost", lambda xp, a: xp.conj(a), vjp=lambda xp, i, g, y, a: g, jvp=lambda xp, i, t, y, a: xp.conj(t))
    TABLE["conjugate_lost"].accepts_complex = True
    with pytest.raises(WrongValueError, match="by the imaginary part of input 0"):
        check_op(wrong, z)


def test_wrong_operations_fail_with_the_right_error():
    assert check_op("softmax", np.array([0.1, 2.0, -1.0]), axis=-1).verdict == "pass"
    assert check_op(ag.tanh, 0.5).verdict == "pass"
    with pytest.raises(SettingError, match="matmul acts on whole arrays: pass inputs"):
        check_op("matmul")
    with pytest.raises(DataError, match="takes an operation of the table, by function or by name, not 3"):
        check_op(3)
    names = ["sign_lost", "order_lost", "mode_lost", "worlds_apart", "nan_at_zero"]
    try:
        wrong = define("sign_lost", lambda xp, a: xp.cos(a), lambda xp, y, a: xp.sin(a))
        with pytest.raises(WrongValueError, match=r"check_op\(\) of sign_lost: fail"):
            check_op(wrong)
        frozen = define(
            "order_lost",
            lambda xp, a: a * a,
            vjp=lambda xp, i, g, y, a: g * xp.constant(2.0 * a),
            jvp=lambda xp, i, t, y, a: t * 2.0 * a,
        )
        with pytest.raises(SecondOrderError, match="second order, by input 0"):
            check_op(frozen, np.array([1.0, 2.0]))
        twice = define(
            "mode_lost", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a
        )
        with pytest.raises(ModeError, match="forward mode gives"):
            check_op(twice, np.array([1.0, 2.0]))
        define("worlds_apart", lambda xp, a: a * (1.0 if xp is FLOAT else 2.0), lambda xp, y, a: 2.0)
        with pytest.raises(WrongValueError, match="as a float"):
            check_op("worlds_apart")
        root = define("nan_at_zero", lambda xp, a: xp.sqrt(a * a), lambda xp, y, a: a / y)
        with pytest.raises(NotANumberError, match="nan_at_zero by its first argument: claimed nan"):
            check_grad(root, 0.0)
    finally:
        for name in names:
            TABLE.pop(name, None)


def test_backends_that_differ_slightly_fail():
    define("backends_near", lambda xp, a: a * (1.0 + 1e-5 * (xp is FLOAT)), lambda xp, y, a: 1.0)
    with pytest.raises(WrongValueError, match="as a float"):
        check_op("backends_near")


def test_an_operation_passes_only_if_some_points_are_decided():
    assert check_op("sqrt", 0.0).verdict == "inconclusive"
    nothing = define("never_a_number", lambda xp, a: a * np.nan, lambda xp, y, a: 7.0)
    assert check_op(nothing).verdict == "inconclusive"
    assert check_op(define("log_anywhere", lambda xp, a: xp.log(a), lambda xp, y, a: 1.0 / a)).verdict == "inconclusive"
    assert check_op("leaky_relu", slope=0.1).verdict == "pass"
