"""check_op: the whole contract of one row of the table, at points of the domain that the table says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.door import described
from autograd.errors import DataError, SettingError
from autograd.functions import call_row
from autograd.ops import TABLE, Elementwise, Op, find
from autograd.testing.blaming import limits_of_row
from autograd.testing.graphs import graph_check
from autograd.testing.report import FAIL, Report
from autograd.worlds import ARRAY, FLOAT, QUIET

POINTS = 12  # at how many points of its domain a row is checked


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
        report = graph_check(lambda *xs: call_row(row, *xs, **static), at, 2, limits_of_row(row, len(at)), {})
        total.evaluations += report.evaluations
        if report.verdict == FAIL:
            total.findings += report.findings
            total.verdict, total.blame = FAIL, report.blame
        if total.verdict == FAIL:
            total.reproduce = f"check_op({row.name!r}, {', '.join(repr(np.asarray(x).tolist()) for x in at)})"
            break
    return total.raised(raise_on_fail)


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


def _worlds(row: Op, at: Sequence[Any], static: dict[str, Any], report: Report) -> None:
    """The FLOAT world against the ARRAY world."""
    if not isinstance(row, Elementwise) or any(np.ndim(x) for x in at):
        return
    with np.errstate(**QUIET):
        array = float(row.f(ARRAY, *[np.float64(x) for x in at], **static))
        number = float(row.f(FLOAT, *[float(x) for x in at], **static))
    if not np.isclose(number, array, rtol=1e-12, equal_nan=True):
        report.add("value", f"as a float {number!r}, as an array {array!r}", claimed=number, measured=array)
