"""Functions such as np.zeros_like. For a Tensor they return an array that can hold nodes and be assigned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.tracing import to_concrete
from autograd.numpy_api import functions
from autograd.numpy_api.apply import has_nodes


def make_like(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the function that answers for np.zeros_like, np.ones_like or np.empty_like.

    Parameters
    ----------
    function : callable
        NumPy's function.

    Returns
    -------
    callable
        Of a Tensor it gives a constant that may be assigned to; of anything else, or of a dtype that is neither a float nor a
        complex type, NumPy's array.

    Examples
    --------
    >>> a = make_like(np.zeros_like)(Tensor([1.0, 2.0])); a[0] = Tensor(3.0); a.data
    array([3., 0.])
    """

    def like(prototype: Any, **settings: Any) -> Any:
        numbers = function(to_concrete(prototype), **settings)
        return functions.array(numbers) if isinstance(prototype, Tensor) and numbers.dtype.kind in "fc" else numbers

    return like


def full_like(a: Any, fill_value: Any, dtype: Any = None, *, shape: Any = None, **settings: Any) -> Any:
    """Return an array with one number or node everywhere, in the shape and dtype of ``a``.

    Parameters
    ----------
    a : array_like or node
        What gives the shape and the dtype.
    fill_value : number, array_like or node
        What is broadcast to the shape.
    dtype : dtype, optional
    shape : int or sequence of int, optional
        Another shape.
    **settings
        The other settings of np.full_like: ``order``, ``subok``, ``device``.

    Returns
    -------
    Tensor or ndarray
        As from np.zeros_like; also a Tensor if ``fill_value`` is a node or holds one.

    Examples
    --------
    >>> from autograd import grad
    >>> grad(lambda x: full_like([1.0, 2.0], x).sum())(3.0)
    2.0
    """
    numbers = np.empty_like(to_concrete(a), dtype=dtype, shape=shape, **settings)
    if has_nodes(fill_value):
        return functions.full(numbers.shape, fill_value, numbers.dtype if numbers.dtype.kind in "fc" else None)
    numbers[...] = to_concrete(fill_value)
    return functions.array(numbers) if isinstance(a, Tensor) and numbers.dtype.kind in "fc" else numbers
