"""The evals of GradBench on this library, and the time of its gradients beside those of PyTorch and JAX.

    python -m benchmarks.gradbench CHECKOUT --python PATH                # all evals
    python -m benchmarks.gradbench CHECKOUT --python PATH gmm lstm       # these

CHECKOUT is a copy of https://github.com/gradbench/gradbench in which `make -C tools/manual` has built the tool whose answers the evals
take for right. (It needs `cpp/json.hpp` of https://github.com/nlohmann/json. Any long English text will do as
`evals/lstm/data/lstm_full.txt`.) PATH is a Python with the packages of GradBench: pydantic, dataclasses-json, numpy, scipy, torch and jax.
Nothing is fetched.

Each tool answers the same eval in a process of its own, on one core, at sizes that take minutes. An eval passes if GradBench judges all
answers to be right. The times are those of the gradient at the largest input that all tools answered: the median of the runs after the
first, in milliseconds. A function is compiled in the first run; its time is printed, too. "eager" is this library without compilation.
The column "torch" is GradBench's own tool if it has the eval, and otherwise `torch_tool.py` in this folder (marked *). GradBench's tool for
JAX does not wait for the result of a run, so that its times are mostly those of starting a computation.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from .session import Session, hold_session

ROOT = Path(__file__).parent.parent.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
RUNS = ["--min-runs", "4", "--min-seconds", "0.5"]

# The options of the evals: sizes.
EVALS: dict[str, list[str]] = {
    "hello": [],
    "gmm": ["-d", "2", "32", "-k", "5", "25", *RUNS],
    "ba": ["--max", "1", *RUNS],
    "kmeans": ["-k", "10", "100", "-n", "1000", "-d", "8", *RUNS],
    "lstm": ["-l", "2", "-c", "64", "256", *RUNS],
    "llsq": ["-n", "16", "512", *RUNS],
    "lse": ["-n", "2500", "160000", *RUNS],
    "ht": ["--max", "1", *RUNS],
    "ode": ["-n", "1000", "-s", "10", "100", *RUNS],
    "det": ["-l", "5", "7", *RUNS],
    "particle": ["--min-seconds", "0"],
    "saddle": ["--min-seconds", "0"],
}
PRIMAL_FUNCTIONS = ("square", "objective", "cost", "primal")
GRADBENCH_TOOLS = {"torch": "pytorch", "jax": "jax"}
LIBRARIES = ("gradlab", "eager", *GRADBENCH_TOOLS)


def tool_commands(library: str, python: str, checkout: Path) -> list[list[str]]:
    """The commands that start tools of a library; the next one is for evals that the one before does not know."""
    if library == "eager":
        return [[sys.executable, "-m", "benchmarks.gradbench.tool", "--eager"]]
    if library == "gradlab":
        return [[sys.executable, "-m", "benchmarks.gradbench.tool"]]
    commands = [[python, str(checkout / f"python/gradbench/gradbench/tools/{GRADBENCH_TOOLS[library]}/run.py")]]
    return [*commands, [python, "-m", "benchmarks.gradbench.torch_tool"]] if library == "torch" else commands


def answer_eval(name: str, library: str, options: argparse.Namespace) -> tuple[Session, bool]:
    """Return the session of a library with an eval, and whether its tool is GradBench's or this library's own."""
    checkout = options.checkout.resolve()
    run = [options.python, str(checkout / f"python/gradbench/gradbench/evals/{name}/run.py"), *EVALS[name]]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": f"{checkout / 'python/gradbench'}:{ROOT}"}
    first, *others = tool_commands(library, options.python, checkout)
    session = hold_session(run, first, str(checkout), environment, options.seconds)
    if session.is_defined or not others:
        return session, True
    return hold_session(run, others[0], str(checkout), environment, options.seconds), False


def gradient_times(session: Session) -> dict[tuple[str, str], list[int]]:
    """Nanoseconds of the runs of each function that differentiates, at each input, if the answer was right."""
    times: dict[tuple[str, str], list[int]] = {}
    for run in session.runs:
        if run["function"] not in PRIMAL_FUNCTIONS and not run["error"]:
            times.setdefault((run["function"], run["description"]), []).extend(run["nanoseconds"])
    return times


def milliseconds(durations: list[int]) -> float:
    """The median of the runs after the first."""
    return statistics.median(durations[1:] or durations) / 1e6


def verdict(session: Session) -> str:
    if not session.is_defined:
        return "-"
    if session.is_right():
        return "pass"
    return session.failure or "WRONG"


def print_eval(name: str, sessions: dict[str, tuple[Session, bool]]) -> None:
    """Print a line for each function that differentiates: times, and ratios to the other libraries."""
    times = {library: gradient_times(session) for library, (session, _) in sessions.items()}
    known = [set(t) for t in times.values() if t]
    common = set.intersection(*known) if known else set()
    verdicts = "  ".join(f"{library} {verdict(session)}" for library, (session, _) in sessions.items())
    print(f"\n{name}: {verdicts}")
    for function in dict.fromkeys(function for function, _ in times["gradlab"]):
        inputs = [key for key in times["gradlab"] if key[0] == function and key in common]
        if inputs:
            print(f"  {describe(inputs[-1], times, sessions)}")


def describe(key: tuple[str, str], times: dict[str, Any], sessions: dict[str, tuple[Session, bool]]) -> str:
    own = milliseconds(times["gradlab"][key])
    parts = [f"{key[0] + ' ' + key[1]:28}", f"{own:10.3f} ms, first {times['gradlab'][key][0] / 1e6:9.1f}"]
    for library in sessions:
        if library != "gradlab" and key in times[library]:
            other = milliseconds(times[library][key])
            mark = "" if sessions[library][1] else "*"
            parts.append(f"{library}{mark} {other:.3f} ms (ratio {own / other:.3g})")
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("evals", nargs="*", help=f"some of {', '.join(EVALS)}")
    parser.add_argument(
        "--python", type=os.path.abspath, default=sys.executable, help="the Python that runs GradBench's evals and tools"
    )
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=LIBRARIES)
    parser.add_argument("--seconds", type=float, default=300.0, help="the longest time of an eval with one tool")
    parser.add_argument("--show-errors", action="store_true", help="print what the evals object to")
    options = parser.parse_intermixed_args()
    passed = 0
    names = options.evals or list(EVALS)
    for name in names:
        sessions = {library: answer_eval(name, library, options) for library in options.libraries}
        print_eval(name, sessions)
        passed += sessions["gradlab"][0].is_right()
        for library, (session, _) in sessions.items():
            for run in session.runs if options.show_errors else []:
                if run["error"]:
                    print(f"  {library}, {run['function']} {run['description']}: {run['error']}")
    print(f"\n{passed} of {len(names)} evals are right in every answer of gradlab")


if __name__ == "__main__":
    main()
