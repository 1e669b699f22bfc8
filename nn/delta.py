"""The textbook's backward pass for a fully connected network, written out in NumPy: a reference that is independent of the engine.

:func:`textbook` does not call the engine. Each of its lines is a formula of the seed texts (S0 eq. 5-14, S2:146-160), for W of
shape (to, from) and a batch in rows. :func:`inspect` reads the same quantities from the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import SettingError, ShapeError, gradients
from nn.activations import name_of
from nn.losses import loss as named_loss
from nn.losses import one_hot
from nn.modules.mlp import MLP

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """The quantities of layer l that the texts name, for a batch of N samples in rows.

    Attributes
    ----------
    a_before : ndarray, shape (N, from)
        The activation a^(l-1) of the layer before.
    z : ndarray, shape (N, to)
        The weighted input.
    a : ndarray, shape (N, to)
        The activation.
    delta : ndarray, shape (N, to)
        δ = ∂L/∂z (G01 in docs/seeds.md).
    dW : ndarray, shape (to, from)
        ∂L/∂W.
    db : ndarray, shape (to,)
        ∂L/∂b.
    """

    a_before: Array
    z: Array
    a: Array
    delta: Array
    dW: Array  # noqa: N815 - the name in the texts
    db: Array


def _sigmoid(z: Array) -> Any:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


# Each activation, and its derivative as a function of z and a = f(z).
ACTIVATIONS: dict[str, tuple[Callable[[Array], Any], Callable[[Array, Array], Any]]] = {
    "identity": (lambda z: z, lambda z, a: np.ones_like(z)),
    "sigmoid": (_sigmoid, lambda z, a: a * (1.0 - a)),
    "tanh": (np.tanh, lambda z, a: 1.0 - a * a),
    "relu": (lambda z: np.maximum(z, 0.0), lambda z, a: (z > 0.0) * 1.0),
    "softplus": (lambda z: np.logaddexp(0.0, z), lambda z, a: _sigmoid(z)),
}

# ∂L/∂a of the output a and the targets, both of shape (N, K). The loss is the mean over the N samples.
LOSS_GRADIENTS: dict[str, Callable[[Array, Array], Array]] = {
    "quadratic": lambda a, y: (a - y) / len(a),  # S0 eq. 1, S2:146: ½‖a - y‖²
    "mse": lambda a, y: 2.0 * (a - y) / a.size,
}


def textbook(model: MLP, X: Any, Y: Any, loss: str = "quadratic") -> list[Layer]:
    """Compute the forward pass, and δ from the last layer to the first, by the formulas of the texts.

    Parameters
    ----------
    model : MLP
        A network with the activations identity, sigmoid, tanh, relu and softplus; the output may be softmax, too.
    X : array_like, shape (N, n_in)
        The inputs.
    Y : array_like, shape (N, n_out)
        The targets. For "cross_entropy" also labels of shape (N,).
    loss : {"quadratic", "mse", "cross_entropy"}, default "quadratic"
        The loss. For "cross_entropy" the output is logits, with the activation identity.

    Returns
    -------
    list of Layer
        One for each layer, the first layer first.

    Raises
    ------
    ShapeError
        If ``X`` or ``Y`` has another shape.
    SettingError
        If the texts have no formula for an activation or the loss.

    References
    ----------
    S0 eq. 5-14 (corrected), S2:146-160.

    Examples
    --------
    >>> from nn import MLP
    >>> layers = textbook(MLP([2, 3, 1], hidden="sigmoid", rng=0), [[1.0, 2.0]], [[0.5]])
    >>> [layer.dW.shape for layer in layers]
    [(3, 2), (1, 3)]
    """
    X, Y = np.asarray(X, dtype=float), np.asarray(Y)
    names = [name_of(f) for f in model.activations]
    _check_shapes(model, X, Y, loss)
    _check_activations(names)
    passes = _forward(model, names, X)
    _, z, a = passes[-1]
    delta = _output_delta(loss, names[-1], z, a, Y)
    layers: list[Layer] = []
    for k in range(len(passes) - 1, -1, -1):
        a_before, z, a = passes[k]
        layers.append(Layer(a_before, z, a, delta, delta.T @ a_before, delta.sum(axis=0)))  # G03: δ aᵀ, G04: δ
        if k:
            derivative = ACTIVATIONS[names[k - 1]][1]
            delta = (delta @ model.layers[k].W.numpy()) * derivative(passes[k - 1][1], a_before)  # S0 eq. 14: (Wᵀ δ) ⊙ f'(z)
    return layers[::-1]


def _check_shapes(model: MLP, X: Array, Y: Array, loss: str) -> None:
    n_in, *_, n_out = model.sizes
    if X.ndim != 2 or X.shape[1] != n_in or not len(X):
        raise ShapeError(f"textbook(): X must be a batch of shape (N, {n_in}), not {X.shape}")
    is_labels = loss == "cross_entropy" and Y.shape == (len(X),)
    if Y.shape != (len(X), n_out) and not is_labels:
        raise ShapeError(f"textbook(): the targets must have shape ({len(X)}, {n_out}), not {Y.shape}")


def _check_activations(names: list[str]) -> None:
    for k, name in enumerate(names):
        is_output_softmax = name == "softmax" and k == len(names) - 1
        if name not in ACTIVATIONS and not is_output_softmax:
            raise SettingError(
                f"textbook(): the texts have no derivative for {name!r}; they have {', '.join(ACTIVATIONS)}, and softmax at the "
                f"output"
            )


def _forward(model: MLP, names: list[str], X: Array) -> list[tuple[Array, Array, Array]]:
    """Return the activation before, the weighted input and the activation of each layer."""
    a, passes = X, []
    for layer, name in zip(model.layers, names, strict=True):
        a_before, z = a, a @ layer.W.numpy().T + layer.b.numpy()  # S0:110, corrected (E7): z is the weighted input
        a = _softmax(z) if name == "softmax" else ACTIVATIONS[name][0](z)
        passes.append((a_before, z, a))
    return passes


def _output_delta(loss: str, name: str, z: Array, a: Array, Y: Any) -> Array:
    """Return δ of the last layer: ∂L/∂a ⊙ f'(z) (S0 eq. 9, corrected, E1), or the vector-Jacobian product of a softmax."""
    if loss == "cross_entropy":
        if name != "identity":
            raise SettingError(f"textbook(): cross_entropy takes logits, so the output must be the identity, not {name}")
        y = Y if Y.shape == z.shape else one_hot(Y, z.shape[-1])
        return np.asarray((_softmax(z) * y.sum(axis=-1, keepdims=True) - y) / len(z))  # D07: p - y
    if loss not in LOSS_GRADIENTS:
        raise SettingError(f"textbook(): the loss must be cross_entropy, {' or '.join(LOSS_GRADIENTS)}, not {loss!r}")
    g = LOSS_GRADIENTS[loss](a, np.asarray(Y, dtype=float))
    if name == "softmax":
        return np.asarray(a * (g - (g * a).sum(axis=-1, keepdims=True)))  # E56: (diag p - p pᵀ) g
    return np.asarray(g * ACTIVATIONS[name][1](z, a))


