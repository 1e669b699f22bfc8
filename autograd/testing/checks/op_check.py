"""check_op: the whole contract of one row of the table, at points of the domain that the table says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET
from autograd.backends.float_backend import evaluated
from autograd.backends.numpy_backend import ARRAY
from autograd.core.coercion import described
from autograd.errors import DataError, SettingError
from autograd.numpy_api.functions import call_row, settings_of
from autograd.ops import TABLE, Elementwise, Op, find
from autograd.testing.checks.grad_check import graph_check
from autograd.testing.node_check import get_op_domains
from autograd.testing.report import FAIL, INCONCLUSIVE, Report

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
    _check_call(row, inputs, static)
    undecided: list[Report] = []
    samples = [list(inputs)] if inputs else _samples(row)
    total = Report(f"check_op() of {row.name}")
    for at in samples:
        _worlds(row, at, static, total)
        report = graph_check(lambda *xs: call_row(row, *xs, **static), at, 2, get_op_domains(row, len(at)), {})
        total.evaluations += report.evaluations
        undecided += [report] if report.verdict == INCONCLUSIVE else []
        if report.verdict == FAIL:
            total.findings += report.findings
            total.verdict, total.blame = FAIL, report.blame
        if total.verdict == FAIL:
            total.reproduce = f"check_op({row.name!r}, {', '.join(repr(np.asarray(x).tolist()) for x in at)})"
            break
    if total.verdict != FAIL and len(undecided) > 0.2 * len(samples):
        total.add_inconclusive(f"{len(undecided)} of {len(samples)} points: {undecided[0].findings[0].message}")
    return total.raise_if_failed(raise_on_fail)


def _check_call(row: Op, inputs: Sequence[Any], static: dict[str, Any]) -> None:
    """Raise where the row cannot be called like this."""
    if inputs and row.arity is not None and len(inputs) != row.arity:
        raise SettingError(f"check_op(): {row.name} takes {row.arity} input{'s' if row.arity > 1 else ''}, not {len(inputs)}")
    settings = settings_of(row)
    for name in static:
        if name not in settings:
            raise SettingError(f"check_op(): {row.name} has no setting {name!r}; it has {', '.join(settings) or 'none'}")
    if isinstance(row, Elementwise) and (missing := [name for name in settings if name not in static]):
        raise SettingError(f"check_op(): {row.name} needs {', '.join(missing)}, as in check_op({row.name!r}, {missing[0]}=…)")


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
    """The FLOAT backend against the ARRAY backend."""
    if not isinstance(row, Elementwise) or any(np.ndim(x) for x in at):
        return
    with np.errstate(**QUIET):
        array = float(row.f(ARRAY, *[np.float64(x) for x in at], **static))
        number = evaluated(row.f, [float(x) for x in at], static)
    if not np.isclose(number, array, rtol=1e-12, atol=1e-300, equal_nan=True):
        report.add_failure("value", f"as a float {number!r}, as an array {array!r}", claimed=number, measured=array)
