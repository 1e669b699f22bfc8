"""What a function does besides computing, also when it is compiled: drawing random numbers, and replacing those of constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.tracing import current_tracer, to_concrete
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


def update_numbers(tensor: Tensor, rule: Callable[..., Any], *args: Any) -> None:
    """Replace the numbers of a constant Tensor inside a function that may be compiled.

    Outside of ``compile`` this is ``tensor.data = rule(tensor.data, *args)``, with arrays in place of nodes. A compiled function
    does it at each call, after its results were computed. No gradient flows.

    Parameters
    ----------
    tensor : Tensor
        A Tensor made with ``constant=True``, such as a running mean.
    rule : callable
        A function of the present numbers and ``args`` that returns the new numbers. Inside a compiled function the numbers are
        followed like ``x.data``.
    *args : Tensor, Value, array or float
        What else it depends on.

    Raises
    ------
    DataError
        If ``tensor`` is not a constant Tensor.
    ShapeError
        If the new numbers have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, compile
    >>> total = Tensor(np.zeros(2), constant=True)
    >>> def f(x):
    ...     update_numbers(total, lambda old, x: old + x, x)
    ...     return (x * x).sum()
    >>> step = compile(f, tensors=True)
    >>> [float(step(np.array([1.0, 2.0]))) for _ in range(3)], total.data
    ([5.0, 5.0, 5.0], array([3., 6.]))
    """
    if not (isinstance(tensor, Tensor) and tensor.constant):
        raise DataError(f"update_numbers() takes a Tensor made with constant=True, not {describe(tensor)}")
    tracer = current_tracer()
    if tracer is not None:
        tracer.update(tensor, rule, args)
        return
    tensor.data = rule(tensor.data, *(to_concrete(x.current) if isinstance(x, Node) else x for x in args))
