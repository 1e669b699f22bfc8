"""The usual optimizers, each a chain of transforms. Parameters may be groups: dicts with "params" and settings of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import SettingError
from nn.optim.chains import Chain, Transform, chain, scale
from nn.optim.groups import parameter_groups
from nn.optim.optimizer import Optimizer
from nn.optim.schedules import Schedule
from nn.optim.transforms import adagrad, adam, lion, momentum, rmsprop, weight_decay

Betas = tuple[float, float]


def SGD(
    parameters: Iterable[Any],
    lr: float | Schedule,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> Optimizer:
    """Return stochastic gradient descent: θ ← θ - η v with v ← μ v + g + λθ.

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own, such as ``{"params": …, "lr": 0.01}``.
    lr : float or callable
        The learning rate η, or a schedule.
    momentum : float, default 0.0
        The factor μ in [0, 1); 0 is plain gradient descent.
    nesterov : bool, default False
        Whether to use Nesterov's momentum.
    weight_decay : float, default 0.0
        The factor λ ≥ 0.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range, or ``nesterov`` is set without momentum.

    References
    ----------
    S0 eq. 2 and S1:104; step for step the same as ``torch.optim.SGD``.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); SGD([w], lr=0.25).step(); w.data
    0.5
    """
    return _make(parameters, _sgd, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


def Adam(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Optimizer:
    """Return Adam: θ ← θ - η m̂ / (√v̂ + ε); see :class:`nn.optim.adam`.

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own.
    lr : float or callable, default 1e-3
        The learning rate η, or a schedule.
    betas : tuple of float, default (0.9, 0.999)
        The factors β₁ and β₂ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0.
    weight_decay : float, default 0.0
        The factor λ ≥ 0; λθ is added to the gradient.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range.

    References
    ----------
    S1:138-161; D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Adam([w], lr=0.1).step(); round(w.data, 6)
    0.9
    """
    return _make(parameters, _adam, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


def AdamW(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Optimizer:
    """Return Adam with decoupled weight decay: θ ← θ - η (m̂ / (√v̂ + ε) + λθ).

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own.
    lr : float or callable, default 1e-3
        The learning rate η, or a schedule.
    betas : tuple of float, default (0.9, 0.999)
        The factors β₁ and β₂ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0.
    weight_decay : float, default 0.01
        The factor λ ≥ 0.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2019), algorithm 2.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); AdamW([w], lr=0.1, weight_decay=0.5).step(); round(w.data, 6)
    0.85
    """
    return _make(parameters, _adamw, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


def Adagrad(parameters: Iterable[Any], lr: float | Schedule = 1e-2, eps: float = 1e-10, weight_decay: float = 0.0) -> Optimizer:
    """Return Adagrad: θ ← θ - η g / (√Σg² + ε).

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own.
    lr : float or callable, default 1e-2
        The learning rate η, or a schedule.
    eps : float, default 1e-10
        The constant ε > 0.
    weight_decay : float, default 0.0
        The factor λ ≥ 0; λθ is added to the gradient.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization" (2011),
    figure 1.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Adagrad([w], lr=0.5).step(); round(w.data, 6)
    0.5
    """
    return _make(parameters, _adagrad, lr=lr, eps=eps, weight_decay=weight_decay)


def RMSProp(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-2,
    rho: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    weight_decay: float = 0.0,
) -> Optimizer:
    """Return RMSProp: θ ← θ - η g / (√v + ε) with v ← ρ v + (1 - ρ) g².

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own.
    lr : float or callable, default 1e-2
        The learning rate η, or a schedule.
    rho : float, default 0.99
        The factor ρ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0.
    momentum : float, default 0.0
        The factor μ in [0, 1) of a momentum of the scaled gradient.
    centered : bool, default False
        Whether v is the variance of the gradient and not its mean square.
    weight_decay : float, default 0.0
        The factor λ ≥ 0; λθ is added to the gradient.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range.

    References
    ----------
    T. Tieleman and G. Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centred: A. Graves, "Generating Sequences
    With Recurrent Neural Networks" (2013), eq. 38-40.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); RMSProp([w], lr=0.05).step(); round(w.data, 6)
    0.5
    """
    return _make(parameters, _rmsprop, lr=lr, rho=rho, eps=eps, momentum=momentum, centered=centered, weight_decay=weight_decay)


def Lion(
    parameters: Iterable[Any], lr: float | Schedule = 1e-4, betas: Betas = (0.9, 0.99), weight_decay: float = 0.0
) -> Optimizer:
    """Return Lion: θ ← θ - η (sign(β₁ m + (1 - β₁) g) + λθ), then m ← β₂ m + (1 - β₂) g.

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them with settings of their own.
    lr : float or callable, default 1e-4
        The learning rate η, or a schedule.
    betas : tuple of float, default (0.9, 0.99)
        The factors β₁ and β₂ in [0, 1).
    weight_decay : float, default 0.0
        The factor λ ≥ 0, decoupled from the gradient.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    SettingError
        If a setting is out of its range.

    References
    ----------
    X. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), program 1.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Lion([w], lr=0.25).step(); w.data
    0.75
    """
    return _make(parameters, _lion, lr=lr, betas=betas, weight_decay=weight_decay)


def _make(parameters: Iterable[Any], make_chain: Callable[..., Chain], **settings: Any) -> Optimizer:
    """Return an optimizer whose groups may change the settings of the chain."""
    groups = [
        {"params": own, "transform": make_chain(**{**settings, **changed})}
        for own, changed in parameter_groups(parameters, settings)
    ]
    return Optimizer(groups, chain())


def _sgd(lr: Any, momentum: float, nesterov: bool, weight_decay: float) -> Chain:
    return chain(*_decay_if_any(weight_decay), *_momentum_if_any(momentum, nesterov), scale(lr))


def _adam(lr: Any, betas: Betas, eps: float, weight_decay: float) -> Chain:
    return chain(*_decay_if_any(weight_decay), adam(*_check_betas("Adam()", betas), eps), scale(lr))


def _adamw(lr: Any, betas: Betas, eps: float, weight_decay: float) -> Chain:
    return chain(adam(*_check_betas("AdamW()", betas), eps), *_decay_if_any(weight_decay), scale(lr))


def _adagrad(lr: Any, eps: float, weight_decay: float) -> Chain:
    return chain(*_decay_if_any(weight_decay), adagrad(eps), scale(lr))


def _rmsprop(lr: Any, rho: float, eps: float, momentum: float, centered: bool, weight_decay: float) -> Chain:
    return chain(*_decay_if_any(weight_decay), rmsprop(rho, eps, centered), *_momentum_if_any(momentum), scale(lr))


def _lion(lr: Any, betas: Betas, weight_decay: float) -> Chain:
    return chain(lion(*_check_betas("Lion()", betas)), *_decay_if_any(weight_decay), scale(lr))


def _momentum_if_any(mu: float, nesterov: bool = False) -> list[Transform]:
    if nesterov and not mu:
        raise SettingError("nesterov=True changes nothing without momentum: give one, such as momentum=0.9, or leave it out")
    return [momentum(mu, nesterov)] if mu else []


def _decay_if_any(rate: float) -> list[Transform]:
    return [weight_decay(rate)] if rate else []


def _check_betas(call: str, betas: Any) -> tuple[float, float]:
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise SettingError(f"{call}: betas must be two numbers, such as (0.9, 0.999), not {betas!r}")
    return betas[0], betas[1]
