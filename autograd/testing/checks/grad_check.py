"""check_grad: reverse and forward mode through a function, compared with each other and with measured derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, SettingError
from autograd.graph.topological_order import topological_order
from autograd.state.context_managers import force_recording, record_lines
from autograd.testing.checks.blaming import check_nodes, describe_infinite_derivative
from autograd.testing.checks.contract.inputs import EVERYWHERE
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.graph_function import GraphFunction
from autograd.testing.checks.minimal_expression import Expression, find_minimal_expression
from autograd.testing.checks.modes_and_orders import check_modes, check_second_order
from autograd.testing.checks.node_check import format_location
from autograd.testing.checks.structured_call import StructuredCall
from autograd.testing.checks.vjp_check import VjpCheck
from autograd.testing.report import FAIL, Report

ORDERS = (1, 2)


def check_grad(
    f: Callable[..., Any],
    /,
    *inputs: Any,
    argnums: int | Sequence[int] | None = None,
    order: int = 1,
    domains: Sequence[Any] | None = None,
    raise_on_fail: bool = True,
    **static: Any,
) -> Report:
    """Check the gradient of a function at one point.

    Reverse mode is compared with derivatives that are measured from values of f alone, and with forward mode. If the check fails,
    the report names the operation whose derivative is wrong, its argument and its line.

    Parameters
    ----------
    f : callable
        The function. It gets the inputs as nodes, and returns a node, a number, an array, or a container of them.
    *inputs : float, array, Value, Tensor or container
        The point, as :func:`autograd.grad` takes it: numbers become Values and arrays Tensors, also in lists, tuples, dicts,
        dataclasses and object arrays.
    argnums : int or sequence of int, optional
        The positions of the inputs to differentiate with respect to; the others are passed as they are. Default: all.
    order : {1, 2}, default 1
        With 2, the derivative of the derivative is checked, too.
    domains : sequence, optional
        As in :func:`check_vjp`, one for each differentiated input. The domain of a container holds for all of its leaves.
    raise_on_fail : bool, default True
        Whether to raise if the check fails.
    **static
        Settings for f.

    Returns
    -------
    Report
        The verdict is "inconclusive" if the function is too noisy, or not finite.

    Raises
    ------
    GradientError
        If the check fails and ``raise_on_fail`` is true; the subclass tells the kind of fault.
    SettingError
        If ``order`` is neither 1 nor 2, if a domain is empty, or if ``argnums`` names no input.
    DataError
        If the inputs are not finite numbers, or if f raises or returns no numbers.

    See Also
    --------
    check_vjp : Checks a rule that is written by hand.
    search_vjp, gradient_test : Search for a point at which a check fails.
    blame : Finds the node whose derivative is wrong.

    Examples
    --------
    >>> check_grad(lambda x, y: (x * y).tanh(), 0.5, 2.0, order=2).verdict
    'pass'
    >>> check_grad(lambda p, x: p["w"] * x + p["b"], {"w": 2.0, "b": 0.5}, np.ones(3), argnums=0).verdict
    'pass'
    """
    if order not in ORDERS:
        raise SettingError(f"check_grad(): order must be 1 or 2, not {order!r}")
    flat = StructuredCall("check_grad()", f, inputs, argnums, domains)
    report = run_grad_check(flat, flat.leaves, order, flat.domains, static, labels=flat.labels)
    return report.raise_if_failed(raise_on_fail)


def run_grad_check(
    f: Callable[..., Any],
    inputs: Sequence[Any],
    order: int,
    domains: Sequence[Any] | None,
    static: dict[str, Any],
    is_brief: bool = False,
    labels: Sequence[str] = (),
) -> Report:
    """Check the gradient of a function of nodes at one point, without raising.

    Parameters
    ----------
    f : callable
        A function of one node per input that returns one.
    inputs : sequence of float, array_like, Value or Tensor
    order, domains, static
        As in :func:`check_grad`.
    is_brief : bool, default False
        Whether to report a failure without finding the operation that is wrong, as the many checks of a search do.
    labels : sequence of str, optional
        What messages call the inputs.

    Returns
    -------
    Report
    """
    graph = GraphFunction(f, [_node_type(x) for x in inputs], static)
    name = getattr(f, "__name__", type(f).__name__)
    values = [primal_of(x) for x in inputs]
    rule = RuleUnderTest(graph.value, graph.backward, values, domains, {}, "check_grad()", name, False, labels)
    check = VjpCheck(rule, is_brief)
    with force_recording(0):  # so that a no_grad() around the check has no effect inside
        report = check.run()
        if check.first is not None and report.verdict != FAIL:
            check_modes(graph, check.first, check.rng)
            if order == 2 and report.verdict != FAIL:
                check_second_order(graph, check.first, check.rng, report, is_brief)
    if report.verdict == FAIL and not is_brief:
        _locate_fault(graph, rule, order, report)
    return report


def _node_type(x: Any) -> type[Node]:
    """The type of node that an input becomes."""
    if isinstance(x, Node):
        return type(x.current)
    return Tensor if np.ndim(x) else Value


def _locate_fault(graph: GraphFunction, rule: RuleUnderTest, order: int, report: Report) -> None:
    """Reduce the graph to the smallest expression that fails in the same way, and find the operation that is wrong."""
    with force_recording(0), record_lines():
        y, leaves = graph.record(rule.xs)
    bounds = dict(zip(leaves, rule.bounds, strict=True))

    def fails(part: Expression) -> bool:
        domains = [bounds.get(x, EVERYWHERE) for x in part.inputs]
        try:
            return run_grad_check(part, part.inputs, order, domains, {}, is_brief=True).fault == report.fault
        except DataError:  # the reduced expression has no value
            return False

    expression = find_minimal_expression(y, leaves, fails)
    nodes = topological_order((y,))[0] if expression is None else expression.nodes
    report.expression = "" if expression is None else str(expression)
    local = check_nodes(nodes, "")
    report.graph, report.guilty = y, local.guilty
    report.blame = local.findings[0].message if local.findings else _blame_whole_graph(report.fault, nodes)


def _blame_whole_graph(fault: str, nodes: Sequence[Node]) -> str:
    """Explain a fault of a graph in which the first derivative of each node is right."""
    if fault == "function":
        return ""
    if fault == "order" and len(nodes) == 1:
        return f"{nodes[0].op}: its first derivative is right, and its second derivative is wrong{format_location(nodes[0])}"
    if fault == "nan" and (infinite := describe_infinite_derivative(nodes)):
        return f"every node is right by itself, but {infinite}, and its product with 0 is nan"
    if fault == "staleness":
        ops = ", ".join(sorted({node.op.name for node in nodes if node.op is not None}))
        return f"every node is right by itself: a rule that keeps state ({ops}) or the engine is wrong"
    return "every node is right by itself: the engine or a hook is wrong, or the function leaves its graph (.data, stop_gradient)"
