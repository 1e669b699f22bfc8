"""Lists that a compiled function reads: floats are copied, and what has changed is found."""

import sys
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd.state.engine import native

pytestmark = pytest.mark.skipif(native is None, reason="tests the native engine")


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=8, max_side=3), elements=st.floats(width=64)))
def test_floats_in_lists(array):
    numbers, shape = native.pack_floats(array.tolist())
    assert shape == array.shape
    assert bytes(numbers) == array.tobytes()


class Number(float):
    """No float, since it may have attributes."""


class Numbers(list):
    """No list, likewise."""


ENDLESS = []
ENDLESS += [ENDLESS, ENDLESS]
# The first path through the last one promises 10¹² numbers.
IRREGULAR = [
    1.0,
    None,
    (),
    (1.0,),
    [],
    [[]],
    [1],
    [True],
    [1.0, 2],
    [[1.0], 2.0],
    [1.0, [2.0]],
    [[1.0, 2.0], [3.0]],
    [[1.0], [2.0, 3.0]],
    [[1.0], []],
    [[1.0], (2.0,)],
    [Number(1.0)],
    Numbers([1.0]),
    [Numbers([1.0])],
    [np.float64(1.0)],
    [1.0, None],
    ENDLESS,
    np.ones((1,) * 9).tolist(),
    [[0.0] * 10**6] + [None] * (10**6 - 1),
]


@pytest.mark.parametrize("tree", IRREGULAR, ids=lambda tree: repr(tree)[:30])
def test_anything_else_is_left_to_python(tree):
    assert native.pack_floats(tree) is None


def test_no_reference_is_lost():
    tree, ragged = [[0.5, 0.25], [0.75, 1.5]], [[0.5], [0.5, 0.25]]
    things = [tree, ragged, tree[0], tree[0][0], ragged[0]]
    counts = [sys.getrefcount(x) for x in things]
    for _ in range(1000):
        native.pack_floats(tree)
        native.pack_floats(ragged)
        native.first_difference(tree, ragged, 0)
    assert [sys.getrefcount(x) for x in things] == counts


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=6), st.data())
def test_sequences_of_the_same_objects(rows, data):
    objects = [object() for _ in range(4)]
    now = [[objects[k] for k in row] for row in rows]
    saved = [list(row) for row in now]
    assert native.first_difference(now, saved, 0) == len(rows)
    if rows:
        place = data.draw(st.integers(0, len(rows) - 1))
        saved[place] = data.draw(
            st.sampled_from([[*saved[place], objects[0]], [object(), *saved[place][1:]], tuple(saved[place]), None])
        )
        assert native.first_difference(now, saved, 0) == place
        assert native.first_difference(now, saved, place + 1) == len(rows)
        assert native.first_difference(now, saved, -1) == place


def test_what_is_no_list_is_left_to_python():
    class Subclass(list):
        pass

    for x in (Subclass(), deque([1]), 1.0, {}):
        assert native.first_difference([[], x], [[], x], 0) == 1
    assert native.first_difference([(1, 2)], [(1, 2)], 0) == 1
    assert native.first_difference([[]], [], 0) == 0
    with pytest.raises(TypeError):
        native.first_difference((), [], 0)
