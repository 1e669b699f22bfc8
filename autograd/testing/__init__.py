"""Checks of derivatives: at a point, in a search for points that fail, and of single nodes; and the measurement behind them."""

from autograd.testing.checks.blaming import blame
from autograd.testing.checks.grad_check import check_grad
from autograd.testing.checks.op_check import check_op
from autograd.testing.checks.vjp_check import check_vjp
from autograd.testing.gradient_errors import (
    AliasingError,
    GradientError,
    InconsistentFunctionError,
    LayoutError,
    ModeError,
    MutationError,
    NondeterminismError,
    NonLinearityError,
    NotANumberError,
    RuleRaisedError,
    SecondOrderError,
    StalenessError,
    UndecidedError,
    WrongDtypeError,
    WrongShapeError,
    WrongValueError,
)
from autograd.testing.measurement.derivative import derivative
from autograd.testing.measurement.estimate import Estimate
from autograd.testing.report import Finding, Report
from autograd.testing.search.argument_specs import Array, Choice, Real
from autograd.testing.search.property_test import gradient_test
from autograd.testing.search.vjp_search import search_vjp

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
    "NondeterminismError",
    "NotANumberError",
    "Real",
    "Report",
    "RuleRaisedError",
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
