"""The check of one node: its derivative rule against derivatives measured on its operation alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.backends.numpy_backend import ARRAY
from autograd.core.node import Node
from autograd.graph.broadcasting import unbroadcast
from autograd.ops import Op
from autograd.state.anomaly_checks import ordinal_of_argument
from autograd.testing.checks.contract.claimed_vjps import ClaimedVjps
from autograd.testing.checks.contract.value_check import report_wrong_value
from autograd.testing.judgement.judge_direction import judge
from autograd.testing.judgement.point import Bounds, Point
from autograd.testing.judgement.verdict import Judgement
from autograd.testing.measurement.estimate import Array
from autograd.testing.report import Report

# Up to this many entries of an argument are moved one by one, and up to this many outputs are looked at one by one; larger arrays
# are checked by random mixtures. One entry at a time gives the index in the finding, but each costs a measurement: doubled, the
# check of a small array takes up to twice as long. 4 covers the 2 × 2 matrices to which Hypothesis shrinks most failures.
MAX_SINGLE = 4

# The number of random mixtures of the entries of a large argument, and of the outputs of a large result. The entries of a mixture
# have random signs, so that two wrong entries with equal errors cancel in one of two mixtures, and in one of 8 nodes in all three.
# Doubled, that is one of 64, and the check of a large node takes twice as long.
MIXTURES = 3

# The weights of outputs in a mixture. They are of one size, so that no output is lost in the rounding of another, and they are
# random and positive, so that wrong outputs do not cancel. Only the ratio of the bounds matters, so doubling both changes nothing.
WEIGHTS = (0.5, 1.5)

# How far forward and reverse mode may differ: relative to the sum of the magnitudes of the terms, and to the length of the
# direction. Both modes evaluate formulas in double precision, which agree to a few units of eps = 2.2e-16 of the terms unless
# something cancels inside. The first bound is about eps**(1/2), so half of the digits may cancel; the second is for terms that
# underflow. Doubled, a rule whose forward mode is wrong in the eighth digit passes.
MODE_RTOL = 1e-8
MODE_ATOL = 1e-12


class NodeCheck:
    """The check of the derivative rule of one node, at the values that the node was computed from.

    The rule is called directly. Errors in how the engine uses it, for example in how it sums cotangents, have no influence.

    Parameters
    ----------
    node : Node
        A node that an operation made.

    Attributes
    ----------
    args : list of ndarray
        The values of all arguments, constants included.
    positions : list of int
        Which of the arguments are nodes.
    xs : list of ndarray
        The values of those.
    y : ndarray
        The value of the node.
    is_differentiable : bool
        Whether there is a derivative to check. The operation ``item`` has none, since it converts a number and computes nothing;
        neither have empty arrays. Operations on complex numbers are not checked one by one.
    """

    def __init__(self, node: Any) -> None:
        self.node: Any = node
        self.op: Any = node.op
        numbers = [getattr(arg, "_primal", arg) for arg in node.args]
        is_complex = any(np.iscomplexobj(x) for x in (*numbers, node._primal))
        self.args: list[Array] = [np.asarray(np.real(x), dtype=float) for x in numbers]
        self.y: Array = np.asarray(np.real(node._primal), dtype=float)
        self.positions: list[int] = [position for position, _ in node.sources]
        self.xs: list[Array] = [self.args[position] for position in self.positions]
        self.is_differentiable: bool = (
            not is_complex and self.op.name != "item" and self.y.size > 0 and any(x.size for x in self.xs)
        )

    def run(self, report: Report) -> None:
        """Check every argument along some directions, and add each contradiction to the report.

        Entries that are not finite are not moved, and outputs that are not finite are left out: they have no derivative.
        """
        rng = np.random.default_rng(0)
        self.seeds: Array = self._draw_seeds(rng)
        limits = [self._get_limits(position) for position in self.positions]
        self.point: Point = Point(self._evaluate, self.xs, limits, self.y.ravel(), np.abs(self.y.ravel()))
        is_right = True
        for k, x in enumerate(self.xs):
            try:
                cotangents = self._cotangents(k)
            except Exception as error:
                self._report_exception(k, error, report)
                return
            directions = _draw_directions(x, np.all(np.isfinite(cotangents), axis=0), rng)
            is_right &= all(self._check_direction({k: u}, report) for u in directions)
        if is_right and self.op.ties:  # entries that tie must also be moved together
            self._check_direction({k: np.isfinite(x) * 1.0 for k, x in enumerate(self.xs)}, report)

    def find_infinite_derivatives(self) -> Iterator[int]:
        """Yield the number of each argument whose derivative is not finite."""
        for k in range(len(self.xs)) if self.is_differentiable else ():
            if not np.all(np.isfinite(self._vjp(k, np.ones(self.y.shape)))):
                yield k

    def describe(self, *ks: int) -> str:
        """Return the operation, the name of the node and the arguments ``ks`` as a phrase."""
        name = f" {self.node.path!r}" if self.node.path else ""
        arguments = ordinal_of_argument(self.positions[ks[0]]) if len(ks) == 1 else "its arguments together"
        return f"{self.op.name}{name} by {arguments}"

    def _draw_seeds(self, rng: np.random.Generator) -> Array:
        """Return cotangents of the output: unit vectors or mixtures, and one without zeros at the end."""
        size, is_finite = self.y.size, np.isfinite(self.y.ravel())
        seeds = np.eye(size)[is_finite] if size <= MAX_SINGLE else rng.uniform(*WEIGHTS, (MIXTURES, size)) * is_finite
        return np.concatenate([seeds, rng.uniform(*WEIGHTS, (1, size))])

    def _get_limits(self, position: int) -> tuple[float, float]:
        """Return the domain of an argument; all numbers, if its value is outside."""
        low, high = get_op_domains(self.op, len(self.args))[position]
        is_inside = bool(np.all((self.args[position] >= low) & (self.args[position] <= high)))
        return (low, high) if is_inside else (-np.inf, np.inf)

    def _evaluate(self, *xs: Array) -> Any:
        return self.op.f(ARRAY, *self._fill_in(xs, self.args), **self.node.static)

    def _fill_in(self, values: Sequence[Any], args: Sequence[Any]) -> list[Any]:
        """Return ``args`` with the arguments that are nodes replaced by ``values``."""
        filled = list(args)
        for position, value in zip(self.positions, values, strict=True):
            filled[position] = value
        return filled

    def _vjp(self, k: int, g: Array, xs: Sequence[Array] | None = None) -> Any:
        """Return the cotangent of an argument, at other values if ``xs`` is given.

        A scalar node has stored its partial derivatives; those are checked, since they are what the engine uses.
        """
        position = self.positions[k]
        if xs is None and not self.y.ndim and hasattr(self.node, "partial"):
            return g * self.node.partial(position)
        args = self.args if xs is None else self._fill_in(xs, self.args)
        y = self.y if xs is None else self._evaluate(*xs)
        return self.op.vjp(ARRAY, position, g, y, args, self.node.static)

    def _cotangents(self, k: int, xs: Sequence[Array] | None = None) -> list[Array]:
        """Return the cotangents of an argument for all seeds, in its shape.

        A rule may leave it to the engine to undo broadcasting, so that is done here.
        """
        shape = self.xs[k].shape
        cotangents = [np.asarray(self._vjp(k, g.reshape(self.y.shape), xs)) for g in self.seeds]
        *broadcast, _ = np.broadcast_arrays(*cotangents, np.zeros(shape))
        return [unbroadcast(ARRAY, c, shape) for c in broadcast]

    def _claims(self, directions: dict[int, Array], xs: Sequence[Array] | None = None) -> ClaimedVjps:
        """Return what the rule claims for the arguments that move."""
        cotangents = [
            self._cotangents(k, xs) if k in directions else [np.zeros(x.shape)] * len(self.seeds) for k, x in enumerate(self.xs)
        ]
        return ClaimedVjps(self.seeds, list(zip(*cotangents, strict=True)))

    def _check_direction(self, directions: dict[int, Array], report: Report) -> bool:
        """Check the rule along one direction, and return whether it is right there.

        ``directions`` has the direction of each argument that moves, by its number.
        """
        us = [directions.get(k, np.zeros(x.shape)) for k, x in enumerate(self.xs)]
        all_claims = self._claims(directions)
        is_usable = all_claims.is_informative(us)
        claims = all_claims.select(is_usable)

        def rule(xs: Sequence[Array]) -> Array:
            return self._claims(directions, xs).derivatives_along(us)[is_usable]

        point = self.point.weight_outputs(claims.seeds, self.y.shape)
        judgements, evaluations = judge(point, us, claims.along(us), rule)
        report.evaluations += evaluations
        for judgement in judgements:
            if judgement.verdict == "fail":
                self._report_value(directions, judgement, report)
                return False
        return self._check_forward_mode(directions, us, claims, report)

    def _check_forward_mode(self, directions: dict[int, Array], us: list[Array], claims: ClaimedVjps, report: Report) -> bool:
        """Compare forward mode with reverse mode along one direction, and return whether they agree."""
        tangents = self._fill_in([directions.get(k) for k in range(len(us))], [None] * len(self.args))
        pushed = self.op.jvp(ARRAY, tangents, self.y, self.args, self.node.static)
        pushed = np.broadcast_to(pushed, self.y.shape).ravel()
        forward = np.sum(np.where(claims.seeds == 0.0, 0.0, claims.seeds * pushed), axis=1)
        reverse, scales, _ = claims.along(us)
        longest = max(float(np.max(np.abs(u), initial=0.0)) for u in us)
        differs = np.abs(forward - reverse) > MODE_RTOL * scales + MODE_ATOL * longest
        differs &= np.isfinite(forward) & np.isfinite(reverse)
        if not np.any(differs):
            return True
        n = int(np.argmax(differs))
        values = f"forward mode gives {forward[n]:.10g}, reverse mode {reverse[n]:.10g}"
        message = f"{self.describe(*directions)}: {values}{format_location(self.node)}"
        report.add_failure("mode", message, claimed=float(forward[n]), measured=float(reverse[n]))
        return False

    def _report_exception(self, k: int, error: Exception, report: Report) -> None:
        """Report an exception of the rule, unless one of the values is not finite: a rule may refuse those."""
        if all(np.all(np.isfinite(x)) for x in (*self.args, self.y)):
            text = f"{self.describe(k)}: its derivative raises {type(error).__name__}: {error}{format_location(self.node)}"
            report.add_failure("raised", text)

    def _report_value(self, directions: dict[int, Array], judgement: Judgement, report: Report) -> None:
        """Report a wrong value, with the index of the entry if only one was moved."""
        where, location = self.describe(*directions), format_location(self.node)
        if len(directions) > 1:
            report_wrong_value(report, where, judgement, suffix=location)
            return
        ((k, u),) = directions.items()
        moved = np.flatnonzero(u)
        if len(moved) > 1:
            report_wrong_value(report, where, judgement, suffix=location, argument=self.positions[k])
            return
        index = tuple(int(i) for i in np.unravel_index(moved[0], u.shape))
        where += f" at index {index}" if index else ""
        per_unit = judgement.per_unit(float(u.flat[moved[0]]))
        report_wrong_value(report, where, per_unit, suffix=location, argument=self.positions[k], index=index)


def _draw_directions(x: Array, has_finite_cotangent: Array, rng: np.random.Generator) -> list[Array]:
    """Return directions in which to move an argument.

    Few entries are moved one by one. If there are many entries, those with a finite cotangent are moved in mixtures, and some of
    the others one by one. Each entry moves by its own size, and those that are not finite are not moved.
    """
    is_finite = np.isfinite(x)
    mixtures, single = [], is_finite
    if x.size > MAX_SINGLE:
        mixtures = [rng.choice([-1.0, 1.0], x.shape) * (is_finite & has_finite_cotangent) for _ in range(MIXTURES)]
        single = is_finite & ~has_finite_cotangent
    units = [(np.arange(x.size) == i).reshape(x.shape) for i in np.flatnonzero(single)[:MAX_SINGLE]]
    size = np.where(x == 0.0, 1.0, np.abs(x))
    return [np.where(u != 0.0, u * size, 0.0) for u in (*mixtures, *units) if np.any(u)]


def format_location(node: Node) -> str:
    """Return the line of the program that made a node, as the end of a sentence; "" if it is not known."""
    return f", at {node.line}" if node.line else ""


def get_op_domains(op: Op, count: int) -> Bounds:
    """Return the domain (low, high) of each of the ``count`` arguments of an operation."""
    domains: Sequence[Any] = op.domains if len(op.domains) == count else op.domains[:1] * count
    return [(d.low, d.high) for d in domains]
