"""The first call proves the program: value and gradients against the run that was traced, as far apart as rounding may put them.

What rounding may do is measured: every number that goes in is moved by a 10¹²th of itself, some thousand times what rounding does.
The value is also compared at other inputs, with the function itself: a number that the trace took for a constant shows there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.backends.backend import QUIET
from autograd.compiler.frontend.arguments import Call, is_traced
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.graph.reverse_mode import accumulate_gradients, pullback
from autograd.graph.topological_order import graph_lock, topological_order
from autograd.state.garbage_collection import uncollected

SHAKE = 2.0**-40
CANCELLED = 1e-5  # a local derivative such as 1 - y² is rounded on the scale of 1, however small it is: 1e-9 of this is 45 ulp
FEW = 8  # arguments that are moved one by one
MOVE = 2.0**-10  # of each input: far enough to see what a constant hides, and near enough to stay on the same branches


class Proof(NamedTuple):
    """What the comparison with the eager run found: the largest difference in value and in gradients, or what is wrong."""

    value: float
    gradient: float
    fault: str = ""


def proof(specialization: Specialization, traced: TracedFunction, call: Call) -> Proof:
    """The program compared with the run that it was traced from; a batch is its first sample over and over."""
    size = 1
    leaves = list(call.leaves)
    for k, whole in (specialization.given.batch or {}).items():
        leaves[k] = np.repeat(whole[:1], len(whole), axis=0)
        size = len(whole)
    inputs = specialization.inputs(leaves)
    outputs = [x._primal if isinstance(x, Node) else x for x in traced.run.outputs]
    results, shaken = _both(specialization.function("value"), inputs)
    mine, near = results[0], None if shaken is None else shaken[0]
    change = specialization.describe_guard_change(results[-1]) if specialization.guards else ""
    if change:
        return Proof(0.0, 0.0, f"on the same numbers {change}, by rounding")
    if specialization.given.batch is not None:
        mine, near = ([np.asarray(x)[0] for x in side] if side is not None else None for side in (mine, near))
    worst, fault = apart("value", mine, outputs, near)
    if fault:  # or only what is left of large parts that cancel
        worst, fault = apart("value", mine, outputs, near, [_mass(traced)] * len(outputs))
    if fault:
        return Proof(worst, 0.0, fault)
    moves = (
        specialization.arguments + specialization.outer
        if specialization.outer and specialization.arguments
        else specialization.outer or specialization.arguments
    )
    if specialization.single or (specialization.given.batch is not None and len(outputs) == 1 and np.ndim(outputs[0]) == 0):
        place, both = 1, _both(specialization.function("value_and_gradients", moves), inputs)
    elif specialization.given.batch is not None:
        return Proof(worst, 0.0)
    else:
        seeds = [np.ones(np.shape(x._primal))[()] for x in traced.run.outputs if isinstance(x, Node)]
        place, both = 0, _both(specialization.function("pullback", moves), [*inputs, *seeds])
    mine, near = (None if side is None else side[place] for side in both)
    scales = [1.0 / size if specialization.slots[k].arg in (specialization.given.batch or {}) else 1.0 for k in moves]
    eager = [g * s for g, s in zip(_gradients(specialization, traced, moves, pulled), scales, strict=True)]
    slope, fault = apart("gradient", mine, eager, near)
    if fault:  # as above
        slope, fault = apart("gradient", mine, eager, near, _gradients(specialization, traced, moves, _masses))
    return Proof(worst, slope, fault)


@uncollected()
def fault_elsewhere(f: Callable[..., Any], specialization: Any, traced: TracedFunction, call: Call) -> str:
    """What is wrong with a program's values at inputs that are moved; "" where nothing is, or where this cannot be told.

    It cannot where the function decides otherwise there, or refuses such inputs. Then the inputs are moved the other way, and one
    by one, since a label that must stay what it is should not hide the others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about inputs that nobody has passed
        for by in (MOVE, -MOVE):
            told, fault = _compared(f, specialization, traced, call, by, None)
            if told:
                return fault
        places = [k for k, x in enumerate(call.sample_leaves()) if is_traced(x)]
        for k in places if 1 < len(places) <= FEW else ():
            for by in (MOVE, -MOVE):
                told, fault = _compared(f, specialization, traced, call, by, k)
                if fault:
                    return fault
                if told:
                    break
    return ""


def _compared(
    f: Callable[..., Any], specialization: Any, traced: TracedFunction, call: Call, by: float, only: int | None
) -> tuple[bool, str]:
    """Whether a program can be compared with the function at moved inputs, and what is wrong there."""
    try:
        moved = call.perturb(by, only)
        (args, kwargs), own = moved.make_nodes()
        batch = specialization.given.batch or {}
        leaves = [_repeated(x, len(batch[k])) if k in batch else x for k, x in enumerate(moved.leaves)]
        results, near = _both(specialization.function("value"), specialization.inputs(leaves))
        if not own or (specialization.guards and specialization.describe_guard_change(results[-1])):
            return False, ""
        outputs = [x._primal if isinstance(x, Node) else x for x in flatten(f(*args, **kwargs))[0]]
    except Exception:  # the function's own
        return False, ""
    if len(outputs) != len(results[0]):
        return True, f"it has {len(results[0])} results where the function gives {len(outputs)}"
    sides = results[0], None if near is None else near[0]
    mine, other = ([np.asarray(x)[0] for x in side] if batch and side is not None else side for side in sides)
    fault = apart("value", mine, outputs, other)[1]
    return True, apart("value", mine, outputs, other, [_mass(traced)] * len(outputs))[1] if fault else ""


def _repeated(x: Any, count: int) -> Any:
    """A batch of one sample over and over."""
    return np.repeat(np.asarray(x)[None], count, axis=0)


