"""Cholesky and QR factors, eigenvalues, singular values, pseudoinverses and least squares.

Where eigenvalues or singular values are equal, their vectors are not determined, and neither are the derivatives of the vectors.
There the vectors count as constant within their space. So the first derivative of a function that does not depend on the choice
of the vectors, such as a sum over all eigenvalues, is right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.core.tracing import call_with_guard
from autograd.errors import AutogradError, DataError, ShapeError
from autograd.numpy_api.apply import as_tensor, has_nodes
from autograd.numpy_api.functions.complex_numbers import conj, real
from autograd.numpy_api.functions.selection import where
from autograd.ops import find


def cholesky(a: Any, *, upper: bool = False) -> Any:
    """Return the Cholesky factor L of a symmetric or Hermitian positive definite matrix a = L Lᴴ, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n). As in NumPy, only one triangle is read: the lower one, or with ``upper`` the upper one.
    upper : bool, optional
        Whether to return Lᴴ.

    Returns
    -------
    array or Tensor
        Of shape (..., n, n).

    Raises
    ------
    AutogradError
        If a matrix is not positive definite.
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cholesky(Tensor([[4.0, 2.0], [2.0, 5.0]])).data
    array([[2., 0.],
           [1., 2.]])
    """
    t = _read_triangle(a, "cholesky", upper)
    try:
        factor = apply(find("cholesky"), t)
    except ShapeError as error:
        raise AutogradError(
            f"cholesky of shape {t.shape}: a matrix is not positive definite; add a small multiple of the identity, or use eigh"
        ) from error
    return _like(a, _conjugate_transpose(factor) if upper else factor)


def eigh(a: Any, UPLO: str = "L") -> Any:
    """Return the eigenvalues and eigenvectors of a symmetric or Hermitian matrix, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).
    UPLO : {"L", "U"}, optional
        Which triangle is read.

    Returns
    -------
    EighResult
        NumPy's named tuple: ``eigenvalues`` of shape (..., n) in ascending order, and ``eigenvectors`` as columns of (..., n, n).

    Raises
    ------
    DataError
        If ``UPLO`` is another letter.
    ShapeError
        If the matrices are not square.

    Notes
    -----
    The matrix does not determine eigenvectors of equal eigenvalues. A gradient that depends on them raises GraphError, and their
    tangents are nan. Gradients by the eigenvalues alone are finite: they are those of functions that do not depend on their order.

    Examples
    --------
    >>> from autograd import Tensor
    >>> eigh(Tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues.data
    array([1., 2.])
    """
    if UPLO not in ("L", "U", "l", "u"):
        raise DataError(f"eigh: UPLO must be 'L' or 'U', for the triangle that is read, not {UPLO!r}")
    factors = apply(find("eigh_factors"), _read_triangle(a, "eigh", UPLO in "Uu"))
    return type(np.linalg.eigh(np.eye(1)))(_like(a, _real_row(factors, 0)), _like(a, factors[..., 1:, :]))


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """Return the eigenvalues of a symmetric matrix in ascending order. See :func:`eigh`.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).
    UPLO : {"L", "U"}, optional
        Which triangle is read.

    Returns
    -------
    array or Tensor
        Of shape (..., n).

    Raises
    ------
    DataError
        If ``UPLO`` is another letter.
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> from autograd import Tensor
    >>> eigvalsh(Tensor([[2.0, 0.0], [0.0, 1.0]])).data
    array([1., 2.])
    """
    return eigh(a, UPLO).eigenvalues


def eig(a: Any) -> Any:
    """Return the eigenvalues and eigenvectors of a matrix whose eigenvalues are distinct.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    EigResult
        NumPy's named tuple: ``eigenvalues`` of shape (..., n), and ``eigenvectors`` of length 1 as columns of (..., n, n). Both
        are complex if ``a`` or one of its eigenvalues is.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Notes
    -----
    The phase of a complex eigenvector is not determined. Gradients are those of functions that do not depend on it.

    Examples
    --------
    >>> from autograd import Tensor
    >>> eig(Tensor([[2.0, 1.0], [0.0, 1.0]])).eigenvalues.data
    array([2., 1.])
    """
    t = as_tensor(a, "eig")
    if t.ndim < 2 or t.shape[-1] != t.shape[-2]:
        raise ShapeError(f"eig takes square matrices, not an array of shape {t.shape}")
    factors = apply(find("eig_factors"), t) if is_complex(t) or _has_real_eigenvalues(t) else apply(find("complex_eig_factors"), t)
    return type(np.linalg.eig(np.eye(1)))(_like(a, factors[..., 0, :]), _like(a, factors[..., 1:, :]))


def eigvals(a: Any) -> Any:
    """Return the eigenvalues of a matrix, which must be distinct. See :func:`eig`.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    array or Tensor
        Of shape (..., n).

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> from autograd import Tensor
    >>> eigvals(Tensor([[2.0, 1.0], [0.0, 1.0]])).data
    array([2., 1.])
    """
    return eig(a).eigenvalues


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return the singular value decomposition a = U diag(s) Vᴴ of a matrix, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n).
    full_matrices : bool, optional
        True, NumPy's default, is only allowed for square matrices. Otherwise the further vectors are not determined, so that they
        have no derivative.
    compute_uv : bool, optional
        Whether to return the vectors; otherwise the result is ``s`` alone.

    Returns
    -------
    SVDResult
        NumPy's named tuple: ``U`` of shape (..., m, k), ``S`` of shape (..., k) in descending order, and ``Vh`` of shape
        (..., k, n) with k = min(m, n).

    Raises
    ------
    DataError
        If further vectors are asked for.
    ShapeError
        If ``a`` has fewer than two axes.

    Notes
    -----
    The matrix does not determine the vectors of equal singular values, nor those of a singular value 0. A gradient that depends on
    them raises GraphError, and their tangents are nan.

    Examples
    --------
    >>> from autograd import Tensor
    >>> svd(Tensor([[3.0, 0.0], [0.0, 4.0]]), compute_uv=False).data
    array([4., 3.])
    """
    t = as_tensor(a, "svd")
    if t.ndim < 2:
        raise ShapeError(f"svd takes matrices, not an array of shape {t.shape}")
    m, n = t.shape[-2:]
    if compute_uv and full_matrices and m != n:
        raise DataError(
            f"svd of shape {t.shape} with full_matrices=True returns vectors that the matrix does not determine: "
            "pass full_matrices=False"
        )
    factors = apply(find("svd_factors"), t)
    singular_values = _like(a, _real_row(factors, m))
    if not compute_uv:
        return singular_values
    u, vh = factors[..., :m, :], factors[..., m + 1 :, :].swapaxes(-1, -2)
    return type(np.linalg.svd(np.eye(1)))(_like(a, u), singular_values, _like(a, vh))


