"""The table of operations: what an operation computes, and one line of calculus for each derivative.

It imports neither NumPy nor nodes: a row computes with the backend that it gets as ``xp``.
``python -m autograd.ops`` prints the table.
"""

from autograd.ops import table as _table  # noqa: F401 - importing the module fills the table
from autograd.ops.kinds import Bilinear, Custom, Elementwise, Linear
from autograd.ops.op import REAL, TABLE, Domain, Op, Rule, find
from autograd.ops.row_constructors import bilinear, custom, elementwise, linear

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