def inspect(model: MLP, X: Any, Y: Any, loss: Any = "quadratic") -> list[Layer]:
    """Read the same quantities from the engine, for any activations and any loss. No ``.grad`` is written.

    Parameters
    ----------
    model : MLP
        The network.
    X : array_like, shape (N, n_in)
        The inputs.
    Y : array_like, shape (N, n_out)
        The targets.
    loss : str or callable, default "quadratic"
        The name of a loss, or a function of (pred, target).

    Returns
    -------
    list of Layer
        One for each layer, the first layer first.

    Raises
    ------
    SettingError
        If no loss is called ``loss``.

    Examples
    --------
    >>> from nn import MLP
    >>> model = MLP([2, 3, 1], hidden="sigmoid", rng=0)
    >>> by_engine, by_hand = (f(model, [[1.0, 2.0]], [[0.5]])[0].delta for f in (inspect, textbook))
    >>> bool(np.allclose(by_engine, by_hand, rtol=1e-13))
    True
    """
    X = np.asarray(X, dtype=float)
    passes = list(model.passes(X))
    value = named_loss(loss)(passes[-1][1], Y)
    zs = [z for z, _ in passes]
    weights = [layer.W for layer in model.layers]
    biases = [layer.b for layer in model.layers]
    grads = [np.asarray(g) for g in gradients(value, [*zs, *weights, *biases])]
    n = len(zs)
    deltas, dWs, dbs = grads[:n], grads[n : 2 * n], grads[2 * n :]
    inputs, activations = [z.numpy() for z in zs], [a.numpy() for _, a in passes]
    befores = [X, *activations[:-1]]
    return [Layer(*row) for row in zip(befores, inputs, activations, deltas, dWs, dbs, strict=True)]
