"""stop_gradient: the numbers of nodes as constants."""

from __future__ import annotations

from typing import Any

from autograd.core.pytree import tree_map
from autograd.core.tensor import Tensor
from autograd.core.value import Value


def stop_gradient(x: Any) -> Any:
    """Return the same numbers without their history, so that derivatives treat them as constants.

    Parameters
    ----------
    x : pytree
        Values, Tensors and plain numbers, or nested containers of them.

    Returns
    -------
    pytree
        The same structure, with every node detached.

    Examples
    --------
    >>> from autograd import grad
    >>> grad(lambda x: stop_gradient(x) * x)(3.0)
    3.0
    """
    return tree_map(lambda leaf: leaf.detach() if isinstance(leaf, Value | Tensor) else leaf, x)
