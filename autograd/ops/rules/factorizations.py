"""Factorizations of one matrix or of a stack: Cholesky, QR, eigenvalues and singular values.

A row returns one array. So a factorization returns its factors below one another, with as many columns as there are eigenvalues,
singular values or columns of Q; the public functions take them apart.
"""

from __future__ import annotations

from typing import Any

from autograd.ops.rules.linear_systems import transpose_matrices


def split_rows(xp: Any, stacked: Any, *heights: int) -> list[Any]:
    """Return blocks of so many rows each, from the top; the last block takes all rows that are left."""
    parts, start = [], 0
    for height in heights:
        parts.append(xp.getitem(stacked, index=(..., slice(start, start + height), slice(None))))
        start += height
    return [*parts, xp.getitem(stacked, index=(..., slice(start, None), slice(None)))]


def symmetrize(xp: Any, a: Any) -> Any:
    """Return (a + aᵀ) / 2 of every matrix."""
    return 0.5 * (a + transpose_matrices(xp, a))


def identity(xp: Any, n: int) -> Any:
    """Return the identity matrix."""
    return xp.eye(n, n)


def lower_triangle(xp: Any, a: Any, diagonal: float) -> Any:
    """Return the lower triangle of every matrix, with its diagonal multiplied by a number."""
    n = xp.shape(a)[-1]
    return a * (xp.tri(n, n, -1) + diagonal * identity(xp, n))


def inverse_differences(xp: Any, row: Any) -> Any:
    """Return 1 / (xⱼ - xᵢ) of numbers of shape (..., 1, n), as (..., n, n); 0 where two are equal."""
    differences = row - transpose_matrices(xp, row)
    return reciprocal_or_zero(xp, differences)


def reciprocal_or_zero(xp: Any, a: Any) -> Any:
    """Return 1 / a, and 0 where a is 0."""
    is_zero = xp.equal(a, 0.0)
    return xp.where(is_zero, 0.0, 1.0 / xp.where(is_zero, 1.0, a))


def diagonal_row(xp: Any, a: Any) -> Any:
    """Return the diagonal of every matrix as one row, of shape (..., 1, n)."""
    return xp.sum(a * identity(xp, xp.shape(a)[-1]), axis=-2, keepdims=True)


def cholesky_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return L⁻ᵀ Φ(Lᵀ ḡ) L⁻¹, made symmetric; Φ takes the lower triangle and halves its diagonal.

    References
    ----------
    I. Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527 (2016).
    """
    upper = transpose_matrices(xp, y)
    inner = lower_triangle(xp, xp.matmul(upper, g), 0.5)
    left = xp.solve(upper, inner)
    return symmetrize(xp, transpose_matrices(xp, xp.solve(upper, transpose_matrices(xp, left))))


def cholesky_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return L Φ(L⁻¹ ṫ L⁻ᵀ)."""
    left = xp.solve(y, symmetrize(xp, t))
    return xp.matmul(y, lower_triangle(xp, xp.solve(y, transpose_matrices(xp, left)), 0.5))


def eigh_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return V (diag(λ̄) + F ∘ Vᵀ V̄) Vᵀ with Fᵢⱼ = 1 / (λⱼ - λᵢ), made symmetric.

    References
    ----------
    M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008), 3.1.
    """
    (values, vectors), (value_bar, vector_bar) = split_rows(xp, y, 1), split_rows(xp, g, 1)
    transposed = transpose_matrices(xp, vectors)
    inner = inverse_differences(xp, values) * xp.matmul(transposed, vector_bar) + value_bar * identity(xp, xp.shape(a)[-1])
    return symmetrize(xp, xp.matmul(vectors, xp.matmul(inner, transposed)))


def eigh_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = Vᵀ ȧ V."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.matmul(transpose_matrices(xp, vectors), xp.matmul(symmetrize(xp, t), vectors))
    return xp.concatenate([diagonal_row(xp, p), xp.matmul(vectors, inverse_differences(xp, values) * p)], axis=-2)


def eig_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return V⁻ᵀ (diag(λ̄) + F ∘ (Vᵀ V̄ - Vᵀ V diag(Vᵀ V̄))) Vᵀ, for eigenvectors of length 1."""
    (values, vectors), (value_bar, vector_bar) = split_rows(xp, y, 1), split_rows(xp, g, 1)
    transposed = transpose_matrices(xp, vectors)
    products = xp.matmul(transposed, vector_bar)
    free = products - xp.matmul(transposed, vectors) * diagonal_row(xp, products)
    inner = inverse_differences(xp, values) * free + value_bar * identity(xp, xp.shape(a)[-1])
    return xp.solve(transposed, xp.matmul(inner, transposed))


def eig_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = V⁻¹ ȧ V, less what would change the lengths of the eigenvectors."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.solve(vectors, xp.matmul(t, vectors))
    moved = xp.matmul(vectors, inverse_differences(xp, values) * p)
    moved = moved - vectors * xp.sum(vectors * moved, axis=-2, keepdims=True)
    return xp.concatenate([diagonal_row(xp, p), moved], axis=-2)


