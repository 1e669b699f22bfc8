"""Gradient descent on a list of numbers, with the rule for its rate that the evals particle and saddle prescribe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import autograd as ag

Numbers = list[Any]
TOLERANCE = 1e-5  # of the gradient's norm, and of the length of a step
FIRST_RATE = 1e-5
STEPS_UNTIL_FASTER = 10

Gradient = Callable[[Callable[[Numbers], Any]], Callable[[Numbers], Numbers]]  # a transform, such as ag.grad
GRADIENTS: dict[str, Gradient] = {"r": ag.grad, "f": partial(ag.jacobian, mode="fwd")}  # by the letters of the evals' functions


def norm(x: Numbers) -> Any:
    return sum(a * a for a in x) ** 0.5


def argmin(f: Callable[[Numbers], Any], gradient: Callable[[Numbers], Numbers], x: Numbers) -> Numbers:
    """Follow the negative gradient until it or the step is short.

    The rate doubles after ten steps that made f smaller, and halves after a step that did not, which is not taken.
    """
    value, slopes = f(x), gradient(x)
    rate, steps = FIRST_RATE, 0
    while norm(slopes) > TOLERANCE:
        if steps == STEPS_UNTIL_FASTER:
            rate, steps = rate * 2, 0
            continue
        trial = [a - rate * slope for a, slope in zip(x, slopes)]
        if norm([a - b for a, b in zip(x, trial)]) <= TOLERANCE:
            return x
        trial_value = f(trial)
        if trial_value < value:
            x, value, slopes, steps = trial, trial_value, gradient(trial), steps + 1
        else:
            rate, steps = rate / 2, 0
    return x
