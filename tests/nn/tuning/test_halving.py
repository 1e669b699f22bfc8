"""Successive halving has the rounds of scikit-learn's, and keeps the best settings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import SettingError
from nn.tuning.halving import Halving


@settings(max_examples=15)
@given(st.integers(2, 30), st.integers(2, 4), st.integers(0, 40))
def test_rounds_equal_those_of_scikit_learn(count, factor, extra):
    from sklearn.base import BaseEstimator
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - the import enables the next one
    from sklearn.model_selection import HalvingGridSearchCV

    class Constant(BaseEstimator):
        def __init__(self, a=0, budget=1):
            self.a, self.budget = a, budget

        def fit(self, X, y):
            return self

        def score(self, X, y):
            return float(self.a)

    high = 2 * factor + extra
    search = HalvingGridSearchCV(
        Constant(),
        {"a": list(range(count))},
        factor=factor,
        resource="budget",
        min_resources=2,
        max_resources=high,
        cv=2,
        refit=False,
    ).fit(np.zeros((4, 1)), [0, 1, 0, 1])
    rounds = Halving("budget", 2, high, factor).rounds(count)
    assert [r.size for r in rounds] == search.n_candidates_
    assert [r.budget for r in rounds] == search.n_resources_
    seen = []

    def run(train, validation, a, budget):
        seen.append((a, budget))
        return a

    found = nn.tune(run, (), (), {"a": list(range(count))}, halving=("budget", 2, high), factor=factor, progress=False)
    assert [sum(b == budget for _, b in seen) for budget in search.n_resources_] == search.n_candidates_
    assert found.best == {"a": count - 1}
    assert found.trials[0].budget == search.n_resources_[-1]
    assert sorted(settings["a"] for settings, _ in found.trials) == list(range(count))


def test_a_trial_of_a_later_round_is_before_all_of_earlier_ones():
    """A score that falls with the budget does not let those win that were tried less."""
    found = nn.tune(lambda t, v, a, n: a - 10 * n, (), (), {"a": list(range(9))}, halving=("n", 1, 9), progress=False)
    assert (found.best, found.score, found.trials[0].budget) == ({"a": 8}, -82.0, 9)
    assert [trial.budget for trial in found.trials] == [9, 3, 3, 1, 1, 1, 1, 1, 1]
    assert str(found).splitlines()[0].split() == ["-82", "9", "a=8"]


def test_trials_without_a_score_do_not_reach_the_next_round():
    def run(train, validation, a, n):
        if a == 8:
            raise ZeroDivisionError
        return np.nan if a > 5 else a

    found = nn.tune(run, (), (), {"a": list(range(9))}, halving=("n", 1, 9), progress=False)
    assert (found.best, found.trials[0].budget) == ({"a": 5}, 9)
    assert [trial.settings["a"] for trial in found.failed] == [8]
    assert [trial.budget for trial in found.trials if np.isnan(trial.score)] == [1, 1, 1]


def test_a_failure_in_a_later_round_leaves_the_others():
    def run(train, validation, a, n):
        if a == 8 and n > 1:
            raise FloatingPointError("overflow")
        return a

    found = nn.tune(run, (), (), {"a": list(range(9))}, halving=("n", 1, 9), progress=False)
    assert found.best == {"a": 7}
    assert [(trial.settings["a"], trial.budget) for trial in found.failed] == [(8, 3)]


@pytest.mark.parametrize(
    ("halving", "factor", "text"),
    [
        ("epochs", 3, r"halving takes a setting and its bounds, as in \('epochs', 1, 27\), not 'epochs'"),
        ((1, 2, 3), 3, "halving takes a setting and its bounds"),
        (("epochs", 0, 9), 3, "a bound of 'epochs' must be a positive integer, not 0"),
        (("epochs", 4, 9), 3, "halving from 4 to 9 epochs has only one round, since 4 · 3 > 9: give wider bounds"),
        (("a", 1, 9), 3, "'a' is the budget of halving=, and cannot be in the space too"),
        (("epochs", 1, 9), 1, "factor must be at least 2, not 1"),
        (("epochs", 1, 9), 2.5, "factor must be a positive integer, not 2.5"),
    ],
)
def test_wrong_budgets_are_refused(halving, factor, text):
    with pytest.raises(SettingError, match=text):
        nn.tune(lambda *_, **__: 0.0, (), (), {"a": [1]}, halving=halving, factor=factor)
