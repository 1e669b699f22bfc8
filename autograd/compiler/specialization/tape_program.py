"""TapeProgram: a specialization that runs on the native tape, and is written as NumPy source only when that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.effects.numbers_updates import write_updates
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import LOOP
from autograd.compiler.specialization.array_program import ArrayProgram
from autograd.compiler.specialization.program_inputs import to_plain_data
from autograd.compiler.specialization.specialization import InputSlot, Specialization
from autograd.compiler.specialization.tape.formulas import FEWEST_NODES, is_too_irregular
from autograd.compiler.specialization.tape.instructions import has_only_known_operations
from autograd.compiler.specialization.tape.scalar_tape import ScalarTape
from autograd.compiler.specialization.tape.traced_tape import tape_of_trace
from autograd.compiler.specialization.value_guards import build_tape_guards, describe_guard_change

# Numbers for each instruction below which a program in NumPy is slower than the tape. A line for a small array takes about 0.5 µs,
# and the tape 5 ns a number. Measured with value and gradient: programs of 33 to 54 numbers for each instruction ran 2 to 4.5 times
# as fast on the tape, and one of 168 did not. With 16 and with 64, no call of 156 test programs (recurrences and random loops)
# changes by a factor of 1.5.
NUMBERS_WORTH_AN_INSTRUCTION = 32


class TapeProgram(Specialization):
    """A traced function on the native tape.

    Parameters
    ----------
    traced : TracedFunction
        The trace. It captures no Values, so that the tape and the NumPy source have the same inputs.
    arguments : TracedArguments
        The arguments that it was made for.
    lines : ArrayProgram, optional
        The same function as a program in NumPy, if it was made already.

    Attributes
    ----------
    self_check : SelfCheck
        How far the tape was from the traced run.
    """

    owns_results = True
    self_check: Any

    def __init__(self, traced: TracedFunction, arguments: TracedArguments, lines: ArrayProgram | None = None) -> None:
        super().__init__(traced, arguments)
        slots = [InputSlot(k, [], np.shape(data)) for k, data in enumerate(arguments.values) if data is not None]
        self._index_slots(slots, len(slots))
        self.guards: Sequence[Any] = build_tape_guards(traced)
        guarded_ids = [ids for guard in self.guards for ids in guard.source_ids]
        tape = tape_of_trace(traced, arguments, slots, [], guarded_ids).get()
        assert tape is not None, "the instructions are known"
        self._tape: ScalarTape = tape
        batch_shape = () if self.batch is None else (len(next(iter(self.batch.values()))),)
        self._describe_outputs([batch_shape] * len(traced.output_ids), [i >= 0 for i in traced.output_ids])
        self._make_lines: Callable[[], ArrayProgram] | None = partial(ArrayProgram, traced, arguments) if lines is None else None
        self._lines = lines

    @property
    def lines(self) -> ArrayProgram:
        """The same function as a program in NumPy, which is made when it is first asked for."""
        if self._make_lines is not None:
            self._lines = self._make_lines()
            self._make_lines = None  # it holds the traced graph
        assert self._lines is not None
        return self._lines

    @property
    def vectorization_log(self) -> Any:
        """What became of each group of nodes in the program in NumPy."""
        return self.lines.vectorization_log

    @property
    def reason(self) -> str:
        """Why the tape runs, as the end of a sentence."""
        return "since too few nodes compute the same formula for arrays"

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs; see ``Specialization.inputs``."""
        return [to_plain_data(leaves[slot.argument]) for slot in self.slots if slot.argument is not None]

    def function(self, name: str, key: Any = ()) -> Any:
        """Return one of the functions; see ``Specialization.function``. Those that the tape does not have are NumPy lines."""
        if name == "value":
            run: Callable[[Sequence[Any]], list[Any]] = self._tape.value
        elif name == "value_and_gradients":
            run = partial(self._tape.value_and_gradients, moves=key)
        elif name == "pullback":
            run = partial(self._tape.pullback, moves=key)
        else:
            return self.lines.function(name, key)
        return TapeFunction(self, name, key, run)

    def describe_guard_change(self, values: Sequence[Any]) -> str:
        """Describe the first guard that has changed; see ``Specialization.describe_guard_change``."""
        return describe_guard_change(self._guards_of(values), values, is_batched=self.batch is not None)

    def write_updates(self, values: Sequence[Any]) -> None:
        """Give new numbers to constant Tensors; see ``Specialization.write_updates``."""
        write_updates(self._guards_of(values), values)

    def _guards_of(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return the guards to which values belong: the tape returns all branches together, the lines each kind of them."""
        is_of_tape = len(values) == sum(len(guard.sources) for guard in self.guards)
        return self.guards if is_of_tape else self.lines.guards


class TapeFunction:
    """One function of a program on the tape. Everything but calls, such as ``source``, is that of the function in NumPy.

    Parameters
    ----------
    program : TapeProgram
        The program.
    name : str
        The name of the function.
    key : tuple of int
        The slots that it differentiates by.
    run : callable
        The function.
    """

    def __init__(self, program: TapeProgram, name: str, key: Any, run: Callable[[Sequence[Any]], list[Any]]) -> None:
        self._program = program
        self._name = name
        self._key = key
        self._run = run

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the results in groups."""
        return self._run(inputs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._program.lines.function(self._name, self._key), name)

    def evaluate_perturbed(self, inputs: Sequence[Any], scale: float) -> list[Any]:
        """Run on perturbed inputs; see ``GeneratedFunction.evaluate_perturbed``."""
        rng = np.random.default_rng(0)
        return self._run([x * (1.0 + scale * rng.uniform(-1.0, 1.0, np.shape(x))) for x in inputs])


def belongs_on_tape(traced: TracedFunction) -> bool:
    """Return whether a trace should run on the tape, without a search for arrays.

    Parameters
    ----------
    traced : TracedFunction
        The trace.

    Returns
    -------
    bool
        Whether the native engine knows all operations, no Value is captured, and few nodes compute the same formula.
    """
    return _can_be_on_tape(traced) and is_too_irregular(traced.scalar_graph)


def has_too_many_lines(program: ArrayProgram, traced: TracedFunction) -> bool:
    """Return whether a program in NumPy has so many instructions that it belongs on the tape instead.

    Parameters
    ----------
    program : ArrayProgram
        The program.
    traced : TracedFunction
        Its trace.

    Returns
    -------
    bool
        Whether the tape can run it, and an instruction computes so few numbers that the tape is faster. Writing and checking
        so many lines takes longer than everything else.
    """
    samples = 1 if program.batch is None else len(next(iter(program.batch.values())))
    if traced.node_count < FEWEST_NODES:
        return False
    instructions = topological_sort(program.outputs)
    is_straight = not any(instruction.op == LOOP for instruction in instructions)
    has_many = samples * traced.node_count < NUMBERS_WORTH_AN_INSTRUCTION * len(instructions)
    return is_straight and has_many and _can_be_on_tape(traced)


def _can_be_on_tape(traced: TracedFunction) -> bool:
    captures_nothing = len(traced.leaves) == len(traced.argument_leaves)
    return captures_nothing and has_only_known_operations(traced.scalar_graph)
