"""Copy on write: the array of a Tensor is shared with graphs, and copied before it can change under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd.core.coercion import to_array
from autograd.core.node_mixins.graph_structure import GraphStructure, assignment_error
from autograd.errors import ShapeError
from autograd.state import context

# Who else refers to the array of a leaf.
OWN = 0  # nobody
RECORDED = 1  # graphs, which need it as it is
EXPOSED = 2  # the user, who may write to it
CONSTANT = 3  # graphs, and no gradient flows to it
FILLED = 4  # nobody: graphs keep the version that it has when it is used (buffer.py)


class CopyOnWrite(GraphStructure):
    """The array of a Tensor, assignments to it, and steps of an optimizer."""

    __slots__ = ()
    _state: int
    _grad: Any

    if TYPE_CHECKING:

        @property
        def dtype(self) -> np.dtype[Any]: ...

        @property
        def grad(self) -> Any: ...

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array. That of a leaf is writable, and writing never changes an earlier graph; others are read-only."""
        if context.open_block_count and self._state != CONSTANT:
            trace = context.current().tracer
            if trace is not None:
                return trace.trace_data(self)  # type: ignore[no-any-return]  # numbers that are followed
        if self.op is not None or self._state == CONSTANT:
            self._primal.flags.writeable = False
            return self._primal  # type: ignore[no-any-return]
        if self._state == RECORDED or not self._primal.flags.writeable:
            self._primal = self._primal.copy()
        self._state = EXPOSED
        return self._primal  # type: ignore[no-any-return]  # an ndarray: to_array() and record() see to it

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise assignment_error(self)
        self._refuse_while_tracing("assigning the data of")
        if data is self._primal:
            return
        new = to_array(data, "Tensor.data")
        if new.shape != self.shape:
            raise ShapeError(
                f"the data of {self.describe()} has shape {self.shape}; an array of shape {new.shape} cannot replace it"
            )
        self._primal = new.astype(self._primal.dtype, copy=False)
        self._state = CONSTANT if self._state == CONSTANT else OWN

    def freeze_data(self) -> npt.NDArray[Any]:
        """Return the array for a graph to keep: nobody writes to it from now on."""
        if self._state == EXPOSED:
            self._primal.flags.writeable = False
            self._primal = self._primal.copy()
        if self._state != CONSTANT:
            self._state = RECORDED
        return self._primal  # type: ignore[no-any-return]

    @property
    def constant(self) -> bool:
        """Whether no gradient flows to this Tensor."""
        return self._state == CONSTANT

    def move(self, delta: Any) -> None:
        """Add ``delta`` to the data, as an optimizer does. Graphs that were recorded before keep the old numbers.

        Parameters
        ----------
        delta : array_like
            The step: a number, or an array in the shape of the data.

        Raises
        ------
        GraphError
            If the Tensor is the result of an operation, or inside a compiled function.
        ShapeError
            If ``delta`` has another shape.

        Examples
        --------
        >>> from autograd import Tensor
        >>> p = Tensor([1.0, 2.0]); p.move([0.5, 0.5]); p.data
        array([1.5, 2.5])
        """
        if self.op is not None:
            raise assignment_error(self)
        if context.open_block_count:
            self._refuse_while_tracing("moving")
        data = self._primal
        if type(delta) is not np.ndarray or delta.dtype != data.dtype:
            delta = to_array(delta, "move()").astype(self.dtype, copy=False)
        if delta.shape != data.shape and delta.shape:
            raise ShapeError(f"move(): a step of shape {delta.shape} does not fit {self.describe()} of shape {self.shape}")
        moved = data + delta
        self._primal = moved if type(moved) is np.ndarray else np.asarray(moved)  # of one number NumPy makes a scalar
        self._state = CONSTANT if self._state == CONSTANT else OWN

    def descend(self, rate: float) -> None:
        """Subtract ``rate`` times the gradient from the data, as gradient descent does. Without a gradient nothing changes.

        Parameters
        ----------
        rate : float
            The learning rate.

        Raises
        ------
        GraphError
            As in :meth:`move`.

        Examples
        --------
        >>> from autograd import Tensor
        >>> p = Tensor([1.0, 2.0]); (p * p).sum().backward(); p.descend(0.25); p.data
        array([0.5, 1. ])
        """
        if not self.has_grad:
            return
        grad, data = self._grad, self._primal
        if type(grad) is np.ndarray and grad.dtype == data.dtype and self._state != CONSTANT and not context.open_block_count:
            moved = grad * -rate
            if moved.dtype == data.dtype and moved.ndim:
                self._primal = np.add(data, moved, out=moved)
                self._state = OWN
                return
        grad = self.grad
        self.move(-rate * (grad.data if isinstance(grad, GraphStructure) else grad))
