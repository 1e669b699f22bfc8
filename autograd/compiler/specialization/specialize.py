"""From a call to the specialization for it: trace, choose how to run, check, and note what the function captured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.compiler.compile_options import CompileOptions
from autograd.compiler.frontend.arguments import Call, TracedArguments
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.specialization.array_program import ArrayProgram
from autograd.compiler.specialization.graph_replay import GraphReplay
from autograd.compiler.specialization.moved_inputs import find_fault_at_moved_inputs
from autograd.compiler.specialization.self_check import check_program
from autograd.compiler.specialization.specialization import Specialization
from autograd.compiler.specialization.tape_program import TapeProgram, belongs_on_tape, has_too_many_lines
from autograd.errors import AutogradError, GraphError


def specialize(f: Callable[..., Any], name: str, options: CompileOptions, call: Call) -> Specialization | None:
    """Trace a function for the arguments of a call and make a specialization of it.

    Parameters
    ----------
    f : callable
        The function.
    name : str
        Its name, for messages.
    options : CompileOptions
        How it is compiled.
    call : Call
        The arguments.

    Returns
    -------
    Specialization or None
        What runs the call, and all calls that take the same way through the function. None if the function read the plain numbers
        of traced integers, which must then be static.

    Raises
    ------
    GraphError
        If the function cannot be compiled with these options.
    """
    traced = trace_function(f, call.make_nodes, options.limit, call.static_leaves)
    if traced.run.tracer.reads_integers:
        return None
    draws = traced.run.tracer.draws
    if draws.leaves and options.in_axes is not None:
        raise GraphError(
            f"compile(in_axes=): {name} draws random numbers for each sample, which one program for all samples cannot do: draw "
            f"them outside, and pass them as a batched argument"
        )
    if traced.run.tracer.updates.new and options.in_axes is not None:
        raise GraphError(
            f"compile(in_axes=): {name} calls update_numbers() for each sample, which one program for all samples cannot do: "
            f"compile a function of the batch"
        )
    specialization = choose_execution(f, name, options, call, traced)
    draws.release()
    specialization.updates_numbers = bool(traced.run.tracer.updates.new)
    captured_nodes = [node for i, node in traced.leaves.items() if i not in traced.argument_leaves]
    constant_tensors = [tensor for tensor, _ in traced.constants]
    specialization.captured_state = CapturedState(
        f, call.static_leaves, [*captured_nodes, *constant_tensors], constants=traced.constants
    )
    return specialization


def choose_execution(
    f: Callable[..., Any], name: str, options: CompileOptions, call: Call, traced: TracedFunction
) -> Specialization:
    """Choose how a trace runs: as a program in NumPy, or as a replay of its graph.

    The program is preferred. The replay runs if ``exact=True`` asks for it, if no program could be written, or if the program
    computes something else than the function. With the native engine, a program in which few nodes are alike runs on a tape in C,
    and is not vectorized. Any other program may have a tape as well: each of its functions chooses between the two at its first
    call, in ``FastestFunction``.

    Parameters
    ----------
    f : callable
        The function.
    name : str
        Its name, for messages.
    options : CompileOptions
        How it is compiled.
    call : Call
        The arguments of the trace.
    traced : TracedFunction
        The trace.

    Returns
    -------
    Specialization
        The program or the replay, checked against the function.

    Raises
    ------
    GraphError
        If neither computes what the function computes, or if a replay is not possible with these options.
    """
    arguments = call.traced_arguments(f)
    fault = ""
    if not options.exact:
        program, fault = _write_program(traced, arguments, call, options)
        if fault and not options.allows_replay:
            raise GraphError(f"compile(): {name} cannot be compiled with xp or in_axes: {fault}")
        if program is not None and not fault:
            fault = find_fault_at_moved_inputs(f, program, traced, call)
            if not fault:
                return program
            if not options.allows_replay:
                raise _not_what_was_traced(name, fault)
            fault = f"at other inputs {fault}"
    replay = GraphReplay(traced, arguments, fault)
    fault = find_fault_at_moved_inputs(f, replay, traced, call)
    if fault:
        raise _not_what_was_traced(name, fault)
    return replay


def _write_program(
    traced: TracedFunction, arguments: TracedArguments, call: Call, options: CompileOptions
) -> tuple[ArrayProgram | TapeProgram | None, str]:
    """Return the program, compared with the traced run, and what is wrong with it; "" if nothing is."""
    if options.allows_tape and belongs_on_tape(traced):
        tape = _write_tape(traced, arguments, call)
        if tape is not None:
            return tape, ""
    try:
        program = ArrayProgram(traced, arguments, options.xp, options.buffers)
        del program.vectorized_graph
        has_too_many = options.allows_tape and has_too_many_lines(program, traced)
        tape = _write_tape(traced, arguments, call, program) if has_too_many else None
        if tape is not None:
            return tape, ""
        program.self_check = check_program(program, traced, call)
    except AutogradError:
        raise
    except Exception as error:  # the graph has something that no pass or writer knows; a replay needs neither
        return None, f"it could not be vectorized: {type(error).__name__}: {error}"
    return program, program.self_check.fault


def _write_tape(
    traced: TracedFunction, arguments: TracedArguments, call: Call, lines: ArrayProgram | None = None
) -> TapeProgram | None:
    """Return a trace on the tape, or None if its results are not those of the traced run."""
    tape = TapeProgram(traced, arguments, lines)
    tape.self_check = check_program(tape, traced, call)
    return None if tape.self_check.fault else tape


def _not_what_was_traced(name: str, fault: str) -> GraphError:
    return GraphError(
        f"compile(): {name} differs from its trace: at other inputs {fault}. A number that depends on the inputs was taken for a "
        f"constant: compute it from Values and Tensors, or pass it as an argument"
    )
