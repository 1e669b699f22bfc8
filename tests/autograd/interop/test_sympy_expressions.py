"""to_sympy: every row against SymPy's own functions and its own differentiation; graphs, arrays and explanations."""

import sys

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, Tensor, Value, explain, gradients
from autograd.interop import sympy_backend, to_sympy
from autograd.interop.sympy_expressions import next_name
from autograd.numpy_api.apply import apply_op
from autograd.ops import TABLE, Elementwise
from docstring_examples import run_examples

SETTINGS = {
    "leaky_relu": {"slope": 0.25},
    "elu": {"alpha": 1.5},
    "clip": {"low": -0.75, "high": 0.75},
    "where": {"condition": True},
    "power_derivative": {"by_a": 1, "by_b": 1},
}
WITHOUT_COUNTERPART = {"rint"}  # halves to even
ROWS = [op for op in TABLE.values() if isinstance(op, Elementwise) and not op.library and op.name not in WITHOUT_COUNTERPART]


def number_in(domain):
    """A number inside a domain, away from its ends and kinks, where one-sided limits would be compared."""
    low, high = max(domain.low, -2.0), min(domain.high, max(domain.low, -2.0) + 3.0)
    margin = 0.125 * (high - low)
    return st.floats(low + margin, high - margin).filter(lambda x: all(abs(x - kink) > 0.1 for kink in domain.kinks))


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@settings(max_examples=15)  # for each of 65 rows, with SymPy's arithmetic of 20 digits
@given(data=st.data())
def test_a_row_is_sympys_function_and_its_derivatives_are_sympys(op, data):
    numbers = [data.draw(number_in(domain)) for domain in op.domains]
    assume(len(numbers) == 1 or abs(numbers[0] - numbers[1]) > 0.1)
    assume(op.name != "clip" or abs(abs(numbers[0]) - 0.75) > 0.05)
    leaves = [Value(x) for x in numbers]
    symbols = sympy.symbols("a b", real=True)[: len(leaves)]
    y = apply_op(op, *leaves, **SETTINGS.get(op.name, {}))
    e = to_sympy(y, dict(zip(leaves, symbols, strict=True)))
    at = {s: sympy.Float(x, 30) for s, x in zip(symbols, numbers, strict=True)}
    assert float(e.subs(at).evalf(20)) == pytest.approx(y.data, rel=1e-11, abs=1e-12)
    if op.name in ("remainder", "fmod", "floor", "ceil", "trunc", "floor_divide"):
        return  # SymPy does not differentiate these
    for leaf, symbol in zip(leaves, symbols, strict=True):
        expected = float(sympy.diff(e, symbol).subs(at).evalf(20))
        assert gradients(y, leaf) == pytest.approx(expected, rel=1e-9, abs=1e-10)


def test_rounding_to_even_and_special_rows_are_refused():
    import scipy.special

    for y, name in [(ag.rint(Value(0.4)), "rint"), (scipy.special.j0(Value(1.0)), "j0"), (np.linalg.inv(Tensor(np.eye(2))), "inv")]:
        with pytest.raises(
            DataError, match=rf"to_sympy\(\): SymPy has no counterpart of the operation {name}: use others, or give"
        ):
            to_sympy(y)
    with pytest.raises(DataError, match=r"SymPy has no counterpart of the function lower_cholesky: use others, or give its result"):
        to_sympy(np.linalg.cholesky(Tensor(np.eye(2))))
    x = Value(2.0, name="x")
    assert str(to_sympy(scipy.special.gammaln(x))) == "loggamma(x)"
    assert str(to_sympy(scipy.special.digamma(x))) == "polygamma(0, x)"


NUMBERS = st.floats(0.5, 2.0)


@given(NUMBERS, NUMBERS)
def test_graphs_gradients_and_explanations_agree_with_sympys_derivative(a, b):
    x, y = Value(a, name="x"), Value(b, name="y")
    z = (x * x - y).tanh() / (1.0 + x.exp() * y) + np.maximum(x, 0.25) ** 3
    X, Y = sympy.symbols("x y", real=True)
    e = to_sympy(z)
    assert sympy.simplify(e - (sympy.tanh(X**2 - Y) / (1 + sympy.exp(X) * Y) + sympy.Max(X, sympy.Rational(1, 4)) ** 3)) == 0
    at = {X: a, Y: b}
    by_x = float(sympy.diff(e, X).subs(at))
    (graph,) = gradients(z, [x], create_graph=True)
    assert float(to_sympy(graph, [x, y]).subs(at)) == pytest.approx(by_x)
    paths = explain(z, wrt=x)
    terms = to_sympy(paths)
    assert len(terms) == paths.routes
    assert float(sum(terms).subs(at)) == pytest.approx(by_x)
    for term, path in zip(terms, paths.paths, strict=True):
        assert float(term.subs(at)) == pytest.approx(path.product)