def _both(function: Any, inputs: Sequence[Any]) -> tuple[Any, Any]:
    """The results, and the same when all numbers are moved a little."""
    return function(inputs), function.evaluate_perturbed(inputs, SHAKE) if hasattr(function, "evaluate_perturbed") else None


def pulled(roots: Sequence[Node], sources: Sequence[Node], since: int) -> list[Any]:
    """The gradients of the sum of all results."""
    if len(roots) == 1 and all(source.is_leaf for source in sources):
        return _walked(roots[0], sources)
    return pullback(roots, [root.plain(1.0) for root in roots], sources, nodes=topological_order(roots, since)[0])


def _walked(root: Any, sources: Sequence[Any]) -> list[Any]:
    """The same for numbers, by the quicker walk, which writes ``.grad``: what stood there is put back."""
    with graph_lock:
        before = [source._grad for source in sources]
        for source in sources:
            source._grad = 0.0
        try:
            accumulate_gradients(root, root.plain(1.0))
            return [source._grad for source in sources]
        finally:
            for source, grad in zip(sources, before, strict=True):
                source._grad = grad


def _mass(traced: TracedFunction) -> float:
    """What the results are the sum of, to first order, each part taken as positive."""
    arrived = _arrived([x for x in traced.run.outputs if isinstance(x, Node)], traced.run.start_stamp)
    return float(sum(np.sum(g * np.abs(node._primal)) for node, g in arrived.items()))


def _masses(roots: Sequence[Node], sources: Sequence[Node], since: int) -> list[Any]:
    """The gradients with every contribution taken as positive: how large what cancels may have been."""
    arrived = _arrived(roots, since)
    return [arrived.get(source) for source in sources]


def _arrived(roots: Sequence[Node], since: int) -> dict[Any, Any]:
    nodes, _ = topological_order(roots, since)
    arrived: dict[Any, Any] = {}
    for root in roots:
        arrived[root] = arrived.get(root, 0.0) + root.plain(1.0)
    for node in reversed(nodes):
        for i, source in node.sources if node in arrived else ():
            arrived[source] = arrived.get(source, 0.0) + _largest(node, i, arrived[node])
    return arrived


def _largest(node: Any, i: int, g: Any) -> Any:
    """What a node hands on of ``g``, and of ``g`` with other signs, since a softmax hands on nothing of what is equal."""
    pushed = np.abs(node.vjp(i, g, None))
    if np.shape(pushed) == np.shape(g) and node.op.kind == "elementwise":
        pushed = pushed + CANCELLED * np.abs(g)
    if np.ndim(g) == 0:
        return pushed
    signs = 1.0 - 2.0 * (np.indices(np.shape(g)).sum(axis=0) % 2)  # a chessboard: they change along every axis
    return np.maximum(pushed, np.abs(node.vjp(i, g * signs, None)))


def _gradients(specialization: Specialization, traced: TracedFunction, moves: Sequence[int], how: Any) -> list[Any]:
    """What ``how`` gives along the graph that was traced, slot by slot."""
    roots = [x for x in traced.run.outputs if isinstance(x, Node)]
    by_arg: dict[int, dict[int, Node]] = {}
    for i, k in traced.argument_leaves.items():
        arg, place = specialization.given.node_positions[k]
        by_arg.setdefault(arg, {})[place] = traced.leaves[i]
    slots = [specialization.slots[k] for k in moves]
    groups = [(s.shape, by_arg.get(s.arg, {}) if s.arg is not None else dict(enumerate(s.nodes))) for s in slots]
    found = iter(how(roots, [node for _, nodes in groups for node in nodes.values()], traced.run.start_stamp))
    return [_assembled(shape, {place: (node, next(found)) for place, node in nodes.items()}) for shape, nodes in groups]


def _assembled(shape: tuple[int, ...], parts: dict[int, tuple[Node, Any]]) -> Any:
    """Gradients of the nodes of one input as one array."""
    total = np.zeros(shape)
    for place, (node, g) in parts.items():
        if g is not None and node.shape == shape:
            total = total + g
        elif g is not None:
            total.ravel()[place] = float(np.sum(g))
    return total


def apart(
    what: str, mine: Any, eager: Sequence[Any], near: Sequence[Any] | None, masses: Sequence[Any] | None = None
) -> tuple[float, str]:
    """The largest difference, relative to the largest number of its array, and what is wrong where it is too large."""
    worst = 0.0
    scale = max((float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b))) for b in eager), default=0.0)
    with np.errstate(**QUIET):
        for k, (a, b) in enumerate(zip(mine, eager, strict=True)):
            x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
            x, y = np.broadcast_arrays(x, y)  # of a batch, the function's own is that of one sample
            low = 1e-4 if np.asarray(b).dtype == np.float32 or np.asarray(a).dtype == np.float32 else 1e-9
            z = x if near is None else np.asarray(near[k], dtype=float)
            strange = ~(np.isfinite(x) & np.isfinite(y) & np.isfinite(z))
            sure = np.where(strange, 0.0, np.abs(y))
            bound = 64.0 * np.abs(x - z) + low * (np.abs(y) + 1e-3 * np.max(sure, initial=0.0)) + 1e-280
            if masses is not None:
                bound = bound + low * np.asarray(masses[k])
            apart = np.abs(x - y)
            wrong = np.where(strange, ~((x == y) | ((x != x) & (y != y)) | ~np.isfinite(z)), apart > bound)
            if wrong.any():
                i = int(np.argmax(wrong))
                return worst, f"its {what} is {x.ravel()[i]:.17g} where the function gives {y.ravel()[i]:.17g}"
            worst = max(worst, float(np.max(np.where(strange, 0.0, apart), initial=0.0) / scale) if scale else 0.0)
    return worst, ""
