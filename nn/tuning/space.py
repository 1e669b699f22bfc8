"""The settings that a search tries: every combination, or random draws."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import SettingError

Settings = dict[str, Any]


def check_space(space: Mapping[str, Any], trials: int | None) -> None:
    """Check that a space has choices for each setting.

    Parameters
    ----------
    space : mapping
        A list of choices for each setting; with ``trials``, also functions of a generator.
    trials : int or None
        The number of random draws.

    Raises
    ------
    SettingError
        If the space is empty, or an entry is none of these.
    """
    if not isinstance(space, Mapping) or not space:
        raise SettingError(f"tune(): the space is empty: give choices, as in {{'lr': [0.1, 0.01]}}, not {space!r}")
    for name, choices in space.items():
        if callable(choices) and trials is not None:
            continue
        if not isinstance(choices, list | tuple) or not choices:
            more = "" if trials is not None else ", or with trials= a function of a generator"
            raise SettingError(f"tune(): {name!r} takes a list of choices{more}, not {choices!r}")


def grid(space: Mapping[str, Any]) -> list[Settings]:
    """Return every combination of the choices.

    Parameters
    ----------
    space : mapping
        A list of choices for each setting.

    Returns
    -------
    list of dict
        The combinations; the last setting varies first.

    Examples
    --------
    >>> grid({"a": [1, 2], "b": [3]})
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    return [dict(zip(space, choice, strict=True)) for choice in itertools.product(*space.values())]


def draw(space: Mapping[str, Any], trials: int, rng: np.random.Generator) -> list[Settings]:
    """Return settings drawn at random.

    Parameters
    ----------
    space : mapping
        A list of choices or a function of a generator for each setting.
    trials : int
        The number of draws.
    rng : numpy.random.Generator
        The generator.

    Returns
    -------
    list of dict
        The draws.

    Examples
    --------
    >>> draw({"a": [1], "b": lambda rng: 2.0}, 2, np.random.default_rng(0))
    [{'a': 1, 'b': 2.0}, {'a': 1, 'b': 2.0}]
    """

    def draw_one(choices: Any) -> Any:
        return choices(rng) if callable(choices) else choices[int(rng.integers(len(choices)))]

    return [{name: draw_one(choices) for name, choices in space.items()} for _ in range(trials)]
