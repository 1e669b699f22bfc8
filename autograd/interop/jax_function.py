"""to_jax: a function of ours as a function of JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.core.pytree import flatten
from autograd.errors import DataError
from autograd.interop.calls import Array, Call, function_of_arrays
from autograd.interop.recorded_run import make_call
from autograd.interop.requirement import import_library

# The interval of the random numbers at which a function runs when JAX asks for the shapes of its results. Most functions are
# defined there. With twice the width it would have 1, where arccosh, arcsin, arctanh and others begin or end.
LOW, HIGH = 0.25, 0.75


def to_jax(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of JAX of a function of ours.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and nodes that returns nodes or numbers. It must be pure, as JAX requires. Arguments and
        results may be nested containers.

    Returns
    -------
    callable
        Takes arrays of JAX, which ``f`` gets as Tensors of the same type; arrays of whole numbers become NumPy's, and everything
        else stays as it is. Returns arrays of JAX.

    Raises
    ------
    ImportError
        If JAX is not installed.
    DataError
        If ``f`` is not a function; at a call, if numbers are complex, or if shapes of results cannot be found inside ``jit``.
    GraphError
        At a call, if ``f`` uses a node from outside to which gradients flow: none would reach it.

    Notes
    -----
    It is a ``jax.custom_vjp``, which can be differentiated in reverse mode to any order, as by ``jax.jacrev(jax.grad(g))``. JAX
    refuses forward mode (``jvp``, ``jacfwd``, ``hessian``). Inside ``jit`` and ``vmap`` the function runs as a
    ``jax.pure_callback``, on the CPU. JAX then has to know the shapes of the results beforehand: ``f`` runs once at random numbers
    between ¼ and ¾.

    Examples
    --------
    >>> import jax, numpy as np  # doctest: +SKIP
    >>> square = to_jax(lambda x: np.sum(x * x))  # doctest: +SKIP
    >>> jax.jit(jax.grad(square))(jax.numpy.array([1.0, 2.0])).tolist()  # doctest: +SKIP
    [2.0, 4.0]
    """
    if not callable(f):
        raise DataError(f"to_jax() takes a function first, not {describe(f)}")
    jax = import_library("jax", "to_jax()")
    name = f"to_jax({getattr(f, '__name__', type(f).__name__)})"

    def function(*args: Any, **kwargs: Any) -> Any:
        leaves, build = flatten((args, kwargs))
        positions = [k for k, leaf in enumerate(leaves) if isinstance(leaf, jax.Array | np.ndarray | np.generic | float)]
        call, build_result = make_call(name, function_of_arrays(f, leaves, build, positions))
        xs = [jax.numpy.asarray(leaves[k]) for k in positions]
        return build_result(_differentiable(jax, call, lambda: _find_result_types(jax, call, xs))(*xs))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{f!r}, as a function of JAX."
    return function


def _differentiable(jax: Any, call: Call, find_types: Callable[[], Sequence[Any]]) -> Any:
    """Return the function of JAX that runs a call. Its pullback is the same function of another call."""

    def value(*xs: Any) -> Any:
        if not any(isinstance(x, jax.core.Tracer) for x in xs):
            return tuple(map(jax.numpy.asarray, call.start(_to_arrays(xs)).values))
        types = tuple(find_types())

        def run(*arrays: Any) -> Any:
            values = call.start(_to_arrays(arrays)).values
            return tuple(np.asarray(y, like.dtype) for y, like in zip(values, types, strict=True))

        return jax.pure_callback(run, types, *xs, vmap_method="sequential")

    def forward(*xs: Any) -> Any:
        return differentiable(*xs), xs  # itself, so that derivatives of higher order find its rule

    def backward(xs: Any, cotangents: Any) -> Any:
        count = len(cotangents)
        types = [jax.ShapeDtypeStruct(x.shape, x.dtype) if is_float(x) else jax.ShapeDtypeStruct((), np.float32) for x in xs]
        pullback = _differentiable(jax, call.pullback(len(xs), range(count), count), lambda: types)
        return tuple(g if is_float(x) else None for g, x in zip(pullback(*xs, *cotangents), xs, strict=True))

    def is_float(x: Any) -> bool:
        return bool(jax.numpy.issubdtype(x.dtype, jax.numpy.floating))

    differentiable = jax.custom_vjp(value)
    differentiable.defvjp(forward, backward)
    return differentiable


def _to_arrays(xs: Sequence[Any]) -> list[Array]:
    return [np.array(x) for x in xs]


def _find_result_types(jax: Any, call: Call, xs: Sequence[Any]) -> list[Any]:
    """Return the shapes and types of the results, from a run at random numbers."""
    rng = np.random.default_rng(0)
    arrays = [np.asarray(rng.uniform(LOW, HIGH, x.shape) if x.dtype.kind == "f" else np.zeros(x.shape), x.dtype) for x in xs]
    try:
        values = call.run(arrays).values
    except Exception as error:
        raise DataError(
            f"{call.name}: inside jit and vmap, JAX must know the shapes of the results, but at random inputs the function "
            f"raises an error ({error}): call it outside of them"
        ) from error
    return [jax.ShapeDtypeStruct(y.shape, jax.dtypes.canonicalize_dtype(y.dtype)) for y in values]
