"""The transforms of the usual optimizers: weight decay, clipping, momentum, Adam, Adagrad, RMSProp and Lion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd as ag
from autograd import Node
from nn.input_checks import positive, within
from nn.optim.chains import State, Transform


class weight_decay(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Add the parameter: u ← u + λθ.

    Behind ``adam()`` the decay is decoupled from the gradient, as in AdamW. In front of it this is the gradient of ½λ‖θ‖².

    Parameters
    ----------
    rate : float
        The factor λ ≥ 0.
    biases : bool, default True
        Whether parameters of fewer than two axes decay, too.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2019), algorithm 2.

    Examples
    --------
    >>> weight_decay(0.1).update_one(1.0, {}, 2.0, 1)
    1.2
    """

    def __init__(self, rate: float, biases: bool = True) -> None:
        self.rate: float = within("weight_decay", rate, 0.0, np.inf)
        self.biases = biases

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        return update + self.rate * param if self.rate and (self.biases or np.ndim(param) >= 2) else update


class clip_by_norm(Transform):  # noqa: N801 - as above
    """Clip the global norm, that of all updates together: u ← u · limit / max(‖u‖, limit).

    Parameters
    ----------
    limit : float
        The largest Euclidean norm, above 0.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.

    Examples
    --------
    >>> [float(u) for u in clip_by_norm(1.0).update_all([3.0, 4.0], [{}, {}], [0.0, 0.0], 1)]
    [0.6000000000000001, 0.8]
    """

    def __init__(self, limit: float) -> None:
        self.limit: float = positive("clip_by_norm", limit)

    def update_all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        squares = (np.vdot(u, u) for u in updates)
        norm = ag.sqrt(sum(x if isinstance(x, Node) else float(x) for x in squares))
        factor = self.limit / ag.maximum(norm, self.limit)
        return [u * factor for u in updates]


class clip_by_value(Transform):  # noqa: N801 - as above
    """Clip each entry to [-limit, limit].

    Parameters
    ----------
    limit : float
        The largest absolute value of an entry, above 0.

    Examples
    --------
    >>> clip_by_value(0.5).update_one(np.array([3.0, -0.2]), {}, np.zeros(2), 1)
    array([ 0.5, -0.2])
    """

    def __init__(self, limit: float) -> None:
        self.limit: float = positive("clip_by_value", limit)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        return np.clip(update, -self.limit, self.limit)


class momentum(Transform):  # noqa: N801 - as above
    """Accumulate a velocity: v ← μ v + u with v = u in the first step; then u ← v, or u ← u + μ v with ``nesterov``.

    Parameters
    ----------
    mu : float
        The factor μ in [0, 1).
    nesterov : bool, default False
        Whether to use Nesterov's momentum.

    References
    ----------
    S1:104; B. T. Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); I. Sutskever et al., "On
    the importance of initialization and momentum in deep learning" (2013), eq. 3-4, in the form of ``torch.optim.SGD``.

    Examples
    --------
    >>> transform, state = momentum(0.5), {}
    >>> [transform.update_one(1.0, state, 0.0, step) for step in (1, 2, 3)]
    [1.0, 1.5, 1.75]
    """

    def __init__(self, mu: float, nesterov: bool = False) -> None:
        self.mu: float = within("momentum", mu, 0.0, 1.0)
        self.nesterov: bool = nesterov

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        v = self.mu * state["velocity"] + update if "velocity" in state else update + 0.0
        state["velocity"] = v
        return update + self.mu * v if self.nesterov else v


