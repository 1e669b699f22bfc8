"""Recurrent cells and networks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import SettingError, ShapeError
from autograd.testing import check_grad

CELLS = (nn.RNNCell, nn.GRUCell, nn.LSTMCell)


def run_by_hand(cell, x):
    """The outputs of a cell by its formulas in plain NumPy."""
    W, b, U, c = cell.input.W.numpy(), cell.input.b.numpy(), cell.hidden.W.numpy(), cell.hidden.b.numpy()
    sigmoid = lambda z: 1.0 / (1.0 + np.exp(-z))  # noqa: E731 - short for the formulas below
    h, memory, outputs = np.zeros(cell.n_hidden), np.zeros(cell.n_hidden), []
    for step in x:
        from_input, from_hidden = (np.split(z, cell.gates) for z in (W @ step + b, U @ h + c))
        if isinstance(cell, nn.RNNCell):
            h = np.tanh(from_input[0] + from_hidden[0])
        elif isinstance(cell, nn.GRUCell):
            r, z = (sigmoid(a + d) for a, d in zip(from_input[:2], from_hidden[:2], strict=True))
            h = (1 - z) * np.tanh(from_input[2] + r * from_hidden[2]) + z * h
        else:
            i, f, g, o = (a + d for a, d in zip(from_input, from_hidden, strict=True))
            memory = sigmoid(f) * memory + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(memory)
        outputs.append(h)
    return np.array(outputs)


@pytest.mark.parametrize("kind", CELLS)
def test_outputs_are_those_of_the_formulas(kind):
    cell = kind(2, 3, rng=0)
    cell.input.b.data, cell.hidden.b.data = np.random.default_rng(1).normal(size=(2, 3 * cell.gates))
    x = np.random.default_rng(2).normal(size=(4, 5, 2))
    by_hand = np.array([run_by_hand(cell, sequence) for sequence in x])
    np.testing.assert_allclose(nn.RNN(cell)(x).data, by_hand, rtol=1e-12)
    np.testing.assert_allclose(nn.RNN(cell)(x[0]).data, by_hand[0], rtol=1e-12)
    np.testing.assert_allclose(nn.RNN(cell, last_only=True)(x).data, by_hand[:, -1], rtol=1e-12)
    backwards = nn.RNN(cell, reverse=True)(x).data[:, ::-1]
    np.testing.assert_allclose(backwards[0], run_by_hand(cell, x[0, ::-1]), rtol=1e-12)


@settings(max_examples=3)
@given(st.integers(0, 1000), st.sampled_from(CELLS))
def test_gradients_through_time_are_right(seed, kind):
    x = np.random.default_rng(seed).normal(size=(2, 3, 2))
    assert check_grad(nn.RNN(kind(2, 2, rng=seed)), x).verdict == "pass"


def test_a_run_goes_on_from_a_state():
    cell = nn.LSTMCell(2, 3, rng=0)
    x = np.random.default_rng(0).normal(size=(5, 2))
    _, state = cell(x[0], cell.initial_state(()))
    np.testing.assert_array_equal(nn.RNN(cell)(x[1:], state).data, nn.RNN(cell)(x).data[1:])


def test_cells_say_what_they_are_and_take_other_activations():
    assert str(nn.RNN(nn.LSTMCell(2, 3))) == "RNN(LSTMCell(2 → 3, 84 parameters))"
    assert nn.RNNCell(1, 2, "relu", rng=0)([-1e3], np.zeros(2))[0].data.min() == 0.0
    names = [name for name, _ in nn.RNN(nn.GRUCell(2, 3)).named_parameters()]
    assert names == ["cell.input.W", "cell.input.b", "cell.hidden.W", "cell.hidden.b"]


def test_wrong_cells_and_sequences_are_named():
    with pytest.raises(SettingError, match=r"RNN takes a cell with initial_state\(\), such as LSTMCell\(2, 3\), not Linear"):
        nn.RNN(nn.Linear(2, 3))
    for shape in ((2,), (3, 0, 2)):
        with pytest.raises(
            ShapeError, match=r"takes sequences \(N, T, n_in\) or \(T, n_in\) of at least one step, but x has shape"
        ):
            nn.RNN(nn.GRUCell(2, 3))(np.ones(shape))
