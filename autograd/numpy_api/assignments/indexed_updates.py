"""``t.at[index].set(x)``: a new array with some entries replaced, as in JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.numpy_backend import is_basic_index
from autograd.core.array_mixins.array_methods import freeze_index
from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.core.tracing import TracedMaskBase, concretize
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

    __slots__ = ("_is_traced_mask", "_positions", "_shape", "array", "index")

    def __init__(self, array: Tensor, index: Any) -> None:
        self.array: Tensor = array
        self._is_traced_mask: bool = isinstance(index, TracedMaskBase) and index.shape == array.shape  # that compile() follows
        self.index: Any = index if self._is_traced_mask else freeze_index(index)
        self._positions: Any = None
        self._shape: tuple[int, ...] | None = None
        if not self._is_traced_mask:
            self._find_shape()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the entries."""
        return self._find_shape() if self._shape is None else self._shape

    def _find_shape(self) -> tuple[int, ...]:
        try:
            self._shape = self.array._primal[self.index].shape
        except IndexError as error:
            array = self.array
            raise OutOfRangeError(f"t.at[{self.index!r}] of {array.describe()} of shape {array.shape}: {error}") from None
        return self._shape

    @property
    def positions(self) -> Any:
        """The positions of the entries in the flattened array."""
        if self._positions is None:
            self._positions = np.arange(self.array.size).reshape(self.array.shape)[self.index]
        return self._positions

    @property
    def _repeats_an_entry(self) -> bool:
        """Whether the index picks an entry twice."""
        return not is_basic_index(self.index) and bool(np.unique(self.positions).size < self.positions.size)

    def _read_traced_mask(self) -> None:
        """Go on with the plain truth values of a traced mask, which has a guard then."""
        if self._is_traced_mask:
            self.index, self._is_traced_mask = concretize(self.index), False

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
        array = self.array
        if self._is_traced_mask and np.shape(values) == ():
            return replace_where(array, self.index, values)
        self._read_traced_mask()
        if type(values) not in (float, int) or self._repeats_an_entry:
            values = self._broadcast(values, "set")
            if _is_whole(self.index) or (is_complex(values) and not is_complex(array)):
                return _in_dtype_of(array, +values)  # a node of its own, whatever becomes of the values
            if self._repeats_an_entry:
                writer = np.full(array.size, -1)
                writer[self.positions.ravel()] = np.arange(self.positions.size)
                return replace_entries(array, writer.reshape(array.shape), values)
        return apply(find("set_entries"), array, values, index=self.index)  # type: ignore[no-any-return]  # a Tensor

    def add(self, values: Any) -> Tensor:
        """Return a new Tensor with values added; if the index repeats an entry, all of its values are added."""
        self._read_traced_mask()
        values = self._broadcast(values, "add")
        scattered = apply(find("scatter"), values, index=freeze_index(self.index), shape=self.array.shape)
        return _in_dtype_of(self.array, self.array + scattered)

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
        self._read_traced_mask()
        if self._repeats_an_entry:
            raise SettingError(f"t.at[index].{name}() of {self.array.describe()}: the index repeats an entry: pass each once")
        return self.set(function(self.get(), self._broadcast(values, name)))

    def _broadcast(self, values: Any, name: str) -> Tensor:
        """The values in the shape of the entries."""
        values, shape = as_tensor(values, f"t.at[index].{name}()"), self.shape
        while values.ndim > len(shape) and values.shape[0] == 1:  # as in an assignment of NumPy
            values = values[0]
        if values.shape == shape:
            return values  # type: ignore[no-any-return]  # a Tensor
        try:
            return functions.broadcast_to(values, shape)  # type: ignore[no-any-return]  # a Tensor
        except ShapeError:
            raise ShapeError(
                f"t.at[index].{name}() of {self.array.describe()}: values of shape {values.shape} do not fit the entries, whose "
                f"shape is {shape}"
            ) from None


def _is_whole(index: Any) -> bool:
    """Return whether an index picks all entries in their order: dots, or a colon for each of some axes."""
    parts = index if isinstance(index, tuple) else (index,)
    return is_basic_index(index) and all(part is ... or part == slice(None) for part in parts)


def replace_entries(array: Tensor, writer: Any, values: Tensor) -> Tensor:
    """Return an array with some entries replaced.

    Parameters
    ----------
    array : Tensor
        The array.
    writer : array of int
        For each entry the position of the value that replaces it, or -1.
    values : Tensor
        The values, counted in C order.

    Returns
    -------
    Tensor
        In the shape and dtype of the array.

    Examples
    --------
    >>> replace_entries(Tensor([1.0, 2.0, 3.0]), np.array([-1, 1, 0]), Tensor([8.0, 9.0])).data
    array([1., 9., 8.])
    """
    is_replaced = writer >= 0
    if not is_replaced.any():
        return +array  # type: ignore[no-any-return]  # a Tensor
    return _in_dtype_of(array, functions.where(is_replaced, values.ravel()[np.maximum(writer, 0)], array))


def replace_where(array: Tensor, condition: Any, values: Any) -> Tensor:
    """Return an array with the entries replaced at which a condition holds, in its own dtype.

    Parameters
    ----------
    array : Tensor
        The array.
    condition : array of bool
        A condition that broadcasts to the shape of the array. Inside compile() it may be a traced mask.
    values : number, array_like or node
        The values, which broadcast likewise.

    Returns
    -------
    Tensor
        In the shape and dtype of the array.

    Examples
    --------
    >>> replace_where(Tensor([1.0, -2.0]), [False, True], 0.0).data
    array([1., 0.])
    """
    return _in_dtype_of(array, functions.where(condition, values, array))


def _in_dtype_of(array: Tensor, updated: Tensor) -> Tensor:
    """Return the result in the dtype of the array, as an assignment of NumPy has it."""
    return updated if updated.dtype == array.dtype else updated.astype(array.dtype)


Tensor.entries_of = EntriesOf  # here, so that core knows nothing of the functions of this folder
