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


def test_cross_validation_takes_the_mean_over_the_folds():
    """Each sample is held out once, so the mean over equal folds is that over the samples."""
    seen = []

    def run(train, validation, a):
        assert not set(train[0].ravel()) & set(validation[0].ravel())
        seen.append(validation[0].ravel())
        return a * validation[0].mean()

    data_of_folds = np.arange(12.0)[:, None], np.zeros(12)
    found = nn.tune(run, data_of_folds, None, {"a": [1, 2]}, folds=3, rng=0, progress=False)
    assert sorted(np.concatenate(seen[:3])) == list(range(12))
    assert found.score == pytest.approx(11.0)
    assert found.trials[0].scores == pytest.approx([2 * fold.mean() for fold in seen[:3]])
    own = list(data.k_fold(*data_of_folds, 4, rng=1))
    again = nn.tune(run, data_of_folds, None, {"a": [2]}, folds=own, progress=False)
    assert again.trials[0].scores == pytest.approx([2 * validation[0].mean() for _, validation in own])


@pytest.mark.parametrize(
    ("validation", "folds", "text"),
    [
        (None, None, r"tune\(\) needs held-out data: give validation=\(X, Y\), or folds=5"),
        ((X, Y), 3, "the training data are split: pass None for validation"),
        (None, 1, "k must be a whole number of at least 2, not 1"),
        (None, [], "folds takes a number, or pairs"),
        (None, [(X, Y, X)], "folds takes a number, or pairs"),
    ],
)
def test_wrong_folds_are_refused(validation, folds, text):
    with pytest.raises(SettingError, match=text):
        nn.tune(lambda *_, **__: 0.0, (X, Y), validation, {"a": [1]}, folds=folds)


def test_the_best_model_is_returned_and_the_others_are_not_kept():
    def run(train, validation, a):
        model = nn.Linear(1, 1)
        model.a = a
        return -abs(a - 2), model

    found = nn.tune(run, (), (), {"a": [1, 2, 3]}, progress=False)
    assert found.model.a == 2
    assert [len(trial.models) for trial in found.trials] == [1, 0, 0]
    by_fold = nn.tune(run, (np.zeros((4, 1)), np.zeros(4)), None, {"a": [1, 2, 3]}, folds=2, progress=False)
    assert [model.a for model in by_fold.models] == [2, 2]
    with pytest.raises(SettingError, match=r"Tuning\.model: there are 2 models, one for each fold"):
        _ = by_fold.model
    with pytest.raises(SettingError, match=r"Tuning\.models: run\(\) returned only scores: let it return \(score, model\)"):
        _ = nn.tune(lambda t, v, a: a, (), (), {"a": [1]}, progress=False).model


def test_an_error_of_run_is_raised_at_first_and_kept_later():
    def run(train, validation, a):
        if a == bad:
            raise KeyError("no such column")
        return a

    bad = 1
    with pytest.raises(KeyError, match="no such column"):
        nn.tune(run, (), (), {"a": [1, 2]}, progress=False)
    bad = 2
    with pytest.warns(nn.TrainingWarning, match=r"the trial {'a': 2} failed with KeyError: 'no such column'; the others are kept"):
        found = nn.tune(run, (), (), {"a": [1, 2, 3]}, progress=False)
    assert found.best == {"a": 3}
    assert str(found).splitlines()[-1].endswith("a=2  failed: KeyError: 'no such column'")


def test_an_interrupted_search_returns_its_trials():
    def run(train, validation, a):
        if a == last:
            raise KeyboardInterrupt
        return a

    last = 3
    found = nn.tune(run, (), (), {"a": [1, 2, 3, 4]}, progress=False)
    assert (found.best, found.stopped) == ({"a": 2}, "interrupted after 2 trials")
    last = 1
    with pytest.raises(KeyboardInterrupt):
        nn.tune(run, (), (), {"a": [1, 2]}, progress=False)


def test_progress_is_shown_on_stderr(capsys):
    nn.tune(lambda t, v, a: a, (), (), {"a": [1, 2]})
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "best=2" in shown
    nn.tune(lambda t, v, a: a, (), (), {"a": [1, 2]}, progress=False)
    assert capsys.readouterr().err == ""


def test_a_seed_without_trials_is_refused():
    with pytest.raises(SettingError, match="rng=0 would be ignored: without trials="):
        nn.tune(lambda train, validation, a: a, (), (), {"a": [1]}, rng=0)
