"""Scopes named after modules: which module of a network an operation belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from autograd import scope


class ModuleScopes:
    """The scopes of the modules of one network.

    Parameters
    ----------
    paths : dict
        The path of each module, by its identity.
    """

    def __init__(self, paths: dict[int, str]) -> None:
        self.paths = paths
        self.current: str = ""  # the path of the module whose forward() is running

    @contextmanager
    def enter(self, module: int) -> Iterator[None]:
        """Open the scope of a module: its path without that of the module which calls it.

        Parameters
        ----------
        module : int
            The identity of the module.
        """
        outer, path = self.current, self.paths[module]
        self.current = path
        try:
            with scope(path.removeprefix(outer + ".").replace(".", "/")):
                yield
        finally:
            self.current = outer


active_scopes: ContextVar[ModuleScopes | None] = ContextVar("active_scopes", default=None)
