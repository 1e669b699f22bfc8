"""``compile``: the public entry point of the compiler."""

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
    """Compile a function of scalars or arrays into a few NumPy calls, forward and backward.

    The function is traced at its first call: it runs on nodes, and the scalar operations that it computes become array operations.
    Later calls run the resulting program.

    Parameters
    ----------
    f : callable
        The function. It may use ``Value``, ``Tensor``, the functions of ``autograd`` and those of NumPy. It must return a node or a
        nested container with at least one node.
    in_axes : int, sequence of (0 or None), or None, default None
        With ``in_axes``, ``f`` is the function of one sample: 0 for an argument that is batched along its first axis, None for one
        that all samples share. One int stands for all arguments.
    argnums : int or sequence of int, default 0
        The positional arguments by which ``value_and_grad`` differentiates.
    exact : bool, default False
        If True, keep the order of every sum and every bit of the result, at the cost of speed: the graph is replayed node by node.
    xp : module, optional
        An array library other than NumPy for the program, such as ``jax.numpy``.
    buffers : bool, default False
        If True, the program reuses its memory from call to call.
    limit : int, default 4_000_000
        How many nodes a trace may have.
    tensors : bool, default False
        If False, arrays of floats reach ``f`` as object arrays of Values. If True they reach it as Tensors, which makes the first
        call on large arrays much quicker.

    Returns
    -------
    Compiled
        A callable with the signature of ``f``. It also has ``value_and_grad``, ``jvp``, ``hvp``, ``source``, ``report`` and
        ``export``.

    Raises
    ------
    DataError, SettingError
        If ``f`` or a setting is not valid.
    GraphError
        At a call, if ``f`` cannot be compiled.

    Notes
    -----
    Arguments may be floats, arrays of floats, nodes, and nested containers of them. All other arguments are static: another value
    is traced anew.

    Values and Tensors that ``f`` captures are read at every call, and ``backward()`` fills their ``.grad``. Whether other things
    that ``f`` reads have changed is checked at every call as well: names, attributes, and short lists, but not the contents of
    arrays and of long lists. If something has changed, or if a branch of ``f`` would go another way, ``f`` is traced anew.

    A trace runs ``f`` three times. Side effects of ``f``, such as printing, happen only then.

    Examples
    --------
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
    from autograd.compiler.compile_options import CompileOptions
    from autograd.compiler.runtime.compiled_function import Compiled

    return Compiled(f, CompileOptions(in_axes, argnums, exact, xp, buffers, limit, tensors))
