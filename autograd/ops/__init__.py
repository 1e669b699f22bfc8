"""The operations: ``rows`` says what a row is, ``table`` holds them, ``python -m autograd.ops`` prints them."""

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
