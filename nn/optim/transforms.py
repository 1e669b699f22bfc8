"""The words of which optimizers are made: each turns the updates of all parameters into others; what is left is subtracted.

A transform holds settings only. What it remembers of a parameter is in a dict that the optimizer keeps for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard

import numpy as np

import autograd as ag
from autograd import Node, SettingError
from nn.input_checks import positive, within
from nn.optim.schedules import Schedule, scheduled

Memory: TypeAlias = dict[str, Any]


class Transform:
    """The base: give ``one(update, memory, point, step)``, for a parameter at ``point`` in step 1, 2, …

    >>> class Sign(Transform):
    ...     def one(self, update, memory, point, step):
    ...         return np.sign(update)
    >>> from autograd import Value
    >>> from nn.optim import Optimizer
    >>> w = Value(3.0); (w * w).backward(); Optimizer([w], chain(Sign(), scale(0.5))).step(); w.data
    2.5
    """

    def all(self, updates: Sequence[Any], memories: Sequence[Memory], points: Sequence[Any], step: int) -> list[Any]:
        """The updates of all parameters together; one by one, unless overridden."""
        return [self.one(u, m, p, step) for u, m, p in zip(updates, memories, points, strict=True)]

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        """The update of one parameter; ``memory`` is its own, empty at first, and is changed in place."""
        raise NotImplementedError


class Chain(Transform):
    """Transforms one after the other."""

    def __init__(self, parts: Sequence[Transform]) -> None:
        self.parts: list[Transform] = [inner for part in parts for inner in (part.parts if isinstance(part, Chain) else [part])]


def chain(*parts: Transform) -> Chain:
    """Transforms one after the other, as in ``chain(clip_by_norm(1), adam(), weight_decay(0.01), scale(0.001))``.

    SettingError for anything else.

    >>> len(chain(chain(adam()), scale(0.1)).parts)
    2
    """
    for part in parts:
        if not isinstance(part, Transform):
            raise SettingError(f"chain() takes transforms, such as adam() and scale(0.01), not {part!r}")
    return Chain(parts)


class scale(Transform):  # noqa: N801 - words of a sentence are small
    """η times the update: a rate, or a schedule of the number of steps taken."""

    def __init__(self, rate: float | Schedule) -> None:
        self.rate = scheduled(rate)

    def at(self, step: int) -> Any:
        """The rate in step 1, 2, …"""
        return float(self.rate(step - 1))

    def all(self, updates: Sequence[Any], memories: Sequence[Memory], points: Sequence[Any], step: int) -> list[Any]:
        rate = self.at(step)
        return [rate * u for u in updates]


def is_rate(word: Any) -> TypeGuard[scale]:
    """Whether a word is a rate and nothing else."""
    return isinstance(word, scale) and type(word).all is scale.all


class Given(scale):
    """A rate that is a number of its own in a compiled step."""

    def __init__(self, number: Any) -> None:
        self.number = number

    def at(self, step: int) -> Any:
        return self.number


class weight_decay(Transform):  # noqa: N801 - as above
    """Add λθ: behind adam() it is decoupled (Loshchilov and Hutter 2019), in front of it the gradient of ½λ‖θ‖².

    With ``biases=False`` parameters of fewer than two axes are left out.
    """

    def __init__(self, rate: float, biases: bool = True) -> None:
        self.rate = within("weight_decay", rate, 0.0, np.inf)
        self.biases = biases

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        return update + self.rate * point if self.rate and (self.biases or np.ndim(point) >= 2) else update


class clip_by_norm(Transform):  # noqa: N801 - as above
    """All updates times one number, so that their norm together is at most ``limit`` (Pascanu et al. 2013)."""

    def __init__(self, limit: float) -> None:
        self.limit = positive("clip_by_norm", limit)

    def all(self, updates: Sequence[Any], memories: Sequence[Memory], points: Sequence[Any], step: int) -> list[Any]:
        squares = (np.vdot(u, u) for u in updates)
        norm = ag.sqrt(sum(x if isinstance(x, Node) else float(x) for x in squares))
        factor = self.limit / ag.maximum(norm, self.limit)
        return [u * factor for u in updates]


class clip_by_value(Transform):  # noqa: N801 - as above
    """Each entry cut off at ± ``limit``."""

    def __init__(self, limit: float) -> None:
        self.limit = positive("clip_by_value", limit)

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        return np.clip(update, -self.limit, self.limit)


class momentum(Transform):  # noqa: N801 - as above
    """v ← μ v + g, which starts at g (Polyak 1964); with ``nesterov`` g + μ v is handed on (Sutskever et al. 2013)."""

    def __init__(self, mu: float, nesterov: bool = False) -> None:
        self.mu, self.nesterov = within("momentum", mu, 0.0, 1.0), nesterov

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        v = memory["velocity"] = self.mu * memory["velocity"] + update if "velocity" in memory else update + 0.0
        return update + self.mu * v if self.nesterov else v


class adam(Transform):  # noqa: N801 - as above
    """m̂ / (√v̂ + ε) (S1:138-161; Kingma and Ba 2015) with m₀ = v₀ = 0 and t = 1, 2, …; ε stands outside the root."""

    def __init__(self, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> None:
        self.b1, self.b2 = within("betas[0]", b1, 0.0, 1.0), within("betas[1]", b2, 0.0, 1.0)
        self.eps = positive("eps", eps)

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        m = memory["m"] = self.b1 * memory.get("m", 0.0) + (1.0 - self.b1) * update
        v = memory["v"] = self.b2 * memory.get("v", 0.0) + (1.0 - self.b2) * (update * update)
        return (m / (1.0 - self.b1**step)) / (np.sqrt(v / (1.0 - self.b2**step)) + self.eps)


class adagrad(Transform):  # noqa: N801 - as above
    """g / (√Σg² + ε) (Duchi et al. 2011)."""

    def __init__(self, eps: float = 1e-10) -> None:
        self.eps = positive("eps", eps)

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        s = memory["sum"] = memory.get("sum", 0.0) + update * update
        return update / (np.sqrt(s) + self.eps)


class rmsprop(Transform):  # noqa: N801 - as above
    """g / (√v + ε) with v ← ρ v + (1 - ρ) g² (Hinton 2012); ``centered`` subtracts the square of the mean gradient from v."""

    def __init__(self, rho: float = 0.99, eps: float = 1e-8, centered: bool = False) -> None:
        self.rho, self.eps, self.centered = within("rho", rho, 0.0, 1.0), positive("eps", eps), centered

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        v = memory["v"] = self.rho * memory.get("v", 0.0) + (1.0 - self.rho) * (update * update)
        if self.centered:
            mean = memory["mean"] = self.rho * memory.get("mean", 0.0) + (1.0 - self.rho) * update
            v = np.maximum(v - mean * mean, 0.0)  # a variance, which rounding may put below 0
        return update / (np.sqrt(v) + self.eps)


class lion(Transform):  # noqa: N801 - as above
    """The sign of β₁ m + (1 - β₁) g, and then m ← β₂ m + (1 - β₂) g (Chen et al. 2023)."""

    def __init__(self, b1: float = 0.9, b2: float = 0.99) -> None:
        self.b1, self.b2 = within("betas[0]", b1, 0.0, 1.0), within("betas[1]", b2, 0.0, 1.0)

    def one(self, update: Any, memory: Memory, point: Any, step: int) -> Any:
        m = memory.get("m", 0.0)
        memory["m"] = self.b2 * m + (1.0 - self.b2) * update
        return np.sign(self.b1 * m + (1.0 - self.b1) * update)
