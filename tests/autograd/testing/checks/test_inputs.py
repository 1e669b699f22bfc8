"""What the checks refuse, and the messages."""

import numpy as np
import pytest

from autograd import DataError, SettingError
from autograd.testing import Real, WrongDtypeError, WrongShapeError, check_grad, check_op, check_vjp

ONE = (2.0,)

SINE = (np.sin, lambda xs, g: (g * np.cos(xs[0]),))


def make_function_with_one_value():
    answers = iter([1.0])
    return lambda x: next(answers) if np.isrealobj(x) else x


def test_bad_arguments_of_check_vjp_have_clear_messages():
    with pytest.raises(DataError, match="a tuple of at least one input"):
        check_vjp(np.sum, SINE[1], ())
    with pytest.raises(DataError, match=r"input 0 is .*int64.*which has no derivative: pass floats"):
        check_vjp(np.sum, SINE[1], (np.array([1, 2]),))
    with pytest.raises(DataError, match="the function raises ZeroDivisionError at the inputs"):
        check_vjp(lambda x: 1 / 0, SINE[1], (1.0,))
    with pytest.raises(DataError, match="the function returns 'text'"):
        check_vjp(lambda x: "text", SINE[1], (1.0,))
    with pytest.raises(DataError, match=r"input 0 is outside of its domain from 0 to 1"):
        check_vjp(np.sum, SINE[1], (2.0,), domains=[(0.0, 1.0)])
    with pytest.raises(SettingError, match="2 domains for 1 inputs"):
        check_vjp(np.sum, SINE[1], (2.0,), domains=[None, None])
    with pytest.raises(SettingError, match=r"the domain from 1 to 0 is empty"):
        check_vjp(np.sum, SINE[1], (2.0,), domains=[(1.0, 0.0)])
    with pytest.raises(WrongShapeError, match="2 cotangents for 1 inputs"):
        check_vjp(lambda x: x, lambda xs, g: (g, g), (1.0,))
    with pytest.raises(WrongDtypeError, match="the cotangent of input 0 is"):
        check_vjp(lambda x: x, lambda xs, g: ("text",), (1.0,))
    assert check_vjp(lambda x: 1.0, lambda xs, g: (None,), (1.0,)).verdict == "pass"
    assert check_vjp(lambda x: x, lambda xs, g: g, (1.0,), domains=[Real(0.0, 2.0)]).verdict == "pass"
    assert check_vjp(lambda x: x, lambda xs, g: g, (np.zeros(0),)).verdict == "pass"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check_vjp(*SINE, (np.array([1.0, np.nan]),)), DataError, "input 0 contains nan: pass finite numbers"),
        (lambda: check_vjp(*SINE, ([[1.0], [1.0, 2.0]],)), DataError, "input 0 is a nested list of unequal lengths"),
        (
            lambda: check_vjp(lambda x: [[1.0], [1.0, 2.0]], SINE[1], ONE),
            DataError,
            "the function returns a nested list of unequal",
        ),
        (
            lambda: check_vjp(np.sin, lambda xs, g: [[[1.0], [1.0, 2.0]]], ONE),
            WrongShapeError,
            "a cotangent cannot be converted to an array",
        ),
        (
            lambda: check_vjp(*SINE, ONE, domains=[(0, 1, 2)]),
            SettingError,
            r"a domain must be None, a pair \(low, high\), Real or Array",
        ),
        (lambda: check_vjp(*SINE, ONE, domains=[("0", "5")]), SettingError, "a domain must be None, a pair"),
        (
            lambda: check_vjp(make_function_with_one_value(), SINE[1], ONE),
            DataError,
            "called a second time, the function raises StopIteration",
        ),
        (lambda: check_grad(lambda x: None, 2.0), DataError, r"^check_grad\(\): the function must return nodes.*, not None"),
        (lambda: check_op("hypot", 1.0), SettingError, r"check_op\(\): hypot takes 2 inputs, not 1"),
        (lambda: check_op("tanh", 1.0, foo=1), SettingError, "tanh has no setting 'foo'; it has none"),
        (lambda: check_op("leaky_relu"), SettingError, "leaky_relu needs slope, as in"),
    ],
)
def test_bad_arguments_have_clear_messages(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_half_precision_is_refused():
    half = np.array([0.5, 1.0], np.float16)
    with pytest.raises(DataError, match=r"input 0 is float16, whose three digits cannot tell .* use float32 or float64"):
        check_vjp(np.sin, lambda i, g: (g * np.cos(i[0]),), (half,))
    with pytest.raises(DataError, match=r"the function returns float16|returns .*float16"):
        check_vjp(lambda x: x.astype(np.float16), lambda i, g: (g,), (np.array([0.5]),))
