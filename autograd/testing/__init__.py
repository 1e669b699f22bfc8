"""Prove any gradient: measured derivatives, the checks of rules, graphs and rows, the search for a point that fails, and blame."""

from autograd.testing.contract import check_vjp
from autograd.testing.estimate import Estimate, derivative
from autograd.testing.graphs import blame, check_grad, check_op
from autograd.testing.report import (
    AliasingError,
    Finding,
    GradientError,
    InconsistentFunctionError,
    LayoutError,
    ModeError,
    MutationError,
    NonLinearityError,
    NotANumberError,
    Report,
    SecondOrderError,
    StalenessError,
    UndecidedError,
    WrongDtypeError,
    WrongShapeError,
    WrongValueError,
)
from autograd.testing.search import gradient_test, search_vjp
from autograd.testing.specs import Array, Choice, Real

__all__ = [
    "AliasingError",
    "Array",
    "Choice",
    "Estimate",
    "Finding",
    "GradientError",
    "InconsistentFunctionError",
    "LayoutError",
    "ModeError",
    "MutationError",
    "NonLinearityError",
    "NotANumberError",
    "Real",
    "Report",
    "SecondOrderError",
    "StalenessError",
    "UndecidedError",
    "WrongDtypeError",
    "WrongShapeError",
    "WrongValueError",
    "blame",
    "check_grad",
    "check_op",
    "check_vjp",
    "derivative",
    "gradient_test",
    "search_vjp",
]
