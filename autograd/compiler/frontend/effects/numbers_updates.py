"""Updates of constant Tensors by a traced function: results of its program, which are written at each call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.effects.random_draws import FreshLeaf
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError


class PresentNumbers(FreshLeaf):
    """A leaf that has the numbers that a constant Tensor has whenever a program reads it.

    Parameters
    ----------
    tensor : Tensor
        The constant Tensor.
    """

    __slots__ = ("tensor",)

    def __init__(self, tensor: Tensor) -> None:
        super().__init__(tensor.numpy(), name=tensor.name or "state")
        self.tensor: Tensor = tensor

    def freeze_data(self) -> Any:
        """Return the present numbers of the Tensor."""
        return self.tensor.freeze_data()


class NumbersUpdate:
    """The function of a guard that always holds: the numbers that it sees belong to a constant Tensor.

    Parameters
    ----------
    tensor : Tensor
        The constant Tensor.
    """

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __call__(self, numbers: Any) -> bool:
        """Return what it returned while the function was traced."""
        return True

    def write(self, numbers: Any) -> None:
        """Give the Tensor its new numbers.

        Parameters
        ----------
        numbers : array
            The numbers. The Tensor gets a copy of them.
        """
        self.tensor.data = numbers


class NumbersUpdates:
    """The updates of one run of a function. The Tensors stay as they are.

    Attributes
    ----------
    new : dict of Tensor to Node
        The Tensors, and their numbers at the end of the run.
    """

    def __init__(self) -> None:
        self.new: dict[Tensor, Any] = {}

    def now(self, tensor: Tensor) -> Any:
        """Return a node for the numbers that a Tensor has by now.

        Parameters
        ----------
        tensor : Tensor
            The constant Tensor.

        Returns
        -------
        Node
            The result of its last update in this run, or a new leaf.
        """
        node = self.new.get(tensor)
        return PresentNumbers(tensor) if node is None else node

    def set(self, tensor: Tensor, numbers: Any) -> None:
        """Note the new numbers of a Tensor.

        Parameters
        ----------
        tensor : Tensor
            The constant Tensor.
        numbers : Node, array or float
            Its new numbers.

        Raises
        ------
        ShapeError
            If they have another shape.
        """
        if np.shape(numbers) != tensor.shape:
            raise ShapeError(
                f"the data of {tensor.describe()} has shape {tensor.shape}; an array of shape {np.shape(numbers)} cannot replace it"
            )
        self.new[tensor] = numbers if isinstance(numbers, Node) else Tensor(numbers)

    @contextlib.contextmanager
    def keep_numbers(self) -> Iterator[None]:
        """Set the Tensors back after a run of the function itself."""
        saved = [(tensor, tensor.numpy()) for tensor in self.new]
        try:
            yield
        finally:
            for tensor, numbers in saved:
                tensor.data = numbers


def write_updates(guards: Sequence[Any], values: Sequence[Any]) -> None:
    """Write the numbers that belong to constant Tensors.

    Parameters
    ----------
    guards : sequence of Guard or ProgramGuard
        All guards of a program.
    values : sequence
        The numbers of all their sources, in order.
    """
    remaining = iter(values)
    for guard in guards:
        numbers = [next(remaining) for _ in guard.sources]
        if isinstance(guard.function, NumbersUpdate):
            guard.function.write(numbers[0])
