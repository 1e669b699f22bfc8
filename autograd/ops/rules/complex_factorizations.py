"""Eigenvalues of Hermitian matrices, and singular values of complex ones.

The phase of a vector is not determined. Derivatives are those of functions that do not depend on it. The formulas are those of
``factorizations`` with conjugates where a cotangent ∂L/∂x - i ∂L/∂y needs them.
"""

from __future__ import annotations

from typing import Any

from autograd.ops.rules.factorizations import (
    diagonal_row,
    divide_by_differences,
    divide_or_zero,
    identity,
    outside_tangent,
    require_determined_vectors,
    split_rows,
    svd_inner,
    svd_turns,
    turn_tangent,
    without_diagonal,
)
from autograd.ops.rules.linear_systems import transpose_matrices


def conjugate_transpose(xp: Any, a: Any) -> Any:
    """Return aᴴ of every matrix."""
    return xp.conj(transpose_matrices(xp, a))


def hermitize(xp: Any, a: Any) -> Any:
    """Return (a + aᴴ) / 2 of every matrix."""
    return 0.5 * (a + conjugate_transpose(xp, a))


def complex_eigh_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return conj(V) (diag(λ̄) + F ∘ Vᵀ V̄) Vᵀ with Fᵢⱼ = 1 / (λⱼ - λᵢ), made Hermitian."""
    (values, vectors), (value_bar, vector_bar) = split_rows(xp, y, 1), split_rows(xp, g, 1)
    transposed = transpose_matrices(xp, vectors)
    turn, values = without_diagonal(xp, xp.matmul(transposed, vector_bar)), xp.real(values)
    xp.require_negligible("eigh", xp.are_equal(values), turn, vector_bar)
    inner = divide_by_differences(xp, turn, values) + xp.real(value_bar) * identity(xp, xp.shape(a)[-1])
    return hermitize(xp, xp.matmul(xp.conj(vectors), xp.matmul(inner, transposed)))


def complex_eigh_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = Vᴴ ȧ V."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.matmul(conjugate_transpose(xp, vectors), xp.matmul(hermitize(xp, t), vectors))
    turned = xp.matmul(vectors, turn_tangent(xp, p, xp.real(values)))
    return xp.concatenate([xp.real(diagonal_row(xp, p)) + 0j, turned], axis=-2)


def complex_svd_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a = U diag(s) Wᵀ, the thin decomposition, whose W is the conjugate of V."""
    m = xp.shape(a)[-2]
    (u, s, w), (u_bar, s_bar, w_bar) = split_rows(xp, y, m, 1), split_rows(xp, g, m, 1)
    s = xp.real(s)
    by_u, by_w = xp.matmul(transpose_matrices(xp, u), u_bar), xp.matmul(transpose_matrices(xp, w), w_bar)
    outside_u, outside_w = u_bar - xp.matmul(xp.conj(u), by_u), w_bar - xp.matmul(xp.conj(w), by_w)
    require_determined_vectors(xp, s, (by_u, outside_u, u_bar), (by_w, outside_w, w_bar))
    turn_u, turn_w = (x - conjugate_transpose(xp, x) for x in (by_u, xp.conj(by_w)))
    inner = svd_inner(xp, s, turn_u, turn_w) + xp.real(s_bar) * identity(xp, xp.shape(s)[-1])
    outside_u, outside_w = divide_or_zero(xp, outside_u, s), divide_or_zero(xp, outside_w, s)
    wh = conjugate_transpose(xp, w)
    return xp.matmul(xp.matmul(xp.conj(u), inner) + outside_u, wh) + xp.matmul(xp.conj(u), transpose_matrices(xp, outside_w))


def complex_svd_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return the tangents of U, s and W, the conjugate of V."""
    u, s, w = split_rows(xp, y, xp.shape(a)[-2], 1)
    s, v = xp.real(s), xp.conj(w)
    tv, tu = xp.matmul(t, v), xp.matmul(conjugate_transpose(xp, t), u)
    p = xp.matmul(conjugate_transpose(xp, u), tv)
    ph = conjugate_transpose(xp, p)
    turn_u, turn_v = svd_turns(xp, s, p, ph)
    du = xp.matmul(u, turn_u) + outside_tangent(xp, s, tv - xp.matmul(u, p), t)
    dv = xp.matmul(v, turn_v) + outside_tangent(xp, s, tu - xp.matmul(v, ph), t)
    return xp.concatenate([du, xp.real(diagonal_row(xp, p)) + 0j, xp.conj(dv)], axis=-2)
