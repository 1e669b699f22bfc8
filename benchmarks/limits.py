"""The cost of nodes: bytes and time for each, memory over 10 000 training steps, the cost of open blocks, and the time of the import."""

import gc
import os
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc

import numpy as np

from autograd import Value


def chain(n):
    a = Value(1.0)
    y = a
    for _ in range(n):
        y = y + a
    return y


def fastest(f, rounds=5):
    """Return the seconds of the fastest call."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        f()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def bytes_per_node(n=100_000):
    """Return the bytes of a node after backward, in the mean over several operations."""
    a, b = Value(1.1), Value(0.9)
    tracemalloc.start()
    y = a
    for i in range(n // 5):
        y = (y * b + a - b / (i + 1.5)).tanh()
    y.backward()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / (n // 5 * 5)


def time_per_node(n):
    """Return the seconds of a backward pass over a chain, per node."""
    y = chain(n)
    return fastest(y.backward, 3 if n > 10**5 else 50) / n


def memory_growth(steps=10_000):
    """Return the kilobytes by which the process grows over training steps of a small network, after a warm-up."""
    import nn

    model = nn.MLP([2, 16, 1], rng=0)
    X, Y = np.ones((16, 2)), np.ones((16, 1))
    optimizer = nn.Adam(model.parameters())

    def train(n):
        for _ in range(n):
            optimizer.zero_grad()
            nn.losses.quadratic(model(X), Y).backward()
            optimizer.step()

    train(500)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    train(steps)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def cost_of_blocks(rounds=7):
    """Return the time of micrograd's demo step inside anomaly() and scope(), and with a hook, relative to the time without."""
    from programs import scalar_steps

    from autograd import anomaly, scope

    step = scalar_steps.gradlab_scalars()
    hooked = Value(1.0)
    times = {"plain": [], "anomaly": [], "scope": [], "hook": []}
    for _ in range(rounds):
        times["plain"].append(fastest(step, 1))
        with anomaly():
            times["anomaly"].append(fastest(step, 1))
        with scope("net"):
            times["scope"].append(fastest(step, 1))
        with hooked.register_hook(abs):
            times["hook"].append(fastest(step, 1))
    plain = statistics.median(times.pop("plain"))
    return {name: statistics.median(seconds) / plain for name, seconds in times.items()}


def import_times(rounds=15):
    """Return the median seconds of ``import numpy`` and of ``import autograd`` in new interpreters, which take turns."""
    times = {"numpy": [], "autograd": []}
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # installed packages have bytecode
    for _ in range(rounds):
        for name, seconds in times.items():
            code = f"import time; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
            seconds.append(float(done.stdout))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


if __name__ == "__main__":
    print(f"bytes per scalar node after backward: {bytes_per_node():.0f}")
    small, large = time_per_node(10**4), time_per_node(10**6)
    print(f"backward per node: {small * 1e9:.0f} ns at 10 000, {large * 1e9:.0f} ns at 1 000 000: {large / small:.2f} ×")
    print(f"growth over 10 000 training steps: {memory_growth()} kB")
    gc.collect()
    y = chain(1000)
    y.backward()
    del y
    print(f"objects that the collector finds after a graph is dropped: {gc.collect()}")
    print("demo step inside a block, over the time without:", ", ".join(f"{k} {v:.2f} ×" for k, v in cost_of_blocks().items()))
    times = import_times()
    print(f"import autograd / import numpy: {times['autograd'] / times['numpy']:.2f} ×  ({times['numpy'] * 1e3:.0f} ms for numpy)")
