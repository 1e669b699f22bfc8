"""The textbook's backward pass, written out for a layered network (S0 eq. 5-14, S2:146-160): a reference beside the engine.

Nothing here differentiates by itself: each line is a formula of the texts, in NumPy, with W of shape (to, from) and a batch in
rows. ``inspect`` reads the same quantities from the engine.
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
from nn.modules.layers import MLP

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """What the texts call the quantities of layer l, for a batch of N samples in rows.

    ``a_before`` is a^(l-1) (N, from), ``z`` the weighted input and ``a`` the activation (N, to), ``delta`` ∂L/∂z (G01), ``dW``
    ∂L/∂W (to, from) and ``db`` ∂L/∂b (to,).
    """

    a_before: Array
    z: Array
    a: Array
    delta: Array
    dW: Array  # noqa: N815 - the texts' name
    db: Array


def _sigmoid(z: Array) -> Any:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


# An activation, and its derivative as a function of z and of a = f(z).
F: dict[str, tuple[Callable[[Array], Any], Callable[[Array, Array], Any]]] = {
    "identity": (lambda z: z, lambda z, a: np.ones_like(z)),
    "sigmoid": (_sigmoid, lambda z, a: a * (1.0 - a)),
    "tanh": (np.tanh, lambda z, a: 1.0 - a * a),
    "relu": (lambda z: np.maximum(z, 0.0), lambda z, a: (z > 0.0) * 1.0),
    "softplus": (lambda z: np.logaddexp(0.0, z), lambda z, a: _sigmoid(z)),
}

# ∂L/∂a at the output, for a^L of shape (N, K) and targets of the same shape; the mean is over the N samples.
LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "quadratic": lambda a, y: (a - y) / len(a),  # S0 eq. 1, S2:146: ½‖a - y‖²
    "mse": lambda a, y: 2.0 * (a - y) / a.size,
}


def textbook(model: MLP, X: Any, Y: Any, loss: str = "quadratic") -> list[Layer]:
    """Forward, then δ from the last layer to the first, with the formulas of the texts; one Layer for each.

    The activations may be identity, sigmoid, tanh, relu and softplus, the output softmax too; the loss "quadratic", "mse", or
    "cross_entropy", for which the output is logits. SettingError for others.

    >>> from nn import MLP
    >>> layers = textbook(MLP([2, 3, 1], hidden="sigmoid", rng=0), [[1.0, 2.0]], [[0.5]])
    >>> [layer.dW.shape for layer in layers]
    [(3, 2), (1, 3)]
    """
    X, Y = np.asarray(X, dtype=float), np.asarray(Y)
    n_in, *_, n_out = model.sizes
    if X.ndim != 2 or X.shape[1] != n_in or not len(X):
        raise ShapeError(f"textbook(): X is a batch of shape (N, {n_in}), not {X.shape}")
    if Y.shape != (len(X), n_out) and not (loss == "cross_entropy" and Y.shape == (len(X),)):
        raise ShapeError(f"textbook(): the targets have shape {Y.shape}, where ({len(X)}, {n_out}) belongs")
    names = [name_of(f) for f in model.activations]
    for name in names:
        if name not in F and not (name == "softmax" and names.index(name) == len(names) - 1):
            raise SettingError(
                f"textbook(): the texts have no derivative for {name!r}; they have {', '.join(F)}, and softmax at the output"
            )
    a, passed = X, []
    for layer, name in zip(model.layers, names, strict=True):
        before, z = a, a @ layer.W.numpy().T + layer.b.numpy()  # S0:110, corrected E7: z is the weighted input
        a = _softmax(z) if name == "softmax" else F[name][0](z)
        passed.append((before, z, a))
    delta = _output_delta(loss, names[-1], passed[-1][1], passed[-1][2], Y)
    found: list[Layer] = []
    for k in range(len(passed) - 1, -1, -1):
        before, z, a = passed[k]
        found.append(Layer(before, z, a, delta, delta.T @ before, delta.sum(axis=0)))  # G03, G04: δ aᵀ, δ
        if k:
            slope = F[names[k - 1]][1](passed[k - 1][1], before)
            delta = (delta @ model.layers[k].W.numpy()) * slope  # S0 eq. 14, corrected E5: (Wᵀ δ) ⊙ f'(z)
    return found[::-1]


def _output_delta(loss: str, name: str, z: Array, a: Array, Y: Any) -> Array:
    """δ of the last layer (S0 eq. 9, corrected E1): ∂L/∂a ⊙ f'(z), or through the whole Jacobian of a softmax."""
    if loss == "cross_entropy":
        if name != "identity":
            raise SettingError(f"textbook(): cross_entropy takes logits, so the output is the identity, not {name}")
        y = Y if Y.shape == z.shape else one_hot(Y, z.shape[-1])
        return np.asarray((_softmax(z) * y.sum(axis=-1, keepdims=True) - y) / len(z))  # D07: p - y
    if loss not in LOSSES:
        raise SettingError(f"textbook(): the loss is cross_entropy, {' or '.join(LOSSES)}, not {loss!r}")
    g = LOSSES[loss](a, np.asarray(Y, dtype=float))
    if name == "softmax":  # E56: (diag p - p pᵀ) g
        return np.asarray(a * (g - (g * a).sum(axis=-1, keepdims=True)))
    return np.asarray(g * F[name][1](z, a))


def inspect(model: MLP, X: Any, Y: Any, loss: Any = "quadratic") -> list[Layer]:
    """The same quantities from the engine, for any activations and any loss: one Layer for each layer; no ``.grad`` is written.

    >>> from nn import MLP
    >>> model = MLP([2, 3, 1], hidden="sigmoid", rng=0)
    >>> by_engine, by_hand = (f(model, [[1.0, 2.0]], [[0.5]])[0].delta for f in (inspect, textbook))
    >>> bool(np.allclose(by_engine, by_hand, rtol=1e-13))
    True
    """
    passes = list(model.passes(np.asarray(X, dtype=float)))
    value = named_loss(loss)(passes[-1][1], Y)
    zs = [z for z, _ in passes]
    weights = [p for layer in model.layers for p in (layer.W, layer.b)]
    found = [np.asarray(g) for g in gradients(value, [*zs, *weights])]
    before = [np.asarray(X, dtype=float), *(a.numpy() for _, a in passes[:-1])]
    n = len(zs)
    return [
        Layer(before[k], zs[k].numpy(), passes[k][1].numpy(), found[k], found[n + 2 * k], found[n + 2 * k + 1]) for k in range(n)
    ]
