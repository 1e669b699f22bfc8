"""A function of Values and Tensors as functions of arrays: its value, and its gradient in each of the ways that the library has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.graph.topological_order import topological_order
from autograd.state.context_managers import no_grad
from autograd.testing.checks.contract.inputs import refuse_coroutine
from autograd.testing.measurement.estimate import Array
from autograd.transforms.arguments import flatten_outputs
from autograd.transforms.grad_and_vjp import gradients
from autograd.transforms.jvp_and_hvp import jvp


class GraphFunction:
    """A function of nodes as functions of arrays.

    Parameters
    ----------
    f : callable
        The function; it gets one node per input, and returns a node, a number, an array, or a container of them.
    node_types : sequence of type
        For each input Value or Tensor.
    static : dict
        Settings for f.
    """

    def __init__(self, f: Callable[..., Any], node_types: Sequence[type[Node]], static: dict[str, Any]) -> None:
        self.f: Callable[..., Any] = f
        self.node_types: Sequence[type[Node]] = node_types
        self.static: dict[str, Any] = static

    def record(self, xs: Sequence[Any]) -> tuple[Node, list[Any]]:
        """Run the function on new leaves.

        Parameters
        ----------
        xs : sequence of floats and arrays

        Returns
        -------
        y : Node
            The result; the leaves of a container as one vector; a constant Tensor if it does not depend on nodes.
        leaves : list of Node

        Raises
        ------
        DataError
            If the function returns anything but nodes and numbers.
        """
        leaves = [kind(x) for kind, x in zip(self.node_types, xs, strict=True)]  # type: ignore[call-arg]  # Value or Tensor
        y = self.call(*leaves)
        return y if isinstance(y, Node) else Tensor(y, constant=True), leaves

    def call(self, *nodes: Any) -> Any:
        """Call the function.

        Parameters
        ----------
        *nodes : Value or Tensor

        Returns
        -------
        Value, Tensor, number or array
            The result; if it is a container or complex, its leaves, or real and imaginary parts, as one vector.
        """
        result = self.f(*nodes, **self.static)
        refuse_coroutine(result, "check_grad()")
        outputs, _ = flatten_outputs("check_grad()", result)
        outputs = [part for y in outputs for part in _real_parts(y)]
        if len(outputs) == 1:
            return outputs[0]
        return np.concatenate([np.ravel(output) for output in outputs]) if outputs else np.zeros(0)

    def value(self, *xs: Any) -> Array:
        """Return the value of the function.

        Parameters
        ----------
        *xs : float or array
            The inputs.

        Returns
        -------
        array
        """
        with no_grad():
            return np.array(self.record(xs)[0].data)

    def backward(self, xs: Sequence[Any], g: Any) -> tuple[Array, ...]:
        """Return the cotangents of the inputs as ``y.backward(g)`` adds them to the leaves.

        The gradients of other leaves, such as the parameters of a model, are restored.

        Parameters
        ----------
        xs : sequence of floats and arrays
            The inputs.
        g : float or array
            The cotangent of the result.

        Returns
        -------
        tuple of arrays
            One cotangent per input.
        """
        y, leaves = self.record(xs)
        before = [(leaf, leaf._grad) for leaf in topological_order((y,))[1]]
        for leaf, _ in before:
            leaf._grad = 0.0
        try:
            y.backward(g)
            return tuple(np.array(leaf.grad) for leaf in leaves)
        finally:
            for leaf, grad in before:
                leaf._grad = grad

    def gradients(self, xs: Sequence[Any], g: Any) -> list[Array]:
        """Return the cotangents of the inputs as ``gradients(y, leaves, g)`` returns them.

        Parameters
        ----------
        xs : sequence of floats and arrays
            The inputs.
        g : float or array
            The cotangent of the result.

        Returns
        -------
        list of arrays
            One cotangent per input.
        """
        y, leaves = self.record(xs)
        return [np.asarray(d) for d in gradients(y, leaves, g)]

    def tangent(self, xs: Sequence[Any], us: Sequence[Any]) -> Array:
        """Return the derivative along a direction by forward mode.

        Parameters
        ----------
        xs : sequence of floats and arrays
            The inputs.
        us : sequence of arrays
            The direction, of the shapes of the inputs.

        Returns
        -------
        array
            Of the shape of the result.
        """
        floats = [kind is Value for kind in self.node_types]
        primals = [float(x) if is_float else x for x, is_float in zip(xs, floats, strict=True)]
        tangents = [u[()] if is_float else u for u, is_float in zip(us, floats, strict=True)]
        with no_grad(), np.errstate(**IGNORE_FLOAT_ERRORS):  # no_grad: the function may use nodes from outside that record
            _, tangent = jvp(self.call, tuple(primals), tuple(tangents))
        return np.asarray(tangent)

    def second_derivatives(self, xs: Sequence[Any], g: Any, vs: Sequence[Any], seed: float) -> tuple[Array, ...]:
        """Differentiate the gradient along a direction, by reverse mode over reverse mode.

        Parameters
        ----------
        xs : sequence of floats and arrays
            The inputs.
        g : float or array
            The cotangent of the result.
        vs : sequence of arrays
            The direction, of the shapes of the inputs.
        seed : float
            A factor of the result.

        Returns
        -------
        tuple of arrays
            ``seed`` times the product of the Hessian and ``vs``, one array per input.
        """
        y, leaves = self.record(xs)
        first = gradients(y, leaves, g, create_graph=True)
        slope = Value(0.0)
        for d, v in zip(first, vs, strict=True):
            slope = slope + ((d * v).sum() if isinstance(d, Tensor) else d * float(v))
        return tuple(np.asarray(d) * seed for d in gradients(slope, leaves))


def _real_parts(y: Any) -> tuple[Any, ...]:
    """Return the real and the imaginary part of a complex result, and a real result as it is."""
    return (np.real(y), np.imag(y)) if np.iscomplexobj(y) else (y,)
