"""Derivatives of loops: the pullback of a loop is a loop that runs the other way, and its pushforward is a second loop next to it.

Both are linear in what they carry. What they need of the forward loop is kept there for all iterations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import RESULT, Loop, LoopResult, carried_result, emit_loop, isolate, loop_of, stacked_result
from autograd.compiler.ir.program import ProgramBuilder

Pullback = Callable[[ProgramBuilder, Sequence[Any], Sequence[Any], Sequence[Instruction]], list[Any]]


def pull_back_loop(
    builder: ProgramBuilder,
    instruction: Instruction,
    cotangents: dict[LoopResult, Any],
    is_live: Sequence[bool],
    pullback: Pullback,
) -> list[Any]:
    """Return the cotangents of the arguments of a loop.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    instruction : Instruction
        The loop.
    cotangents : dict of LoopResult to Instruction or float
        The cotangents of its results.
    is_live : sequence of bool
        Which arguments need one.
    pullback : callable
        The pullback of a program without this loop, for the body.

    Returns
    -------
    list of Instruction, float or None
        The cotangents; None for arguments that need none, or that no result depends on.
    """
    loop = loop_of(instruction)
    given = [builder.input(f"d{x.name}", np.ones(x.shape)[()]) for x in loop.carried]
    stacked = [which for which in cotangents if which.is_stacked]
    entries = [builder.input(f"d{loop.stacked[which.position].name}", loop.stacked[which.position].data) for which in stacked]
    roots = [*loop.updates, *(loop.stacked[which.position] for which in stacked)]
    n_carried, n_strided = len(loop.carried), len(loop.strided)
    sources = [*loop.carried, *(x for x, live in zip(loop.placeholders[n_carried:], is_live[n_carried:], strict=True) if live)]
    found = dict(zip(map(id, sources), pullback(builder, roots, [*given, *entries], sources), strict=True))
    own = [_fill(builder, found.get(id(x)), x) for x in loop.carried]
    of_entries = [found.get(id(x)) for x in loop.strided]
    of_invariants = [x for x in loop.invariant if found.get(id(x)) is not None]
    totals = [builder.input(f"d{x.name}", np.ones(x.shape)[()]) for x in of_invariants]
    sums = [total + _fill(builder, found[id(x)], x) for total, x in zip(totals, of_invariants, strict=True)]
    wanted = [None if g is None else _fill(builder, g, x) for g, x in zip(of_entries, loop.strided, strict=True)]
    back, values = _emit_linear_loop(
        builder,
        instruction,
        not loop.is_reversed,
        carried=[*given, *totals],
        initial=[*(cotangents.get(LoopResult(False, k)) for k in range(n_carried)), *(None for _ in totals)],
        entries=list(zip(entries, (cotangents[which] for which in stacked), strict=True)),
        invariant=[],
        updates=[*own, *sums],
        values=wanted,
    )
    result: list[Any] = [carried_result(back, k) if is_live[k] else None for k in range(n_carried)]
    result += [None if value is None else stacked_result(back, value) for value in values]
    positions = {id(x): n_carried + k for k, x in enumerate(of_invariants)}
    result += [carried_result(back, positions[id(x)]) if id(x) in positions else None for x in loop.invariant]
    assert len(result) == n_carried + n_strided + len(loop.invariant)
    return result


def push_forward_loop(
    builder: ProgramBuilder, instruction: Instruction, tangents: Sequence[Any], pushforward: Pullback
) -> Callable[[LoopResult], Any]:
    """Return the tangents of the results of a loop.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    instruction : Instruction
        The loop.
    tangents : sequence of Instruction, float or None
        The tangents of its arguments.
    pushforward : callable
        The pushforward of a program without this loop, for the body.

    Returns
    -------
    callable
        Gives the tangent of a result.
    """
    loop = loop_of(instruction)
    n_carried, n_strided = len(loop.carried), len(loop.strided)
    is_moved = [k < n_carried or tangent is not None for k, tangent in enumerate(tangents)]
    inputs = [
        builder.input(f"t_{x.name}", np.ones(x.shape)[()]) if moved else None
        for x, moved in zip(loop.placeholders, is_moved, strict=True)
    ]
    sources = [x for x, moved in zip(loop.placeholders, is_moved, strict=True) if moved]
    roots = [*loop.updates, *loop.stacked]
    found = pushforward(builder, roots, sources, [x for x in inputs if x is not None])
    updates = [_fill(builder, t, x) for t, x in zip(found, loop.carried, strict=False)]
    values = [_fill(builder, t, x) for t, x in zip(found[n_carried:], loop.stacked, strict=True)]
    pairs = list(zip(inputs, tangents, strict=True))
    tangent_loop, values = _emit_linear_loop(
        builder,
        instruction,
        loop.is_reversed,
        carried=[x for x in inputs[:n_carried] if x is not None],
        initial=list(tangents[:n_carried]),
        entries=[(x, t) for x, t in pairs[n_carried : n_carried + n_strided] if x is not None],
        invariant=[(x, t) for x, t in pairs[n_carried + n_strided :] if x is not None],
        updates=updates,
        values=values,
    )

    def tangent_of(which: LoopResult) -> Any:
        if which.is_stacked:
            return stacked_result(tangent_loop, values[which.position])
        return carried_result(tangent_loop, which.position)

    return tangent_of


def _fill(builder: ProgramBuilder, derivative: Any, like: Instruction) -> Any:
    """Return a derivative in the shape of what it belongs to; None stands for zero."""
    value = 0.0 if derivative is None else derivative
    return builder.broadcast_to(value, like.shape) if like.shape else value


def _emit_linear_loop(
    builder: ProgramBuilder,
    instruction: Instruction,
    is_reversed: bool,
    carried: Sequence[Instruction],
    initial: Sequence[Any],
    entries: Sequence[tuple[Instruction, Any]],
    invariant: Sequence[tuple[Instruction, Any]],
    updates: Sequence[Any],
    values: Sequence[Any],
) -> tuple[Instruction, list[Any]]:
    """Append a loop that reads what the body of another loop computes, which that loop then keeps.

    Parameters
    ----------
    carried, initial
        The placeholders that are carried, and their first values; None stands for zeros.
    entries, invariant
        Further placeholders with their arguments.
    updates, values
        The carried values after an iteration, and values that may be stacked.

    Returns
    -------
    tuple (Instruction, list)
        The loop, and the values as its body computes them.
    """
    loop = loop_of(instruction)
    own = {id(x) for x in topological_sort([*loop.updates, *loop.stacked, *loop.placeholders]) if x.op != "constant"}
    results = [*updates, *(value for value in values if value is not None)]
    own |= {id(x) for x in topological_sort(results, known=own) if x.op == RESULT and id(x.args[0]) in own}
    readers = topological_sort(results, known=own)
    needed = {id(x): x for reader in readers for x in reader.parents if id(x) in own}
    needed |= {id(x): x for x in results if isinstance(x, Instruction) and id(x) in own}
    arguments = {id(x): arg for x, arg in zip(loop.placeholders, instruction.args, strict=True)}
    invariant_ids = set(map(id, loop.invariant))
    same = [x for key, x in needed.items() if key in invariant_ids]
    kept = [x for key, x in needed.items() if key not in invariant_ids]
    isolated, inputs = isolate(builder, results, [*same, *kept])
    for x, original in zip(inputs, [*same, *kept], strict=True):
        x.name = original.name
    remaining = iter(isolated[len(updates) :])
    new = Loop(
        loop.length,
        is_reversed,
        list(carried),
        [*(x for x, _ in entries), *inputs[len(same) :]],
        [*(x for x, _ in invariant), *inputs[: len(same)]],
        isolated[: len(updates)],
        [],
    )
    args = [
        *(builder.make_constant(np.zeros(x.shape)) if first is None else first for x, first in zip(carried, initial, strict=True)),
        *(arg for _, arg in entries),
        *(stacked_result(instruction, x) for x in kept),
        *(arg for _, arg in invariant),
        *(arguments[id(x)] for x in same),
    ]
    return emit_loop(builder, new, args), [None if value is None else next(remaining) for value in values]
