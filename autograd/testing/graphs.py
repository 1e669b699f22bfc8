"""Checks of this library's own graphs: check_grad of a function, check_op of a row, and blame, which finds the node that lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.anomalies import PLACES
from autograd.door import described
from autograd.errors import DataError, SettingError
from autograd.modes import located, no_grad
from autograd.node import Node
from autograd.ops import TABLE, Elementwise, Op, find
from autograd.tensor import Tensor
from autograd.testing.contract import Check
from autograd.testing.estimate import Array
from autograd.testing.judging import RTOL, Point, judge
from autograd.testing.report import FAIL, Finding, Report
from autograd.transforms import gradients, jvp
from autograd.value import Value
from autograd.walk import order
from autograd.worlds import ARRAY, FLOAT, QUIET

ORDERS = (1, 2)
POINTS = 12  # at how many points of its domain a row is checked


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
    return graph_check(f, inputs, order, domains, static).raised(raise_on_fail)


def graph_check(
    f: Callable[..., Any],
    inputs: Sequence[Any],
    order: int,
    domains: Sequence[Any] | None,
    static: dict[str, Any],
    brief: bool = False,
) -> Report:
    """The report of check_grad."""
    kinds = [Value if isinstance(x, float | Value) or np.ndim(getattr(x, "data", x)) == 0 else Tensor for x in inputs]
    numbers = [x.data if isinstance(x, Node) else x for x in inputs]
    own = _Graph(f, kinds, static)
    check = Check(own.value, own.vjp, numbers, domains, {}, "check_grad()")
    check.report.subject = f"check_grad() of {getattr(f, '__name__', type(f).__name__)}"
    check.analytic, check.brief = False, brief
    report = check.run()
    if report.verdict != FAIL:
        _modes(own, check, report)
    if report.verdict != FAIL and order == 2:
        _second(own, check, report)
    if report.verdict == FAIL and not brief:
        with located():
            y, _ = own.run(check.xs)
        guilty = blame(y)
        report.blame = guilty.findings[0].message if guilty.findings else "every node is honest: the engine is to blame"
    return report


class _Graph:
    """A function on nodes as a pair of functions on arrays."""

    def __init__(self, f: Callable[..., Any], kinds: Sequence[type[Node]], static: dict[str, Any]) -> None:
        self.f, self.kinds, self.static = f, kinds, static

    def run(self, xs: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The result and the leaves it was made from."""
        leaves = [kind(x) for kind, x in zip(self.kinds, xs, strict=True)]  # type: ignore[call-arg]  # Value or Tensor
        y = self.f(*leaves, **self.static)
        if not isinstance(y, Node):
            if not isinstance(y, float | int | np.ndarray):
                raise DataError(f"check_grad(): the function returns {described(y)}, where a Value or a Tensor belongs")
            y = Tensor(y, constant=True)
        return y, leaves

    def value(self, *xs: Any) -> Any:
        """The numbers alone."""
        with no_grad():
            return np.array(self.run(xs)[0].data)

    def vjp(self, xs: Sequence[Any], g: Any) -> tuple[Any, ...]:
        """Reverse mode."""
        y, leaves = self.run(xs)
        return tuple(np.asarray(d) for d in gradients(y, leaves, g))

    def second(self, xs: Sequence[Any], g: Any, vs: Sequence[Any], seed: float) -> tuple[Any, ...]:
        """The derivative, by every input, of the derivative by all along ``vs``."""
        y, leaves = self.run(xs)
        first = gradients(y, leaves, g, create_graph=True)
        slope = sum(((d * v).sum() if isinstance(d, Tensor) else d * float(v) for d, v in zip(first, vs, strict=True)), Value(0.0))
        return tuple(np.asarray(d) * seed for d in gradients(slope, leaves))


