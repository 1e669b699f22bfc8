"""A function of one sample, called for each sample of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.numpy_api.functions.joining import stack


def call_for_each_sample(
    f: Callable[..., Any], leaves: Sequence[Any], is_batched: Sequence[bool], build: Callable[..., Any]
) -> Any:
    """Call a function for each sample, and stack the results along a new first axis.

    Parameters
    ----------
    f : callable
        The function of one sample.
    leaves : sequence
        The leaves of its arguments. Those of a batch have the samples along the first axis.
    is_batched : sequence of bool
        Whether each leaf is of a batch; at least one is.
    build : callable
        Builds the arguments from as many leaves.

    Returns
    -------
    pytree
        The results; nodes if a result of a sample is a node.

    Examples
    --------
    >>> call_for_each_sample(lambda x, y: x * y, [np.array([1.0, 2.0]), 3.0], [True, False], tuple)
    array([3., 6.])
    """
    size = next(len(leaf) for leaf, batched in zip(leaves, is_batched, strict=True) if batched)
    results = []
    for k in range(size):
        sample = [leaf[k] if batched else leaf for leaf, batched in zip(leaves, is_batched, strict=True)]
        results.append(flatten(f(*build(sample))))
    columns = zip(*(parts for parts, _ in results), strict=True)
    return results[0][1]([_stack(column) for column in columns])


def _stack(results: Sequence[Any]) -> Any:
    return stack(results) if any(isinstance(x, Node) for x in results) else np.stack(results)
