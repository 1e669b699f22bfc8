"""Where randomness comes from: a seed or a generator, handed in as ``rng=``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from autograd import DataError

Seed: TypeAlias = "int | np.random.Generator | None"


def generator(rng: Seed) -> np.random.Generator:
    """A NumPy generator from a seed; a generator is used as it is, None is seeded by the system.

    >>> int(generator(0).integers(10)) == int(generator(0).integers(10))
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is not None and (isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0):
        raise DataError(f"rng takes a numpy.random.Generator, a non-negative integer seed or None, not {rng!r}")
    return np.random.default_rng(rng)
