"""Schedules: the learning rate as a function of the number of steps taken, from 0 on. Any such function will do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import cos, pi
from typing import TypeAlias

from nn.input_checks import positive, positive_integer, within

Schedule: TypeAlias = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """Return a schedule that always gives ``rate``.

    Parameters
    ----------
    rate : float
        The learning rate, above 0.

    Returns
    -------
    callable
        A function of the number of steps taken.

    Raises
    ------
    SettingError
        If ``rate`` is not a finite number above 0.

    Examples
    --------
    >>> constant(0.1)(1000)
    0.1
    """
    rate = positive("rate", rate)
    return partial(_constant, rate)


def step_decay(rate: float, every: int, factor: float = 0.1) -> Schedule:
    """Return a schedule that multiplies the rate by ``factor`` after each ``every`` steps.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    every : int
        The number of steps between two changes.
    factor : float, default 0.1
        The factor γ, above 0.

    Returns
    -------
    callable
        η(t) = η₀ γ^⌊t / every⌋.

    Raises
    ------
    SettingError
        If ``rate`` or ``factor`` is not a finite number above 0, or ``every`` is not a positive whole number.

    Examples
    --------
    >>> [step_decay(1.0, every=2, factor=0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    rate, every, factor = positive("rate", rate), positive_integer("every", every), positive("factor", factor)
    return partial(_step_decay, rate, every, factor)


def exponential(rate: float, factor: float) -> Schedule:
    """Return a schedule that multiplies the rate by ``factor`` after each step.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    factor : float
        The factor γ, above 0.

    Returns
    -------
    callable
        η(t) = η₀ γᵗ.

    Raises
    ------
    SettingError
        If ``rate`` or ``factor`` is not a finite number above 0.

    Examples
    --------
    >>> exponential(1.0, 0.5)(3)
    0.125
    """
    rate, factor = positive("rate", rate), positive("factor", factor)
    return partial(_exponential, rate, factor)


def cosine(rate: float, steps: int, floor: float = 0.0) -> Schedule:
    """Return a schedule that falls from ``rate`` to ``floor`` along half a cosine, and then stays there.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    steps : int
        The number of steps T until the rate is ``floor``.
    floor : float, default 0.0
        The last rate η₁, at least 0.

    Returns
    -------
    callable
        η(t) = η₁ + ½ (η₀ - η₁) (1 + cos(π t / T)) for t ≤ T, and η₁ afterwards.

    Raises
    ------
    SettingError
        If ``rate`` is not a finite number above 0, ``steps`` is not a positive whole number, or ``floor`` is below 0.

    References
    ----------
    I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), eq. 5, without restarts.

    Examples
    --------
    >>> round(cosine(1.0, steps=10)(5), 12)
    0.5
    """
    rate, steps, floor = positive("rate", rate), positive_integer("steps", steps), within("floor", floor, 0.0, float("inf"))
    return partial(_cosine, rate, steps, floor)


def warmup(schedule: float | Schedule, steps: int) -> Schedule:
    """Return a schedule that is reached from near 0 in equal steps.

    Parameters
    ----------
    schedule : float or callable
        The rate, or the schedule η.
    steps : int
        The number of steps T of the warm-up.

    Returns
    -------
    callable
        η(t) min(1, (t + 1) / T).

    Raises
    ------
    SettingError
        If ``schedule`` is neither a finite number above 0 nor callable, or ``steps`` is not a positive whole number.

    Examples
    --------
    >>> [warmup(1.0, steps=4)(t) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    after, steps = as_schedule(schedule), positive_integer("steps", steps)
    return partial(_warmup, after, steps)


def one_cycle(rate: float, steps: int, warmup: float = 0.3, start: float = 25.0, end: float = 1e4) -> Schedule:
    """Return a schedule that rises along half a cosine to ``rate`` and falls along another one to nearly 0.

    Parameters
    ----------
    rate : float
        The largest rate η, above 0.
    steps : int
        The number of steps T of the cycle; the rate stays at its last value afterwards.
    warmup : float, default 0.3
        The share of the steps in which it rises, in (0, 1).
    start : float, default 25.0
        The first rate is η / start.
    end : float, default 1e4
        The last rate is η / (start end).

    Returns
    -------
    callable
        A function of the number of steps taken.

    Raises
    ------
    SettingError
        If ``rate``, ``start`` or ``end`` is not a finite number above 0, ``steps`` is not a positive whole number, or
        ``warmup`` is outside [0, 1).

    References
    ----------
    L. N. Smith and N. Topin, "Super-Convergence" (2018). From 2 / warmup steps on it is the same as
    ``torch.optim.lr_scheduler.OneCycleLR``.

    Examples
    --------
    >>> rate = one_cycle(1.0, steps=11)
    >>> [round(rate(t), 4) for t in (0, 2, 10)]
    [0.04, 0.9603, 0.0]
    """
    rate, steps, start, end = (
        positive("rate", rate),
        positive_integer("steps", steps),
        positive("start", start),
        positive("end", end),
    )
    return partial(_one_cycle, rate, steps, within("warmup", warmup, 0.0, 1.0), start, end)


def as_schedule(rate: float | Schedule) -> Schedule:
    """Return a schedule unchanged, and a number as a constant schedule.

    Parameters
    ----------
    rate : float or callable
        The learning rate, above 0, or a schedule.

    Returns
    -------
    callable
        A function of the number of steps taken.

    Raises
    ------
    SettingError
        If ``rate`` is neither.

    Examples
    --------
    >>> as_schedule(0.5)(7)
    0.5
    """
    return rate if callable(rate) else constant(positive("the learning rate lr", rate))


# The formulas, as functions of this module, so that optimizers can be pickled.


def _constant(rate: float, step: int) -> float:
    return rate


def _step_decay(rate: float, every: int, factor: float, step: int) -> float:
    return float(rate * factor ** (step // every))


def _exponential(rate: float, factor: float, step: int) -> float:
    return float(rate * factor**step)


def _half_cosine(first: float, last: float, progress: float) -> float:
    """Return the point between two rates that half a cosine reaches, for a progress from 0 to 1."""
    return last + (first - last) * (1.0 + cos(pi * min(progress, 1.0))) / 2.0


def _cosine(rate: float, steps: int, floor: float, step: int) -> float:
    return _half_cosine(rate, floor, step / steps)


def _warmup(after: Schedule, steps: int, step: int) -> float:
    return after(step) * min(1.0, (step + 1) / steps)


def _one_cycle(rate: float, steps: int, warmup: float, start: float, end: float, step: int) -> float:
    top, last = max(warmup * steps - 1.0, 1.0), max(steps - 1.0, 2.0)
    if step <= top:
        return _half_cosine(rate / start, rate, step / top)
    return _half_cosine(rate, rate / start / end, (step - top) / (last - top))
