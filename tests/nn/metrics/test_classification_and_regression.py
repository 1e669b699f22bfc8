"""Metrics equal scikit-learn's, and refuse what is not a label."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import AutogradError, DataError, SettingError, ShapeError, Tensor
from nn import metrics
from oracles import assert_close

MULTI_LABEL = [
    ([[1, 1, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 0]]),
    ([[0.9, 0.1], [0.2, 0.8]], [[1, 1], [0, 1]]),
    ([[0.9, 0.1], [0.2, 0.8]], [[0, 0], [0, 1]]),
    (np.eye(3)[[0, 1]] + np.eye(3)[[1, 2]], np.eye(3)[[0, 1]]),
]


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_metrics_equal_those_of_scikit_learn(seed, classes):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    p, t = rng.integers(0, classes, 30), rng.integers(0, classes, 30)
    assert_close(metrics.accuracy(p, t), theirs.accuracy_score(t, p))
    np.testing.assert_array_equal(metrics.confusion_matrix(p, t, classes), theirs.confusion_matrix(t, p, labels=range(classes)))
    every = range(int(max(p.max(), t.max())) + 1)
    pairs = ((metrics.precision, theirs.precision_score), (metrics.recall, theirs.recall_score), (metrics.f1, theirs.f1_score))
    for ours, their in pairs:
        assert_close(ours(p, t, None), their(t, p, average=None, labels=every, zero_division=0), rtol=1e-13)
        for average in ("macro", "micro", "weighted"):
            assert_close(ours(p, t, average), their(t, p, average=average, zero_division=0), rtol=1e-13)
            assert_close(ours(2 * p, 2 * t, average), their(2 * t, 2 * p, average=average, zero_division=0), rtol=1e-13)


@given(st.integers(0, 10**6))
def test_metrics_of_two_classes_and_of_regressions_equal_those_of_scikit_learn(seed):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    p, t = rng.integers(0, 2, 12), rng.integers(0, 2, 12)
    for ours, their in (
        (metrics.precision, theirs.precision_score),
        (metrics.recall, theirs.recall_score),
        (metrics.f1, theirs.f1_score),
    ):
        assert ours(p, t, "binary") == pytest.approx(their(t, p, zero_division=0))
    a, y = rng.normal(size=(9, 2)), rng.normal(size=(9, 2))
    assert metrics.r2(Tensor(a), y) == pytest.approx(theirs.r2_score(y, a))


def test_metrics_take_scores_one_hot_rows_and_tensors():
    scores = Tensor([[0.1, 0.9], [0.8, 0.2]])
    assert metrics.accuracy(scores, [1, 0]) == 1.0
    assert metrics.accuracy(np.eye(2), [[1, 0], [1, 0]]) == 0.5
    assert metrics.accuracy([[1], [0]], [1.0, 0.0]) == 1.0


def test_edge_cases_and_wrong_settings():
    assert metrics.f1([0, 0], [0, 0], "binary") == 0.0
    assert metrics.r2([1.0, 1.0], [1.0, 1.0]) == 1.0
    assert metrics.r2([1.0, 2.0], [1.0, 1.0]) == 0.0
    with pytest.raises(SettingError, match="average='binary' takes labels 0 and 1, but there are 3 classes"):
        metrics.recall([0, 2], [1, 2], "binary")
    with pytest.raises(ShapeError, match=r"r2\(\): predictions of shape \(1,\) for targets of shape \(2,\)"):
        metrics.r2([1.0], [1.0, 2.0])


@pytest.mark.parametrize("metric", [metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.confusion_matrix])
@pytest.mark.parametrize(("pred", "target"), MULTI_LABEL, ids=range(len(MULTI_LABEL)))
def test_rows_of_several_labels_are_refused(metric, pred, target):
    with pytest.raises(DataError, match=rf"{metric.__name__}\(\): .* compare label by label, as in"):
        metric(pred, target)
    with pytest.raises(DataError):
        metric(Tensor(pred), target)


def test_labels_of_too_many_axes_are_named():
    with pytest.raises(
        ShapeError, match=r"accuracy\(\): labels have shape \(N,\), and one-hot rows or scores \(N, K\), not \(1, 1, 2\)"
    ):
        metrics.accuracy(np.zeros((1, 1, 2)), np.zeros(1, int))


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: metrics.accuracy([0, 1], [0]), r"accuracy\(\): 2 predictions for 1 targets"),
        (lambda: metrics.accuracy([], []), r"accuracy\(\): there are no samples"),
        (lambda: metrics.accuracy([0.3], [0]), r"labels are integers, not \[0.3\]: round or threshold"),
        (lambda: metrics.confusion_matrix([0, 3], [0, 1], 2), "the labels run from 0 to 3, not 0 to 1"),
        (
            lambda: metrics.accuracy([[np.nan, 1.0]], [0]),
            "labels and scores are finite numbers, but 1 of these are nan or infinite",
        ),
        (
            lambda: metrics.precision([0], [0], average="best"),
            "average must be 'macro', 'weighted', 'micro', 'binary' or None, not 'best'",
        ),
        (lambda: metrics.f1([10**7], [0]), "labels up to 10000000 make too large a matrix"),
        (lambda: metrics.accuracy([1e300], [2e300]), "labels are integers"),
        (
            lambda: metrics.accuracy(["a"], ["a"]),
            r"accuracy\(\): labels are integers, .* not <U1 such as \['a'\]: number the classes",
        ),
        (lambda: metrics.accuracy([None], [1]), r"accuracy\(\): labels are integers"),
        (lambda: metrics.accuracy([[1], [1, 2]], [1, 0]), r"accuracy\(\) takes an array, and not rows of unequal lengths"),
        (lambda: metrics.f1(["a", "b"], [0, 1]), r"f1\(\): labels are integers"),
        (lambda: metrics.r2(["a"], [1.0]), r"r2\(\) takes numbers, not <U1"),
        (
            lambda: metrics.confusion_matrix([0, 1], [0, 1], classes=2.5),
            r"confusion_matrix\(\): classes must be a positive integer, not 2.5",
        ),
        (lambda: metrics.confusion_matrix([0, 1], [0, 1], classes="2"), "classes must be a positive integer, not '2'"),
    ],
)
def test_wrong_input_is_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()
