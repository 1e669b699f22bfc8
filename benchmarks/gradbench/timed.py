"""A function of an eval, with its input from JSON and its output to JSON, which are not timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timed:
    """A function of an eval.

    Attributes
    ----------
    prepare : callable
        Makes the arguments of ``compute``, a tuple, from the input.
    compute : callable
        What is timed.
    present : callable
        Makes what JSON can hold from the result.
    """

    prepare: Callable[[Any], tuple[Any, ...]]
    compute: Callable[..., Any]
    present: Callable[[Any], Any]

    def run(self, message_input: Any) -> dict[str, Any]:
        """Return the output, and the nanoseconds of each run: as many runs, and for as long, as the input asks for."""
        settings = message_input if isinstance(message_input, dict) else {}
        min_runs, min_nanoseconds = settings.get("min_runs", 1), settings.get("min_seconds", 0) * 1e9
        args = self.prepare(message_input)
        times: list[int] = []
        while len(times) < min_runs or sum(times) < min_nanoseconds:
            start = time.perf_counter_ns()
            result = self.compute(*args)
            times.append(time.perf_counter_ns() - start)
        timings = [{"name": "evaluate", "nanoseconds": duration} for duration in times]
        return {"success": True, "output": self.present(result), "timings": timings}
