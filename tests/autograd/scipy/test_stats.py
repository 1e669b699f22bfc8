"""Densities and distribution functions against SciPy's, and their derivatives in all parameters against differences."""

import numpy as np
import pytest
import scipy.stats as ss
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import AutogradError, DataError, GraphError, ShapeError, Tensor, Value, grad
from autograd.scipy import stats
from autograd.scipy.stats.distribution import Distribution, log_of_one_minus_exp
from autograd.testing import check_grad
from oracles import assert_close, assert_derivative

UNIVARIATE = [name for name in stats.__all__ if isinstance(getattr(stats, name), Distribution)]
FEW_EXAMPLES = max(1, settings.default.max_examples // 10)
CONTINUOUS_POINTS = np.array([-40.0, -3.3, -1.0, -0.2, 0.0, 1e-8, 0.3, 0.99, 1.0, 1.7, 6.0, 38.0, -np.inf, np.inf, np.nan])
DISCRETE_POINTS = np.array([-2.0, 0.0, 0.5, 1.0, 2.0, 3.0, 7.0, 12.0, np.nan])
# Where SciPy's value is less accurate: it takes the logarithm of a rounded probability, or the limit at infinity is nan.
LESS_ACCURATE_IN_SCIPY = {"logcdf", "logsf"}


def draw_shapes(draw, d):
    ranges = {"p": st.floats(0.05, 0.95), "n": st.integers(1, 9).map(float)}
    return [draw(ranges.get(name, st.floats(0.3, 6.0))) for name in d.shapes]


@pytest.mark.parametrize("name", UNIVARIATE)
@given(data=st.data())
@settings(max_examples=FEW_EXAMPLES)
def test_values_are_those_of_scipy(name, data):
    ours, theirs = getattr(stats, name), getattr(ss, name)
    shapes = draw_shapes(data.draw, ours)
    keywords = {"loc": data.draw(st.sampled_from([0.0, 1.0, -2.0]))}
    if ours.has_scale:
        keywords["scale"] = data.draw(st.floats(0.2, 5.0))
    for method in ours.methods:
        compare_with_scipy(ours, theirs, method, shapes, keywords)


def compare_with_scipy(ours, theirs, method, shapes, keywords):
    x = CONTINUOUS_POINTS if ours.has_scale else DISCRETE_POINTS
    with np.errstate(all="ignore"):
        wanted = getattr(theirs, method)(x, *shapes, **keywords)
    got = getattr(ours, method)(x, *shapes, **keywords)
    if method in LESS_ACCURATE_IN_SCIPY:
        comparable = (wanted < -1e-3) & (wanted > -600)
        assert_close(got[comparable], wanted[comparable], rtol=1e-10)
        assert_close(got[wanted > -1e-3], wanted[wanted > -1e-3], rtol=1e-10, atol=1e-15)
        assert np.array_equal(np.isnan(got), np.isnan(x))
        return
    is_better = np.isinf(x) & np.isnan(wanted)  # SciPy has nan for the density at infinity
    is_better |= np.isinf(wanted) & (got < -600)
    assert_close(got[~is_better], wanted[~is_better], rtol=1e-11, atol=1e-290)
    number = getattr(ours, method)(float(x[5]), *shapes, **keywords)
    assert isinstance(number, float)
    assert_close(number, got[5], rtol=1e-12)


@pytest.mark.parametrize("name", UNIVARIATE)
@given(data=st.data())
@settings(max_examples=FEW_EXAMPLES)
def test_log_densities_are_differentiable_in_all_parameters(name, data):
    d = getattr(stats, name)
    shapes = draw_shapes(data.draw, d)
    if not d.has_scale:
        k = 1.0
        if d.shapes[-1] in ("p", "mu"):
            check_grad(lambda last: d.logpmf(k, *shapes[:-1], last), shapes[-1])
        return
    loc, scale = data.draw(st.floats(-1.0, 1.0)), data.draw(st.floats(0.5, 2.0))
    z = np.array([1.3, 2.1]) if name == "pareto" else np.array([0.21, 0.83])
    check_grad(lambda x, *p: d.logpdf(x, *p).sum(), loc + scale * z, *shapes, loc, scale)


@pytest.mark.parametrize("method", ["cdf", "sf", "logcdf", "logsf"])
@pytest.mark.parametrize("name", UNIVARIATE)
def test_distribution_functions_are_differentiable_in_location_and_scale(name, method):
    d = getattr(stats, name)
    shapes = [0.4 if s == "p" else 3.0 for s in d.shapes]
    f = getattr(d, method)
    if d.has_scale:
        z = 1.4 if name == "pareto" else 0.3
        at = (0.5 + 1.5 * z, 0.5, 1.5)
        gradients = grad(lambda *p: f(p[0], *shapes, *p[1:]), argnums=(0, 1, 2))(*at)
        for i, gradient in enumerate(gradients):
            assert_derivative(gradient, lambda step, i=i: f(*np.insert(np.eye(3)[i] * step + at, 1, shapes)))
    else:
        k = float(name == "geom")
        assert_derivative(grad(lambda p: f(k, *shapes[:-1], p))(shapes[-1]), lambda step: f(k, *shapes[:-1], shapes[-1] + step))
        assert grad(lambda p: stats.bernoulli.logsf(1.0, p))(0.4) == 0.0
        assert f(-1.0, *shapes[:-1], Value(shapes[-1])).data == (
            0.0 if method == "cdf" else 1.0 if method == "sf" else f(-1.0, *shapes)
        )


def test_outside_of_the_support_derivatives_are_zero_and_parameters_that_are_not_allowed_give_nan():
    x = Tensor([-1.0, 2.0])
    y = stats.gamma.logpdf(x, 2.0)
    assert y.data[0] == -np.inf
    stats.gamma.pdf(x, 2.0).sum().backward()
    assert x.grad[0] == 0.0
    assert_close(x.grad[1], ss.gamma.pdf(2.0, 2.0) * (1.0 / 2.0 - 1.0), rtol=1e-14)
    for value in (
        stats.norm.logpdf(0.0, 0.0, -1.0),
        stats.t.pdf(0.0, -2.0),
        stats.poisson.logpmf(1, -1.0),
        stats.binom.cdf(1, 3, 1.5),
    ):
        assert np.isnan(value)
    assert grad(stats.laplace.cdf)(0.0) == 0.5
    assert_close(grad(grad(stats.expon.logcdf))(1e-3), -1e6, rtol=1e-6)
    assert_close(log_of_one_minus_exp(np.array([-1e-20, -50.0])), [np.log(1e-20), -np.exp(-50.0)], rtol=1e-14)


def test_calls_that_do_not_fit_are_refused():
    with pytest.raises(TypeError, match=r"gamma\.logpdf\(x, a, loc=0, scale=1\) needs a"):
        stats.gamma.logpdf(1.0)
    with pytest.raises(TypeError, match=r"does not take these arguments: 0 by position and df"):
        stats.gamma.logpdf(1.0, df=2.0)
    with pytest.raises(TypeError, match=r"poisson\.cdf\(x, mu, loc=0\) does not take these arguments: 1 by position and mu"):
        stats.poisson.cdf(1.0, 2.0, mu=2.0)
    with pytest.raises(
        DataError, match=r"norm\.rvs has no derivative here: the methods are cdf, logcdf, .*scipy\.stats\.norm\.rvs takes plain"
    ):
        stats.norm.rvs(1.0)
    with pytest.raises(AttributeError):
        stats.norm._nothing  # noqa: B018 - looking is the test
    with pytest.raises(GraphError, match="the derivative of gammainc with respect to a has no closed form"):
        grad(lambda a: stats.gamma.cdf(1.0, a))(2.0)
    assert repr(stats.norm) == "<distribution norm>"


def test_the_multivariate_normal_distribution():
    rng = np.random.default_rng(0)
    x, mean, root = rng.normal(size=(4, 2)), rng.normal(size=2), rng.normal(size=(2, 2))
    cov = root @ root.T + np.eye(2)
    calls = [
        ((mean, cov), (mean, cov)),
        ((mean, 2.0), (mean, 2.0 * np.eye(2))),
        ((None, cov), (None, cov)),
        ((0.5, cov), (np.full(2, 0.5), cov)),
    ]
    for ours, theirs in [*calls, ((mean, np.array([1.0, 3.0])), (mean, np.diag([1.0, 3.0])))]:
        assert_close(stats.multivariate_normal.logpdf(x, *ours), ss.multivariate_normal.logpdf(x, *theirs), rtol=1e-12)
    assert_close(stats.multivariate_normal.pdf(x[0], mean, cov), ss.multivariate_normal.pdf(x[0], mean, cov), rtol=1e-12)
    assert_close(stats.multivariate_normal.logpdf([1.0, 2.0, 3.0], 1.0, 4.0), ss.norm.logpdf([1.0, 2.0, 3.0], 1.0, 2.0), rtol=1e-13)
    check_grad(lambda x, m, r: stats.multivariate_normal.logpdf(x, m, r @ r.T + np.eye(2)).sum(), x[:2], mean, root, order=2)
    with pytest.raises(AutogradError, match=r"not symmetric and positive definite: add a small multiple of the identity"):
        stats.multivariate_normal.logpdf(x, mean, -np.eye(2))
    with pytest.raises(AutogradError, match="not symmetric"):
        stats.multivariate_normal.logpdf(x, mean, np.array([[2.0, 1.0], [0.0, 2.0]]))
    with pytest.raises(ShapeError, match=r"x, mean and cov must have shapes .*, not \(4, 2\), \(2,\) and \(3, 3\)"):
        stats.multivariate_normal.logpdf(x, mean, np.eye(3))


SINGULAR_ROOT = np.array([[1.0, 0.5], [-0.3, 2.0], [0.7, 1.0]])


def test_a_singular_covariance_gives_the_density_on_its_subspace():
    cov, mean = SINGULAR_ROOT @ SINGULAR_ROOT.T, np.array([0.1, -0.2, 0.3])
    x = mean + np.array([[0.3, -1.0], [2.0, 0.1]]) @ SINGULAR_ROOT.T
    points = np.concatenate([x, x + 1.0])  # the last two are outside of the subspace
    wanted = ss.multivariate_normal.logpdf(points, mean, cov, allow_singular=True)
    assert_close(stats.multivariate_normal.logpdf(points, mean, cov, allow_singular=True), wanted, rtol=1e-11)
    assert np.isneginf(wanted).tolist() == [False, False, True, True]
    assert_close(stats.multivariate_normal.pdf(points, mean, cov, True), np.exp(wanted), rtol=1e-11)

    def logpdf_on_the_subspace(coordinates, root):
        x = mean + coordinates @ root.T
        return stats.multivariate_normal.logpdf(x, mean, root @ root.T, True).sum()

    report = check_grad(logpdf_on_the_subspace, np.array([[0.3, -1.0], [2.0, 0.1]]), SINGULAR_ROOT, order=2)
    assert report.verdict == "pass"
    with pytest.raises(AutogradError, match=r"not symmetric and positive definite: .*, or pass allow_singular=True"):
        stats.multivariate_normal.logpdf(x, mean, cov - 1e-3 * np.eye(3))
    with pytest.raises(AutogradError, match=r"not symmetric and positive semidefinite: its smallest eigenvalue is -0.001; make it"):
        stats.multivariate_normal.logpdf(x, mean, cov - 1e-3 * np.eye(3), allow_singular=True)
    regular = cov + np.eye(3)
    assert_close(
        stats.multivariate_normal.logpdf(x, mean, regular, True), ss.multivariate_normal.logpdf(x, mean, regular), rtol=1e-12
    )


def test_the_entropy_of_the_multivariate_normal_distribution():
    root = np.array([[1.0, 0.5], [-0.3, 2.0]])
    for cov in (2.0, np.array([1.0, 3.0]), root @ root.T, SINGULAR_ROOT @ SINGULAR_ROOT.T):
        theirs = np.diag(cov) if np.ndim(cov) == 1 else cov
        assert_close(stats.multivariate_normal.entropy(None, cov), ss.multivariate_normal.entropy(None, theirs), rtol=1e-12)
    for matrix in (root, SINGULAR_ROOT):
        report = check_grad(lambda r: stats.multivariate_normal.entropy(None, r @ r.T), matrix, order=2)
        assert report.verdict == "pass"
    with pytest.raises(ShapeError, match=r"entropy: mean and cov must have shapes \(d,\) and \(d, d\), not \(2,\) and \(3, 3\)"):
        stats.multivariate_normal.entropy(np.zeros(2), np.eye(3))


def test_the_dirichlet_and_the_multinomial_distribution():
    alpha, p = np.array([1.5, 2.0, 0.7]), np.array([0.2, 0.5, 0.3])
    columns = np.array([[0.2, 0.1], [0.5, 0.3], [0.3, 0.6]])
    assert_close(stats.dirichlet.logpdf(columns, alpha), ss.dirichlet.logpdf(columns, alpha), rtol=1e-13)
    assert_close(stats.dirichlet.pdf(p[:2], alpha), ss.dirichlet.pdf(p[:2], alpha), rtol=1e-13)
    check_grad(lambda x, a: stats.dirichlet.logpdf(x, a), p, alpha, order=2)
    with pytest.raises(ShapeError, match=r"dirichlet.logpdf: x and alpha must have shapes .*, not \(5,\) and \(3,\)"):
        stats.dirichlet.logpdf(np.ones(5), alpha)
    counts = np.array([[1, 2, 0], [0, 0, 3], [1, 1, 0]])
    assert_close(stats.multinomial.logpmf(counts, 3, p), ss.multinomial.logpmf(counts, 3, p), rtol=1e-13)
    assert_close(stats.multinomial.pmf(counts[0], 3, p), ss.multinomial.pmf(counts[0], 3, p), rtol=1e-13)
    check_grad(lambda p: stats.multinomial.logpmf(counts[:2], 3, p).sum(), p, order=2)
