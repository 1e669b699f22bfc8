"""Error texts for functions of NumPy that have no derivative here."""

from __future__ import annotations

from typing import Any

from autograd.numpy_api.composed.registry import COMPOSED_UFUNCS
from autograd.numpy_api.handlers import HANDLERS
from autograd.ops import TABLE

# What to write instead, if no function of a similar name helps.
ALTERNATIVES = {
    "matrix_rank": "np.linalg.svdvals works, and counts of the numbers in t.data have no derivative",
    **dict.fromkeys(
        ("histogram", "histogram2d", "histogramdd", "histogram_bin_edges"),
        "counts have no derivative, and np.bincount with weights=t has one",
    ),
    **dict.fromkeys(
        (
            "unique",
            "unique_values",
            "unique_all",
            "unique_counts",
            "unique_inverse",
            "union1d",
            "intersect1d",
            "setdiff1d",
            "setxor1d",
        ),
        "np.sort works, and t[index] with plain integers picks entries",
    ),
}


def get_qualified_name(function: Any) -> str:
    """Return a function of NumPy's name as users write it.

    Examples
    --------
    >>> import numpy as np
    >>> get_qualified_name(np.linalg.svd)
    'np.linalg.svd'
    """
    return f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"


def describe_ufunc_call(ufunc: Any, method: str, kwargs: dict[str, Any]) -> str:
    """Return a call of a ufunc as users write it.

    Examples
    --------
    >>> import numpy as np
    >>> describe_ufunc_call(np.add, "reduceat", {"axis": 0})
    'np.add.reduceat with axis='
    """
    name = f"np.{ufunc.__name__}" if method == "__call__" else f"np.{ufunc.__name__}.{method}"
    return f"{name} with {', '.join(kwargs)}=" if kwargs else name


def suggest_alternative(name: str) -> str:
    """Return what to do instead of calling a function that has no row.

    Parameters
    ----------
    name : str
        The name of the function, without a module.

    Returns
    -------
    str
        The end of an error message: another function, and how to define this one.

    Examples
    --------
    >>> suggest_alternative("matrix_rank").partition(";")[0]
    'np.linalg.svdvals works, and counts of the numbers in t.data have no derivative'
    """
    import difflib  # here, since only errors need it

    hint = ALTERNATIVES.get(name)
    if hint is None:
        names = [*TABLE, *COMPOSED_UFUNCS, *(function.__name__ for function in HANDLERS)]
        similar = difflib.get_close_matches(name, names, n=1)
        hint = f"the most similar name that works is {similar[0]}" if similar else None
    ending = f"define({name!r}, …) gives it one, and t.data gives the numbers without derivatives"
    return f"{hint}; {ending}" if hint else ending
