"""compile: a function into one that does the same work in a few NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def compile(
    f: Callable[..., Any],
    *,
    in_axes: int | Sequence[int | None] | None = None,
    argnums: int | Sequence[int] = 0,
    exact: bool = False,
    xp: Any = None,
    buffers: bool = False,
    limit: int = 4_000_000,
    tensors: bool = False,
) -> Any:
    """The function ``f``, traced at its first call and raised to a few operations on arrays, forward and backward.

    Arguments are floats, arrays, nodes and nested containers of them; arrays of floats reach ``f`` as object arrays of Values.
    Other arguments are fixed: new ones trace ``f`` anew. Values and Tensors from outside are read afresh at every call, and
    ``backward()`` fills their ``.grad``; names, attributes and short lists are looked at again, but not what arrays hold.

    With ``in_axes`` (0 for what is batched along its first axis, None for what is not) ``f`` is the function of one sample.
    ``exact`` keeps the order of every sum, and every bit; with ``buffers`` the program works in memory that it keeps; ``xp`` is
    another array library, such as jax.numpy; ``limit`` is how many nodes a trace may have; with ``tensors`` arrays reach ``f`` as
    Tensors, in one piece, which makes first calls on large ones quick. ``f`` runs three times at the first call and whenever a
    branch changes, and what it does on the side happens then only. DataError, SettingError and GraphError for what cannot be
    compiled.

    >>> import numpy as np
    >>> squares = compile(lambda x: sum(x[i] * x[i] for i in range(3)))
    >>> squares.value_and_grad(np.array([1.0, 2.0, 3.0]))
    (14.0, array([2., 4., 6.]))
    >>> print(squares.source)
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def value_and_gradients(x):
        s1 = np.vdot(x, x)
        dx = 2.0 * x  # (3,)
        return s1, (dx,)
    <BLANKLINE>
    """
    # Imported here, so that `import autograd` does not load the compiler.
    from autograd.compiler.runtime.compile_options import CompileOptions
    from autograd.compiler.runtime.compiled_function import Compiled

    return Compiled(f, CompileOptions(in_axes, argnums, exact, xp, buffers, limit, tensors))
