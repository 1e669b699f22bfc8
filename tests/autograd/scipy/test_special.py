"""The rows of SciPy's special functions: derivatives against differences and mpmath, SciPy's own ufuncs, and the page of what works."""

import inspect
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, GraphError, SettingError, Tensor, Value, grad, hvp
from autograd.backends.numpy_backend import ARRAY
from autograd.core.operators import apply
from autograd.graph.forward_mode import pushforward
from autograd.numpy_api.apply import apply_elementwise, evaluate_arrays
from autograd.ops import TABLE, Elementwise
from autograd.scipy import numerics, special
from autograd.scipy.support_table import make_page
from autograd.testing import check_grad
from oracles import assert_close, assert_derivative, move_away
from special_references import REFERENCES, SLOW, spread_points

ROOT = Path(ag.__file__).parents[1]
ROWS = [op for op in TABLE.values() if isinstance(op, Elementwise) and op.library]
LARGEST, MARGIN = 4.0, 0.06  # arguments are drawn from this interval, and at this distance from the ends of the domain
# A comparison with mpmath takes ten times as long as one with differences.
FEWER_EXAMPLES = max(2, settings.default.max_examples // 5)
# Their values are near 1 where their derivatives are tiny, which the references then see in digits far behind.
PROBABILITIES = ("expit", "ndtr", "gammainc", "gammaincc", "betainc")
# Where a formula cancels, or SciPy's function is less accurate than 1e-13: docs/scipy.md has the reasons. The numbers are about
# twice the largest errors at 10⁴ points that benchmarks/special_functions.py prints.
LARGEST_ERROR = {
    **dict.fromkeys(("i0e", "i1e", "k0e", "k1e"), 5e-13),
    **dict.fromkeys(("ive", "kve"), 2e-12),
    **dict.fromkeys(("beta", "betaln", "poch", "binom", "betainc"), 3e-12),
    **dict.fromkeys(("hyp0f1", "hyp1f1"), 1e-12),
}


@st.composite
def points(draw, op):
    args = []
    for d in op.domains:
        low, high = max(d.low, -LARGEST), min(d.high, LARGEST if d.low < LARGEST else 2 * LARGEST)
        if d.is_integer:
            args.append(float(draw(st.integers(int(low), int(high)))))
        else:
            x = round(draw(st.floats(low + MARGIN, high - MARGIN)), 6)
            args.append(move_away(x, d.kinks, MARGIN))
    return args


def make_nodes(op, args, make=Value):
    """Nodes where there is a derivative; the other arguments stay numbers."""
    return [x if i in op.refused else make(x) for i, x in enumerate(args)]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@given(data=st.data())
@settings(max_examples=FEWER_EXAMPLES)
def test_derivatives_of_first_and_second_order_in_both_modes(op, data):
    args = data.draw(points(op))
    free = [i for i in range(len(args)) if i not in op.refused]
    direction = [0.7, -1.3, 0.4][: len(free)]

    def at(step, make=Value):
        moved = list(args)
        for i, d in zip(free, direction, strict=True):
            moved[i] += step * d
        return make_nodes(op, moved, make)

    def value(step):
        return float(op.f(ARRAY, *[np.float64(getattr(x, "data", x)) for x in at(step)]))

    def slope(step):
        nodes = at(step)
        apply_elementwise(op, *nodes).backward()
        return sum(nodes[i].grad * d for i, d in zip(free, direction, strict=True))

    assert_derivative(slope(0.0), value, h=0.02)
    nodes = at(0.0)
    (tangent,) = pushforward([apply_elementwise(op, *nodes)], [nodes[i] for i in free], direction)
    assert_close(tangent, slope(0.0), rtol=1e-11, atol=1e-15)

    def function(free_nodes):
        full = list(args)
        for i, node in zip(free, free_nodes, strict=True):
            full[i] = node
        return apply_elementwise(op, *full)

    product = hvp(function, [args[i] for i in free], direction)
    assert_derivative(sum(p * d for p, d in zip(product, direction, strict=True)), slope, h=0.01, rtol=1e-6)


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@given(data=st.data())
@settings(max_examples=FEWER_EXAMPLES // 2)
def test_arrays_equal_numbers_and_single_precision_stays(op, data):
    columns = [np.array(column) for column in zip(*[data.draw(points(op)) for _ in range(3)], strict=True)]
    tensors = make_nodes(op, columns, Tensor)
    result = apply_elementwise(op, *tensors)
    result.backward(np.ones(3))
    for k in range(3):
        values = make_nodes(op, [float(c[k]) for c in columns])
        y = apply_elementwise(op, *values)
        y.backward()
        assert_close(result.data[k], y.data, rtol=1e-13)
        for value, tensor in zip(values, tensors, strict=True):
            if isinstance(value, Value):
                assert_close(tensor.grad[k], value.grad, rtol=1e-11, atol=1e-14)
    singles = [x if i in op.refused else Tensor(x.astype(np.float32)) for i, x in enumerate(columns)]
    singles = [x.astype(np.float32) if isinstance(x, np.ndarray) else x for x in singles]
    single = apply_elementwise(op, *singles)
    single.backward(np.ones(3, np.float32))
    assert single.dtype == np.float32
    assert all(x.grad.dtype == np.float32 for x in singles if isinstance(x, Tensor))


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@given(data=st.data())
@settings(max_examples=2, deadline=None)
def test_batches_are_computed_at_once(op, data):
    integers = [i for i, d in enumerate(op.domains) if d.is_integer]
    columns = zip(*[data.draw(points(op)) for _ in range(4)], strict=True)
    arrays = [np.full((2, 2), c[0]) if i in integers else np.reshape(c, (2, 2)) for i, c in enumerate(columns)]

    def f(*samples):
        rest = iter(samples)
        return apply(op, *(arrays[i][0] if i in integers else next(rest) for i in range(len(arrays))))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        together = ag.vmap(f)(*(x for i, x in enumerate(arrays) if i not in integers))
    assert_close(together, evaluate_arrays(op, arrays, {}), rtol=1e-13)


@pytest.mark.parametrize("name", REFERENCES if settings.default.max_examples > 100 else sorted(set(REFERENCES) - SLOW))
@given(data=st.data())
@settings(max_examples=FEWER_EXAMPLES)
def test_values_and_derivatives_are_those_of_mpmath(name, data):
    """The error is relative to the derivative and to what it changes if an argument is rounded."""
    op, reference = TABLE[name], REFERENCES[name]
    args = data.draw(spread_points(op.domains))
    nodes = make_nodes(op, args)
    y = apply_elementwise(op, *nodes)
    y.backward()
    free = [i for i in range(len(args)) if i not in op.refused]
    is_probability = name in PROBABILITIES
    with mp.workdps(150 if is_probability else 50):
        exact = [mp.mpf(x) for x in args]

        def derivative(*positions):
            orders = tuple(positions.count(i) for i in range(len(args)))
            return mp.re(mp.diff(reference, tuple(exact), orders, h=mp.mpf(10) ** -15 * min(1, min(map(abs, exact)) or 1)))

        try:
            wanted = [(y.data, mp.re(reference(*exact)), [exact[j] * derivative(j) for j in free])]
            wanted += [(nodes[i].grad, derivative(i), [exact[j] * derivative(i, j) for j in free]) for i in free]
        except (ValueError, ZeroDivisionError, OverflowError, mp.NoConvergence):
            assume(False)
        for got, value, moved in wanted:
            scale = abs(value) + sum(map(abs, moved))
            if (1e-100 if is_probability else 1e-290) < scale < 1e290:
                assert abs(mp.mpf(got) - value) <= LARGEST_ERROR.get(name, 1e-13) * scale, (got, value)


@pytest.mark.parametrize("name", sorted(set(special.FUNCTIONS) - {"lambertw", "factorial", "comb"}))
def test_plain_numbers_and_arrays_give_the_values_of_scipy(name):
    function, theirs = special.FUNCTIONS[name], getattr(sc, name)
    if name == "multigammaln":
        assert_close(function(4.5, 3), theirs(4.5, 3), rtol=1e-13)
        return
    if name in ("logsumexp", "softmax", "log_softmax"):
        x = np.array([[0.1, 2.0, -1.0], [800.0, 799.0, 0.0]])
        for axis in (None, 0, 1):
            assert_close(function(x, axis=axis), theirs(x, axis=axis), rtol=1e-13, atol=1e-13)
        return
    op = TABLE[special.FUNCTIONS[name].__name__]
    ends = [(1.0, 2.0) if d.is_integer else (max(d.low, 0.0) + 0.25, min(d.high, 3.0) - 0.25) for d in op.domains]
    x = [np.array(pair) for pair in ends]
    if name == "polygamma":
        x[0] = x[0].astype(int)
    assert_close(function(*x), theirs(*x), rtol=1e-14)
    assert isinstance(function(*[float(a[0]) for a in x]), float)


def test_combinations_and_factorials_are_those_of_scipy():
    n = np.array([5.0, 3.0, 2.0, -1.0])
    assert_close(special.comb(n, [2.0, 3.0, 4.0, 0.0]), sc.comb(n, [2.0, 3.0, 4.0, 0.0]), rtol=1e-14)
    assert_close(special.factorial(n), sc.factorial(n), rtol=1e-14)
    assert_close(special.factorial(Value(3.0)).data, 6.0)
    assert_close(grad(special.factorial)(3.0), 6.0 * sc.digamma(4.0), rtol=1e-14)
    assert_close(grad(special.comb)(5.0, 2.0), grad(special.binom)(5.0, 2.0))


def test_the_dimension_of_a_multivariate_gamma_function_is_a_positive_integer():
    assert_close(grad(special.multigammaln)(4.5, 2), sc.digamma(4.5) + sc.digamma(4.0), rtol=1e-14)
    with pytest.raises(SettingError, match=r"multigammaln\(d=1.5\): the dimension must be a positive integer"):
        special.multigammaln(4.5, 1.5)


def test_the_real_branches_of_lambert_w():
    for k, x in ((0, np.array([-0.3, 0.0, 2.0, 1e5])), (-1, np.array([-0.3, -1e-3]))):
        w = special.lambertw(x, k)
        assert_close(w * np.exp(w), x, rtol=1e-14)
        slopes = grad(lambda x, k=k: special.lambertw(x, k).sum())(x)
        assert_close(slopes, 1.0 / (np.exp(w) * (1.0 + w)))
    assert np.isnan(special.lambertw(-1.0))
    with pytest.raises(SettingError, match=r"lambertw\(k=2\) is complex: the branches 0 and -1 have real values"):
        special.lambertw(1.0, 2)


def test_logarithms_of_weighted_sums():
    a, b = np.array([[1000.0, 1001.0], [0.0, 2.0]]), np.array([[1.0, 2.0], [0.0, 0.5]])
    for axis, keepdims in ((None, False), (0, True), (1, False)):
        wanted = sc.logsumexp(a, axis=axis, b=b, keepdims=keepdims)
        assert_close(special.logsumexp(a, axis, b, keepdims), wanted, rtol=1e-14)
        assert_close(special.logsumexp(Tensor(a), axis, Tensor(b), keepdims).data, wanted, rtol=1e-14)
    by_a, by_b = grad(special.logsumexp, argnums=(0, 2))(a[1], None, np.array([3.0, 0.5]))
    shares = np.array([3.0, 0.5]) * np.exp(a[1])
    assert_close(by_a, shares / shares.sum(), rtol=1e-14)
    assert_close(by_b, np.exp(a[1]) / shares.sum(), rtol=1e-14)


def test_ufuncs_of_scipy_find_the_rows_even_if_nothing_was_imported():
    code = """
import pickle, sys
import scipy.special as sc
from autograd import Tensor, Value, grad
assert "autograd.scipy" not in sys.modules
assert pickle.loads(sys.stdin.buffer.read()).name == "gammaln"
t = Tensor([0.5, 2.0])
sc.gammaln(t).sum().backward()
print(t.grad.round(6).tolist(), round(grad(sc.psi)(2.0), 6), round(sc.xlogy(Value(2.0), 3.0).data, 6))
"""
    row = pickle.dumps(TABLE["gammaln"])
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], input=row, capture_output=True, check=True)
    assert done.stdout.split() == [b"[-1.96351,", b"0.422784]", b"0.644934", b"2.197225"]


