"""Specialization: one trace of a function, ready to run. NumPy source and the replay of a graph have this in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
<<<<<<< HEAD
from autograd.compiler.ir.instruction import Instruction, data_of
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY
from autograd.compiler.passes.batching import batched
from autograd.compiler.passes.differentiation import pullback, pushforward
from autograd.compiler.passes.vectorization import Vectorizer
from autograd.compiler.specialization.fastest_function import FastestFunction
from autograd.compiler.specialization.scalar_tape import LazyTape, ScalarTape, TapeInput
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.ops import find
from autograd.state.engine import native
=======
from autograd.core.node import Node
>>>>>>> origin/main


class InputSlot(NamedTuple):
    """Where one input of a specialization comes from.

    Attributes
    ----------
    argument : int or None
        The index of a leaf of the arguments; None for an input that the function captured.
    nodes : list of Node
        The captured nodes: one Tensor or Value, or several Values that form one array.
    shape : tuple of int
        The shape of the input.
    """

    argument: int | None
    nodes: list[Any]
    shape: tuple[int, ...]


class Specialization(ABC):
    """One trace of a function, and what must hold for the trace to be valid.

<<<<<<< HEAD
    lines: list[Any]
    function: Callable[..., Any]
    result: Any
    what: str
    ids: list[Any]
=======
    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.
