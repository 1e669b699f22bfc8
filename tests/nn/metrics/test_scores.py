"""Metrics of scores, probabilities and several labels equal scikit-learn's, and refuse what they cannot judge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import DataError, OutOfRangeError, SettingError, ShapeError, Tensor
from nn import metrics


def near(x):
    return pytest.approx(x, rel=1e-12, abs=1e-14)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 6))
def test_metrics_of_one_class_equal_those_of_scikit_learn(seed, n, levels):
    from sklearn import metrics as theirs
    from sklearn.calibration import calibration_curve

    rng = np.random.default_rng(seed)
    scores, target = rng.integers(0, levels, n) / levels, rng.permutation(np.arange(n) % 2)
    assert metrics.roc_auc(scores, target) == near(theirs.roc_auc_score(target, scores))
    assert metrics.average_precision(Tensor(scores[:, None]), target) == near(theirs.average_precision_score(target, scores))
    assert metrics.log_loss(scores, target) == near(theirs.log_loss(target, scores))
    ours = metrics.calibration(scores, target, bins=4)
    observed, predicted = calibration_curve(target, scores, n_bins=4)
    np.testing.assert_allclose(ours.observed, observed, rtol=1e-12)
    np.testing.assert_allclose(ours.predicted, predicted, rtol=1e-12)
    assert ours.counts.sum() == n
    assert ours.error == near(np.average(np.abs(observed - predicted), weights=ours.counts))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(3, 5))
def test_metrics_of_several_classes_equal_those_of_scikit_learn(seed, classes):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    p, target = rng.dirichlet(np.ones(classes), 20), rng.integers(0, classes, 20)
    every = np.arange(classes)
    assert metrics.log_loss(p, target) == near(theirs.log_loss(target, p, labels=every))
    assert metrics.top_k_accuracy(p, target, 2) == near(theirs.top_k_accuracy_score(target, p, k=2, labels=every))
    assert metrics.balanced_accuracy(p, np.arange(20) % classes) == near(
        theirs.balanced_accuracy_score(np.arange(20) % classes, p.argmax(axis=1))
    )
    rows, others = p > 0.2, rng.random((20, classes)) > 0.5
    assert metrics.subset_accuracy(rows, others) == near(theirs.accuracy_score(others, rows))
    assert metrics.hamming_loss(rows, others * 1.0) == near(theirs.hamming_loss(others, rows))


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_errors_of_regressions_equal_those_of_scikit_learn(seed):
    from sklearn import metrics as theirs

    a, y = np.random.default_rng(seed).normal(size=(2, 9, 2))
    assert metrics.mae(a, y) == near(theirs.mean_absolute_error(y, a))
    assert metrics.mse(Tensor(a), y) == near(theirs.mean_squared_error(y, a))
    assert metrics.rmse(a[:, 0], y[:, 0]) == near(theirs.root_mean_squared_error(y[:, 0], a[:, 0]))


def test_balanced_accuracy_leaves_out_classes_without_samples():
    assert metrics.balanced_accuracy([0, 2, 3], [0, 2, 2]) == 0.75


def test_a_certain_wrong_probability_costs_a_finite_loss():
    assert metrics.log_loss([0.0], [1]) == pytest.approx(-np.log(np.finfo(float).eps))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.roc_auc([0.1, 0.2], [1, 1]), DataError, r"roc_auc\(\): all targets are 1: there is nothing to tell apart"),
        (lambda: metrics.roc_auc([], []), DataError, r"roc_auc\(\): all targets are missing"),
        (lambda: metrics.roc_auc([0.1, np.nan], [0, 1]), DataError, r"roc_auc\(\): scores are finite numbers, not float64 such as \[0\.1, nan\]"),
        (lambda: metrics.roc_auc([0.1, 0.2, 0.3], [0, 1, 2]), DataError, r"roc_auc\(\): targets are 0 or 1, not \[0, 1, 2\]; for several classes take one against the rest"),
        (lambda: metrics.average_precision([[0.1, 0.2]], [1]), ShapeError, r"average_precision\(\): scores have shape \(N,\) and targets shape \(N,\), not \(1, 2\) and \(1,\)"),
        (lambda: metrics.top_k_accuracy(np.eye(3), [0, 1, 2], k=3), SettingError, r"top_k_accuracy\(\): k=3 of 3 classes is always right: choose a smaller k"),
        (lambda: metrics.top_k_accuracy(np.eye(3), [0, 1, 3]), DataError, r"top_k_accuracy\(\): the labels run from 0 to 3, not 0 to 2"),
        (lambda: metrics.top_k_accuracy([0.1, 0.2], [0, 1]), ShapeError, r"top_k_accuracy\(\): scores have shape \(N, K\), not \(2,\) for 2 targets"),
        (lambda: metrics.log_loss([1.5], [1]), OutOfRangeError, r"log_loss\(\) takes probabilities, whose sum is 1, not \[-0\.5, 1\.5\]: apply softmax or sigmoid to logits first"),
        (lambda: metrics.log_loss([0.5], [2]), DataError, r"log_loss\(\): the labels run from 2 to 2, not 0 to 1"),
        (lambda: metrics.log_loss(np.full((2, 2), 0.5), [0]), ShapeError, r"log_loss\(\): probabilities have shape \(N,\) or \(N, K\), not \(2, 2\) for 1 targets"),
        (lambda: metrics.calibration(np.full((1, 4), 0.25), [0]), ShapeError, r"calibration\(\) takes probabilities of one class, not of 4: take one class against the rest"),
        (lambda: metrics.subset_accuracy([[1, 0]], [[1]]), ShapeError, r"subset_accuracy\(\) takes rows \(N, K\) of zeros and ones for both, not shapes \(1, 2\) and \(1, 1\)"),
        (lambda: metrics.hamming_loss([[0.5, 0.1]], [[1, 0]]), DataError, r"hamming_loss\(\) takes rows of zeros and ones, not \[0\.5, 0\.1\]: threshold the predictions first"),
        (lambda: metrics.rmse([1.0], [1.0, 2.0]), ShapeError, r"rmse\(\): predictions of shape \(1,\) for targets of shape \(2,\); give both one shape, and samples"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
