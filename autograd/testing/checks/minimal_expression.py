"""Minimal expressions: a recorded graph that fails a check is reduced to the smallest part that still fails.

The reduction is greedy, as in delta debugging (Zeller and Hildebrandt, 2002). First the root moves down as far as possible, then
subgraphs become inputs, then inputs become constants. Each step is kept if the rest still fails the same check.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.core.operators import BINARY, UNARY
from autograd.core.value import SIGNS, Value
from autograd.graph.topological_order import PACKED, topological_order
from autograd.numpy_api.apply import apply_op
from autograd.testing.arrays import format_array

# The number of candidates that are checked. Half as many candidates as operations were needed on random graphs of 20 and of 60
# operations, so 200 is enough for about 400; a check takes some 35 ms, so a reduction takes 7 s at most. Doubled, larger graphs are
# reduced completely and the worst case takes 14 s. A graph that is not reduced completely is still reported.
MAX_CHECKS = 200

# The number of operations up to which an expression is printed: about as many as fit on a line of a report. Doubled, lines get
# too long to read.
MAX_PRINTED_OPERATIONS = 12

# The width of a constant within an expression, and of the value of an input, in characters. Larger arrays are printed as their
# shape. Doubled, an expression with three constants does not fit on a line of a report.
MAX_CONSTANT_WIDTH = 30
MAX_VALUE_WIDTH = 60

METHODS = {row: name for name, row in UNARY.items()}
OPERATORS = {row: getattr(operator, name) for name, row in BINARY.items()}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Expression:
    """The part of a recorded graph between ``inputs`` and ``root``, as a function. All other nodes are constants.

    Calling it records the same operations again, on other inputs. ``str()`` returns it as Python.

    Parameters
    ----------
    root : Node
        The result.
    inputs : sequence of Node
        Nodes at which the expression ends. Those that the root does not depend on are dropped.
    order : sequence of Node
        The nodes of the whole graph in topological order.

    Attributes
    ----------
    nodes : list of Node
        The operations of the expression, in topological order.
    """

    def __init__(self, root: Node, inputs: Sequence[Node], order: Sequence[Node]) -> None:
        boundary, needed = set(inputs), {root}
        self.nodes: list[Node] = []
        for node in reversed(order):
            if node in needed and node not in boundary:
                self.nodes.append(node)
                needed.update(node.parents)
        self.nodes.reverse()
        self.root: Node = root
        self.inputs: list[Node] = [x for x in inputs if x in needed]
        self.order: Sequence[Node] = order

    def __call__(self, *inputs: Any) -> Any:
        values: dict[Any, Any] = dict(zip(self.inputs, inputs, strict=True))
        for node in self.nodes:
            args = [values[arg] if isinstance(arg, Node) and arg in values else primal_of(arg) for arg in node.args]
            values[node] = _apply(node, args)
        return values[self.root]

    def with_root(self, root: Node) -> Expression:
        """Return the expression below one of its nodes."""
        return Expression(root, self.inputs, self.order)

    def with_input(self, node: Node) -> Expression:
        """Return the expression with one of its nodes as a further input."""
        return Expression(self.root, [*self.inputs, node], self.order)

    def without_input(self, node: Node) -> Expression:
        """Return the expression with one of its inputs as a constant."""
        return Expression(self.root, [x for x in self.inputs if x is not node], self.order)

    def __str__(self) -> str:
        if len(self.nodes) > MAX_PRINTED_OPERATIONS:
            return f"an expression of {len(self.nodes)} operations, from {self.nodes[0].describe()} to {self.root.describe()}"
        labels = _label_inputs(self.inputs)
        values = ", ".join(f"{label} = {format_array(primal_of(x), MAX_VALUE_WIDTH)}" for x, label in labels.items())
        return f"{_to_source(self.root, labels, set(self.nodes), is_operand=False)}  with {values}"


def find_minimal_expression(y: Node, leaves: Sequence[Node], fails: Callable[[Expression], bool]) -> Expression | None:
    """Find a small part of the graph of ``y`` that still fails.

    Parameters
    ----------
    y : Node
        The root of a recorded graph.
    leaves : sequence of Node
        Its inputs.
    fails : callable
        Whether an expression fails.

    Returns
    -------
    Expression or None
        None if the whole graph does not fail when it is recorded again.
    """
    reduction = _Reduction(Expression(y, leaves, topological_order((y,))[0]), fails)
    if not reduction.try_candidate(reduction.best):
        return None
    reduction.lower_root()
    reduction.replace_nodes_by_inputs()
    reduction.replace_inputs_by_constants()
    return reduction.best


class _Reduction:
    """The smallest failing expression so far, and the steps that make it smaller."""

    def __init__(self, best: Expression, fails: Callable[[Expression], bool]) -> None:
        self.best, self.fails = best, fails
        self.checks_left = MAX_CHECKS

    def try_candidate(self, candidate: Expression) -> bool:
        """Make a candidate the best expression if it fails, and return whether it does."""
        if not candidate.inputs or not candidate.nodes or not self.checks_left:
            return False
        self.checks_left -= 1
        if not self.fails(candidate):
            return False
        self.best = candidate
        return True

    def lower_root(self) -> None:
        """Move the root to one of its parents as long as the expression fails."""
        while any(self.try_candidate(candidate) for candidate in self._below_root()):
            pass

    def _below_root(self) -> Iterator[Expression]:
        best, nodes = self.best, set(self.best.nodes)
        for parent in dict.fromkeys(best.root.parents):
            if parent in nodes:
                yield best.with_root(parent)

    def replace_nodes_by_inputs(self) -> None:
        """Make nodes inputs, those near the root first, since they remove the most."""
        for node in reversed(self.best.nodes[:-1]):
            if node in set(self.best.nodes):
                self.try_candidate(self.best.with_input(node))

    def replace_inputs_by_constants(self) -> None:
        """Make inputs constants as long as one is left."""
        for node in list(self.best.inputs):
            if len(self.best.inputs) > 1:
                self.try_candidate(self.best.without_input(node))


def _apply(node: Node, args: Sequence[Any]) -> Any:
    """Apply the operation of a node to other arguments, in the way a program would write it."""
    assert node.op is not None
    name = node.op.name
    if name == "item":
        return Value.of(args[0]) if isinstance(args[0], Node) else float(args[0])
    if node.dleft is not PACKED:  # a scalar node with one or two arguments
        if name in OPERATORS:
            return OPERATORS[name](*args)
        method = METHODS.get(name, name)
        if len(args) == 1 and hasattr(args[0], method):
            return getattr(args[0], method)()
    return apply_op(node.op, *args, **node.static)


def _label_inputs(inputs: Sequence[Node]) -> dict[Node, str]:
    """Return a label for each input: its own name if all have different ones, else a letter."""
    names = [x.path for x in inputs]
    if all(names) and len(set(names)) == len(names):
        return dict(zip(inputs, names, strict=True))
    return {x: LETTERS[k] if k < len(LETTERS) else f"x{k}" for k, x in enumerate(inputs)}


def _to_source(x: Any, labels: dict[Node, str], nodes: set[Node], is_operand: bool) -> str:
    """Return an argument as Python. ``is_operand`` says that it is an operand of an operator and may need parentheses."""
    if isinstance(x, Node) and x in labels:
        return labels[x]
    if not isinstance(x, Node) or x not in nodes:
        return format_array(primal_of(x), MAX_CONSTANT_WIDTH)
    assert x.op is not None
    sign = SIGNS.get(x.op.name)
    args = [_to_source(arg, labels, nodes, is_operand=sign is not None) for arg in x.args]
    if sign is None:
        settings = [f"{name}={value!r}" for name, value in x.static.items()]
        return f"{x.op.name}({', '.join(args + settings)})"
    text = f" {sign} ".join(args) if len(args) > 1 else f"{sign}{args[0]}"
    return f"({text})" if is_operand else text
