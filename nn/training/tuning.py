"""tune: hyper-parameters chosen on the validation set (S0:85), by a grid or by random draws; the test set is not even given."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import AnomalyError, DataError, GraphError, Node, SettingError
from nn.data import Part
from nn.input_checks import whole
from nn.random import Seed, generator


@dataclass
class Tuning:
    """The trials of a search, the best first: settings and score of each. Print it.

    ``failed`` holds the settings of the trials that ended in an error, and the error; their score is nan.
    """

    trials: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    failed: list[tuple[dict[str, Any], Exception]] = field(default_factory=list)

    @property
    def best(self) -> dict[str, Any]:
        """The settings with the highest score."""
        return self.trials[0][0]

    @property
    def score(self) -> float:
        """Their score."""
        return self.trials[0][1]

    def __str__(self) -> str:
        return "\n".join(
            f"{score:10.4g}  {', '.join(f'{k}={v!r}' for k, v in settings.items())}" for settings, score in self.trials
        )


def tune(
    run: Callable[..., float],
    train: Part,
    validation: Part,
    space: Mapping[str, Any],
    *,
    trials: int | None = None,
    rng: Seed = None,
) -> Tuning:
    """Try settings of a ``space`` and rank them by what ``run(train, validation, **settings)`` gives, the higher the better.

    Each entry of the space is a list of choices. Without ``trials`` every combination is tried; with it so many are drawn, and an
    entry may also be a function of a generator, such as ``lambda rng: 10 ** rng.uniform(-4, -1)``. A score that is nan is last, and
    so is a trial whose training fails, as by a loss that becomes infinite: ``Tuning.failed`` says why. GraphError where all fail.

    >>> space = {"a": [1, 2, 3], "b": [10, 20]}
    >>> found = tune(lambda train, validation, a, b: -abs(a - 2) + b, (), (), space)
    >>> found.best, found.score, len(found.trials)
    ({'a': 2, 'b': 20}, 20.0, 6)
    """
    if not space:
        raise SettingError("tune(): the space is empty: give choices, as in {'lr': [0.1, 0.01]}")
    for name, choices in space.items():
        if not (callable(choices) and trials is not None) and not (isinstance(choices, list | tuple) and len(choices)):
            more = "" if trials is not None else ", or with trials= a function of a generator"
            raise SettingError(f"tune(): {name!r} takes a list of choices{more}, not {choices!r}")
    if trials is None and rng is not None:
        raise SettingError(f"tune(): rng={rng!r} would be ignored: without trials= every combination is tried, and none is drawn")
    found = Tuning()
    for settings in _grid(space) if trials is None else _drawn(space, whole("trials", trials), generator(rng)):
        found.trials.append((settings, _score(run, train, validation, settings, found)))
    if len(found.failed) == len(found.trials):
        raise GraphError(f"tune(): all {len(found.trials)} trials failed, the last one with: {found.failed[-1][1]}")
    found.trials.sort(key=lambda trial: (not np.isnan(trial[1]), trial[1]), reverse=True)
    return found


def _score(run: Callable[..., float], train: Part, validation: Part, settings: dict[str, Any], found: Tuning) -> float:
    """What one trial gives; nan where its training fails."""
    try:
        score = run(train, validation, **settings)
    except (GraphError, AnomalyError, ArithmeticError) as error:
        found.failed.append((settings, error))
        return math.nan
    if isinstance(score, bool) or not isinstance(score, int | float | np.number | np.ndarray | Node) or np.shape(score) != ():
        raise DataError(f"tune(): run(train, validation, **{settings}) gave {score!r}: return one number, the higher the better")
    return float(score)


def _grid(space: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(space, choice, strict=True)) for choice in itertools.product(*space.values())]


def _drawn(space: Mapping[str, Any], trials: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    return [{k: v(rng) if callable(v) else v[int(rng.integers(len(v)))] for k, v in space.items()} for _ in range(trials)]
