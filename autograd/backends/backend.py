"""What a backend is: the functions that a row may call on ``xp``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from autograd.errors import DefinitionError
from autograd.ops import TABLE, Op

IGNORE_FLOAT_ERRORS: dict[str, Any] = {"all": "ignore"}
MATH_ERRORS = (ArithmeticError, ValueError)


class Backend:
    """The functions a row may call on ``xp``: the given ones, then the other rows, then those of the library below."""

    def __init__(self, name: str, functions: dict[str, Any], library: Any = None) -> None:
        self.__dict__.update(functions)
        self._name = name
        self._library = library

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        function = self.row(TABLE[name]) if name in TABLE else self.library_function(name)
        setattr(self, name, function)
        return function

    def row(self, op: Op) -> Callable[..., Any]:
        """Another row, computed in this backend."""
        return partial(op.f, self)

    def library_function(self, name: str) -> Callable[..., Any]:
        """A function that has no row."""
        if not hasattr(self._library, name):
            raise DefinitionError(
                f"a row asks for xp.{name}, which the backend {self._name} does not have; define() a row of that name"
            )
        function: Callable[..., Any] = getattr(self._library, name)
        return function

    def __repr__(self) -> str:
        return f"<backend {self._name}>"
