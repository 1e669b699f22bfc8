"""Recurrent cells, and RNN, which runs a cell over a sequence. The gates are in PyTorch's order, so that its weights fit."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

import autograd as ag
from autograd import SettingError, ShapeError, Tensor
from nn.activations import Activation
from nn.activations import activation as named_activation
from nn.init import Initialiser
from nn.input_checks import positive_integer, real_tensor
from nn.modules.layers import Linear
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed, generator


class _Cell(Module):
    """What the cells share: a Linear layer of the input and one of the hidden state, for all gates at once."""

    gates: ClassVar[int]

    def __init__(self, n_in: int, n_hidden: int, init: str | Initialiser = "glorot_uniform", rng: Seed = None) -> None:
        rng = generator(rng)
        self.n_hidden: int = positive_integer("the width of the hidden state", n_hidden)
        self.input: Linear = Linear(n_in, self.gates * n_hidden, init, rng)
        self.hidden: Linear = Linear(n_hidden, self.gates * n_hidden, init, rng)

    def initial_state(self, batch: tuple[int, ...]) -> Any:
        """Return the state before the first step, zeros.

        Parameters
        ----------
        batch : tuple of int
            The axes in front of the features: () for one sequence, (N,) for a batch.

        Returns
        -------
        Tensor, shape (*batch, n_hidden)
            The hidden state; of an LSTM a pair of two such Tensors.
        """
        return Tensor(np.zeros((*batch, self.n_hidden)), constant=True)

    def _split(self, z: Any) -> list[Any]:
        """Return the part of each gate."""
        return [z[..., k * self.n_hidden : (k + 1) * self.n_hidden] for k in range(self.gates)]

    def __repr__(self) -> str:
        n_in = self.input.W.shape[1]
        return f"{type(self).__name__}({n_in} → {self.n_hidden}, {count_text(self.num_parameters())})"


class RNNCell(_Cell):
    """A plain recurrent cell: h' = f(W x + b + U h + c).

    Parameters
    ----------
    n_in, n_hidden : int
        The widths of the input and the hidden state.
    activation : str or callable, default "tanh"
        f.
    init : str or callable, default "glorot_uniform"
        The initialiser of ``W`` and ``U``.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.

    Attributes
    ----------
    input, hidden : Linear
        The layers with W, b and with U, c.

    Raises
    ------
    SettingError
        If a width is not a positive whole number, or no initialiser or activation has the name given.

    References
    ----------
    J. L. Elman, "Finding Structure in Time" (1990).

    Examples
    --------
    >>> cell = RNNCell(2, 3, rng=0)
    >>> output, state = cell([1.0, 2.0], cell.initial_state(()))
    >>> output.shape, output is state
    ((3,), True)
    """

    gates = 1

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        activation: str | Activation = "tanh",
        init: str | Initialiser = "glorot_uniform",
        rng: Seed = None,
    ) -> None:
        super().__init__(n_in, n_hidden, init, rng)
        self.activation: Activation = named_activation(activation)

    def forward(self, x: Any, state: Any) -> tuple[Any, Any]:
        """Take one step.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., n_in)
            The input of this step.
        state : Tensor, shape (..., n_hidden)
            The hidden state h.

        Returns
        -------
        output, state : Tensor, shape (..., n_hidden)
            h', twice.
        """
        h = self.activation(self.input(x) + self.hidden(state))
        return h, h


class GRUCell(_Cell):
    """A gated recurrent unit.

    With r and z = σ(W x + b + U h + c), and n = tanh(W x + b + r ⊙ (U h + c)), the new state is (1 - z) ⊙ n + z ⊙ h. Each gate
    has its own rows of the matrices, in the order r, z, n.

    Parameters
    ----------
    n_in, n_hidden : int
        The widths of the input and the hidden state.
    init : str or callable, default "glorot_uniform"
        The initialiser of the matrices.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.

    Raises
    ------
    SettingError
        If a width is not a positive whole number, or no initialiser is called ``init``.

    References
    ----------
    K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014), in the form of ``torch.nn.GRUCell``.

    Examples
    --------
    >>> GRUCell(2, 3, rng=0)
    GRUCell(2 → 3, 63 parameters)
    """

    gates = 3

    def forward(self, x: Any, state: Any) -> tuple[Any, Any]:
        """Take one step.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., n_in)
            The input of this step.
        state : Tensor, shape (..., n_hidden)
            The hidden state h.

        Returns
        -------
        output, state : Tensor, shape (..., n_hidden)
            The new hidden state, twice.
        """
        from_input, from_hidden = self._split(self.input(x)), self._split(self.hidden(state))
        r, z = (ag.sigmoid(a + b) for a, b in zip(from_input[:2], from_hidden[:2], strict=True))
        n = ag.tanh(from_input[2] + r * from_hidden[2])
        h = (1.0 - z) * n + z * state
        return h, h


class LSTMCell(_Cell):
    """A long short-term memory.

    With i, f and o = σ(W x + b + U h + c) and g = tanh(W x + b + U h + c), the memory becomes c' = f ⊙ c + i ⊙ g, and the hidden
    state h' = o ⊙ tanh(c'). Each gate has its own rows of the matrices, in the order i, f, g, o.

    Parameters
    ----------
    n_in, n_hidden : int
        The widths of the input and the hidden state.
    init : str or callable, default "glorot_uniform"
        The initialiser of the matrices.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.

    Raises
    ------
    SettingError
        If a width is not a positive whole number, or no initialiser is called ``init``.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (1997); F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to
    Forget" (2000), for f. The form is that of ``torch.nn.LSTMCell``.

    Examples
    --------
    >>> cell = LSTMCell(2, 3, rng=0)
    >>> output, (hidden, memory) = cell([1.0, 2.0], cell.initial_state(()))
    >>> hidden.shape, memory.shape
    ((3,), (3,))
    """

    gates = 4

    def initial_state(self, batch: tuple[int, ...]) -> Any:
        """Return the hidden state and the memory before the first step, both zeros.

        Parameters
        ----------
        batch : tuple of int
            The axes in front of the features: () for one sequence, (N,) for a batch.

        Returns
        -------
        tuple of Tensor
            Both of shape ``(*batch, n_hidden)``.
        """
        return super().initial_state(batch), super().initial_state(batch)

    def forward(self, x: Any, state: Any) -> tuple[Any, Any]:
        """Take one step.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., n_in)
            The input of this step.
        state : tuple of Tensor, shapes (..., n_hidden)
            The hidden state h and the memory c.

        Returns
        -------
        output : Tensor, shape (..., n_hidden)
            h'.
        state : tuple of Tensor
            h' and c'.
        """
        hidden, memory = state
        i, f, g, o = self._split(self.input(x) + self.hidden(hidden))
        memory = ag.sigmoid(f) * memory + ag.sigmoid(i) * ag.tanh(g)
        hidden = ag.sigmoid(o) * ag.tanh(memory)
        return hidden, (hidden, memory)


class RNN(Module):
    """A recurrent network: a cell that runs over a sequence.

    Parameters
    ----------
    cell : Module
        A cell, as :class:`LSTMCell`: ``cell(x, state)`` returns the output and the new state, and ``cell.initial_state(batch)``
        the first state.
    last_only : bool, default False
        Whether only the output of the last step is returned, as for a classifier of sequences.
    reverse : bool, default False
        Whether the sequence is run from its end. The outputs stay at the positions of their inputs.

    Raises
    ------
    SettingError
        If ``cell`` has no method ``initial_state``.

    Examples
    --------
    >>> RNN(GRUCell(2, 3, rng=0))(np.ones((5, 7, 2))).shape
    (5, 7, 3)
    >>> RNN(GRUCell(2, 3, rng=0), last_only=True)(np.ones((5, 7, 2))).shape
    (5, 3)
    """

    def __init__(self, cell: Any, last_only: bool = False, reverse: bool = False) -> None:
        if not isinstance(cell, Module) or not hasattr(cell, "initial_state"):
            raise SettingError(f"RNN takes a cell with initial_state(), such as LSTMCell(2, 3), not {cell!r}")
        self.cell: Any = cell
        self.last_only: bool = last_only
        self.reverse: bool = reverse

    def forward(self, x: Any, state: Any = None) -> Any:
        """Return the outputs.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, T, n_in) or (T, n_in)
            A batch of sequences of T steps, or one sequence.
        state : Tensor or tuple of Tensor, optional
            The first state. The default is ``cell.initial_state(batch)``.

        Returns
        -------
        Tensor, shape (N, T, n_hidden) or (T, n_hidden)
            The outputs of all steps; without the axis T if ``last_only``.

        Raises
        ------
        ShapeError
            If the input has other axes, or no steps.
        """
        x = real_tensor(x, "RNN()")
        if x.ndim not in (2, 3) or not x.shape[-2]:
            raise ShapeError(f"{self} takes sequences (N, T, n_in) or (T, n_in) of at least one step, but x has shape {x.shape}")
        if state is None:
            state = self.cell.initial_state(x.shape[:-2])
        outputs = []
        steps = range(x.shape[-2])
        for t in reversed(steps) if self.reverse else steps:
            output, state = self.cell(x[..., t, :], state)
            outputs.append(output)
        if self.last_only:
            return outputs[-1]
        return ag.stack(outputs[::-1] if self.reverse else outputs, axis=x.ndim - 2)

    def __repr__(self) -> str:
        return f"RNN({self.cell!r})"
