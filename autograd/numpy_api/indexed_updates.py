"""``t.at[index].set(x)``: a new array with some entries replaced, as in JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import freeze_index
from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.errors import OutOfRangeError, SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.ops import find


class EntriesOf:
    """What ``t.at`` is: it waits for an index.

    Parameters
    ----------
    array : Tensor
        The array to update.
    """

    __slots__ = ("array",)

    def __init__(self, array: Tensor) -> None:
        self.array: Tensor = array

    def __getitem__(self, index: Any) -> Entries:
        return Entries(self.array, index)


class Entries:
    """What ``t.at[index]`` is: the entries that an update replaces.

    Parameters
    ----------
    array : Tensor
        The array to update.
    index : object
        Which entries, as NumPy takes it.

    Raises
    ------
    OutOfRangeError
        If an entry does not exist.
    """

    __slots__ = ("array", "index", "positions")

    def __init__(self, array: Tensor, index: Any) -> None:
        self.array: Tensor = array
        self.index: Any = freeze_index(index)
        try:
            self.positions: Any = np.arange(array.size).reshape(array.shape)[self.index]
        except IndexError as error:
            raise OutOfRangeError(f"t.at[{index!r}] of {array.describe()} of shape {array.shape}: {error}") from None

    def get(self) -> Tensor:
        """Return the entries."""
        return self.array[self.index]

    def set(self, values: Any) -> Tensor:
        """Return a new Tensor with other entries.

        Parameters
        ----------
        values : number, array_like or node
            What they become, of a shape that broadcasts to that of ``t[index]``.

        Returns
        -------
        Tensor
            Of the shape and dtype of the array. If the index repeats an entry, the last number stays.

        Raises
        ------
        ShapeError
            If the values do not fit.
        """
        array, values = self.array, self._broadcast(values, "set")
        writer = np.full(array.size, -1)  # for each entry of the array the position of the value that replaces it, or -1
        writer[self.positions.ravel()] = np.arange(self.positions.size)
        writer = writer.reshape(array.shape)
        if not self.positions.size:
            return +array  # type: ignore[no-any-return]  # a Tensor
        return self._in_own_dtype(functions.where(writer >= 0, values.ravel()[np.maximum(writer, 0)], array))

    def add(self, values: Any) -> Tensor:
        """Return a new Tensor with values added; if the index repeats an entry, all of its values are added."""
        values = self._broadcast(values, "add")
        return self._in_own_dtype(self.array + apply(find("scatter"), values, index=self.index, shape=self.array.shape))

    def subtract(self, values: Any) -> Tensor:
        """Return a new Tensor with values subtracted; see ``add``."""
        return self.add(-self._broadcast(values, "subtract"))

    def multiply(self, values: Any) -> Tensor:
        """Return a new Tensor with entries multiplied by values. The index may not repeat an entry."""
        return self._update("multiply", values, lambda entries, values: entries * values)

    def divide(self, values: Any) -> Tensor:
        """Return a new Tensor with entries divided by values. The index may not repeat an entry."""
        return self._update("divide", values, lambda entries, values: entries / values)

    def power(self, values: Any) -> Tensor:
        """Return a new Tensor with entries raised to powers. The index may not repeat an entry."""
        return self._update("power", values, lambda entries, values: entries**values)

    def min(self, values: Any) -> Tensor:
        """Return a new Tensor with the lesser of entry and value. The index may not repeat an entry."""
        return self._update("min", values, functions.minimum)

    def max(self, values: Any) -> Tensor:
        """Return a new Tensor with the greater of entry and value. The index may not repeat an entry."""
        return self._update("max", values, functions.maximum)

    def _update(self, name: str, values: Any, function: Any) -> Tensor:
        if np.unique(self.positions).size < self.positions.size:
            raise SettingError(f"t.at[index].{name}() of {self.array.describe()}: the index repeats an entry: pass each once")
        return self.set(function(self.get(), self._broadcast(values, name)))

    def _broadcast(self, values: Any, name: str) -> Tensor:
        """The values in the shape of the entries."""
        values, shape = as_tensor(values, f"t.at[index].{name}()"), np.shape(self.positions)
        while values.ndim > len(shape) and values.shape[0] == 1:  # as in an assignment of NumPy
            values = values[0]
        try:
            return functions.broadcast_to(values, shape)  # type: ignore[no-any-return]  # a Tensor
        except ShapeError:
            raise ShapeError(
                f"t.at[index].{name}() of {self.array.describe()}: values of shape {values.shape} do not fit the entries, whose "
                f"shape is {shape}"
            ) from None

    def _in_own_dtype(self, updated: Tensor) -> Tensor:
        """The result in the dtype of the array, as an assignment of NumPy has it."""
        return updated if updated.dtype == self.array.dtype else updated.astype(self.array.dtype)


Tensor.entries_of = EntriesOf  # here, so that core knows nothing of the functions of this folder
