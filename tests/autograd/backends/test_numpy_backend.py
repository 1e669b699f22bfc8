"""Sums of NumPy's backend that take a short way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import Tensor
from autograd.backends import numpy_backend
from autograd.backends.numpy_backend import ARRAY


@given(
    rows=hnp.arrays(
        st.sampled_from([np.float64, np.float32]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6),
        elements=st.floats(-1e3, 1e3, width=32),
    )
)
def test_rows_are_added(rows):
    total = ARRAY.sum_of_rows(rows)
    expected = np.array([math.fsum(rows[(slice(None), *place)].tolist()) for place in np.ndindex(rows.shape[1:])])
    assert (total.dtype, total.shape) == (rows.dtype, rows.shape[1:])
    np.testing.assert_allclose(np.ravel(total), expected, rtol=0, atol=6e3 * 6 * np.finfo(rows.dtype).eps)


def test_more_rows_than_there_are_ones_for(monkeypatch):
    monkeypatch.setattr(numpy_backend, "MOST_ROWS", 2)
    for count in (2, 3):
        assert ARRAY.sum_of_rows(np.ones((count, 2))).tolist() == [count, count]


def test_infinite_and_undefined_entries_stay():
    rows = np.array([[np.inf, np.nan, 1.0], [1.0, 1.0, -np.inf]])
    np.testing.assert_array_equal(ARRAY.sum_of_rows(rows), [np.inf, np.nan, -np.inf])


def test_the_gradient_of_a_bias_is_the_sum_over_the_batch():
    b, c = Tensor([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0], [-5.0, 0.5]])
    ((b + np.zeros((3, 2))) * c).sum().backward()
    assert b.grad.tolist() == [-1.0, 6.5]


def test_eigenvalues_are_real_numbers_or_an_error_whatever_type_numpy_returns(monkeypatch):
    triangle, rotation = np.array([[2.0, 1.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [-1.0, 0.0]])
    expected = numpy_backend.array_eig(triangle)
    with pytest.raises(ValueError, match="an eigenvalue is not real"):
        numpy_backend.array_eig(rotation)
    values, vectors = np.linalg.eig(triangle)
    monkeypatch.setattr(np.linalg, "eig", lambda a: (values + 0j, vectors + 0j))
    found = numpy_backend.array_eig(triangle)
    assert found.dtype == float
    np.testing.assert_array_equal(found, expected)
