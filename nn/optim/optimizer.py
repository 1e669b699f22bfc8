"""Optimizer: it reads ``.grad`` of parameters, Values or Tensors, turns it by a sentence of transforms, and moves ``.data``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd import Node, SettingError, ShapeError, Tensor
from nn.optim.transforms import Chain, Memory, Transform, chain, is_rate, scale


def numbers(p: Any) -> Any:
    """What a parameter holds, to be read only: ``data`` of a Tensor would be a copy after every pass.

    >>> from autograd import Tensor
    >>> numbers(Tensor([1.0, 2.0]))
    array([1., 2.])
    """
    return p.recorded() if isinstance(p, Tensor) else p.data


def followed(
    words: Sequence[Transform], memories: Sequence[Sequence[Memory]], updates: Sequence[Any], points: Sequence[Any], step: int
) -> tuple[Any, Sequence[Any]]:
    """What a sentence makes of gradients: a rate, and updates that are to be subtracted so many times."""
    rate: Any = 1.0
    if words and is_rate(words[-1]):
        rate, words = words[-1].at(step), words[:-1]
    for word, own in zip(words, memories):
        updates = word.all(updates, own, points, step)
    return rate, updates


class Group:
    """Some parameters, the sentence that moves them, and what each transform remembers of each parameter."""

    def __init__(self, parameters: Sequence[Any], sentence: Transform) -> None:
        self.parameters = list(parameters)
        self.transforms = chain(sentence).parts
        self.memories: list[list[Memory]] = [[{} for _ in self.parameters] for _ in self.transforms]

    def step(self, t: int) -> None:
        """Move each parameter against its update; one that took no part in the loss stays where it is, and is not decayed."""
        moving = [k for k, p in enumerate(self.parameters) if p.has_grad]
        parameters = [self.parameters[k] for k in moving]
        memories = [[own[k] for k in moving] for own in self.memories]
        updates: Sequence[Any] = [p.grad.data if isinstance(p.grad, Node) else p.grad for p in parameters]
        rate, updates = followed(self.transforms, memories, updates, [numbers(p) for p in parameters], t)
        for p, u in zip(parameters, updates, strict=True):
            p.move(-rate * u)

    def word(self, t: int) -> str:
        """What transform ``t`` is called in the state."""
        return f"{type(self.transforms[t]).__name__}{t}"

    def rate(self, taken: int) -> float:
        """The rate of the next step."""
        return float(math.prod(part.rate(taken) for part in self.transforms if isinstance(part, scale)))


class Optimizer:
    """Parameters and the sentence that moves them, as in ``Optimizer(model.parameters(), chain(adam(), scale(0.01)))``.

    Parameters in groups are a list of dicts, each with "params" and, where it has a sentence of its own, "sentence". SettingError
    for no parameters, for what is no Value or Tensor, and for a parameter that is in two groups.

    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Optimizer([w], scale(0.25)).step(); w.data
    0.5
    """

    def __init__(self, parameters: Iterable[Any], sentence: Transform) -> None:
        self.steps = 0
        self.groups = [Group(found, given.get("sentence", sentence)) for found, given in grouped(parameters)]

    @property
    def parameters(self) -> list[Any]:
        """All parameters that it moves."""
        return [p for group in self.groups for p in group.parameters]

    @property
    def lr(self) -> float:
        """The rate of the next step, in the first group."""
        return self.groups[0].rate(self.steps)

    def step(self) -> None:
        """Move every parameter once."""
        self.steps += 1
        with np.errstate(all="ignore"):
            for group in self.groups:
                group.step(self.steps)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.parameters:
            p.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """All that is remembered, as arrays by name: ``steps``, and for each memory the group, transform, parameter and name.

        >>> from autograd import Value
        >>> from nn.optim import momentum
        >>> w = Value(1.0); (w * w).backward(); o = Optimizer([w], chain(momentum(0.9), scale(0.1))); o.step()
        >>> {name: float(x) for name, x in o.state_dict().items()}
        {'steps': 1.0, '0.momentum0.0.velocity': 2.0}
        """
        state: dict[str, Any] = {"steps": np.int64(self.steps)}
        for g, group in enumerate(self.groups):
            for t, memories in enumerate(group.memories):
                for k, memory in enumerate(memories):
                    state |= {f"{g}.{group.word(t)}.{k}.{name}": np.array(x) for name, x in memory.items()}
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Remember what another optimizer of the same sentence did; where it cannot, SettingError or ShapeError, and no change."""
        if "steps" not in state:
            raise SettingError("load_state_dict(): the state has no 'steps': it is not of an optimizer")
        steps = np.asarray(state["steps"])
        if steps.shape or steps.dtype.kind not in "iu" or steps < 0:
            raise SettingError(f"load_state_dict(): steps is a whole number of at least 0, not {state['steps']!r}")
        found: list[tuple[Memory, str, Any]] = []
        for name, x in state.items():
            if name != "steps":
                memory, p, own = self._place(name)
                numbers = np.asarray(x)
                if numbers.dtype.kind != "f" or numbers.shape not in ((), np.shape(p.data)):
                    kind = f"{numbers.dtype} of shape {numbers.shape}"
                    raise ShapeError(f"load_state_dict(): {name} holds {kind}, the parameter has shape {np.shape(p.data)}")
                found.append((memory, own, np.array(x) if np.ndim(p.data) else float(x)))
        for group in self.groups:
            for memories in group.memories:
                for memory in memories:
                    memory.clear()
        for memory, own, x in found:
            memory[own] = x
        self.steps = int(steps)

    def _place(self, name: str) -> tuple[Memory, Any, str]:
        """Where a name of the state belongs."""
        try:
            g, word, k, own = name.split(".", 3)
            if not (g.isdecimal() and k.isdecimal()):
                raise ValueError(name)
            group = self.groups[int(g)]
            t = [group.word(t) for t in range(len(group.transforms))].index(word)
            return group.memories[t][int(k)], group.parameters[int(k)], own
        except (ValueError, IndexError):
            raise SettingError(
                f"load_state_dict(): this optimizer has no place for {name!r}: it has another sentence or parameters"
            ) from None


