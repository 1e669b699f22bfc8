"""Random numbers: every function that draws takes a seed or a generator as ``rng=``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from autograd import DataError

Seed: TypeAlias = "int | np.random.Generator | None"


def generator(rng: Seed) -> np.random.Generator:
    """Return a generator.

    Parameters
    ----------
    rng : int, numpy.random.Generator or None
        A seed of at least 0, a generator, which is used as it is, or None for a seed from the system.

    Returns
    -------
    numpy.random.Generator
        The generator.

    Raises
    ------
    DataError
        If ``rng`` is none of these.

    Examples
    --------
    >>> int(generator(0).integers(10)) == int(generator(0).integers(10))
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    is_seed = isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0
    if rng is not None and not is_seed:
        raise DataError(f"rng must be a numpy.random.Generator, a non-negative integer seed or None, not {rng!r}")
    return np.random.default_rng(rng)
