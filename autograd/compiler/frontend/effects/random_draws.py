"""Random draws of a traced function: inputs of its program, for which numbers are drawn at each call."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor


class FreshLeaf(Tensor):
    """A leaf that a traced function makes, and whose numbers are read anew by each call of its program."""

    __slots__ = ()

    @classmethod
    def leaf(cls, data: Any) -> Tensor:
        """Return another leaf, whose numbers stay."""
        return Tensor(data)


class Draw(FreshLeaf):
    """A leaf whose numbers are drawn from a random generator whenever a program reads it.

    Parameters
    ----------
    generator : numpy.random.Generator
        The generator.
    method : str
        The name of its method.
    args : sequence
        The arguments of the method.
    numbers : float or array
        What was drawn while the function was traced.

    Attributes
    ----------
    is_fixed : bool
        Whether programs read the numbers of the trace: while they are compared with it.
    """

    __slots__ = ("args_of_method", "generator", "is_fixed", "method")

    def __init__(self, generator: Any, method: str, args: Sequence[Any], numbers: Any) -> None:
        super().__init__(np.asarray(numbers, dtype=float), name="noise")
        self.generator: Any = generator
        self.method: str = method
        self.args_of_method: tuple[Any, ...] = tuple(args)
        self.is_fixed: bool = True

    def freeze_data(self) -> Any:
        """Return new numbers, or those of the trace while they are fixed."""
        if self.is_fixed:
            return super().freeze_data()
        return np.asarray(getattr(self.generator, self.method)(*self.args_of_method), dtype=float)


class RandomDraws:
    """The draws of one run of a function, made from copies of its generators, which stay as they are.

    Attributes
    ----------
    leaves : list of Draw
        The draws, in order.
    """

    def __init__(self) -> None:
        self.leaves: list[Draw] = []
        self._generators: dict[int, tuple[Any, Any]] = {}  # each generator and its copy

    def add(self, generator: Any, method: str, args: Sequence[Any]) -> Draw:
        """Draw, and return the leaf.

        Parameters
        ----------
        generator, method, args
            As for :class:`Draw`.

        Returns
        -------
        Draw
            The leaf.
        """
        _, twin = self._generators.setdefault(id(generator), (generator, copy.deepcopy(generator)))
        self.leaves.append(Draw(generator, method, args, getattr(twin, method)(*args)))
        return self.leaves[-1]

    def release(self) -> None:
        """Let programs draw new numbers from now on."""
        for leaf in self.leaves:
            leaf.is_fixed = False

    @contextlib.contextmanager
    def keep_generators(self) -> Iterator[None]:
        """Set the generators back after a run of the function itself, which draws the numbers of the trace again."""
        states = [(generator, generator.bit_generator.state) for generator, _ in self._generators.values()]
        try:
            yield
        finally:
            for generator, state in states:
                generator.bit_generator.state = state
