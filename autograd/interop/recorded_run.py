"""RecordedRun: one run of a function of ours for another library, recorded in our graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.pytree import Build
from autograd.core.tensor import Tensor, cast_to_dtype
from autograd.errors import DataError, GraphError
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import is_older, topological_order
from autograd.interop.calls import Array, Arrays, Call, Run
from autograd.numpy_api.graph_backend import GRAPH
from autograd.state.context_managers import force_recording
from autograd.transforms.recorded_call import RecordedCall


def make_call(name: str, f: Callable[..., Any]) -> tuple[Call, Build]:
    """Return a call of a function of ours for another library.

    Parameters
    ----------
    name : str
        What error messages call the function, such as "to_torch(f)".
    f : callable
        A function of as many arrays.

    Returns
    -------
    call : Call
        Each of its runs is a :class:`RecordedRun`.
    build : callable
        Builds the container of the results, once the call has run.
    """
    builds: list[Build] = []

    def evaluate(arrays: Sequence[Array]) -> Run:
        run, build = record_run(name, f, arrays)
        builds[:] = [build]
        return run

    return Call(name, evaluate), lambda results: builds[0](results)


def record_run(call: str, f: Callable[..., Any], arrays: Sequence[Array]) -> tuple[RecordedRun, Build]:
    """Run a function on new Tensors.

    Parameters
    ----------
    call : str
        What error messages call the function, such as "to_torch(f)".
    f : callable
        A function of as many arrays.
    arrays : sequence of ndarray
        Those of floats become Tensors, and the function gets the others as they are.

    Returns
    -------
    run : RecordedRun
    build : callable
        Builds the container of the results.

    Raises
    ------
    DataError
        If an argument or a result is complex, or if a result is not a number.
    GraphError
        If the function uses a node from outside to which gradients flow.
    """
    _refuse_complex_numbers(call, arrays)
    positions = [k for k, array in enumerate(arrays) if array.dtype.kind == "f"]
    # The first argument is one that f does not get: a recorded call has at least one that is differentiated.
    args, argnums = [0.0, *map(np.array, arrays)], (0, *(k + 1 for k in positions))
    recorded = RecordedCall(call, lambda _, *xs: f(*xs), args, {}, argnums, False)
    outputs = [y if isinstance(y, Node) else Tensor(y, constant=True) for y in recorded.outputs]
    _refuse_complex_numbers(call, [np.asarray(y._primal) for y in outputs])
    _, ends = topological_order(outputs, recorded.start_time)
    captured = [end for end in ends if is_older(end, recorded.start_time)]
    if captured:
        raise GraphError(
            f"{call} uses {captured[0].describe()} from outside, and no gradient would reach it: pass it as an argument, as "
            f"with nn.functional_call, or use its detach() in the function"
        )
    inputs: list[Any] = [None] * len(arrays)
    for k, node in zip(positions, recorded.inputs[1:], strict=True):
        inputs[k] = node
    return RecordedRun(inputs, outputs), recorded.unflatten_output


def _refuse_complex_numbers(call: str, arrays: Sequence[Array]) -> None:
    if any(array.dtype.kind == "c" for array in arrays):
        raise DataError(
            f"{call} takes and returns real numbers, not complex ones, since libraries define complex gradients "
            f"differently: pass and return real and imaginary parts"
        )


class RecordedRun(Run):
    """A run of a function of ours: the leaves and the roots of its graph.

    Parameters
    ----------
    inputs : sequence of (Tensor or None)
        None stands for an argument that is not differentiated.
    outputs : sequence of Node
    """

    def __init__(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        super().__init__([np.array(y._primal) for y in outputs])
        self._inputs, self._outputs = inputs, outputs
        self._sources = [x for x in inputs if x is not None]

    def compute_cotangents(self, cotangents: Arrays) -> list[Array | None]:
        pairs = [(y, y.to_gradient_data(g)) for y, g in zip(self._outputs, cotangents, strict=True) if g is not None]
        return [None if g is None else _cast(g, x) for g, x in zip(self._pull(pairs, None), self._inputs, strict=True)]

    def record_pullback(self, cotangents: Arrays) -> Run:
        pairs = [(y, Tensor(_cast(g, y))) for y, g in zip(self._outputs, cotangents, strict=True) if g is not None]
        with force_recording(0):
            pulled = self._pull([(y, y.match_type(g)) for y, g in pairs], GRAPH)
        outputs = [_zeros_like(x) if g is None else g for g, x in zip(pulled, self._inputs, strict=True)]
        return RecordedRun([*self._inputs, *(g for _, g in pairs)], outputs)

    def _pull(self, pairs: Sequence[tuple[Any, Any]], xp: Any) -> list[Any]:
        """Return the cotangent of each input; None for zero."""
        pulled = iter(pullback([y for y, _ in pairs], [g for _, g in pairs], self._sources, xp))
        return [None if x is None else next(pulled) for x in self._inputs]


def _zeros_like(x: Any) -> Tensor:
    """The cotangent of an input to which none flows; a number if the input is not a node."""
    return Tensor(np.zeros(() if x is None else x.shape), constant=True)


def _cast(g: Any, like: Any) -> Array:
    array: Array = cast_to_dtype(g, np.asarray(like._primal).dtype)
    return array
