"""Which of NumPy's functions work on nodes, as a page for readers.

``python -m autograd.numpy_api.support_table > docs/numpy.md`` makes the page of the documentation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.numpy_api.composed.registry import ASSIGNMENTS, COMPOSED, COMPOSED_UFUNCS, REARRANGEMENTS
from autograd.numpy_api.composed.ufunc_methods import REDUCTIONS
from autograd.numpy_api.dispatch import ALIASES, QUERY_UFUNCS
from autograd.numpy_api.functions import FUNCTIONS
from autograd.numpy_api.handlers import HANDLERS, NUMBER_QUERIES, SHAPE_QUERIES
from autograd.numpy_api.unsupported import get_qualified_name
from autograd.ops import TABLE, Elementwise

HEAD = """# NumPy's functions on Values and Tensors

Made by `python -m autograd.numpy_api.support_table`. These functions, called on nodes, record derivatives of any order, in both
modes. Every other function of NumPy raises a TypeError that names it and the nearest thing that works. A Tensor has the methods and
attributes of `ndarray`, too. `reduce`, `accumulate`, `reduceat` and `outer` are methods of every ufunc of two arguments. Reductions
take `where`, `initial` and `dtype`.

## Assignments

The result of an operation may be assigned to, as in `y = 2 * x; y[0] = x[1]` or `y -= y.mean()`, and so may `np.zeros_like(x)` and
`x.copy()`. It may be the `out=` of a function, and `np.add.at`, `np.copyto` and the like write to it. What was computed with it
before keeps the earlier entries, and gradients flow to both.

NumPy's own `np.zeros(3)` and `np.array([…])` cannot hold a Tensor; `autograd.zeros`, `autograd.ones`, `autograd.full` and
`autograd.array` can. Some assignments are refused with the next step:

- A leaf, such as the argument of the function, is no result: change a copy of it.
- A view, such as `y[0]` or `y.T`, is not assigned to, since NumPy would change `y`: write `y[0, 1] = x` in place of `y[0][1] = x`.
- In `no_grad()` a result would become a constant, and in a hook the backward pass may need it: change a copy of it.

Three things differ from NumPy. Views that were taken before an assignment keep the earlier entries. `x += v` on a leaf or on a
single number makes a new one, as on a float, so that other names of `x`, such as those of a caller, keep the old numbers. A
function that writes to the array that it also reads, as in `np.place(y, mask, y)`, reads the numbers from before.
`t.at[index].set(x)`, with `add`, `multiply` and others, returns a new Tensor instead.

```python
import numpy as np
import autograd
from autograd import grad


def path_length(angles):
    points = autograd.zeros((4, 2))
    for i in range(3):
        points[i + 1] = points[i] + autograd.array([np.cos(angles[i]), np.sin(angles[i])])
    points[1:] += 0.5
    return np.hypot(*(points[3] - points[0]))


def largest_at_one(x):
    y = np.exp(x)
    y /= y.max()
    y[y < 0.5] = 0.0
    return y.sum()


print(grad(path_length)(np.array([0.0, 0.5, 1.0])).round(6))
print(grad(largest_at_one)(np.array([0.0, 0.5, 1.0])).round(6))
print(grad(lambda x: np.ones(3) @ autograd.Tensor([1.0, 2.0, 3.0]).at[1:].multiply(x))(2.0))
```

```text
[ 0.529417  0.057881 -0.427826]
[ 0.        0.606531 -0.606531]
5.0
```
"""


def get_sections() -> dict[str, list[str]]:
    """Return the names of NumPy's functions that work on nodes, by section of the page.

    Examples
    --------
    >>> "np.exp" in get_sections()["Entry by entry"]
    True
    """
    queries = {get_qualified_name(f) for f in (*NUMBER_QUERIES, *SHAPE_QUERIES)}
    composed = {get_qualified_name(f) for f in COMPOSED}
    assignments = {get_qualified_name(f) for f in ASSIGNMENTS}
    rearrangements = {get_qualified_name(f) for f in REARRANGEMENTS}
    of_arrays = {f"np.{name}" for name in ("matmul", "vecdot", "matvec", "vecmat") if hasattr(np, name)}
    products = {get_qualified_name(f) for f in HANDLERS} | of_arrays
    return {
        "Entry by entry": sorted(
            {f"np.{name}" for name in (*_get_row_ufuncs(), *COMPOSED_UFUNCS) if hasattr(np, name)} - of_arrays
        ),
        "Reductions and products": sorted(products - queries - composed - rearrangements - assignments),
        "Methods of ufuncs": [
            *(f"np.{name}.reduce" for name in REDUCTIONS),
            *(f"np.add.{method}" for method in ("accumulate", "reduceat", "outer")),
            "np.multiply.outer",
        ],
        "Rearranging entries": sorted(rearrangements),
        "Composed of others": sorted(composed),
        "Writing to an array, and arrays to be written to": sorted(assignments),
        "Asking about the numbers (plain answers)": sorted(queries | {f"np.{name}" for name in QUERY_UFUNCS}),
    }


def _get_row_ufuncs() -> dict[str, Any]:
    """Return the ufuncs that are rows with a public name, by every name that NumPy has for them."""
    rows = {op.name for op in TABLE.values() if isinstance(op, Elementwise) and op.name in FUNCTIONS}
    ufuncs = {name: getattr(np, name) for name in dir(np) if isinstance(getattr(np, name), np.ufunc)}
    return {name: f for name, f in ufuncs.items() if ALIASES.get(f.__name__, f.__name__) in rows}


def make_page() -> str:
    """Return the whole page, as Markdown."""
    lines = [HEAD]
    for title, names in get_sections().items():
        lines += [f"## {title}", "", ", ".join(f"`{name}`" for name in names), ""]
    return "\n".join(lines)


if __name__ == "__main__":  # pragma: no cover - what the command in the docs runs
    print(make_page(), end="")
