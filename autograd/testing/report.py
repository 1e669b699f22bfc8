"""The outcome of a check: a verdict, and findings as text and as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.testing.gradient_errors import GradientError

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"

# The size of a printed report. A test runner prints it among much else, so it has at most 15 lines: the three kinds of optional
# line at the end and one line that counts the rest leave 11 for the heading and the findings. Nothing breaks if these are doubled,
# except the promise of 15 lines.
MAX_FINDINGS = 6  # findings that are printed
MAX_LINES_PER_FINDING = 3  # enough for a message with the value of a small array
MAX_LINES = 11  # of the heading and the findings together


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that could not be decided.

    Attributes
    ----------
    fault : str
        The kind of fault. A failure is one of value, nan, shape, dtype, mutation, aliasing, staleness, nondeterminism,
        nonlinearity, layout, raised, mode, order, function or undecided. In an inconclusive report the fault is undecided, or
        unbounded if the function has no finite derivative at the point.
    message : str
        The finding as a sentence.
    argument : int or None
        The number of the input, or None if the finding is not about one input. The leaves of containers count as inputs.
    index : tuple of int or None
        The index of the entry within the input.
    claimed, measured, error : float or None
        The claimed derivative, the measured one, and the error of the measurement.

    Examples
    --------
    >>> Finding("value", "claimed 2, measured 3", argument=0).message
    'claimed 2, measured 3'
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
    """The outcome of a check. ``str(report)`` has at most 15 lines.

    Attributes
    ----------
    subject : str
        The check and the function that was checked.
    verdict : {"pass", "inconclusive", "fail"}
        The outcome.
    findings : list of Finding
        What is wrong; if nothing is, what could not be decided.
    evaluations : int
        How many times the function was called.
    kinds : list of str
        The kinds of points that were met, as in :class:`Estimate`.
    values : dict
        The point that a search found, by argument name. Empty unless a search failed.
    expression : str
        The smallest part of the graph that still fails, as Python, or "".
    blame : str
        A line about the node whose derivative is wrong, or "".
    reproduce : str
        A line of Python that repeats the failed check, or "".
    cause : Exception or None
        The exception that a rule raised.
    graph : Node or None
        The root of the recorded graph that failed.
    guilty : tuple of Node
        The nodes of that graph whose derivatives are wrong. ``autograd.viz.draw(report)`` marks them.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.testing import check_vjp
    >>> report = check_vjp(np.exp, lambda xs, g: (g * np.exp(xs[0]),), (1.0,))
    >>> report.verdict, report.findings
    ('pass', [])
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

    def add_failure(self, fault: str, message: str, **data: Any) -> None:
        """Add a finding and set the verdict to fail. What could not be decided is no longer reported.

        Parameters
        ----------
        fault : str
            As in :class:`Finding`.
        message : str
            As in :class:`Finding`.
        **data
            The other fields of the finding.
        """
        if self.verdict != FAIL:
            self.findings.clear()
        self.findings.append(Finding(fault, message, **data))
        self.verdict = FAIL

    def add_inconclusive(self, message: str, fault: str = "undecided") -> None:
        """Add a finding about something that could not be decided, and set the verdict to inconclusive, unless something failed.

        Parameters
        ----------
        message : str
            The finding as a sentence.
        fault : str, default "undecided"
            Its kind.
        """
        if self.verdict != FAIL:
            self.findings.append(Finding(fault, message))
            self.verdict = INCONCLUSIVE

    def __str__(self) -> str:
        lines = [f"{self.subject}: {self.verdict}, {self.evaluations} evaluations"]
        for finding in self.findings[:MAX_FINDINGS]:
            lines += [f"  {line}" for line in finding.message.splitlines()][:MAX_LINES_PER_FINDING]
        if len(self.findings) > MAX_FINDINGS:
            lines.append(f"  … and {len(self.findings) - MAX_FINDINGS} more")
        lines = lines[:MAX_LINES]
        for label, text in (("in", self.expression), ("blame", self.blame), ("reproduce", self.reproduce)):
            if text:
                lines.append(f"  {label}: {text}")
        return "\n".join(lines)

    @property
    def fault(self) -> str:
        """The fault of the first finding if the verdict is fail, else an empty string."""
        return self.findings[0].fault if self.verdict == FAIL and self.findings else ""

    def as_data(self) -> dict[str, Any]:
        """Return the report as data for JSON.

        Returns
        -------
        dict
            The attributes of the report, with ``fault``, and with the lines of the printed report as ``text``. Everything is a
            dict, list, number, string or None; nan and infinities are strings. ``cause``, ``graph`` and ``guilty`` are empty.

        Examples
        --------
        >>> Report("a check").as_data()["verdict"]
        'pass'
        """
        data = {**asdict(self.without_objects()), "fault": self.fault, "text": str(self).splitlines()}
        return to_json_data(data)  # type: ignore[no-any-return]

    def without_objects(self) -> Report:
        """Return a copy without exceptions and nodes, which can neither be pickled in general nor written as JSON."""
        return replace(self, cause=None, graph=None, guilty=())

    def raise_if_failed(self, raise_on_fail: bool = True) -> Report:
        """Raise the error for the fault if the verdict is fail and ``raise_on_fail`` is True; else return the report itself.

        Parameters
        ----------
        raise_on_fail : bool, default True
            Whether to raise the error.

        Returns
        -------
        Report
            This report.

        Raises
        ------
        GradientError
            If the verdict is fail. Its class is that of the fault.
        """
        if self.verdict == FAIL and raise_on_fail:
            raise GradientError.get_class(self.fault)(self) from self.cause
        return self


def to_json_data(x: Any) -> Any:
    """Return nested data with everything that JSON does not have replaced by lists and strings.

    >>> to_json_data({"x": np.array([1.0, np.inf])})
    {'x': [1.0, 'inf']}
    """
    if isinstance(x, dict):
        return {str(key): to_json_data(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return [to_json_data(item) for item in x]
    if isinstance(x, np.ndarray | np.generic):
        return to_json_data(x.tolist())
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    return x if isinstance(x, float | int | str | None) else repr(x)