def test_a_conditional_derivative_is_a_choice_of_numbers():
    x = Value(2.0, name="x")
    (term,) = to_sympy(explain(x.relu(), wrt=x))
    assert str(term) == "Piecewise((1, x > 0), (0, True))"
    assert to_sympy(explain(x, wrt=x)) == (1,)
    assert to_sympy(explain(x * x, wrt=x, most=0)) == ()


W = np.array([[0.5, 1.0, 2.0], [0.25, 1.5, 0.75]])
ARRAYS = {
    "product": lambda w: w @ np.arange(3.0),
    "matrices": lambda w: w @ w.T,
    "outer": lambda w: np.outer(w[0], w[1]),
    "sums": lambda w: w.sum(axis=1) + w.mean() + w.cumsum(axis=1)[:, 0],
    "products": lambda w: w.prod(axis=0),
    "shapes": lambda w: np.concatenate([w.reshape(3, 2)[::-1], np.stack([w[0, :2], w[1, 1:]])]),
    "transposes": lambda w: np.swapaxes(w, 0, 1) + np.expand_dims(w[:, 1], 0) + np.broadcast_to(w[0, 0], (3, 2)),
    "extrema": lambda w: w.max(axis=0) - w.min(),
    "norm": lambda w: np.linalg.norm(w, axis=1),
    "softmax": lambda w: ag.softmax(w, axis=1) + ag.log_softmax(w, axis=1),
    "logsumexp": lambda w: ag.logsumexp(w),
    "choices": lambda w: np.where(W > 0.6, w, 2.0 * w) + ag.leaky_relu(w - 1.0),
    "einsum": lambda w: np.einsum("ij,kj->ik", w, w) + np.trace(w[:, :2]) + np.vdot(w, w),
    "a function of all": lambda w: np.tanh(w * np.array([1.0, 2.0, 3.0]) - 1.0),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_arrays_of_expressions(name):
    w = Tensor(W, name="w")
    y = ARRAYS[name](w)
    e = to_sympy(y)
    at = {sympy.Symbol(f"w[{i}, {j}]", real=True): W[i, j] for i, j in np.ndindex(W.shape)}
    entries = e if y.ndim else [e]
    assert np.shape(e) == y.shape
    assert {s for entry in sympy.flatten(entries) for s in entry.free_symbols} <= set(at)
    found = [float(sympy.sympify(entry).subs(at).evalf(20)) for entry in sympy.flatten(entries)]
    np.testing.assert_allclose(found, y.data.ravel(), rtol=1e-12)


def test_symbols_are_those_that_are_asked_for():
    a, b, c = Value(2.0, name="a"), Value(3.0), Value(0.1)
    y = (a * b + c) ** 2
    assert str(to_sympy(y)) == "(a*x0 + x1)**2"
    assert str(to_sympy(y, [a])) == "(3*a + 0.1)**2"
    inner = a * b
    t = sympy.Symbol("t")
    assert to_sympy(inner**2 + a, {inner: t, a: "u"}) == t**2 + sympy.Symbol("u", real=True)
    w = Tensor([1.0, 2.0])
    assert to_sympy(w.sum(), {w: [t, 2 * t]}) == 3 * t
    assert to_sympy(w * 0.5, []).tolist() == [sympy.Rational(1, 2), 1]
    names = {}
    assert [next_name(names, "w") for _ in range(3)] == ["w", "w_1", "w_2"]


def test_simple_fractions_are_exact_and_others_are_floats():
    x = Value(2.0, name="x")
    assert [str(to_sympy(x * k)) for k in (0.5, 3.0, 1 / 64, 0.1, 1 / 128)] == ["x/2", "3*x", "x/64", "0.1*x", "0.0078125*x"]
    assert str(to_sympy(x**0.5)) == "sqrt(x)"


def test_what_is_no_graph_is_refused():
    with pytest.raises(DataError, match=r"to_sympy\(\) takes a Value, a Tensor, or what explain\(\) returned, not 3 of type int"):
        to_sympy(3)
    x = Value(2.0)
    inner = ag.compile(lambda x: x.tanh())(x)
    y = inner * 2.0
    for graph, symbols in [(y, None), (explain(y, wrt=x), None), (explain(y, wrt=x), {inner: "t"})]:
        with pytest.raises(DataError, match=r"SymPy has no counterpart of the operation compiled"):
            to_sympy(graph, symbols)
    assert str(to_sympy(y, {inner: "t"})) == "2*t"


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(
        ImportError, match=r"to_sympy\(\) needs sympy \(.*\): install the extra with pip install 'gradlab\[sympy\]'"
    ):
        to_sympy(Value(1.0))


def test_the_examples_of_the_docstrings_run():
    for function in (to_sympy, sympy_backend.make_numbers_exact):
        assert run_examples(function).failed == 0
