"""The mean log-loss of a recurrent network with diagonal weights that predicts the next character."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiled import compiled_gradient
from ..timed import Timed


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def cell_step(weight: Any, bias: Any, hidden: Any, cell: Any, x: Any) -> tuple[Any, Any]:
    """One layer: its next hidden state and its next cell."""
    width = len(x)
    forget, ingate, outgate, change = (
        source * weight[k * width : (k + 1) * width] + bias[k * width : (k + 1) * width]
        for k, source in enumerate((x, hidden, x, hidden))
    )
    cell = cell * sigmoid(forget) + sigmoid(ingate) * np.tanh(change)
    return sigmoid(outgate) * np.tanh(cell), cell


def loss(main: Any, extra: Any, state: Any, sequence: Any) -> Any:
    states = list(state)  # hidden state and cell of each layer, in turn
    total = 0.0
    for x, target in zip(sequence[:-1], sequence[1:]):
        z = x * extra[0]
        for i in range(0, len(states), 2):
            states[i], states[i + 1] = cell_step(main[i], main[i + 1], states[i], states[i + 1], z)
            z = states[i]
        prediction = z * extra[1] + extra[2]
        total = total + np.sum(target * (prediction - np.log(np.sum(np.exp(prediction)) + 2.0)))
    return -total / sequence[1:].size


def arrays(fields: dict[str, Any]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(fields[name], dtype=float) for name in ("main_params", "extra_params", "state", "sequence"))


def flat(gradients: tuple[np.ndarray, ...]) -> list[float]:
    return np.concatenate([gradient.ravel() for gradient in gradients]).tolist()


MOST_NODES = 20_000_000  # six layers and 8 192 characters, GradBench's largest input, make half as many
FUNCTIONS = {
    "objective": Timed(arrays, loss, float),
    "jacobian": Timed(arrays, compiled_gradient(loss, argnums=(0, 1), limit=MOST_NODES), flat),
}
