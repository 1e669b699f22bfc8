"""Factorizations of complex matrices, and eigenvalues of real ones that are complex.

The phase of an eigenvector or singular vector is not determined. Derivatives are those of functions that do not depend on it. The
formulas are those of ``factorizations`` with conjugates where a cotangent ∂L/∂x - i ∂L/∂y needs them.
"""

from __future__ import annotations

from typing import Any

from autograd.ops.rules.factorizations import (
    diagonal_row,
    divide_by_differences,
    divide_or_zero,
    identity,
    lower_triangle,
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


def complex_cholesky_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return L⁻ᵀ Φ(Lᵀ ḡ) conj(L)⁻¹, made Hermitian; Φ takes the lower triangle and halves its diagonal."""
    upper = transpose_matrices(xp, y)
    left = xp.solve(upper, lower_triangle(xp, xp.matmul(upper, g), 0.5))
    return hermitize(xp, transpose_matrices(xp, xp.solve(xp.conj(upper), transpose_matrices(xp, left))))


def complex_cholesky_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return L Φ(L⁻¹ ȧ L⁻ᴴ)."""
    left = xp.solve(y, hermitize(xp, t))
    return xp.matmul(y, lower_triangle(xp, xp.solve(y, conjugate_transpose(xp, left)), 0.5))


def complex_qr_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return (Q̄ + conj(Q) P̄) R⁻ᵀ with P̄ = U + Uᴴ + Re D, for the upper triangle U and the diagonal D of R̄ Rᵀ - Qᵀ Q̄.

    LAPACK makes the diagonal of R real, which determines the phases.
    """
    (q, rt), (q_bar, rt_bar) = (split_rows(xp, stacked, xp.shape(a)[-2]) for stacked in (y, g))
    w = xp.matmul(transpose_matrices(xp, rt_bar), rt) - xp.matmul(transpose_matrices(xp, q), q_bar)
    lower = lower_triangle(xp, transpose_matrices(xp, w), 0.0)
    p_bar = transpose_matrices(xp, lower) + xp.conj(lower) + xp.real(w) * identity(xp, xp.shape(w)[-1])
    x_bar = q_bar + xp.matmul(xp.conj(q), p_bar)
    return transpose_matrices(xp, xp.solve(transpose_matrices(xp, rt), transpose_matrices(xp, x_bar)))


def complex_qr_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return Q̇ and Ṙᵀ, where the diagonal of R stays real."""
    q, rt = split_rows(xp, y, xp.shape(a)[-2])
    x = transpose_matrices(xp, xp.solve(rt, transpose_matrices(xp, t)))
    p = xp.matmul(conjugate_transpose(xp, q), x)
    lower = lower_triangle(xp, p, 0.0)
    turn = lower - conjugate_transpose(xp, lower) + 1j * xp.imag(p) * identity(xp, xp.shape(p)[-1])
    return xp.concatenate([x + xp.matmul(q, turn - p), xp.matmul(rt, transpose_matrices(xp, p - turn))], axis=-2)


def complex_pinv_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any, *, rcond: Any) -> Any:
    """Return the cotangent of a pseudoinverse where the rank does not change."""
    yt, yh, gt = transpose_matrices(xp, y), conjugate_transpose(xp, y), transpose_matrices(xp, g)
    outside_columns = xp.matmul(gt - xp.matmul(a, xp.matmul(y, gt)), xp.matmul(y, yh))
    outside_rows = xp.matmul(xp.matmul(yh, y), gt - xp.matmul(xp.matmul(gt, y), a))
    return xp.conj(outside_columns + outside_rows) - xp.matmul(yt, xp.matmul(g, yt))


def complex_pinv_tangent(xp: Any, i: int, t: Any, y: Any, a: Any, *, rcond: Any) -> Any:
    """Return the tangent of a pseudoinverse where the rank does not change."""
    yh, th = conjugate_transpose(xp, y), conjugate_transpose(xp, t)
    outside_columns = xp.matmul(xp.matmul(y, yh), th - xp.matmul(xp.matmul(th, a), y))
    outside_rows = xp.matmul(th - xp.matmul(y, xp.matmul(a, th)), xp.matmul(yh, y))
    return outside_columns + outside_rows - xp.matmul(y, xp.matmul(t, y))


def complex_eig_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return V⁻ᵀ (diag(λ̄) + F ∘ (Vᵀ V̄ - Vᵀ conj(V) diag(Vᵀ V̄))) Vᵀ, for eigenvectors of length 1."""
    (values, vectors), (value_bar, vector_bar) = split_rows(xp, y, 1), split_rows(xp, g, 1)
    transposed = transpose_matrices(xp, vectors)
    products = xp.matmul(transposed, vector_bar)
    turn = without_diagonal(xp, products - xp.matmul(transposed, xp.conj(vectors)) * diagonal_row(xp, products))
    xp.require_negligible("eig", xp.are_equal(values), turn, vector_bar)
    inner = divide_by_differences(xp, turn, values) + value_bar * identity(xp, xp.shape(a)[-1])
    return xp.solve(transposed, xp.matmul(inner, transposed))


def complex_eig_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = V⁻¹ ȧ V, less what would change lengths and phases of the eigenvectors."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.solve(vectors, xp.matmul(t, vectors))
    moved = xp.matmul(vectors, turn_tangent(xp, p, values))
    moved = moved - vectors * xp.sum(xp.conj(vectors) * moved, axis=-2, keepdims=True)
    return xp.concatenate([diagonal_row(xp, p), moved], axis=-2)
