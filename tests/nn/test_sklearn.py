"""The estimators keep scikit-learn's contract, and train as nn.fit does."""

import pickle
import warnings

import numpy as np
import pytest

import nn
from autograd import SettingError

sklearn = pytest.importorskip("sklearn", reason="the estimators are for scikit-learn")
from sklearn.exceptions import ConvergenceWarning  # noqa: E402 - needs scikit-learn
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402 - as above
from sklearn.pipeline import make_pipeline  # noqa: E402 - as above
from sklearn.preprocessing import StandardScaler  # noqa: E402 - as above
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402 - as above

from nn.sklearn import MLPClassifier, MLPRegressor  # noqa: E402 - as above


@pytest.fixture
def blobs():
    """Two groups of points with labels, and the distance of each point from the origin."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(-1.5, 1.0, (30, 2)), rng.normal(1.5, 1.0, (30, 2))])
    return X, np.repeat(["left", "right"], 30), np.hypot(*X.T)


@pytest.mark.parametrize(
    "estimator",
    [
        MLPClassifier((16,), max_iter=30, learning_rate=0.01, compiled=False),
        MLPRegressor((16,), max_iter=100, learning_rate=0.02, compiled=False),
    ],
)
def test_scikit_learns_checks_pass(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks cause warnings on purpose
        results = check_estimator(estimator, on_fail=None)
    assert len(results) > 50
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []


def test_pipelines_searches_and_cross_validation(blobs):
    X, y, _ = blobs
    model = make_pipeline(StandardScaler(), MLPClassifier((8,), learning_rate=0.05, tol=1e-2, random_state=0))
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    search = GridSearchCV(model, {"mlpclassifier__hidden_layer_sizes": [(2,), (4, 4)]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.9


def test_probabilities_belong_to_the_classes(blobs):
    X, y, _ = blobs
    model = MLPClassifier((8,), learning_rate=0.05, tol=1e-2, random_state=0).fit(X, y)
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert (model.predict(X) == model.classes_[p.argmax(axis=1)]).all()
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict_proba(X), p)


def test_training_is_that_of_fit(blobs):
    X, _, y = blobs
    with pytest.warns(ConvergenceWarning, match="MLPRegressor: the loss still falls after max_iter=5 epochs"):
        model = MLPRegressor(
            (4,), "tanh", optimizer="SGD", learning_rate=0.1, alpha=0.0, max_iter=5, random_state=0, compiled=False
        ).fit(X, y)
    seed = np.random.RandomState(0).randint(2**31 - 1)
    network = nn.MLP([2, 4, 1], hidden="tanh", rng=seed)
    nn.fit(network, X, y, loss="quadratic", lr=0.1, epochs=5, progress=False)
    np.testing.assert_allclose(model.predict(X), network(X).data[:, 0], rtol=1e-12)


def test_the_penalty_is_half_alpha_times_the_squared_weights_over_the_batch(blobs):
    """One step of gradient descent from the same parameters, with and without the penalty."""
    X, _, y = blobs
    weights = np.linspace(0.5, 2.0, 60)
    models = []
    for alpha in (0.0, 3.0):
        model = MLPRegressor((4,), optimizer="SGD", learning_rate=0.1, alpha=alpha, max_iter=1, random_state=0, compiled=False)
        with pytest.warns(ConvergenceWarning):
            models.append(model.fit(X, y, weights).model_)
    first = nn.MLP([2, 4, 1], hidden="relu", rng=np.random.RandomState(0).randint(2**31 - 1))
    for plain, decayed, start in zip(*(m.layers for m in (*models, first)), strict=True):
        np.testing.assert_allclose(plain.W.data - decayed.W.data, 0.1 * 3.0 / weights.sum() * start.W.data, atol=1e-14)
        np.testing.assert_allclose(plain.b.data, decayed.b.data, atol=1e-14)


def test_early_stopping_keeps_the_best_parameters(blobs):
    X, _, y = blobs
    model = MLPRegressor((16,), learning_rate=0.05, early_stopping=True, n_iter_no_change=5, random_state=0, compiled=False)
    model.fit(X, y, sample_weight=np.ones(60))
    best = int(np.argmin(model.history_.validation_loss))
    assert model.n_iter_ == best + 6 < 200
    model.fit(X, y)
    assert model.history_.stopped.startswith("patience")


def test_partial_fit_takes_one_epoch(blobs):
    X, y, distance = blobs
    classifier = MLPClassifier((4,), learning_rate=0.05, batch_size=10, random_state=0)
    classifier.partial_fit(X[:30], y[:30], classes=["left", "right"])
    for _ in range(20):
        classifier.partial_fit(X, y, sample_weight=np.ones(60))
    assert classifier.n_iter_ == 21
    assert classifier.score(X, y) > 0.9
    with pytest.raises(ValueError, match=r"MLPClassifier: label 'up' is not in classes \['left', 'right'\]"):
        classifier.partial_fit(X[:1], ["up"])
    assert MLPClassifier((4,)).partial_fit(X, y).classes_.tolist() == ["left", "right"]
    regressor = MLPRegressor((4,), random_state=0).partial_fit(X, distance)
    assert (regressor.n_iter_, regressor.partial_fit(X, distance, np.ones(60)).n_iter_) == (1, 2)


def test_a_warm_start_goes_on(blobs):
    X, y, _ = blobs
    model = MLPClassifier((4,), max_iter=3, warm_start=True, random_state=0)
    with pytest.warns(ConvergenceWarning):
        first = model.fit(X, y).model_
    with pytest.warns(ConvergenceWarning):
        assert model.fit(X, y).model_ is first
    assert model.n_iter_ == 6


def test_several_labels_and_several_targets(blobs):
    X, _, _ = blobs
    Y = (X > 0).astype(int)
    model = MLPClassifier((8,), learning_rate=0.05, tol=1e-2, random_state=0).fit(X, Y)
    assert (model.predict(X) == Y).mean() > 0.95
    np.testing.assert_array_equal(model.predict(X), model.predict_proba(X) > 0.5)
    assert MLPClassifier((8,)).partial_fit(X, Y).classes_.tolist() == [0, 1]
    assert MLPRegressor((8,)).partial_fit(X, X).predict(X).shape == X.shape


def test_several_columns_of_more_than_two_classes_are_refused(blobs):
    X, _, _ = blobs
    for y, found in ((np.tile([0, 2], (60, 1)), "2"), (np.tile(["a", "b"], (60, 1)), "'a'")):
        with pytest.raises(
            ValueError, match=rf"several columns .* zeros and ones, one column for each label, not {found}: fit one class"
        ):
            MLPClassifier().fit(X, y)


def test_parts_that_do_not_fit_the_first_part_are_refused(blobs):
    X, y, _ = blobs
    classifier = MLPClassifier((4,)).partial_fit(X, y)
    assert classifier.partial_fit(X, y, classes=["right", "left"]).n_iter_ == 2
    with pytest.raises(
        ValueError, match=r"partial_fit\(\): classes \['left', 'up'\] are not those of the first call, \['left', 'ri"
    ):
        classifier.partial_fit(X, y, classes=["up", "left"])
    with pytest.raises(
        ValueError, match=r"partial_fit\(\): the first call had one label for each sample, and this one has several"
    ):
        classifier.partial_fit(X, (X > 0.0).astype(int))
    with pytest.raises(ValueError, match=r"partial_fit\(\): the network has the widths \[2, 4, 2\], .* they would be \[2, 8, 2\]"):
        classifier.set_params(hidden_layer_sizes=(8,)).partial_fit(X, y)
    regressor = MLPRegressor((4,)).partial_fit(X, X[:, 0])
    with pytest.raises(ValueError, match=r"partial_fit\(\): the network has the widths \[2, 4, 1\], .* they would be \[2, 4, 2\]"):
        regressor.partial_fit(X, X)
    several = MLPClassifier((4,)).partial_fit(X, (X > 0.0).astype(int))
    with pytest.raises(ValueError, match=r"the first call had several labels for each sample, and this one has one: call fit\(\)"):
        several.partial_fit(X, y)


def test_a_warm_start_with_other_widths_is_a_new_network(blobs):
    X, _, y = blobs
    model = MLPRegressor((4,), warm_start=True, max_iter=1, random_state=0)
    for inputs, widths in ((X, (4,)), (X[:, :1], (4,)), (X, (5, 3))):
        with pytest.warns(ConvergenceWarning):
            model.set_params(hidden_layer_sizes=widths).fit(inputs, y)
        assert model.model_.sizes == [inputs.shape[1], *widths, 1]


@pytest.mark.parametrize(
    "class_weight", [{"left": -1.0, "right": 1.0}, {"left": np.nan, "right": 1.0}, {"left": 0.0, "right": 0.0}]
)
def test_class_weights_out_of_their_range_are_named(blobs, class_weight):
    X, y, _ = blobs
    with pytest.raises(SettingError, match=r"MLPClassifier: class_weight must hold finite numbers of at least 0, and not only 0"):
        MLPClassifier(class_weight=class_weight).fit(X, y)


def test_class_weights_count_for_rare_classes(blobs):
    X, y, _ = blobs
    rare = np.r_[0:30, 30:34]
    recalls = []
    for class_weight in (None, {"left": 1.0, "right": 100.0}):
        model = MLPClassifier((), class_weight=class_weight, learning_rate=0.05, tol=1e-2, random_state=0)
        model.fit(X[rare] * [1.0, 0.0], y[rare], sample_weight=None if class_weight is None else np.ones(34))
        recalls.append((model.predict(X * [1.0, 0.0])[30:] == "right").mean())
    assert recalls[1] > recalls[0]


def test_wrong_settings_are_named(blobs):
    X, y, _ = blobs
    with pytest.raises(SettingError, match=r"MLPClassifier: optimizer must be one of SGD, Adagrad, RMSProp, Adam, not 'lbfgs'"):
        MLPClassifier(optimizer="lbfgs").fit(X, y)
    with pytest.raises(ValueError, match=r"MLPClassifier needs two classes, but there is only one class: 'left'"):
        MLPClassifier().fit(X[:30], y[:30])


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"hidden_layer_sizes": None}, r"MLPRegressor: hidden_layer_sizes takes widths, such as \(100,\), not None"),
        ({"hidden_layer_sizes": "ab"}, "hidden_layer_sizes takes widths"),
        ({"alpha": -1}, "MLPRegressor: alpha must be a finite number of at least 0, not -1"),
        ({"alpha": "a"}, "MLPRegressor: alpha must be a finite number of at least 0, not 'a'"),
        ({"tol": float("nan")}, "MLPRegressor: tol must be a finite number of at least 0, not nan"),
        ({"learning_rate": 0}, "MLPRegressor: learning_rate must be a finite number above 0, not 0"),
        ({"max_iter": 0}, "MLPRegressor: max_iter must be a positive integer, not 0"),
        ({"n_iter_no_change": 0}, "MLPRegressor: n_iter_no_change must be a positive integer, not 0"),
        ({"batch_size": 0}, "MLPRegressor: batch_size must be a positive integer, not 0"),
        ({"batch_size": "all"}, "MLPRegressor: batch_size must be a positive integer, not 'all'"),
        (
            {"early_stopping": True, "validation_fraction": 0.0},
            "validation_fraction must be above 0, since early_stopping holds that",
        ),
        ({"early_stopping": True, "validation_fraction": 2.0}, r"MLPRegressor: validation_fraction must be a number in \[0, 1\)"),
        ({"compiled": "x"}, "compiled must be True, False or 'auto', not 'x'"),
    ],
)
def test_settings_out_of_their_range_are_named(blobs, settings, text):
    X, _, y = blobs
    with pytest.raises(SettingError, match=text):
        MLPRegressor(**settings).fit(X, y)


def test_sizes_may_be_given_as_in_scikit_learn(blobs):
    X, _, y = blobs
    options = {"max_iter": 2, "random_state": 0}
    with pytest.warns(ConvergenceWarning):
        one = MLPRegressor(5, batch_size="auto", **options).fit(X, y).predict(X)
    with pytest.warns(ConvergenceWarning):
        np.testing.assert_array_equal(MLPRegressor((5,), **options).fit(X, y).predict(X), one)
