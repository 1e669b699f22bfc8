"""Quantiles by every method, against NumPy's, with nan, axes and shapes of probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import Tensor, compile, grad, vmap
from oracles import assert_close

METHODS = [
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear"),
    *("median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"),
]
probabilities = st.one_of(
    st.integers(0, 20).map(lambda n: n / 20),
    hnp.arrays(float, hnp.array_shapes(max_dims=2, max_side=2), elements=st.integers(0, 4).map(lambda n: n / 4)),
)


@given(
    st.sampled_from(METHODS),
    hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=4), elements=st.integers(-20, 20).map(lambda n: n / 8)),
    probabilities,
    st.booleans(),
    st.data(),
)
@pytest.mark.filterwarnings("ignore:All-NaN slice")
def test_quantiles_are_those_of_numpy(method, a, q, keepdims, data):
    axis = data.draw(st.one_of(st.none(), st.integers(-a.ndim, a.ndim - 1), st.just(tuple(range(a.ndim))[:2])))
    settings = {"axis": axis, "method": method, "keepdims": keepdims}
    missing = data.draw(hnp.arrays(bool, a.shape))
    holes = np.where(missing, np.nan, a)
    for x in (a, holes):
        assert_close(np.quantile(Tensor(x), q, **settings).data, np.quantile(x, q, **settings), rtol=1e-12, atol=1e-13)
    ours = np.nanquantile(Tensor(holes), q, **settings)
    one_by_one = [np.nanquantile(holes, p, **settings) for p in np.ravel(q)]  # NumPy itself mixes up the axes of a matrix q
    assert_close(ours.data, np.reshape(one_by_one, np.shape(q) + np.shape(one_by_one[0])), rtol=1e-12, atol=1e-13)
    assert_close(
        np.percentile(Tensor(a), 100.0 * np.asarray(q), axis).data,
        np.percentile(a, 100.0 * np.asarray(q), axis),
        rtol=1e-12,
        atol=1e-13,
    )


@pytest.mark.parametrize("method", METHODS)
def test_the_gradient_goes_to_the_neighbours(method):
    x = np.array([3.0, 1.0, 2.0, 5.0])
    gradient = grad(lambda x: np.quantile(x, 0.4, method=method))(x)
    assert_close(gradient.sum(), 1.0, rtol=1e-13)
    assert_close(gradient @ x, np.quantile(x, 0.4, method=method), rtol=1e-13)
    assert gradient[3] == 0.0


def test_no_gradient_flows_to_nan():
    x = np.array([[3.0, np.nan, 2.0], [1.0, 4.0, np.nan]])
    gradient = grad(lambda x: np.nanquantile(x, 0.5, axis=1).sum())(x)
    assert gradient.tolist() == [[0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]


def test_quantiles_inside_compiled_functions_and_batches():
    f = lambda x: np.quantile(x, [0.2, 0.7]) @ np.array([1.0, 2.0])  # noqa: E731 - used three times
    x = np.array([3.0, 1.0, 2.0, 5.0])
    step = compile(f, tensors=True)
    for y in (x, x[::-1].copy()):  # in another order it is traced again
        assert_close(step.grad(y), grad(f)(y), rtol=1e-12)
    assert_close(vmap(grad(f))(np.stack([x, x + 1.0])), np.stack([grad(f)(x)] * 2), rtol=1e-12)
