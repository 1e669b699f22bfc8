"""to_torch: a function of ours as a function of PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import to_numpy
from autograd.core.coercion import describe
from autograd.core.pytree import flatten
from autograd.errors import DataError
from autograd.interop.calls import Array, Call, function_of_arrays
from autograd.interop.recorded_run import make_call
from autograd.interop.requirement import import_library


def to_torch(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of PyTorch of a function of ours.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and nodes that returns nodes or numbers. Arguments and results may be nested containers.

    Returns
    -------
    callable
        Takes tensors, which ``f`` gets as Tensors of the same type; tensors of whole numbers become arrays, and everything else
        stays as it is. Returns tensors, to which PyTorch's graph leads.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    DataError
        If ``f`` is not a function; at a call, if a tensor is on another device than the CPU, or if numbers are complex.
    GraphError
        At a call, if ``f`` uses a node from outside to which gradients flow: none would reach it.

    Notes
    -----
    It is a ``torch.autograd.Function``, which can be differentiated in reverse and in forward mode and to any order, and works
    inside ``torch.func.grad``, ``vmap``, ``jacrev`` and ``hessian``. ``f`` runs once at each call, and inside ``vmap`` once for
    each sample.

    Examples
    --------
    >>> import numpy as np, torch  # doctest: +SKIP
    >>> square = to_torch(lambda x: np.sum(x * x))  # doctest: +SKIP
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)  # doctest: +SKIP
    >>> square(x).backward(); x.grad  # doctest: +SKIP
    tensor([2., 4.])
    """
    if not callable(f):
        raise DataError(f"to_torch() takes a function first, not {describe(f)}")
    torch = import_library("torch", "to_torch()")
    name = f"to_torch({getattr(f, '__name__', type(f).__name__)})"

    def function(*args: Any, **kwargs: Any) -> Any:
        leaves, build = flatten((args, kwargs))
        positions = [k for k, leaf in enumerate(leaves) if isinstance(leaf, torch.Tensor)]
        call, build_result = make_call(name, function_of_arrays(f, leaves, build, positions))
        return build_result(_function_class().apply(call, *(leaves[k] for k in positions)))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{f!r}, as a function of PyTorch."
    return function


@cache
def _function_class() -> Any:
    """Return the subclass of ``torch.autograd.Function``, which is made when PyTorch is needed first."""
    base: Any = import_library("torch", "to_torch()").autograd.Function

    class RecordedFunction(base):  # type: ignore[misc]  # a class of an optional library
        """A call and its tensors: the results of the call. Its pullback is the same function of another call."""

        @staticmethod
        def forward(call: Call, *tensors: Any) -> Any:
            return tuple(map(_to_tensor, call.start(_to_arrays(call, tensors)).values))

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, outputs: Any) -> None:
            ctx.call, *tensors = inputs
            ctx.result_types = [(y.shape, y.dtype) for y in outputs]
            ctx.save_for_backward(*tensors)
            ctx.save_for_forward(*tensors)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            return None, *_pull_back(ctx, cotangents)

        @staticmethod
        def jvp(ctx: Any, _: None, *tangents: Any) -> Any:
            return _push_forward(ctx, tangents)

        @staticmethod
        def vmap(info: Any, in_dims: Any, call: Call, *tensors: Any) -> Any:
            return _map_over_samples(info.batch_size, in_dims[1:], call, tensors)

    return RecordedFunction


def _to_arrays(call: Call, tensors: Sequence[Any]) -> list[Array]:
    """Return copies of tensors as arrays, since PyTorch may write to its own."""
    return [np.array(to_numpy(x.detach(), call.name)) for x in tensors]


def _to_tensor(array: Array) -> Any:
    """Return a tensor with a copy of an array."""
    return import_library("torch", "to_torch()").from_numpy(np.array(array))


def _pull_back(ctx: Any, cotangents: Sequence[Any]) -> list[Any]:
    """Return the cotangents of the arguments, as results of PyTorch's graph if it is recorded."""
    torch = import_library("torch", "to_torch()")
    call, tensors = ctx.call, ctx.saved_tensors
    if torch.is_grad_enabled():
        results = range(len(cotangents))
        pulled = _function_class().apply(call.pullback(len(tensors), results, len(results)), *tensors, *cotangents)
    else:
        arrays = call.run(_to_arrays(call, tensors)).pull(_to_arrays(call, cotangents))
        pulled = [None if g is None else _to_tensor(g) for g in arrays]
    return [g if x.is_floating_point() else None for g, x in zip(pulled, tensors, strict=True)]


def _push_forward(ctx: Any, tangents: Sequence[Any]) -> Any:
    """Return the tangents of the results.

    The pullback is linear in its cotangents u, so that its own pullback by u, at any u, is the pushforward.
    """
    torch = import_library("torch", "to_torch()")
    tensors, count = ctx.saved_tensors, len(ctx.result_types)
    us = [torch.zeros(shape, dtype=dtype) for shape, dtype in ctx.result_types]
    moving = [k for k, t in enumerate(tangents) if t is not None and t.is_floating_point()]
    pullback = ctx.call.pullback(len(tensors), range(count), count)
    pushforward = pullback.pullback(len(tensors) + count, moving, len(tensors))
    return _function_class().apply(pushforward, *tensors, *us, *(tangents[k] for k in moving))[len(tensors) :]


def _map_over_samples(count: int, batch_axes: Sequence[int | None], call: Call, tensors: Sequence[Any]) -> Any:
    """Apply a call to each sample of a batch, and stack the results. A tensor without a batch axis is the same for all."""
    torch = import_library("torch", "to_torch()")
    samples = []
    for b in range(count):
        sample = [x if axis is None else x.select(axis, b) for x, axis in zip(tensors, batch_axes, strict=True)]
        samples.append(_function_class().apply(call, *sample))
    return tuple(torch.stack(parts) for parts in zip(*samples, strict=True)), (0,) * len(samples[0])
