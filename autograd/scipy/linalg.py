"""SciPy's linear algebra on arrays and Tensors: functions of matrices, triangular systems and special matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_to_tensors
from autograd.numpy_api.functions import det, inv, norm, solve
from autograd.ops import find
from autograd.scipy import backends as _backends  # noqa: F401 - it gives SciPy's functions to the rows

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "det",
    "expm",
    "inv",
    "logm",
    "norm",
    "solve",
    "solve_banded",
    "solve_sylvester",
    "solve_triangular",
    "sqrtm",
    "toeplitz",
]
_EXPM, _SQRTM, _LOGM, _SOLVE_TRIANGULAR = find("expm"), find("sqrtm"), find("logm"), find("solve_triangular")
_SOLVE_SYLVESTER, _SOLVE_BANDED = find("solve_sylvester"), find("solve_banded")


def expm(A: Any) -> Any:
    """Return the exponential of a matrix.

    Parameters
    ----------
    A : array_like or Tensor, shape (..., n, n)
        A square matrix, or a stack of them.

    Returns
    -------
    array or Tensor, shape (..., n, n)
        The exponential of each matrix.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Notes
    -----
    The derivative along E is the upper right block of expm([[A, E], [0, A]]).

    Examples
    --------
    >>> expm(Tensor([[0.0, 1.0], [0.0, 0.0]])).data
    array([[1., 1.],
           [0., 1.]])
    """
    return apply_to_tensors(lambda a: apply(_EXPM, _square("expm", a)), "expm", A)


def sqrtm(A: Any) -> Any:
    """Return the principal square root of a matrix.

    Parameters
    ----------
    A : array_like or Tensor, shape (..., n, n)
        A square matrix, or a stack of them.

    Returns
    -------
    array or Tensor, shape (..., n, n)
        nan where the root is not real.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> sqrtm(Tensor([[4.0, 0.0], [0.0, 9.0]])).data
    array([[2., 0.],
           [0., 3.]])
    """
    return apply_to_tensors(lambda a: apply(_SQRTM, _square("sqrtm", a)), "sqrtm", A)


def logm(A: Any) -> Any:
    """Return the principal logarithm of a matrix.

    Parameters
    ----------
    A : array_like or Tensor, shape (..., n, n)
        A square matrix, or a stack of them.

    Returns
    -------
    array or Tensor, shape (..., n, n)
        nan where the logarithm is not real.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> bool(np.allclose(logm(expm([[0.5, 1.0], [0.0, -0.5]])), [[0.5, 1.0], [0.0, -0.5]]))
    True
    """
    return apply_to_tensors(lambda a: apply(_LOGM, _square("logm", a)), "logm", A)


def _square(call: str, a: Tensor) -> Tensor:
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"{call} takes square matrices, not an array of shape {a.shape}")
    return a


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    """Return the solution x of a x = b with a triangular matrix.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
        Only its triangle is read, and gets a gradient.
    b : array_like or Tensor, shape (n,) or (n, k)
        The right-hand sides, as columns.
    trans : {0, 1, 2, "N", "T", "C"}, optional
        1, 2, "T" and "C" solve aᵀ x = b.
    lower : bool, optional
        Whether the lower triangle is read instead of the upper one.
    unit_diagonal : bool, optional
        Whether the diagonal counts as ones.

    Returns
    -------
    array or Tensor, shape (n,) or (n, k)
        The solutions x, as columns.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> solve_triangular([[2.0, 0.0], [1.0, 1.0]], [2.0, 3.0], lower=True).tolist()
    [1.0, 2.0]
    """
    transposed = {0: 0, 1: 1, 2: 1, "N": 0, "T": 1, "C": 1}.get(trans)
    if transposed is None:
        raise ShapeError(f"solve_triangular(trans={trans!r}): it must be 0, 1, 2, 'N', 'T' or 'C'")

    def solve_tensors(a: Tensor, b: Tensor) -> Any:
        if a.ndim != 2 or a.shape[0] != a.shape[1] or b.ndim not in (1, 2) or b.shape[0] != a.shape[0]:
            raise ShapeError(f"solve_triangular takes shapes (n, n) and (n,) or (n, k), not {a.shape} and {b.shape}")
        return apply(_SOLVE_TRIANGULAR, a, b, trans=transposed, lower=bool(lower), unit_diagonal=bool(unit_diagonal))

    return apply_to_tensors(solve_tensors, "solve_triangular", a, b)


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return the solution X of Sylvester's equation a X + X b = q.

    Parameters
    ----------
    a : array_like or Tensor, shape (m, m)
        The left factor.
    b : array_like or Tensor, shape (n, n)
        The right factor.
    q : array_like or Tensor, shape (m, n)
        The right-hand side.

    Returns
    -------
    array or Tensor, shape (m, n)
        The solution X.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    The solution is unique if no eigenvalue of ``a`` is the negative of one of ``b``. The cotangent of q solves the equation with
    aᵀ, bᵀ and X̄.

    Examples
    --------
    >>> solve_sylvester([[2.0]], [[1.0]], [[6.0]]).tolist()
    [[2.0]]
    """

    def solve_tensors(a: Tensor, b: Tensor, q: Tensor) -> Any:
        if q.ndim != 2 or a.shape != (q.shape[0],) * 2 or b.shape != (q.shape[1],) * 2:
            raise ShapeError(f"solve_sylvester takes shapes (m, m), (n, n) and (m, n), not {a.shape}, {b.shape} and {q.shape}")
        return apply(_SOLVE_SYLVESTER, a, b, q)

    return apply_to_tensors(solve_tensors, "solve_sylvester", a, b, q)


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Any:
    """Return the solution x of A x = b with a banded matrix; values and derivatives need memory for the band only.

    Parameters
    ----------
    l_and_u : tuple of int
        The number of diagonals below and above the main one.
    ab : array_like or Tensor, shape (l + u + 1, n)
        The diagonals as rows: ``ab[u + i - j, j]`` is the entry of A in row i and column j. The entries outside of A are not read,
        and get a gradient of 0.
    b : array_like or Tensor, shape (n,) or (n, k)
        The right-hand sides, as columns.

    Returns
    -------
    array or Tensor, shape (n,) or (n, k)
        The solutions x, as columns.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    AutogradError
        If the matrix is singular.

    Examples
    --------
    >>> solve_banded((1, 0), [[2.0, 1.0], [1.0, 0.0]], [2.0, 3.0]).tolist()
    [1.0, 2.0]
    """
    lower, upper = (int(width) for width in l_and_u)

    def solve_tensors(ab: Tensor, b: Tensor) -> Any:
        n = ab.shape[-1] if ab.ndim else 0
        if min(lower, upper) < 0 or ab.shape != (lower + upper + 1, n) or b.ndim not in (1, 2) or b.shape[0] != n:
            raise ShapeError(
                f"solve_banded(({lower}, {upper}), ...) takes shapes ({lower + upper + 1}, n) and (n,) or (n, k), "
                f"not {ab.shape} and {b.shape}"
            )
        return apply(_SOLVE_BANDED, ab, b, lower=lower, upper=upper)

    return apply_to_tensors(solve_tensors, "solve_banded", ab, b)


