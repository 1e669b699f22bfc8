"""Finds the specialization that is right for a call and runs it, or traces the function again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.compiler.compile_options import CompileOptions
from autograd.compiler.frontend.arguments import Call
from autograd.compiler.runtime.last_program import LastProgram
from autograd.compiler.runtime.retrace_monitor import RetraceMonitor
from autograd.compiler.runtime.specialization_cache import SpecializationCache
from autograd.compiler.specialization.specialize import specialize
from autograd.errors import GraphError

# Given a specialization, which of its functions to run: its name, the key of its variant (the slots that it differentiates by, or
# an Update), and the slots with respect to which the caller will differentiate. A plain tuple, since a named one costs 0.2 of 9
# microseconds.
Select = Callable[[Any], tuple[str, Any, tuple[int, ...]]]
# A specialization, its inputs, what its function returned, and the slots with respect to which the caller will differentiate.
Execution = tuple[Any, list[Any], Any, tuple[int, ...]]


class Dispatcher:
    """Runs a function by its specializations, and makes a new one if none is right for a call.

    Parameters
    ----------
    f : callable
        The function that is compiled.
    name : str
        Its name, for messages.
    options : CompileOptions
        How it is compiled.

    Attributes
    ----------
    cache : SpecializationCache
        What it has been specialized to.
    traces : int
        How many times it was traced.
    """

    def __init__(self, f: Callable[..., Any], name: str, options: CompileOptions) -> None:
        self.f = f
        self.name = name
        self.options = options
        self.cache: SpecializationCache = SpecializationCache()
        self.traces: int = 0
        self._monitor = RetraceMonitor(name)
        self._lock = self.cache.lock
        self._with_static_integers: set[Any] = set()  # the signatures of calls whose integers the function reads
        self._last: tuple[Any, str, Any, Call, Sequence[Any]] | None = None

    def run(self, call: Call, select: Select, extra_inputs: Sequence[Any] = ()) -> Execution:
        """Run a call by the first specialization that is right for it.

        Parameters
        ----------
        call : Call
            The arguments.
        select : callable
            Given a specialization, says which of its functions to run.
        extra_inputs : sequence
            What this function takes in addition to the inputs of the program, such as tangents.

        Returns
        -------
        tuple
            The specialization, its inputs, the results in groups, and the slots with respect to which the caller will
            differentiate.

        Raises
        ------
        GraphError
            If the function cannot be compiled.
        """
        if self._with_static_integers and call.signature in self._with_static_integers:
            call.make_integers_static()
        known = self.cache.find(call.signature).copy()
        execution, reason = self._run_cached(known, call, select, extra_inputs)
        if execution is not None:
            return execution
        with self._lock:
            added = [other for other in self.cache.find(call.signature) if other not in known]  # by another thread
            if added:
                execution, reason = self._run_cached(added, call, select, extra_inputs)
            return execution or self._trace_and_run(call, select, extra_inputs, reason)

    def _run_cached(
        self, known: Sequence[Any], call: Call, select: Select, extra_inputs: Sequence[Any]
    ) -> tuple[Execution | None, str]:
        """Run a known specialization whose guards hold. If there is none, return None and what the first one saw changed."""
        reason = ""
        for specialization in known:
            change = specialization.captured_state.describe_change()
            if not change:
                name, key, wrt = select(specialization)
                inputs = specialization.inputs(call.leaves)
                try:
                    results = specialization.function(name, key)([*inputs, *extra_inputs])
                except IndexError as error:  # of an index that is data: the function may have an error of its own for it
                    reason = reason or str(error)
                    continue
                change = specialization.describe_guard_change(results[-1]) if specialization.guards else ""
                if not change:
                    if specialization.updates_numbers:
                        specialization.write_updates(results[-1])
                    if self._monitor.counts:
                        self._monitor.reset(call.signature)
                    if specialization is not known[0] or len(self.cache.by_signature) > 1:
                        self.cache.mark_used(call.signature, specialization)
                    self._last = specialization, name, key, call, extra_inputs
                    return (specialization, inputs, results, wrt), ""
            reason = reason or change
        return None, reason

    def _trace_and_run(self, call: Call, select: Select, extra_inputs: Sequence[Any], reason: str) -> Execution:
        """Make a new specialization and run it. ``reason`` says why the known ones for this signature were not right."""
        try:
            if reason:
                self._monitor.count_retrace(call.signature, reason)
            self._monitor.count_static_values(call)
            specialization = specialize(self.f, self.name, self.options, call)
        except Exception:  # of the function as well, which may not know what to do with traced integers
            if not call.integer_leaves:
                raise
            specialization = None
        if specialization is None:
            return self._run_with_static_integers(call, select, extra_inputs)
        self.traces += 1
        self.cache.add(call.signature, specialization)
        name, key, wrt = select(specialization)
        inputs = specialization.inputs(call.leaves)
        self._last = specialization, name, key, call, extra_inputs
        results = specialization.function(name, key)([*inputs, *extra_inputs])
        self._check_samples_agree(specialization, results)
        if specialization.updates_numbers:
            specialization.write_updates(results[-1])
        return specialization, inputs, results, wrt

    def _run_with_static_integers(self, call: Call, select: Select, extra_inputs: Sequence[Any]) -> Execution:
        """Run a call, and all of its kind from now on, for the integers that it has, if that does not fail, too."""
        signature = call.signature
        self._with_static_integers.add(signature)
        try:
            return self.run(call, select, extra_inputs)
        except Exception:
            self._with_static_integers.discard(signature)
            raise

    def _check_samples_agree(self, specialization: Any, results: Any) -> None:
        """Raise GraphError if a guard saw different things in different samples of a batch."""
        if self.options.in_axes is None or not specialization.guards:
            return
        change = specialization.describe_guard_change(results[-1])
        if change:
            raise GraphError(
                f"compile(in_axes=): a guard of {self.name} is not the same for every sample ({change}): use autograd.where in "
                f"place of a branch, since it chooses for each sample"
            )

    def last_program(self) -> LastProgram:
        """Return the program of the last call.

        Returns
        -------
        LastProgram
            The program.

        Raises
        ------
        GraphError
            If there has been no call.
        """
        if self._last is None:
            raise GraphError(f"compile(): {self.name} has not been called, so it has no program yet: call it first")
        return LastProgram(*self._last)
