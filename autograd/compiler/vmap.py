"""``vmap``: a function of one sample as a function of a batch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.compiler.api import compile
from autograd.core import tracing
from autograd.core.coercion import check_array_kind, describe
from autograd.core.node import Node
from autograd.core.pytree import flatten, flatten_one_level
from autograd.errors import AutogradError, CompileWarning, DataError, SettingError, ShapeError


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0) -> Callable[..., Any]:
    """Make the function of a batch from a function of one sample.

    The function is traced for one sample and computed for all samples at once: each operation has a batching rule. Gradients of
    single samples are ``vmap(grad(loss), in_axes=(None, 0, 0))(params, X, y)``. The new function can be differentiated, and
    ``vmap`` can be nested.

    Parameters
    ----------
    f : callable
        A function of one sample, of arrays, numbers, nodes and nested containers of them.
    in_axes : int, None, or a sequence of these, default 0
        For each positional argument, the axis of the samples; None for an argument that all samples share. An axis stands for all
        arrays of a container. For a container with different axes, write the same container with an axis for each array.
    out_axes : int, None, or a container of these, default 0
        The axis of the samples in the results, in the same way. None for a result that is the same for all samples.

    Returns
    -------
    callable
        Takes the arguments of ``f`` with the axis of the samples added. Keyword arguments are shared by all samples.

    Raises
    ------
    SettingError
        If ``in_axes`` or ``out_axes`` does not fit the arguments or the results.
    ShapeError
        At a call, if an array does not have such an axis, or if arrays have different numbers of samples.
    DataError
        If ``f`` is not callable.

    Warns
    -----
    CompileWarning
        At the first call that cannot be computed at once: if ``f`` branches on numbers of a sample, draws random numbers, takes
        integers, or uses an operation without a batching rule. The samples are then computed one after the other, with the same
        results.

    See Also
    --------
    compile : With ``in_axes``, it also returns the source of the program, and raises an error where vmap warns.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> def loss(w, x, y):
    ...     return (np.dot(w, x) - y) ** 2
    >>> vmap(grad(loss), in_axes=(None, 0, 0))(np.array([1.0, 2.0]), np.eye(2), np.zeros(2))
    array([[2., 0.],
           [0., 4.]])
    """
    if not callable(f):
        raise DataError(f"vmap() takes a function first, not {describe(f)}")
    return _BatchedFunction(f, in_axes, out_axes)


class _BatchedFunction:
    """What ``vmap`` returns: the function, its axes, and a compiled function for each structure of the arguments."""

    def __init__(self, f: Callable[..., Any], in_axes: Any, out_axes: Any) -> None:
        self.f, self.in_axes, self.out_axes = f, in_axes, out_axes
        self.__name__ = f"vmap({getattr(f, '__name__', type(f).__name__)})"
        self._compiled: dict[Any, Any] = {}
        self._has_warned = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the results for all samples."""
        from autograd.compiler.sample_loop import call_for_each_sample  # `import autograd` does not load the compiler

        batch = _Batch(self.in_axes, args)
        results = None if tracing.current_tracer() is not None else self._compute_at_once(batch, kwargs)
        if results is None:
            results = call_for_each_sample(partial(self.f, **kwargs), batch.leaves, batch.is_batched, batch.build)
        return _move_results(results, self.out_axes)

    def _compute_at_once(self, batch: _Batch, kwargs: dict[str, Any]) -> Any:
        """Return the results with the samples along the first axis, or None if they cannot be computed at once."""
        key = batch.structure, tuple(batch.is_batched), repr(sorted(kwargs.items()))
        if key not in self._compiled:
            function = _function_of_leaves(self.f, batch.build, kwargs)
            in_axes = [0 if is_batched else None for is_batched in batch.is_batched]
            self._compiled[key] = compile(function, in_axes=in_axes, tensors=True)
        compiled = self._compiled[key]
        if compiled is None:
            return None
        try:
            return compiled(*batch.leaves)
        except AutogradError as error:  # also one of the function itself, which it raises again for a single sample
            self._compiled[key] = None
            reason = str(error)
        if not self._has_warned:
            self._has_warned = True
            message = f"{self.__name__}: the samples are computed one after the other, since {reason}"
            warnings.warn(message, CompileWarning, stacklevel=4)
        return None


def _function_of_leaves(f: Callable[..., Any], build: Callable[[Sequence[Any]], Any], kwargs: dict[str, Any]) -> Callable[..., Any]:
    def function(*leaves: Any) -> Any:
        return f(*build(leaves), **kwargs)

    return function


