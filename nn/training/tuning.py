"""tune: a search for settings on the validation set (S0:85). The test set is not even passed in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import AnomalyError, DataError, GraphError, Node, SettingError
from nn.data import Part
from nn.input_checks import positive_integer
from nn.random import Seed, generator


@dataclass
class Tuning:
    """The trials of a search, the best first. Print it for a table.

    Attributes
    ----------
    trials : list of (dict, float)
        The settings and the score of each trial.
    failed : list of (dict, Exception)
        The settings of the trials that ended in an error, and the error. Their score is nan.
    """

    trials: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    failed: list[tuple[dict[str, Any], Exception]] = field(default_factory=list)

    @property
    def best(self) -> dict[str, Any]:
        """The settings with the highest score."""
        return self.trials[0][0]

    @property
    def score(self) -> float:
        """The highest score."""
        return self.trials[0][1]

    def __str__(self) -> str:
        lines = []
        for settings, score in self.trials:
            values = ", ".join(f"{name}={x!r}" for name, x in settings.items())
            lines.append(f"{score:10.4g}  {values}")
        return "\n".join(lines)


def tune(
    run: Callable[..., float],
    train: Part,
    validation: Part,
    space: Mapping[str, Any],
    *,
    trials: int | None = None,
    rng: Seed = None,
) -> Tuning:
    """Try settings and rank them by their score.

    Parameters
    ----------
    run : callable
        ``run(train, validation, **settings)`` trains a model and returns its score, the higher the better.
    train, validation : tuple of ndarray
        The training data and the validation data (X, Y).
    space : mapping
        A list of choices for each setting. With ``trials``, an entry may also be a function of a generator, such as
        ``lambda rng: 10 ** rng.uniform(-4, -1)``.
    trials : int, optional
        The number of random draws. Without it, every combination is tried.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the draws.

    Returns
    -------
    Tuning
        The trials, the best first. A trial whose score is nan, or that ends in an error, is last.

    Raises
    ------
    GraphError
        If all trials end in an error.
    DataError
        If ``run`` does not return one number.
    SettingError
        If ``space`` is empty or an entry is not a list of choices, or ``rng`` is given without ``trials``.

    References
    ----------
    S0:85, hyper-parameters are chosen on the validation set.

    Examples
    --------
    >>> space = {"a": [1, 2, 3], "b": [10, 20]}
    >>> result = tune(lambda train, validation, a, b: -abs(a - 2) + b, (), (), space)
    >>> result.best, result.score, len(result.trials)
    ({'a': 2, 'b': 20}, 20.0, 6)
    """
    _check_space(space, trials)
    if trials is None and rng is not None:
        raise SettingError(f"tune(): rng={rng!r} would be ignored: without trials= every combination is tried, and none is drawn")
    result = Tuning()
    for settings in _grid(space) if trials is None else _draw(space, positive_integer("trials", trials), generator(rng)):
        result.trials.append((settings, _score(run, train, validation, settings, result)))
    if len(result.failed) == len(result.trials):
        raise GraphError(f"tune(): all {len(result.trials)} trials failed, the last one with: {result.failed[-1][1]}")
    result.trials.sort(key=lambda trial: (not np.isnan(trial[1]), trial[1]), reverse=True)
    return result


def _check_space(space: Mapping[str, Any], trials: int | None) -> None:
    if not space:
        raise SettingError("tune(): the space is empty: give choices, as in {'lr': [0.1, 0.01]}")
    for name, choices in space.items():
        if callable(choices) and trials is not None:
            continue
        if not isinstance(choices, list | tuple) or not choices:
            more = "" if trials is not None else ", or with trials= a function of a generator"
            raise SettingError(f"tune(): {name!r} takes a list of choices{more}, not {choices!r}")


def _score(run: Callable[..., float], train: Part, validation: Part, settings: dict[str, Any], result: Tuning) -> float:
    """Return the score of one trial, or nan if its training fails."""
    try:
        score = run(train, validation, **settings)
    except (GraphError, AnomalyError, ArithmeticError) as error:
        result.failed.append((settings, error))
        return math.nan
    is_number = isinstance(score, int | float | np.number | np.ndarray | Node) and not isinstance(score, bool)
    if not is_number or np.shape(score) != ():
        raise DataError(f"tune(): run(train, validation, **{settings}) gave {score!r}: return one number, the higher the better")
    return float(score)


def _grid(space: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every combination of the choices."""
    return [dict(zip(space, choice, strict=True)) for choice in itertools.product(*space.values())]


def _draw(space: Mapping[str, Any], trials: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return ``trials`` settings drawn at random."""

    def draw_one(choices: Any) -> Any:
        return choices(rng) if callable(choices) else choices[int(rng.integers(len(choices)))]

    return [{name: draw_one(choices) for name, choices in space.items()} for _ in range(trials)]
