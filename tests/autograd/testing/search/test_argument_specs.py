"""Real, Array and Choice: invalid ones raise, and every call names what is wrong with its arguments."""

import numpy as np
import pytest

from autograd import DataError, SettingError
from autograd.testing import Array, Choice, Real, gradient_test, search_vjp


def test_invalid_specs_raise():
    for attempt, words in [
        (lambda: Real(1.0, 0.0), r"Real\(\): the domain from 1.0 to 0.0 is empty"),
        (lambda: Array("n", low=np.inf, high=0.0), r"Array\(\): the domain from inf to 0.0 is empty"),
        (lambda: Array(-1), "a dimension must be a name or a length of at least 0, not -1"),
        (lambda: Choice(), "at least one option"),
        (lambda: search_vjp(lambda: None, axis=Choice(0)), "needs at least one input"),
    ]:
        with pytest.raises(SettingError, match=words):
            attempt()
    with pytest.raises(DataError, match="dtype must be a float type, not int64"):
        Array("n", dtype=int)
    with pytest.raises(DataError, match=r"x= must be Real\(…\), Array\(…\) or Choice\(…\), not 3"):
        search_vjp(lambda: None, x=3)
    assert search_vjp(lambda: (np.log, lambda xs, g: (g / xs[0],)), x=Real(100.0, 101.0), max_examples=9).verdict == "pass"
    assert search_vjp(lambda: (np.exp, lambda xs, g: (g * np.exp(xs[0]),)), x=Real(-np.inf, -9.0), max_examples=9).verdict == "pass"
    assert repr(Real()) == "Real()"
    assert repr(Array("n")) == "Array('n')"


SINE = (np.sin, lambda xs, g: (g * np.cos(xs[0]),))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: search_vjp(SINE, x=Real()), DataError, "takes a function that returns a new pair"),
        (lambda: search_vjp(lambda: 3, x=Real()), DataError, "takes a function that returns a new pair"),
        (lambda: Array("n", low="a"), SettingError, "low and high must be numbers"),
        (lambda: Array("n", dtype="zz"), SettingError, "dtype must be a float type of NumPy"),
        (lambda: Array("n", min_size=-1), SettingError, "min_size must be an int of at least 0, not -1"),
        (lambda: Array(True), SettingError, "a dimension must be a name or a length"),
        (
            lambda: search_vjp(lambda: SINE, x=Array("n", min_size=3), y=Array("n", max_size=2)),
            SettingError,
            "no length is at least 3 and at most 2",
        ),
        (lambda: gradient_test(order=3, x=Real()), SettingError, r"gradient_test\(\): order must be 1 or 2, not 3"),
        (lambda: gradient_test(x=Real())(lambda y: y), SettingError, "x= is drawn, but the function has no such argument"),
        (lambda: gradient_test(x=Real())(3.0), DataError, "decorates a function, not 3.0"),
    ],
)
def test_invalid_arguments_raise(call, error, message):
    with pytest.raises(error, match=message):
        call()
