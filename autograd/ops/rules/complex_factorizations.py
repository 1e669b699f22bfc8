"""Eigenvalues of Hermitian matrices, and singular values of complex ones.

The phase of a vector is not determined. Derivatives are those of functions that do not depend on it. The formulas are those of
``factorizations`` with conjugates where a cotangent ∂L/∂x - i ∂L/∂y needs them.
"""

from __future__ import annotations

from typing import Any

from autograd.ops.rules.factorizations import diagonal_row, identity, inverse_differences, reciprocal_or_zero, split_rows
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
    inner = inverse_differences(xp, xp.real(values)) * xp.matmul(transposed, vector_bar)
    inner = inner + xp.real(value_bar) * identity(xp, xp.shape(a)[-1])
    return hermitize(xp, xp.matmul(xp.conj(vectors), xp.matmul(inner, transposed)))


def complex_eigh_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = Vᴴ ȧ V."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.matmul(conjugate_transpose(xp, vectors), xp.matmul(hermitize(xp, t), vectors))
    turned = xp.matmul(vectors, inverse_differences(xp, xp.real(values)) * p)
    return xp.concatenate([xp.real(diagonal_row(xp, p)) + 0j, turned], axis=-2)


def complex_svd_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a = U diag(s) Wᵀ, the thin decomposition, whose W is the conjugate of V."""
    m = xp.shape(a)[-2]
    (u, s, w), (u_bar, s_bar, w_bar) = split_rows(xp, y, m, 1), split_rows(xp, g, m, 1)
    s = xp.real(s)
    f, inverse, eye = inverse_differences(xp, s * s), reciprocal_or_zero(xp, s), identity(xp, xp.shape(s)[-1])
    by_u, by_w = xp.matmul(transpose_matrices(xp, u), u_bar), xp.matmul(transpose_matrices(xp, w), w_bar)
    turn_u, turn_w = (x - conjugate_transpose(xp, x) for x in (by_u, xp.conj(by_w)))
    inner = f * turn_u * s + transpose_matrices(xp, s) * f * turn_w
    inner = inner + (0.5 * turn_u * inverse + xp.real(s_bar)) * eye
    outside_u = (u_bar - xp.matmul(xp.conj(u), by_u)) * inverse
    outside_w = (w_bar - xp.matmul(xp.conj(w), by_w)) * inverse
    wh = conjugate_transpose(xp, w)
    return xp.matmul(xp.matmul(xp.conj(u), inner) + outside_u, wh) + xp.matmul(xp.conj(u), transpose_matrices(xp, outside_w))


def complex_svd_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return the tangents of U, s and W, the conjugate of V."""
    u, s, w = split_rows(xp, y, xp.shape(a)[-2], 1)
    s, v = xp.real(s), xp.conj(w)
    f, inverse, column = inverse_differences(xp, s * s), reciprocal_or_zero(xp, s), transpose_matrices(xp, s)
    tv, tu = xp.matmul(t, v), xp.matmul(conjugate_transpose(xp, t), u)
    p = xp.matmul(conjugate_transpose(xp, u), tv)
    ph = conjugate_transpose(xp, p)
    phase = 0.5 * (p - ph) * inverse * identity(xp, xp.shape(s)[-1])
    du = xp.matmul(u, f * (p * s + column * ph) + phase) + (tv - xp.matmul(u, p)) * inverse
    dv = xp.matmul(v, f * (column * p + ph * s)) + (tu - xp.matmul(v, ph)) * inverse
    return xp.concatenate([du, xp.real(diagonal_row(xp, p)) + 0j, xp.conj(dv)], axis=-2)
