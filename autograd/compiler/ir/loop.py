"""Loops in a program: one instruction that runs a body many times, with values that pass from one iteration to the next.

The body is a program of its own. It reads placeholders: inputs that stand for what an iteration is given. The loop is an
instruction without a value; its results are instructions that read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort

LOOP, RESULT = "loop", "loop_result"  # the operations of a loop and of its results


class Loop(NamedTuple):
    """The body of a loop, and how its values pass from one iteration to the next.

    Attributes
    ----------
    length : int
        The number of iterations.
    is_reversed : bool
        Whether they run from the last to the first.
    carried : list of Instruction
        The placeholders of values that an iteration gets from the one before it.
    strided : list of Instruction
        The placeholders of the entries of arrays: iteration ``t`` gets entry ``t`` along the first axis.
    invariant : list of Instruction
        The placeholders of values that are the same in all iterations.
    updates : list of Instruction or float
        The carried values after an iteration, in the shapes of their placeholders.
    stacked : list of Instruction
        Values of the body of which those of all iterations are kept. Derivatives append what they need.
    """

    length: int
    is_reversed: bool
    carried: list[Instruction]
    strided: list[Instruction]
    invariant: list[Instruction]
    updates: list[Any]
    stacked: list[Any]

    @property
    def placeholders(self) -> list[Instruction]:
        """All inputs of the body, in the order of the arguments of the loop."""
        return [*self.carried, *self.strided, *self.invariant]


class LoopResult(NamedTuple):
    """Which result of a loop an instruction reads: a carried value after the last iteration, or the stacked values."""

    is_stacked: bool
    position: int


def loop_of(instruction: Instruction) -> Loop:
    """Return the loop of a loop instruction."""
    loop: Loop = instruction.static["loop"]
    return loop


def emit_loop(builder: Any, loop: Loop, args: Sequence[Any]) -> Instruction:
    """Append a loop to a program.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    loop : Loop
        The loop.
    args : sequence of Instruction or float
        For each placeholder the initial value, the array of entries, or the invariant value.

    Returns
    -------
    Instruction
        The loop.
    """
    return Instruction(builder, LOOP, args, {"loop": loop}, ())


def carried_result(instruction: Instruction, position: int) -> Any:
    """Return a carried value after the last iteration.

    Parameters
    ----------
    instruction : Instruction
        The loop.
    position : int
        The position of the value in ``carried``.

    Returns
    -------
    Instruction or float
        The value; the initial one if no iteration changes it.
    """
    placeholder = loop_of(instruction).carried[position]
    if _is_unchanged(loop_of(instruction), placeholder):
        return instruction.args[position]
    return _intern_result(instruction, LoopResult(False, position), placeholder.data)


def stacked_result(instruction: Instruction, x: Any) -> Any:
    """Return the values that the body computes in all iterations, as one array.

    Parameters
    ----------
    instruction : Instruction
        The loop.
    x : Instruction or float
        A value of the body. It is appended to ``stacked`` if it is not there yet.

    Returns
    -------
    Instruction
        An array with one entry for each iteration, in the order of the entries of ``strided``.
    """
    loop, builder = loop_of(instruction), instruction.builder
    shape = (loop.length, *builder.shape(x))
    if not isinstance(x, Instruction):
        return builder.make_constant(np.full(shape, x))
    for placeholder, arg in zip(loop.placeholders, instruction.args, strict=True):
        if x is placeholder and (_is_unchanged(loop, x) or not any(x is carried for carried in loop.carried)):
            is_entry = any(x is strided for strided in loop.strided)
            return arg if is_entry else builder.broadcast_to(arg, shape)
    position = next((k for k, kept in enumerate(loop.stacked) if kept is x), len(loop.stacked))
    if position == len(loop.stacked):
        loop.stacked.append(x)
    return _intern_result(instruction, LoopResult(True, position), np.broadcast_to(x.data, shape))


def _is_unchanged(loop: Loop, x: Instruction) -> bool:
    """Return whether an instruction is a carried value that no iteration changes."""
    return any(x is carried is update for carried, update in zip(loop.carried, loop.updates, strict=True))


def _intern_result(instruction: Instruction, which: LoopResult, data: Any) -> Instruction:
    interned = instruction.builder.interned
    key = (RESULT, id(instruction), which)
    if key not in interned:
        interned[key] = Instruction(instruction.builder, RESULT, (instruction,), {"result": which}, data)
    result: Instruction = interned[key]
    return result


def substitute(roots: Sequence[Any], replacements: dict[int, Any]) -> list[Any]:
    """Write results again with other inputs.

    Parameters
    ----------
    roots : sequence of Instruction or float
        The results.
    replacements : dict of int to Instruction or float
        What stands in place of some instructions, by their identities. What is written again is added.

    Returns
    -------
    list of Instruction or float
        The new results. What depends on no replacement is the same instruction as before.
    """
    for instruction in topological_sort(roots, known=replacements):
        if any(replacements.get(id(parent), parent) is not parent for parent in instruction.parents):
            args = tuple(replacements.get(id(arg), arg) if isinstance(arg, Instruction) else arg for arg in instruction.args)
            static = {
                name: replacements.get(id(value), value) if isinstance(value, Instruction) else value
                for name, value in instruction.static.items()
            }
            replacements[id(instruction)] = rebuild(instruction, args, static)
    return [replacements.get(id(root), root) if isinstance(root, Instruction) else root for root in roots]


def rebuild(instruction: Instruction, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return the same operation with other arguments and settings.

    Parameters
    ----------
    instruction : Instruction
        The instruction.
    args : sequence of Instruction or float
        Its new arguments.
    static : dict
        Its new settings.

    Returns
    -------
    Instruction or float
        The new instruction, or what is equal and simpler.
    """
    builder = instruction.builder
    if instruction.op == LOOP:
        return emit_loop(builder, loop_of(instruction), args)
    if instruction.op == RESULT:
        which: LoopResult = static["result"]
        (loop,) = args
        return (
            stacked_result(loop, loop_of(loop).stacked[which.position])
            if which.is_stacked
            else carried_result(loop, which.position)
        )
    return builder.rebuild(instruction.op, args, static)


def isolate(builder: Any, roots: Sequence[Any], boundary: Sequence[Instruction]) -> tuple[list[Any], list[Instruction]]:
    """Write results again so that they read new inputs in place of some instructions.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    roots : sequence of Instruction or float
        The results.
    boundary : sequence of Instruction
        The instructions that become inputs.

    Returns
    -------
    tuple (list, list of Instruction)
        The new results, and the new inputs.
    """
    inputs = [builder.input(x.name, x.data) for x in boundary]
    return substitute(roots, {id(x): new for x, new in zip(boundary, inputs, strict=True)}), inputs


def walk_with_bodies(roots: Sequence[Any]) -> list[Instruction]:
    """Return all instructions that some results need, and those of the bodies of loops."""
    found = []
    for instruction in topological_sort(roots):
        if instruction.op == LOOP:
            loop = loop_of(instruction)
            found += walk_with_bodies([*loop.updates, *loop.stacked])
        found.append(instruction)
    return found


def find_loop_results(order: Sequence[Instruction]) -> dict[int, dict[LoopResult, Instruction]]:
    """Return the results of each loop among some instructions, by the identity of the loop."""
    results: dict[int, dict[LoopResult, Instruction]] = {}
    for instruction in order:
        if instruction.op == RESULT:
            results.setdefault(id(instruction.args[0]), {})[instruction.static["result"]] = instruction
    return results
