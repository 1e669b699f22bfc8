"""Masked entries are refused wherever data come in."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, DataError, Tensor, Value
from nn import data, losses, metrics

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])
MASKED = np.ma.array([[0.0, 1.0], [1.0, 0.5], [0.5, 9e9]], mask=[[0, 0], [0, 0], [0, 1]])


@pytest.mark.parametrize(
    "use",
    [
        lambda a: nn.fit(nn.Linear(2, 1, rng=0), a, Y, loss="mse", progress=False),
        lambda a: nn.fit(nn.Linear(2, 2, rng=0), X, a, loss="mse", progress=False),
        lambda a: data.split(a, Y),
        lambda a: list(data.batches(a, Y, 2)),
        lambda a: list(data.k_fold(a, Y, 3)),
        lambda a: data.Standardiser(a),
        lambda a: data.Standardiser(X)(a),
        lambda a: metrics.r2(a, X),
        lambda a: metrics.accuracy(X, a),
        lambda a: nn.Linear(2, 1, rng=0)(a),
        lambda a: losses.mse(Tensor(X), a),
        lambda a: Tensor(a),
        lambda a: Tensor([a, a]),
        lambda a: Tensor(X) * a,
        lambda a: Value(a[2, 1]),
    ],
    ids=range(15),
)
def test_masked_entries_are_refused(use):
    with pytest.raises(AutogradError, match=r"masked, but the numbers below the mask would be used: fill them"):
        use(MASKED)


def test_masked_arrays_without_masked_entries_are_accepted():
    assert Tensor(np.ma.array([1.0, 2.0])).data.tolist() == [1.0, 2.0]
    assert metrics.accuracy(np.ma.array([1, 0]), [1, 0]) == 1.0


@pytest.mark.parametrize(
    ("X", "Y", "text"),
    [
        ([["a"]], [1.0], r"X holds <U1, not real numbers: nn.data.from_dataframe\(\) turns tables with text or gaps into numbers"),
        ([[1.0]], ["a"], r"Y holds <U1, not real numbers: classes, Y = np.unique\(Y, return_inverse=True\) turns labels into"),
        ([[1.0j]], [1.0], "X holds complex128, not real numbers: pass the real and the imaginary part as two columns"),
        (np.array([["2020-01-01"]], "M8[D]"), [1.0], r"X holds datetime64\[D\], not real numbers: turn times into numbers"),
    ],
)
def test_data_that_are_no_numbers_are_refused_with_advice(X, Y, text):
    with pytest.raises(DataError, match=rf"split\(\): {text}"):
        data.split(X, Y)
