"""A compiled function in two forms, NumPy lines and the native tape; the faster one runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.codegen.generated_function import GeneratedFunction
from autograd.compiler.specialization.rounding_bounds import compare
from autograd.compiler.specialization.tape.scalar_tape import ScalarTape
from autograd.compiler.specialization.tape.traced_tape import LazyTape

# The tape runs if it is faster by this factor at the first call. NumPy lines can be read and exported, so a tie goes to them.
# Doubled, programs that are up to three times as fast on the tape do not run on it. At 1.2 the choice between forms that are about
# equally fast changed from run to run, with the noise of the clock.
WORTHWHILE = 1.5

# No instruction of a tape takes less than this, in seconds, for its value alone, so lines that are faster need not be compared.
# Measured: 2 ns for sums and products. Twice as much would leave out some programs for which the tape is faster.
FASTEST_INSTRUCTION = 1e-9

TIMED_RUNS = 3  # of which the fastest counts; twice as many would only lengthen the first call


class FastestFunction:
    """A function of NumPy lines that hands its calls on to the tape where that is faster.

    Parameters
    ----------
    lines : GeneratedFunction
        The function of NumPy lines.
    tape : LazyTape
        The tape of the same program.
    on_tape : callable
        The same function on a :class:`ScalarTape`: called with it and with the inputs.
    result_groups : int
        How many groups are results. What follows is what the guards look at, which broadcasts.

    Attributes
    ----------
    lines : GeneratedFunction
        The function of NumPy lines.
    speedup : float
        How many times as fast the tape is; 0.0 while the lines run.
    """

    def __init__(
        self,
        lines: GeneratedFunction,
        tape: LazyTape,
        on_tape: Callable[[ScalarTape, Sequence[Any]], list[Any]],
        result_groups: int = 1,
    ) -> None:
        self.lines = lines
        self.speedup: float = 0.0
        self._tape = tape
        self._on_tape = on_tape
        self._result_groups = result_groups
        self._call: Callable[[Sequence[Any]], Any] | None = None

    def __call__(self, inputs: Sequence[Any]) -> Any:
        """Run on the inputs; at the first call both forms run, and are compared and timed."""
        if self._call is None:
            self._call, results = self._choose(inputs)
            return results
        return self._call(inputs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lines, name)  # source, groups, shaken(), …: all but calls is about the lines

    def _choose(self, inputs: Sequence[Any]) -> tuple[Callable[[Sequence[Any]], Any], Any]:
        """Return the form to run, and its results: the tape if these are the same and it is faster by the factor WORTHWHILE."""
        by_lines, line_seconds = _time(self.lines, inputs, 1)
        if line_seconds < FASTEST_INSTRUCTION * self._tape.node_count * WORTHWHILE:
            self._tape.drop()
            return self.lines, by_lines
        tape = self._tape.get()
        if tape is None:
            return self.lines, by_lines
        tape_call = partial(self._on_tape, tape)
        line_seconds = min(line_seconds, _time(self.lines, inputs, TIMED_RUNS - 1)[1])
        by_tape, tape_seconds = _time(tape_call, inputs, TIMED_RUNS)
        if line_seconds < WORTHWHILE * tape_seconds or not self._are_equal(by_tape, by_lines):
            return self.lines, by_lines
        self.speedup = line_seconds / tape_seconds
        return tape_call, by_tape

    def _are_equal(self, by_tape: Sequence[Any], by_lines: Sequence[Any]) -> bool:
        """Whether all results are the same up to rounding."""
        for k, (one, other) in enumerate(zip(by_tape, by_lines, strict=True)):
            if k < self._result_groups and list(map(np.shape, one)) != list(map(np.shape, other)):
                return False
            aligned = [_align_samples(y, np.ndim(x)) for x, y in zip(one, other, strict=True)]
            if compare("value", one, aligned, None)[1]:
                return False
        return True


def _align_samples(y: Any, rank: int) -> Any:
    """An array that broadcasts from its first axis on, which counts the samples of a batch."""
    return np.reshape(y, (*np.shape(y), *(1,) * (rank - np.ndim(y))))


def _time(call: Callable[[Sequence[Any]], Any], inputs: Sequence[Any], runs: int) -> tuple[Any, float]:
    """The results of a call, and the seconds of the fastest of some runs."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        results = call(inputs)
        seconds.append(time.perf_counter() - start)
    return results, min(seconds)
