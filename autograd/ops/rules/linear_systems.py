"""Determinants, inverses and linear systems, of one matrix or of stacks of them."""

from __future__ import annotations

from typing import Any

from autograd.ops.rules.products import as_column


def transpose_matrices(xp: Any, a: Any) -> Any:
    """Return the transpose of every matrix of a stack."""
    return xp.swapaxes(a, -1, -2)


def as_matrix_factor(xp: Any, g: Any) -> Any:
    """Return one number per matrix, in a shape that scales the matrices of a stack."""
    return xp.reshape(g, (*xp.shape(g), 1, 1))


def trace_of_product(xp: Any, a: Any, b: Any) -> Any:
    """Return trace(a b) of every pair of matrices."""
    return xp.sum(a * transpose_matrices(xp, b), axis=(-1, -2), keepdims=False)


def solve_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return b̄ = a⁻ᵀ ḡ or ā = -b̄ yᵀ; a vector b is one column.

    References
    ----------
    M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008), 2.3.1.
    """
    if len(xp.shape(b)) == 1:
        back = xp.getitem(xp.solve(transpose_matrices(xp, a), as_column(xp, g)), index=(..., 0))
        return back if i == 1 else -as_column(xp, back) * xp.expand_dims(y, axis=-2)
    back = xp.solve(transpose_matrices(xp, a), g)
    return back if i == 1 else -xp.matmul(back, transpose_matrices(xp, y))


def solve_tangent(xp: Any, i: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    """Return ẏ = a⁻¹ ḃ or ẏ = -a⁻¹ ȧ y; a vector b is one column."""
    if i == 1:
        return xp.solve(a, t)
    if len(xp.shape(b)) == 1:
        return xp.getitem(xp.solve(a, -xp.matmul(t, as_column(xp, y))), index=(..., 0))
    return xp.solve(a, -xp.matmul(t, y))
