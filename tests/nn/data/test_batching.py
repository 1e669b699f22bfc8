"""Mini-batches cover the data, in an order that the seed decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import AutogradError
from nn import data

ok = np.ones((4, 2))


@given(st.integers(1, 20), st.integers(1, 7), st.booleans(), st.booleans())
def test_batches_cover_the_data(n, size, shuffle, drop_last):
    X, Y = np.arange(n)[:, None], np.arange(n)
    got = list(data.batches(X, Y, size, rng=0, shuffle=shuffle, drop_last=drop_last))  # GD05, GD06
    assert all(np.array_equal(x[:, 0], y) for x, y in got)
    seen = [int(i) for _, y in got for i in y]
    if drop_last:
        assert len(seen) == n - n % size
        assert len(set(seen)) == len(seen)
    else:
        assert sorted(seen) == list(range(n))
    assert shuffle or seen == sorted(seen)
    (whole,) = data.batches(X, Y, None)
    assert len(whole[0]) == n


def test_batches_are_shuffled_by_the_seed():
    def order(seed):
        return [int(i) for _, y in data.batches(np.zeros((20, 1)), np.arange(20), 4, rng=seed) for i in y]

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert order(0) != sorted(order(0))


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (
            lambda: list(data.batches(ok, ok[:2], 2)),
            r"batches\(\): the arrays have the shapes X \(4, 2\), Y \(2, 2\); all need one row per sample",
        ),
    ],
)
def test_unequal_lengths_are_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()
