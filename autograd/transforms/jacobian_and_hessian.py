"""Full matrices of first and second derivatives: jacobian and hessian."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from autograd.errors import SettingError
from autograd.numpy_api.apply import has_nodes
from autograd.numpy_api.functions.joining import stack
from autograd.transforms.arguments import validate_argnums
from autograd.transforms.derivative_pytrees import node_like, shape_of
from autograd.transforms.grad_and_vjp import gradient_function
from autograd.transforms.recorded_call import Function, RecordedCall

Shape = tuple[int, ...]


def jacobian(
    f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto", has_aux: bool = False, holomorphic: bool = False
) -> Function:
    """Make the function that computes all first derivatives ∂outputᵢ/∂inputⱼ.

    Parameters
    ----------
    f : callable
        The function, of floats, arrays, nodes or nested containers of them.
    argnums : int or sequence of int, default 0
        Positions of the arguments to differentiate with respect to.
    mode : {"auto", "rev", "fwd"}, default "auto"
        "rev" takes one pullback for each entry of the outputs, "fwd" one pushforward for each entry of the inputs, and "auto"
        whichever are fewer.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    holomorphic : bool, default False
        Whether ``f`` is a holomorphic function of complex numbers.

    Returns
    -------
    callable
        Takes the arguments of ``f``. Returns, for each output, the structure of the inputs, with arrays of shape output.shape +
        input.shape; and the pair (jacobian, aux) with ``has_aux``.

    Raises
    ------
    SettingError
        If ``mode`` or ``argnums`` is none of the above.
    DataError
        At a call, if an argument cannot be differentiated.

    See Also
    --------
    vjp, jvp : Products with the Jacobian, which need no matrix.

    Examples
    --------
    >>> jacobian(lambda x: np.sin(x[:, None] * x))(np.arange(3.0)).shape
    (3, 3, 3)
    """
    if mode not in ("rev", "fwd", "auto"):
        raise SettingError(f"jacobian(): mode must be 'rev', 'fwd' or 'auto', not {mode!r}")
    return _jacobian_function("jacobian()", f, argnums, mode, has_aux, holomorphic)


def _jacobian_function(
    call: str, f: Function, argnums: int | Sequence[int], mode: str, has_aux: bool, holomorphic: bool
) -> Function:
    """Make the function that computes the Jacobian; errors name ``call``."""
    validate_argnums(call, argnums)

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        run = RecordedCall(call, f, args, kwargs, argnums, has_aux)
        run.check_kinds_of_numbers(holomorphic)
        result = _jacobian_of_call(run, mode, run.has_complex_inputs and not holomorphic)
        return (result, run.aux) if has_aux else result

    return jacobian_of_f


def _jacobian_of_call(run: RecordedCall, mode: str, only_reverse: bool) -> Any:
    """The Jacobian of a recorded call, as trees of blocks."""
    if only_reverse and mode == "fwd":
        raise SettingError(
            "jacobian(mode='fwd') takes real inputs, or holomorphic=True: a complex number has two directions, and mode='rev' "
            "gives the derivatives along both"
        )
    input_shapes = [shape_of(x) for x in run.inputs]
    output_shapes = [shape_of(y) for y in run.outputs]
    is_forward = mode == "fwd" or (
        mode == "auto" and not only_reverse and sum(map(prod, input_shapes)) < sum(map(prod, output_shapes))
    )
    if is_forward:
        rows = _derivatives_along_basis(run.push, run.inputs, run.create_graph)
    else:
        rows = _derivatives_along_basis(run.pull, run.outputs, run.create_graph)
    output_trees = []
    for i, output_shape in enumerate(output_shapes):
        blocks = [_block(rows, i, j, output_shape, input_shape, is_forward) for j, input_shape in enumerate(input_shapes)]
        output_trees.append(run.unflatten_by_argnums(blocks))
    return run.unflatten_output(output_trees)


def _derivatives_along_basis(
    push_or_pull: Callable[[Sequence[Any], bool], list[Any]], leaves: Sequence[Any], create_graph: bool
) -> list[list[list[Any]]]:
    """For each leaf, for each of its entries, the derivatives along the basis vector of that entry."""
    rows: list[list[list[Any]]] = []
    for k, leaf in enumerate(leaves):
        rows.append([])
        direction: list[Any] = [None] * len(leaves)  # None is zero
        for part in _basis(shape_of(leaf)):
            direction[k] = node_like(part, leaf)
            rows[-1].append(push_or_pull(direction, create_graph))
    return rows


def _basis(shape: Shape) -> Iterator[Any]:
    """The arrays of a shape with a single 1, in order."""
    if not shape:
        yield 1.0
        return
    for index in np.ndindex(shape):
        array = np.zeros(shape)
        array[index] = 1.0
        yield array


def _block(rows: list[list[list[Any]]], i: int, j: int, output_shape: Shape, input_shape: Shape, is_forward: bool) -> Any:
    """∂outputᵢ/∂inputⱼ of shape output_shape + input_shape, from the results of pullbacks or pushforwards."""
    derivatives = [row[i] for row in rows[j]] if is_forward else [row[j] for row in rows[i]]
    if not output_shape and not input_shape:
        return derivatives[0]
    if not derivatives:
        return np.zeros(output_shape + input_shape)
    stacked = stack(derivatives) if any(has_nodes(d) for d in derivatives) else np.array(derivatives)
    if not is_forward:
        return stacked.reshape(output_shape + input_shape)
    input_axes = range(len(input_shape))
    output_axes = range(len(input_shape), len(input_shape) + len(output_shape))
    return stacked.reshape(input_shape + output_shape).transpose((*output_axes, *input_axes))


def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False) -> Function:
    """Make the function that computes all second derivatives of a function that returns one number.

    Parameters
    ----------
    f : callable
        A function that returns one number.
    argnums : int or sequence of int, default 0
        Positions of the arguments to differentiate with respect to.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    holomorphic : bool, default False
        Whether ``f`` is a holomorphic function of complex numbers.

    Returns
    -------
    callable
        Takes the arguments of ``f``. Returns, for each input, the structure of the inputs, with arrays of shape input.shape +
        input.shape; and the pair (hessian, aux) with ``has_aux``.

    Raises
    ------
    SettingError
        If ``argnums`` is not an integer or a tuple of integers.
    DataError
        At a call, if an argument cannot be differentiated.
    GraphError
        At a call, if ``f`` does not return one number.

    See Also
    --------
    hvp : Products with the Hessian, which need no matrix.

    Notes
    -----
    Forward over reverse mode: one pushforward of the gradient for each entry of the inputs.

    Examples
    --------
    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    gradient = gradient_function("hessian()", f, argnums, has_aux, holomorphic)
    return _jacobian_function("hessian()", gradient, argnums, "fwd", has_aux, holomorphic)
