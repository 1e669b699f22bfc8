"""Functions that return many entries of one array."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import compile, grad
from oracles import assert_close


def squares_at(places):
    def squares_and_their_sum(x):
        squares = [a * a + 1.0 for a in x]
        return [squares[i] for i in places] + [sum(squares)]

    return squares_and_their_sum


@given(st.lists(st.integers(0, 11), min_size=1, max_size=24), st.integers(0, 1000))
def test_entries_in_any_order_are_those_of_the_function(places, seed):
    x = np.random.default_rng(seed).normal(size=12).tolist()
    expected = [x[i] ** 2 + 1.0 for i in places] + [sum(a**2 + 1.0 for a in x)]
    result = compile(squares_at(places))(x)
    assert all(type(y) is float for y in result)
    assert_close(result, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (range(12), "(*T2, s1)"),
        (range(2, 9), "(*T2[2:9], s1)"),
        (range(1, 12, 3), "(*T2[1:11:3], s1)"),
        ([0, 1, 2, 3, 7, 8, 9, 10], "(*T2[0:4], *T2[7:11], s1)"),
        ([3, 2, 1], "(s1, s2, s3, s4)"),
        (range(-12, 0), "(*T2, s1)"),
    ],
)
def test_entries_with_equal_steps_are_unpacked_together(places, code):
    def some_probabilities(x):
        p = np.exp(x) / np.sum(np.exp(x))
        return [p[i] for i in places] + [p @ p]

    x = np.linspace(-1.0, 1.0, 12)
    p = np.exp(x) / np.sum(np.exp(x))
    step = compile(some_probabilities)
    assert_close(step(x), [*p[list(places)], p @ p])
    assert f"return {code}" in step.source


def test_entries_of_a_matrix_are_unpacked_in_the_order_of_its_rows():
    step = compile(lambda x, y: [ag.tanh(a * b) for a in x for b in y])
    x, y = [0.5, -1.0, 2.0], [1.0, 0.3, -0.7, 0.2]
    assert_close(step(x, y), np.tanh(np.outer(x, y)).ravel(), rtol=1e-13)
    assert "return (*T1.ravel(),)" in step.source


def test_entries_by_other_indices_are_named():
    x = np.linspace(-1.0, 1.0, 4)
    step = compile(lambda x: [np.tanh(x)[..., i] for i in range(4)] + [np.tanh(x).sum()], tensors=True)
    assert_close(step(x), [*np.tanh(x), np.tanh(x).sum()])


def test_the_gradient_of_a_loop_takes_as_many_lines_at_any_length():
    def rosenbrock(x):
        return sum((100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2 for i in range(len(x) - 1)), 0.0)

    lengths = {}
    for n in (20, 160):
        x = [0.1 * (i % 7) for i in range(n)]
        step = compile(grad(rosenbrock))
        assert_close(step(x), grad(rosenbrock)(x), rtol=1e-12)
        lengths[n] = len(step.source.splitlines())
    assert lengths[160] == lengths[20]
