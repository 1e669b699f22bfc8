"""The table of operations: what an operation computes, and one line of calculus for each derivative.

It knows no NumPy and no nodes: a row is handed its mathematics as ``xp``, one of the backends.
``python -m autograd.ops`` prints the table.
"""

from autograd.ops import table as _filled  # noqa: F401 - importing the table fills it
from autograd.ops.op import (
    REAL,
    TABLE,
    Bilinear,
    Custom,
    Domain,
    Elementwise,
    Linear,
    Op,
    Rule,
    bilinear,
    custom,
    elementwise,
    find,
    linear,
)

__all__ = [
    "REAL",
    "TABLE",
    "Bilinear",
    "Custom",
    "Domain",
    "Elementwise",
    "Linear",
    "Op",
    "Rule",
    "bilinear",
    "custom",
    "elementwise",
    "find",
    "linear",
]
