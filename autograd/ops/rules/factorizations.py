"""Factorizations of one matrix or of a stack: Cholesky, QR, eigenvalues and singular values.

A row returns one array. So a factorization returns its factors below one another, with as many columns as there are eigenvalues,
singular values or columns of Q; the public functions take them apart.
"""

from __future__ import annotations

import math
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


def without_diagonal(xp: Any, a: Any) -> Any:
    """Return every matrix with zeros on its diagonal."""
    return a * (1.0 - identity(xp, xp.shape(a)[-1]))


def divide_by_differences(xp: Any, a: Any, row: Any) -> Any:
    """Return aᵢⱼ / (xⱼ - xᵢ) for numbers x of shape (..., 1, n), and 0 where two are equal."""
    are_equal = xp.are_equal(row)
    return xp.where(are_equal, 0.0, a / xp.where(are_equal, 1.0, row - transpose_matrices(xp, row)))


def divide_or_zero(xp: Any, a: Any, b: Any) -> Any:
    """Return a / b, and 0 where b is negligible."""
    is_zero = xp.is_negligible(b, b)
    return xp.where(is_zero, 0.0, a / xp.where(is_zero, 1.0, b))


def nan_if(xp: Any, condition: Any, a: Any, scale: Any) -> Any:
    """Return nan where a condition holds and a number is not negligible relative to the numbers of ``scale``, and 0 elsewhere."""
    return xp.where(condition, xp.where(xp.is_negligible(a, scale), 0.0, math.nan), 0.0)


def turn_tangent(xp: Any, p: Any, row: Any) -> Any:
    """Return the tangents pᵢⱼ / (xⱼ - xᵢ) by which vectors turn; nan where the vectors of equal numbers do."""
    p = without_diagonal(xp, p)
    return divide_by_differences(xp, p, row) + nan_if(xp, xp.are_equal(row), p, p)


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
    turn = without_diagonal(xp, xp.matmul(transposed, vector_bar))
    xp.require_negligible("eigh", xp.are_equal(values), turn, vector_bar)
    inner = divide_by_differences(xp, turn, values) + value_bar * identity(xp, xp.shape(a)[-1])
    return symmetrize(xp, xp.matmul(vectors, xp.matmul(inner, transposed)))


def eigh_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = Vᵀ ȧ V."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.matmul(transpose_matrices(xp, vectors), xp.matmul(symmetrize(xp, t), vectors))
    return xp.concatenate([diagonal_row(xp, p), xp.matmul(vectors, turn_tangent(xp, p, values))], axis=-2)


def eig_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return V⁻ᵀ (diag(λ̄) + F ∘ (Vᵀ V̄ - Vᵀ V diag(Vᵀ V̄))) Vᵀ, for eigenvectors of length 1."""
    (values, vectors), (value_bar, vector_bar) = split_rows(xp, y, 1), split_rows(xp, g, 1)
    transposed = transpose_matrices(xp, vectors)
    products = xp.matmul(transposed, vector_bar)
    turn = without_diagonal(xp, products - xp.matmul(transposed, vectors) * diagonal_row(xp, products))
    xp.require_negligible("eig", xp.are_equal(values), turn, vector_bar)
    inner = divide_by_differences(xp, turn, values) + value_bar * identity(xp, xp.shape(a)[-1])
    return xp.solve(transposed, xp.matmul(inner, transposed))


def eig_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return λ̇ = diag(P) and V̇ = V (F ∘ P) with P = V⁻¹ ȧ V, less what would change the lengths of the eigenvectors."""
    values, vectors = split_rows(xp, y, 1)
    p = xp.solve(vectors, xp.matmul(t, vectors))
    moved = xp.matmul(vectors, turn_tangent(xp, p, values))
    moved = moved - vectors * xp.sum(vectors * moved, axis=-2, keepdims=True)
    return xp.concatenate([diagonal_row(xp, p), moved], axis=-2)