class adam(Transform):  # noqa: N801 - as above
    """Divide a running mean of the update by the root of a running mean of its square.

    m ← β₁ m + (1 - β₁) u and v ← β₂ v + (1 - β₂) u², from m₀ = v₀ = 0; m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) in step t = 1, 2, …;
    then u ← m̂ / (√v̂ + ε).

    The divisions by 1 - βᵗ are Adam's bias correction: at first the means are too small, since they start from zero.

    Parameters
    ----------
    b1 : float, default 0.9
        The decay rate β₁ of the mean of the updates, in [0, 1).
    b2 : float, default 0.999
        The decay rate β₂ of the mean of their squares, in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0, outside the root. It prevents a division by 0.

    References
    ----------
    S1:138-161; D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.

    Examples
    --------
    >>> round(float(adam().update_one(5.0, {}, 0.0, 1)), 6)
    1.0
    """

    def __init__(self, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> None:
        self.b1: float = within("betas[0]", b1, 0.0, 1.0)
        self.b2: float = within("betas[1]", b2, 0.0, 1.0)
        self.eps: float = positive("eps", eps)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        m = state["m"] = self.b1 * state.get("m", 0.0) + (1.0 - self.b1) * update
        v = state["v"] = self.b2 * state.get("v", 0.0) + (1.0 - self.b2) * (update * update)
        return (m / (1.0 - self.b1**step)) / (np.sqrt(v / (1.0 - self.b2**step)) + self.eps)


class adagrad(Transform):  # noqa: N801 - as above
    """Divide by the root of the sum of all squares so far: s ← s + u², then u ← u / (√s + ε).

    Parameters
    ----------
    eps : float, default 1e-10
        The constant ε > 0, outside the root.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization" (2011),
    figure 1.

    Examples
    --------
    >>> transform, state = adagrad(), {}
    >>> [round(float(transform.update_one(2.0, state, 0.0, step)), 4) for step in (1, 2)]
    [1.0, 0.7071]
    """

    def __init__(self, eps: float = 1e-10) -> None:
        self.eps: float = positive("eps", eps)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        s = state["sum"] = state.get("sum", 0.0) + update * update
        return update / (np.sqrt(s) + self.eps)


class rmsprop(Transform):  # noqa: N801 - as above
    """Divide by the root of a running mean of squares: v ← ρ v + (1 - ρ) u² from v₀ = 0, then u ← u / (√v + ε).

    Parameters
    ----------
    rho : float, default 0.99
        The factor ρ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0, outside the root.
    centered : bool, default False
        Whether to subtract the square of the running mean of u from v, which gives a variance.

    References
    ----------
    T. Tieleman and G. Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centred: A. Graves, "Generating Sequences
    With Recurrent Neural Networks" (2013), eq. 38-40, with ε outside the root as in PyTorch.

    Examples
    --------
    >>> round(float(rmsprop(0.75).update_one(2.0, {}, 0.0, 1)), 4)
    2.0
    """

    def __init__(self, rho: float = 0.99, eps: float = 1e-8, centered: bool = False) -> None:
        self.rho: float = within("rho", rho, 0.0, 1.0)
        self.eps: float = positive("eps", eps)
        self.centered: bool = centered

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        v = state["v"] = self.rho * state.get("v", 0.0) + (1.0 - self.rho) * (update * update)
        if self.centered:
            mean = state["mean"] = self.rho * state.get("mean", 0.0) + (1.0 - self.rho) * update
            v = np.maximum(v - mean * mean, 0.0)  # rounding may make the variance negative
        return update / (np.sqrt(v) + self.eps)


class lion(Transform):  # noqa: N801 - as above
    """Take the sign of an interpolation with a running mean: u' = sign(β₁ m + (1 - β₁) u), then m ← β₂ m + (1 - β₂) u, from m₀ = 0.

    Parameters
    ----------
    b1 : float, default 0.9
        The factor β₁ in [0, 1).
    b2 : float, default 0.99
        The factor β₂ in [0, 1).

    References
    ----------
    X. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), program 1.

    Examples
    --------
    >>> float(lion().update_one(-0.3, {}, 0.0, 1))
    -1.0
    """

    def __init__(self, b1: float = 0.9, b2: float = 0.99) -> None:
        self.b1: float = within("betas[0]", b1, 0.0, 1.0)
        self.b2: float = within("betas[1]", b2, 0.0, 1.0)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        m = state.get("m", 0.0)
        state["m"] = self.b2 * m + (1.0 - self.b2) * update
        return np.sign(self.b1 * m + (1.0 - self.b1) * update)
