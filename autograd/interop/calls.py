"""Calls of a function across libraries: a function of arrays, what one run of it has recorded, and its pullback as such a function.

A run knows its derivatives: it is a graph of PyTorch, of JAX or of ours. The pullback of a call is a call again, of the arrays and
the cotangents, and has a pullback itself. Derivatives of every order are therefore derivatives of the run that gave the value, also
if the function draws random numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.core.pytree import Build
from autograd.errors import GraphError

Array = npt.NDArray[Any]
Arrays = Sequence[Array | None]  # None stands for zero


class Run(ABC):
    """One run of a function at given arrays.

    Parameters
    ----------
    values : list of ndarray
        The results.

    Attributes
    ----------
    values : list of ndarray
        The results.
    """

    def __init__(self, values: list[Array]) -> None:
        self.values = values
        self._last_cotangents: tuple[Arrays, list[Array | None]] | None = None
        self._last_pullback: tuple[Arrays, Run] | None = None

    def pull(self, cotangents: Arrays) -> list[Array | None]:
        """Return the cotangents of the arguments. The last ones are kept, since walks ask for one after the other.

        Parameters
        ----------
        cotangents : sequence of (ndarray or None)
            The cotangent of each result.

        Returns
        -------
        list of (ndarray or None)
        """
        if self._last_cotangents is None or not _are_same(self._last_cotangents[0], cotangents):
            self._last_cotangents = cotangents, self.compute_cotangents(cotangents)
        return self._last_cotangents[1]

    def pullback(self, cotangents: Arrays) -> Run:
        """Return the run of the pullback, a function of the arguments and of those cotangents that are not None. It is kept.

        Parameters
        ----------
        cotangents : sequence of (ndarray or None)
            The cotangent of each result.

        Returns
        -------
        Run
        """
        if self._last_pullback is None or not _are_same(self._last_pullback[0], cotangents):
            self._last_pullback = cotangents, self.record_pullback(cotangents)
        return self._last_pullback[1]

    def push(self, tangents: Arrays) -> list[Array]:
        """Return the tangents of the results, for those of the arguments.

        Parameters
        ----------
        tangents : sequence of (ndarray or None)
            The tangent of each argument.

        Returns
        -------
        list of ndarray

        Notes
        -----
        The pullback is linear in its cotangents, so that its own pullback by them, at any cotangents, is the pushforward. If it has
        none, the Jacobian is computed row by row.
        """
        try:
            pullback = self.record_pullback([np.zeros_like(y) for y in self.values])
            pushed = pullback.compute_cotangents(tangents)[len(tangents) :]
        except GraphError:
            return self._push_by_rows(tangents)
        return [np.zeros_like(y) if t is None else t for t, y in zip(pushed, self.values, strict=True)]

    def _push_by_rows(self, tangents: Arrays) -> list[Array]:
        pushed = [np.zeros_like(y) for y in self.values]
        for k, y in enumerate(self.values):
            for index in np.ndindex(y.shape):
                unit = np.zeros_like(y)
                unit[index] = 1.0
                row = self.compute_cotangents([unit if j == k else None for j in range(len(self.values))])
                pairs = zip(row, tangents, strict=True)
                pushed[k][index] = sum(np.vdot(g, t) for g, t in pairs if g is not None and t is not None)
        return pushed

    @abstractmethod
    def compute_cotangents(self, cotangents: Arrays) -> list[Array | None]:
        """Do what `pull` describes."""

    @abstractmethod
    def record_pullback(self, cotangents: Arrays) -> Run:
        """Do what `pullback` describes."""


class Call:
    """A function of arrays, and the run that was kept.

    Parameters
    ----------
    name : str
        What error messages call it, such as "from_torch(f)".
    evaluate : callable
        Takes the arrays, and returns a `Run`.
    """

    def __init__(self, name: str, evaluate: Callable[[Sequence[Array]], Run]) -> None:
        self.name = name
        self._evaluate = evaluate
        self._kept: tuple[Sequence[Array], Run] | None = None

    def start(self, arrays: Sequence[Array]) -> Run:
        """Run the function, and keep the run.

        Parameters
        ----------
        arrays : sequence of ndarray

        Returns
        -------
        Run
        """
        run = self._evaluate(arrays)
        self.keep(arrays, run)
        return run

    def keep(self, arrays: Sequence[Array], run: Run) -> None:
        """Keep a run, for the derivatives at these arrays.

        Parameters
        ----------
        arrays : sequence of ndarray
        run : Run
        """
        self._kept = arrays, run

    def run(self, arrays: Sequence[Array]) -> Run:
        """Return the run that was kept if the arrays are those of it, else a new one.

        Parameters
        ----------
        arrays : sequence of ndarray

        Returns
        -------
        Run
        """
        is_kept = self._kept is not None and _are_same(self._kept[0], arrays)
        return self._kept[1] if self._kept is not None and is_kept else self._evaluate(arrays)

    def pullback(self, arity: int, outputs: Sequence[int], count: int) -> Call:
        """Return the call of the pullback.

        Parameters
        ----------
        arity : int
            The number of arrays that this call takes.
        outputs : sequence of int
            The results that have cotangents.
        count : int
            The number of results.

        Returns
        -------
        Call
            Takes the arrays and the cotangents of ``outputs``, and returns the cotangents of the arrays.
        """

        def evaluate(arrays: Sequence[Array]) -> Run:
            cotangents: list[Array | None] = [None] * count
            for k, cotangent in zip(outputs, arrays[arity:], strict=True):
                cotangents[k] = cotangent
            return self.run(arrays[:arity]).pullback(cotangents)

        return Call(self.name, evaluate)

    def __repr__(self) -> str:
        return f"<call of {self.name}>"

    def __reduce__(self) -> Any:
        raise GraphError(f"a result of {self.name} cannot be pickled with its history: pickle y.detach(), or the parameters")


def function_of_arrays(f: Callable[..., Any], leaves: Sequence[Any], build: Build, positions: Sequence[int]) -> Callable[..., Any]:
    """Return ``f`` as a function of some leaves of its arguments.

    Parameters
    ----------
    f : callable
    leaves : sequence
        The leaves of the pair of its positional and keyword arguments.
    build : callable
        Builds that pair.
    positions : sequence of int
        The leaves that the new function takes.

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd.core.pytree import flatten
    >>> leaves, build = flatten(((1.0, [2.0]), {"c": 3.0}))
    >>> function_of_arrays(lambda a, b, c: (a, b, c), leaves, build, [1])(20.0)
    (1.0, [20.0], 3.0)
    """
    fixed = list(leaves)
    for k in positions:
        fixed[k] = None  # a graph of another library must not keep the arguments alive

    def function(*arrays: Any) -> Any:
        filled = list(fixed)
        for k, array in zip(positions, arrays, strict=True):
            filled[k] = array
        args, kwargs = build(filled)
        return f(*args, **kwargs)

    return function


def _are_same(xs: Arrays, ys: Arrays) -> bool:
    return len(xs) == len(ys) and all(map(_is_same, xs, ys))


def _is_same(x: Array | None, y: Array | None) -> bool:
    """Whether two arrays are one, or have the same numbers: copies are made on the way."""
    if x is y:
        return True
    if x is None or y is None:
        return False
    return np.shape(x) == np.shape(y) and np.result_type(x) == np.result_type(y) and np.array_equal(x, y, equal_nan=True)
