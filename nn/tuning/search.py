"""tune: a search for settings on the validation set (S0:85). The test set is not even passed in."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import AnomalyError, DataError, GraphError, Node, SettingError
from nn.data import Part, k_fold
from nn.input_checks import positive_integer
from nn.random import Seed, generator
from nn.training_warning import TrainingWarning
from nn.tuning.halving import Halving, Round, as_halving
from nn.tuning.space import check_space, draw, grid
from nn.tuning.trials import Trial, Tuning

# What training raises if the settings are bad and run() is not: numbers that are not finite.
ERRORS_OF_TRAINING = (GraphError, AnomalyError, ArithmeticError)


def tune(
    run: Callable[..., Any],
    train: Part,
    validation: Part | None,
    space: Mapping[str, Any],
    *,
    trials: int | None = None,
    folds: int | Iterable[tuple[Part, Part]] | None = None,
    halving: tuple[str, int, int] | None = None,
    factor: int = 3,
    progress: bool = True,
    rng: Seed = None,
) -> Tuning:
    """Try settings and rank them by their score.

    Parameters
    ----------
    run : callable
        ``run(train, validation, **settings)`` trains a model and returns its score, the higher the better, or (score, model).
    train, validation : tuple of ndarray
        The training data and the validation data (X, Y). ``validation`` is None if there are ``folds``.
    space : mapping
        A list of choices for each setting. With ``trials``, an entry may also be a function of a generator, such as
        ``lambda rng: 10 ** rng.uniform(-4, -1)``.
    trials : int, optional
        The number of random draws. Without it, every combination is tried.
    folds : int or iterable of (training, validation), optional
        Cross-validation: ``train`` is split into so many folds, and the score of a trial is the mean over them. Other splits, such
        as stratified ones, are what ``nn.data.k_fold(*train, 5, stratify=True)`` yields.
    halving : (str, int, int), optional
        Successive halving: the name of a setting of ``run`` that is its budget, and the least and the largest one, as in
        ``("epochs", 3, 81)``. All settings are tried with the least budget, the best of them with ``factor`` times as much, and so
        on.
    factor : int, default 3
        One of so many settings reaches the next round.
    progress : bool, default True
        Whether a progress bar is shown, on stderr.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the folds and the draws.

    Returns
    -------
    Tuning
        The trials, the best first, and the best model if ``run`` returns models. A trial whose score is nan, or that ends in an
        error, is kept, and is last. Ctrl-C stops the search, and the trials so far are returned.

    Raises
    ------
    GraphError
        If all trials end in an error.
    DataError
        If ``run`` does not return one number, or a number and a model. This error, and those that training does not raise, are
        errors of ``run``. They are raised in the first trial, and kept in later ones.
    SettingError
        If ``space`` is empty or an entry is not a list of choices, or another setting is out of its range or has no effect.

    Warns
    -----
    TrainingWarning
        If a trial after the first fails by an error of ``run``.

    References
    ----------
    S0:85, hyper-parameters are chosen on the validation set. K. Jamieson and A. Talwalkar, "Non-stochastic Best Arm
    Identification and Hyperparameter Optimization" (2016), for ``halving``.

    Examples
    --------
    >>> space = {"a": [1, 2, 3], "b": [10, 20]}
    >>> result = tune(lambda train, validation, a, b: -abs(a - 2) + b, (), (), space)
    >>> result.best, result.score, len(result.trials)
    ({'a': 2, 'b': 20}, 20.0, 6)
    >>> run = lambda train, validation, a, epochs: (-abs(a - 6) / epochs, f"model {a}")
    >>> result = tune(run, (), (), {"a": list(range(9))}, halving=("epochs", 1, 9))
    >>> result.model, result.trials[0].budget, result.trials[-1].budget
    ('model 6', 9, 1)
    """
    if not callable(run):
        raise SettingError(f"tune(): run must be a function of (train, validation, **settings), not {run!r}")
    check_space(space, trials)
    _check_folds(validation, folds)
    if trials is None and folds is None and rng is not None:
        raise SettingError(f"tune(): rng={rng!r} would be ignored: without trials= every combination is tried, and none is drawn")
    rng = generator(rng)
    parts = _parts(train, validation, folds, rng)
    candidates = grid(space) if trials is None else draw(space, positive_integer("trials", trials), rng)
    search = _Search(run, parts, as_halving(halving, factor, space))
    return search.finish([Trial(settings) for settings in candidates], progress)


def _check_folds(validation: Part | None, folds: Any) -> None:
    """Raise SettingError unless there are either held-out data or folds."""
    if folds is None and validation is None:
        raise SettingError("tune() needs held-out data: give validation=(X, Y), or folds=5 for cross-validation")
    if folds is not None and validation is not None:
        raise SettingError("tune(): with folds= the training data are split: pass None for validation, or leave folds out")


def _parts(train: Part, validation: Part | None, folds: Any, rng: np.random.Generator) -> list[tuple[Part, Part]]:
    """Return the pairs of training and validation data on which each trial runs."""
    if validation is not None:
        return [(train, validation)]
    is_number = not isinstance(folds, Iterable)
    parts = list(k_fold(*train, folds, rng) if is_number else folds)
    if not parts or any(not isinstance(part, tuple | list) or len(part) != 2 for part in parts):
        raise SettingError(f"tune(): folds takes a number, or pairs (training, validation) as of nn.data.k_fold, not {folds!r}")
    return [(training, held_out) for training, held_out in parts]


class _Search:
    """The rounds of a search, over all folds."""

    def __init__(self, run: Callable[..., Any], parts: Sequence[tuple[Part, Part]], halving: Halving | None) -> None:
        self.run, self.parts, self.halving = run, parts, halving
        self.result = Tuning()

    def finish(self, trials: list[Trial], progress: bool) -> Tuning:
        """Run all rounds, and return the trials, the best first."""
        rounds = [Round(len(trials), None)] if self.halving is None else self.halving.rounds(len(trials))
        result, total = self.result, sum(round_.size for round_ in rounds)
        try:
            with tqdm(total=total, unit="trial", disable=not progress, file=sys.stderr) as bar:
                for round_ in rounds:
                    for trial in trials[: round_.size]:
                        self._try(trial, round_.budget)
                        bar.set_postfix({"best": f"{result.score:.4g}", "failed": len(result.failed)}, refresh=False)
                        bar.update()
                    trials = [trial for trial in result.trials if not np.isnan(trial.score)]
        except KeyboardInterrupt:
            if not result.trials:
                raise
            result.stopped = f"interrupted after {len(result.trials)} trials"
        if len(result.failed) == len(result.trials):
            last = result.failed[-1].error
            raise GraphError(f"tune(): all {len(result.trials)} trials failed, the last one with: {last}") from last
        return result

    def _try(self, trial: Trial, budget: int | None) -> None:
        """Run a trial on all folds, and put it into its place among the others."""
        settings = dict(trial.settings) if self.halving is None else {**trial.settings, self.halving.name: budget}
        start = time.monotonic()
        try:
            answers = [_score_and_models(self.run(*part, **settings), settings) for part in self.parts]
        except Exception as error:  # whatever a function of the user raises
            self._keep_error(trial, settings, error)
            answers = [(np.nan, [])]
        trial.scores = [score for score, _ in answers]
        trial.score, trial.budget = float(np.mean(trial.scores)), budget
        trial.models = [model for _, models in answers for model in models]
        trial.seconds += time.monotonic() - start
        if not any(own is trial for own in self.result.trials):
            self.result.trials.append(trial)
        self.result.sort()

    def _keep_error(self, trial: Trial, settings: dict[str, Any], error: Exception) -> None:
        """Keep the error by which a trial ended. One of ``run`` itself is raised if there is nothing to lose yet."""
        if not isinstance(error, ERRORS_OF_TRAINING):
            if not self.result.trials:
                raise error
            message = f"tune(): the trial {settings} failed with {type(error).__name__}: {error}; the others are kept"
            warnings.warn(message, TrainingWarning, stacklevel=5)
        trial.error = error


def _score_and_models(answer: Any, settings: dict[str, Any]) -> tuple[float, list[Any]]:
    """Return the score that ``run`` returned, and a list with its model if it returned one."""
    score, *models = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer,)
    is_number = isinstance(score, int | float | np.number | np.ndarray | Node) and not isinstance(score, bool)
    if not is_number or np.shape(score) != ():
        raise DataError(
            f"tune(): run(train, validation, **{settings}) gave {answer!r}: return one number, the higher the better, or "
            f"(number, model)"
        )
    return float(score), models
