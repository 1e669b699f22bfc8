"""What rounding may do to a claim and to a measurement: one model, by which the two are compared.

A rule's answer is taken to be exact to some last digits of what it adds up and of the function's outputs. Where that does not
explain a difference, the function and the rule are asked again at points a few last digits away: how far the answers scatter there
shows how much of the last digits cancels inside, and how much the numbers themselves depend on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograd.testing.measurement import EPS, Array

CLAIMED, SUMMED = 1e-9, 1e-10  # how exact a claim is taken to be, beside itself, and beside the terms of which it is the sum
DIGITS = 128.0  # last digits that a rule may lose, of its own precision, beside the outputs
SCATTERED = 8.0  # how far off a number may be, beside how far it is seen to scatter
SHAKES = (1.0, 2.0, 3.0)  # by so many last digits, to two sides
SUBNORMAL = 1e-300  # numbers so small have lost digits before they are compared


def allowed(claims: Array, value: Array, scales: Array, sizes: Array, eps: float) -> Array:
    """How far a claim may be off by a rule's own rounding: ``scales`` are what its terms add up to, ``sizes`` the outputs'."""
    coarse = eps / EPS
    with np.errstate(all="ignore"):
        own = max(CLAIMED, 64.0 * eps) * np.maximum(np.abs(claims), np.abs(value))
        return np.asarray(own + max(SUMMED, EPS * 16.0 * coarse) * scales + DIGITS * eps * sizes + SUBNORMAL)


def shaken(xs: Sequence[Array], limits: Sequence[tuple[float, float]], eps: float) -> Iterator[list[Array]]:
    """Inputs that differ by a few last digits, first to one side and then to the other.

    Entries of one magnitude move alike, so that what ties or cancels to 0 still does, and a kink at the point stays a kink.
    """
    flat = np.concatenate([x.ravel() for x in xs])
    _, kinds = np.unique(np.abs(flat), return_inverse=True)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], flat.size)[kinds]
    for side in (1.0, -1.0):
        for shake in SHAKES:
            yield _taken_apart(flat * (1.0 + side * shake * eps * signs), xs, limits)


def _taken_apart(flat: Array, xs: Sequence[Array], limits: Sequence[tuple[float, float]]) -> list[Array]:
    parts = np.split(flat, np.cumsum([x.size for x in xs])[:-1])
    return [np.clip(part.reshape(x.shape), *ends) for part, x, ends in zip(parts, xs, limits, strict=True)]


def scatter(
    answer: Callable[[Sequence[Array]], Array], xs: Sequence[Array], limits: Sequence[tuple[float, float]], eps: float
) -> Array:
    """How far answers lie apart at inputs that differ by a few last digits, on either side; what is no number says nothing."""
    with np.errstate(all="ignore"):
        answers = np.array([answer(moved) for moved in shaken(xs, limits, eps)]).reshape(2, len(SHAKES), -1)
        apart = np.fmax.reduce(answers, axis=1) - np.fmin.reduce(answers, axis=1)
        return np.asarray(np.nan_to_num(np.fmax.reduce(apart, axis=0), nan=0.0, posinf=0.0))


def noise(f: Callable[[Sequence[Array]], Array], xs: Sequence[Array], limits: Sequence[tuple[float, float]]) -> Array:
    """How far a continuous function's outputs lie apart where every entry of its inputs differs by a last digit, to any side."""
    flat, rng = np.concatenate([x.ravel() for x in xs]), np.random.default_rng(0)
    shakes = [2.0 * EPS * rng.choice([-1.0, 1.0], flat.size) for _ in range(2 * len(SHAKES))]
    with np.errstate(all="ignore"):
        outputs = np.array([f(_taken_apart(flat * (1.0 + shake), xs, limits)) for shake in shakes])
        return np.asarray(np.nan_to_num(np.fmax.reduce(outputs) - np.fmin.reduce(outputs), nan=0.0, posinf=0.0))
