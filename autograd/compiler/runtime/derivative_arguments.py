"""Which leaves of the arguments are differentiated, and how derivatives get the structure of the arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import Call, is_traced
from autograd.compiler.frontend.float_lists import FloatList, like_leaf
from autograd.core.coercion import describe, to_array
from autograd.core.node import Node
from autograd.core.pytree import flatten, leaves_in_order_of, structure, unflatten_like
from autograd.core.tracing import current_tracer
from autograd.errors import DataError, SettingError, ShapeError
from autograd.state import context
from autograd.transforms.recorded_call import is_inside_transform


def is_differentiable(leaf: Any) -> bool:
    """Return whether a leaf of the arguments is a node to which gradients flow.

    Parameters
    ----------
    leaf : object
        The leaf.

    Returns
    -------
    bool
        Whether it is a node, and not a constant one.
    """
    return isinstance(leaf, Node) and not getattr(leaf, "constant", False)


def must_record(*trees: Any) -> bool:
    """Return whether the result for some arguments must be recorded.

    Then derivatives are computed by the transforms of the uncompiled function, whose results are nodes.

    Parameters
    ----------
    *trees : object
        The arguments, and tangents if there are any.

    Returns
    -------
    bool
        Whether a tracer or a transform runs, or whether a leaf is a node to which gradients flow.
    """
    return is_recorded_outside() or has_differentiable_leaves(flatten(trees)[0])


def is_recorded_outside() -> bool:
    """Return whether a tracer or a transform records all that is computed."""
    return current_tracer() is not None or (context.recording() and is_inside_transform())


def has_differentiable_leaves(leaves: Sequence[Any]) -> bool:
    """Return whether a leaf is a node to which gradients flow, and operations are recorded.

    Parameters
    ----------
    leaves : sequence
        The leaves of arguments.

    Returns
    -------
    bool
        Whether one is.
    """
    return context.recording() and any(map(is_differentiable, leaves))


def leaves_of_arguments(call: Call, argnums: int | Sequence[int]) -> set[int]:
    """Return the leaves of some arguments.

    Parameters
    ----------
    call : Call
        The arguments of the call.
    argnums : int or sequence of int
        The positional arguments.

    Returns
    -------
    set of int
        The indices of their leaves.

    Raises
    ------
    SettingError
        If the call has no such positional argument.
    DataError
        If such an argument has a leaf without a gradient, such as an integer.
    """
    count = len(call.args)
    numbers = (argnums,) if isinstance(argnums, int) else argnums
    if any(not -count <= n < count for n in numbers):
        raise SettingError(f"compile(argnums={argnums!r}): there are {count} positional arguments")
    leaves = {k for n in numbers for k in range(call.offsets[n % count], call.offsets[n % count + 1])}
    for k in leaves:
        if not is_traced(call.leaves[k]):
            raise DataError(
                f"compile(argnums={argnums!r}): there is no gradient for {describe(call.leaves[k])}: pass a float or an array of "
                f"floats"
            )
    return leaves


def gradients_like_arguments(call: Call, gradients: dict[int, Any], argnums: int | Sequence[int]) -> Any:
    """Return gradients in the structure of the arguments.

    Parameters
    ----------
    call : Call
        The arguments of the call.
    gradients : dict of int to float or array
        The gradients with respect to the indices of their leaves.
    argnums : int or sequence of int
        The positional arguments.

    Returns
    -------
    float, array, or a container of them
        One argument if ``argnums`` is an integer, else a tuple of them.
    """
    if isinstance(argnums, int):
        start = call.offsets[argnums % len(call.args)]
        own = (like_leaf(call.leaves[k], gradients[k]) for k in range(start, len(call.leaves)))
        return unflatten_like(call.args[argnums], own)
    return tuple(gradients_like_arguments(call, gradients, n) for n in argnums)


def flatten_tangents(call: Call, tangents: tuple[Any, ...], method: str) -> list[Any]:
    """Return the tangents of all traced leaves. Dicts are matched by key.

    Parameters
    ----------
    call : Call
        The arguments of the call.
    tangents : tuple
        The tangents of the positional arguments.
    method : str
        The call that messages name.

    Returns
    -------
    list of float or array
        One tangent for each traced leaf.

    Raises
    ------
    ShapeError
        If the tangents have another structure, or other shapes, than the arguments.
    """
    given = call.given_args
    if structure(tangents) != structure(given):
        raise ShapeError(f"{method}: the tangents have the structure {structure(tangents)}, but {structure(given)} is needed")
    remaining = iter(leaves_in_order_of(tangents, given))
    pairs = [(_take_tangent(leaf, remaining), leaf) for leaf in call.leaves]
    traced_pairs = [(tangent, leaf) for tangent, leaf in pairs if is_traced(leaf)]
    data = [tangent._primal if isinstance(tangent, Node) else to_array(tangent, method) for tangent, _ in traced_pairs]
    tangent_shapes = [np.shape(tangent) for tangent in data]
    shapes = [np.shape(leaf._primal if isinstance(leaf, Node) else leaf) for _, leaf in traced_pairs]
    if tangent_shapes != shapes:
        raise ShapeError(f"{method}: tangents of shapes {tangent_shapes} do not fit arguments of shapes {shapes}")
    for tangent, (_, leaf) in zip(data, traced_pairs, strict=True):
        if np.iscomplexobj(tangent) and not np.iscomplexobj(leaf._primal if isinstance(leaf, Node) else leaf):
            raise DataError(f"{method}: a tangent is complex, but what it belongs to is real: take its real part")
    return [to_number_or_array(tangent) for tangent in data]


def _take_tangent(leaf: Any, remaining: Iterator[Any]) -> Any:
    """Return the tangent of a leaf; of a list of floats the tangents of its entries as an array."""
    if not isinstance(leaf, FloatList):
        return next(remaining)
    numbers = [next(remaining) for _ in range(leaf.size)]
    return np.array([x._primal if isinstance(x, Node) else x for x in numbers], dtype=float).reshape(leaf.shape)


def zero_tangents(argument: Any) -> Any:
    """Return tangents of zero for an argument.

    Parameters
    ----------
    argument : object
        The argument.

    Returns
    -------
    like ``argument``
        Zeros in place of traced leaves; other leaves stay.
    """
    call = Call((argument,), {}, None)
    zeros = [like_leaf(leaf, np.zeros(np.shape(leaf))[()]) if is_traced(leaf) else leaf for leaf in call.leaves]
    return unflatten_like(call.args[0], iter(zeros))


def to_number_or_array(x: Any) -> Any:
    """Return a result as a Python number if it is one number, and else as an array.

    Parameters
    ----------
    x : float, complex or array
        The result.

    Returns
    -------
    float, complex or array
        The same number or array.
    """
    if type(x) is float:  # a function may return thousands of numbers
        return x
    if np.ndim(x):
        return np.asarray(x)
    return complex(x) if np.iscomplexobj(x) else float(x)
