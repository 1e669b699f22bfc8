"""The identity of a training run: digests of its data, settings, code, first parameters and generators, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.modules.module import Module
from nn.optim import Optimizer, scale
from nn.optim.optimizer import Group
from nn.training.digest import ModuleConfiguration, digest

# The steps at which a schedule is asked for its rate. Its code counts as well, so these only have to tell apart schedules that
# cannot be read, such as objects written in C: at the start, after a short warm-up, and late. With more of them the difference of
# two such schedules is found more often.
SCHEDULE_STEPS = (0, 1, 10, 1000)
FIRST_VALUE = "the first value of"  # how the names of those parts begin that a model no longer has once it is trained


def identity(
    model: Module,
    loss: Any,
    metric: Any,
    optimizer: Optimizer,
    data: Mapping[str, Any],
    settings: Mapping[str, Any],
    rng: np.random.Generator | None,
) -> dict[str, str]:
    """Return a digest for each part of a run.

    Parameters
    ----------
    model : Module
        The model, before its first step.
    loss, metric : callable
        Functions of (pred, target); ``metric`` may be None.
    optimizer : Optimizer
        The optimizer.
    data, settings : mapping
        Arrays and numbers under the names that an error message can show.
    rng : numpy.random.Generator or None
        The generator, or None if the caller gave no seed. Any generator will do then, since the checkpoint holds its state.

    Returns
    -------
    dict
        Digests under names that an error message can show.
    """
    parts: dict[str, Any] = {f"the {name}": x for name, x in data.items()}
    parts |= {f"the setting {name}": x for name, x in settings.items()}
    parts |= {"the loss": loss, "the metric": metric}
    if rng is not None:
        parts["the generator rng="] = rng
    for path, module in model.named_modules():
        parts[f"the module {path or type(module).__name__}"] = ModuleConfiguration(module)
    parts |= {f"{FIRST_VALUE} the parameter {name}": x for name, x in model.state_dict().items()}
    for number, group in enumerate(optimizer.groups):
        parts[f"group {number} of the optimizer"] = _describe_group(model, group)
    return {name: digest(x) for name, x in parts.items()}


def _describe_group(model: Module, group: Group) -> tuple[Any, Any, Any]:
    """Return the names of the parameters of a group, its rates at a few steps, and its transforms."""
    own = {id(p) for p in group.parameters}
    names = [name for name, p in model.named_parameters() if id(p) in own]
    schedules = [part.rate for part in group.transforms if isinstance(part, scale)]
    rates = [[schedule(step) for step in SCHEDULE_STEPS] for schedule in schedules]
    transforms = [(type(part), vars(part)) for part in group.transforms]
    return names, rates, transforms


def first_difference(now: Mapping[str, str], before: Mapping[str, str]) -> str:
    """Return the name of the first part that differs.

    Parameters
    ----------
    now, before : mapping
        Two identities.

    Returns
    -------
    str
        The name, or "" if nothing differs.

    Examples
    --------
    >>> first_difference({"the loss": "a"}, {"the loss": "b"})
    'the loss'
    """
    names = [*now, *(name for name in before if name not in now)]
    return next((name for name in names if now.get(name) != before.get(name)), "")
