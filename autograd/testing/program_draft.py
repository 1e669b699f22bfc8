"""Drafts of random programs: each line is chosen so that it fits the numbers of the lines before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd.ops import Domain, Elementwise, find
from autograd.testing.program import Line, Program, call_to_source, make_namespace
from autograd.testing.search.point_strategies import sampled_from

# The bound of all numbers in a program. The rounding of a number near 1000 is 1e-13, and it hides small derivatives of other lines
# from a check. Doubled, it hides twice as large ones, and more checks are inconclusive.
MAX_MAGNITUDE = 1e3

# How far smooth programs stay from kinks, ties and the edges of domains. It is much more than the distance of 1e-6 at which a
# check looks for kinks nearby. Doubled, fewer operations fit the numbers of a program.
MARGIN = 1e-2

# One line in three may be an operation on whole arrays; doubled, few lines are elementwise. A new line uses one of the last two
# results, so that programs are deep; doubled, more lines of a program are not needed for its result, and are dropped.
WHOLE_ARRAY = 2
LINE_KINDS = (0, 1, WHOLE_ARRAY)
RECENT = 2

# Operations on whole arrays, of one operand and of two. The index [0, -1, 0] takes an entry twice, so its gradients must be added.
UNARY = {
    "sum": "np.sum({a}, axis={axis})",
    "mean": "np.mean({a}, axis={axis}, keepdims=True)",
    "transpose": "{a}.T",
    "reshape": "np.ravel({a})",
    "flip": "{a}[::-1]",
    "getitem": "{a}[[0, -1, 0]]",
    "cumsum": "np.cumsum({a}, axis={axis})",
    "logsumexp": "autograd.logsumexp({a}, axis={axis})",
    "softmax": "autograd.softmax({a}, axis={axis})",
}
BINARY = {
    "matmul": "{a} @ {b}",
    "outer": "np.outer({a}, {b})",
    "concatenate": "np.concatenate([np.ravel({a}), np.ravel({b})])",
}

Choice = tuple[str, str, tuple[str, ...]]  # an operation, its expression and its operands


class ProgramDraft:
    """A program while it is drawn. Every line is evaluated at once, since the next one depends on its numbers.

    Parameters
    ----------
    draw : callable
        The ``draw`` of a composite strategy.
    inputs : dict
        The inputs by name.
    ops : sequence of str
        The elementwise operations to choose from.
    smooth : bool
        Whether to stay away from kinks, ties and the edges of domains.
    """

    def __init__(self, draw: Any, inputs: dict[str, Any], ops: Sequence[str], smooth: bool) -> None:
        self.draw: Any = draw
        self.inputs: dict[str, Any] = inputs
        self.ops: Sequence[str] = ops
        self.smooth: bool = smooth
        self.namespace: dict[str, Any] = make_namespace(ops)
        self.values: dict[str, Any] = dict(inputs)
        self.lines: list[Line] = []

    def add_line(self, arrays: bool) -> None:
        """Add a line: an elementwise operation, or, if ``arrays`` is True, maybe one on whole arrays."""
        names = list(self.values)[::-1]
        a = self.draw(sampled_from(tuple(names[:RECENT])))
        choices = self._whole_array_choices(a, names) if arrays and self.draw(sampled_from(LINE_KINDS)) == WHOLE_ARRAY else []
        op, expression, operands = self.draw(st.sampled_from(choices)) if choices else self._draw_elementwise(a, names)
        line = Line(f"t{len(self.lines)}", op, expression, operands)
        self.values[line.name] = self._evaluate(expression)
        self.lines.append(line)

    def finish(self) -> Program:
        """Return the program of the lines and inputs that the last line depends on."""
        needed, lines = {self.lines[-1].name}, []
        for line in reversed(self.lines):
            if line.name in needed:
                lines.append(line)
                needed.update(line.operands)
        return Program({name: x for name, x in self.inputs.items() if name in needed}, lines[::-1])

    def _evaluate(self, expression: str) -> Any:
        with np.errstate(all="ignore"):
            return eval(expression, {**self.namespace, **self.values})  # noqa: S307 - the expression has names and numbers only

    def _is_moderate(self, expression: str) -> bool:
        """Whether an expression can be evaluated, and all its numbers are finite and less than the bound."""
        try:
            y = self._evaluate(expression)
        except (ValueError, ArithmeticError):  # the shapes do not fit, or a float operation overflows
            return False
        return bool(np.all(np.abs(y) < MAX_MAGNITUDE))

    def _draw_elementwise(self, a: str, names: Sequence[str]) -> Choice:
        """Return the first operation that fits from a random one on; tanh, which always fits, if there is none."""
        b = self.draw(sampled_from(tuple(names)))
        start = self.draw(sampled_from(tuple(range(len(self.ops)))))
        for op in (*self.ops[start:], *self.ops[:start]):
            row = find(op)
            assert isinstance(row, Elementwise)
            operands = (a, b)[: len(row.partials)] + (a,) * (len(row.partials) - 2)
            expression = call_to_source(op, operands)
            if self._is_moderate(expression) and self._is_in_domain(row, operands):
                return op, expression, operands
        return "tanh", f"np.tanh({a})", (a,)

    def _is_in_domain(self, row: Elementwise, operands: Sequence[str]) -> bool:
        """Whether the operands are in the domain of an operation and, in a smooth program, away from its kinks and ties."""
        xs = [self.values[name] for name in operands]
        if not all(self._is_inside(x, domain) for x, domain in zip(xs, row.domains, strict=True)):
            return False
        can_tie = self.smooth and (row.ties or row.kink)
        return not (can_tie and any(bool(np.any(np.abs(xs[0] - x) < MARGIN)) for x in xs[1:]))

    def _is_inside(self, x: Any, domain: Domain) -> bool:
        margin = MARGIN if self.smooth else 0.0
        is_inside = bool(np.all((x >= domain.low + margin) & (x <= domain.high - margin)))
        is_at_kink = self.smooth and any(np.any(np.abs(x - kink) < margin) for kink in domain.kinks)
        return is_inside and not is_at_kink

    def _whole_array_choices(self, a: str, names: Sequence[str]) -> list[Choice]:
        """Return the operations on whole arrays that fit ``a``."""
        arrays = [name for name in names if np.ndim(self.values[name])]
        if a not in arrays:
            return []
        b = self.draw(sampled_from(tuple(arrays)))
        axis = self.draw(sampled_from((0, -1, 1, -2)[: 2 * np.ndim(self.values[a])]))
        choices: list[Choice] = [(op, template.format(a=a, axis=axis), (a,)) for op, template in UNARY.items()]
        choices += [(op, template.format(a=a, b=b), (a, b)) for op, template in BINARY.items()]
        return [choice for choice in choices if self._is_moderate(choice[1])]
