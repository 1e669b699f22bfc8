"""Random numbers that a compiled function draws anew at each call."""

from __future__ import annotations

from typing import Any

from autograd.core.tracing import current_tracer
from autograd.errors import DataError


def random_numbers(generator: Any, method: str, *args: Any) -> Any:
    """Draw random numbers inside a function that may be compiled.

    Outside of ``compile`` this is ``getattr(generator, method)(*args)``. A compiled function draws from the generator at each call,
    as the function itself does: the same numbers in the same order.

    Parameters
    ----------
    generator : numpy.random.Generator
        The generator.
    method : str
        The name of its method, such as "random", "normal" or "uniform".
    *args
        The arguments of the method.

    Returns
    -------
    float or array
        The numbers. Inside a compiled function they are followed like ``x.data``.

    Raises
    ------
    DataError
        If the generator has no method of that name.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import compile
    >>> rng = np.random.default_rng(0)
    >>> noisy = compile(lambda x: (x * random_numbers(rng, "random", (2,))).sum(), tensors=True)
    >>> values = [float(noisy(np.ones(2))) for _ in range(2)]
    >>> again = np.random.default_rng(0)
    >>> values == [float(again.random(2).sum()) for _ in range(2)]
    True
    """
    draw = getattr(generator, method, None)
    if draw is None or not hasattr(type(generator), "bit_generator"):
        raise DataError(
            f"random_numbers({type(generator).__name__}, {method!r}): pass a numpy.random.Generator and the name of one of its "
            f"methods, such as 'normal'"
        )
    tracer = current_tracer()
    return draw(*args) if tracer is None else tracer.draw(generator, method, args)
