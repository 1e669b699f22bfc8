"""The rule's first answers at the point, with which all later ones are compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.testing.checks.contract.claimed_vjps import MAX_SINGLE, ClaimedVjps
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.measurement.estimate import Array

# The number of mixtures of many outputs. Their weights are random, so that a wrong entry of a linear rule shows in the first one.
# The others are for rules that are wrong for some cotangents only: of 29 rules that are wrong if the cotangents of two of 30
# outputs have different signs, 12 fail with one mixture, 24 with 2 or 3, and all with 6. With 1, 2 and 6, none of 636 checks of
# benchmarks/rules changes. Doubled, the rule is called three times more.
N_MIXTURES = 3

# The weights of outputs in a mixture: of one size, so that none is lost in the rounding of another. Claims are linear in them, so
# that only their ratio matters, and doubling both changes nothing.
WEIGHTS = (0.5, 1.5)


class FirstAnswers:
    """The cotangents that a rule returns at the point, for the cotangents of the output with which it is checked.

    Those are the unit vectors if there are few outputs, and random mixtures otherwise. Outputs that are not finite have the weight
    0 in a mixture.

    Parameters
    ----------
    rule : RuleUnderTest
        After :meth:`RuleUnderTest.examine_function`.
    rng : numpy.random.Generator

    Attributes
    ----------
    rule : RuleUnderTest
    claims : ClaimedVjps
        The cotangents of the output, and what the rule returned for each.
    dense_claims : ClaimedVjps or None
        The same for cotangents without zeros, if some of the others are not finite: an infinite derivative times 0 is nan.
    results : list of list
        What the rule returned, as it was returned.
    input_size, scale : float
        The largest magnitude among the inputs and 1, and among those and the first cotangents. What cancels inside a rule leaves
        roundoff of this size.
    """

    def __init__(self, rule: RuleUnderTest, rng: np.random.Generator) -> None:
        self.rule = rule
        self.results: list[list[Any]] = []
        n_outputs = rule.y.size
        self.claims: ClaimedVjps = self._query_vjps(_draw_seeds(rule.y, rng))
        is_finite = all(np.all(np.isfinite(c)) for row in self.claims.cotangents for c in row)
        self.dense_vjps: ClaimedVjps | None = None
        if n_outputs > 1 and not is_finite:
            self.dense_vjps = self._query_vjps(_draw_mixtures(n_outputs, rng))
        self.input_size: float = max(1.0, largest_magnitude(rule.xs))
        self.scale: float = max(self.input_size, largest_magnitude(self.claims.cotangents[0]))

    def _query_vjps(self, seeds: Array) -> ClaimedVjps:
        return ClaimedVjps(seeds, [self._vjp(g) for g in seeds])

    def _vjp(self, g: Array) -> list[Array]:
        self.results.append(self.rule.call_vjp(g))
        return self.rule.read_cotangents(self.results[-1])  # at once: the next call may overwrite it

    @property
    def seed(self) -> Array:
        """The first cotangent of the output."""
        return np.asarray(self.claims.seeds[0])

    @property
    def cotangents(self) -> list[Array]:
        """The rule's answer to it."""
        return list(self.claims.cotangents[0])

    @property
    def all_cotangents(self) -> list[list[Array]]:
        """All answers, in the order of ``results``."""
        dense = self.dense_vjps.cotangents if self.dense_vjps else ()
        return [list(row) for row in (*self.claims.cotangents, *dense)]


def largest_magnitude(arrays: Iterable[Array]) -> float:
    """Return the largest magnitude among finite numbers.

    Parameters
    ----------
    arrays : iterable of arrays

    Returns
    -------
    float
        0 if there are no finite numbers.
    """
    return float(max((np.max(np.abs(a[np.isfinite(a)]), initial=0.0) for a in arrays), default=0.0))


def _draw_seeds(y: Array, rng: np.random.Generator) -> Array:
    """Unit vectors for few outputs; mixtures of the finite ones for many."""
    if 0 < y.size <= MAX_SINGLE:
        return np.eye(y.size)
    return _draw_mixtures(y.size, rng) * np.isfinite(y.ravel())


def _draw_mixtures(n_outputs: int, rng: np.random.Generator) -> Array:
    """Random cotangents of the output without zeros."""
    if not n_outputs:
        return np.zeros((1, 0))
    shape = (N_MIXTURES, n_outputs)
    return np.asarray(rng.uniform(*WEIGHTS, shape) * rng.choice([-1.0, 1.0], shape))
