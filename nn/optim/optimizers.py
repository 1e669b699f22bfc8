"""The usual optimizers, a sentence each. Parameters may be groups: dicts with "params" and settings of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import SettingError
from nn.optim.optimizer import Optimizer, named
from nn.optim.schedules import Schedule
from nn.optim.transforms import Chain, Transform, adagrad, adam, chain, lion, momentum, rmsprop, scale, weight_decay

Betas = tuple[float, float]


def SGD(
    parameters: Iterable[Any],
    lr: float | Schedule,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> Optimizer:
    """θ ← θ - η v with v ← μ v + g (S0 eq. 2, S1:104; μ = 0 is plain gradient descent); weight decay adds λθ to g.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); SGD([w], lr=0.25).step(); w.data
    0.5
    """
    return named(parameters, _sgd, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


def _moved(mu: float, nesterov: bool = False) -> list[Transform]:
    """Momentum, where there is some; a μ that is none of 0 ≤ μ < 1 is refused there."""
    if nesterov and not mu:
        raise SettingError("nesterov=True changes nothing without momentum: give one, such as momentum=0.9, or leave it out")
    return [momentum(mu, nesterov)] if mu else []


def _pair(call: str, betas: Any) -> tuple[float, float]:
    """The two decay rates, checked."""
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise SettingError(f"{call}: betas are two numbers, such as (0.9, 0.999), not {betas!r}")
    return betas[0], betas[1]


def _decay(rate: float) -> list[Transform]:
    return [weight_decay(rate)] if rate else []


def _sgd(lr: Any, momentum: float, nesterov: bool, weight_decay: float) -> Chain:
    return chain(*_decay(weight_decay), *_moved(momentum, nesterov), scale(lr))


def Adam(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Optimizer:
    """θ ← θ - η m̂ / (√v̂ + ε) (S1:138-161); weight decay adds λθ to the gradient.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Adam([w], lr=0.1).step(); round(w.data, 6)
    0.9
    """
    return named(parameters, _adam, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


def _adam(lr: Any, betas: Betas, eps: float, weight_decay: float) -> Chain:
    return chain(*_decay(weight_decay), adam(*_pair("Adam()", betas), eps), scale(lr))


def AdamW(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Optimizer:
    """Adam with the decay apart from the gradient: θ ← θ - η (m̂ / (√v̂ + ε) + λθ) (Loshchilov and Hutter 2019).

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); AdamW([w], lr=0.1, weight_decay=0.5).step(); round(w.data, 6)
    0.85
    """
    return named(parameters, _adamw, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


def _adamw(lr: Any, betas: Betas, eps: float, weight_decay: float) -> Chain:
    return chain(adam(*_pair("AdamW()", betas), eps), *_decay(weight_decay), scale(lr))


def Adagrad(parameters: Iterable[Any], lr: float | Schedule = 1e-2, eps: float = 1e-10, weight_decay: float = 0.0) -> Optimizer:
    """θ ← θ - η g / (√Σg² + ε) (Duchi et al. 2011).

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Adagrad([w], lr=0.5).step(); round(w.data, 6)
    0.5
    """
    return named(parameters, _adagrad, lr=lr, eps=eps, weight_decay=weight_decay)


def _adagrad(lr: Any, eps: float, weight_decay: float) -> Chain:
    return chain(*_decay(weight_decay), adagrad(eps), scale(lr))


def RMSProp(
    parameters: Iterable[Any],
    lr: float | Schedule = 1e-2,
    rho: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    weight_decay: float = 0.0,
) -> Optimizer:
    """θ ← θ - η g / (√v + ε) with v ← ρ v + (1 - ρ) g² (Hinton 2012); momentum acts on the scaled gradient.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); RMSProp([w], lr=0.05).step(); round(w.data, 6)
    0.5
    """
    return named(parameters, _rmsprop, lr=lr, rho=rho, eps=eps, momentum=momentum, centered=centered, weight_decay=weight_decay)


def _rmsprop(lr: Any, rho: float, eps: float, momentum: float, centered: bool, weight_decay: float) -> Chain:
    return chain(*_decay(weight_decay), rmsprop(rho, eps, centered), *_moved(momentum), scale(lr))


def Lion(
    parameters: Iterable[Any], lr: float | Schedule = 1e-4, betas: Betas = (0.9, 0.99), weight_decay: float = 0.0
) -> Optimizer:
    """θ ← θ - η (sign(β₁ m + (1 - β₁) g) + λθ), then m ← β₂ m + (1 - β₂) g (Chen et al. 2023).

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Lion([w], lr=0.25).step(); w.data
    0.75
    """
    return named(parameters, _lion, lr=lr, betas=betas, weight_decay=weight_decay)


def _lion(lr: Any, betas: Betas, weight_decay: float) -> Chain:
    return chain(lion(*_pair("Lion()", betas)), *_decay(weight_decay), scale(lr))
