"""NumPy's older functions of polynomials, whose coefficients begin with that of the highest power."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError, SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.composed.sequences import convolve


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the matrix of the powers of each entry of a vector, from the highest to the zeroth.

    Parameters
    ----------
    x : array_like or Tensor, shape (n,)
    N : int, optional
        The number of columns; n by default.
    increasing : bool, optional
        Whether the zeroth power comes first.

    Returns
    -------
    Tensor, shape (n, N)

    Raises
    ------
    ShapeError
        If ``x`` is not a vector.

    Examples
    --------
    >>> vander(Tensor([2.0, 3.0]), 3).data
    array([[4., 2., 1.],
           [9., 3., 1.]])
    """
    points = as_tensor(x)
    if points.ndim != 1:
        raise ShapeError(f"np.vander takes a vector, not an array of shape {points.shape}")
    exponents = np.arange(float(points.size if N is None else N))
    return functions.power(points.reshape(-1, 1), exponents if increasing else exponents[::-1])


def polyadd(a1: Any, a2: Any) -> Any:
    """Return the sum of two polynomials.

    Examples
    --------
    >>> polyadd(Tensor([1.0, 2.0]), [5.0]).data
    array([1., 7.])
    """
    a, b = _coefficients(a1, "polyadd"), _coefficients(a2, "polyadd")
    n = max(a.size, b.size)
    a, b = (functions.concatenate([np.zeros(n - p.size), p]) for p in (a, b))
    return a + b


def polysub(a1: Any, a2: Any) -> Any:
    """Return the difference of two polynomials.

    Examples
    --------
    >>> polysub(Tensor([1.0, 2.0]), [5.0]).data
    array([ 1., -3.])
    """
    return polyadd(a1, functions.negative(as_tensor(a2)))


def polymul(a1: Any, a2: Any) -> Any:
    """Return the product of two polynomials.

    Examples
    --------
    >>> polymul(Tensor([1.0, 2.0]), [1.0, -2.0]).data
    array([ 1.,  0., -4.])
    """
    return convolve(_coefficients(a1, "polymul"), _coefficients(a2, "polymul"))


