"""Pytrees of parameters as one vector, which SciPy's algorithms work on, and the derivatives of functions of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.core.base_node import primal_of
from autograd.core.coercion import to_array
from autograd.core.pytree import flatten
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import has_nodes
from autograd.state.context_managers import no_grad
from autograd.transforms.grad_and_vjp import value_and_grad
from autograd.transforms.jacobian_and_hessian import hessian, jacobian
from autograd.transforms.jvp_and_hvp import hvp

Vector = npt.NDArray[np.float64]


class FlatArguments:
    """The structure of an argument, as the shapes of its leaves.

    Parameters
    ----------
    tree : pytree of numbers and arrays
        The argument.
    call : str
        What the user has called, for error messages.

    Examples
    --------
    >>> flat = FlatArguments({"w": np.ones((2, 2)), "b": 3.0}, "f()")
    >>> flat.vector
    array([1., 1., 1., 1., 3.])
    >>> flat.unflatten(flat.vector)["b"]
    3.0
    """

    def __init__(self, tree: Any, call: str) -> None:
        leaves, self._build = flatten(_as_arrays(tree))
        arrays = [to_array(leaf, call) for leaf in leaves]
        self._shapes = [array.shape for array in arrays]
        self._is_number = [isinstance(leaf, float | int) for leaf in leaves]
        self._ends = np.cumsum([array.size for array in arrays])
        self.vector: Vector = np.concatenate([array.ravel() for array in arrays]).astype(np.float64)

    def unflatten(self, vector: Any) -> Any:
        """Return the structure with the entries of a vector, which may be a node.

        Parameters
        ----------
        vector : array or Tensor, shape (n,)

        Returns
        -------
        pytree
        """
        leaves = []
        for shape, is_number, end in zip(self._shapes, self._is_number, self._ends, strict=True):
            part = vector[end - int(np.prod(shape, dtype=int)) : end].reshape(shape)
            leaves.append(float(part) if is_number and isinstance(part, np.ndarray) else part)
        return self._build(leaves)


def _as_arrays(tree: Any) -> Any:
    """Return a list of numbers as an array, as SciPy takes it; other trees as they are."""
    if isinstance(tree, list | tuple) and tree and all(isinstance(x, float | int | np.number) for x in tree):
        return np.array(tree, dtype=np.float64)
    return tree


def to_plain(derivative: Any) -> Vector:
    """Return a derivative as a plain array, which inside another transform is a node."""
    return np.asarray(primal_of(derivative), dtype=np.float64)


class FlatFunction:
    """A function of a pytree as a function of a vector, with its derivatives.

    Parameters
    ----------
    f : callable
        ``f(tree, *args)``.
    flat : FlatArguments
        The structure of the first argument.
    args : sequence
        Further arguments.

    Raises
    ------
    DataError
        If the function uses a node from outside.
    """

    def __init__(self, f: Callable[..., Any], flat: FlatArguments, args: Sequence[Any] = ()) -> None:
        def of_vector(vector: Any) -> Any:
            return f(flat.unflatten(vector), *args)

        if has_nodes(of_vector(flat.vector)):
            raise DataError(
                "the function uses a node from outside, to which no gradient would flow, since SciPy returns plain numbers: "
                "use the numbers of that node (.data), or make it a part of x0"
            )
        self.of_vector = of_vector
        self._value_and_grad = value_and_grad(of_vector)
        self._hessian = hessian(of_vector)
        self._jacobian = jacobian(lambda vector: functions.ravel(of_vector(vector)))

    def value(self, x: Vector) -> Any:
        """Return the value at a vector, as a number or an array."""
        return self.of_vector(x)

    def residuals(self, x: Vector) -> Vector:
        """Return the value at a vector, as a vector."""
        return np.ravel(np.asarray(self.of_vector(x), dtype=np.float64))

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """Return the value and the gradient."""
        with no_grad():
            value, gradient = self._value_and_grad(x)
        return float(primal_of(value)), to_plain(gradient)

    def jacobian(self, x: Vector) -> Vector:
        """Return the Jacobian of the value as a vector."""
        with no_grad():
            return to_plain(self._jacobian(x))

    def hessian(self, x: Vector) -> Vector:
        """Return the Hessian."""
        with no_grad():
            return to_plain(self._hessian(x))

    def hessian_product(self, x: Vector, v: Vector) -> Vector:
        """Return the product of the Hessian and a vector."""
        with no_grad():
            return to_plain(hvp(self.of_vector, x, np.asarray(v, dtype=np.float64)))
