"""Functions of matrices, triangular systems and Sylvester's equation."""

from __future__ import annotations

from typing import Any

from autograd.ops.op import Op
from autograd.ops.row_constructors import custom
from autograd.ops.rules.linear_systems import as_matrix_factor, trace_of_product, transpose_matrices

LINALG, NUMERICS = "scipy.linalg", "autograd.scipy.numerics"


def frechet_derivative(xp: Any, name: str, a: Any, direction: Any) -> Any:
    """Return the derivative of a function of matrices at ``a`` along a direction.

    Parameters
    ----------
    xp : backend
    name : str
        The function, such as "expm".
    a, direction : array (..., n, n)

    Returns
    -------
    array (..., n, n)

    Notes
    -----
    It is the upper right block of f([[A, E], [0, A]]).

    References
    ----------
    N. J. Higham, "Functions of Matrices", SIAM (2008), equation 3.16.
    """
    n = xp.shape(a)[-1]
    direction = xp.broadcast_to(direction, xp.shape(a))
    upper = xp.concatenate([a, direction], axis=-1)
    lower = xp.concatenate([0.0 * a, a], axis=-1)
    blocks = getattr(xp, name)(xp.concatenate([upper, lower], axis=-2))
    return xp.getitem(blocks, index=(..., slice(0, n), slice(n, 2 * n)))


def matrix_function(name: str, library: str) -> Op:
    """Add the row of a function of matrices that a library computes."""
    op = custom(
        name,
        lambda xp, a: getattr(xp, name)(a),
        lambda xp, i, g, y, a: frechet_derivative(xp, name, transpose_matrices(xp, a), g),
        lambda xp, i, t, y, a: frechet_derivative(xp, name, a, t),
    )
    op.library, op.accepts_complex = library, True
    return op


def triangle(xp: Any, a: Any, lower: bool, unit_diagonal: bool) -> Any:
    """Return the triangle of a matrix that a triangular solver reads, with zeros elsewhere."""
    n = xp.shape(a)[-1]
    identity = xp.eye(n, n, 0)
    mask = xp.cumsum(identity, axis=0 if lower else 1)
    return a * (mask - identity if unit_diagonal else mask)


def solve_triangular_adjoint(
    xp: Any, i: int, g: Any, y: Any, a: Any, b: Any, *, trans: int, lower: bool, unit_diagonal: bool
) -> Any:
    """Return b̄ = op(A)⁻ᵀ ȳ, or Ā = -b̄ xᵀ within the triangle."""
    settings = {"lower": lower, "unit_diagonal": unit_diagonal}
    by_b = xp.solve_triangular(a, g, trans=1 - trans, **settings)
    if i == 1:
        return by_b
    left, right = (by_b, y) if trans == 0 else (y, by_b)
    if len(xp.shape(y)) == 1:
        return triangle(xp, -xp.outer(left, right), lower, unit_diagonal)
    return triangle(xp, -xp.matmul(left, transpose_matrices(xp, right)), lower, unit_diagonal)


def solve_triangular_tangent(
    xp: Any, i: int, t: Any, y: Any, a: Any, b: Any, *, trans: int, lower: bool, unit_diagonal: bool
) -> Any:
    """Return op(A)⁻¹ times the tangent of b, or of -op(A) x."""
    settings = {"trans": trans, "lower": lower, "unit_diagonal": unit_diagonal}
    if i == 1:
        return xp.solve_triangular(a, t, **settings)
    moved = triangle(xp, t, lower, unit_diagonal)
    moved = transpose_matrices(xp, moved) if trans else moved
    return xp.solve_triangular(a, -xp.matmul(moved, y), **settings)


def solve_sylvester_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any, b: Any, q: Any) -> Any:
    """Return Q̄, which solves Aᵀ Q̄ + Q̄ Bᵀ = X̄, or Ā = -Q̄ Xᵀ or B̄ = -Xᵀ Q̄."""
    by_q = xp.solve_sylvester(transpose_matrices(xp, a), transpose_matrices(xp, b), g)
    if i == 2:
        return by_q
    transposed = transpose_matrices(xp, y)
    return -xp.matmul(by_q, transposed) if i == 0 else -xp.matmul(transposed, by_q)


def solve_sylvester_tangent(xp: Any, i: int, t: Any, y: Any, a: Any, b: Any, q: Any) -> Any:
    """Return the solution of the equation with Q̇, -Ȧ X or -X Ḃ on its right-hand side."""
    if i == 2:
        return xp.solve_sylvester(a, b, t)
    product = xp.matmul(t, y) if i == 0 else xp.matmul(y, t)
    return xp.solve_sylvester(a, b, -product)


matrix_function("expm", LINALG)
matrix_function("sqrtm", NUMERICS)
matrix_function("logm", NUMERICS)
custom(
    "solve_triangular",
    lambda xp, a, b, *, trans, lower, unit_diagonal: xp.solve_triangular(
        a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal
    ),
    solve_triangular_adjoint,
    solve_triangular_tangent,
    arity=2,
).library = NUMERICS
solve_sylvester: Op = custom(
    "solve_sylvester",
    lambda xp, a, b, q: xp.solve_sylvester(a, b, q),
    solve_sylvester_adjoint,
    solve_sylvester_tangent,
    arity=3,
)
solve_sylvester.library, solve_sylvester.accepts_complex = LINALG, True
custom(
    "log_pseudo_determinant",
    lambda xp, a, *, rcond: xp.log_pseudo_determinant(a, rcond=rcond),
    lambda xp, i, g, y, a, *, rcond: as_matrix_factor(xp, g) * transpose_matrices(xp, xp.pinv(a, rcond=rcond)),
    lambda xp, i, t, y, a, *, rcond: trace_of_product(xp, xp.pinv(a, rcond=rcond), t),
    kink="along changes that keep the rank",
).library = NUMERICS
