"""A scalar graph on the native tape: evaluated and differentiated number by number in C, with no line of source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.scalar_graph import CONSTANT, ScalarGraph
from autograd.compiler.specialization.tape.instructions import Instructions, IntArray
from autograd.state.engine import native

FloatArray = npt.NDArray[np.float64]

# How many numbers of a batch, instructions times samples, are computed side by side. On a program of 6400 instructions 2**18 (2 MB
# for the values) took 17 µs a sample and 2**16 took 22; at 2**20 the caches overflow, and a batch of 256 took 45.
LANE_NUMBERS = 2**18
FEWEST_LANES = 8  # with fewer, the overhead of the inner loop is as large as its work


class TapeInput(NamedTuple):
    """Which nodes of a scalar graph an input of the program fills.

    Attributes
    ----------
    shape : tuple of int
        The shape of the input, for one sample.
    nodes : array of int
        The ids of the nodes.
    entries : array of int
        For each node the position of its number in the input, in C order.
    has_batch : bool
        Whether the input has the samples of a batch along its first axis.
    """

    shape: tuple[int, ...]
    nodes: IntArray
    entries: IntArray
    has_batch: bool


class Scratch(NamedTuple):
    """The memory of one run: a row for each instruction, a column for each sample.

    Attributes
    ----------
    y, g : array
        The numbers of all instructions, and their gradients.
    first_y, first_g : array
        Those of the first sample.
    """

    y: FloatArray
    g: FloatArray
    first_y: FloatArray
    first_g: FloatArray


class TapeMemory:
    """Memory for runs of one length, used again from call to call; threads that run at once have memory of their own."""

    def __init__(self, size: int, lanes: int, constants: IntArray, numbers: FloatArray) -> None:
        self._shape = (size, lanes)
        self._constants = constants
        self._numbers = numbers
        self._free: list[Scratch] = []

    def take(self) -> Scratch:
        """Return memory that nobody else uses, in which the constants are set. Give it back after the run."""
        try:
            return self._free.pop()
        except IndexError:
            y, g = np.zeros(self._shape), np.zeros(self._shape)
            y[self._constants] = self._numbers[:, None]
            return Scratch(y, g, y[:, 0], g[:, 0])

    def release(self, scratch: Scratch) -> None:
        """Let others use the memory again."""
        self._free.append(scratch)


class ScalarTape:
    """The tape of a scalar graph, with the places of inputs, outputs and guarded numbers on it.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    instructions : Instructions
        Its instructions: what :func:`tape_instructions` returns.
    inputs : sequence of TapeInput
        The inputs, in the order in which calls give them.
    outputs : sequence of int or float
        The id of the node of each output, or its number if it is a constant.
    guarded : sequence of array of int
        The ids of the nodes that each guard looks at.
    batch_size : int or None
        The number of samples; None without a batch.
    """

    def __init__(
        self,
        graph: ScalarGraph,
        instructions: Instructions,
        inputs: Sequence[TapeInput],
        outputs: Sequence[int | float],
        guarded: Sequence[IntArray],
        batch_size: int | None,
    ) -> None:
        self._tape = native.Tape(*instructions[:4])
        places = np.frombuffer(self._tape.places, np.int32).astype(np.int64)[instructions.places]
        is_constant = np.array(graph.op_ids) == CONSTANT
        self._size = len(instructions.codes)
        self._constants = places[is_constant]
        self._numbers = np.array(graph.values)[is_constant]
        self._inputs = [x._replace(nodes=places[x.nodes]) for x in inputs]
        self._places = [_slot_places(x) for x in self._inputs]
        self._outputs = [x if isinstance(x, float) else int(places[x]) for x in outputs]
        self._seeded = [x for x in self._outputs if not isinstance(x, float)]
        self._guarded = [places[ids] for ids in guarded]
        self._batch_size = batch_size
        self._lanes = 1 if batch_size is None else min(batch_size, max(FEWEST_LANES, LANE_NUMBERS // self._size))
        self._memory = self._make_memory(self._lanes)

    def _make_memory(self, lanes: int) -> TapeMemory:
        return TapeMemory(self._size, lanes, self._constants, self._numbers)

    # -- functions of the inputs, each of which returns what the function of NumPy lines of that name does

    def value(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the outputs, and what the guards look at."""
        if self._batch_size is not None:
            return self._value_of_batch(inputs)
        scratch = self._memory.take()
        self._set_inputs(scratch.first_y, inputs)
        self._tape.value(scratch.y, 1)
        results = [self._read_outputs(scratch.first_y), *self._read_guarded(scratch.first_y)]
        self._memory.release(scratch)
        return results

    def value_and_gradients(self, inputs: Sequence[Any], moves: Sequence[int]) -> list[Any]:
        """Return the output, its gradients with respect to the inputs ``moves``, and what guards look at; of a batch the means."""
        if self._batch_size is not None:
            return self._value_and_gradients_of_batch(inputs, moves)
        scratch = self._run_backward(inputs, [1.0])
        gradients = [self._read_gradient(scratch.first_g, k) for k in moves]
        results = [self._read_outputs(scratch.first_y), gradients, *self._read_guarded(scratch.first_y)]
        self._memory.release(scratch)
        return results

    def pullback(self, inputs: Sequence[Any], moves: Sequence[int]) -> list[Any]:
        """Return the gradients with respect to the inputs ``moves``. The last inputs are the cotangents of outputs that vary."""
        count = len(self._inputs)
        if self._batch_size is not None:
            return [self._pull_back_batch(inputs[:count], inputs[count:], moves)[1]]
        scratch = self._run_backward(inputs[:count], inputs[count:])
        gradients = [self._read_gradient(scratch.first_g, k) for k in moves]
        self._memory.release(scratch)
        return [gradients]

    # -- one sample

    def _run_backward(self, inputs: Sequence[Any], cotangents: Sequence[Any]) -> Scratch:
        """Return memory with the numbers and the gradients."""
        scratch = self._memory.take()
        self._set_inputs(scratch.first_y, inputs)
        self._tape.value(scratch.y, 1)
        scratch.g.fill(0.0)
        for place, g in zip(self._seeded, cotangents, strict=False):
            scratch.first_g[place] += g
        self._tape.pull_back(scratch.g, scratch.y, 1)
        return scratch

    def _set_inputs(self, y: FloatArray, inputs: Sequence[Any]) -> None:
        for x, places, data in zip(self._inputs, self._places, inputs, strict=True):
            if places is not None:
                y[places] = data
            else:
                y[x.nodes] = np.ravel(data)[x.entries]

    def _read_outputs(self, y: FloatArray) -> list[float]:
        return [x if isinstance(x, float) else y.item(x) for x in self._outputs]

    def _read_guarded(self, y: FloatArray) -> list[list[Any]]:
        """The group of what the guards look at; no group if there are no guards."""
        return [[y[places] for places in self._guarded]] if self._guarded else []

    def _read_gradient(self, g: FloatArray, k: int) -> Any:
        """The gradient with respect to one input, in its shape."""
        places = self._places[k]
        if isinstance(places, int):
            return g.item(places)
        if places is not None:
            return g[places]
        x = self._inputs[k]
        gradient = np.zeros(x.shape)
        gradient.ravel()[x.entries] = g[x.nodes]
        return gradient if x.shape else 0.0

    # -- a batch, some samples at a time

    def _value_of_batch(self, inputs: Sequence[Any]) -> list[Any]:
        chunks = []
        for samples, memory in self._chunks():
            scratch = memory.take()
            self._set_batch(scratch.y, inputs, samples)
            self._tape.value(scratch.y, scratch.y.shape[1])
            chunks.append(self._read_batch(scratch.y))
            memory.release(scratch)
        return self._join(chunks)

    def _value_and_gradients_of_batch(self, inputs: Sequence[Any], moves: Sequence[int]) -> list[Any]:
        chunks, gradients = self._pull_back_batch(inputs, [1.0 / (self._batch_size or 1)], moves)
        outputs, *guarded = self._join(chunks)
        return [[np.mean(outputs[0])], gradients, *guarded]

    def _shape_with_samples(self, x: Any) -> tuple[int, ...]:
        """The shape of an input for all samples of the batch."""
        return (self._batch_size or 0, *x.shape) if x.has_batch else x.shape

    def _pull_back_batch(
        self, inputs: Sequence[Any], cotangents: Sequence[Any], moves: Sequence[int]
    ) -> tuple[list[Any], list[Any]]:
        """What each chunk computed, and the gradients: of inputs that all samples share, the sums."""
        chunks = []
        gradients = [np.zeros(self._shape_with_samples(self._inputs[k])) for k in moves]
        for samples, memory in self._chunks():
            scratch = memory.take()
            self._set_batch(scratch.y, inputs, samples)
            lanes = scratch.y.shape[1]
            self._tape.value(scratch.y, lanes)
            scratch.g.fill(0.0)
            for place, g in zip(self._seeded, cotangents, strict=False):
                scratch.g[place] += g[samples] if np.ndim(g) else g
            self._tape.pull_back(scratch.g, scratch.y, lanes)
            chunks.append(self._read_batch(scratch.y))
            for gradient, k in zip(gradients, moves, strict=True):
                self._add_gradient(gradient, scratch.g, k, samples)
            memory.release(scratch)
        return chunks, [gradient if gradient.ndim else float(gradient) for gradient in gradients]

    def _chunks(self) -> Iterator[tuple[slice, TapeMemory]]:
        """The samples that run side by side, and memory for as many."""
        total = self._batch_size or 0
        for start in range(0, total, self._lanes):
            stop = min(start + self._lanes, total)
            yield slice(start, stop), self._memory if stop - start == self._lanes else self._make_memory(stop - start)

    def _set_batch(self, y: FloatArray, inputs: Sequence[Any], samples: slice) -> None:
        for x, data in zip(self._inputs, inputs, strict=True):
            if x.has_batch:
                y[x.nodes] = np.reshape(data[samples], (y.shape[1], -1)).T[x.entries]
            else:
                y[x.nodes] = np.ravel(data)[x.entries, None]

    def _add_gradient(self, gradient: Any, g: FloatArray, k: int, samples: slice) -> None:
        x = self._inputs[k]
        if x.has_batch:
            gradient.reshape(len(gradient), -1)[samples, x.entries] = g[x.nodes].T
        else:
            gradient.reshape(-1)[x.entries] += g[x.nodes].sum(axis=1)

    def _read_batch(self, y: FloatArray) -> tuple[list[Any], list[Any]]:
        """The numbers of outputs and guards of one chunk, samples first."""
        outputs = [np.full(y.shape[1], x) if isinstance(x, float) else y[x].copy() for x in self._outputs]
        return outputs, [np.moveaxis(y[places], -1, 0) for places in self._guarded]

    def _join(self, chunks: Sequence[tuple[list[Any], list[Any]]]) -> list[Any]:
        """The groups of outputs and of what the guards look at, of all samples."""
        outputs, guarded = zip(*chunks, strict=True)
        joined = [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
        return [joined, [np.concatenate(parts) for parts in zip(*guarded, strict=True)]] if self._guarded else [joined]


def _slot_places(x: TapeInput) -> Any:
    """The places of an input whose every number is read, in its shape: an int for one number; None if some are not read."""
    size = int(np.prod(x.shape))
    if not np.array_equal(np.sort(x.entries), np.arange(size)):
        return None
    places = x.nodes[np.argsort(x.entries)]
    return places.reshape(x.shape) if x.shape else int(places[0])
