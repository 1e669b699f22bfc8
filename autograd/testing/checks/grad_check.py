"""check_grad: reverse and forward mode through a function, held to each other and to measured derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET
from autograd.core.coercion import described
from autograd.core.node import Node, raw
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, SettingError
from autograd.graph.topological_order import topological_order
from autograd.state.context import differentiated, located, no_grad
from autograd.testing.blaming import check_nodes, describe_infinite_derivative
from autograd.testing.checks.rule_under_test import Pair, refuse_coroutine
from autograd.testing.checks.value_comparison import Claims
from autograd.testing.checks.vjp_check import Check
from autograd.testing.measurement.estimate import Array
from autograd.testing.minimal_expression import Expression, find_minimal_expression
from autograd.testing.node_check import format_location
from autograd.testing.report import FAIL, Report
from autograd.transforms.grad_and_vjp import gradients
from autograd.transforms.jvp_and_hvp import jvp

ORDERS = (1, 2)


def check_grad(
    f: Callable[..., Any],
    /,
    *inputs: Any,
    order: int = 1,
    domains: Sequence[Any] | None = None,
    raise_on_fail: bool = True,
    **static: Any,
) -> Report:
    """Hold reverse and forward mode through ``f`` to each other and to derivatives measured on f's values alone.

    ``inputs`` are floats, arrays, Values or Tensors; f gets nodes. ``order=2`` checks the derivative of the derivative too. On a
    fail the report names the node that lies, its operation, argument and line. GradientError on a fail, unless
    ``raise_on_fail=False``.

    >>> check_grad(lambda x, y: (x * y).tanh(), 0.5, 2.0, order=2).verdict
    'pass'
    """
    if order not in ORDERS:
        raise SettingError(f"check_grad(): order is 1 or 2, not {order!r}")
    return graph_check(f, inputs, order, domains, static).raise_if_failed(raise_on_fail)


def graph_check(
    f: Callable[..., Any],
    inputs: Sequence[Any],
    order: int,
    domains: Sequence[Any] | None,
    static: dict[str, Any],
    brief: bool = False,
) -> Report:
    """The report of check_grad; a brief one says only what is wrong, and not which node is to blame."""
    kinds = [type(x) if isinstance(x, Node) else Tensor if np.ndim(x) else Value for x in inputs]
    own = _Graph(f, kinds, static)
    name = getattr(f, "__name__", type(f).__name__)
    pair = Pair(own.value, own.vjp, [raw(x) for x in inputs], domains, {}, "check_grad()", name, analytic=False)
    check = Check(pair, brief)
    with differentiated(0):  # a no_grad() around the check is not meant for what it checks
        report = check.run()
        _further(own, check, order, report)
    if report.verdict == FAIL and not brief:
        _explain(own, pair, order, report)
    return report


def _further(own: _Graph, check: Check, order: int, report: Report) -> None:
    """What goes beyond the contract of any rule: the other mode, and the second order."""
    if report.verdict != FAIL and check.answers:
        _modes(own, check, report)
    if report.verdict != FAIL and check.answers and order == 2:
        _second(own, check, report)


def _explain(own: _Graph, pair: Pair, order: int, report: Report) -> None:
    """Cut the graph that failed to the smallest expression that does, and blame a node of that, or the engine."""
    with differentiated(0), located():
        y, leaves = own.run(pair.xs)
    limits = dict(zip(leaves, pair.limits, strict=True))

    def fails(part: Expression) -> bool:
        domains = [limits.get(x, (-np.inf, np.inf)) for x in part.inputs]
        try:
            return graph_check(part, part.inputs, order, domains, {}, brief=True).fault == report.fault
        except DataError:  # cut like this it has no value
            return False

    cut = find_minimal_expression(y, leaves, fails)
    nodes = topological_order((y,))[0] if cut is None else cut.nodes
    report.expression = "" if cut is None else str(cut)
    local = check_nodes(nodes, "")
    report.graph, report.guilty = y, local.guilty
    report.blame = _culprit(report.fault, nodes, local)


def _culprit(fault: str, nodes: Sequence[Node], local: Report) -> str:
    """Who is to blame for a fault of a graph that consists of these nodes, whose report one by one is ``local``."""
    if local.findings:
        return local.findings[0].message
    if fault == "order" and len(nodes) == 1:
        return f"{nodes[0].op}: its derivative is right, and its derivative's is not{format_location(nodes[0])}"
    if fault == "nan" and (where := describe_infinite_derivative(nodes)):
        return f"every node is honest, but {where}, and times 0 that is nan"
    if fault == "staleness":
        rows = ", ".join(sorted({node.op.name for node in nodes if node.op is not None}))
        return f"every node is honest by itself: a rule that remembers ({rows}), or the engine, is to blame"
    if fault == "function":
        return ""
    return "every node is honest: the engine is to blame, or the function leaves its graph (.data, stop_gradient), or a hook"


class _Graph:
    """A function on nodes as a pair of functions on arrays."""

    def __init__(self, f: Callable[..., Any], kinds: Sequence[type[Node]], static: dict[str, Any]) -> None:
        self.f, self.kinds, self.static = f, kinds, static

    def run(self, xs: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The result and the leaves it was made from."""
        leaves = [kind(x) for kind, x in zip(self.kinds, xs, strict=True)]  # type: ignore[call-arg]  # Value or Tensor
        y = self.f(*leaves, **self.static)
        if not isinstance(y, Node):
            refuse_coroutine(y, "check_grad()")
            if not isinstance(y, float | int | np.ndarray):
                raise DataError(f"check_grad(): the function returns {described(y)}, where a Value or a Tensor belongs")
            y = Tensor(y, constant=True)
        return y, leaves

    def value(self, *xs: Any) -> Any:
        """The numbers alone."""
        with no_grad():
            return np.array(self.run(xs)[0].data)

    def vjp(self, xs: Sequence[Any], g: Any) -> tuple[Any, ...]:
        """Reverse mode, as backward() puts it into the leaves; what a captured parameter's gradient was, it is again."""
        y, leaves = self.run(xs)
        before = [(leaf, leaf._grad) for leaf in topological_order((y,))[1]]
        for leaf, _ in before:
            leaf._grad = 0.0
        try:
            y.backward(g)
            return tuple(np.array(leaf.grad) for leaf in leaves)
        finally:
            for leaf, grad in before:
                leaf._grad = grad

    def returned(self, xs: Sequence[Any], g: Any) -> list[Array]:
        """Reverse mode, as gradients() returns it."""
        y, leaves = self.run(xs)
        return [np.asarray(d) for d in gradients(y, leaves, g)]

    def second(self, xs: Sequence[Any], g: Any, vs: Sequence[Any], seed: float) -> tuple[Any, ...]:
        """The derivative, by every input, of the derivative by all along ``vs``."""
        y, leaves = self.run(xs)
        first = gradients(y, leaves, g, create_graph=True)
        slope = sum(((d * v).sum() if isinstance(d, Tensor) else d * float(v) for d, v in zip(first, vs, strict=True)), Value(0.0))
        return tuple(np.asarray(d) * seed for d in gradients(slope, leaves))


