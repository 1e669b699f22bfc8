"""Plain arrays in graphs: one copy while they stay as they are, and another after any change."""

import gc

import numpy as np
import pytest

from autograd import Tensor
from autograd.core import constants
from autograd.core.constants import to_constant


@pytest.fixture(autouse=True)
def _every_array_is_large(monkeypatch):
    monkeypatch.setattr(constants, "MIN_BYTES", 0)


def test_operations_share_one_copy():
    a, t = np.array([1.0, 2.0]), Tensor([3.0, 4.0])
    y, z = t * a, a + t
    assert y.args[1] is z.args[0]
    assert not y.args[1].flags.writeable
    assert a.flags.writeable


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("number", [5.0, -0.0, np.nan])
def test_a_graph_keeps_the_numbers_that_it_was_recorded_with(dtype, number):
    a, t = np.array([0.0, 2.0], dtype), Tensor(np.array([3.0, 4.0], dtype))
    y = t * a
    a[::-1][1] = number  # through a view
    z = t * a
    z.sum().backward()
    assert np.array_equal(np.float64(t.grad[0]).tobytes(), np.float64(number).tobytes())
    t.zero_grad()
    y.sum().backward()
    assert np.array_equal(t.grad, [0.0, 2.0])
    assert not np.signbit(t.grad[0])


@pytest.mark.parametrize(
    "change",
    [lambda a: setattr(a, "shape", (2, 3)), lambda a: setattr(a, "dtype", np.float32), lambda a: a.fill(1.0)],
    ids=["shape", "dtype", "numbers"],
)
@pytest.mark.filterwarnings("ignore:Setting the .* on a NumPy array:DeprecationWarning")  # what this test is about
def test_every_change_is_seen(change):
    a = np.arange(6.0)
    before = to_constant(a, "f()")
    change(a)
    after = to_constant(a, "f()")
    assert after is not before
    assert (after.shape, after.dtype, after.tobytes()) == (a.shape, a.dtype, a.tobytes())
    assert before.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_copies_are_forgotten_with_their_arrays():
    a = np.arange(3.0)
    key, copy = id(a), to_constant(a, "f()")
    assert constants._copies[key][1] is copy
    del a
    gc.collect()
    assert key not in constants._copies


def test_other_arrays_are_converted_each_time():
    a = np.arange(8.0)
    for x in (a[::2], np.arange(3), np.array([1.0, 2.0], np.longdouble)):
        assert to_constant(x, "f()") is not to_constant(x, "f()")
        assert np.array_equal(to_constant(x, "f()"), x)
    a.flags.writeable = False
    assert to_constant(a, "f()") is a