def svdvals(a: Any) -> Any:
    """Return the singular values of a matrix in descending order, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n).

    Returns
    -------
    array or Tensor
        Of shape (..., min(m, n)).

    Raises
    ------
    ShapeError
        If ``a`` has fewer than two axes.

    Examples
    --------
    >>> from autograd import Tensor
    >>> svdvals(Tensor([[3.0, 0.0], [0.0, 4.0]])).data
    array([4., 3.])
    """
    return svd(a, compute_uv=False)


def qr(a: Any, mode: str = "reduced") -> Any:
    """Return the factors of a = Q R: orthonormal columns, and an upper triangle.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n), whose first min(m, n) columns are independent.
    mode : {"reduced", "r"}, optional
        Whether to return both factors, or R alone. "complete" is taken for matrices with n >= m, of which it is the same.

    Returns
    -------
    QRResult
        NumPy's named tuple: ``Q`` of shape (..., m, k) and ``R`` of shape (..., k, n) with k = min(m, n).

    Raises
    ------
    DataError
        If the mode is another, or asks for columns that ``a`` does not determine.

    Examples
    --------
    >>> from autograd import Tensor
    >>> abs(qr(Tensor([[3.0, 0.0], [0.0, 4.0]])).R.data)
    array([[3., 0.],
           [0., 4.]])
    """
    t = as_tensor(a, "qr")
    if t.ndim < 2:
        raise ShapeError(f"qr takes matrices, not an array of shape {t.shape}")
    m, n = t.shape[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and n >= m):
        raise DataError(f"qr of shape {t.shape} with mode={mode!r} has no derivative here: use 'reduced' or 'r'")
    factors = apply(find("qr_factors"), t[..., : min(m, n)])
    q, r = factors[..., :m, :], factors[..., m:, :].swapaxes(-1, -2)
    if n > m:
        r = apply(find("concatenate"), r, _conjugate_transpose(q) @ t[..., m:], axis=-1)
    return _like(a, r) if mode == "r" else type(np.linalg.qr(np.eye(1)))(_like(a, q), _like(a, r))


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return the Moore-Penrose pseudoinverse of a matrix, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n).
    rcond : float, optional
        Singular values below this fraction of the largest count as 0; 1e-15 by default, as in NumPy.
    hermitian : bool, optional
        Accepted as np.linalg.pinv does, and ignored.
    rtol : float, optional
        Another name of ``rcond``.

    Returns
    -------
    array or Tensor
        Of shape (..., n, m).

    Raises
    ------
    ShapeError
        If ``a`` has fewer than two axes.
    DataError
        If ``a`` holds something other than numbers.

    Notes
    -----
    The derivative holds where the rank does not change.

    Examples
    --------
    >>> from autograd import Tensor
    >>> pinv(Tensor([[2.0], [0.0]])).data
    array([[0.5, 0. ]])
    """
    cutoff = rtol if rcond is None else rcond
    return _like(a, apply(find("pinv"), as_tensor(a, "pinv"), rcond=1e-15 if cutoff is None else float(cutoff)))


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return the solution of least squares, min ‖a x - b‖, of smallest norm.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (m, n).
    b : array_like or Tensor
        Of shape (m,) or (m, k).
    rcond : float or None, optional
        Singular values below this fraction of the largest count as 0; by default max(m, n) times the machine precision.

    Returns
    -------
    x : array or Tensor
        Of shape (n,) or (n, k).
    residuals : array or Tensor
        The sums of squares of a x - b; empty where the rank is less than n or m <= n, as in NumPy.
    rank : int
        A plain number.
    singular_values : array or Tensor
        Those of ``a``, in descending order, of shape (min(m, n),).

    Raises
    ------
    ShapeError
        If the shapes are other ones.

    Examples
    --------
    >>> from autograd import Tensor
    >>> lstsq(Tensor([[1.0], [1.0]]), [1.0, 3.0])[0].data
    array([2.])
    """
    t, u = as_tensor(a, "lstsq"), as_tensor(b, "lstsq")
    if t.ndim != 2 or u.ndim not in (1, 2) or u.shape[0] != t.shape[0]:
        raise ShapeError(f"lstsq takes a of shape (m, n) and b of shape (m,) or (m, k), not {t.shape} and {u.shape}")
    m, n = t.shape
    cutoff = float(np.finfo(t.dtype).eps * max(m, n)) if rcond is None else float(rcond)
    x = apply(find("pinv"), t, rcond=cutoff) @ u
    rank = call_with_guard(lambda numbers: int(np.linalg.matrix_rank(numbers, rtol=cutoff)), t)
    differences = t @ x - u
    squares = abs(differences) ** 2 if is_complex(differences) else differences * differences
    residuals = squares.sum(0).reshape(u.shape[1:] or (1,)) if rank == n < m else np.zeros(0)
    solution = (x, residuals, rank, svdvals(t))
    if has_nodes([a, b]):
        return solution
    return tuple(part._primal[()] if isinstance(part, Tensor) else part for part in solution)


