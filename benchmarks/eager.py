"""The time of one training step in this library, in other libraries, and in NumPy by hand.

    python benchmarks/eager.py                        # everything that is installed
    python benchmarks/eager.py --hips PATH_TO_PYTHON  # HIPS autograd, from an environment of its own (both packages are called autograd)

The programs are micrograd's demo step (100 moons, network 2-16-16-1 with relu, hinge loss and L2) on scalars and on arrays, and a step of
784-16-16-10 (sigmoid, quadratic cost, batch of 128) on arrays. Each library runs in a process of its own, and the libraries take turns for
several rounds. The table has the median over rounds in milliseconds, and ratios with their range. Each round counts its fastest step;
on scalars it counts its mean step, so that the garbage collector is included. The last table has the nanoseconds of processor time for
each node of a chain of 10⁴ to 10⁷ operations: to build it, to differentiate it, and to free it. "floats" are the same loops on plain floats, without
derivatives; "python" is gradlab on its Python engine.
"""

import argparse
import gc
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

from programs import array_steps, scalar_steps

SCALARS = {
    "floats": scalar_steps.float_scalars,
    "gradlab": scalar_steps.gradlab_scalars,
    "python": scalar_steps.gradlab_scalars,  # gradlab again, on its Python engine
    "xad": scalar_steps.xad_scalars,
    "micrograd": scalar_steps.micrograd_scalars,
}
PROGRAMS = {
    "demo step on scalars, collector at its default": SCALARS,
    "demo step on scalars, collector off": SCALARS,
    "demo step on scalars, beside 2 million other objects": SCALARS,
    "demo step on scalars, with earlier graphs kept alive": {
        "gradlab": scalar_steps.gradlab_keeping_graphs,
        "python": scalar_steps.gradlab_keeping_graphs,
    },
    "demo step on arrays": {
        "by hand": array_steps.hand_written_moons,
        "gradlab": array_steps.gradlab_moons,
        "torch": array_steps.torch_moons,
        "mygrad": array_steps.mygrad_moons,
        "hips": array_steps.hips_moons,
    },
    "784-16-16-10, batch 128": {
        "by hand": array_steps.hand_written_images,
        "gradlab": array_steps.gradlab_images,
        "torch": array_steps.torch_images,
        "mygrad": array_steps.mygrad_images,
        "hips": array_steps.hips_images,
    },
}
CHAINS = "a chain of operations on scalars"
PACKAGES = {"torch", "mygrad", "micrograd", "xad"}


def measure(program, library):
    """Return the seconds of the fastest step and of the mean step, and the losses before the first step and after two."""
    step = PROGRAMS[program][library]()
    losses = [float(step()) for _ in range(3)]
    other_objects = [{} for _ in range(2_000_000)] if "other objects" in program else []
    if "off" in program:
        gc.disable()
    rounds, count = (10, 1) if "scalars" in program else (25, 20)
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            step()
        seconds.append((time.perf_counter() - start) / count)
        if "off" in program:
            gc.collect()
    del other_objects
    return {"best": min(seconds), "mean": statistics.mean(seconds), "first": losses[0], "third": losses[2]}


def measure_chain(count):
    """Return the nanoseconds a node that it takes to build, differentiate and free a chain of operations, each the best of a few."""
    from autograd import Value

    rounds = []
    for _ in range(max(3, min(50, 10**6 // count))):
        x, y = Value(0.999), Value(0.001)
        times = [time.process_time()]
        z = x
        for _ in range(count // 2):
            z = z * x + y
        times.append(time.process_time())
        z.backward()
        times.append(time.process_time())
        del z
        times.append(time.process_time())
        rounds.append([(b - a) / count * 1e9 for a, b in zip(times, times[1:])])
    return [min(column) for column in zip(*rounds)]


def print_chains(largest):
    """Print a line for each length of a chain."""
    counts = [n for n in (10**4, 10**5, 10**6, 10**7) if n <= largest]
    first = None
    for count in counts:
        command = [sys.executable, __file__, "--chain", str(count)]
        times = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        first = first or sum(times)
        parts = ", ".join(f"{name} {t:.1f}" for name, t in zip(("build", "backward", "free"), times))
        print(f"  {count:10,d} nodes: {sum(times):6.1f} ns a node ({parts}), {sum(times) / first:.2f} × the shortest chain")


def find_python(library, hips):
    """Return the interpreter that runs a library, or None if the library is not installed."""
    if library == "hips":
        return hips
    is_installed = library not in PACKAGES or importlib.util.find_spec(library)
    return sys.executable if is_installed else None


def run_in_turns(program, pythons, rounds):
    """Return the measurements of each library. The libraries take turns, since a machine has fast and slow minutes."""
    results = {library: [] for library in pythons}
    for _ in range(rounds):
        for library, python in pythons.items():
            env = {**os.environ, "GRADLAB_ENGINE": "python"} if library == "python" else None
            command = [python, __file__, "--one", program, library]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            results[library].append(json.loads(done.stdout))
    for number in ("first", "third"):
        losses = {library: runs[0][number] for library, runs in results.items()}
        if number == "third":
            losses.pop("floats", None)  # plain floats take no step
        assert max(losses.values()) - min(losses.values()) < 1e-9, f"the libraries compute different losses: {losses}"
    return results


def print_results(results, statistic):
    """Print a line for each library with its ratio to gradlab. ``statistic`` is the step of a round that counts, best or mean."""
    seconds = {library: [run[statistic] for run in runs] for library, runs in results.items()}
    best = {library: min(run["best"] for run in runs) for library, runs in results.items()}
    for library, times in seconds.items():
        ratios = [s / own for s, own in zip(times, seconds["gradlab"])]
        spread = f"{statistics.median(ratios):8.2f} × gradlab  ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"  {library:10s} {statistics.median(times) * 1e3:9.3f} ms, best {best[library] * 1e3:9.3f}  {spread}")
    for limit in {"by hand", "floats"} & set(seconds):
        ratios = [own / hand for own, hand in zip(seconds["gradlab"], seconds[limit])]
        spread = f"{statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"  gradlab / {limit}: {spread}, of the best steps {best['gradlab'] / best[limit]:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hips", help="the Python of an environment with HIPS autograd")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only the programs whose name contains this")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--chain", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--longest", type=int, default=10**7, help="the longest chain; ten million nodes take 1.5 GB")
    options = parser.parse_args()
    if options.chain:
        print(json.dumps(measure_chain(options.chain)))
        return
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    for program, makers in PROGRAMS.items():
        if options.only not in program:
            continue
        pythons = {library: python for library in makers if (python := find_python(library, options.hips))}
        print(f"\n{program}")
        statistic = "mean" if "scalars" in program else "best"
        print_results(run_in_turns(program, pythons, options.rounds), statistic)
        missing = sorted(set(makers) - set(pythons))
        if missing:
            print(f"  not measured, since not installed here: {', '.join(missing)}")
    if options.only in CHAINS:
        print(f"\n{CHAINS}")
        print_chains(options.longest)


if __name__ == "__main__":
    main()
