"""Python's functions of numbers, and Fraction and Decimal, on Values and Tensors."""

import math
import numbers
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DataError, Tensor, Value, grad

eighths = st.integers(-64, 64).map(lambda n: n / 8)


@given(eighths, st.integers(-1, 2))
def test_rounding_is_that_of_floats_with_derivative_zero(x, digits):
    for function in (round, math.floor, math.ceil, math.trunc):
        assert function(Value(x)).data == function(x)
        assert function(Tensor([x, x + 1.0])).data.tolist() == [function(x), function(x + 1.0)]
        assert grad(lambda x, function=function: function(x) * x)(x) == function(x)
    assert round(Value(x), digits).data == pytest.approx(round(x, digits), rel=1e-15)


@given(eighths, eighths.filter(bool))
def test_divmod_is_that_of_floats(x, y):
    for a, b in ((Value(x), Value(y)), (Value(x), y), (x, Value(y)), (Tensor([x]), y), (x, Tensor([y]))):
        assert [float(part.data.item() if part.shape else part.data) for part in divmod(a, b)] == list(divmod(x, y))
    assert grad(lambda x: divmod(x, y)[1])(x) == 1.0


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"])
def test_fractions_and_decimals_are_numbers(kind, name):
    apply, number = getattr(operator, name), kind("1.5")
    for x in (2.25, 0.75):
        node, wanted = Value(x), (apply(x, 1.5), apply(1.5, x))
        assert (apply(node, number).data, apply(number, node).data) == wanted
        tensor = Tensor([x])
        assert (apply(tensor, number).data[0], apply(number, tensor).data[0]) == pytest.approx(wanted, rel=1e-15)
    assert Value(number).data == 1.5


def test_comparisons_with_fractions_and_decimals():
    assert Value(0.5) == Fraction(1, 2)
    assert Value(0.5) < Decimal("0.6")
    assert (Tensor([0.5, 1.0]) > Fraction(3, 4)).tolist() == [False, True]


def test_numbers_that_are_not_finite_or_too_large():
    assert math.isnan((Value(1.0) + Decimal("nan")).data)
    with pytest.raises(DataError, match="digits is beyond float64"):
        Value(1.0) + Fraction(10**400)


def test_nodes_are_no_plain_real_numbers():
    """Code that finds a ``numbers.Real`` goes on with ``float(x)``, which would cut the graph."""
    assert not isinstance(Value(1.0), numbers.Real)
    assert complex(Value(1.5)) == 1.5 + 0j
    np.testing.assert_array_equal(math.floor(Tensor([1.5, -1.5])).data, [1.0, -2.0])