def grouped(parameters: Iterable[Any]) -> list[tuple[list[Any], dict[str, Any]]]:
    """The parameters of each group, and its own settings; one group where no dicts are given."""
    if not isinstance(parameters, Iterable) or isinstance(parameters, str | dict):
        raise SettingError(f"an optimizer takes a list of parameters, not {parameters!r}: pass model.parameters()")
    given = list(parameters)
    groups = given if given and all(isinstance(g, dict) for g in given) else [{"params": given}]
    seen: set[int] = set()
    found = []
    for group in groups:
        if "params" not in group:
            raise SettingError(
                f"a group of parameters is a dict with 'params', not one with {', '.join(map(repr, group)) or 'nothing'}"
            )
        own = list(group["params"])
        if not own:
            raise SettingError("an optimizer needs parameters: pass model.parameters()")
        for p in own:
            if not isinstance(p, Node):
                raise SettingError(f"an optimizer moves Values and Tensors, not {p!r}: pass model.parameters()")
            if id(p) in seen:
                raise SettingError(f"{p!r} is given to an optimizer twice: each parameter has one update")
            seen.add(id(p))
        found.append((own, {name: x for name, x in group.items() if name != "params"}))
    return found


def named(parameters: Iterable[Any], sentence: Callable[..., Chain], **settings: Any) -> Optimizer:
    """An optimizer whose groups may have settings of their own, such as ``{"params": …, "lr": 0.01}``."""
    groups = []
    for own, changed in grouped(parameters):
        for name in changed:
            if name not in settings:
                raise SettingError(f"a group has no setting {name!r}; it may have {', '.join(settings)}")
        groups.append({"params": own, "sentence": sentence(**{**settings, **changed})})
    return Optimizer(groups, chain())