def _modes(own: _Graph, check: Check, report: Report) -> None:
    """Forward mode along a direction against reverse mode."""
    g = check.seeds[0].reshape(check.shape)
    us = [check.rng.uniform(0.5, 1.5, x.shape) * np.where(x == 0.0, 1.0, np.abs(x)) for x in check.xs]
    floats = [u[()] if kind is Value else u for u, kind in zip(us, own.kinds, strict=True)]
    at = [float(x) if kind is Value else x for x, kind in zip(check.xs, own.kinds, strict=True)]
    with np.errstate(**QUIET):
        _, tangent = jvp(lambda *xs: own.f(*xs, **own.static), tuple(at), tuple(floats))
        forward = float(np.sum(np.asarray(tangent) * g))
        reverse = float(sum(np.sum(a * u) for a, u in zip(check.answers[0], us, strict=True)))
        size = float(sum(np.sum(np.abs(a * u)) for a, u in zip(check.answers[0], us, strict=True)))
    # what cancels leaves rounding of the size of the outputs and of the inputs
    rounding = 1e-12 * check.size * max(1.0, float(np.max(np.abs(check.y[np.isfinite(check.y)]), initial=0.0)))
    if np.isfinite(forward) and np.isfinite(reverse) and abs(forward - reverse) > 1e-8 * size + rounding:
        message = f"forward mode gives {forward:.10g}, reverse mode {reverse:.10g} along one direction"
        report.add("mode", message, claimed=forward, measured=reverse, error=1e-8 * size)


def _second(own: _Graph, check: Check, report: Report) -> None:
    """The gradient along a direction as a function of its own, with its gradient by reverse over reverse."""
    g = check.seeds[0].reshape(check.shape)
    vs = [check.rng.uniform(0.5, 1.5, x.shape) for x in check.xs]

    def slope(*xs: Any) -> Any:
        return sum(np.sum(d * v) for d, v in zip(own.vjp(xs, g), vs, strict=True))

    again = Check(slope, lambda xs, seed: own.second(xs, g, vs, float(seed)), check.xs, check.limits, {}, "check_grad(order=2)")
    again.analytic, again.brief = False, check.brief
    second = again.run()
    report.evaluations += second.evaluations
    for finding in second.findings if second.verdict == FAIL else ():
        report.findings.append(Finding("order", f"second order, {finding.message}", finding.argument, finding.index))
        report.verdict = FAIL


def check_op(op: Any, /, *inputs: Any, raise_on_fail: bool = True, **static: Any) -> Report:
    """The whole contract of one row: at points of the domain that the table says, or at ``inputs``.

    ``op`` is a function of the library, what define() returned, or a name. Checked are floats against arrays, every partial
    against measured derivatives, forward against reverse mode, and second order. Rows that act on whole arrays need ``inputs``;
    settings go by keyword. GradientError on a fail, unless ``raise_on_fail=False``.

    >>> check_op("tanh").verdict, check_op("matmul", np.eye(2), np.ones(2)).verdict
    ('pass', 'pass')
    """
    row = _row(op)
    total = Report(f"check_op() of {row.name}")
    for at in [list(inputs)] if inputs else _samples(row):
        _worlds(row, at, static, total)
        report = graph_check(lambda *xs: _applied(row, xs, static), at, 2, _limits(row, len(at)), {})
        total.evaluations += report.evaluations
        if report.verdict == FAIL:
            total.findings += report.findings
            total.verdict, total.blame = FAIL, report.blame
        if total.verdict == FAIL:
            total.reproduce = f"check_op({row.name!r}, {', '.join(repr(np.asarray(x).tolist()) for x in at)})"
            break
    return total.raised(raise_on_fail)


def _applied(row: Op, xs: Sequence[Any], static: dict[str, Any]) -> Any:
    from autograd.functions import call_row

    return call_row(row, *xs, **static)


def _row(op: Any) -> Op:
    name = op if isinstance(op, str) else getattr(op, "__name__", "")
    if name not in TABLE:
        raise DataError(f"check_op() takes an operation of the table, by function or by name, not {described(op)}")
    return find(name)


def _samples(row: Op) -> list[list[float]]:
    """Points of the domain, away from kinks and ties."""
    if not isinstance(row, Elementwise):
        raise SettingError(
            f"check_op(): {row.name} acts on whole arrays: pass inputs, as in check_op({row.name!r}, np.ones((2, 3)))"
        )
    rng = np.random.default_rng(0)
    samples: list[list[float]] = []
    while len(samples) < POINTS:
        spans = [(max(d.low, -5.0), min(d.high, 5.0)) for d in row.domains]
        at = [float(rng.uniform(low + 0.02 * (high - low), high - 0.02 * (high - low))) for low, high in spans]
        samples.append(at)
    return samples


def _limits(row: Op, count: int) -> list[tuple[float, float]]:
    domains = row.domains if len(row.domains) == count else row.domains[:1] * count
    return [(d.low, d.high) for d in domains]


