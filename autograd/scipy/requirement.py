"""SciPy, which is an optional extra."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def import_scipy(module: str) -> Any:
    """Return a module of SciPy.

    Parameters
    ----------
    module : str
        Such as "special".

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> import_scipy("special").__name__
    'scipy.special'
    """
    try:
        return import_module(f"scipy.{module}")
    except ImportError as error:
        raise ImportError(f"autograd.scipy needs SciPy ({error}): install the extra with pip install 'gradlab[scipy]'") from None
