"""Traced integers: what an array of integers is inside a traced function, so that its numbers may change from call to call."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.frontend.traced_data import TracedData
from autograd.compiler.frontend.traced_mask import identity
from autograd.compiler.ir.gather import GATHER, Gap
from autograd.core.operators import apply
from autograd.core.tracing import TracedIntegersBase, current_tracer

if TYPE_CHECKING:
    from autograd.compiler.frontend.tracer import Tracer

# Operations whose results for integers are integers.
INTEGER_OPERATIONS: set[Any] = {operator.add, operator.sub, operator.mul, operator.neg, operator.pos, operator.abs}


class TracedIntegers(TracedData, TracedIntegersBase):
    """Integers among the arguments of a traced function: indices of Tensors, labels, counts.

    They are followed like traced data. As an index of a Tensor they are an argument of the operation. Code that needs the plain
    numbers, such as an index of a list, gets them, and the tracer notes that: the function is then traced for these numbers alone.

    Parameters
    ----------
    node : Tensor
        The same numbers as floats.
    integer_type : dtype
        The type of the array.
    """

    __slots__ = ("integer_type",)

    def __init__(self, node: Any, integer_type: Any) -> None:
        self._node = node
        self.integer_type: Any = np.dtype(integer_type)

    @property
    def tracer(self) -> Tracer:  # type: ignore[override]  # read only: arguments are made before the run begins
        """The tracer of the run."""
        tracer: Tracer = current_tracer()
        return tracer

    @property
    def concrete(self) -> Any:
        """The plain integers, without a guard."""
        return self.node._primal.astype(self.integer_type)[()]

    @property  # type: ignore[misc]  # read only: the class cannot be assigned to
    def __class__(self) -> type[Any]:
        """The class that ``isinstance`` sees: int for a single number."""
        return TracedIntegers if self.node.shape else int

    @property
    def dtype(self) -> Any:
        """The type of the integers."""
        return self.integer_type

    # -- operations that are followed

    def gather(self, array: Any, index: Any) -> Any:
        """Return the entries of a Tensor at an index that contains traced integers.

        Parameters
        ----------
        array : Tensor
            The Tensor.
        index : TracedIntegers or tuple
            The index.

        Returns
        -------
        Tensor
            The entries.
        """
        parts = index if isinstance(index, tuple) else (index,)
        nodes = [part.node for part in parts if isinstance(part, TracedIntegers)]
        template = tuple(Gap.INTEGERS if isinstance(part, TracedIntegers) else _freeze(part) for part in parts)
        return apply(GATHER, array, *nodes, template=template if isinstance(index, tuple) else template[0])

    def apply(self, function: Callable[..., Any], *args: Any) -> Any:
        """Apply a function that nodes support; see ``TracedData.apply``. Sums and products of integers are traced integers."""
        result = super().apply(function, *args)
        is_integer = type(result) is TracedData and function in INTEGER_OPERATIONS and all(map(_is_integer, args))
        return TracedIntegers(result.node, np.result_type(*map(_integer_type, args))) if is_integer else result

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __getitem__(self, index: Any) -> Any:
        return TracedIntegers(self.node[index], self.integer_type)

    def astype(self, dtype: Any, **_: Any) -> Any:
        """Return the numbers in another type; as floats they are traced data."""
        kind = np.dtype(dtype).kind
        if kind == "f":
            return TracedData(self.tracer, self.node)
        return TracedIntegers(self.node, dtype) if kind in "iu" else self.guard_value("astype()").astype(dtype)

    def reshape(self, *shape: Any) -> Any:
        """Return the integers in another shape."""
        return TracedIntegers(self.node.reshape(*shape), self.integer_type)

    def ravel(self) -> Any:
        """Return the integers along one axis."""
        return self.reshape(-1)

    # -- reading the plain numbers

    def guard_value(self, description: str) -> Any:
        """Return the plain integers, and note that they were read."""
        self.tracer.reads_integers = True
        return self.tracer.add_guard(identity, (self.node,), np.array(self.concrete)[()], description)


def _is_integer(x: Any) -> bool:
    return isinstance(x, TracedIntegers) or np.asarray(x).dtype.kind in "iu"


def _integer_type(x: Any) -> Any:
    return x.integer_type if isinstance(x, TracedIntegers) else np.asarray(x).dtype


def _freeze(part: Any) -> Any:
    """Return a part of an index that nobody can change afterwards."""
    return np.array(part) if isinstance(part, np.ndarray | list) else part
