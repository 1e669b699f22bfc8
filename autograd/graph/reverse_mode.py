"""The walks along a graph: the order of its nodes, reverse mode and forward mode. Iterative; they know nodes by their edges only.

A *flat* node (a scalar operation of one or two arguments) keeps its arguments in ``left`` and ``right`` and the local derivatives
in ``dleft`` and ``dright``; None there means that no gradient flows. Every other node is *wide*: ``dleft is WIDE``. A leaf keeps
in ``right`` the reading of the clock at which it was made, which no visit changes, or UNRECORDED.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import modes
from autograd.state.anomaly_checks import blamed, check_local, check_tangent, check_total, is_finite
from autograd.errors import GraphError, ShapeError
from autograd.state.metadata import Hooks
from autograd.backends.numpy_backend import ARRAY, QUIET

# The mark of a node whose arguments stand in one tuple.
WIDE: Any = object()

# When a leaf was made that is a number and nothing else: nobody will ask for derivatives by it.
UNRECORDED = math.inf

# The visit stamps and the .grad slots are shared by every walk: without the lock, two threads whose graphs share interior
# nodes would overwrite each other's stamps and count contributions twice.
lock = threading.RLock()
_walking = False  # whether a backward pass is under way, in the thread that has the lock


def order(roots: Iterable[Any], since: int = 0) -> tuple[list[Any], list[Any]]:
    """The interior nodes below ``roots``, arguments before what uses them, and the leaves in order of first use.

    With ``since``, a reading of the clock, the walk ends at nodes that were made before it: they count as leaves, once for each
    use.
    """
    with lock:
        return _order(roots, since)


def _order(roots: Iterable[Any], since: int) -> tuple[list[Any], list[Any]]:
    stamp = modes.tick()
    nodes: list[Any] = []
    leaves: list[Any] = []
    emit, leaf = nodes.append, leaves.append
    stack: list[Any] = []
    push, pop = stack.append, stack.pop
    waiting: list[Iterator[Any]] = []  # the arguments still to be visited of each wide node on the stack
    for node in roots:
        if node.stamp is stamp:
            continue
        if node.stamp < since:
            leaf(node)
            continue
        node.stamp = stamp
        if node.op is None:
            leaf(node)
            continue
        entering = True  # and not coming back from an argument, in which case the left one is done
        while True:
            towards = node.dleft
            if towards is WIDE:
                if entering:
                    waiting.append(iter(node.sources))
                for _, following in waiting[-1]:
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                            continue
                        following.stamp = stamp
                        if following.op is not None:
                            push(node)
                            node = following
                            entering = True
                            break
                        leaf(following)
                else:
                    waiting.pop()
                    entering = False
                if entering:
                    continue
            else:
                if entering and towards is not None:
                    following = node.left
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                        else:
                            following.stamp = stamp
                            if following.op is not None:
                                push(node)
                                node = following
                                continue
                            leaf(following)
                if node.dright is not None:
                    following = node.right
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                        else:
                            following.stamp = stamp
                            if following.op is not None:
                                push(node)
                                node = following
                                entering = True
                                continue
                            leaf(following)
            emit(node)
            if not stack:
                break
            node = pop()
            entering = False
    return nodes, leaves


def reaches_older(ends: Iterable[Any], since: int) -> bool:
    """Whether nodes at which a walk ended lead to a leaf that records, and was made before ``since``."""
    waiting = list(ends)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node.op is None:
            if node.right < since:
                return True
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.extend(source for _, source in node.sources)
    return False


def backward(root: Any, cotangent: Any) -> None:
    """Reverse mode into ``.grad``: interior nodes are overwritten, leaves accumulate; an error leaves the leaves as they were."""
    global _walking
    with lock:
        if _walking:
            raise GraphError("backward() inside a hook would overwrite the pass that is running: use autograd.gradients() there")
        nodes, leaves = order((root,))
        before = [leaf._grad for leaf in leaves]
        _walking = True
        for node in nodes:
            node._grad = 0.0
        try:
            with np.errstate(**QUIET):
                if Hooks.living or (modes.special and modes.current().anomaly):
                    _watched_backward(root, cotangent, nodes, leaves)
                    return
                root.receive(cotangent, None, False)
                parts: dict[Any, list[tuple[Any, Any]]] = {}
                for node in reversed(nodes):
                    towards = node.dleft
                    if towards is WIDE:
                        _pull(node, parts)
                        continue
                    g = node._grad
                    if towards is not None:
                        node.left._grad += g * towards
                    towards = node.dright
                    if towards is not None:
                        node.right._grad += g * towards
                for leaf, given in parts.items():
                    leaf.receive(_together(leaf, given), None, True)
        except BaseException:
            for leaf, grad in zip(leaves, before, strict=True):
                leaf._grad = grad
            raise
        finally:
            _walking = False


def _pull(node: Any, parts: dict[Any, list[tuple[Any, Any]]]) -> None:
    """A wide node's turn. What only parts of an argument receive waits in ``parts`` until all of them are there."""
    if node in parts:
        node.receive(_together(node, parts.pop(node)), node.op, True)
    if node.op.into is None:
        node.pull()
    else:
        parts.setdefault(node.left[0], []).append((node, node._grad))


