"""What users can see of a compiled function: how often it was traced, and the program of its last call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.compiler.runtime.compile_report import Summary
from autograd.compiler.runtime.dispatcher import Dispatcher
from autograd.compiler.runtime.picture_groups import PictureGroups
from autograd.core.coercion import describe
from autograd.errors import DataError


class ProgramInspection:
    """The part of a compiled function that describes its program.

    Parameters
    ----------
    f : callable
        The function.
    dispatcher : Dispatcher
        What runs it.
    """

    def __init__(self, f: Callable[..., Any], dispatcher: Dispatcher) -> None:
        self.f = f
        self._dispatcher = dispatcher
        self.__name__: str = dispatcher.name
        self.__doc__ = f.__doc__

    @property
    def traces(self) -> int:
        """How many times the function was traced."""
        return self._dispatcher.traces

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}, traced {self.traces} time{'s' * (self.traces != 1)}>"

    @property
    def source(self) -> str:
        """The program of the last call, as Python source.

        Raises
        ------
        GraphError
            If there has been no call, or if the graph is replayed.
        """
        return self._dispatcher.last_program().function.source.module  # type: ignore[no-any-return]

    def report(self) -> Summary:
        """Describe the program of the last call.

        Returns
        -------
        Summary
            What became of each group of nodes, and the numbers of nodes, flops and bytes.

        Raises
        ------
        GraphError
            If there has been no call.
        """
        return self._dispatcher.last_program().report(self.__name__)

    def export(self, path: str | Path) -> Path:
        """Write the program of the last call, with its constants, as a Python file that needs NumPy only.

        Parameters
        ----------
        path : str or Path
            Where to write.

        Returns
        -------
        Path
            The path.

        Raises
        ------
        DataError
            If ``path`` is not a path.
        GraphError
            If there has been no call, or if the graph is replayed.

        Examples
        --------
        >>> import tempfile
        >>> from autograd import compile
        >>> twice = compile(lambda x: 2.0 * x); twice(1.0)
        2.0
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     twice.export(folder + "/twice.py").name
        'twice.py'
        """
        if not isinstance(path, str | Path):
            raise DataError(f"export() of {self.__name__} takes a path, as in export('step.py'), not {describe(path)}")
        return self._dispatcher.last_program().export(self.__name__, Path(path))

    @property
    def program(self) -> Callable[..., Any]:
        """The program of the last call, as a pure function of its inputs in the order of ``source``, with its constants filled in.

        With ``xp=jax.numpy`` this is what ``jax.jit`` takes: ``jax.jit(step.program)(*step.inputs)``.
        """
        return self._dispatcher.last_program().function.pure  # type: ignore[no-any-return]

    @property
    def inputs(self) -> list[Any]:
        """The inputs of ``program``: what parameters hold now, and the arguments of the last call."""
        return self._dispatcher.last_program().inputs

    def graph(self) -> PictureGroups:
        """Trace the last call again, for a picture.

        Returns
        -------
        PictureGroups
            The scalar graph, the gradients of its leaves, and the groups that the program has.

        Raises
        ------
        GraphError
            If there has been no call.
        """
        return self._dispatcher.last_program().graph(self.f, self._dispatcher.options.limit)
