"""Linear systems with banded matrices, in SciPy's storage: ``ab[upper + i - j, j]`` is the entry in row i and column j.

All functions work on whole diagonals, so that they need memory and time for the band only.
"""

from __future__ import annotations

from typing import Any

from autograd.ops.row_constructors import custom
from autograd.ops.rules.products import as_column


def shift(xp: Any, a: Any, step: int) -> Any:
    """Return the array whose entry i is ``a[i + step]``, along the first axis; zeros where there is none."""
    n, others = xp.shape(a)[0], xp.shape(a)[1:]
    zeros = xp.zeros((min(abs(step), n), *others))
    if step >= 0:
        return xp.concatenate([xp.getitem(a, index=slice(step, n)), zeros], axis=0)
    return xp.concatenate([zeros, xp.getitem(a, index=slice(0, max(n + step, 0)))], axis=0)


def read_diagonal(xp: Any, ab: Any, upper: int, k: int) -> Any:
    """Return the stored diagonal of the entries (j - k, j)."""
    return xp.getitem(ab, index=upper - k)


def transpose_band(xp: Any, ab: Any, lower: int, upper: int) -> Any:
    """Return the storage of the transposed matrix, which has ``upper`` diagonals below the main one."""
    diagonals = [shift(xp, read_diagonal(xp, ab, upper, k), k) for k in range(-lower, upper + 1)]
    return xp.stack(diagonals, axis=0)


def multiply_band(xp: Any, ab: Any, x: Any, lower: int, upper: int) -> Any:
    """Return the product of the matrix and a vector or the columns of a matrix."""
    total = 0.0
    for k in range(-lower, upper + 1):
        diagonal = read_diagonal(xp, ab, upper, k)
        diagonal = diagonal if len(xp.shape(x)) == 1 else as_column(xp, diagonal)
        total = total + shift(xp, diagonal * x, k)
    return total


def outer_band(xp: Any, left: Any, right: Any, lower: int, upper: int) -> Any:
    """Return the band of the product of columns and rows, left · rightᵀ."""
    diagonals = [shift(xp, left, -k) * right for k in range(upper, -lower - 1, -1)]
    if len(xp.shape(left)) == 2:
        diagonals = [xp.sum(diagonal, axis=-1, keepdims=False) for diagonal in diagonals]
    return xp.stack(diagonals, axis=0)


def solve_banded_adjoint(xp: Any, i: int, g: Any, y: Any, ab: Any, b: Any, *, lower: int, upper: int) -> Any:
    """Return b̄ = A⁻ᵀ ȳ, or the band of Ā = -b̄ xᵀ."""
    by_b = xp.solve_banded(transpose_band(xp, ab, lower, upper), g, lower=upper, upper=lower)
    return by_b if i == 1 else -outer_band(xp, by_b, y, lower, upper)


def solve_banded_tangent(xp: Any, i: int, t: Any, y: Any, ab: Any, b: Any, *, lower: int, upper: int) -> Any:
    """Return A⁻¹ ḃ, or -A⁻¹ Ȧ x."""
    moved = t if i == 1 else -multiply_band(xp, t, y, lower, upper)
    return xp.solve_banded(ab, moved, lower=lower, upper=upper)


custom(
    "solve_banded",
    lambda xp, ab, b, *, lower, upper: xp.solve_banded(ab, b, lower=lower, upper=upper),
    solve_banded_adjoint,
    solve_banded_tangent,
    arity=2,
).library = "autograd.scipy.numerics"
