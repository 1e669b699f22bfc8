"""Updating: what a rule, such as an optimizer's, makes of gradients, written behind them as further lines of one program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY
from autograd.compiler.passes.vectorization import Vectorizer
from autograd.compiler.specialization.self_check import SHAKE, apart
from autograd.core.node import Node
from autograd.core.tensor import OWN, Tensor
from autograd.core.value import Value
from autograd.errors import AutogradError, UnfitError

LIMIT = 1_000_000  # nodes of a rule
Rule = Callable[[list[Any], list[Any], list[Any]], list[Any]]
Name = tuple[str, int | None]


class Update:
    """A rule for the data of some Tensors: of gradients, points and a state, lists of arrays, it makes the new points and state."""

    def __init__(
        self,
        rule: Rule,
        tensors: Sequence[Tensor],
        names: Sequence[Name],
        state: Sequence[Any],
        results: Sequence[Name],
        trials: Sequence[Sequence[Any]],
        watched: Sequence[Any],
    ) -> None:
        self.rule, self.tensors, self.names, self.state, self.results = rule, tuple(tensors), names, list(state), results
        self.trials = [self.state, *map(list, trials)]
        self.captured_state = CapturedState(rule, watched, nodes=())

    def gradients(self, specialization: Any) -> tuple[int, ...]:
        """The slots of its Tensors, in its order; UnfitError where the function reaches others, or not all of them."""
        slots = {id(specialization.slots[k].nodes[0]): k for k in specialization.outer if k < specialization.whole}
        if not specialization.single or slots.keys() != {id(t) for t in self.tensors} or len(slots) != len(specialization.outer):
            raise UnfitError("the function does not reach the parameters that are moved, all of them and no others")
        return tuple(slots[id(t)] for t in self.tensors)

    def written(
        self, builder: ProgramBuilder, gradients: Sequence[Any], points: Sequence[Any]
    ) -> tuple[list[Instruction], list[Any]]:
        """The inputs that stand for the state, and the lines of the results."""
        inputs = [builder.input(_said(name, points), x) for name, x in zip(self.names, self.state, strict=True)]
        lines = [*gradients, *points, *inputs]
        if not all(isinstance(line, Instruction) for line in lines):
            raise UnfitError("a gradient is always the same number")
        traced = self._traced([line.data for line in lines])
        results = _raised(builder, traced, lines)
        for name, line in zip(self.results, results, strict=True):
            if isinstance(line, Instruction):
                line.name = line.name or f"new_{_said(name, points)}"
        return inputs, results

    def _traced(self, numbers: Sequence[Any]) -> TracedFunction:
        """The rule, run on Tensors for arrays and Values for numbers."""

        def fresh() -> Any:
            own = [Value(x) if type(x) is float else Tensor(x) for x in numbers]
            return (self._parts(own), {}), own

        try:
            traced = trace_function(self.rule, fresh, LIMIT)
        except AutogradError as error:
            raise UnfitError(str(error)) from error
        except Exception as error:
            raise UnfitError(f"{type(error).__name__}: {error}") from error
        if traced.guards:
            raise UnfitError(f"it depends on numbers that it looks at ({traced.guards[0][0].description})")
        if traced.constants or len(traced.argument_leaves) != len(traced.leaves):
            raise UnfitError("it takes numbers of other nodes")
        return traced

    def _parts(self, numbers: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """Gradients, points and state, which follow each other."""
        n = len(self.tensors)
        return list(numbers[:n]), list(numbers[n : 2 * n]), list(numbers[2 * n :])

    def prove(self, function: Any, inputs: Sequence[Any], points: Sequence[Any]) -> None:
        """UnfitError where the program does not give what the rule gives on the same gradients, as far as rounding lets it."""
        for state in self.trials:
            given = [*inputs, *state]
            _, gradients, mine = function(given)[:3]
            near = function.evaluate_perturbed(given, SHAKE)
            try:
                with np.errstate(**QUIET):
                    wanted = deepcopy(self.rule)(copied(gradients), copied(points), copied(state))
            except Exception as error:
                raise UnfitError(f"{type(error).__name__}: {error}") from error
            kinds = [_kind(x) for x in mine]
            if kinds != [_kind(x) for x in wanted] or kinds[: len(points)] != [_kind(p) for p in points]:
                raise UnfitError("its results have other shapes or types than what they replace")
            _, fault = apart("update", mine, wanted, None if near is None else near[2])
            if fault:
                raise UnfitError(fault)

    def differentiate(self, gradients: Sequence[Any]) -> None:
        """Put the gradients where ``backward()`` puts them."""
        for tensor, g in zip(self.tensors, gradients):
            tensor._grad = g
            tensor.left = True

    def move(self, results: Sequence[Any]) -> None:
        """Let the Tensors have the data that the rule gave them; graphs recorded before keep theirs."""
        for tensor, x in zip(self.tensors, results):
            tensor._primal = x if type(x) is np.ndarray else np.asarray(x)
            tensor._state = OWN


def _raised(builder: ProgramBuilder, traced: TracedFunction, lines: Sequence[Instruction]) -> list[Any]:
    """The lines of what was traced, where ``lines`` stand for its arguments."""
    inputs: dict[Any, Instruction] = {}
    numbers: dict[int, tuple[Any, int]] = {}
    for i, k in traced.argument_leaves.items():
        if traced.scalar_graph.op_ids[i] == ARRAY:
            inputs[i] = lines[k]
        else:
            inputs["arg", k] = lines[k]
            numbers[i] = (("arg", k), 0)
    raiser = Vectorizer(builder, traced.scalar_graph, numbers, inputs, [i for i in traced.output_ids if i >= 0])
    raiser.run()
    results = zip(traced.output_ids, traced.run.outputs, strict=True)
    return [raiser.whole(i) if i >= 0 else builder.make_constant(x._primal if isinstance(x, Node) else x) for i, x in results]


def _kind(x: Any) -> tuple[tuple[int, ...], Any]:
    return np.shape(x), np.asarray(x).dtype


def copied(numbers: Sequence[Any]) -> list[Any]:
    """Numbers and arrays to which a rule may write."""
    return [x.copy() if isinstance(x, np.ndarray) else x for x in numbers]


def _said(name: Name, points: Sequence[Instruction]) -> str:
    """A name with that of the Tensor to which it belongs."""
    word, k = name
    return word if k is None else f"{word}_{points[k].name}".strip("_")
