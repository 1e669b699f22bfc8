"""An update of parameters, such as an optimizer's, that becomes a part of the program of a loss and its gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY
from autograd.compiler.passes.vectorization.vectorize import vectorize
from autograd.compiler.specialization.rounding_bounds import compare, run_perturbed
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.array_mixins.copy_on_write import OWN
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import AutogradError, UnfitError

# The nodes that a rule may have. A rule works on whole arrays, so that Adam has about 20 for each parameter. A trace costs 8 µs a
# node (benchmarks/compiled.py), so a rule that loops over the entries of arrays is given up after 8 s; at twice as many after 16 s.
MAX_RULE_NODES = 1_000_000
Rule = Callable[[list[Any], list[Any], list[Any]], list[Any]]
Name = tuple[str, int | None]  # a word, and the index of the Tensor that it belongs to, or None


class Update:
    """A rule that gives some Tensors new data.

    Parameters
    ----------
    rule : callable
        ``rule(gradients, points, state)`` takes lists of arrays and returns one list: the new points, then the new state.
    tensors : sequence of Tensor
        The Tensors.
    names : sequence of (str, int or None)
        What the source calls the entries of the state.
    state : sequence of float or array
        A state like those of the calls to come.
    results : sequence of (str, int or None)
        What the source calls the results.
    trials : sequence of sequences
        More states at which the program is compared with the rule.
    watched : sequence
        Objects that the rule reads.

    Attributes
    ----------
    captured_state : CapturedState
        What the rule and the watched objects refer to. The state itself is not a part of it, since it changes at every step.
    """

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
        self.rule = rule
        self.tensors: tuple[Tensor, ...] = tuple(tensors)
        self.names = names
        self.state: list[Any] = list(state)
        self.results = results
        self.trials: list[list[Any]] = [self.state, *map(list, trials)]
        self.captured_state: CapturedState = CapturedState(rule, watched, nodes=())

    # -- while the program is built

    def find_slots(self, program: Specialization) -> tuple[int, ...]:
        """Return the slots of the Tensors in a program.

        Parameters
        ----------
        program : Specialization
            The program.

        Returns
        -------
        tuple of int
            One slot for each Tensor.

        Raises
        ------
        UnfitError
            If the function captures other nodes, or not all of the Tensors, or does not return one number.
        """
        captured_arrays = [k for k in program.captured_slots if k < program.group_start]
        slots = {id(program.slots[k].nodes[0]): k for k in captured_arrays}
        captures_the_tensors = slots.keys() == {id(tensor) for tensor in self.tensors}
        if not program.is_scalar or not captures_the_tensors or len(slots) != len(program.captured_slots):
            raise UnfitError("the function must capture the parameters that are moved, all of them and no others")
        return tuple(slots[id(tensor)] for tensor in self.tensors)

    def append_rule(
        self, builder: ProgramBuilder, gradients: Sequence[Any], points: Sequence[Any]
    ) -> tuple[list[Instruction], list[Any]]:
        """Append the rule to a program.

        Parameters
        ----------
        builder : ProgramBuilder
            The program.
        gradients, points : sequence of Instruction
            The instructions of the gradients and of the Tensors.

        Returns
        -------
        state : list of Instruction
            New inputs for the state.
        results : list of Instruction or float
            The results of the rule.

        Raises
        ------
        UnfitError
            If the rule cannot be traced, or if a gradient is a constant.
        """
        state = [builder.input(_variable(name, points), data) for name, data in zip(self.names, self.state, strict=True)]
        arguments = [*gradients, *points, *state]
        if not all(isinstance(argument, Instruction) for argument in arguments):
            raise UnfitError("a gradient is a constant")
        traced = self._trace_rule([argument.data for argument in arguments])
        results = _vectorize_rule(builder, traced, arguments)
        for name, result in zip(self.results, results, strict=True):
            if isinstance(result, Instruction):
                result.name = result.name or f"new_{_variable(name, points)}"
        return state, results

    def _trace_rule(self, data: Sequence[Any]) -> TracedFunction:
        """Trace the rule on Tensors for arrays and Values for numbers."""

        def make_nodes() -> Any:
            nodes = [Value(x) if type(x) is float else Tensor(x) for x in data]
            return (self._split_arguments(nodes), {}), nodes

        try:
            traced = trace_function(self.rule, make_nodes, MAX_RULE_NODES)
        except AutogradError as error:
            raise UnfitError(str(error)) from error
        except Exception as error:  # of the rule, which may not work on Tensors
            raise UnfitError(f"{type(error).__name__}: {error}") from error
        if traced.guards:
            raise UnfitError(f"it reads numbers of its arguments ({traced.guards[0][0].description})")
        if traced.constants or len(traced.argument_leaves) != len(traced.leaves):
            raise UnfitError("it captures nodes")
        return traced

    def _split_arguments(self, arguments: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """Return gradients, points and state, which follow each other in one list."""
        n = len(self.tensors)
        return list(arguments[:n]), list(arguments[n : 2 * n]), list(arguments[2 * n :])

    def check(self, function: Any, inputs: Sequence[Any], points: Sequence[Any]) -> None:
        """Compare a program with the rule itself, at the state and all trials.

        Parameters
        ----------
        function : GeneratedFunction
            The value, the gradients and the results of the rule.
        inputs, points : sequence of float or array
            The data of the program's inputs, and of the Tensors among them.

        Raises
        ------
        UnfitError
            If the results differ by more than rounding, or in shape or dtype.
        """
        for state in self.trials:
            groups, perturbed = run_perturbed(function, [*inputs, *state])
            gradients, results = groups[1:3]
            try:
                with np.errstate(**IGNORE_FLOAT_ERRORS):
                    expected = deepcopy(self.rule)(_copy_arrays(gradients), _copy_arrays(points), _copy_arrays(state))
            except Exception as error:  # of the rule
                raise UnfitError(f"{type(error).__name__}: {error}") from error
            kinds = [_kind(x) for x in results]
            if kinds != [_kind(x) for x in expected] or kinds[: len(points)] != [_kind(x) for x in points]:
                raise UnfitError("its results have other shapes or dtypes than what they replace")
            _, fault = compare("update", results, expected, None if perturbed is None else perturbed[2])
            if fault:
                raise UnfitError(fault)

    # -- at each call

    def differentiate(self, gradients: Sequence[Any]) -> None:
        """Write gradients to the Tensors, as ``backward()`` does.

        Parameters
        ----------
        gradients : sequence of array
            One for each Tensor.
        """
        for tensor, gradient in zip(self.tensors, gradients):
            tensor._grad = gradient
            tensor.left = True

    def move(self, results: Sequence[Any]) -> None:
        """Give the Tensors new data. Graphs that were recorded before keep the old.

        Parameters
        ----------
        results : sequence of array
            The results of the rule; the first of them belong to the Tensors.
        """
        for tensor, data in zip(self.tensors, results):
            tensor._primal = data if type(data) is np.ndarray else np.asarray(data)
            tensor._state = OWN


def _vectorize_rule(builder: ProgramBuilder, traced: TracedFunction, arguments: Sequence[Instruction]) -> list[Any]:
    """Append the trace of a rule to a program; ``arguments`` are the instructions of its arguments."""
    instructions: dict[Any, Instruction] = {}
    value_leaves: dict[int, tuple[Any, int]] = {}
    for i, k in traced.argument_leaves.items():
        if traced.scalar_graph.op_ids[i] == ARRAY:
            instructions[i] = arguments[k]
        else:
            instructions["arg", k] = arguments[k]
            value_leaves[i] = (("arg", k), 0)
    output_ids = [i for i in traced.output_ids if i >= 0]
    vectorized_graph = vectorize(builder, traced.scalar_graph, value_leaves, instructions, output_ids)
    results = []
    for i, x in zip(traced.output_ids, traced.run.outputs, strict=True):
        constant = x._primal if isinstance(x, Node) else x
        results.append(vectorized_graph.read_node(i) if i >= 0 else builder.make_constant(constant))
    return results


def _kind(x: Any) -> tuple[tuple[int, ...], Any]:
    return np.shape(x), np.asarray(x).dtype


def _copy_arrays(data: Sequence[Any]) -> list[Any]:
    """Return numbers and copies of arrays, to which a rule may write."""
    return [x.copy() if isinstance(x, np.ndarray) else x for x in data]


def _variable(name: Name, points: Sequence[Instruction]) -> str:
    """Return the variable for a name: the word, and the variable of the Tensor that it belongs to."""
    word, k = name
    return word if k is None else f"{word}_{points[k].name}".strip("_")