class _Batch:
    """The arguments of a call: their leaves with the samples along the first axis.

    Attributes
    ----------
    leaves : list
        Arrays and nodes; anything else as it is.
    is_batched : list of bool
        Whether each leaf has an axis of samples.
    build : callable
        Builds the arguments from as many leaves.
    structure : str
        What the arguments are without their leaves.
    """

    def __init__(self, in_axes: Any, args: Sequence[Any]) -> None:
        axes = _axes_of_leaves(_one_per_argument(in_axes, len(args)), tuple(args), "in_axes")
        leaves, self.build = flatten(tuple(args))
        leaves = [to_numpy(leaf, "vmap()") if is_foreign_array(leaf) else leaf for leaf in leaves]
        for leaf in leaves:
            check_array_kind(leaf, "vmap()")
        self.is_batched = [axis is not None for axis in axes]
        self.leaves = [leaf if axis is None else _move_axis(leaf, axis) for leaf, axis in zip(leaves, axes, strict=True)]
        sizes = [len(leaf) for leaf, axis in zip(self.leaves, axes, strict=True) if axis is not None]
        if not sizes:
            raise SettingError("vmap(): in_axes is None for all arguments, so there are no samples")
        if len(set(sizes)) > 1:
            raise ShapeError(f"vmap(): arrays have different numbers of samples: {_sizes_by_argument(in_axes, args, axes)}")
        if not sizes[0]:
            raise ShapeError("vmap(): there are no samples")
        self.structure = repr(self.build(["*"] * len(leaves)))


def _one_per_argument(in_axes: Any, count: int) -> tuple[Any, ...]:
    if in_axes is None or isinstance(in_axes, int):
        return (in_axes,) * count
    if not isinstance(in_axes, tuple | list) or len(in_axes) != count:
        raise SettingError(f"vmap(): in_axes must be one axis or a tuple with one for each of {count} arguments, not {in_axes!r}")
    return tuple(in_axes)


def _axes_of_leaves(axes: Any, tree: Any, name: str) -> list[int | None]:
    """Return the axis of each leaf of a tree; an axis in place of a container stands for all of its leaves."""
    if axes is None or (isinstance(axes, int) and not isinstance(axes, bool)):
        return [axes] * len(flatten(tree)[0])
    children, unflatten = flatten_one_level(tree)
    parts, _ = flatten_one_level(axes)
    if unflatten is None or type(axes) is not type(tree) or len(parts) != len(children):
        raise SettingError(
            f"vmap(): {name} has {axes!r} where there is {type(tree).__name__}: give an axis, None, or the same container"
        )
    if isinstance(tree, dict):
        if axes.keys() != tree.keys():
            raise SettingError(f"vmap(): {name} has the keys {list(axes)} where there are {list(tree)}")
        parts = [axes[key] for key in tree]
    return [axis for part, child in zip(parts, children, strict=True) for axis in _axes_of_leaves(part, child, name)]


def _move_axis(leaf: Any, axis: int, to: int = 0) -> Any:
    """Return an array or a Tensor with one axis at another place."""
    array: Any = leaf if isinstance(leaf, Node) else np.asarray(leaf)
    rank = np.ndim(array)
    if not -rank <= axis < rank:
        raise ShapeError(f"vmap(): there is no axis {axis} in an array of shape {np.shape(array)}")
    return array if axis % rank == to else np.moveaxis(array, axis, to)


def _sizes_by_argument(in_axes: Any, args: Sequence[Any], axes: Sequence[int | None]) -> str:
    """Return the numbers of samples by argument, for an error message."""
    found, remaining = [], iter(axes)
    for k, arg in enumerate(args):
        for leaf in flatten(arg)[0]:
            axis = next(remaining)
            if axis is not None:
                found.append(f"{np.shape(leaf)[axis]} in argument {k}")
    return ", ".join(dict.fromkeys(found))


def _move_results(results: Any, out_axes: Any) -> Any:
    """Return results whose samples are along the first axis with the axes that are asked for."""
    leaves, build = flatten(results)
    axes = _axes_of_leaves(out_axes, results, "out_axes")
    return build(
        [_shared_result(leaf) if axis is None else _place_axis(leaf, axis) for leaf, axis in zip(leaves, axes, strict=True)]
    )


def _place_axis(leaf: Any, axis: int) -> Any:
    rank = np.ndim(leaf)
    if not -rank <= axis < rank:
        raise ShapeError(f"vmap(): out_axes has axis {axis}, but the result has shape {np.shape(leaf)}")
    return leaf if axis % rank == 0 else np.moveaxis(leaf, 0, axis)


def _shared_result(leaf: Any) -> Any:
    """Return a result that all samples share."""
    numbers = leaf.data if isinstance(leaf, Node) else leaf
    if not np.array_equal(numbers, np.broadcast_to(numbers[:1], np.shape(numbers)), equal_nan=True):
        raise SettingError("vmap(): out_axes is None for a result that is not the same for all samples: give it an axis")
    return leaf[0]
