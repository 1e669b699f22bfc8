"""Entries of an array at integers that are data: they are arguments of an operation, not settings as in other indices."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np

from autograd.backends.numpy_backend import array_add_at
from autograd.compiler.ir.instruction import Instruction, is_op
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.ops import find
from autograd.ops.kinds import Custom, Linear
from autograd.ops.op import Op


class Gap(Enum):
    """Where an index that is a template has integers that are data."""

    INTEGERS = "integers"


def fill_index(template: Any, integers: Sequence[Any]) -> Any:
    """Return an index with integers in the gaps of a template.

    Parameters
    ----------
    template : object
        An index, or a tuple of parts of one; some are ``Gap.INTEGERS``.
    integers : sequence of array
        One for each gap, of any numeric type.

    Returns
    -------
    object
        The index.

    Examples
    --------
    >>> fill_index((slice(None), Gap.INTEGERS), [np.array([1.0, 0.0])])
    (slice(None, None, None), array([1, 0]))
    """
    remaining = (np.asarray(x).astype(np.intp, copy=False) for x in integers)
    if not isinstance(template, tuple):
        return next(remaining)
    return tuple(next(remaining) if part is Gap.INTEGERS else part for part in template)


def _apply_in(xp: Any, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Apply an operation that has no row in the table: on nodes it is recorded, and in a program it is an instruction."""
    if any(isinstance(arg, Node) for arg in args):
        return apply(op, *args, **static)
    if any(isinstance(arg, Instruction) for arg in args):
        return xp.call(op, args, static)
    return op.f(xp, *args, **static)


def split_parts(args: Sequence[Any], templates: Sequence[Any]) -> list[tuple[Any, Sequence[Any]]]:
    """Return the parts of the arguments of ``gather_adjoint``: for each index what is added there, and the integers of the index.

    Parameters
    ----------
    args : sequence
        The arguments.
    templates : sequence of object
        The template of each index.

    Returns
    -------
    list of tuple (object, sequence)
        One for each index.
    """
    parts, start = [], 0
    for template in templates:
        end = start + 1 + _count_gaps(template)
        parts.append((args[start], args[start + 1 : end]))
        start = end
    return parts


def _count_gaps(template: Any) -> int:
    return sum(part is Gap.INTEGERS for part in template) if isinstance(template, tuple) else 1


def _scatter_parts(xp: Any, *args: Any, templates: Any, shape: Any) -> Any:
    total = np.zeros(shape, np.result_type(args[0]))
    for (g, integers), template in zip(split_parts(args, templates), templates, strict=True):
        array_add_at(total, fill_index(template, integers), g)
    return total


def _pull_back(xp: Any, i: int, g: Any, y: Any, a: Any, *integers: Any, template: Any) -> Any:
    if i:
        return xp.zeros(xp.shape(integers[i - 1]))
    return _apply_in(xp, GATHER_ADJOINT, (g, *integers), {"templates": (template,), "shape": tuple(xp.shape(a))})


def _push_forward(xp: Any, i: int, t: Any, y: Any, a: Any, *integers: Any, template: Any) -> Any:
    return xp.zeros(xp.shape(y)) if i else _apply_in(xp, GATHER, (t, *integers), {"template": template})


def _find_part(args: Sequence[Any], templates: Sequence[Any], i: int) -> tuple[Any, Sequence[Any]] | None:
    """Return the template and the integers of the index at which argument ``i`` is added; None if it is an integer itself."""
    parts = zip(split_parts(args, templates), split_parts(range(len(args)), templates), templates, strict=True)
    return next(((template, integers) for (_, integers), (number, _), template in parts if number == i), None)


def _pull_back_adjoint(xp: Any, i: int, g: Any, y: Any, *args: Any, templates: Any, shape: Any) -> Any:
    part = _find_part(args, templates, i)
    if part is None:
        return xp.zeros(xp.shape(args[i]))
    return _apply_in(xp, GATHER, (g, *part[1]), {"template": part[0]})


def _push_forward_adjoint(xp: Any, i: int, t: Any, y: Any, *args: Any, templates: Any, shape: Any) -> Any:
    part = _find_part(args, templates, i)
    if part is None:
        return xp.zeros(shape)
    return _apply_in(xp, GATHER_ADJOINT, (t, *part[1]), {"templates": (part[0],), "shape": shape})


NO_FACTS: dict[str, Any] = {"domains": (), "kink": "", "ties": False}

# The entries ``a[index]``, where the gaps of the index are filled with the other arguments.
GATHER = Custom(
    "gather",
    lambda xp, a, *integers, template: a[fill_index(template, integers)],
    _pull_back,
    _push_forward,
    arity=None,
    **NO_FACTS,
)
# Zeros to which arrays are added, each at its own index; repeated entries add up. After each array come the integers of its index.
GATHER_ADJOINT = Custom(
    "gather_adjoint",
    _scatter_parts,
    _pull_back_adjoint,
    _push_forward_adjoint,
    arity=None,
    **NO_FACTS,
)


def to_integers(builder: Any, x: Any) -> Any:
    """Return an instruction for the integers that numbers stand for.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    x : Instruction or float
        Whole numbers: mostly an input of integers that was converted to floats, or parts of one.

    Returns
    -------
    Instruction
        The same numbers as integers. An input is read without a conversion.
    """
    if not isinstance(x, Instruction):
        return builder.make_constant(np.asarray(x, dtype=np.intp))
    if np.asarray(x.data).dtype.kind in "iu":
        return x
    if is_op(x, "astype") and np.asarray(x.args[0].data).dtype.kind in "iu":
        return x.args[0]
    if isinstance(x.op, Linear) and len(x.args) == 1 and x.op_name in ("getitem", "reshape", "transpose"):
        return builder.call(x.op, (to_integers(builder, x.args[0]),), x.static)
    return builder.call(find("astype"), (x,), {"dtype": np.dtype(np.intp)})
