"""from_sympy: expressions as functions, against SymPy's numbers and SymPy's derivatives."""

import sys

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, Tensor, Value, grad
from autograd.interop import from_sympy, to_sympy
from autograd.interop.sympy_backend import function_classes
from autograd.testing import check_grad
from docstring_examples import run_examples

x, y = sympy.symbols("x y", real=True)
EXPRESSIONS = {
    "sums and products": 3 * x**2 * y - x / y + 1 - sympy.Rational(1, 3) * x,
    "powers": sympy.sqrt(x) + x ** sympy.Rational(1, 3) + x**y + 2**x,
    "constants": sympy.pi * x + sympy.E**y,
    "choice": sympy.Piecewise((x, x > y), (y**2, x > 1), (sympy.sin(x), True)),
    "conditions": sympy.Piecewise((x, (x > 1) & (y <= 1)), (x * y, (x < sympy.Rational(3, 4)) | (y >= 2)), (y, True)),
    "equalities": sympy.Piecewise((x, sympy.Eq(x, 7)), (y, sympy.Ne(x, 8)), (1, True)),
    "extrema": sympy.Max(x, y, x * y) - sympy.Min(x, y),
    "shared": sympy.exp(-((x - y) ** 2)) * sympy.sin((x - y) ** 2),
    "logistic": 1 / (1 + sympy.exp(-x * y)),
}
NUMBERS = st.floats(0.5, 2.0)


@pytest.mark.parametrize("name", EXPRESSIONS)
@given(NUMBERS, NUMBERS)
def test_numbers_and_derivatives_are_sympys(name, a, b):
    e, at = EXPRESSIONS[name], {x: a, y: b}
    f = from_sympy(e, [x, y])
    assert f(a, b) == pytest.approx(float(e.subs(at)), rel=1e-12)
    if abs(a - b) > 0.01 and min(abs(a * b - a), abs(a * b - b), abs(a - 1), abs(a - 0.75)) > 0.01:  # away from the kinks
        found = grad(f, argnums=(0, 1))(a, b)
        np.testing.assert_allclose(found, [float(sympy.diff(e, s).subs(at)) for s in (x, y)], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", function_classes())
def test_each_function_of_sympy_has_a_row(name):
    function = function_classes()[name]
    arity = 2 if name in ("arctan2", "maximum", "minimum", "remainder", "beta") else 1
    a, b = 1.25 if name == "arccosh" else 0.375, 0.625
    symbols = (x, y)[:arity]
    e = function(1, x) if name == "polygamma" else function(*symbols)
    f = from_sympy(e, symbols)
    assert f(*(a, b)[:arity]) == pytest.approx(float(e.subs({x: a, y: b}).evalf(20)), rel=1e-12)


def test_arrays_and_nodes_are_broadcast():
    f = from_sympy(sympy.Piecewise((x * y, x > 1), (sympy.sin(x), True)), [x, y])
    a, b = np.array([0.5, 1.5]), np.array([[1.0], [2.0]])
    expected = np.where(a > 1, a * b, np.sin(a) + 0.0 * b)
    np.testing.assert_allclose(f(a, b), expected)
    node = f(Tensor(a), b)
    assert isinstance(node, Tensor)
    np.testing.assert_allclose(node.data, expected)
    assert isinstance(f(Value(0.5), 2.0), Value)
    assert check_grad(f, a, b, order=2).verdict == "pass"
    np.testing.assert_allclose(ag.vmap(f, in_axes=(0, None))(a, 2.0), expected[1])


def test_a_function_can_be_compiled_for_both_branches():
    f = ag.compile(from_sympy(EXPRESSIONS["choice"] + EXPRESSIONS["shared"], [x, y]))
    for a, b in ((0.75, 0.5), (1.5, 2.0), (0.5, 0.75)):
        assert f(a, b) == pytest.approx(float((EXPRESSIONS["choice"] + EXPRESSIONS["shared"]).subs({x: a, y: b})))


def test_containers_matrices_and_truth_values():
    f = from_sympy({"value": x * y, "gradient": [y, x], "one": 1}, [x, y])
    assert f(2.0, 3.0) == {"value": 6.0, "gradient": [3.0, 2.0], "one": 1}
    assert from_sympy(sympy.hessian(x**2 * y, (x, y)), [x, y])(1.0, 2.0) == [[4.0, 2.0], [2.0, 0]]
    assert from_sympy(x > 1, [x])(2.0)
    assert from_sympy(sympy.true, [])() is True
    assert np.isnan(from_sympy(sympy.Piecewise((x, x > 1)), [x])(0.0))


def test_ieee_754_at_the_ends():
    assert from_sympy(1 / x, [x])(0.0) == np.inf
    assert from_sympy(sympy.log(x), [x])(0.0) == -np.inf
    assert from_sympy(x * sympy.oo + 1, [x])(2.0) == np.inf


@given(NUMBERS, NUMBERS)
def test_there_and_back(a, b):
    p, q = Value(a, name="p"), Value(b, name="q")
    node = (p * q).sigmoid() * p.log() + abs(p - q) ** 3 + ag.leaky_relu(p - 1.0)
    e = to_sympy(node)
    f = from_sympy(e, sympy.symbols("p q", real=True))
    assert f(a, b) == pytest.approx(node.data, rel=1e-12, abs=1e-14)


def test_what_cannot_be_evaluated_is_refused():
    with pytest.raises(DataError, match=r"from_sympy\(\): x\*y contains y: list all symbols, as in from_sympy\(e, \[x, y\]\)"):
        from_sympy(x * y, [x])
    for e, text in [
        (sympy.Integral(sympy.exp(x**3), x), r"Integral\)"),
        (sympy.I * x, r"I \(ImaginaryUnit\)"),
        (sympy.besselj(1, x), r"besselj\(1, x\) \(besselj\)"),
        (sympy.zoo + x, r"zoo \(ComplexInfinity\)"),
    ]:
        with pytest.raises(DataError, match=r"from_sympy\(\): no operation stands for .*" + text + r".*: rewrite it, as with"):
            from_sympy(e, [x])
    with pytest.raises(TypeError, match=r"a function of the symbols \[x, y\] takes 2 arguments, not 1"):
        from_sympy(x * y, [x, y])(1.0)


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(
        ImportError, match=r"from_sympy\(\) needs sympy \(.*\): install the extra with pip install 'gradlab\[sympy\]'"
    ):
        from_sympy(1, [])


def test_the_example_of_the_docstring_runs():
    assert run_examples(from_sympy).failed == 0
    assert run_examples(function_classes).failed == 0
