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
    """The namespace ``xp`` of functions that a row may call.

    Functions are looked up among the given ones, then among the rows of the table, then in the library.

    Parameters
    ----------
    name : str
        The name, for error messages.
    functions : dict of str to callable
        The functions of this backend.
    library : module, optional
        Where functions without a row are looked up.
    """

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
        """Return the function of another row, computed in this backend."""
        return partial(op.f, self)

    def add_to(self, result: Any, x: Any) -> Any:
        """Return ``result + x``. A row has just made ``result``, in the shape of the sum, so a backend may write to it."""
        return result + x

    def library_function(self, name: str) -> Callable[..., Any]:
        """Return a function that has no row. Raises DefinitionError if the library does not have it."""
        if not hasattr(self._library, name):
            raise DefinitionError(
                f"a row calls xp.{name}, which the backend {self._name} does not have; define() a row of that name"
            )
        function: Callable[..., Any] = getattr(self._library, name)
        return function

    def __repr__(self) -> str:
        return f"<backend {self._name}>"