def polyder(p: Any, m: int = 1) -> Any:
    """Return the ``m``-th derivative of a polynomial with respect to its variable.

    Examples
    --------
    >>> polyder(Tensor([3.0, 2.0, 1.0])).data
    array([6., 2.])
    """
    if m < 0:
        raise SettingError(f"np.polyder: the order m must be 0 or more, not {m}")
    p = _coefficients(p, "polyder") if m else as_tensor(p)
    for _ in range(m):
        p = p[:-1] * np.arange(p.size - 1.0, 0.0, -1.0)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Return the ``m``-th antiderivative of a polynomial.

    Parameters
    ----------
    p : array_like or Tensor
    m : int, optional
    k : number, array_like, node or None, optional
        The constants of integration, zeros by default.

    Returns
    -------
    Tensor

    Raises
    ------
    SettingError
        If the number of constants is not ``m``.

    Examples
    --------
    >>> polyint(Tensor([6.0, 2.0]), k=5.0).data
    array([3., 2., 5.])
    """
    p = _coefficients(p, "polyint") if m else as_tensor(p)
    constants = as_tensor(np.zeros(m) if k is None else k).ravel()
    constants = functions.broadcast_to(constants, (m,)) if constants.size == 1 else constants
    if m < 0 or constants.size != m:
        raise SettingError(f"np.polyint: {constants.size} constants for an order of {m}: pass one, or one for each")
    for i in range(m):
        p = functions.concatenate([p / np.arange(float(p.size), 0.0, -1.0), constants[i : i + 1]])
    return p


def polydiv(u: Any, v: Any) -> tuple[Tensor, Tensor]:
    """Return the quotient and the remainder of two polynomials.

    Examples
    --------
    >>> quotient, remainder = polydiv(Tensor([3.0, 5.0, 2.0]), [2.0, 1.0])
    >>> quotient.data, remainder.data
    (array([1.5 , 1.75]), array([0.25]))
    """
    remainder, divisor = _coefficients(u, "polydiv") + 0.0, _coefficients(v, "polydiv")
    n_steps = max(remainder.size - divisor.size + 1, 0)
    quotients = []
    for k in range(n_steps):
        quotients.append(remainder[k] / divisor[0])
        scaled = divisor * quotients[-1]
        remainder = remainder - functions.concatenate([np.zeros(k), scaled, np.zeros(n_steps - 1 - k)])
    start = call_with_guard(_count_leading_zeros, remainder)
    return functions.stack(quotients) if quotients else remainder[:1] * 0.0, remainder[start:]


def _count_leading_zeros(coefficients: Any) -> int:
    """Return how many coefficients np.polydiv takes for zeros at the front; the last one stays."""
    is_zero = np.isclose(coefficients[:-1], 0.0, rtol=1e-14)
    return int(np.argmin([*is_zero, False]))


def roots(p: Any) -> Tensor:
    """Return the roots of a polynomial, the eigenvalues of its companion matrix.

    Examples
    --------
    >>> np.sort(roots(Tensor([1.0, -3.0, 2.0])).data).round(12)
    array([1., 2.])
    """
    coefficients = _coefficients(p, "roots")
    first, last = call_with_guard(_find_ends, coefficients)
    zeros = np.zeros(coefficients.size - 1 - last)
    p = coefficients[first : last + 1]
    if p.size < 2:
        return Tensor(zeros, constant=True)
    row = (-p[1:] / p[0]).reshape(1, -1)
    found = functions.eigvals(functions.concatenate([row, np.eye(p.size - 2, p.size - 1)]))
    return functions.concatenate([found, zeros]) if zeros.size else found  # type: ignore[no-any-return]  # a Tensor


def _find_ends(coefficients: Any) -> tuple[int, int]:
    """Return the positions of the first and of the last coefficient that is not 0."""
    positions = np.flatnonzero(coefficients)
    return (int(positions[0]), int(positions[-1])) if positions.size else (coefficients.size, coefficients.size - 1)


def poly(seq_of_zeros: Any) -> Any:
    """Return the coefficients of the polynomial with given roots, or the characteristic polynomial of a square matrix.

    Examples
    --------
    >>> poly(Tensor([1.0, 2.0])).data
    array([ 1., -3.,  2.])
    """
    roots = as_tensor(seq_of_zeros)
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1]:
        roots = functions.eigvals(roots)
    if roots.ndim != 1:
        raise ShapeError(f"np.poly on nodes takes a vector of roots or a square matrix, not an array of shape {roots.shape}")
    p: Any = Tensor(np.ones(1), constant=True)
    for i in range(roots.size):
        p = convolve(p, functions.stack([1.0, -roots[i]]))
    return p.real if call_with_guard(_are_conjugate_pairs, roots) else p


def _are_conjugate_pairs(roots: Any) -> bool:
    """Return whether some roots are complex, and each has its conjugate among them: the coefficients are then real."""
    return np.iscomplexobj(roots) and bool(np.all(np.sort(roots) == np.sort(np.conj(roots))))


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """Return the coefficients of the polynomial that fits samples best, in the sense of least squares.

    Parameters
    ----------
    x, y : array_like or Tensor, shape (n,)
    deg : int
        The degree.
    rcond, full, cov : optional
        Only their defaults have a derivative.
    w : array_like, Tensor or None, optional, shape (n,)
        The weights of the residuals, before they are squared.

    Returns
    -------
    Tensor, shape (deg + 1,)

    Raises
    ------
    DataError
        If ``rcond``, ``full`` or ``cov`` is given.
    ShapeError
        If the samples are not vectors of equal length.

    Examples
    --------
    >>> polyfit(Tensor([0.0, 1.0, 2.0]), [1.0, 3.0, 5.0], 1).data.round(12)
    array([2., 1.])
    """
    if rcond is not None or full or cov:
        raise DataError("np.polyfit with rcond=, full= or cov= has no derivative here: leave them out")
    x, y = as_tensor(x), as_tensor(y)
    if x.ndim != 1 or x.shape != y.shape:
        raise ShapeError(f"np.polyfit on nodes takes two vectors of one length, not shapes {x.shape} and {y.shape}")
    matrix = vander(x, deg + 1)
    if w is not None:
        weights = as_tensor(w)
        matrix, y = matrix * weights.reshape(-1, 1), y * weights
    return functions.lstsq(matrix, y)[0]


def _coefficients(p: Any, name: str) -> Tensor:
    tensor = as_tensor(p)
    if tensor.ndim > 1:
        raise ShapeError(f"np.{name} takes a vector of coefficients, not an array of shape {tensor.shape}")
    return tensor.reshape(-1)
