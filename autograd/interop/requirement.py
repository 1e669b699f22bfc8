"""The libraries of others, which are optional extras and loaded at the first call that needs them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def import_library(name: str, call: str) -> Any:
    """Return a module of another library.

    Parameters
    ----------
    name : str
        The module, which is called like the extra that installs it.
    call : str
        The call that needs it.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If it is not installed.

    Examples
    --------
    >>> import_library("numpy", "f()").__name__
    'numpy'
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"{call} needs {name} ({error}): install the extra with pip install 'gradlab[{name}]'") from None
