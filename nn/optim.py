"""Optimizers: they read ``.grad`` of their parameters, Values or Tensors, and move ``.data``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Node, SettingError
from nn.checks import positive, within


class Optimizer:
    """The base: a list of parameters, ``step()`` and ``zero_grad()``. SettingError for no parameters or a rate ≤ 0."""

    def __init__(self, parameters: Iterable[Any], lr: float, weight_decay: float) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise SettingError("an optimizer needs parameters: pass model.parameters()")
        for p in self.parameters:
            if not isinstance(p, Node):
                raise SettingError(f"an optimizer moves Values and Tensors, not {p!r}: pass model.parameters()")
        self.lr = positive("the learning rate lr", lr)
        self.weight_decay = within("weight_decay", weight_decay, 0.0, np.inf)
        self.steps = 0

    def step(self) -> None:
        """Move every parameter once along its gradient."""
        self.steps += 1
        with np.errstate(all="ignore"):
            for i, p in enumerate(self.parameters):
                g = p.grad.data if isinstance(p.grad, Node) else p.grad
                if self.weight_decay:
                    g = g + self.weight_decay * p.data
                p.move(self.direction(i, g))

    def direction(self, i: int, g: Any) -> Any:
        """The step of parameter ``i`` for the gradient ``g``."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.parameters:
            p.zero_grad()


class SGD(Optimizer):
    """θ ← θ - η v with v ← μ v + g (S0 eq. 2, S1:104; μ = 0 is plain gradient descent); weight decay adds λθ to g.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); SGD([w], lr=0.25).step(); w.data
    0.5
    """

    def __init__(self, parameters: Iterable[Any], lr: float, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum = within("momentum", momentum, 0.0, 1.0)
        self.velocity: dict[int, Any] = {}

    def direction(self, i: int, g: Any) -> Any:
        """-η v."""
        if self.momentum:
            g = self.velocity[i] = self.momentum * self.velocity[i] + g if i in self.velocity else g + 0.0
        return -self.lr * g


class Adam(Optimizer):
    """θ ← θ - η m̂ / (√v̂ + ε) (S1:138-161) with m₀ = v₀ = 0 and t = 1, 2, …; ε stands outside the root.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Adam([w], lr=0.1).step(); round(w.data, 6)
    0.9
    """

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.betas = within("betas[0]", betas[0], 0.0, 1.0), within("betas[1]", betas[1], 0.0, 1.0)
        self.eps = positive("eps", eps)
        self.moments: dict[int, tuple[Any, Any]] = {}

    def direction(self, i: int, g: Any) -> Any:
        """-η m̂ / (√v̂ + ε)."""
        b1, b2 = self.betas
        m, v = self.moments.get(i, (0.0, 0.0))
        m, v = b1 * m + (1.0 - b1) * g, b2 * v + (1.0 - b2) * (g * g)
        self.moments[i] = m, v
        m_hat, v_hat = m / (1.0 - b1**self.steps), v / (1.0 - b2**self.steps)
        return -self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
