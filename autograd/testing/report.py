"""What a check says: a verdict, findings, and one exception class for each kind of fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from autograd.core.node import Node
from autograd.errors import AutogradError

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that cannot be decided, in words and as data.

    ``fault`` names the kind: value, nan, shape, dtype, mutation, aliasing, staleness, nondeterminism, nonlinearity, layout, raised,
    mode, order, function or undecided, and unbounded where nothing can be decided since there is no finite derivative.
    ``argument`` and ``index`` say where, ``claimed`` and ``measured`` ± ``error`` what; None where it does not apply.
    """

    fault: str
    message: str
    argument: int | None = None
    index: tuple[int, ...] | None = None
    claimed: float | None = None
    measured: float | None = None
    error: float | None = None


@dataclass
class Report:
    """The outcome of a check. ``verdict`` is pass, inconclusive or fail; ``str(report)`` has at most fifteen lines.

    ``kinds`` are the kinds of points met; ``values`` is the point that a search has found, by argument. ``expression`` is the
    smallest part of a graph that still fails, ``blame`` a line on its guilty node, and ``reproduce`` a line of Python that shows
    the fault again; "" where there is none. ``cause`` is the exception that a rule raised. ``graph`` is the root of the recorded
    graph that failed, and ``guilty`` are the nodes of it that lie, which ``autograd.viz.draw(report)`` shows.
    """

    subject: str
    verdict: str = PASS
    findings: list[Finding] = field(default_factory=list)
    evaluations: int = 0
    kinds: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    expression: str = ""
    blame: str = ""
    reproduce: str = ""
    cause: Exception | None = field(default=None, repr=False)
    graph: Node | None = field(default=None, repr=False, compare=False)
    guilty: tuple[Node, ...] = field(default=(), repr=False, compare=False)

    def add(self, fault: str, message: str, **data: Any) -> None:
        """Take in a finding that condemns."""
        self.findings.append(Finding(fault, message, **data))
        self.verdict = FAIL

    def doubt(self, message: str, fault: str = "undecided") -> None:
        """Take in something that cannot be decided here."""
        self.verdict = INCONCLUSIVE
        self.findings.append(Finding(fault, message))

    def __str__(self) -> str:
        lines = [f"{self.subject}: {self.verdict}, {self.evaluations} evaluations"]
        for finding in self.findings[:6]:
            lines += [f"  {line}" for line in finding.message.splitlines()][:3]
        if len(self.findings) > 6:
            lines.append(f"  … and {len(self.findings) - 6} more")
        lines = lines[:11]
        lines += [f"  in: {self.expression}"] if self.expression else []
        lines += [f"  blame: {self.blame}"] if self.blame else []
        lines += [f"  again: {self.reproduce}"] if self.reproduce else []
        return "\n".join(lines)

    @property
    def fault(self) -> str:
        """The kind of the first finding that condemns; "" where there is none."""
        return next((f.fault for f in self.findings if self.verdict == FAIL), "")

    def as_data(self) -> dict[str, Any]:
        """All of it as dicts, lists, numbers and strings that JSON can hold; nan and infinities are strings.

        >>> Report("a check").as_data()["verdict"]
        'pass'
        """
        return plain({**asdict(self._bare()), "fault": self.fault, "text": str(self).splitlines()})  # type: ignore[no-any-return]

    def _bare(self) -> Report:
        """Without what is neither text nor number."""
        return replace(self, cause=None, graph=None, guilty=())

    def raised(self, raise_on_fail: bool) -> Report:
        """The report itself, unless it is a fail that should be raised."""
        if self.verdict == FAIL and raise_on_fail:
            raise GradientError.of(self.fault)(self) from self.cause
        return self


def plain(x: Any) -> Any:
    """Nested data with nothing in it that JSON cannot hold.

    >>> plain({"x": np.array([1.0, np.inf])})
    {'x': [1.0, 'inf']}
    """
    if isinstance(x, dict):
        return {str(k): plain(v) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return [plain(part) for part in x]
    if isinstance(x, np.ndarray | np.generic):
        return plain(x.tolist())
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    return x if isinstance(x, float | int | str | None) else repr(x)


class GradientError(AutogradError, AssertionError):
    """A derivative that is wrong; ``report`` has the particulars."""

    fault: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type[GradientError]]] = {}

    def __init_subclass__(cls) -> None:
        GradientError.kinds[cls.fault] = cls

    @staticmethod
    def of(fault: str) -> type[GradientError]:
        """The class of a kind of fault."""
        return GradientError.kinds[fault]

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report

    def retold(self, report: Report) -> None:
        """Tell of the same fault with another report."""
        self.args, self.report = (str(report),), report

    def __reduce__(self) -> tuple[type[GradientError], tuple[Report]]:
        return type(self), (self.report._bare(),)


class WrongValueError(GradientError):
    """A derivative with another value than the function has."""

    fault = "value"


class NotANumberError(GradientError):
    """A derivative that is nan or infinite where one-sided derivatives exist."""

    fault = "nan"


class RuleRaisedError(GradientError):
    """A rule that raises where the function has a value."""

    fault = "raised"


class WrongShapeError(GradientError):
    """A cotangent of another shape than its argument, or another number of them than there are arguments."""

    fault = "shape"


class WrongDtypeError(GradientError):
    """A cotangent of another type than its argument: precision is lost."""

    fault = "dtype"


class MutationError(GradientError):
    """A rule or a function that changes its arguments."""

    fault = "mutation"


class AliasingError(GradientError):
    """A result that is an argument's memory, or a buffer that a later call overwrites."""

    fault = "aliasing"


class StalenessError(GradientError):
    """An answer that depends on which calls came before."""

    fault = "staleness"


class NondeterminismError(GradientError):
    """A rule that gives two answers to one question."""

    fault = "nondeterminism"


class NonLinearityError(GradientError):
    """A rule that is not linear in the cotangent."""

    fault = "nonlinearity"


class LayoutError(GradientError):
    """A rule that depends on how its arguments lie in memory."""

    fault = "layout"


class ModeError(GradientError):
    """Forward and reverse mode that disagree."""

    fault = "mode"


class SecondOrderError(GradientError):
    """A derivative that is right and whose own derivative is wrong."""

    fault = "order"


class InconsistentFunctionError(GradientError):
    """A function that is none: random, or of changing shape."""

    fault = "function"


class UndecidedError(GradientError):
    """A search in which too many points could not be decided."""

    fault = "undecided"


def gradient_errors(error: BaseException | None) -> list[GradientError]:
    """The gradient errors that an exception is, that it was raised from, or that a group of exceptions holds."""
    if isinstance(error, BaseExceptionGroup):
        return [found for part in error.exceptions for found in gradient_errors(part)]
    if isinstance(error, GradientError):
        return [error]
    return gradient_errors(error.__cause__) if error is not None and error.__cause__ is not None else []