def _read_triangle(a: Any, call: str, upper: bool) -> Tensor:
    """Return the symmetric or Hermitian matrices that one triangle of ``a`` stands for."""
    t = as_tensor(a, call)
    if t.ndim < 2 or t.shape[-1] != t.shape[-2]:
        raise ShapeError(f"{call} takes square matrices, not an array of shape {t.shape}")
    i, j = np.indices(t.shape[-2:])
    rows, columns = (np.minimum(i, j), np.maximum(i, j)) if upper else (np.maximum(i, j), np.minimum(i, j))
    read = t[..., rows, columns]
    if not is_complex(t):
        return read
    read = where(i != rows, conj(read), read)
    return where(i == j, real(read), read)  # type: ignore[no-any-return]  # a Tensor


def _has_real_eigenvalues(t: Tensor) -> bool:
    """Return whether the eigenvalues of real matrices are real; in a compiled program that decides which one it is."""

    def look(numbers: Any) -> bool:
        return not np.isfinite(numbers).all() or not np.linalg.eigvals(numbers).imag.any()

    return bool(call_with_guard(look, t))


def _conjugate_transpose(t: Tensor) -> Tensor:
    """Return the conjugate transpose of every matrix."""
    transposed = t.swapaxes(-1, -2)
    return conj(transposed) if is_complex(t) else transposed


def _real_row(factors: Tensor, i: int) -> Any:
    """Return the row of eigenvalues or singular values, which are real even if the vectors are complex."""
    row = factors[..., i, :]
    return real(row) if is_complex(row) else row


def _like(a: Any, result: Tensor) -> Any:
    """Return a Tensor if the argument holds nodes, else its plain numbers."""
    return result if has_nodes(a) else result._primal[()]
