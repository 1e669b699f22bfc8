"""A graph as one of the package networkx, for its algorithms: a node for each node, and an edge for each argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.errors import SettingError
from autograd.graph.topological_order import topological_order
from autograd.viz.snapshots.edges import Edges
from autograd.viz.snapshots.snapshot import to_root_nodes


def to_networkx(roots: Any) -> Any:
    """Make a graph of the package networkx, with the numbers as they are now.

    Parameters
    ----------
    roots : Node, or list or tuple of Node
        The roots of the graph.

    Returns
    -------
    networkx.MultiDiGraph
        Its nodes are the numbers 0, 1, …, arguments before the nodes that use them. Each has the attributes ``name`` (with its
        scopes; "" without a name), ``op`` (the operation; "" for a leaf), ``data``, ``grad``, and ``constants`` (arguments that are
        plain numbers, by position). An edge leads from an argument to the node that uses it. Its key is the position of the
        argument, and its attribute ``local`` the local derivative: None if it is not an elementwise product, as of a matrix
        product. The attribute ``roots`` of the graph lists the roots.

    Raises
    ------
    SettingError
        If the package is not installed.
    GraphError
        If ``roots`` is anything but nodes.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a"); y = a * a; y.backward()
    >>> graph = to_networkx(y)  # doctest: +SKIP
    >>> graph.nodes[0], [local for *_, local in graph.edges(data="local")]  # doctest: +SKIP
    ({'name': 'a', 'op': '', 'data': 3.0, 'grad': 6.0, 'constants': {}}, [3.0, 3.0])
    """
    try:
        import networkx
    except ImportError:
        raise SettingError("to_networkx() needs the package networkx: pip install 'gradlab[networkx]'") from None
    root_nodes = to_root_nodes(roots, "to_networkx()")
    inner, leaves = topological_order(root_nodes)
    nodes = [*leaves, *inner]
    index_by_id = {id(node): i for i, node in enumerate(nodes)}
    graph = networkx.MultiDiGraph(roots=[index_by_id[id(root)] for root in root_nodes])
    graph.add_nodes_from((i, _attributes(node)) for i, node in enumerate(nodes))
    edges = Edges(nodes, index_by_id)
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        locals_ = edges.local_derivatives()
    for tail, head, slot, local in zip(edges.tails, edges.heads, edges.slots, locals_, strict=True):
        graph.add_edge(tail, head, key=slot, local=_to_plain(local))
    return graph


def _attributes(node: Any) -> dict[str, Any]:
    return {
        "name": node.path,
        "op": "" if node.op is None else node.op.name,
        "data": _to_plain(node),
        "grad": _to_plain(node.grad),
        "constants": {slot: _to_plain(arg) for slot, arg in enumerate(node.args) if not isinstance(arg, Node)},
    }


def _to_plain(x: Any) -> Any:
    """Return a node, an array or a number as a number or a copy."""
    data = primal_of(x)
    if data is None:
        return None
    return np.array(data) if np.ndim(data) else np.asarray(data).item()
