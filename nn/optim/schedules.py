"""Schedules: the rate as a function of the number of steps taken, from 0 on; any such function will do."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import TypeAlias

from nn.input_checks import positive, whole, within

Schedule: TypeAlias = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """Always ``rate``.

    >>> constant(0.1)(1000)
    0.1
    """
    rate = positive("rate", rate)
    return lambda step: rate


def step_decay(rate: float, every: int, factor: float = 0.1) -> Schedule:
    """``rate``, times ``factor`` after each ``every`` steps.

    >>> [step_decay(1.0, every=2, factor=0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    rate, every, factor = positive("rate", rate), whole("every", every), positive("factor", factor)
    return lambda step: rate * factor ** (step // every)


def exponential(rate: float, factor: float) -> Schedule:
    """``rate`` times ``factor`` to the power of the step.

    >>> exponential(1.0, 0.5)(3)
    0.125
    """
    rate, factor = positive("rate", rate), positive("factor", factor)
    return lambda step: rate * factor**step


def cosine(rate: float, steps: int, floor: float = 0.0) -> Schedule:
    """From ``rate`` down to ``floor`` along half a cosine of ``steps`` steps, then ``floor`` (Loshchilov and Hutter 2017).

    >>> round(cosine(1.0, steps=10)(5), 12)
    0.5
    """
    rate, steps, floor = positive("rate", rate), whole("steps", steps), within("floor", floor, 0.0, float("inf"))
    return lambda step: floor + (rate - floor) * (1.0 + cos(pi * min(step, steps) / steps)) / 2.0


def warmup(schedule: float | Schedule, steps: int) -> Schedule:
    """A schedule, or a constant rate, reached in ``steps`` equal steps from near 0.

    >>> [warmup(1.0, steps=4)(t) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    after, steps = scheduled(schedule), whole("steps", steps)
    return lambda step: after(step) * min(1.0, (step + 1) / steps)


def scheduled(rate: float | Schedule) -> Schedule:
    """A schedule as it is; a number as a constant one. SettingError for anything else.

    >>> scheduled(0.5)(7)
    0.5
    """
    return rate if callable(rate) else constant(positive("the learning rate lr", rate))