def svd_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a = U diag(s) Vᵀ, the thin decomposition.

    The formula is written with 1 / (sⱼ - sᵢ) and 1 / (sⱼ + sᵢ) instead of 1 / (sⱼ² - sᵢ²): the second stays finite where two
    singular values are equal.

    References
    ----------
    J. Townsend, "Differentiating the singular value decomposition" (2016).
    """
    m = xp.shape(a)[-2]
    (u, s, v), (u_bar, s_bar, v_bar) = split_rows(xp, y, m, 1), split_rows(xp, g, m, 1)
    ut, vt = transpose_matrices(xp, u), transpose_matrices(xp, v)
    by_u, by_v = xp.matmul(ut, u_bar), xp.matmul(vt, v_bar)
    outside_u, outside_v = u_bar - xp.matmul(u, by_u), v_bar - xp.matmul(v, by_v)
    require_determined_vectors(xp, s, (by_u, outside_u, u_bar), (by_v, outside_v, v_bar))
    turn_u, turn_v = by_u - transpose_matrices(xp, by_u), by_v - transpose_matrices(xp, by_v)
    inner = svd_inner(xp, s, turn_u, turn_v) + s_bar * identity(xp, xp.shape(s)[-1])
    left = xp.matmul(u, inner) + divide_or_zero(xp, outside_u, s)
    return xp.matmul(left, vt) + xp.matmul(u, transpose_matrices(xp, divide_or_zero(xp, outside_v, s)))


def require_determined_vectors(xp: Any, s: Any, *sides: tuple[Any, Any, Any]) -> None:
    """Raise GraphError if cotangents of U or V depend on vectors that the singular values do not determine.

    Parameters
    ----------
    xp : Backend
        The backend.
    s : array
        The singular values, of shape (..., 1, k).
    *sides : tuple of array
        For U and V: the products of the vectors with their cotangents, the cotangents outside of their space, and the cotangents.
    """
    are_equal, is_zero = xp.are_equal(s), xp.is_negligible(s, s)
    for products, outside, cotangents in sides:
        xp.require_negligible("svd", are_equal, without_diagonal(xp, products), cotangents)
        xp.require_negligible("svd", is_zero, outside, cotangents)


def svd_inner(xp: Any, s: Any, turn_u: Any, turn_v: Any) -> Any:
    """Return (sᵀ ∘ turn_v + turn_u ∘ s) / (sⱼ² - sᵢ²), where the parts with sⱼ - sᵢ and sⱼ + sᵢ are added."""
    sums = s + transpose_matrices(xp, s)
    return 0.5 * (divide_by_differences(xp, turn_u + turn_v, s) + divide_or_zero(xp, turn_u - turn_v, sums))


def svd_turns(xp: Any, s: Any, p: Any, pt: Any) -> tuple[Any, Any]:
    """Return UᵀU̇ and VᵀV̇ for p = Uᵀ ȧ V and its (conjugate) transpose; nan where they are not determined."""
    sums = s + transpose_matrices(xp, s)
    both = turn_tangent(xp, 0.5 * (p + pt), s)
    apart = divide_or_zero(xp, 0.5 * (p - pt), sums) + nan_if(xp, xp.is_negligible(sums, sums), p - pt, p)
    return both + apart, both - apart


def svd_tangent(xp: Any, i: int, t: Any, y: Any, a: Any) -> Any:
    """Return the tangents of U, s and V."""
    u, s, v = split_rows(xp, y, xp.shape(a)[-2], 1)
    tv, tu = xp.matmul(t, v), xp.matmul(transpose_matrices(xp, t), u)
    p = xp.matmul(transpose_matrices(xp, u), tv)
    pt = transpose_matrices(xp, p)
    turn_u, turn_v = svd_turns(xp, s, p, pt)
    du = xp.matmul(u, turn_u) + outside_tangent(xp, s, tv - xp.matmul(u, p), t)
    dv = xp.matmul(v, turn_v) + outside_tangent(xp, s, tu - xp.matmul(v, pt), t)
    return xp.concatenate([du, diagonal_row(xp, p), dv], axis=-2)


def outside_tangent(xp: Any, s: Any, outside: Any, t: Any) -> Any:
    """Return the tangents of vectors outside of their space, for the tangent t of the matrix; nan where they are not determined."""
    return divide_or_zero(xp, outside, s) + nan_if(xp, xp.is_negligible(s, s), outside, t)


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
