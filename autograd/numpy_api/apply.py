"""Operations on anything: numbers, arrays, nodes, and lists of them; recorded if a node takes part, else computed at once."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

import numpy as np

from autograd.backends.float_backend import evaluate
from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.coercion import to_array, to_float
from autograd.core.node import Node
from autograd.core.operators import apply, scalar_method_names
from autograd.core.tensor import Tensor
from autograd.core.tracing import TracedBase, TracedDataBase, TracedMaskBase
from autograd.core.value import Value
from autograd.ops import Op, find
from autograd.state import context

ONLY_TENSORS = frozenset({Tensor})
SCALARS = frozenset({Value, float})
METHOD_NAMES = scalar_method_names()


def has_nodes(x: Any) -> bool:
    """Return whether ``x`` is a node, or a nested list, tuple or object array that holds one.

    Examples
    --------
    >>> has_nodes([1.0, [Value(2.0)]])
    True
    """
    if isinstance(x, list | tuple) or (isinstance(x, np.ndarray) and x.dtype == object and x.ndim):
        return any(has_nodes(part) for part in x)
    return isinstance(x, Node)


def keep_reduced_axes(shape: Sequence[int], axes: Container[int]) -> tuple[int, ...]:
    """Return the shape of a reduction with ``keepdims``: the reduced axes have length 1.

    Examples
    --------
    >>> keep_reduced_axes((2, 3, 4), (0, 2))
    (1, 3, 1)
    """
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def to_operand(x: Any, call: str) -> Any:
    """Convert an argument to something that an operation can be applied to.

    Parameters
    ----------
    x : Any
    call : str
        What the user has called, for error messages.

    Returns
    -------
    Node, number or array
        Lists, tuples and object arrays become one Tensor if they hold nodes, else an array. Arrays of other libraries become
        NumPy's. Everything else comes back as it is.

    Raises
    ------
    DataError
        If a list, tuple or object array holds something other than real numbers and nodes.

    Examples
    --------
    >>> to_operand([Value(1.0), 2.0], "f()").shape
    (2,)
    """
    if isinstance(x, Node | float | int):
        return x
    is_object_array = isinstance(x, np.ndarray) and x.dtype == object
    if not is_object_array and not isinstance(x, list | tuple):
        if isinstance(x, TracedMaskBase):
            return x.to_node()
        return to_numpy(x, call) if is_foreign_array(x) else x
    if not has_nodes(x):
        return to_array(x, call)
    if is_object_array and x.ndim > 1:
        flat = _stack_parts(x.ravel(), call)
        return flat.reshape(x.shape + flat.shape[1:])
    return _stack_parts(x, call)


def _stack_parts(parts: Sequence[Any], call: str) -> Tensor:
    """Stack the parts of a container, at least one of which is a node, along a new first axis."""
    operands = [to_operand(part, call) for part in parts]
    stacked: Tensor = apply(find("stack"), *(x if isinstance(x, Node) else to_array(x, "stack") for x in operands), axis=0)
    return stacked


def as_tensor(x: Any, call: str = "as_tensor()") -> Tensor:
    """Convert anything to a Tensor.

    Parameters
    ----------
    x : array_like, node, or nested lists of numbers and nodes
        What to convert. A Tensor is returned as it is.
    call : str, optional
        What the user has called, for error messages.

    Returns
    -------
    Tensor
        Nodes stay connected to their graph. Plain numbers become a constant, to which no gradient flows.

    Raises
    ------
    DataError
        If ``x`` holds something other than real numbers and nodes.

    Examples
    --------
    >>> as_tensor([Value(1.0), 2.0]).shape
    (2,)
    """
    x = to_operand(x, call)
    if isinstance(x, Tensor):
        return x
    if isinstance(x, Value):
        return Tensor.record(find("reshape"), (x,), {"shape": ()})
    if context.open_block_count and isinstance(x, TracedBase):
        return Tensor(x)
    return Tensor(to_array(x, call), constant=True)


def apply_elementwise(op: Op, *args: Any, **static: Any) -> Any:
    """Apply an elementwise operation.

    Parameters
    ----------
    op : Op
    *args : number, array_like or node
    **static
        The settings of the operation.

    Returns
    -------
    Value, Tensor, float or array
        A node if an argument is one: a Value if all are numbers, else a Tensor. Without nodes, a plain float or array.
    """
    if type(args[0]) is Value and not static and op in METHOD_NAMES and SCALARS.issuperset(map(type, args)):
        return getattr(Value, METHOD_NAMES[op])(*args)
    operands = tuple(to_operand(arg, op.name) for arg in args)
    for operand in operands if context.open_block_count else ():
        if isinstance(operand, TracedDataBase):
            return operand.apply(lambda *numbers: apply_elementwise(op, *numbers, **static), *operands)
    if any(isinstance(operand, Node) for operand in operands):
        return apply(op, *operands, **static)
    if all(isinstance(operand, float | int) for operand in operands):
        return evaluate(op.f, [to_float(operand, op.name) for operand in operands], static)
    return evaluate_arrays(op, [x if isinstance(x, float) else to_array(x, op.name) for x in operands], static)


def apply_op(op: Op, *args: Any, **static: Any) -> Any:
    """Apply an operation of any kind.

    Parameters
    ----------
    op : Op
    *args : number, array_like or node
    **static
        The settings of the operation.

    Returns
    -------
    Value, Tensor, float or array
        A node if an argument is one, else a plain float or array.
    """
    if op.kind == "elementwise":
        return apply_elementwise(op, *args, **static)
    if type(args[0]) is Tensor and all(map(_is_tensor_or_floats, args)):
        return apply(op, *args, **static)
    return apply_to_tensors(lambda *tensors: apply(op, *tensors, **static), op.name, *args)


def _is_tensor_or_floats(x: Any) -> bool:
    """Whether an argument is a Tensor, or an array that an operation on Tensors takes as it is."""
    return type(x) is Tensor or (type(x) is np.ndarray and x.dtype.kind == "f")


def apply_to_tensors(f: Callable[..., Tensor], call: str, *args: Any) -> Any:
    """Call a function of Tensors with any arguments.

    Parameters
    ----------
    f : callable
    call : str
        What the user has called, for error messages.
    *args : number, array_like or node

    Returns
    -------
    Tensor, float or array
        What ``f`` returns if an argument is or holds a node, else its plain numbers.
    """
    if ONLY_TENSORS.issuperset(map(type, args)):
        return f(*args)
    result = f(*(as_tensor(arg, call) for arg in args))
    if any(has_nodes(arg) for arg in args):
        return result
    return result._primal[()]


def evaluate_arrays(op: Op, arrays: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return the value of an operation on plain arrays, as a plain array or number."""
    return Tensor.record(op, arrays, static)._primal[()]