def _together(source: Any, given: Sequence[tuple[Any, Any]]) -> Any:
    """The sum of the cotangents that parts of an array have received, such as t[0], t[1], …: one array, however many parts."""
    total = np.zeros(source.shape, source.dtype)
    for node, g in given:
        node.op.into(ARRAY, total, g, **node.static)
    return total


def _watched_backward(root: Any, cotangent: Any, nodes: Sequence[Any], leaves: Sequence[Any]) -> None:
    """The same walk, with hooks heard, and with anomaly() looked for."""
    looking = modes.current().anomaly
    hooked = [(leaf, leaf._grad) for leaf in leaves if leaf.info is not None and leaf.info.hooks]
    for leaf, _ in hooked:
        leaf._grad = 0.0
    root.receive(cotangent, None, False)
    parts: dict[Any, list[tuple[Any, Any]]] = {}
    for node in reversed(nodes):
        if node in parts:
            node.receive(_together(node, parts.pop(node)), node.op, True)
        if node.info is not None and node.info.hooks:
            node._grad = node.heard(node._grad)
        towards = node.dleft
        if towards is WIDE:
            if looking and not is_finite(node._grad):
                raise blamed(node, reversed(nodes))
            _pull(node, parts)
            continue
        g = node._grad
        if looking and g - g != 0.0:
            raise blamed(node, reversed(nodes))
        if towards is not None:
            node.left._grad += g * towards
        towards = node.dright
        if towards is not None:
            node.right._grad += g * towards
    for leaf, given in parts.items():
        leaf.receive(_together(leaf, given), None, True)
    for leaf in leaves if looking else ():
        if not is_finite(leaf._grad):
            raise blamed(leaf, reversed(nodes))
    for leaf, before in hooked:
        leaf._grad = before + leaf.heard(leaf._grad)


def depending(nodes: Sequence[Any], sources: Iterable[Any]) -> set[Any]:
    """The nodes among ``nodes`` (in order) through which a change of ``sources`` passes, and the sources themselves."""
    live = set(sources)
    for node in nodes:
        towards = node.dleft
        if towards is WIDE:
            if any(source in live for _, source in node.sources):
                live.add(node)
        elif (towards is not None and node.left in live) or (node.dright is not None and node.right in live):
            live.add(node)
    return live


def _edges(node: Any) -> list[tuple[int, Any, float | None]]:
    """The arguments to which gradients flow: place, node, and the local derivative where the node is flat."""
    left, right = node.dleft, node.dright
    if left is WIDE:
        return [(i, source, None) for i, source in node.sources]
    if right is None:
        return [(0, node.left, left)] if left is not None else []
    return [(0, node.left, left), (1, node.right, right)] if left is not None else [(1, node.right, right)]


def _handed_on(node: Any, i: int, g: Any, xp: Any, looking: bool) -> Any:
    """The contribution of a node to its argument ``i``; what anomaly() says of it names the node, not its derivative."""
    if not looking:
        return node.vjp(i, g, xp)
    with modes.unwatched():
        c = node.vjp(i, g, xp)
    check_local(node, i, g, c)
    return c


