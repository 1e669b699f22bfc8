"""Random generators, by whose states the tracer sees that a function has drawn from them."""

from __future__ import annotations

import random
import sys
from typing import Any

# By name, since NumPy imports its own when they are first used.
GENERATOR_CLASSES = ("Generator", "RandomState", "Random")


def is_random_generator(x: Any) -> bool:
    """Return whether an object is a random generator of NumPy or of the standard library.

    Parameters
    ----------
    x : object
        Anything.

    Returns
    -------
    bool
        Whether it is one.
    """
    return type(x).__name__ in GENERATOR_CLASSES


def shared_generators() -> list[Any]:
    """Return the generators behind the module-level functions of ``random`` and ``numpy.random``.

    Returns
    -------
    list
        Python's generator, and NumPy's if that has been imported.
    """
    numpy_random = sys.modules.get("numpy.random.mtrand")
    return [random._inst, *([numpy_random._rand] if numpy_random else [])]


def generator_state(generator: Any) -> str:
    """Return the state of a generator in a form that can be compared.

    Parameters
    ----------
    generator : random.Random, numpy.random.Generator or numpy.random.RandomState
        The generator.

    Returns
    -------
    str
        Its state. It changes with every draw.
    """
    if isinstance(generator, random.Random):
        return repr(generator.getstate())
    if hasattr(generator, "bit_generator"):
        return repr(generator.bit_generator.state)
    return repr(generator.get_state(legacy=False))