def _worlds(row: Op, at: Sequence[Any], static: dict[str, Any], report: Report) -> None:
    """The FLOAT world against the ARRAY world."""
    if not isinstance(row, Elementwise) or any(np.ndim(x) for x in at):
        return
    with np.errstate(**QUIET):
        array = float(row.f(ARRAY, *[np.float64(x) for x in at], **static))
        number = float(row.f(FLOAT, *[float(x) for x in at], **static))
    if not np.isclose(number, array, rtol=1e-12, equal_nan=True):
        report.add("value", f"as a float {number!r}, as an array {array!r}", claimed=number, measured=array)


def blame(y: Any) -> Report:
    """Which node below ``y`` lies: each recorded derivative against one measured on that operation alone.

    They are compared at the numbers that occurred. The findings name operation, argument, index and, where the graph was recorded
    inside anomaly(), the line; none means that every node is honest, so that the engine would be to blame. DataError for what is
    no node.

    >>> x = Value(0.5)
    >>> blame(x.sin() * x).findings
    []
    """
    if not isinstance(y, Node):
        raise DataError(f"blame() takes a Value or a Tensor, not {described(y)}")
    report = Report(f"blame() of {y.brief()}")
    nodes, _ = order((y,))
    for node in nodes:
        for i, _source in node.sources:
            _local(node, i, report)
    return report


def _local(node: Any, i: int, report: Report) -> None:
    """One edge: what the node claims of one argument, against what its operation does."""
    op, static = node.op, node.static
    args = [np.asarray(getattr(a, "_data", a), dtype=float) for a in node.args]
    y = np.atleast_1d(np.asarray(node._data, dtype=float)).ravel()
    if op.name == "item" or not y.size or not args[i].size:
        return

    def alone(x: Array) -> Any:
        with np.errstate(**QUIET):
            return op.f(ARRAY, *[x if k == i else a for k, a in enumerate(args)], **static)

    limits = _limits(op, len(args))[i]
    limits = limits if np.all((args[i] >= limits[0]) & (args[i] <= limits[1])) else (-np.inf, np.inf)
    rng = np.random.default_rng(0)
    seeds = np.eye(y.size) if y.size <= 4 else rng.uniform(0.5, 1.5, (3, y.size))
    us = np.eye(args[i].size) if args[i].size <= 4 else rng.choice([-1.0, 1.0], (3, args[i].size))
    claims = [np.asarray(node.vjp(i, g.reshape(np.shape(node._data))[()], None), dtype=float).ravel() for g in seeds]
    point = Point(lambda x: seeds @ np.ravel(alone(x)), [args[i]], [limits], seeds @ y, RTOL)
    for u in us:
        scale = np.where(args[i].ravel() == 0.0, 1.0, np.abs(args[i].ravel()))
        step = (u * scale).reshape(args[i].shape)
        judged, n = judge(point, [step], np.array([c @ (u * scale) for c in claims]), np.array([np.abs(c) @ scale for c in claims]))
        report.evaluations += n
        guilty = [j for j in judged if j.verdict == "fail"]
        if guilty:
            _accuse(node, i, u, scale, guilty[0], report)
            return


def _accuse(node: Any, i: int, u: Array, scale: Array, j: Any, report: Report) -> None:
    one = np.flatnonzero(u)
    size = float(scale[one[0]]) if len(one) == 1 else 1.0
    shape = np.shape(getattr(node.args[i], "_data", 0.0))
    index = tuple(int(k) for k in np.unravel_index(one[0], shape)) if len(one) == 1 and shape else None
    which = f"its {PLACES[i]} argument" if i < len(PLACES) else f"argument {i}"
    place = f" at index {index}" if index else ""
    line = f", at {node.line}" if node.line else ""
    path = f" {node.path!r}" if node.path else ""
    message = (
        f"{node.op.name}{path} by {which}{place}: claimed {j.claimed / size:.8g}, measured {j.measured / size:.8g} "
        f"± {abs(j.error / size):.1g}{line}"
    )
    report.add(
        "nan" if not np.isfinite(j.claimed) else "value",
        message,
        argument=i,
        index=index,
        claimed=j.claimed / size,
        measured=j.measured / size,
        error=abs(j.error / size),
    )
