"""All first derivatives, and all second ones: jacobian and hessian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.errors import SettingError
from autograd.numpy_api.functions import contains_node, stack
from autograd.transforms.grad_and_vjp import grad
from autograd.transforms.recorded_call import Function, RecordedCall, checked_argnums, node_of_kind, numbers_of


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto", has_aux: bool = False) -> Function:
    """All derivatives ∂outputᵢ/∂inputⱼ: for each output, the structure of the inputs, of shape output.shape + input.shape.

    ``mode`` "rev" takes a pullback per output entry, "fwd" a pushforward per input entry, "auto" whichever are fewer.

    >>> jacobian(lambda x: np.sin(x[:, None] * x))(np.arange(3.0)).shape
    (3, 3, 3)
    """
    if mode not in ("rev", "fwd", "auto"):
        raise SettingError(f"jacobian(): mode is 'rev', 'fwd' or 'auto', not {mode!r}")

    checked_argnums("jacobian()", argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        run = RecordedCall("jacobian()", f, args, kwargs, argnums, has_aux)
        ins, outs = ([np.shape(numbers_of(x)) for x in side] for side in (run.inputs, run.outputs))
        n_in, n_out = (sum(int(np.prod(s)) for s in shapes) for shapes in (ins, outs))
        forward = mode == "fwd" or (mode == "auto" and n_in < n_out)
        move, sources = (run.push, run.inputs) if forward else (run.pull, run.outputs)
        rows = _entries(partial(move, graph=run.graph), sources)
        blocks = [[_block(rows, i, j, outs[i], ins[j], forward) for j in range(len(ins))] for i in range(len(outs))]
        result = run.build_output([run.by_argument(block) for block in blocks])
        return (result, run.auxiliary) if has_aux else result

    return derivative


def _entries(move: Callable[[Sequence[Any]], list[Any]], sources: Sequence[Any]) -> list[list[list[Any]]]:
    """For each source, for each of its entries, what ``move`` gives for a one there and zeros elsewhere."""
    rows: list[list[list[Any]]] = []
    for k, source in enumerate(sources):
        shape = np.shape(numbers_of(source))
        rows.append([])
        for place in np.ndindex(shape):
            one = np.zeros(shape)
            one[place] = 1.0
            basis = [node_of_kind(one if i == k else np.zeros(np.shape(numbers_of(s))), s) for i, s in enumerate(sources)]
            rows[-1].append(move(basis))
    return rows


def _block(rows: list[list[list[Any]]], i: int, j: int, out: tuple[int, ...], into: tuple[int, ...], forward: bool) -> Any:
    """∂outputᵢ/∂inputⱼ of shape out + into, from the rows of pullbacks or pushforwards."""
    pieces = [row[i] for row in rows[j]] if forward else [row[j] for row in rows[i]]
    if not out and not into:
        return pieces[0]
    if not pieces:
        return np.zeros(out + into)
    stacked = stack(pieces) if any(contains_node(p) for p in pieces) else np.array(pieces)
    whole = stacked.reshape(into + out if forward else out + into)
    if not forward:
        return whole
    axes = (*range(len(into), len(into) + len(out)), *range(len(into)))
    return whole.transpose(axes)


def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The second derivatives of a function that returns one number: forward over reverse.

    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(f, argnums, has_aux), argnums, mode="fwd", has_aux=has_aux)