def test_other_functions_of_scipy_name_the_module_that_takes_nodes():
    t = Tensor([1.0, 2.0])
    with pytest.raises(DataError, match=r"scipy\.special takes plain arrays, and autograd\.scipy\.special has the functions"):
        sc.logsumexp(t)
    with pytest.raises(DataError, match=r"np\.elliprd has no derivative here"):
        sc.elliprd(t, 1.0, 1.0)
    with pytest.raises(DataError, match=r"or np functions that have a row(?m:$)"):
        np.asarray(t)


def test_a_derivative_without_closed_form_is_refused_only_if_it_is_needed():
    message = "the derivative of jv with respect to v has no closed form here: pass v as a plain number"
    with pytest.raises(GraphError, match=message):
        special.jv(Value(1.0), 2.0)
    t = Tensor([1.0, 2.0])
    with pytest.raises(GraphError, match=message):
        special.jv(t, 2.0).sum().backward()
    assert_close(grad(lambda z: special.jv(t.data, z).sum())(2.0), (sc.jvp(1.0, 2.0) + sc.jvp(2.0, 2.0)), rtol=1e-14)
    with pytest.raises(TypeError, match=r"autograd\.scipy\.special\.jv\(v, z\) takes 2 argument\(s\), not 1"):
        special.jv(1.0)


