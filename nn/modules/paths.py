"""Paths: the names of parameters, such as "layers.0.W", and how to reach what they name."""

from __future__ import annotations

from typing import Any

from autograd import SettingError


def set_at_path(module: Any, path: str, parameter: Any) -> None:
    """Put a parameter where its path says.

    Parameters
    ----------
    module : Module
        The module from which the path starts.
    path : str
        Names of attributes, positions in lists and keys of dicts, with dots between them.
    parameter : Value or Tensor
        The parameter.

    Raises
    ------
    SettingError
        If the path leads into a tuple, or a key of a dict contains a dot.

    Examples
    --------
    >>> from autograd import Tensor
    >>> from nn import Linear
    >>> layer = Linear(1, 1); set_at_path(layer, "b", Tensor([5.0])); layer.b.data
    array([5.])
    """
    *keys, last = path.split(".")
    owner = module
    for key in keys:
        owner = _get(owner, key, path)
    if isinstance(owner, dict):
        owner[_find_key(owner, last, path)] = parameter
    elif isinstance(owner, list):
        owner[int(last)] = parameter
    elif isinstance(owner, tuple):
        raise SettingError(f"{path} is in a tuple, which cannot change: keep parameters in a list")
    else:
        setattr(owner, last, parameter)


def _get(owner: Any, key: str, path: str) -> Any:
    if isinstance(owner, dict):
        return owner[_find_key(owner, key, path)]
    return owner[int(key)] if isinstance(owner, list | tuple) else getattr(owner, key)


def _find_key(owner: dict[Any, Any], name: str, path: str) -> Any:
    """Return the key of a dict that is written as ``name`` in a path."""
    for key in owner:
        if str(key) == name:
            return key
    raise SettingError(f"the path {path} cannot be followed: a key of a dict contains a dot")


def count_text(n: int) -> str:
    """Return a number of parameters as text for a repr.

    Parameters
    ----------
    n : int
        The number.

    Returns
    -------
    str
        The number with spaces between thousands, and the word for it.

    Examples
    --------
    >>> count_text(13002), count_text(1)
    ('13 002 parameters', '1 parameter')
    """
    return f"{n:,}".replace(",", " ") + (" parameter" if n == 1 else " parameters")
