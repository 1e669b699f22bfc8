"""The optimizer: it reads ``.grad`` of parameters, turns it into updates by a chain of transforms, and changes ``.data``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Node, SettingError, ShapeError, Tensor
from nn.input_checks import positive
from nn.modules.paths import count_text
from nn.optim.chains import State, Transform, chain, is_rate, scale
from nn.optim.groups import parameter_groups
from nn.optim.joined_states import JoinedStates, can_join, join, join_states


def read_only_data(p: Any) -> Any:
    """Return what a parameter holds, without a copy. ``data`` of a Tensor would be a copy after every pass.

    Parameters
    ----------
    p : Value or Tensor
        The parameter.

    Returns
    -------
    float or ndarray
        Its value. Do not write to it.

    Examples
    --------
    >>> read_only_data(Tensor([1.0, 2.0]))
    array([1., 2.])
    """
    return p.freeze_data() if isinstance(p, Tensor) else p.data


def apply_transforms(
    transforms: Sequence[Transform], states: Sequence[Sequence[State]], updates: Sequence[Any], params: Sequence[Any], step: int
) -> tuple[Any, Sequence[Any]]:
    """Apply the transforms of a chain one after the other.

    A rate at the end of the chain is not multiplied in but returned: the caller needs one product with each update anyway.

    Parameters
    ----------
    transforms : sequence of Transform
        The chain.
    states : sequence of sequence of dict
        The states of each transform, one for each parameter.
    updates : sequence of float or ndarray
        The gradients.
    params : sequence of float or ndarray
        The values of the parameters.
    step : int
        The number of the step: 1, 2, …

    Returns
    -------
    rate : float
        A factor of all updates.
    updates : sequence of float or ndarray
        What is to be subtracted from each parameter, without the factor.
    """
    rate: Any = 1.0
    if transforms and is_rate(transforms[-1]):
        rate, transforms = transforms[-1].at(step), transforms[:-1]
    for transform, own_states in zip(transforms, states):
        updates = transform.update_all(updates, own_states, params, step)
    return rate, updates


class Group:
    """A group of parameters, their transforms, and the states of the transforms.

    Parameters
    ----------
    parameters : sequence of Value or Tensor
        The parameters.
    transform : Transform
        A transform or a chain.

    Attributes
    ----------
    parameters : list of Value or Tensor
        The parameters.
    transforms : list of Transform
        The transforms of the chain.
    """

    def __init__(self, parameters: Sequence[Any], transform: Transform) -> None:
        self.parameters: list[Any] = list(parameters)
        self.transforms: list[Transform] = chain(transform).parts
        self._states: list[list[State]] = [[{} for _ in self.parameters] for _ in self.transforms]
        self._joined: JoinedStates | None = None  # the states, if the last step joined them

    @property
    def states(self) -> list[list[State]]:
        """The states of the transforms: ``states[t][k]`` is that of transform ``t`` for parameter ``k``."""
        if self._joined is not None:
            self._joined.split_states(self._states)
            self._joined = None
        return self._states

    @states.setter
    def states(self, states: list[list[State]]) -> None:
        self._states, self._joined = states, None

    def step(self, number: int) -> None:
        """Move each parameter that has a gradient. One that took no part in the loss stays where it is, and does not decay.

        Parameters
        ----------
        number : int
            The number of the step: 1, 2, …
        """
        if len(self.transforms) == 1 and is_rate(self.transforms[0]):
            rate = self.transforms[0].at(number)
            for p in self.parameters:
                p.descend(rate)
            return
        moving = [k for k, p in enumerate(self.parameters) if p.has_grad]
        if len(moving) == len(self.parameters) and self._step_joined(number):
            return
        parameters = [self.parameters[k] for k in moving]
        states = [[own[k] for k in moving] for own in self.states]
        updates: Sequence[Any] = [p.grad.data if isinstance(p.grad, Node) else p.grad for p in parameters]
        params = [read_only_data(p) for p in parameters]
        rate, updates = apply_transforms(self.transforms, states, updates, params, number)
        for p, u in zip(parameters, updates, strict=True):
            p.move(-rate * u)

    def _step_joined(self, number: int) -> bool:
        """Move all parameters by one update of their joined gradients, if that may be done."""
        gradients = [p.grad for p in self.parameters]
        joined = self._joined
        if joined is None or not joined.fits(gradients, self.transforms):
            if not can_join(gradients, self.transforms):
                return False
            joined = join_states(self.states, [gradient.shape for gradient in gradients], self.transforms)
            if joined is None:
                return False
        param = join([read_only_data(p) for p in self.parameters])
        states = [[state] for state in joined.states]
        rate, (update,) = apply_transforms(joined.transforms, states, [join(gradients)], [param], number)
        for p, step in zip(self.parameters, joined.split(-rate * update), strict=True):
            p.move(step)
        self._joined = joined
        return True

    def transform_name(self, t: int) -> str:
        """Return the name of a transform in a state dict.

        Parameters
        ----------
        t : int
            The position of the transform in the chain.

        Returns
        -------
        str
            The name of its class and its position, such as "adam1".
        """
        return f"{type(self.transforms[t]).__name__}{t}"

    def rate(self, taken: int) -> float:
        """Return the learning rate.

        Parameters
        ----------
        taken : int
            The number of steps taken.

        Returns
        -------
        float
            The product of the rates in the chain, 1 if there are none.
        """
        return float(math.prod(part.at(taken + 1) for part in self.transforms if isinstance(part, scale)))


class Optimizer:
    """Parameters and the transform of their gradients, as in ``Optimizer(model.parameters(), chain(adam(), scale(0.01)))``.

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or groups of them: dicts with "params" and, for a group with a transform of its own, "transform".
    transform : Transform
        A transform or a chain.

    Attributes
    ----------
    groups : list of Group
        The groups.
    steps : int
        The number of steps taken.

    Raises
    ------
    SettingError
        If there are no parameters, if something is not a Value or a Tensor, if a parameter is in two groups, or if a group has
        another setting than "transform".

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(1.0); (w * w).backward(); Optimizer([w], scale(0.25)).step(); w.data
    0.5
    """

    def __init__(self, parameters: Iterable[Any], transform: Transform) -> None:
        self.steps: int = 0
        groups = parameter_groups(parameters, ["transform"])
        self.groups: list[Group] = [Group(own, settings.get("transform", transform)) for own, settings in groups]

    @property
    def parameters(self) -> list[Any]:
        """All parameters, group by group."""
        return [p for group in self.groups for p in group.parameters]

    @property
    def lr(self) -> float:
        """The learning rate of the next step, in the first group.

        Setting it multiplies the rates of all groups by one factor, so that their ratios and their schedules stay.
        """
        return self.groups[0].rate(self.steps)

    @lr.setter
    def lr(self, rate: float) -> None:
        before = self.lr
        if not before > 0.0:
            raise SettingError(f"the learning rate is {before:g} now, and cannot be set: its schedule has ended")
        self.multiply_lr(positive("the learning rate lr", rate) / before)

    def multiply_lr(self, factor: float, floor: float = 0.0) -> None:
        """Multiply the learning rates of all groups.

        Parameters
        ----------
        factor : float
            The factor, at least 0.
        floor : float, default 0.0
            The least rate. A group whose rate would fall below it gets this one, and one that is below it already stays.

        Examples
        --------
        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> o = SGD([Value(1.0)], lr=0.5); o.multiply_lr(0.1); o.lr
        0.05
        """
        for part, rate in self._rate_parts():
            part.factor *= min(1.0, max(factor, floor / rate)) if factor < 1.0 and rate > 0.0 else factor

    def _rate_parts(self) -> list[tuple[scale, float]]:
        """Return the last rate in the chain of each group, and the rate of its next step. Groups may share one."""
        parts: dict[int, tuple[scale, float]] = {}
        for group in self.groups:
            for part in [part for part in group.transforms if isinstance(part, scale)][-1:]:
                parts[id(part)] = part, group.rate(self.steps)
        return list(parts.values())

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        self.steps += 1
        with np.errstate(all="ignore"):
            for group in self.groups:
                group.step(self.steps)

    def zero_grad(self) -> None:
        """Reset the gradients of all parameters."""
        for group in self.groups:
            for p in group.parameters:
                p.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """Return the states of all transforms as arrays by name.

        Returns
        -------
        dict
            ``steps``, ``lr_factors`` if the rate was set, and for each entry of a state an array. Its name is made of the group,
            the transform, the number of the parameter in the group, and the name of the entry.

        Examples
        --------
        >>> from autograd import Value
        >>> from nn.optim import momentum
        >>> w = Value(1.0); (w * w).backward(); o = Optimizer([w], chain(momentum(0.9), scale(0.1))); o.step()
        >>> {name: float(x) for name, x in o.state_dict().items()}
        {'steps': 1.0, '0.momentum0.0.velocity': 2.0}
        """
        arrays: dict[str, Any] = {"steps": np.int64(self.steps)}
        factors = np.array([part.factor for part, _ in self._rate_parts()])
        if np.any(factors != 1.0):
            arrays["lr_factors"] = factors
        for g, group in enumerate(self.groups):
            for t, states in enumerate(group.states):
                for k, state in enumerate(states):
                    arrays |= {f"{g}.{group.transform_name(t)}.{k}.{name}": np.array(x) for name, x in state.items()}
        return arrays

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Replace the states of all transforms. Nothing changes if something does not fit.

        Parameters
        ----------
        state : dict
            What ``state_dict()`` of an optimizer with the same transforms returned.

        Raises
        ------
        SettingError
            If ``steps`` is missing or not a whole number, or a name belongs to no transform of this optimizer.
        ShapeError
            If an array does not have the shape of its parameter.
        """
        steps = _check_steps(state)
        factors = self._check_factors(state)
        entries = [self._parse_entry(name, x) for name, x in state.items() if name not in ("steps", "lr_factors")]
        for group in self.groups:
            for states in group.states:
                for own in states:
                    own.clear()
        for own, entry, value in entries:
            own[entry] = value
        for (part, _), factor in zip(self._rate_parts(), factors, strict=True):
            part.factor = float(factor)
        self.steps = steps

    def _check_factors(self, state: dict[str, Any]) -> Any:
        """Return the factors of the rates in a state dict, 1 if there are none."""
        count = len(self._rate_parts())
        factors = np.asarray(state.get("lr_factors", np.ones(count)))
        if factors.shape != (count,) or factors.dtype.kind != "f":
            raise ShapeError(f"load_state_dict(): lr_factors has shape {factors.shape}, but this optimizer has {count} rates")
        return factors

    def __repr__(self) -> str:
        transforms = " | ".join(", ".join(type(part).__name__ for part in group.transforms) for group in self.groups)
        count = sum(np.size(p.data) for p in self.parameters)
        return f"Optimizer({transforms}, lr {self.lr:g}, {count_text(count)}, {self.steps} steps taken)"

    def _parse_entry(self, name: str, x: Any) -> tuple[State, str, Any]:
        """Return the state that an entry of a state dict belongs to, the name there, and the value."""
        state, p, entry = self._find_state(name)
        array = np.asarray(x)
        if array.dtype.kind != "f" or array.shape not in ((), np.shape(p.data)):
            kind = f"{array.dtype} of shape {array.shape}"
            raise ShapeError(f"load_state_dict(): {name} holds {kind}, the parameter has shape {np.shape(p.data)}")
        return state, entry, np.array(x) if np.ndim(p.data) else float(x)

    def _find_state(self, name: str) -> tuple[State, Any, str]:
        """Return the state that a name in a state dict belongs to, its parameter, and the name of the entry."""
        try:
            g, transform, k, entry = name.split(".", 3)
            if not (g.isdecimal() and k.isdecimal()):
                raise ValueError(name)
            group = self.groups[int(g)]
            t = [group.transform_name(t) for t in range(len(group.transforms))].index(transform)
            return group.states[t][int(k)], group.parameters[int(k)], entry
        except (ValueError, IndexError):
            raise SettingError(
                f"load_state_dict(): this optimizer has no place for {name!r}: its transforms or parameters are not those of the "
                f"state"
            ) from None


def _check_steps(state: dict[str, Any]) -> int:
    """Return the number of steps in a state dict."""
    if not isinstance(state, Mapping) or "steps" not in state:
        raise SettingError("load_state_dict(): the state has no 'steps': it is not the state of an optimizer")
    steps = np.asarray(state["steps"])
    if steps.shape or steps.dtype.kind not in "iu" or steps < 0:
        raise SettingError(f"load_state_dict(): steps must be a whole number of at least 0, not {state['steps']!r}")
    return int(steps)