def test_a_changed_leaf_is_noticed_beside_an_argument_without_derivative():
    x = Value(2.0)
    y = special.gammainc(3.0, x)
    x.data = 2.5
    with pytest.raises(GraphError):
        y.backward(create_graph=True)


def test_at_the_edges_of_domains_derivatives_are_limits():
    assert grad(special.xlogy, argnums=1)(0.0, 0.0) == 0.0
    assert grad(lambda x: grad(special.xlogy, argnums=1)(x, 2.0))(0.0) == 0.5
    assert grad(special.entr)(0.0) == np.inf
    assert grad(special.logit)(0.0) == np.inf
    assert_close([grad(special.rgamma)(-float(n)) for n in range(4)], [1.0, -1.0, 2.0, -6.0], rtol=1e-14)
    assert grad(grad(special.exprel))(0.0) == pytest.approx(1.0 / 3.0, rel=1e-15)
    assert grad(special.log_ndtr)(-1e4) == pytest.approx(1e4, rel=1e-7)
    assert grad(special.gammainc, argnums=1)(1.0, 0.0) == 1.0
    assert grad(special.i1)(0.0) == 0.5
    assert grad(special.expn, argnums=1)(0.0, 2.0) == pytest.approx(-np.exp(-2.0) * 0.75, rel=1e-14)


