"""Which of NumPy's functions work on nodes, as a page for readers.

``python -m autograd.numpy_api.support_table > docs/numpy.md`` makes the page in the documentation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.numpy_api import functions
from autograd.numpy_api.composed_functions import COMPOSED, COMPOSED_UFUNCS, MOVING
from autograd.numpy_api.dispatch import ALIASES, HANDLED, LOOKERS, LOOKING, REDUCTIONS, SHAPELY, full_name
from autograd.ops import TABLE, Elementwise

HEAD = """# NumPy's functions on Values and Tensors

Made by `python -m autograd.numpy_api.support_table`. These functions, called on nodes, record derivatives of any order, in both
modes. Every other function of NumPy raises a TypeError that names it and the nearest thing that works; so do `out=` and in-place
operations on recorded numbers.
"""


def sections() -> dict[str, list[str]]:
    """The names of NumPy's functions by the way in which they work.

    >>> "np.exp" in sections()["Entry by entry"]
    True
    """
    given = {full_name(f) for f in (*MOVING, *COMPOSED, *LOOKERS, *SHAPELY)}
    rows = [f"np.{name}" for name, f in _ufuncs().items()]
    return {
        "Entry by entry": sorted({*rows, *(f"np.{name}" for name in COMPOSED_UFUNCS)}),
        "Reductions and products": sorted({*(full_name(f) for f in HANDLED), "np.matmul"} - given),
        "Methods of ufuncs": [*(f"np.{name}.reduce" for name in REDUCTIONS), "np.add.accumulate", "np.multiply.outer"],
        "Moving entries about": sorted({full_name(f) for f in MOVING}),
        "Composed of others": sorted({full_name(f) for f in COMPOSED}),
        "Asking about the numbers (plain answers)": sorted(
            {full_name(f) for f in (*LOOKERS, *SHAPELY)} | {f"np.{name}" for name in LOOKING}
        ),
    }


def _ufuncs() -> dict[str, Any]:
    """The ufuncs that are rows of ours, by every name NumPy has for them."""
    ours = {op.name for op in TABLE.values() if isinstance(op, Elementwise) and hasattr(functions, op.name)}
    found = {name: getattr(np, name) for name in dir(np) if isinstance(getattr(np, name), np.ufunc)}
    return {name: f for name, f in found.items() if ALIASES.get(f.__name__, f.__name__) in ours}


def text() -> str:
    """The whole page."""
    lines = [HEAD]
    for title, names in sections().items():
        lines += [f"## {title}", "", ", ".join(f"`{name}`" for name in names), ""]
    return "\n".join(lines)


if __name__ == "__main__":  # pragma: no cover - what the command in the docs runs
    print(text(), end="")
