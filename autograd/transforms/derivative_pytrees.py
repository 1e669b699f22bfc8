"""Tangents and cotangents as pytrees: their structure is checked, and their leaves become nodes or numbers of the right kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.coercion import to_array
from autograd.core.node import Node
from autograd.core.pytree import flatten, leaves_in_order_of, structure
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, ShapeError
from autograd.state import context


def data_of(x: Any) -> Any:
    """Return the numbers of a node, and anything else as it is.

    Parameters
    ----------
    x : Node or float or array
        A node or plain numbers.

    Returns
    -------
    float or array
        The node's own data, not a copy.
    """
    return x._primal if isinstance(x, Node) else x


def is_complex(x: Any) -> bool:
    """Return whether a node or a number is complex; a Value never is.

    Parameters
    ----------
    x : Node or float or array
        A node or plain numbers.

    Returns
    -------
    bool
    """
    return not isinstance(x, Value) and np.iscomplexobj(data_of(x))


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a node, a number or an array.

    Parameters
    ----------
    x : Node or float or array
        A node or plain numbers.

    Returns
    -------
    tuple of int
        ``()`` for scalars.
    """
    return () if isinstance(x, Value) else np.shape(data_of(x))


def node_like(x: Any, like: Any) -> Any:
    """Convert a number or a node to the kind of node that ``like`` is.

    Parameters
    ----------
    x : Node or float or array
        What to convert. A Tensor stays a Tensor.
    like : Node or float or array
        The input or output that ``x`` is a derivative of, or by.

    Returns
    -------
    Node
        A constant Tensor of the dtype of ``like`` if that is a Tensor, else a Value for a scalar and a constant Tensor for an
        array. If ``x`` is a node it stays connected to its graph.
    """
    if isinstance(x, Node):
        return like.match_type(x) if isinstance(like, Value) else x
    if isinstance(like, Tensor):
        return Tensor(np.asarray(x, like.dtype), constant=True)
    return Value(float(x)) if np.shape(x) == () else Tensor(x, constant=True)


def derivative_like(derivative: Any, like: Any, create_graph: bool) -> Any:
    """Convert a derivative to the form in which callers get it.

    Parameters
    ----------
    derivative : Node or float or array or None
        None means zero.
    like : Node or float or array
        The input or output that the derivative belongs to.
    create_graph : bool
        Whether derivatives are nodes.

    Returns
    -------
    Node or float or array
        A node with ``create_graph``. Otherwise a new array if ``like`` is a Tensor, and a float for scalars.
    """
    if derivative is None:
        zero = node_like(np.zeros(shape_of(like)), like)
        derivative = zero if create_graph else data_of(zero)
    if create_graph or (type(derivative) is float and isinstance(like, Value)):
        return derivative
    is_scalar = np.shape(derivative) == () and not isinstance(like, Tensor)
    return float(derivative) if is_scalar else np.array(derivative)


def nodes_like(call: str, role: str, tree: Any, expected: Any, expected_leaves: Sequence[Any]) -> list[Any]:
    """Flatten a tangent or cotangent into nodes after checking it against what it belongs to.

    Parameters
    ----------
    call : str
        The call that errors name, such as ``"jvp()"``.
    role : str
        What errors call the tree: ``"tangent"`` or ``"cotangent"``.
    tree : pytree
        The tangent or cotangent.
    expected : pytree
        The arguments or results that it belongs to.
    expected_leaves : sequence
        The leaves of ``expected``.

    Returns
    -------
    list of Node
        One node for each leaf, in the order of ``expected_leaves``. Dicts are matched by key.

    Raises
    ------
    ShapeError
        If the structure of ``tree`` or the shape of a leaf differs from that of ``expected``.
    """
    if structure(tree) != structure(expected):
        raise ShapeError(f"{call}: the {role} has the structure {structure(tree)}, but {structure(expected)} is needed")
    leaves = [
        to_numpy(leaf, f"{call}: a {role}") if is_foreign_array(leaf) else leaf for leaf in leaves_in_order_of(tree, expected)
    ]
    for leaf, like in zip(leaves, expected_leaves, strict=True):
        shape = leaf.shape if isinstance(leaf, Node) else to_array(leaf, f"{call}: a {role}").shape
        if shape != shape_of(like):
            raise ShapeError(f"{call}: a {role} has shape {shape}, but {shape_of(like)} is needed")
        if is_complex(leaf) and not is_complex(like):
            raise DataError(f"{call}: a {role} is complex, but what it belongs to is real: take its real part")
    return [node_like(leaf, like) for leaf, like in zip(leaves, expected_leaves, strict=True)]


def has_recorded_node(tree: Any) -> bool:
    """Tell whether a tangent or cotangent contains nodes that derivatives can be taken with respect to.

    Parameters
    ----------
    tree : pytree
        The tangent or cotangent.

    Returns
    -------
    bool
        False inside ``no_grad`` and if all nodes in ``tree`` are constants.
    """
    return context.recording() and any(isinstance(leaf, Node) and not getattr(leaf, "constant", False) for leaf in flatten(tree)[0])
