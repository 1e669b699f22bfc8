"""ArrayProgram: a specialization that runs as NumPy source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.compiler.codegen.generated_function import GeneratedFunction
from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY
from autograd.compiler.passes.batching import batch_program
from autograd.compiler.passes.differentiation import pullback, pushforward
from autograd.compiler.passes.vectorization.vectorize import vectorize
from autograd.compiler.passes.vectorization.vectorized_graph import GroupReport, VectorizedGraph
from autograd.compiler.specialization.program_inputs import ProgramInputs
from autograd.compiler.specialization.specialization import Specialization, find_common_name
from autograd.compiler.specialization.tape.fastest_function import FastestFunction
from autograd.compiler.specialization.tape.scalar_tape import ScalarTape
from autograd.compiler.specialization.tape.traced_tape import LazyTape, tape_of_trace
from autograd.compiler.specialization.value_guards import ProgramGuard, build_program_guards, describe_guard_change
from autograd.ops import find
from autograd.state.engine import native


class ArrayProgram(Specialization):
    """A program of array instructions that was made of one trace, and its functions.

    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.
    xp : module, optional
        An array library other than NumPy.
    buffers : bool, default False
        Whether the source writes into memory that it keeps.

    Attributes
    ----------
    builder : ProgramBuilder
        The program.
    outputs : list of Instruction or float
        The results.
    vectorized_graph : VectorizedGraph
        It made the program. Its columns are as long as the graph, so it is deleted when it is not needed any more.
    vectorization_log : list
        What became of each group of nodes.
    functions : dict
        The functions that were generated so far, by name and key.
    self_check : SelfCheck
        How far the program was from the traced run.
    """

    owns_results = True
    self_check: Any

    def __init__(self, traced: TracedFunction, arguments: TracedArguments, xp: Any = None, buffers: bool = False) -> None:
        super().__init__(traced, arguments)
        self.xp = xp
        self.buffers = buffers
        self.functions: dict[Any, Any] = {}
        self._tape: LazyTape | None = None
        self.builder: ProgramBuilder = ProgramBuilder()
        self._inputs = ProgramInputs(self.builder)
        with np.errstate(**IGNORE_FLOAT_ERRORS):
            self._build(traced)
        self.vectorization_log: list[GroupReport] = self.vectorized_graph.reports
        self._index_slots(self._inputs.slots, self._inputs.group_start)
        self._describe_outputs([self.builder.shape(y) for y in self.outputs], [isinstance(y, Instruction) for y in self.outputs])

    # -- from the trace to the program

    def _build(self, traced: TracedFunction) -> None:
        self.vectorized_graph: VectorizedGraph = self._vectorize(traced)
        self.outputs: list[Any] = [
            self.vectorized_graph.read_node(i) if i >= 0 else self.builder.make_constant(x)
            for i, x in zip(traced.output_ids, traced.run.outputs, strict=True)
        ]
        self.guards: Sequence[ProgramGuard] = build_program_guards(self.vectorized_graph, traced.guards)
        value_ids = self._add_captured_values(traced)
        if native is not None and self.xp is None and not self.buffers:
            guarded_ids = [ids for guard in self.guards for ids in guard.source_ids]
            self._tape = tape_of_trace(traced, self.traced_arguments, self._inputs.slots, value_ids, guarded_ids)
        if self.batch is not None:
            self._add_batch_axis(self.batch)

    def _vectorize(self, traced: TracedFunction) -> VectorizedGraph:
        """Turn the nodes of the trace into instructions; add the arguments and the captured Tensors to the inputs."""
        instructions: dict[Any, Instruction] = {}
        value_leaves: dict[int, tuple[Any, int]] = {}  # for each Value: the key of the argument that it is an entry of, and where
        arguments = self.traced_arguments
        for k, data in enumerate(arguments.values):
            if data is not None:
                instructions["arg", k] = self._inputs.add_argument(k, arguments.names[k], data)
        for i, node in traced.leaves.items():
            is_array = traced.scalar_graph.op_ids[i] == ARRAY
            if i in traced.argument_leaves:
                k, place = arguments.node_positions[traced.argument_leaves[i]]
                if is_array:
                    instructions[i] = self._read_as_numbers(instructions["arg", k])
                else:
                    value_leaves[i] = (("arg", k), place)
            elif is_array:
                instructions[i] = self._inputs.add_tensor(node, find_common_name([node]))
            else:
                value_leaves[i] = (None, 0)
        guarded_ids = [i for _, ids in traced.guards for i in ids]
        output_ids = [i for i in traced.output_ids if i >= 0]
        return vectorize(self.builder, traced.scalar_graph, value_leaves, instructions, [*guarded_ids, *output_ids])

    def _read_as_numbers(self, array: Instruction) -> Any:
        """Return an argument as nodes have it: integers as floats."""
        is_integer = np.asarray(array.data).dtype.kind in "iu"
        return self.builder.call(find("astype"), (array,), {"dtype": np.dtype(float)}) if is_integer else array

    def _add_captured_values(self, traced: TracedFunction) -> list[Any]:
        """Add the captured Values to the inputs, in the arrays that the program has; return the ids of the nodes of each."""
        self._inputs.start_groups()
        value_ids = []
        for _, ids in sorted(self.vectorized_graph.leaf_layouts, key=lambda entry: entry[0]):
            nodes = [traced.leaves[i] for i in ids.ravel().tolist()]
            instruction = self.vectorized_graph.arrays[self.vectorized_graph.group_of(ids.flat[0])]
            self._inputs.add_values(nodes, ids.shape, instruction, find_common_name(nodes))
            value_ids.append(ids.ravel())
        self._inputs.number_names()
        return value_ids

    def _add_batch_axis(self, batch: dict[int, Any]) -> None:
        """Turn the program of one sample into that of all samples."""
        size = len(next(iter(batch.values())))
        batched_inputs = self._inputs.add_batch_axis(batch)
        results = batch_program(self.builder, [*self.outputs, *self._guard_sources], batched_inputs, size)
        self.outputs = results[: len(self.outputs)]
        sources = iter(results[len(self.outputs) :])
        self.guards = [guard._replace(sources=[next(sources) for _ in guard.sources]) for guard in self.guards]

    @property
    def _guard_sources(self) -> list[Any]:
        return [source for guard in self.guards for source in guard.sources]

    # -- functions, generated when they are first needed

    def function(self, name: str, key: Any = ()) -> Any:
        """Return one of the functions of the program; see ``Specialization.function``."""
        found = self.functions.get((name, key))
        if found is None:
            if name == "value_and_update":  # only one update is in use at a time
                self.functions = {other: f for other, f in self.functions.items() if other[0] != name}
            generate: Callable[[Any], Any] = getattr(self, f"_generate_{name}")
            with np.errstate(**IGNORE_FLOAT_ERRORS):
                found = self.functions[name, key] = generate(key)
        return found

    def _generate(
        self,
        name: str,
        groups: Sequence[Sequence[Any]],
        forward_groups: int,
        extra_inputs: Sequence[Instruction] = (),
        with_guards: bool = True,
    ) -> GeneratedFunction:
        """Write a function whose last group of results belongs to the guards, if there are any."""
        if self.guards and with_guards:
            groups = [*groups, self._guard_sources]
        return GeneratedFunction(
            name, [*self._inputs.instructions, *extra_inputs], list(groups), forward_groups, self.xp, self.buffers
        )

    def _fastest(
        self, generated: GeneratedFunction, on_tape: Callable[[ScalarTape, Sequence[Any]], list[Any]], result_groups: int = 1
    ) -> Any:
        """Return a function whose first call chooses between the generated function and the tape, if there is a tape."""
        return generated if self._tape is None else FastestFunction(generated, self._tape, on_tape, result_groups)

    def _generate_value(self, _: tuple[int, ...]) -> Any:
        return self._fastest(self._generate("value", [self.outputs], 1), ScalarTape.value)

    def _generate_value_and_gradients(self, wrt: tuple[int, ...]) -> Any:
        (value,) = self.outputs
        if self.batch is not None:
            value = self.builder.call(find("mean"), (value,), {"axis": None, "keepdims": False})
        generated = self._generate("value_and_gradients", [[value], self._gradients([value], [1.0], wrt)], 1)
        return self._fastest(generated, lambda tape, inputs: tape.value_and_gradients(inputs, wrt), result_groups=2)

    def _generate_value_and_update(self, update: Any) -> GeneratedFunction:
        """Write the value, the gradients with respect to the Tensors of an update, and the results of its rule."""
        wrt = update.find_slots(self)
        gradients = self._gradients(self.outputs, [1.0], wrt)
        points = [self._inputs.instructions[k] for k in wrt]
        interned = dict(self.builder.interned)
        state, results = update.append_rule(self.builder, gradients, points)
        self.builder.interned = interned  # the instructions of an update live only as long as its function
        function = self._generate("training_step", [self.outputs, gradients, results], 1, state)
        update.check(function, [instruction.data for instruction in self._inputs.instructions], [point.data for point in points])
        return function

    def _generate_pullback(self, wrt: tuple[int, ...]) -> Any:
        cotangents = {k: self.builder.input(f"g{k}", np.ones(shape)[()]) for k, shape in self.cotangent_shapes.items()}
        gradients = self._gradients(self.outputs, [cotangents.get(k, 0.0) for k in range(len(self.outputs))], wrt)
        generated = self._generate("pullback", [gradients], 0, list(cotangents.values()), with_guards=False)
        return self._fastest(generated, lambda tape, inputs: tape.pullback(inputs, wrt))

    def _generate_jvp(self, _: tuple[int, ...]) -> GeneratedFunction:
        primals, tangents = self._primals_and_tangents()
        output_tangents = pushforward(self.builder, self.outputs, primals, tangents)
        filled = [self._fill(tangent, y) for tangent, y in zip(output_tangents, self.outputs, strict=True)]
        return self._generate("jvp", [self.outputs, filled], 1, tangents)

    def _generate_hvp(self, _: tuple[int, ...]) -> GeneratedFunction:
        """Write the Hessian-vector product: the tangents of the gradients."""
        primals, tangents = self._primals_and_tangents()
        gradients = pullback(self.builder, self.outputs, [1.0], primals)
        products = pushforward(self.builder, gradients, primals, tangents)
        filled = [self._fill(product, primal) for product, primal in zip(products, primals, strict=True)]
        return self._generate("hvp", [filled], 0, tangents)

    def _gradients(self, outputs: Sequence[Any], cotangents: Sequence[Any], wrt: tuple[int, ...]) -> list[Any]:
        """Append the gradients with respect to some slots, in their shapes."""
        sources = [self._inputs.instructions[k] for k in wrt]
        gradients = pullback(self.builder, outputs, cotangents, sources)
        return [self._fill(gradient, source) for gradient, source in zip(gradients, sources, strict=True)]

    def _fill(self, derivative: Any, like: Any) -> Any:
        """Return a derivative in the shape of what it belongs to; None becomes zeros."""
        shape = self.builder.shape(like)
        if derivative is None:
            return self.builder.make_constant(np.zeros(shape))
        return self.builder.broadcast_to(derivative, shape)

    def _primals_and_tangents(self) -> tuple[list[Instruction], list[Instruction]]:
        """Return the instructions of the arguments, and new inputs for their tangents."""
        primals = [self._inputs.instructions[k] for k in self.argument_slots]
        return primals, [self.builder.input(f"t_{primal.name}", primal.data) for primal in primals]

    # -- at each call

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs; see ``Specialization.inputs``."""
        return self._inputs.read(leaves)

    def describe_guard_change(self, values: Sequence[Any]) -> str:
        """Describe the first guard that has changed; see ``Specialization.describe_guard_change``."""
        return describe_guard_change(self.guards, [np.asarray(x) for x in values], is_batched=self.batch is not None)