def cholesky(a: Any, lower: bool = False) -> Any:
    """Return the Cholesky factor of a positive definite matrix: the upper one by default, as in SciPy.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
        A positive definite matrix. Only the triangle of the factor is read.
    lower : bool, optional
        Whether to return the lower factor.

    Returns
    -------
    array or Tensor, shape (n, n)
        The factor. The other triangle is zero.

    Examples
    --------
    >>> cholesky([[4.0]]).tolist()
    [[2.0]]
    """
    return np.linalg.cholesky(a, upper=not lower)


def cho_factor(a: Any, lower: bool = False) -> tuple[Any, bool]:
    """Return the Cholesky factor for `cho_solve`.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
        A positive definite matrix. Only the triangle of the factor is read.
    lower : bool, optional
        Whether to return the lower factor; the upper one by default.

    Returns
    -------
    c : array or Tensor, shape (n, n)
        The factor. The other triangle is zero; SciPy leaves numbers in it.
    lower : bool
        The argument ``lower``, for `cho_solve`.

    Examples
    --------
    >>> cho_factor([[4.0]])[0].tolist()
    [[2.0]]
    """
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Any:
    """Return the solution of a x = b by the Cholesky factor of a.

    Parameters
    ----------
    c_and_lower : tuple
        What `cho_factor` has returned.
    b : array_like or Tensor, shape (n,) or (n, k)
        The right-hand sides, as columns.

    Returns
    -------
    array or Tensor, shape (n,) or (n, k)
        The solutions x, as columns.

    Raises
    ------
    ShapeError
        If the shapes of ``c`` and ``b`` do not match.

    Examples
    --------
    >>> cho_solve(cho_factor([[4.0]]), [2.0]).tolist()
    [0.5]
    """
    c, lower = c_and_lower
    half = solve_triangular(c, b, trans=0 if lower else 1, lower=lower)
    return solve_triangular(c, half, trans=1 if lower else 0, lower=lower)


