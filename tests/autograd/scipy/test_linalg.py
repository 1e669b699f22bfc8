"""Functions of matrices, triangular systems and special matrices, against SciPy and differences."""

import tracemalloc

import numpy as np
import pytest
import scipy.linalg as sl
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import AutogradError, ShapeError, Tensor, compile, grad, jvp
from autograd.scipy import linalg
from autograd.testing import check_grad
from oracles import assert_close

FEWER_EXAMPLES = max(2, settings.default.max_examples // 4)
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
    with pytest.raises(ShapeError, match=r"solve_triangular\(trans='X'\): it must be 0, 1, 2, 'N', 'T' or 'C'"):
        linalg.solve_triangular(A, np.ones(3), trans="X")
    with pytest.raises(ShapeError, match="block_diag\\(\\) takes at least one matrix"):
        linalg.block_diag()
    text = r"block_diag\(\) takes matrices, vectors and numbers, not arrays of shapes \(3, 3\), \(1, 1, 1\)"
    with pytest.raises(ShapeError, match=text):
        linalg.block_diag(Tensor(A), np.ones((1, 1, 1)))


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
    half_read = POSITIVE + (np.triu(np.ones((3, 3)), 1) if lower else np.tril(np.ones((3, 3)), -1))
    assert_close(linalg.cholesky(half_read, lower), factor, rtol=1e-13, atol=1e-15)
    assert_close(linalg.cholesky(Tensor(half_read), lower).data, factor, rtol=1e-13, atol=1e-15)
    b = RNG.normal(size=3)
    assert_close(linalg.cho_solve((factor, lower), b), np.linalg.solve(POSITIVE, b), rtol=1e-12)
    check_grad(lambda r: (linalg.cho_solve(linalg.cho_factor(r @ r.T + np.eye(3), lower), b) ** 2).sum(), A)


def test_matrix_functions_of_complex_matrices():
    matrix = POSITIVE + 0.3j * A
    for name in ("expm", "sqrtm", "logm"):
        ours, theirs = getattr(linalg, name), getattr(sl, name)
        assert_close(ours(matrix), theirs(matrix), rtol=1e-13)
        assert check_grad(lambda a, ours=ours: (abs(ours(a)) ** 2).sum(), matrix, order=2).verdict == "pass"


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 10**6))
@settings(max_examples=FEWER_EXAMPLES)
def test_the_equation_of_sylvester(m, n, seed):
    rng = np.random.default_rng(seed)
    a, b, q = rng.normal(size=(m, m)) + 4.0 * np.eye(m), rng.normal(size=(n, n)) + 4.0 * np.eye(n), rng.normal(size=(m, n))
    x = linalg.solve_sylvester(a, b, q)
    assert_close(x, sl.solve_sylvester(a, b, q), rtol=1e-13, atol=1e-15)
    assert_close(a @ x + x @ b, q, rtol=1e-12, atol=1e-13)
    report = check_grad(lambda a, b, q: (linalg.solve_sylvester(a, b, q) ** 2).sum(), a, b, q, order=2)
    assert report.verdict == "pass"


def test_the_equation_of_sylvester_with_complex_matrices():
    a, b, q = POSITIVE + 0.5j * A, np.eye(2) + 1j, A[:, :2] - 1j
    assert_close(linalg.solve_sylvester(a, b, q), sl.solve_sylvester(a, b, q), rtol=1e-13)
    report = check_grad(lambda a, b, q: (abs(linalg.solve_sylvester(a, b, q)) ** 2).sum(), a, b, q)
    assert report.verdict == "pass"


def make_dense(ab, lower, upper):
    """Write a banded matrix out, elementwise."""
    n = ab.shape[1]
    full = np.zeros((n, n))
    for i in range(n):
        for j in range(max(0, i - lower), min(n, i + upper + 1)):
            full[i, j] = ab[upper + i - j, j]
    return full


@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5), st.integers(0, 2), st.integers(0, 10**6))
@settings(max_examples=FEWER_EXAMPLES)
def test_banded_systems(lower, upper, n, columns, seed):
    lower, upper = min(lower, n - 1), min(upper, n - 1)  # as LAPACK takes them
    rng = np.random.default_rng(seed)
    ab, b = rng.normal(size=(lower + upper + 1, n)), rng.normal(size=(n, columns) if columns else n)
    ab[upper] += 6.0
    x = linalg.solve_banded((lower, upper), ab, b)
    assert_close(x, np.linalg.solve(make_dense(ab, lower, upper), b), rtol=1e-11, atol=1e-13)
    report = check_grad(lambda ab, b: (linalg.solve_banded((lower, upper), ab, b) ** 2).sum(), ab, b, order=2)
    assert report.verdict == "pass"


def test_a_banded_system_and_its_gradients_need_memory_for_the_band_only():
    n = 20_000
    ab, b = np.full((3, n), -1.0), np.ones(n)
    ab[1] = 4.0
    tracemalloc.start()
    try:
        by_ab, _ = grad(lambda ab, b: (linalg.solve_banded((1, 1), ab, b) ** 2).sum(), argnums=(0, 1))(ab, b)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50 * ab.nbytes  # the matrix would be 6667 times as large
    assert by_ab[0, 0] == by_ab[2, -1] == 0.0  # these entries are outside of the matrix


def test_gradients_of_banded_systems_in_single_precision():
    ab, b = Tensor(np.float32([[0.0, 1.0], [4.0, 4.0]])), Tensor(np.float32([1.0, 2.0]))
    x = linalg.solve_banded((0, 1), ab, b)
    x.sum().backward()
    assert x.dtype == ab.grad.dtype == b.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("attempt", "kind", "words"),
    [
        (
            lambda: linalg.solve_sylvester(A, A, A[:2]),
            ShapeError,
            r"takes shapes \(m, m\), \(n, n\) and \(m, n\), not \(3, 3\), \(3, 3\) and",
        ),
        (lambda: linalg.solve_sylvester(A, A, A[0]), ShapeError, r"solve_sylvester takes shapes .* and \(3,\)(?m:$)"),
        (
            lambda: linalg.solve_banded((1, 0), A, A[0]),
            ShapeError,
            r"solve_banded\(\(1, 0\), ...\) takes shapes \(2, n\) and \(n,\)",
        ),
        (lambda: linalg.solve_banded((-1, 0), A[:0], A[0]), ShapeError, r"solve_banded\(\(-1, 0\), ...\)"),
        (
            lambda: linalg.solve_banded((0, 0), 2.0, 1.0),
            ShapeError,
            r"takes shapes \(1, n\) and \(n,\) or \(n, k\), not \(\) and \(\)",
        ),
        (lambda: linalg.solve_banded((0, 0), [[0.0, 1.0]], [1.0, 1.0]), AutogradError, r"solve_banded of shape .*singular"),
    ],
)
def test_equations_that_do_not_fit_are_refused(attempt, kind, words):
    with pytest.raises(kind, match=words):
        attempt()


def test_the_logarithm_leaves_the_random_generator_as_it_is():
    """SciPy estimates norms with it, which compile() would take for a draw of the user's."""
    a = POSITIVE + np.eye(len(POSITIVE))
    program = compile(lambda a: linalg.logm(a).sum(), tensors=True)
    assert_close(program.value_and_grad(a)[1], grad(lambda a: linalg.logm(a).sum())(a), rtol=1e-10, atol=1e-12)
