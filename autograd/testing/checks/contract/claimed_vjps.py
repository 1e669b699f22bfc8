"""What a rule claims: its cotangents for several cotangents of the output, and the directional derivatives that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.testing.judgement.judge_direction import DirectionalClaims
from autograd.testing.measurement.estimate import Array

# Up to this many outputs, or entries of the inputs, are examined one by one; of more, random mixtures are. One by one gives the
# index of a wrong entry and needs no mixtures, but costs a measurement each, 5 to 90 evaluations; 6 covers a 2 × 3 matrix and a
# pair of triples. Doubled, checks of 7 to 12 entries need up to twice as many evaluations.
MAX_SINGLE = 6


class ClaimedVjps(NamedTuple):
    """The cotangents of the inputs that a rule returned for several cotangents of the output.

    Parameters
    ----------
    seeds : array of shape (n_seeds, n_outputs)
        The cotangents of the output.
    cotangents : sequence of sequences of arrays
        For each seed the cotangents of the inputs.
    """

    seeds: Array
    cotangents: Sequence[Sequence[Array]]

    def derivatives_along(self, us: Sequence[Array]) -> Array:
        """Return the claimed directional derivatives of the outputs, weighted by each seed.

        Parameters
        ----------
        us : sequence of arrays
            The direction, of the shapes of the inputs.

        Returns
        -------
        array of shape (n_seeds,)
        """
        return _sum_terms(self._terms(us))

    def along(self, us: Sequence[Array]) -> DirectionalClaims:
        """Return the claimed directional derivatives with the sizes relative to which they are judged.

        Parameters
        ----------
        us : sequence of arrays
            The direction, of the shapes of the inputs.

        Returns
        -------
        DirectionalClaims
            One entry per seed.
        """
        terms = self._terms(us)
        sizes = [[np.abs(term) for term in row] for row in terms]
        return DirectionalClaims(_sum_terms(terms), _sum_terms(sizes), self._largest_claims(us))

    def _terms(self, us: Sequence[Array]) -> list[list[Array]]:
        """The products of cotangents and directions; an infinite cotangent of an entry that does not move counts as 0."""
        return [[np.where(u == 0.0, 0.0, c * u) for c, u in zip(row, us, strict=True)] for row in self.cotangents]

    def _largest_claims(self, us: Sequence[Array]) -> Array:
        """The largest derivative with respect to any entry, moving or not, along as long a step as the longest."""
        longest = max(float(np.max(np.abs(u), initial=0.0)) for u in us)
        sizes = [[np.max(np.abs(c), initial=0.0, where=np.isfinite(c)) for c in row] for row in self.cotangents]
        return np.asarray(longest * np.max(sizes, axis=1))

    def is_informative(self, us: Sequence[Array]) -> Array:
        """Tell which claims say something about a direction.

        A claim that is nan says nothing if its seed has a 0, since 0 times an infinite derivative is nan.

        Parameters
        ----------
        us : sequence of arrays
            The direction, of the shapes of the inputs.

        Returns
        -------
        bool array of shape (n_seeds,)
        """
        return np.asarray(~np.isnan(self.derivatives_along(us)) | np.all(self.seeds != 0.0, axis=1))

    def select(self, mask: Array) -> ClaimedVjps:
        """Return the claims for some of the seeds.

        Parameters
        ----------
        mask : bool array of shape (n_seeds,)

        Returns
        -------
        ClaimedVjps
        """
        return ClaimedVjps(self.seeds[mask], [row for row, keep in zip(self.cotangents, mask, strict=True) if keep])

    def join(self, other: ClaimedVjps) -> ClaimedVjps:
        """Return these claims followed by others.

        Parameters
        ----------
        other : ClaimedVjps

        Returns
        -------
        ClaimedVjps
        """
        return ClaimedVjps(np.concatenate([self.seeds, other.seeds]), [*self.cotangents, *other.cotangents])

    def has_finite_cotangents(self) -> list[Array]:
        """Tell which entries of the inputs have a finite cotangent for all seeds.

        Returns
        -------
        list of bool arrays
            One per input, of its shape.
        """
        return [np.all(np.isfinite(parts), axis=0) for parts in zip(*self.cotangents, strict=True)]

    def is_one_per_output(self) -> bool:
        """Tell whether the seeds are the unit vectors of a few outputs, so that each claim is about one output.

        Returns
        -------
        bool
        """
        n_outputs = self.seeds.shape[1]
        return n_outputs <= MAX_SINGLE and np.array_equal(self.seeds, np.eye(n_outputs))


def _sum_terms(terms: Sequence[Sequence[Array]]) -> Array:
    """For each seed the sum over all entries of all inputs."""
    return np.array([sum(float(np.sum(term)) for term in row) for row in terms])
