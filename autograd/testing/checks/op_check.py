"""check_op: the whole contract of one operation, at points of the domain that the table gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.backends.float_backend import evaluate
from autograd.backends.numpy_backend import ARRAY
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import DataError, SettingError
from autograd.numpy_api.apply import apply_op
from autograd.numpy_api.row_formulas import get_setting_names
from autograd.ops import TABLE, Domain, Elementwise, Op, find
from autograd.testing.checks.grad_check import run_grad_check
from autograd.testing.checks.node_check import get_op_domains
from autograd.testing.checks.structured_call import StructuredCall
from autograd.testing.report import FAIL, INCONCLUSIVE, Report

# How many points of its domain an operation is checked at: a derivative that is wrong in a third of the domain is missed with a
# probability of (2/3)**12 = 0.8 %. Doubled, 0.006 %, in twice the time.
N_POINTS = 12

# The largest magnitude of a sample, where the domain does not end before: exp and its inverse are of ordinary size there. Doubled,
# exp(10) = 22026, and the derivatives of sigmoid and tanh fall to 5e-5 and 8e-9.
LARGEST_SAMPLE = 5.0

# The distance of samples from the ends of the domain, as a fraction of its length, so that slopes that are infinite there are
# resolved. Doubled, less of the domain is checked.
MARGIN = 0.02

# The check is inconclusive if more than this part of the points is: the share that a search allows, too. Doubled, an operation
# passes with only 60 % of the points decided.
MAX_UNDECIDED = 0.2

# How far the values of the two backends may differ. Both use the C library or NumPy's own loops, which agree to a few eps; 4500 eps
# are for compositions. The absolute part is for subnormal numbers. Doubled, nothing changes for the operations of the table.
BACKEND_RTOL = 1e-12
BACKEND_ATOL = 1e-300


def check_op(op: Any, /, *inputs: Any, raise_on_fail: bool = True, **static: Any) -> Report:
    """Check the whole contract of one operation.

    Its values as a float and as an array are compared, every partial derivative with a measured one, forward mode with reverse
    mode, and second derivatives with measured ones.

    Parameters
    ----------
    op : callable or str
        A function of the library, what ``define()`` returned, or the name of an operation.
    *inputs : float, complex or array_like
        The point. Without inputs, elementwise operations are checked at 12 random points of their domain; other operations need
        inputs. An argument that has no derivative is held fixed.
    raise_on_fail : bool, default True
        Whether to raise if the check fails.
    **static
        Settings of the operation, as in ``axis=0``.

    Returns
    -------
    Report
        The verdict is "inconclusive" if more than a fifth of the points could not be decided.

    Raises
    ------
    GradientError
        If the check fails and ``raise_on_fail`` is true; the subclass tells the kind of fault.
    DataError
        If there is no such operation.
    SettingError
        If the number of inputs is wrong, or if a setting is missing or unknown.

    See Also
    --------
    check_vjp : Checks a rule that is not a row of the table.
    autograd.define : Adds an operation to the table.

    Examples
    --------
    >>> check_op("tanh").verdict, check_op("matmul", np.eye(2), np.ones(2)).verdict
    ('pass', 'pass')
    """
    op = _find_op(op)
    _check_call(op, inputs, static)
    given = [x if isinstance(x, Node) else np.asarray(x)[()] for x in inputs]
    samples = [given] if inputs else _sample_inputs(op)
    total = Report(f"check_op() of {op.name}")
    undecided: list[Report] = []
    for xs in samples:
        report = _check_at(op, xs, static, total)
        if total.verdict == FAIL:
            total.reproduce = f"check_op({op.name!r}, {', '.join(repr(np.asarray(x).tolist()) for x in xs)})"
            break
        undecided += [report] if report.verdict == INCONCLUSIVE else []
    if total.verdict != FAIL and len(undecided) > MAX_UNDECIDED * len(samples):
        total.add_inconclusive(f"{len(undecided)} of {len(samples)} points: {undecided[0].findings[0].message}")
    return total.raise_if_failed(raise_on_fail)


def _check_at(op: Op, xs: Sequence[Any], static: dict[str, Any], total: Report) -> Report:
    """Check an operation at one point, and add failures to the whole report."""
    _compare_backends(op, xs, static, total)
    moved = [i for i in range(len(xs)) if i not in op.refused]
    domains = get_op_domains(op, len(xs))
    flat = StructuredCall("check_op()", lambda *args: apply_op(op, *args, **static), xs, moved, [domains[i] for i in moved])
    report = run_grad_check(flat, flat.leaves, 2, flat.domains, {}, labels=flat.labels)
    total.evaluations += report.evaluations
    if report.verdict == FAIL:
        total.findings += report.findings
        total.verdict, total.blame = FAIL, report.blame
    return report


def _check_call(op: Op, inputs: Sequence[Any], static: dict[str, Any]) -> None:
    """Raise if the operation cannot be called like this."""
    if inputs and op.arity is not None and len(inputs) != op.arity:
        raise SettingError(f"check_op(): {op.name} takes {op.arity} input{'s' if op.arity > 1 else ''}, not {len(inputs)}")
    settings = get_setting_names(op)
    for name in static:
        if name not in settings:
            raise SettingError(f"check_op(): {op.name} has no setting {name!r}; it has {', '.join(settings) or 'none'}")
    missing = [name for name in settings if name not in static]
    if isinstance(op, Elementwise) and missing:
        raise SettingError(f"check_op(): {op.name} needs {', '.join(missing)}, as in check_op({op.name!r}, {missing[0]}=…)")


def _find_op(op: Any) -> Op:
    name = op if isinstance(op, str) else getattr(op, "__name__", "")
    if name not in TABLE:
        raise DataError(f"check_op() takes an operation of the table, by function or by name, not {describe(op)}")
    return find(name)


def _sample_inputs(op: Op) -> list[list[float]]:
    """Draw points inside of the domain of an elementwise operation."""
    if not isinstance(op, Elementwise):
        raise SettingError(f"check_op(): {op.name} acts on whole arrays: pass inputs, as in check_op({op.name!r}, np.ones((2, 3)))")
    rng = np.random.default_rng(0)
    return [[_draw_argument(domain, rng) for domain in op.domains] for _ in range(N_POINTS)]


def _draw_argument(domain: Domain, rng: np.random.Generator) -> float:
    low, high = max(domain.low, -LARGEST_SAMPLE), min(domain.high, LARGEST_SAMPLE)
    if domain.is_integer:
        return float(rng.integers(int(low), int(high) + 1))
    margin = MARGIN * (high - low)
    return float(rng.uniform(low + margin, high - margin))


def _compare_backends(op: Op, xs: Sequence[Any], static: dict[str, Any], report: Report) -> None:
    """Report an elementwise operation whose values as a float and as an array differ."""
    if not isinstance(op, Elementwise) or any(np.ndim(x) for x in xs):
        return
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        array = float(op.f(ARRAY, *[np.float64(x) for x in xs], **static))
        number = evaluate(op.f, [float(x) for x in xs], static)
    if not np.isclose(number, array, rtol=BACKEND_RTOL, atol=BACKEND_ATOL, equal_nan=True):
        report.add_failure("value", f"as a float {number!r}, as an array {array!r}", claimed=number, measured=array)
