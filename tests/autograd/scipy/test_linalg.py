"""Functions of matrices, triangular systems and special matrices, against SciPy and differences."""

import numpy as np
import pytest
import scipy.linalg as sl
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import ShapeError, Tensor, grad, jvp
from autograd.scipy import linalg
from autograd.testing import check_grad
from oracles import assert_close

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3))
POSITIVE = A @ A.T + 2.0 * np.eye(3)


@pytest.mark.parametrize(("name", "matrix"), [("expm", A), ("sqrtm", POSITIVE), ("logm", POSITIVE)])
def test_functions_of_matrices(name, matrix):
    ours, theirs = getattr(linalg, name), getattr(sl, name)
    assert_close(ours(matrix), theirs(matrix), rtol=1e-13)
    stack = np.stack([matrix, np.eye(3)])
    assert_close(ours(Tensor(stack)).data, np.stack([theirs(m) for m in stack]), rtol=1e-12, atol=1e-14)
    check_grad(lambda a: (ours(a) * A).sum(), matrix, order=2)
    with pytest.raises(ShapeError, match=rf"{name} takes square matrices, not an array of shape \(3, 2\)"):
        ours(matrix[:, :2])


def test_the_derivative_of_the_exponential_is_that_of_scipy():
    direction = RNG.normal(size=(3, 3))
    value, tangent = jvp(linalg.expm, (A,), (direction,))
    wanted = sl.expm_frechet(A, direction)
    assert_close(value, wanted[0], rtol=1e-12)
    assert_close(tangent, wanted[1], rtol=1e-12, atol=1e-13)
    assert np.isnan(linalg.logm(-np.eye(2) + [[0.0, 0.0], [0.0, 3.0]])).all()


@given(st.sampled_from([0, 1, "N", "T"]), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=6)
def test_triangular_systems(trans, lower, unit_diagonal, is_matrix):
    b = RNG.normal(size=(3, 2) if is_matrix else 3)
    settings = {"trans": trans, "lower": lower, "unit_diagonal": unit_diagonal}
    matrix = A + 3.0 * np.eye(3)
    assert_close(linalg.solve_triangular(matrix, b, **settings), sl.solve_triangular(matrix, b, **settings), rtol=1e-13)
    check_grad(lambda a, b: (linalg.solve_triangular(a, b, **settings) ** 2).sum(), matrix, b, order=2)


def test_systems_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"takes shapes \(n, n\) and \(n,\) or \(n, k\), not \(3, 3\) and \(2,\)"):
        linalg.solve_triangular(A, np.ones(2))
    with pytest.raises(ShapeError, match=r"solve_triangular\(trans='X'\): it is 0, 1, 2, 'N', 'T' or 'C'"):
        linalg.solve_triangular(A, np.ones(3), trans="X")
    with pytest.raises(ShapeError, match="block_diag\\(\\) takes at least one matrix"):
        linalg.block_diag()


def test_special_matrices():
    blocks = (A, np.ones((1, 2)), 5.0, np.array([1.0, 2.0]))
    assert_close(linalg.block_diag(*blocks), sl.block_diag(*blocks))
    assert_close(grad(lambda a: (linalg.block_diag(a, a) ** 2).sum())(A), 4.0 * A)
    for arguments in ((np.arange(4.0),), (np.arange(4.0), np.array([9.0, 8.0, 7.0]))):
        assert_close(linalg.toeplitz(*arguments), sl.toeplitz(*arguments))
    check_grad(lambda c, r: (linalg.toeplitz(c, r) ** 3).sum(), np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]))


@pytest.mark.parametrize("lower", [False, True])
def test_positive_definite_systems(lower):
    factor, _ = linalg.cho_factor(POSITIVE, lower)
    assert_close(factor, sl.cholesky(POSITIVE, lower), rtol=1e-13, atol=1e-15)
    b = RNG.normal(size=3)
    assert_close(linalg.cho_solve((factor, lower), b), np.linalg.solve(POSITIVE, b), rtol=1e-12)
    check_grad(lambda r: (linalg.cho_solve(linalg.cho_factor(r @ r.T + np.eye(3), lower), b) ** 2).sum(), A)