def test_a_compiled_function_calls_scipy(tmp_path):
    def f(x):
        return (special.gammaln(x) * special.jv(1.0, x)).sum() + special.erfcx(x).sum()

    compiled, x = ag.compile(f, tensors=True), np.array([0.5, 2.0, 3.0])
    assert_close(compiled(x), f(x), rtol=1e-14)
    assert_close(grad(compiled)(x), grad(f)(x), rtol=1e-13)
    assert "from scipy import special\nfrom autograd.scipy import numerics\n" in compiled.source
    scalar = ag.compile(lambda xs: sum(special.gammainc(2.0, x) * x for x in xs))
    assert_close(grad(scalar)([0.5, 1.5]), grad(lambda xs: sum(special.gammainc(2.0, x) * x for x in xs))([0.5, 1.5]), rtol=1e-13)


def test_rows_are_pickled_by_name():
    y = special.gammaln(Value(2.5))
    assert pickle.loads(pickle.dumps(y)).op is TABLE["gammaln"]


def test_a_missing_scipy_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    from autograd.scipy.requirement import import_scipy

    with pytest.raises(
        ImportError, match=r"autograd.scipy needs SciPy \(.*\): install the extra with pip install 'gradlab\[scipy\]'"
    ):
        import_scipy("special")


def test_moments_and_repeated_integrals_far_out():
    with mp.workdps(25):
        for x in (-200.0, -31.0, 31.0):
            wanted = mp.quad(lambda t, x=x: t**2 * mp.exp(mp.mpf(x) * t), mp.linspace(0, 1, 20))
            assert float(abs(numerics.exprel_moment(2.0, x) / wanted - 1)) < 1e-13
        for x in (-3.0, 1.4, 1.6, 50.0):
            a = mp.mpf(x)  # i²erfc has a closed form, which cancels in double precision
            wanted = ((1 + 2 * a * a) * mp.exp(a * a) * mp.erfc(a) - 2 * a / mp.sqrt(mp.pi)) / 4
            assert float(abs(numerics.scaled_ierfc(2.0, x) / wanted - 1)) < 1e-13


def test_the_page_in_the_documentation_is_up_to_date():
    page = (ROOT / "docs" / "scipy.md").read_text(encoding="utf-8")
    assert page == make_page(), "run: python -m autograd.scipy.support_table > docs/scipy.md"


def test_error_functions_of_complex_numbers():
    z = np.array([0.5 + 1.0j, -2.0 + 0.3j, 1.0 - 2.0j])
    for name in ("erf", "erfc"):
        ours = getattr(special, name)
        assert_close(ours(z), getattr(sc, name)(z), rtol=1e-14)
        assert check_grad(lambda z, ours=ours: (abs(ours(z)) ** 2).sum(), z, order=2).verdict == "pass"


def test_the_sign_of_the_gamma_function_has_the_derivative_zero():
    x = np.array([-0.5, -1.5, 2.0])
    assert special.gammasgn(x).tolist() == [-1.0, 1.0, 1.0]
    assert grad(lambda x: (special.gammasgn(x) * x).sum())(x).tolist() == [-1.0, 1.0, 1.0]


def test_orders_of_some_functions_are_integers():
    assert_close(special.yn([0, 2], 1.5), sc.yn([0, 2], 1.5), rtol=1e-14)
    assert_close(special.kn(1, np.float32(1.5)), sc.kn(1, 1.5), rtol=1e-6)
    with pytest.raises(SettingError, match=r"autograd\.scipy\.special\.expn\(n=\[1, 2\.5\]\): the order must be an integer"):
        special.expn([1, 2.5], 1.0)


@pytest.mark.parametrize("name", sorted(set(special.ARGUMENTS)))
def test_signatures_name_the_arguments(name):
    assert tuple(inspect.signature(getattr(special, name)).parameters) == special.ARGUMENTS[name]
