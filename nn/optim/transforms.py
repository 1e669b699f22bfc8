"""Transforms of gradients, of which optimizers are made. A transform turns the updates of all parameters into other updates.

The first transform of a chain gets the gradients, and the optimizer subtracts what the last one returns. A transform holds settings
only. Its state, a dict for each parameter, is kept by the optimizer. This is the design of optax
(https://optax.readthedocs.io), with classes in place of pairs of functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard

import numpy as np

import autograd as ag
from autograd import Node, SettingError
from nn.input_checks import positive, within
from nn.optim.schedules import Schedule, as_schedule

State: TypeAlias = dict[str, Any]  # what a transform keeps for one parameter from step to step: floats and arrays by name


class Transform:
    """The base class of transforms. Override :meth:`one`, or :meth:`all` if parameters depend on each other.

    Examples
    --------
    >>> class Sign(Transform):
    ...     def one(self, update, state, param, step):
    ...         return np.sign(update)
    >>> from autograd import Value
    >>> from nn.optim import Optimizer
    >>> w = Value(3.0); (w * w).backward(); Optimizer([w], chain(Sign(), scale(0.5))).step(); w.data
    2.5
    """

    def all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        """Return the new updates of all parameters. Calls :meth:`one` for each of them, unless overridden.

        Parameters
        ----------
        updates : sequence of float or ndarray
            The update of each parameter, in its shape.
        states : sequence of dict
            The state of each parameter.
        params : sequence of float or ndarray
            The value of each parameter, to be read only.
        step : int
            The number of the step: 1, 2, …

        Returns
        -------
        list of float or ndarray
            An update for each parameter, in its shape.
        """
        return [self.one(u, s, p, step) for u, s, p in zip(updates, states, params, strict=True)]

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
        """Return the new update of one parameter.

        Parameters
        ----------
        update : float or ndarray
            The update so far.
        state : dict
            The state of this parameter, empty in the first step. It is changed in place.
        param : float or ndarray, the shape of ``update``
            The value of the parameter, to be read only.
        step : int
            The number of the step: 1, 2, …

        Returns
        -------
        float or ndarray, the shape of ``update``
            The new update.
        """
        raise NotImplementedError


class Chain(Transform):
    """Transforms one after the other. Made by :func:`chain`.

    Parameters
    ----------
    parts : sequence of Transform
        The transforms; chains among them are taken apart.

    Attributes
    ----------
    parts : list of Transform
        The transforms, none of them a chain.
    """

    def __init__(self, parts: Sequence[Transform]) -> None:
        self.parts: list[Transform] = [inner for part in parts for inner in (part.parts if isinstance(part, Chain) else [part])]


def chain(*parts: Transform) -> Chain:
    """Apply transforms one after the other, as in ``chain(clip_by_norm(1), adam(), weight_decay(0.01), scale(0.001))``.

    Parameters
    ----------
    *parts : Transform
        The transforms, from the gradient on.

    Returns
    -------
    Chain
        A transform for :class:`nn.optim.Optimizer`.

    Raises
    ------
    SettingError
        If a part is not a transform.

    Examples
    --------
    >>> len(chain(chain(adam()), scale(0.1)).parts)
    2
    """
    for part in parts:
        if not isinstance(part, Transform):
            raise SettingError(f"chain() takes transforms, such as adam() and scale(0.01), not {part!r}")
    return Chain(parts)


class scale(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Multiply by the learning rate: u ← η u.

    Parameters
    ----------
    rate : float or callable
        The rate η > 0, or a schedule: a function of the number of steps taken, from 0 on.
    """

    def __init__(self, rate: float | Schedule) -> None:
        self.rate = as_schedule(rate)

    def at(self, step: int) -> Any:
        """Return the rate of a step.

        Parameters
        ----------
        step : int
            The number of the step: 1, 2, …

        Returns
        -------
        float
            The rate.
        """
        return float(self.rate(step - 1))

    def all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        rate = self.at(step)
        return [rate * u for u in updates]


def is_rate(transform: Any) -> TypeGuard[scale]:
    """Whether a transform is a learning rate and nothing else: ``scale``, or a subclass that does not override ``all``."""
    return isinstance(transform, scale) and type(transform).all is scale.all


class GivenRate(scale):
    """A rate that is an input of a compiled step.

    Parameters
    ----------
    number : float or Value
        The rate of this step.
    """

    def __init__(self, number: Any) -> None:
        self.number = number

    def at(self, step: int) -> Any:
        return self.number


class weight_decay(Transform):  # noqa: N801 - as above
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
    """

    def __init__(self, rate: float, biases: bool = True) -> None:
        self.rate = within("weight_decay", rate, 0.0, np.inf)
        self.biases = biases

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
        return update + self.rate * param if self.rate and (self.biases or np.ndim(param) >= 2) else update


class clip_by_norm(Transform):  # noqa: N801 - as above
    """Clip the norm of all updates together: u ← u · limit / max(‖u‖, limit).

    Parameters
    ----------
    limit : float
        The largest Euclidean norm, above 0.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.
    """

    def __init__(self, limit: float) -> None:
        self.limit = positive("clip_by_norm", limit)

    def all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
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
    """

    def __init__(self, limit: float) -> None:
        self.limit = positive("clip_by_value", limit)

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
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
    """

    def __init__(self, mu: float, nesterov: bool = False) -> None:
        self.mu, self.nesterov = within("momentum", mu, 0.0, 1.0), nesterov

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
        v = state["velocity"] = self.mu * state["velocity"] + update if "velocity" in state else update + 0.0
        return update + self.mu * v if self.nesterov else v


class adam(Transform):  # noqa: N801 - as above
    """Divide a running mean of the update by the root of a running mean of its square.

    m ← β₁ m + (1 - β₁) u and v ← β₂ v + (1 - β₂) u², from m₀ = v₀ = 0; m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) in step t = 1, 2, …;
    then u ← m̂ / (√v̂ + ε).

    Parameters
    ----------
    b1 : float, default 0.9
        The factor β₁ in [0, 1).
    b2 : float, default 0.999
        The factor β₂ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0, outside the root.

    References
    ----------
    S1:138-161; D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.
    """

    def __init__(self, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> None:
        self.b1, self.b2 = within("betas[0]", b1, 0.0, 1.0), within("betas[1]", b2, 0.0, 1.0)
        self.eps = positive("eps", eps)

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
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
    """

    def __init__(self, eps: float = 1e-10) -> None:
        self.eps = positive("eps", eps)

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
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
    """

    def __init__(self, rho: float = 0.99, eps: float = 1e-8, centered: bool = False) -> None:
        self.rho, self.eps, self.centered = within("rho", rho, 0.0, 1.0), positive("eps", eps), centered

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
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
    """

    def __init__(self, b1: float = 0.9, b2: float = 0.99) -> None:
        self.b1, self.b2 = within("betas[0]", b1, 0.0, 1.0), within("betas[1]", b2, 0.0, 1.0)

    def one(self, update: Any, state: State, param: Any, step: int) -> Any:
        m = state.get("m", 0.0)
        state["m"] = self.b2 * m + (1.0 - self.b2) * update
        return np.sign(self.b1 * m + (1.0 - self.b1) * update)