def pullback(
    roots: Sequence[Any],
    cotangents: Sequence[Any],
    sources: Sequence[Any],
    xp: Any = None,
    nodes: Sequence[Any] | None = None,
) -> list[Any]:
    """Reverse mode that returns: the cotangents of ``sources`` (None where nothing arrives), writing no ``.grad``.

    With ``xp`` the cotangents are nodes themselves, computed in that world, so that they can be differentiated again.
    ``nodes`` are the interior nodes below the roots in their order, where the caller knows them.
    """
    if nodes is None:
        nodes, _ = order(roots)
    live = depending(nodes, sources)
    arrived: dict[Any, Any] = {}

    for root, cotangent in zip(roots, cotangents, strict=True):
        arrived[root] = arrived[root] + cotangent if root in arrived else cotangent
    ends = set(sources)
    owned: set[Any] = set()  # the sources whose sum is an array that nobody else keeps
    parts: dict[Any, list[tuple[Any, Any]]] = {}
    looking = modes.current().anomaly
    with np.errstate(**QUIET):
        for node in reversed(nodes):
            if node in parts:
                gathered = _together(node, parts.pop(node))
                arrived[node] = arrived[node] + gathered if node in arrived else gathered
            if node not in live or node not in arrived:
                continue
            g = arrived.pop(node)
            if looking:
                check_total(node, g)
            if Hooks.living:
                g = node.heard(g)
            if node in ends:
                arrived[node] = g
            if xp is None and node.op.into is not None:
                parts.setdefault(node.left[0], []).append((node, g))
                continue
            for i, source, local in _edges(node):
                if source in live:
                    c = g * local if xp is None and local is not None and not looking else _handed_on(node, i, g, xp, looking)
                    if source not in arrived:
                        arrived[source] = c
                        if xp is None and local is None and node.op.fresh and c is not g:
                            owned.add(source)
                    elif source in owned:
                        arrived[source] += c
                    else:
                        arrived[source] = arrived[source] + c
        for leaf, given in parts.items():
            gathered = _together(leaf, given)
            arrived[leaf] = arrived[leaf] + gathered if leaf in arrived else gathered
    for source in sources if looking else ():
        if source in arrived:
            check_total(source, arrived[source])
    for source in sources if Hooks.living else ():
        if source.op is None and source in arrived:
            arrived[source] = source.heard(arrived[source])
    return [arrived.get(source) for source in sources]


def pushforward(
    roots: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None, nodes: Sequence[Any] | None = None
) -> list[Any]:
    """Forward mode: the tangents of ``roots`` when ``sources`` move along ``tangents`` (None where a root does not move).

    ``nodes`` as in :func:`pullback`.
    """
    if nodes is None:
        nodes, _ = order(roots)
    with np.errstate(**QUIET):
        moving = moved(nodes, sources, tangents, xp)
    return [moving.get(root) for root in roots]


def moved(nodes: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None) -> dict[Any, Any]:
    """The tangents of all ``nodes`` (in order) that move when ``sources`` do, and of these."""
    moving: dict[Any, Any] = dict(zip(sources, tangents, strict=True))
    looking = modes.current().anomaly
    for node in nodes:
        if node in moving:
            continue
        if xp is None and node.dleft is not WIDE and not looking:
            left = moving.get(node.left) if node.dleft is not None else None
            right = moving.get(node.right) if node.dright is not None else None
            if left is not None:
                moving[node] = left * node.dleft if right is None else left * node.dleft + right * node.dright
            elif right is not None:
                moving[node] = right * node.dright
            continue
        along = [moving.get(arg) if hasattr(arg, "stamp") else None for arg in node.args]
        if any(t is not None for t in along):
            if not looking:
                moving[node] = node.jvp(along, xp)
                continue
            with modes.unwatched():
                moving[node] = node.jvp(along, xp)
            check_tangent(node, moving[node])
    return moving


def unbroadcast(xp: Any, g: Any, shape: tuple[int, ...]) -> Any:
    """``g`` summed over the axes along which an argument of ``shape`` was repeated: the adjoint of broadcasting."""
    have = xp.shape(g)
    if have == shape:
        return g
    extra = len(have) - len(shape)
    if extra > 0 and have[extra:] == shape:
        return xp.sum(g, axis=0 if extra == 1 else tuple(range(extra)), keepdims=False)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1 and extra >= 0 and have[extra + i] != 1)
    reduced = xp.sum(g, axis=(*range(extra), *stretched), keepdims=False)
    if xp.shape(reduced) != tuple(n for i, n in enumerate(shape) if extra + i not in stretched):
        raise ShapeError(f"a cotangent of shape {have} does not fit an argument of shape {shape}")
    return xp.reshape(reduced, shape) if stretched else reduced
