"""Copying and pickling of graphs of any depth: a graph is written as a list, leaves as objects, arguments as positions.

A gradient that is a graph itself is kept as its numbers. Nodes that are pickled together share their leaves; a deep copy also
shares what is between.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from autograd.graph.topological_order import PACKED, topological_order


class NodeIndex(int):
    """The index of a node in a list of nodes, in place of an argument; a plain number is never of this type."""


def _encode_argument(arg: Any, places: dict[Any, NodeIndex]) -> Any:
    return places.get(arg, arg) if hasattr(arg, "stamp") else arg


def _gradient_numbers(grad: Any) -> Any:
    return grad.freeze_data() if hasattr(grad, "stamp") else grad


def _decode_argument(arg: Any, nodes: list[Any]) -> Any:
    return nodes[arg] if type(arg) is NodeIndex else arg


def reduce_node(node: Any) -> tuple[Any, ...]:
    """Return what pickle stores of a node: of a leaf its data, of a graph its leaves and a flat list of records."""
    if node.op is None:
        return restore_leaf, (
            type(node),
            node.freeze_data(),
            _gradient_numbers(node._grad),
            node.metadata,
            getattr(node, "_state", None),
        )
    nodes, leaves = topological_order((node,))
    places = {n: NodeIndex(i) for i, n in enumerate([*leaves, *nodes])}
    records = []
    for n in nodes:
        args = tuple(_encode_argument(a, places) for a in n.args)
        saved = n.dright if n.dleft is PACKED else (n.dleft, n.dright)
        records.append((type(n), n._primal, _gradient_numbers(n._grad), n.metadata, n.op, args, n.static, saved, n.dleft is PACKED))
    return restore_graph, (leaves, records)


def restore_leaf(cls: type[Any], data: Any, grad: Any, info: Any, state: Any) -> Any:
    """Return a leaf from what pickle stored."""
    leaf = cls.blank()
    leaf._primal, leaf._grad, leaf.metadata = data, grad, info
    leaf.left = True if type(grad) is not float or grad else None
    if state is not None:
        leaf._state = state
    return leaf


def restore_graph(leaves: list[Any], records: list[tuple[Any, ...]]) -> Any:
    """Return the last node of a graph from what pickle stored."""
    nodes = list(leaves)
    for cls, data, grad, info, op, args, static, saved, is_packed in records:
        node = cls.blank()
        node._primal, node._grad, node.metadata, node.op = data, grad, info, op
        parents = tuple(_decode_argument(a, nodes) for a in args)
        if is_packed:
            node.left, node.right, node.dleft, node.dright = parents, static, PACKED, saved
        else:
            node.left, node.right = (*parents, None)[:2]
            node.dleft, node.dright = saved
        nodes.append(node)
    return nodes[-1]


def deepcopy_graph(node: Any, memo: dict[int, Any]) -> Any:
    """Copy the whole graph below ``node``. Shared nodes stay shared, and nodes in ``memo`` are not copied again."""
    nodes, leaves = topological_order((node,))
    for old in [*leaves, *nodes]:
        if id(old) not in memo:
            memo[id(old)] = _copy_with_copied_arguments(old, memo)
    return memo[id(node)]


def _copy_with_copied_arguments(old: Any, memo: dict[int, Any]) -> Any:
    def copied(arg: Any) -> Any:
        return memo[id(arg)] if hasattr(arg, "stamp") else arg

    new = copy_node(old)
    if old.dleft is PACKED:
        new.left = tuple(copied(a) for a in old.left)
    elif old.op is not None:
        new.left, new.right = copied(old.left), copied(old.right)
    return new


def copy_node(old: Any) -> Any:
    """Return another node with the same arguments, data and gradient."""
    new = type(old).blank()
    for slot in ("op", "left", "right", "dleft", "dright") if old.op is not None else ():  # a leaf keeps its own birth
        setattr(new, slot, getattr(old, slot))
    if old.op is None:
        new.left = old.left
    new._primal, new._grad, new.metadata = old.freeze_data(), copy(_gradient_numbers(old._grad)), copy(old.metadata)
    if hasattr(old, "_state"):
        new._state = old._state
    return new
