"""Comparisons of nodes by their numbers."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.base_node import BaseNode, primal_of
from autograd.core.coercion import NUMBER_KINDS, to_array
from autograd.core.node_mixins.graph_structure import GraphStructure
from autograd.errors import DataError, ShapeError
from autograd.state import context

EQUALITY = ("==", "!=")

# Larger whole numbers are compared as infinities. It is half of the first power of two beyond float64 (2**1024): every int up to it
# converts without an OverflowError. With twice the value, ints that round to 2**1024 would raise.
LARGEST_INT = 2**1023


class Comparisons(GraphStructure):
    """The comparison operators of a node. A comparison gives a bool or an array of bools, or a mask inside compile().

    Nodes are hashed by identity, as tensors of PyTorch are: equal numbers do not make two nodes one element of a set.
    """

    __slots__ = ()

    __hash__: Any = object.__hash__

    def __eq__(self, other: object) -> Any:
        return self._compare("==", other, operator.eq)

    def __ne__(self, other: object) -> Any:
        return self._compare("!=", other, operator.ne)

    def __lt__(self, other: Any) -> Any:
        return self._compare("<", other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compare("<=", other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compare(">", other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compare(">=", other, operator.ge)

    def _compare(self, sign: str, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        """Compare the numbers, or ask the tracer of compile(); NotImplemented if ``other`` is not a number."""
        if type(other) is not float:
            other = self._convert_operand(sign, other)
        if sign not in EQUALITY and self.rank and self._primal.dtype.kind == "c":
            raise DataError(f"{sign} of {self.describe()}: complex numbers have no order: compare t.real, t.imag or abs(t)")
        is_number = is_real(other)
        if context.open_block_count and (is_number or getattr(other, "is_traced", False)):
            tracer = context.current().tracer
            if tracer is not None:
                return tracer.compare(sign, self, other)
        if not is_number:
            return NotImplemented
        try:
            result = compare(self._primal, primal_of(other))
        except ValueError:
            raise ShapeError(
                f"{sign} compares {self.describe()} of shape {self.shape} with an array of shape {np.shape(primal_of(other))}, "
                f"which do not broadcast: reshape or index one of them"
            ) from None
        return bool(result) if isinstance(result, np.bool_) else result

    def _convert_operand(self, sign: str, other: Any) -> Any:
        """Convert lists to arrays, and numbers without a float of the same value to floats that compare in the same way."""
        if self.rank and isinstance(other, list | tuple):
            try:
                other = to_array(other, f"{sign} of {self.describe()}")
            except DataError:
                if sign not in EQUALITY or any(isinstance(x, BaseNode) for x in other):
                    raise
                return NotImplemented  # something that is not a number is not equal to one
        if is_foreign_array(other):
            return to_numpy(other, f"{sign} of {self.describe()}")
        if sign in EQUALITY and isinstance(other, complex | np.complexfloating):
            if self.rank and self._primal.dtype.kind == "c":
                return np.asarray(other)
            return float(other.real) if other.imag == 0.0 else math.nan  # no number equals nan
        if type(other) is int and abs(other) > LARGEST_INT and (self.rank or context.open_block_count):
            return math.inf if other > 0 else -math.inf
        return other


REAL_TYPES = (BaseNode, np.floating, np.integer, np.bool_, numbers.Real, Decimal)


def is_real(x: Any) -> bool:
    """Return whether x is a node, a real number or an array of numbers."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in NUMBER_KINDS
    return isinstance(x, REAL_TYPES)