>>>>>>> origin/main

    Attributes
    ----------
    slots : list of InputSlot
        The inputs: arguments, then captured nodes, then groups of captured Values that form arrays.
    group_start : int
        The index of the first slot that stands for a group of Values.
    argument_slots : tuple of int
        The indices of the slots for arguments.
    captured_slots : tuple of int
        The indices of the slots for captured nodes to which gradients flow.
    captured_nodes : tuple of Node
        The nodes of these slots, in order.
    captured_edges : tuple of (int, Node)
        The same nodes, numbered, as the edges of a result.
    captures_only_leaves : bool
        Whether all of them are leaves.
    is_scalar : bool
        Whether the result is one number.
    is_scalar_per_sample : bool
        Whether the result is one number, or one number for each sample of a batch.
    cotangent_shapes : dict of int to tuple of int
        The shapes of the cotangents that the function "pullback" takes, by the index of their result.
    guards : sequence
        What the function read while it was traced. Their values are the last group of results.
    captured_state : CapturedState
        What the function captured.
    owns_results : bool
        Whether callers may keep gradients and write to them.
    output_types : list of type or None
        The type of each result; None for a plain number.
    """

    slots: list[InputSlot]
    group_start: int
    argument_slots: tuple[int, ...]
    captured_slots: tuple[int, ...]
    captured_nodes: tuple[Any, ...]
    captured_edges: tuple[tuple[int, Any], ...]
    captures_only_leaves: bool
    is_scalar: bool
    is_scalar_per_sample: bool
    cotangent_shapes: dict[int, tuple[int, ...]]
    guards: Sequence[Any]
    captured_state: CapturedState
    owns_results: bool

<<<<<<< HEAD
    def __init__(self, traced: TracedFunction, given: TracedArguments, xp: Any, buffers: bool = False) -> None:
        self.xp = xp
        self.buffers = buffers
        self.given = given
        self.nodes = traced.node_count
        self.constants = traced.constants
        self.kinds = [type(x) if isinstance(x, Node) else None for x in traced.run.outputs]
        self.build = traced.run.build
        self.builder = ProgramBuilder()
        self.slots: list[Slot] = []
        self.functions: dict[Any, Any] = {}
        self._named: set[int] = set()
        with np.errstate(**QUIET):
            self.raiser = self._raised(traced)
            self.outputs = [
                self.raiser.whole(i) if i >= 0 else self.builder.make_constant(x)
                for i, x in zip(traced.output_ids, traced.run.outputs, strict=True)
            ]
            self.guards = self._guards(traced)
            self._take_values(traced)
            self.tape = self._describe_tape(traced)
            if given.batch is not None:
                self._batch(given.batch)
        self.log = self.raiser.log
        self.arguments = tuple(k for k, slot in enumerate(self.slots) if slot.arg is not None)
        self.places = [slot.arg for slot in self.slots if slot.arg is not None]
        self.tensors = [slot.nodes[0] for slot in self.slots[: self.whole] if slot.arg is None]
        self.outer = tuple(k for k, slot in enumerate(self.slots) if slot.nodes and not getattr(slot.nodes[0], "constant", False))
        self.single = given.batch is None and len(self.outputs) == 1 and np.shape(data_of(self.outputs[0])) == ()
        self.lone = len(self.outputs) == 1 and np.ndim(data_of(self.outputs[0])) == (given.batch is not None)
        self.below = tuple(node for k in self.outer for node in self.slots[k].nodes)
        self.outside = tuple(enumerate(self.below))
        self.leafy = all(node.is_leaf for node in self.below)
=======
    def __init__(self, traced: TracedFunction, arguments: TracedArguments) -> None:
        self.traced_arguments = arguments
        self.batch = arguments.batch
        self.node_count = traced.node_count
        self.output_types = [type(x) if isinstance(x, Node) else None for x in traced.run.outputs]
        self.build_result = traced.run.build
>>>>>>> origin/main

    def _index_slots(self, slots: list[InputSlot], group_start: int) -> None:
        """Set the attributes that follow from the slots."""
        self.slots = slots
        self.group_start = group_start
        self.argument_slots = tuple(k for k, slot in enumerate(slots) if slot.argument is not None)
        self.captured_slots = tuple(k for k, slot in enumerate(slots) if slot.nodes and not _is_constant(slot.nodes[0]))
        self.captured_nodes = tuple(node for k in self.captured_slots for node in slots[k].nodes)
        self.captured_edges = tuple(enumerate(self.captured_nodes))
        self.captures_only_leaves = all(node.is_leaf for node in self.captured_nodes)

<<<<<<< HEAD
    def _raised(self, traced: TracedFunction) -> Vectorizer:
        """The lines of all that was traced."""
        inputs: dict[Any, Instruction] = {}
        free: dict[int, tuple[Any, int]] = {}
        for k, leaf in enumerate(self.given.values):
            if leaf is not None:
                line = inputs["arg", k] = self.builder.input(self.given.names[k], leaf)
                self.slots.append(Slot(line, k, [], np.shape(leaf)))
        for i, node in traced.leaves.items():
            if i in traced.argument_leaves:
                k, place = self.given.node_positions[traced.argument_leaves[i]]
                if traced.scalar_graph.op_ids[i] == ARRAY:
                    inputs[i] = inputs["arg", k]
                else:
                    free[i] = (("arg", k), place)
            elif traced.scalar_graph.op_ids[i] == ARRAY:
                line = inputs[i] = self._input(stem([node]), "b" if len(node.shape) < 2 else "W", node._primal)
                self.slots.append(Slot(line, None, [node], node.shape))
            else:
                free[i] = (None, 0)
        looked = [i for _, ids in traced.guards for i in ids]
        raiser = Vectorizer(self.builder, traced.scalar_graph, free, inputs, [*looked, *(i for i in traced.output_ids if i >= 0)])
        raiser.run()
        return raiser

    def _input(self, given: str, role: str, data: Any) -> Instruction:
        """An input by the name that it was given, or by the part it plays."""
        line = self.builder.input(given or role, data)
        self._name(given, line)
        return line

    def _name(self, given: str, line: Instruction) -> str:
        """Keep that a name was given, so that it gets no number."""
        if given:
            self._named.add(id(line))
        return given

    def _guards(self, traced: TracedFunction) -> list[Guarded]:
        """What was looked at, and what was seen: branches of one kind together."""
        guards: list[Guarded] = []
        together: dict[int, tuple[list[int], list[bool]]] = {}
        for guard, ids in traced.guards:
            if guard.function is bool and self.raiser.kind[ids[0]] >= 0:
                mine = together.setdefault(int(self.raiser.classes[ids[0]]), ([], []))
                mine[0].append(ids[0])
                mine[1].append(guard.result)
            else:
                lines = [self.raiser.whole(i) for i in ids]
                guards.append(Guarded(lines, guard.function, guard.result, guard.description, [np.array(i) for i in ids]))
        branches = []  # looked at first: what is only reached on one side of them may not even have a value on the other
        for branch, results in together.values():
            whole = partial(np.broadcast_to, shape=(len(results),))
            looked = np.array(branch)
            branches.append(Guarded([self.raiser.line(looked)], whole, np.array(results), "a branch", [looked]))
        return branches + guards

    def _take_values(self, traced: TracedFunction) -> None:
        """Slots for the Values from outside, behind all others, named in the order of the program."""
        self.whole = len(self.slots)
        self.values: list[Any] = []
        self.value_ids: list[Any] = []  # of each slot of Values, the ids of the nodes
        self.parts: list[tuple[int, int, tuple[int, ...]]] = []
        for _, ids in sorted(self.raiser.order, key=lambda found: found[0]):
            nodes = [traced.leaves[i] for i in ids.ravel().tolist()]
            line = self.raiser.lines[int(self.raiser.classes[ids.flat[0]])]
            line.name = self._name(stem(nodes), line) or line.name
            self.slots.append(Slot(line, None, nodes, ids.shape))
            self.parts.append((len(self.values), len(self.values) + len(nodes), ids.shape))
            self.values += nodes
            self.value_ids.append(ids.ravel())
        for letter in ("W", "b", "p"):
            same = [
                slot.line
                for slot in self.slots
                if slot.line.name == letter and slot.arg is None and id(slot.line) not in self._named
            ]
            for k, line in enumerate(same):
                line.name = f"{letter}{k + 1}" if len(same) > 1 or letter != "p" else letter

    def _batch(self, batch: dict[int, Any]) -> None:
        """The program of one sample becomes that of all."""
        size = len(next(iter(batch.values())))
        wide = {id(slot.line): self.builder.input(slot.line.name, batch[slot.arg]) for slot in self.slots if slot.arg in batch}
        lines = batched(self.builder, [*self.outputs, *self.looked], wide, size)
        self.outputs, looked = lines[: len(self.outputs)], iter(lines[len(self.outputs) :])
        self.guards = [guard._replace(lines=[next(looked) for _ in guard.lines]) for guard in self.guards]
        self.slots = [slot._replace(line=wide.get(id(slot.line), slot.line)) for slot in self.slots]

    # -- functions, written when they are first needed

    @property
    def lines(self) -> list[Instruction]:
        """The lines of the inputs, in order."""
        return [slot.line for slot in self.slots]

    @property
    def looked(self) -> list[Any]:
        """What the guards look at."""
        return [line for guard in self.guards for line in guard.lines]

    def function(self, name: str, moves: Any = ()) -> Any:
        """The function called value, value_and_gradients, pullback, jvp or hvp; ``moves`` are the slots to differentiate by. Or
        value_and_update, where it is the Update.
        """
        key = name, moves
        if key not in self.functions:
            if name == "value_and_update":  # of which one is in use at a time
                self.functions = {other: f for other, f in self.functions.items() if other[0] != name}
            with np.errstate(**QUIET):
                self.functions[key] = getattr(self, f"_{name}")(moves)
        return self.functions[key]

    def _function(
        self, name: str, groups: Sequence[Sequence[Any]], front: int, more: Sequence[Instruction] = ()
    ) -> GeneratedFunction:
        """A function whose last group is what the guards look at, where there are any."""
        groups = [*groups, self.looked] if self.guards else list(groups)
        return GeneratedFunction(name, [*self.lines, *more], groups, front, self.xp, self.buffers)

    def _value(self, moves: tuple[int, ...]) -> Any:
        lines = self._function("value", [self.outputs], 1)
        return self._fastest(lines, lambda tape: tape.value)

    def _value_and_gradients(self, moves: tuple[int, ...]) -> Any:
        (value,) = self.outputs
        if self.given.batch is not None:
            value = self.builder.call(find("mean"), (value,), {"axis": None, "keepdims": False})
        lines = self._function("value_and_gradients", [[value], self._pulled([value], [1.0], moves)], 1)
        return self._fastest(lines, lambda tape: lambda inputs: tape.value_and_gradients(inputs, moves), 2)

    def _value_and_update(self, update: Any) -> GeneratedFunction:
        """The value, the gradients by the Tensors of an update, and what its rule makes of them."""
        moves = update.gradients(self)
        gradients = self._pulled(self.outputs, [1.0], moves)
        known = dict(self.builder.interned)
        given, results = update.written(self.builder, gradients, [self.slots[k].line for k in moves])
        self.builder.interned = known  # the lines of an optimizer live as long as it keeps its settings
        function = self._function("training_step", [self.outputs, gradients, results], 1, given)
        update.prove(function, [line.data for line in self.lines], [self.slots[k].line.data for k in moves])
        return function

    def _pulled(self, roots: Sequence[Any], cotangents: Sequence[Any], moves: tuple[int, ...]) -> list[Any]:
        """The gradients by some slots, in their shapes."""
        sources = [self.slots[k].line for k in moves]
        found = pullback(self.builder, roots, cotangents, sources)
        return [self._filled(g, line) for g, line in zip(found, sources, strict=True)]

    def _filled(self, g: Any, like: Any) -> Any:
        """A derivative in the shape of what it belongs to; zeros for None."""
        shape = self.builder.shape(like)
        return self.builder.make_constant(np.zeros(shape)) if g is None else self.builder.broadcast_to(g, shape)

    def _pullback(self, moves: tuple[int, ...]) -> Any:
        given = [
            self.builder.input(f"g{k}", np.ones(y.shape)[()]) for k, y in enumerate(self.outputs) if isinstance(y, Instruction)
        ]
        lines = iter(given)
        cotangents = [next(lines) if isinstance(y, Instruction) else 0.0 for y in self.outputs]
        gradients = self._pulled(self.outputs, cotangents, moves)
        written = GeneratedFunction("pullback", [*self.lines, *given], [gradients], 0, self.xp, self.buffers)
        return self._fastest(written, lambda tape: lambda inputs: tape.pullback(inputs, moves))

    def _sources(self) -> tuple[list[Instruction], list[Instruction]]:
        """The lines of the arguments, and of their tangents."""
        sources = [self.slots[k].line for k in self.arguments]
        return sources, [self.builder.input(f"t_{line.name}", line.data) for line in sources]

    def _jvp(self, moves: tuple[int, ...]) -> GeneratedFunction:
        sources, tangents = self._sources()
        moved = pushforward(self.builder, self.outputs, sources, tangents)
        return self._function(
            "jvp", [self.outputs, [self._filled(t, y) for t, y in zip(moved, self.outputs, strict=True)]], 1, tangents
        )

    def _hvp(self, moves: tuple[int, ...]) -> GeneratedFunction:
        sources, tangents = self._sources()
        gradients = pullback(self.builder, self.outputs, [1.0], sources)
        moved = pushforward(self.builder, gradients, sources, tangents)
        return self._function("hvp", [[self._filled(t, s) for t, s in zip(moved, sources, strict=True)]], 0, tangents)

    # -- on the native tape

    def _describe_tape(self, traced: TracedFunction) -> LazyTape | None:
        """The tape of the trace, which is made when it is first needed; None where only NumPy lines are wanted."""
        if native is None or self.xp is not None or self.buffers:
            return None
        batch = self.given.batch
        outputs = [i if i >= 0 else float(x) for i, x in zip(traced.output_ids, traced.run.outputs, strict=True)]
        guarded = [ids for guard in self.guards for ids in guard.ids]
        size = None if batch is None else len(next(iter(batch.values())))
        return LazyTape(traced.scalar_graph, self._tape_inputs(traced), outputs, guarded, size)

    def _tape_inputs(self, traced: TracedFunction) -> list[TapeInput]:
        """Which nodes each slot fills."""
        by_arg: dict[int | None, list[tuple[int, int]]] = {}
        for i, k in traced.argument_leaves.items():
            arg, place = self.given.node_positions[k]
            by_arg.setdefault(arg, []).append((i, place))
        inputs = []
        for slot in self.slots[: self.whole]:
            pairs = np.array(by_arg.get(slot.arg, []), dtype=np.int64).reshape(-1, 2)
            inputs.append(TapeInput(slot.shape, pairs[:, 0], pairs[:, 1], slot.arg in (self.given.batch or {})))
        for slot, ids in zip(self.slots[self.whole :], self.value_ids, strict=True):
            inputs.append(TapeInput(slot.shape, ids, np.arange(len(ids)), False))
        return inputs

    def _fastest(
        self, lines: GeneratedFunction, call: Callable[[ScalarTape], Callable[[Sequence[Any]], Any]], result_groups: int = 1
    ) -> Any:
        """The function of NumPy lines, with the tape beside it where there can be one."""
        return lines if self.tape is None else FastestFunction(lines, self.tape, call, result_groups)

    # -- running
=======
    def _describe_outputs(self, shapes: Sequence[tuple[int, ...]], are_computed: Sequence[bool]) -> None:
        """Set the attributes that follow from the results: their shapes, and whether each is computed or a constant."""
        is_batched = self.batch is not None
        self.is_scalar = not is_batched and list(shapes) == [()]
        self.is_scalar_per_sample = len(shapes) == 1 and len(shapes[0]) == is_batched
        self.cotangent_shapes = {
            k: shape for k, (shape, is_computed) in enumerate(zip(shapes, are_computed, strict=True)) if is_computed
        }
>>>>>>> origin/main

    @abstractmethod
    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs as they are now.

        Parameters
        ----------
        leaves : sequence
            The leaves of the arguments of a call.

        Returns
        -------
        list of float or array
            One for each slot.
        """

    @abstractmethod
    def function(self, name: str, key: Any = ()) -> Any:
        """Return one of the functions of the specialization.

        Parameters
        ----------
        name : {"value", "value_and_gradients", "pullback", "jvp", "hvp", "value_and_update"}
            Which function.
        key : tuple of int, or Update
            The slots to differentiate by; for "value_and_update" the update.

        Returns
        -------
        callable
            It takes the list of inputs, and what the function needs besides (cotangents, tangents, or a state), and returns groups
            of results, of which the last belongs to the guards.
        """

    @abstractmethod
    def describe_guard_change(self, values: Sequence[Any]) -> str:
        """Describe the first guard that sees something else than while the function was traced.

        Parameters
        ----------
        values : sequence
            The last group of the results of a function.

        Returns
        -------
        str
            What has changed; "" if nothing has.
        """


def _is_constant(node: Any) -> bool:
    return getattr(node, "constant", False)


def leaves_by_argument(traced: TracedFunction, arguments: TracedArguments) -> dict[int, dict[int, Any]]:
    """Return for each traced leaf of the arguments the nodes of the trace that hold its entries, by their position in it."""
    leaves: dict[int, dict[int, Any]] = {}
    for i, k in traced.argument_leaves.items():
        argument, place = arguments.node_positions[k]
        leaves.setdefault(argument, {})[place] = traced.leaves[i]
    return leaves


def find_common_name(nodes: Sequence[Any]) -> str:
    """Return the name of one node, or what the names of several have in common before their numbers; "" if there is nothing.

    Examples
    --------
    >>> from autograd import Value
    >>> find_common_name([Value(0.0, name="w_1"), Value(0.0, name="w_2")])
    'w'
    """
    names = {"".join(c if c.isalnum() else "_" for c in node.name or "") for node in nodes}
    if len(nodes) == 1:
        return names.pop()
    stems = {name.rstrip("0123456789_") for name in names}
    return stems.pop() if len(stems) == 1 else ""
