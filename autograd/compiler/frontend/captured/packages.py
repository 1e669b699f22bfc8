"""Packages: which of them are libraries, whose code and objects are not walked."""

from __future__ import annotations

import functools
import sys
from typing import Any

LIBRARY_PACKAGES = frozenset({"autograd", "numpy", "scipy"}) | (sys.stdlib_module_names - {"__main__"})


def package_of(x: Any) -> str:
    """Return the name of the top-level package in which a function or class is defined.

    Parameters
    ----------
    x : function or type
        The function or class.

    Returns
    -------
    str
        The name, or "" if it has no module.
    """
    return (getattr(x, "__module__", None) or "").partition(".")[0]


def is_of_nn(x: Any) -> bool:
    """Return whether a function or class is one of ``nn``.

    Parameters
    ----------
    x : function or type
        The function or class.

    Returns
    -------
    bool
        Whether it is defined there.
    """
    return package_of(x) == "nn"


@functools.cache
def is_installed(package: str) -> bool:
    """Return whether a package was installed from an index, rather than being what somebody is working on.

    Parameters
    ----------
    package : str
        The name of an imported package.

    Returns
    -------
    bool
        Whether its files are in a directory of installed packages.
    """
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file