def _modes(own: _Graph, check: Check, report: Report) -> None:
    """Forward mode along a direction, and gradients(), against backward()."""
    xs, y, g = check.pair.xs, check.pair.y, check.seeds[0].reshape(check.pair.shape)
    rtol = max(1e-8, 64.0 * check.pair.eps)
    if not all(
        map(partial(np.allclose, rtol=rtol, atol=rtol * check.scale, equal_nan=True), own.returned(xs, g), check.answers[0])
    ):
        report.add_failure("mode", f"gradients() gives {own.returned(xs, g)}, backward() {list(check.answers[0])}"[:300])
        return
    us = [check.rng.uniform(0.5, 1.5, x.shape) * np.where(x == 0.0, 1.0, np.abs(x)) for x in xs]
    along = [u[()] if kind is Value else u for u, kind in zip(us, own.kinds, strict=True)]
    at = [float(x) if kind is Value else x for x, kind in zip(xs, own.kinds, strict=True)]
    with no_grad(), np.errstate(**QUIET):  # a number, also where the function uses nodes from outside
        _, tangent = jvp(lambda *xs: own.f(*xs, **own.static), tuple(at), tuple(along))
        forward = float(np.sum(np.asarray(tangent) * g))
        claims, scales = Claims(check.seeds[:1], check.answers[:1]).along(us)
    reverse, size = float(claims[0]), float(scales[0])
    # what cancels leaves rounding of the size of the outputs and of the inputs
    rounding = 1e-4 * rtol * check.size * max(1.0, float(np.max(np.abs(y[np.isfinite(y)]), initial=0.0)))
    if np.isfinite(forward) and np.isfinite(reverse) and abs(forward - reverse) > rtol * size + rounding:
        message = f"forward mode gives {forward:.10g}, reverse mode {reverse:.10g} along one direction"
        report.add_failure("mode", message, claimed=forward, measured=reverse, error=rtol * size)


def _second(own: _Graph, check: Check, report: Report) -> None:
    """The gradient along a direction as a function of its own, with its gradient by reverse over reverse."""
    pair, g = check.pair, check.seeds[0].reshape(check.pair.shape)
    vs = [check.rng.uniform(0.5, 1.5, x.shape) for x in pair.xs]

    def slope(*xs: Any) -> Any:
        return sum(np.sum(d * v) for d, v in zip(own.vjp(xs, g), vs, strict=True))

    def rule(xs: Any, seed: Any) -> Any:
        return own.second(xs, g, vs, float(seed))

    again = Pair(slope, rule, pair.xs, pair.limits, {}, "check_grad(order=2)", analytic=False)
    second = Check(again, check.brief).run()
    report.evaluations += second.evaluations
    for finding in second.findings:
        if second.verdict == FAIL:
            report.add_failure("order", f"second order, {finding.message}", argument=finding.argument, index=finding.index)
        else:
            report.add_inconclusive(f"second order, {finding.message}", finding.fault)
