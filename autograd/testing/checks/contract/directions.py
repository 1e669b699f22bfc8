"""Directions along which a rule is checked: each entry by itself, or random mixtures of many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.testing.checks.contract.claimed_vjps import MAX_SINGLE
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.measurement.estimate import Array

# The number of mixtures of many entries. A single wrong entry shows in each. Two entries of one size that are equally wrong cancel
# in half of the mixtures, since signs are random, and in all four in one of 16 cases. Doubled, they do so in one of 256, and a
# check takes twice the evaluations.
N_MIXTURES = 4

# How many inputs also move by themselves, so that steep inputs do not hide others: in a mixture, the roundoff of an input with a
# derivative of 1e9 is larger than the derivative of another. Functions rarely have more than four inputs. Doubled, functions of
# more inputs need one more measurement for each.
MAX_INPUTS_ALONE = 4

# How many groups of equal entries move together at a kink, the smallest values first. Most points with ties have one or two
# groups, such as the zeros and the ones. Doubled, points with more groups need one more measurement for each.
MAX_TIES = 4

# Entries up to this size count as 0 and move by 1, as in ``measurement``. Scaled by such an entry, steps are so small that the
# function seems constant, and right rules are undecided. Doubled, entries between 1e-300 and 2e-300 move by 1.
SMALLEST_SIZE = 1e-300

# The exponent of the largest power of 2 that a double holds.
LARGEST_EXPONENT = 1023.0

Direction = list[Array]


def draw_directions(rule: RuleUnderTest, is_finite: Sequence[Array], rng: np.random.Generator) -> list[Direction]:
    """Draw the directions along which a rule is checked.

    Few entries move one by one. If there are many, random mixtures move: all inputs, and each of the first inputs by itself.
    Entries without room in their domain and entries with an infinite derivative are left out of the mixtures: with the former the
    others would be measured from one side only or with tiny steps, and the latter would hide the others. The first of them move one
    by one, and the rest together, into their domain.

    Parameters
    ----------
    rule : RuleUnderTest
    is_finite : sequence of bool arrays
        For each input, which entries have a finite cotangent.
    rng : numpy.random.Generator

    Returns
    -------
    list of directions
        Each is a list of arrays of the shapes of the inputs.
    """
    xs = rule.xs
    sizes = [_power_of_2_near(x) for x in xs]
    if sum(x.size for x in xs) <= MAX_SINGLE:
        return [unit_direction(xs, k, i, size.flat[i]) for k, size in enumerate(sizes) for i in range(size.size)]
    sizes = [size * room * finite for size, room, finite in zip(sizes, rule.has_room, is_finite, strict=True)]
    mixtures = [[size * rng.choice([-1.0, 1.0], size.shape) for size in sizes] for _ in range(N_MIXTURES)]
    if len(sizes) > 1:
        mixtures += [_only_input(mixtures[0], k) for k in range(min(len(sizes), MAX_INPUTS_ALONE))]
    at_edge = [~room & finite for room, finite in zip(rule.has_room, is_finite, strict=True)]
    is_infinite = [~finite for finite in is_finite]
    outside = _directions_alone(rule, at_edge) + _directions_alone(rule, is_infinite)
    return [us for us in mixtures + outside if any(u.any() for u in us)]


def unit_direction(xs: Sequence[Array], k: int, i: int, length: float = 1.0) -> Direction:
    """Return a direction in which one entry moves.

    Parameters
    ----------
    xs : sequence of arrays
        The inputs.
    k, i : int
        The number of the input and the flat index of the entry.
    length : float, default 1.0
        How far it moves.

    Returns
    -------
    direction
    """
    us = [np.zeros(x.shape) for x in xs]
    us[k].flat[i] = length
    return us


def tie_directions(rule: RuleUnderTest, is_finite: Sequence[Array]) -> list[Direction]:
    """Return directions in which equal entries move together, and one in which all entries do.

    At a kink, a rule may be right along every single entry and wrong along their sum: for the maximum of two equal numbers, a rule
    that gives the whole cotangent to both is.

    Parameters
    ----------
    rule : RuleUnderTest
    is_finite : sequence of bool arrays
        For each input, which entries have a finite cotangent.

    Returns
    -------
    list of directions
    """
    values = np.concatenate([x.ravel() for x in rule.xs])
    can_move = np.concatenate([(room & finite).ravel() for room, finite in zip(rule.has_room, is_finite, strict=True)])
    ties = [values == value for value in np.unique(values) if np.sum(values == value) > 1][:MAX_TIES]
    length = max(1.0, float(np.max(np.abs(values))))
    ends = np.cumsum([x.size for x in rule.xs])[:-1]
    directions = []
    for moving in [*ties, np.ones(values.size, bool)]:
        parts = np.split((can_move & moving) * length, ends)
        directions.append([part.reshape(x.shape) for part, x in zip(parts, rule.xs, strict=True)])
    return directions


def n_moving(us: Sequence[Array]) -> int:
    """Return how many entries move along a direction.

    Parameters
    ----------
    us : direction

    Returns
    -------
    int
    """
    return sum(int(np.count_nonzero(u)) for u in us)


def _power_of_2_near(x: Array) -> Array:
    """The size of each entry as a power of 2, by which steps are multiplied without rounding; 1 for entries that are 0."""
    exponent = np.round(np.log2(np.where(x == 0.0, 1.0, np.abs(x))))
    power = 2.0 ** np.minimum(exponent, LARGEST_EXPONENT)
    return np.where(np.abs(x) > SMALLEST_SIZE, power, 1.0)


def _only_input(us: Direction, k: int) -> Direction:
    return [u * (k == j) for j, u in enumerate(us)]


def _directions_alone(rule: RuleUnderTest, chosen: Sequence[Array]) -> list[Direction]:
    """The first chosen entries one by one, and the rest of them together, away from the nearer end of their domain."""
    entries = [(k, int(i)) for k, mask in enumerate(chosen) for i in np.flatnonzero(mask)][:MAX_SINGLE]
    rest = [mask.copy() for mask in chosen]
    for k, i in entries:
        rest[k].flat[i] = False
    together = []
    for mask, x, (low, high) in zip(rest, rule.xs, rule.bounds, strict=True):
        inwards = np.where(x - low <= high - x, 1.0, -1.0)
        together.append(mask * inwards * np.maximum(np.abs(x), 1.0))
    return [unit_direction(rule.xs, k, i, max(abs(rule.xs[k].flat[i]), 1.0)) for k, i in entries] + [together]