def svd_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a = U diag(s) Vᵀ, the thin decomposition.

    References
    ----------
    J. Townsend, "Differentiating the singular value decomposition" (2016).
    """
    m = xp.shape(a)[-2]
    (u, s, v), (u_bar, s_bar, v_bar) = split_rows(xp, y, m, 1), split_rows(xp, g, m, 1)
    f, inverse, eye = inverse_differences(xp, s * s), reciprocal_or_zero(xp, s), identity(xp, xp.shape(s)[-1])
    ut, vt = transpose_matrices(xp, u), transpose_matrices(xp, v)
    by_u, by_v = xp.matmul(ut, u_bar), xp.matmul(vt, v_bar)
    inner = f * (by_u - transpose_matrices(xp, by_u)) * s + s_bar * eye
    inner = inner + transpose_matrices(xp, s) * f * (by_v - transpose_matrices(xp, by_v))
    outside_u, outside_v = (u_bar - xp.matmul(u, by_u)) * inverse, (v_bar - xp.matmul(v, by_v)) * inverse
    return xp.matmul(xp.matmul(u, inner) + outside_u, vt) + xp.matmul(u, transpose_matrices(xp, outside_v))


def svd_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return the tangents of U, s and V."""
    u, s, v = split_rows(xp, y, xp.shape(a)[-2], 1)
    f, inverse, column = inverse_differences(xp, s * s), reciprocal_or_zero(xp, s), transpose_matrices(xp, s)
    tv, tu = xp.matmul(t, v), xp.matmul(transpose_matrices(xp, t), u)
    p = xp.matmul(transpose_matrices(xp, u), tv)
    pt = transpose_matrices(xp, p)
    du = xp.matmul(u, f * (p * s + column * pt)) + (tv - xp.matmul(u, p)) * inverse
    dv = xp.matmul(v, f * (column * p + pt * s)) + (tu - xp.matmul(v, pt)) * inverse
    return xp.concatenate([du, diagonal_row(xp, p), dv], axis=-2)


def qr_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return (Q̄ + Q C) R⁻ᵀ, where C copies the lower triangle of R R̄ᵀ - Q̄ᵀ Q to the upper one; the columns are independent.

    References
    ----------
    M. Seeger and others, "Auto-differentiating linear algebra", arXiv:1710.08717 (2017).
    """
    m = xp.shape(a)[-2]
    (q, rt), (q_bar, rt_bar) = split_rows(xp, y, m), split_rows(xp, g, m)
    r = transpose_matrices(xp, rt)
    inner = xp.matmul(r, rt_bar) - xp.matmul(transpose_matrices(xp, q_bar), q)
    copied = lower_triangle(xp, inner, 1.0) + transpose_matrices(xp, lower_triangle(xp, inner, 0.0))
    return transpose_matrices(xp, xp.solve(r, transpose_matrices(xp, q_bar + xp.matmul(q, copied))))


def qr_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return Q̇ and Ṙᵀ."""
    q, rt = split_rows(xp, y, xp.shape(a)[-2])
    x = transpose_matrices(xp, xp.solve(rt, transpose_matrices(xp, t)))
    p = xp.matmul(transpose_matrices(xp, q), x)
    lower = lower_triangle(xp, p, 0.0)
    turn = lower - transpose_matrices(xp, lower)
    dq = x + xp.matmul(q, turn - p)
    return xp.concatenate([dq, xp.matmul(rt, transpose_matrices(xp, p - turn))], axis=-2)


def pinv_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any, *, rcond: Any) -> Any:
    """Return the cotangent of a pseudoinverse where the rank does not change.

    References
    ----------
    G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables
    separate", SIAM Journal on Numerical Analysis 10 (1973).
    """
    yt, gt = transpose_matrices(xp, y), transpose_matrices(xp, g)
    outside_columns = xp.matmul(gt - xp.matmul(a, xp.matmul(y, gt)), xp.matmul(y, yt))
    outside_rows = xp.matmul(xp.matmul(yt, y), gt - xp.matmul(xp.matmul(gt, y), a))
    return outside_columns + outside_rows - xp.matmul(yt, xp.matmul(g, yt))


def pinv_tangent(xp: Any, i: int, t: Any, y: Any, a: Any, *, rcond: Any) -> Any:
    """Return the tangent of a pseudoinverse where the rank does not change."""
    yt, tt = transpose_matrices(xp, y), transpose_matrices(xp, t)
    outside_columns = xp.matmul(xp.matmul(y, yt), tt - xp.matmul(xp.matmul(tt, a), y))
    outside_rows = xp.matmul(tt - xp.matmul(y, xp.matmul(a, tt)), xp.matmul(yt, y))
    return outside_columns + outside_rows - xp.matmul(y, xp.matmul(t, y))