def block_diag(*arrs: Any) -> Any:
    """Return a matrix with the given matrices on its diagonal, and zeros elsewhere.

    Parameters
    ----------
    *arrs : array_like or Tensor
        Matrices; vectors count as rows, and numbers as 1 by 1 matrices.

    Returns
    -------
    array or Tensor
        Its shape is the sum of the shapes of the matrices.

    Raises
    ------
    ShapeError
        If there is no matrix, or an argument has more than two axes.

    Examples
    --------
    >>> block_diag([[1.0]], [[2.0, 3.0]]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 2.0, 3.0]]
    """

    def join(*blocks: Tensor) -> Any:
        matrices = [block.reshape((1,) * (2 - block.ndim) + block.shape) for block in blocks]
        width = int(np.sum([m.shape[1] for m in matrices]))
        rows, start = [], 0
        for m in matrices:
            height, columns = m.shape
            zeros = [np.zeros((height, start)), m, np.zeros((height, width - start - columns))]
            rows.append(functions.concatenate(zeros, axis=1))
            start += columns
        return functions.concatenate(rows, axis=0)

    if not arrs:
        raise ShapeError("block_diag() takes at least one matrix")
    shapes = [np.shape(matrix) for matrix in arrs]
    if any(len(shape) > 2 for shape in shapes):
        raise ShapeError(f"block_diag() takes matrices, vectors and numbers, not arrays of shapes {', '.join(map(str, shapes))}")
    return apply_to_tensors(join, "block_diag", *arrs)


def toeplitz(c: Any, r: Any = None) -> Any:
    """Return the matrix that is constant along its diagonals.

    Parameters
    ----------
    c : array_like or Tensor, shape (n,)
        The first column.
    r : array_like or Tensor, shape (m,), optional
        The first row, whose first entry is not used; by default ``c``.

    Returns
    -------
    array or Tensor, shape (n, m)
        The entry in row i and column j is ``c[i - j]``, or ``r[j - i]`` above the diagonal.

    Examples
    --------
    >>> toeplitz([1.0, 2.0], [1.0, 5.0, 6.0]).tolist()
    [[1.0, 5.0, 6.0], [2.0, 1.0, 5.0]]
    """

    def build(c: Tensor, r: Tensor) -> Any:
        c, r = c.ravel(), r.ravel()
        entries = functions.concatenate([functions.flip(c), r[1:]])
        return entries[len(c) - 1 - np.arange(len(c))[:, None] + np.arange(len(r))]

    return apply_to_tensors(build, "toeplitz", c, c if r is None else r)
