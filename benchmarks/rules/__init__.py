"""Functions with hand-written vector-Jacobian products, for judging gradient checkers.

WRONG has wrong rules, RIGHT_TWINS has the corrected rule of each, and HARD has right rules at points where finite differences have
trouble. A function is called as f(*inputs, **static) and a rule as vjp(inputs, g, **static), which returns one cotangent per input.
``Case.make()`` returns a new pair of both.
"""

from rules.case import HARD, RIGHT_TWINS, WRONG, Case

# The modules add their cases to the lists when they are imported, in this order.
# ruff: noqa: F401
# isort: off
from rules import factors_and_shapes
from rules import axes_and_matrices
from rules import special_points
from rules import networks
from rules import contract
from rules import hard_points
from rules import hard_functions
from rules import precision
# isort: on

__all__ = ["HARD", "RIGHT_TWINS", "WRONG", "Case"]
