"""split and k_fold: parts are disjoint and have the right sizes."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import AutogradError, SettingError, ShapeError
from nn import data

ok = np.ones((4, 2))
X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


@given(st.integers(10, 60), st.integers(0, 10**6))
def test_split_is_disjoint_exhaustive_and_exact(n, seed):
    X = np.arange(n * 2.0).reshape(n, 2)
    parts = data.split(X, np.arange(n), rng=seed)  # H04
    assert sum(len(x) for x, _ in parts) == n
    assert sorted(i for _, y in parts for i in y) == list(range(n))
    assert all(np.array_equal(x[:, 0] / 2, y) for x, y in parts)
    assert all(abs(len(x) - n * f) < 1 for (x, _), f in zip(parts, (0.7, 0.2, 0.1), strict=True))
    again = data.split(X, np.arange(n), rng=seed)
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(parts, again, strict=True))


@given(st.lists(st.integers(12, 40), min_size=1, max_size=4), st.integers(0, 100))
def test_stratified_split_keeps_the_shares_of_the_labels(counts, seed):
    y = np.repeat(np.arange(len(counts)), counts)  # H08
    parts = data.split(np.zeros((len(y), 1)), y, rng=seed, stratify=True)
    assert sum(len(p) for _, p in parts) == len(y)
    for (_, p), f in zip(parts, (0.7, 0.2, 0.1), strict=True):
        assert all(abs(np.sum(p == c) - n * f) < 1.0 for c, n in enumerate(counts))
        assert abs(len(p) - len(y) * f) < 1.0


def test_a_small_stratified_split_has_the_right_sizes():
    parts = data.split(np.zeros((6, 1)), [0, 0, 1, 2, 2, 2], (0.4, 0.3, 0.3), rng=0, stratify=True)
    assert [len(y) for _, y in parts] == [2, 2, 2]
    # Here making room takes a way back out of a blind alley.
    y = np.repeat(np.arange(5), [8, 1, 5, 7, 7])
    parts = data.split(np.zeros((28, 1)), y, (7 / 15, 7 / 15, 1 / 15), rng=0, stratify=True)
    assert [len(p) for _, p in parts] == [13, 13, 2]


@given(st.integers(4, 40), st.integers(2, 4), st.integers(0, 10**6))
def test_each_fold_is_held_out_once(n, k, seed):
    X = np.arange(n * 1.0)[:, None]
    held = []
    for (x, y), (v, w) in data.k_fold(X, np.arange(n), k, rng=seed):
        assert sorted([*x[:, 0], *v[:, 0]]) == X[:, 0].tolist()
        assert np.array_equal(x[:, 0], y)
        held += w.tolist()
    assert sorted(held) == list(range(n))
    with pytest.raises(SettingError, match="k must be a whole number of at least 2, not 1"):
        next(data.k_fold(X, X, 1))
    with pytest.raises(
        SettingError, match=rf"k_fold\(\): {len(X)} samples are too few for k={len(X) + 1} folds: a fold would be empty"
    ):
        next(data.k_fold(X, X, len(X) + 1))
    with pytest.raises(ShapeError, match=r"k_fold\(\): X has shape .* and Y .*; both need one row per sample"):
        next(data.k_fold(X, np.zeros(len(X) + 1), 2))


def test_thousands_of_stratified_folds_have_the_right_sizes():
    y = np.repeat([0, 1, 2], [1100, 900, 400])
    parts = [held for _, held in data.k_fold(np.zeros((2400, 1)), y, k=1200, rng=0, stratify=True)]
    counts = np.array([np.bincount(held.astype(int), minlength=3) for _, held in parts])
    assert (counts.sum(axis=1) == 2).all()
    assert list(counts.sum(axis=0)) == [1100, 900, 400]
    assert (counts.max(axis=0) <= 1).all()


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: data.split(ok, ok, (0.5, 0.4)), r"fractions must be positive and add up to 1, not \(0.5, 0.4\)"),
        (lambda: data.split(ok[:2], ok[:2]), "2 samples are too few for the fractions"),
        (lambda: data.split(X, Y, 0.8), r"split\(\): fractions must be one number per part, such as \(0.8, 0.2\), not 0.8"),
        (lambda: data.split(X, Y, "abc"), "fractions must be one number per part"),
        (lambda: data.split(X, Y, ("a", "b")), "fractions must be numbers"),
    ],
)
def test_wrong_fractions_are_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 6), min_size=12, max_size=60), st.integers(0, 99))
def test_groups_are_not_divided(groups, seed):
    groups = np.array([0, 1, 2, *groups])
    n = len(groups)
    parts = data.split(np.arange(n)[:, None], groups, (0.6, 0.4), rng=seed, groups=groups)
    assert sorted(np.concatenate([x[:, 0] for x, _ in parts]).tolist()) == list(range(n))
    assert not set(parts[0][1]) & set(parts[1][1])
    largest = np.bincount(groups).max()
    assert abs(len(parts[0][0]) - 0.6 * n) <= largest


@settings(max_examples=30)
@given(st.lists(st.integers(-99, 99), min_size=10, max_size=20, unique=True), st.randoms(use_true_random=False))
def test_parts_by_time_come_one_after_the_other(days, random):
    times = np.array(random.sample(days + days, 2 * len(days)), dtype=float)
    parts = data.split(np.arange(len(times))[:, None], times, (0.3, 0.3, 0.4), times=times)
    assert sorted(np.concatenate([x[:, 0] for x, _ in parts]).tolist()) == list(range(len(times)))
    for (_, earlier), (_, later) in itertools.pairwise(parts):
        assert earlier.max() < later.min()


def test_a_split_without_shuffling_keeps_the_order():
    parts = data.split(np.arange(10)[:, None], np.arange(10), (0.5, 0.3, 0.2), shuffle=False)
    assert [y.tolist() for _, y in parts] == [[0, 1, 2, 3, 4], [5, 6, 7], [8, 9]]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"shuffle": False, "stratify": True},
            SettingError,
            r"split\(\): stratify and shuffle=False exclude each other: choose one",
        ),
        ({"groups": range(4), "times": range(4)}, SettingError, r"split\(\): groups and times exclude each other"),
        ({"times": range(4), "rng": 0}, SettingError, r"split\(\): rng=0 would be ignored: with times nothing is drawn"),
        ({"groups": [1, 2]}, ShapeError, r"split\(\): groups has shape \(2,\), but there are 4 samples: give one entry for each"),
        ({"groups": [1, 1, 1, 1]}, SettingError, "a part would be empty"),
    ],
)
def test_ways_to_split_that_do_not_fit(settings, error, message):
    with pytest.raises(error, match=message):
        data.split(np.zeros((4, 1)), np.zeros(4), (0.5, 0.5), **settings)
