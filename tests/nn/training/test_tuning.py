"""tune ranks settings by their score."""

import warnings

import numpy as np
import pytest

import nn
from autograd import DataError, GraphError, SettingError
from nn import data, toys

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


def test_a_search_ranks_settings_on_the_validation_data():
    X, y = toys.circles(120, rng=0)
    train, validation, _ = data.split(X, y, rng=0)

    def run(train, validation, hidden, lr):
        model = nn.MLP([2, hidden, 2], rng=0)
        history = nn.fit(
            model, *train, loss="cross_entropy", lr=lr, epochs=40, validation=validation, batch_size=16, rng=0, progress=False
        )
        return history.validation[-1]

    found = nn.tune(run, train, validation, {"hidden": [1, 16], "lr": [0.001, 1.0]})
    assert len(found.trials) == 4
    assert found.best == {"hidden": 16, "lr": 1.0}
    assert found.score == max(score for _, score in found.trials)
    assert str(found).splitlines()[0].endswith("hidden=16, lr=1.0")
    space = {"lr": lambda rng: 10.0 ** rng.uniform(-3, 0), "hidden": [4]}
    drawn = nn.tune(lambda a, b, lr, hidden: np.nan if lr > 0.1 else lr, (), (), space, trials=12, rng=0)
    assert drawn.score == max(s for _, s in drawn.trials if not np.isnan(s))
    again = nn.tune(lambda a, b, lr, hidden: lr, (), (), space, trials=12, rng=0)
    assert again.best["lr"] == max(s["lr"] for s, _ in drawn.trials)
    for space, text in (
        ({}, "the space is empty"),
        ({"a": 3}, r"'a' takes a list of choices, or with trials= a function"),
        ({"a": []}, "not"),
    ):
        with pytest.raises(SettingError, match=text):
            nn.tune(run, (), (), space)
    with pytest.raises(SettingError, match="takes a list of choices, not 3"):
        nn.tune(run, (), (), {"a": 3}, trials=2)


def test_a_score_that_is_nan_is_last():
    assert nn.tune(lambda a, b, x: x, (), (), {"x": [np.nan, -np.inf]}).best == {"x": -np.inf}


def test_one_trial_that_fails_does_not_lose_the_others():
    def run(train, validation, a):
        if a == 2:
            raise GraphError("the loss became nan")
        if a == 3:
            raise FloatingPointError("overflow")
        return np.nan if a == 4 else np.float64(a)

    found = nn.tune(run, (), (), {"a": [1, 2, 3, 4, 5]})
    assert found.best == {"a": 5}
    assert [settings["a"] for settings, _ in found.failed] == [2, 3]
    assert len(found.trials) == 5
    with pytest.raises(GraphError, match=r"tune\(\): all 2 trials failed, the last one with: overflow"):
        nn.tune(run, (), (), {"a": [2, 3]})


def test_a_diverging_trial_of_a_real_network_is_ranked_last():
    def run(train, validation, lr):
        model = nn.Linear(2, 1, rng=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", nn.TrainingWarning)
            history = nn.fit(model, *train, loss="mse", lr=lr, epochs=300, validation=validation, progress=False)
        return -history.validation_loss[-1]

    found = nn.tune(run, (X, Y), (X, Y), {"lr": [0.1, 1e6]})
    assert found.best == {"lr": 0.1}
    assert [settings for settings, _ in found.failed] == [{"lr": 1e6}]


@pytest.mark.parametrize("score", [None, "0.5", [0.5], True, {"score": 1}])
def test_a_trial_without_a_score_is_named(score):
    with pytest.raises(DataError, match=r"tune\(\): run\(train, validation, \*\*\{'a': 1\}\) gave .*: return one number"):
        nn.tune(lambda train, validation, a: score, (), (), {"a": [1]})


def test_a_seed_without_trials_is_refused():
    with pytest.raises(SettingError, match="rng=0 would be ignored: without trials="):
        nn.tune(lambda train, validation, a: a, (), (), {"a": [1]}, rng=0)
