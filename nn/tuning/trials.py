"""The trials of a search, and their ranking."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograd import SettingError


@dataclass
class Trial:
    """Settings, and how well they did. It unpacks as ``settings, score = trial``.

    Attributes
    ----------
    settings : dict
        The settings.
    score : float
        The mean of ``scores`` in the last round; nan if the trial failed.
    scores : list of float
        The score of each fold in the last round; one score without cross-validation.
    budget : int or None
        The budget of the last round; None without successive halving.
    seconds : float
        The time of all rounds.
    error : Exception or None
        The error by which the trial ended.
    models : list
        What ``run`` returned in addition to the scores. Only the best trial keeps them.

    Examples
    --------
    >>> settings, score = Trial({"lr": 0.1}, 0.9)
    >>> settings["lr"], score
    (0.1, 0.9)
    """

    settings: dict[str, Any]
    score: float = math.nan
    scores: list[float] = field(default_factory=list)
    budget: int | None = None
    seconds: float = 0.0
    error: Exception | None = None
    models: list[Any] = field(default_factory=list, repr=False)

    def __iter__(self) -> Iterator[Any]:
        yield from (self.settings, self.score)

    def rank(self) -> tuple[bool, int, float]:
        """Return a key by which trials are sorted: scores before nan, larger budgets before smaller ones, and higher scores first.

        Examples
        --------
        >>> Trial({}, 0.5).rank() > Trial({}).rank()
        True
        """
        has_score = not math.isnan(self.score)
        return has_score, self.budget or 0, self.score if has_score else 0.0

    def __str__(self) -> str:
        values = ", ".join(f"{name}={x!r}" for name, x in self.settings.items())
        budget = "" if self.budget is None else f"{self.budget:8}"
        error = "" if self.error is None else f"  failed: {type(self.error).__name__}: {self.error}"
        return f"{self.score:10.4g}{budget}  {values}{error}"


@dataclass
class Tuning:
    """The trials of a search, the best first. Print it for a table.

    Attributes
    ----------
    trials : list of Trial
        The trials. With successive halving, those with the largest budget come first.
    stopped : str
        Why the search stopped before its end; "" if it did not.

    Examples
    --------
    >>> tuning = Tuning([Trial({"lr": 0.1}, 0.9), Trial({"lr": 1.0}, 0.4)])
    >>> tuning.best, tuning.score
    ({'lr': 0.1}, 0.9)
    """

    trials: list[Trial] = field(default_factory=list)
    stopped: str = ""

    @property
    def best(self) -> dict[str, Any]:
        """The settings of the best trial."""
        return self.trials[0].settings

    @property
    def score(self) -> float:
        """The score of the best trial."""
        return self.trials[0].score

    @property
    def failed(self) -> list[Trial]:
        """The trials that ended in an error. Their score is nan."""
        return [trial for trial in self.trials if trial.error is not None]

    @property
    def models(self) -> list[Any]:
        """The models of the best trial, one for each fold.

        Raises
        ------
        SettingError
            If ``run`` returned none.
        """
        if not self.trials[0].models:
            raise SettingError("Tuning.models: run() returned only scores: let it return (score, model)")
        return self.trials[0].models

    @property
    def model(self) -> Any:
        """The model of the best trial.

        Raises
        ------
        SettingError
            If ``run`` returned none, or there is one for each fold.
        """
        models = self.models
        if len(models) > 1:
            raise SettingError(
                f"Tuning.model: there are {len(models)} models, one for each fold: average the predictions of models, or train one "
                f"on all data with the settings best"
            )
        return models[0]

    def sort(self) -> None:
        """Put the best trial first, and drop the models of the others."""
        self.trials.sort(key=Trial.rank, reverse=True)
        for trial in self.trials[1:]:
            trial.models = []

    def __str__(self) -> str:
        return "\n".join(map(str, self.trials))
