"""blame: which node of a graph lies about its derivative, each looked at by itself at the numbers that occurred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET
from autograd.backends.numpy_backend import ARRAY
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.topological_order import topological_order
from autograd.ops import Op
from autograd.state.anomaly_checks import which
from autograd.testing.checks.value_comparison import Claims, accuse
from autograd.testing.judgement import Judgement, Limits, Point, judge
from autograd.testing.measurement import Array
from autograd.testing.report import Report

FEW = 4  # up to so many entries are moved one by one; else so many mixtures of them


def blame(y: Any) -> Report:
    """Which node below ``y`` lies: each recorded derivative against one measured on that operation alone.

    They are compared at the numbers that occurred. The findings name operation, argument, index and, where the graph was recorded
    inside anomaly(), the line; none means that every node is honest, so that the engine would be to blame. DataError for what is
    no node.

    >>> from autograd import Value
    >>> x = Value(0.5)
    >>> blame(x.sin() * x).findings
    []
    """
    if not isinstance(y, Node):
        raise DataError(f"blame() takes a Value or a Tensor, not {described(y)}")
    report = check_nodes(topological_order((y,))[0], f"blame() of {y.brief()}")
    report.graph = y
    return report


def check_nodes(nodes: Iterable[Node], subject: str) -> Report:
    """The report on some nodes of a graph."""
    report = Report(subject)
    with np.errstate(**QUIET):
        for node in nodes:
            local = Local(node)
            before = len(report.findings)
            if local.moving:
                local.check(report)
            if len(report.findings) > before:
                report.guilty = (*report.guilty, node)
    return report


def describe_infinite_derivative(nodes: Iterable[Node]) -> str:
    """The first honest derivative that is infinite where it is used, in words; "" where none is."""
    with np.errstate(**QUIET):
        for node in nodes:
            local = Local(node)
            for k, i in enumerate(local.places if local.moving else ()):
                if not np.all(np.isfinite(local.vjp(i, np.ones(local.y.shape)))):
                    return f"the derivative of {local.name(k)} is not finite here{format_location(node)}"
    return ""


class Local:
    """One node by itself: what its row says, apart from how the engine uses that.

    ``places`` are those of its arguments that are nodes, and ``xs`` their numbers.
    """

    def __init__(self, node: Any) -> None:
        self.node, self.op = node, node.op
        self.args = [np.asarray(getattr(a, "_primal", a), dtype=float) for a in node.args]
        self.y = np.asarray(node._primal, dtype=float)
        self.places = [i for i, _ in node.sources]
        self.xs = [self.args[i] for i in self.places]
        # item moves a number and computes nothing
        self.moving = self.op.name != "item" and self.y.size > 0 and any(x.size for x in self.xs)

    def check(self, report: Report) -> None:
        """Measure the operation along some directions; each argument that contradicts the row is a finding.

        What is not finite has no derivative: such entries stand still, and such outputs are left out.
        """
        rng = np.random.default_rng(0)
        few = self.y.size <= FEW
        known = np.isfinite(self.y.ravel())
        seeds = np.eye(self.y.size)[known] if few else rng.uniform(0.5, 1.5, (3, self.y.size)) * known
        self.seeds = np.concatenate([seeds, rng.uniform(0.5, 1.5, (1, self.y.size))])  # the last has no 0
        limits = [self._limits(i) for i in self.places]
        self.point = Point(self._at, self.xs, limits, self.y.ravel(), np.abs(self.y.ravel()))
        honest = True
        for k, (i, x) in enumerate(zip(self.places, self.xs, strict=True)):
            try:
                answers = self._read(i, x.shape)
            except Exception as error:
                if all(np.all(np.isfinite(a)) for a in (*self.args, self.y)):
                    text = f"{self.name(k)}: its derivative raises {type(error).__name__}: {error}{format_location(self.node)}"
                    report.add_failure("raised", text)
                return
            for u in _moves(x, np.all(np.isfinite(answers), axis=0), rng):
                if not self._holds({k: u}, report):
                    honest = False
                    break
        if honest and self.op.ties:  # entries that tie, moved together
            self._holds({k: np.isfinite(x) * 1.0 for k, x in enumerate(self.xs)}, report)

    def _limits(self, i: int) -> tuple[float, float]:
        low, high = get_op_domains(self.op, len(self.args))[i]
        inside = bool(np.all((self.args[i] >= low) & (self.args[i] <= high)))
        return (low, high) if inside else (-np.inf, np.inf)

    def _at(self, *xs: Array) -> Any:
        return self.op.f(ARRAY, *self._filled(xs, self.args), **self.node.static)

    def _filled(self, xs: Sequence[Any], others: Sequence[Any]) -> list[Any]:
        """The arguments with others in the place of those that are nodes."""
        given = dict(zip(self.places, xs, strict=True))
        return [given.get(i, other) for i, other in enumerate(others)]

    def vjp(self, i: int, g: Array, at: Sequence[Array] | None = None) -> Any:
        """The cotangent of an argument: of a scalar what the node has kept, of an array, or at other numbers, what the row says."""
        if at is None and not self.y.ndim and hasattr(self.node, "partial"):
            return g * self.node.partial(i)
        args = self.args if at is None else self._filled(at, self.args)
        y = self.y if at is None else self._at(*at)
        return self.op.vjp(ARRAY, i, g, y, args, self.node.static)

    def _read(self, i: int, shape: tuple[int, ...], at: Sequence[Array] | None = None) -> list[Array]:
        """The cotangents of an argument for the seeds; a row may leave it to the engine to sum over what broadcasting repeated."""
        cotangents = [np.asarray(self.vjp(i, g.reshape(self.y.shape), at)) for g in self.seeds]
        np.broadcast_shapes(*(c.shape for c in cotangents), shape)
        return [unbroadcast(ARRAY, c, shape) for c in np.broadcast_arrays(*cotangents, np.zeros(shape))[:-1]]

    def _holds(self, moves: dict[int, Array], report: Report) -> bool:
        """Whether the row agrees along a direction with what is measured, and forward mode with reverse."""
        us = [moves.get(k, np.zeros(x.shape)) for k, x in enumerate(self.xs)]
        everything = self._claims(moves)
        told = everything.tell(us)
        claims = everything.only(told)
        claimed, scales = claims.along(us)
        rule = lambda xs: self._claims(moves, xs).along(us)[0][told]  # noqa: E731
        judged, evaluations = judge(self.point.weighted(claims.seeds, self.y.shape), us, claimed, scales, claims.largest(us), rule)
        report.evaluations += evaluations
        guilty = [j for j in judged if j.verdict == "fail"]
        if guilty:
            self._accuse(moves, guilty[0], report)
            return False
        tangents = self._filled([moves.get(k) for k in range(len(us))], [None] * len(self.args))
        pushed = np.broadcast_to(self.op.jvp(ARRAY, tangents, self.y, self.args, self.node.static), self.y.shape).ravel()
        forward = np.sum(np.where(claims.seeds == 0.0, 0.0, claims.seeds * pushed), axis=1)
        rounding = 1e-8 * scales + 1e-12 * max(float(np.max(np.abs(u), initial=0.0)) for u in us)
        apart = np.isfinite(forward) & np.isfinite(claimed) & (np.abs(forward - claimed) > rounding)
        if np.any(apart):
            n = int(np.argmax(apart))
            values = f"forward mode gives {forward[n]:.10g}, reverse mode {claimed[n]:.10g}"
            message = f"{self.name(*moves)}: {values}{format_location(self.node)}"
            report.add_failure("mode", message, claimed=float(forward[n]), measured=float(claimed[n]))
        return not np.any(apart)

    def _claims(self, moves: dict[int, Array], at: Sequence[Array] | None = None) -> Claims:
        """What the row says for the seeds of the arguments that move."""
        parts = [
            self._read(self.places[k], x.shape, at) if k in moves else [np.zeros(x.shape)] * len(self.seeds)
            for k, x in enumerate(self.xs)
        ]
        return Claims(self.seeds, list(zip(*parts, strict=True)))

    def _accuse(self, moves: dict[int, Array], j: Judgement, report: Report) -> None:
        """The finding, by the entry where it shows at one."""
        ((k, u), *more) = moves.items()
        moved = np.flatnonzero(u)
        if more or len(moved) > 1:
            accuse(report, self.name(*moves), j, after=format_location(self.node), argument=None if more else self.places[k])
            return
        index = tuple(int(n) for n in np.unravel_index(moved[0], u.shape))
        where = self.name(k) + (f" at index {index}" if index else "")
        size = float(u.flat[moved[0]])
        accuse(report, where, j.per(size), after=format_location(self.node), argument=self.places[k], index=index)

    def name(self, *ks: int) -> str:
        """Operation, name and argument."""
        path = f" {self.node.path!r}" if self.node.path else ""
        arguments = which(self.places[ks[0]]) if len(ks) == 1 else "its arguments together"
        return f"{self.op.name}{path} by {arguments}"


def _moves(x: Array, finite: Array, rng: np.random.Generator) -> list[Array]:
    """Directions for an argument: its entries one by one where they are few, else mixtures of those with a finite cotangent, and
    some of the others by themselves. What is not finite stands still.
    """
    size = np.where(x == 0.0, 1.0, np.abs(x))
    moving = np.isfinite(x)
    alone = np.flatnonzero(moving if x.size <= FEW else moving & ~finite)[:FEW]
    single = [(np.arange(x.size) == i).reshape(x.shape) for i in alone]
    mixed = [] if x.size <= FEW else [rng.choice([-1.0, 1.0], x.shape) * (moving & finite) for _ in range(3)]
    return [np.where(u != 0.0, u * size, 0.0) for u in (*mixed, *single) if np.any(u)]


def format_location(node: Node) -> str:
    """Where the program made a node, as the end of a sentence."""
    return f", at {node.line}" if node.line else ""


def get_op_domains(op: Op, count: int) -> Limits:
    """The domain of each of a row's arguments, as (low, high)."""
    domains: Sequence[Any] = op.domains if len(op.domains) == count else op.domains[:1] * count
    return [(d.low, d.high) for d in domains]
