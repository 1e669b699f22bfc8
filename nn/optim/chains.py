"""Chains of transforms of gradients, which optimizers consist of. A transform turns the updates of all parameters into other
updates.

The first transform of a chain gets the gradients, and the optimizer subtracts what the last one returns. A transform holds settings
only. Its state, a dict for each parameter, belongs to the optimizer. This is the design of optax
(https://optax.readthedocs.io), with classes in place of pairs of functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard

from autograd import SettingError
from nn.optim.schedules import Schedule, as_schedule

State: TypeAlias = dict[str, Any]  # what a transform keeps for one parameter from step to step: floats and arrays by name


class Transform:
    """The base class of transforms. Override :meth:`update_one`, or :meth:`update_all` if parameters depend on each other.

    Examples
    --------
    >>> import numpy as np
    >>> class Sign(Transform):
    ...     def update_one(self, update, state, param, step):
    ...         return np.sign(update)
    >>> from autograd import Value
    >>> from nn.optim import Optimizer
    >>> w = Value(3.0); (w * w).backward(); Optimizer([w], chain(Sign(), scale(0.5))).step(); w.data
    2.5
    """

    def update_all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        """Return the new updates of all parameters. Calls :meth:`update_one` for each of them, unless overridden.

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
        return [self.update_one(u, s, p, step) for u, s, p in zip(updates, states, params, strict=True)]

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
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
        self.parts: list[Transform] = []
        for part in parts:
            self.parts += part.parts if isinstance(part, Chain) else [part]


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
    >>> from autograd import Value
    >>> from nn.optim import Optimizer, clip_by_norm
    >>> w = Value(3.0); (w * w).backward(); w.grad
    6.0
    >>> Optimizer([w], chain(clip_by_norm(1.0), scale(0.5))).step(); w.data  # 6 is clipped to 1, and 1 is scaled to 0.5
    2.5
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

    Attributes
    ----------
    rate : callable
        The schedule.
    factor : float
        What the schedule is multiplied by: 1 until the learning rate of the optimizer is set.

    Raises
    ------
    SettingError
        If ``rate`` is neither a finite number above 0 nor callable.

    Examples
    --------
    >>> scale(0.1).update_all([2.0], [{}], [0.0], 1)
    [0.2]
    """

    def __init__(self, rate: float | Schedule) -> None:
        self.rate: Schedule = as_schedule(rate)
        self.factor: float = 1.0

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
        return float(self.factor * self.rate(step - 1))

    def update_all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        rate = self.at(step)
        return [rate * u for u in updates]


def is_rate(transform: Any) -> TypeGuard[scale]:
    """Whether a transform is a learning rate and nothing else.

    Parameters
    ----------
    transform : Transform
        The transform.

    Returns
    -------
    bool
        True for ``scale``, and for a subclass that does not override ``update_all``.
    """
    return isinstance(transform, scale) and type(transform).update_all is scale.update_all


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
