"""Adjoints of sums, gradients of other reductions, and the softmax."""

from __future__ import annotations

from math import prod
from typing import Any

from autograd.ops.op import Op, Rule
from autograd.ops.row_constructors import custom
from autograd.ops.rules.division import divide_or_zero, replace_zero_by_one


def as_axis_tuple(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the reduced axes as a tuple; ``None`` means all of them."""
    if axis is None:
        return tuple(range(ndim))
    return axis if isinstance(axis, tuple) else (axis,)


def restore_reduced_axes(xp: Any, v: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Put the reduced axes back at length one, so that a reduction broadcasts against its argument.

    Parameters
    ----------
    xp : backend
    v : array
        Something of the shape of a reduction of ``a`` over ``axis``.
    a : array
        The argument of the reduction.
    axis : int, tuple of int or None
    keepdims : bool
        Whether the reduction has kept its axes.

    Returns
    -------
    array
        ``v`` itself if it broadcasts as it is, else ``v`` in a new shape.
    """
    if keepdims or axis is None:
        return v
    shape = xp.shape(a)
    reduced = {i % len(shape) for i in as_axis_tuple(axis, len(shape))}
    return xp.reshape(v, tuple(1 if i in reduced else n for i, n in enumerate(shape)))


def count_reduced_entries(xp: Any, a: Any, axis: Any) -> int:
    """Return how many entries of ``a`` go into each entry of a reduction over ``axis``."""
    shape = xp.shape(a)
    return prod(shape if axis is None else [shape[i] for i in as_axis_tuple(axis, len(shape))])


def sum_adjoint(xp: Any, g: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Broadcast the cotangent of a sum back to all the entries that were added."""
    return xp.broadcast_to(restore_reduced_axes(xp, g, a, axis, keepdims), xp.shape(a))


def prod_gradient(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Return ∂(∏a)/∂aᵢ, the product of all entries but the i-th.

    Notes
    -----
    It is y/aᵢ where no entry is zero. Else the products of the others are computed without a division, so they are exact.
    """
    if not xp.any(xp.equal(a, 0.0)):
        return restore_reduced_axes(xp, y, a, axis, keepdims) / a
    shape = xp.shape(a)
    reduced = sorted(i % len(shape) for i in as_axis_tuple(axis, len(shape)))
    remaining = [i for i in range(len(shape)) if i not in reduced]
    order = remaining + reduced  # the reduced axes last, to be joined into one
    rows = xp.reshape(xp.transpose(a, axes=tuple(order)), (*(shape[i] for i in remaining), -1))
    transposed = xp.reshape(xp.products_of_others(rows), tuple(shape[i] for i in order))
    return xp.transpose(transposed, axes=tuple(order.index(i) for i in range(len(order))))


def extremum_gradient(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Return the gradient of a maximum or minimum: 1 at the extremal entry, split evenly between entries that tie."""
    is_extremal = xp.equal(a, restore_reduced_axes(xp, y, a, axis, keepdims))
    if not xp.has_ties(is_extremal, y):
        return is_extremal
    weights = xp.where(is_extremal, 1.0, 0.0)
    return weights / xp.sum(weights, axis=axis, keepdims=True)


def norm_gradient(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Return ∂‖a‖/∂a = a/‖a‖, and the subgradient 0 where the norm is 0."""
    return divide_or_zero(xp, a, restore_reduced_axes(xp, y, a, axis, keepdims))


def p_norm(xp: Any, a: Any, axis: Any, keepdims: bool, ord: float) -> Any:
    """Return (Σ|a|ᵖ)^(1/p)."""
    return xp.power(xp.sum(xp.power(abs(a), ord), axis=axis, keepdims=keepdims), 1.0 / ord)


def p_norm_gradient(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool, ord: float) -> Any:
    """Return ∂‖a‖ₚ/∂a = sign(a) (|a|/‖a‖ₚ)^(p-1), and 0 where an entry or, for p < 0, the norm is 0."""
    norms = restore_reduced_axes(xp, y, a, axis, keepdims)
    is_zero = xp.equal(a, 0.0)
    ratio = abs(a) / xp.where(is_zero, 1.0, replace_zero_by_one(xp, norms))
    slope = xp.sign(a) * xp.power(xp.where(is_zero, 1.0, ratio), ord - 1.0)
    return xp.where(xp.equal(norms, 0.0), 0.0, slope) if ord < 0.0 else slope


def reduction(name: str, f: Rule, gradient: Rule, *, kink: str = "", ties: bool = False) -> Op:
    """Add a row for a reduction whose derivative is one array in the shape of its argument.

    Parameters
    ----------
    name : str
        The name of the row.
    f : callable
        The value, ``f(xp, a, *, axis, keepdims, **settings)``.
    gradient : callable
        The derivative of each result with respect to the entries that it was computed from,
        ``gradient(xp, y, a, axis, keepdims, **settings)``, in the shape of ``a``.
    kink : str, optional
        Which subgradient was chosen, and where.
    ties : bool, optional
        Whether the derivative jumps where entries are equal.

    Returns
    -------
    Op
    """

    def vjp(xp: Any, i: int, g: Any, y: Any, a: Any, *, axis: Any, keepdims: bool, **settings: Any) -> Any:
        return restore_reduced_axes(xp, g, a, axis, keepdims) * gradient(xp, y, a, axis, keepdims, **settings)

    def jvp(xp: Any, i: int, t: Any, y: Any, a: Any, *, axis: Any, keepdims: bool, **settings: Any) -> Any:
        return xp.sum(t * gradient(xp, y, a, axis, keepdims, **settings), axis=axis, keepdims=keepdims)

    return custom(name, f, vjp, jvp, kink=kink, ties=ties, vjp_allocates=True)


def finite_max(xp: Any, a: Any, axis: Any) -> Any:
    """Return the largest entry over ``axis``, and 0 where that is infinite.

    Notes
    -----
    It is what to subtract before an exponential, so that nothing overflows. The result does not depend on it, so it is a constant:
    no gradient flows to it.
    """
    largest = xp.constant(xp.max(a, axis=axis, keepdims=True))
    return xp.where(xp.isfinite(largest), largest, 0.0)


def softmax_value(xp: Any, a: Any, *, axis: Any) -> Any:
    """Return eᵃ/Σeᵃ along ``axis``, without overflow."""
    e = xp.exp(a - finite_max(xp, a, axis))
    return e / xp.sum(e, axis=axis, keepdims=True)


def softmax_jacobian_product(xp: Any, v: Any, y: Any, axis: Any) -> Any:
    """Return (diag y − y yᵀ) v, the Jacobian of the softmax times a vector; it is symmetric, so it serves both modes."""
    return y * (v - xp.sum(v * y, axis=axis, keepdims=True))
