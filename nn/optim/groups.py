"""Groups of parameters with settings of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from autograd import Node, SettingError


def parameter_groups(parameters: Iterable[Any], allowed: Collection[str]) -> list[tuple[list[Any], dict[str, Any]]]:
    """Return the parameters of each group and the settings of the group.

    Parameters
    ----------
    parameters : iterable of Value or Tensor, or of dict
        The parameters, or dicts with "params" and settings.
    allowed : collection of str
        The names of the settings that a group may have.

    Returns
    -------
    list of (list, dict)
        One pair for each group; one group if ``parameters`` holds no dicts.

    Raises
    ------
    SettingError
        If there are no parameters, if something is not a Value or a Tensor, if a parameter occurs twice, or if a group has another
        setting.

    Examples
    --------
    >>> from autograd import Value
    >>> [(len(own), settings) for own, settings in parameter_groups([{"params": [Value(1.0)], "lr": 0.1}], ["lr"])]
    [(1, {'lr': 0.1})]
    """
    if not isinstance(parameters, Iterable) or isinstance(parameters, str | dict):
        raise SettingError(f"an optimizer takes a list of parameters, not {parameters!r}: pass model.parameters()")
    entries = list(parameters)
    groups = entries if entries and all(isinstance(entry, dict) for entry in entries) else [{"params": entries}]
    seen: set[int] = set()
    return [(_check_parameters(group, seen), _check_settings(group, allowed)) for group in groups]


def _check_settings(group: dict[str, Any], allowed: Collection[str]) -> dict[str, Any]:
    """Return the settings of a group."""
    settings = {name: x for name, x in group.items() if name != "params"}
    for name in settings:
        if name not in allowed:
            raise SettingError(f"a group has no setting {name!r}; it may have {', '.join(allowed)}")
    return settings


def _check_parameters(group: dict[str, Any], seen: set[int]) -> list[Any]:
    """Return the parameters of a group; ``seen`` holds the identities of those in the groups before."""
    if "params" not in group:
        keys = ", ".join(map(repr, group)) or "nothing"
        raise SettingError(f"a group of parameters is a dict with 'params', not one with {keys}")
    own = list(group["params"])
    if not own:
        raise SettingError("an optimizer needs parameters: pass model.parameters()")
    for p in own:
        if not isinstance(p, Node):
            raise SettingError(f"an optimizer updates Values and Tensors, not {p!r}: pass model.parameters()")
        if id(p) in seen:
            raise SettingError(f"{p!r} is given to an optimizer twice: each parameter has one update")
        seen.add(id(p))
    return own
