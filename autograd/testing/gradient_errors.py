"""The exceptions of a failed check: one class for each kind of fault, so that a test can expect a particular one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from autograd.errors import AutogradError

if TYPE_CHECKING:
    from autograd.testing.report import Report


class GradientError(AutogradError, AssertionError):
    """A derivative is wrong.

    This is the base class of all errors that a check raises. It is also an AssertionError, so test runners count it as a failed
    test and not as a crash.

    Parameters
    ----------
    report : Report
        The report of the check that failed. The error message is ``str(report)``.

    Attributes
    ----------
    report : Report
        The report of the check that failed.
    fault : str
        The kind of fault that the class stands for, as in :class:`Finding`. A class attribute.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.testing import check_vjp
    >>> try:
    ...     check_vjp(np.sin, lambda xs, g: (g * np.sin(xs[0]),), (1.0,))
    ... except GradientError as error:
    ...     print(type(error).__name__, error.report.verdict)
    WrongValueError fail
    """

    fault: ClassVar[str] = ""
    args: tuple[Any, ...]
    _class_by_fault: ClassVar[dict[str, type[GradientError]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        GradientError._class_by_fault[cls.fault] = cls

    @staticmethod
    def get_class(fault: str) -> type[GradientError]:
        """Return the subclass for a kind of fault.

        >>> GradientError.get_class("shape").__name__
        'WrongShapeError'
        """
        return GradientError._class_by_fault[fault]

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report: Report = report

    def replace_report(self, report: Report) -> None:
        """Replace the report, and the message with it, by a more detailed one of the same fault."""
        self.args = (str(report),)
        self.report = report

    def __reduce__(self) -> tuple[type[GradientError], tuple[Report]]:
        return type(self), (self.report.without_objects(),)


class WrongValueError(GradientError):
    """The claimed derivative differs from the measured one."""

    fault = "value"


class NotANumberError(GradientError):
    """The claimed derivative is nan or infinite, but the function has finite one-sided derivatives."""

    fault = "nan"


class RuleRaisedError(GradientError):
    """The rule raises an exception at a point where the function has a value."""

    fault = "raised"


class WrongShapeError(GradientError):
    """A cotangent has another shape than its input, or the number of cotangents differs from the number of inputs."""

    fault = "shape"


class WrongDtypeError(GradientError):
    """A cotangent has a less precise dtype than its input, or is not numeric."""

    fault = "dtype"


class MutationError(GradientError):
    """The rule or the function changes its arguments in place."""

    fault = "mutation"


class AliasingError(GradientError):
    """A result shares memory with an argument, or a later call overwrites it."""

    fault = "aliasing"


class StalenessError(GradientError):
    """The rule's answer depends on earlier calls."""

    fault = "staleness"


class NondeterminismError(GradientError):
    """The rule returns different cotangents for the same arguments."""

    fault = "nondeterminism"


class NonLinearityError(GradientError):
    """The rule is not linear in the cotangent of the output."""

    fault = "nonlinearity"


class LayoutError(GradientError):
    """The result depends on the memory layout of the arguments."""

    fault = "layout"


class ModeError(GradientError):
    """Forward mode and reverse mode disagree."""

    fault = "mode"


class SecondOrderError(GradientError):
    """The first derivative is right, but its own derivative is wrong."""

    fault = "order"


class InconsistentFunctionError(GradientError):
    """The function returns different values or shapes for the same inputs."""

    fault = "function"


class UndecidedError(GradientError):
    """A search could not decide about too many of its points."""

    fault = "undecided"


def find_gradient_errors(error: BaseException | None) -> list[GradientError]:
    """Return the gradient errors in an exception: itself, its causes, or the members of an exception group.

    Parameters
    ----------
    error : BaseException or None

    Returns
    -------
    list of GradientError
        At most one along a chain of causes, the outermost; several from an exception group.
    """
    if isinstance(error, BaseExceptionGroup):
        return [found for member in error.exceptions for found in find_gradient_errors(member)]
    if isinstance(error, GradientError):
        return [error]
    if error is None or error.__cause__ is None:
        return []
    return find_gradient_errors(error.__cause__)
