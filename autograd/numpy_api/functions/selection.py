"""Functions that select: where and clip."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.base_node import primal_of
from autograd.core.coercion import check_array_kind, to_array
from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.core.tracing import TracedMaskBase, call_with_guard, find_mask, is_followed
from autograd.core.value import Value
from autograd.numpy_api.apply import apply_elementwise, apply_to_tensors, has_nodes, to_operand
from autograd.numpy_api.functions.elementwise import maximum, minimum
from autograd.ops import find

_WHERE, _CLIP = find("where"), find("clip")


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where the condition holds, else ``b``, elementwise.

    Parameters
    ----------
    condition : bool or array_like of bool
        No gradient flows to it.
    a, b : number, array_like, Value or Tensor
        The entries to choose from.

    Returns
    -------
    float, array, Value or Tensor
        In the shape that the condition, ``a`` and ``b`` broadcast to.

    Raises
    ------
    DataError
        If ``a`` or ``b`` is not real, or if entries of the condition are masked.
    ShapeError
        If shapes do not broadcast.

    Examples
    --------
    >>> from autograd import Tensor
    >>> where(Tensor([-1.0, 2.0]) > 0, 1.0, 0.0)
    array([0., 1.])
    """
    condition = find_mask(condition)
    if isinstance(condition, TracedMaskBase):
        a, b = to_operand(a, "where"), to_operand(b, "where")
        if not is_followed(a) and not is_followed(b):  # a choice between constants depends on the condition, so it is recorded
            a = Value(a) if type(a) in (float, int) and not condition.shape else Tensor(primal_of(a))
        condition = condition.tracer.record_mask(condition)
    else:
        check_array_kind(condition, "where")
        condition = np.array(call_with_guard(np.asarray, condition), dtype=bool)
        if not condition.ndim:
            condition = bool(condition)
    if np.ndim(condition) and not any(isinstance(to_operand(x, "where"), Tensor) for x in (a, b)):
        return apply_to_tensors(lambda x, y: apply(_WHERE, x, y, condition=condition), "where", a, b)
    return apply_elementwise(_WHERE, a, b, condition=condition)


def clip(a: Any, low: Any = None, high: Any = None) -> Any:
    """Limit the entries of ``a`` to the interval from ``low`` to ``high``.

    Parameters
    ----------
    a : number, array_like, Value or Tensor
        The numbers to limit.
    low, high : number, array_like, node or None, optional
        The bounds; None for no bound.

    Returns
    -------
    float, array, Value or Tensor
        In the shape that ``a`` and the bounds broadcast to.

    Raises
    ------
    DataError
        If ``a`` or a bound is not real.
    ShapeError
        If shapes do not broadcast.

    Notes
    -----
    The derivative with respect to ``a`` at a plain bound is 1. A bound that is a node gets its gradient as of maximum and minimum,
    which give half to each argument at a tie.

    Examples
    --------
    >>> from autograd import Tensor
    >>> clip(Tensor([-2.0, 0.5, 2.0]), -1.0, 1.0).data
    array([-1. ,  0.5,  1. ])
    """
    if has_nodes(low) or has_nodes(high):
        a = a if low is None else maximum(a, low)
        return a if high is None else minimum(a, high)
    bounds = {"low": _to_bound(low, -np.inf), "high": _to_bound(high, np.inf)}
    if all(isinstance(bound, float) for bound in bounds.values()):
        return apply_elementwise(_CLIP, a, **bounds)
    return apply_to_tensors(lambda t: apply(_CLIP, t, **bounds), "clip", a)


def _to_bound(bound: Any, default: float) -> Any:
    """Return a bound as a float or as an array that nobody else can change."""
    if bound is None:
        return default
    array = to_array(bound, "clip")
    return float(array) if not array.ndim else array
