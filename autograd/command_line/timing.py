"""The time that one step of a small network takes: plain floats, nodes, and a compiled function."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.api import compile
from autograd.core.value import Value

INPUTS, HIDDEN, SAMPLES = 2, 8, 20  # about 1 000 scalar operations: enough to hide the clock, and done in a millisecond


def network_loss(tanh: Callable[[Any], Any], W: Any, v: Any, X: Any, y: Any) -> Any:
    """Return the mean squared error of a network with one hidden layer, in plain loops.

    Parameters
    ----------
    tanh : callable
        The hyperbolic tangent of whatever the numbers are.
    W, v : sequence
        The weights of the hidden layer, row by row, and of the output.
    X, y : sequence
        The inputs, sample by sample, and the targets.

    Returns
    -------
    float or Value
        The loss.
    """
    loss = 0.0
    for x, target in zip(X, y, strict=True):
        hidden = [tanh(sum(w * a for w, a in zip(row, x, strict=True))) for row in W]
        loss = loss + (sum(w * h for w, h in zip(v, hidden, strict=True)) - target) ** 2
    return loss / len(y)


def time_step(repeats: int) -> dict[str, float]:
    """Return the least time of a step, for plain floats, nodes, and a compiled function.

    Parameters
    ----------
    repeats : int
        How often each is timed.

    Returns
    -------
    dict
        Milliseconds by name.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(SAMPLES, INPUTS)).tolist(), rng.normal(size=SAMPLES).tolist()
    W, v = rng.normal(size=(HIDDEN, INPUTS)).tolist(), rng.normal(size=HIDDEN).tolist()
    W_nodes, v_nodes = [[Value(w) for w in row] for row in W], [Value(w) for w in v]

    def tanh(a: Any) -> Any:
        return a.tanh()

    def step_of_nodes() -> None:
        network_loss(tanh, W_nodes, v_nodes, X, y).backward()

    compiled = compile(lambda W, v: network_loss(tanh, W, v, X, y))
    arrays = np.array(W), np.array(v)
    steps: dict[str, Callable[[], Any]] = {
        "plain floats, value only": lambda: network_loss(math.tanh, W, v, X, y),
        "Values, value and gradient": step_of_nodes,
        "compiled, value and gradient": lambda: compiled.value_and_grad(*arrays),
    }
    return {name: _least_milliseconds(step, repeats) for name, step in steps.items()}


def _least_milliseconds(step: Callable[[], Any], repeats: int) -> float:
    step()  # the first call may compile
    least = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        least = min(least, time.perf_counter() - start)
    return 1e3 * least
