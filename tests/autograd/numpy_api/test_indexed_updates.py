"""t.at[index].set and its relatives, against NumPy's assignments and ufuncs, elementwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import DataError, OutOfRangeError, SettingError, ShapeError, Tensor, Value, compile, grad
from autograd.testing import check_grad

UFUNCS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
    "min": np.minimum,
    "max": np.maximum,
}
quarters = st.integers(1, 16).map(lambda n: n / 4)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=3), elements=quarters), st.data())
def test_updates_are_those_of_numpy(a, data):
    index = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True) | hnp.integer_array_indices(a.shape))
    chosen = a[index]
    shape = [data.draw(st.sampled_from([1, n])) for n in np.shape(chosen)][data.draw(st.integers(0, np.ndim(chosen))) :]
    values = data.draw(hnp.arrays(float, tuple(shape), elements=quarters))
    t = Tensor(a)
    expected = a.copy()
    expected[index] = values
    np.testing.assert_array_equal(t.at[index].set(values).data, expected)
    np.testing.assert_array_equal(t.at[index].get().data, chosen)
    positions = np.arange(a.size).reshape(a.shape)[index]
    repeats = np.unique(positions).size < positions.size
    for name, ufunc in UFUNCS.items():
        update = getattr(t.at[index], name)
        if repeats and name not in ("add", "subtract"):
            with pytest.raises(
                SettingError, match=rf"t\.at\[index\]\.{name}\(\) of .*: the index repeats an entry: pass each once"
            ):
                update(values)
            continue
        expected = a.copy()
        for position, value in zip(positions.ravel(), np.broadcast_to(values, positions.shape).ravel(), strict=True):
            expected.flat[position] = ufunc(expected.flat[position], value)
        np.testing.assert_allclose(update(values).data, expected, rtol=1e-14)
    np.testing.assert_array_equal(t.data, a)


@pytest.mark.parametrize("name", ["set", *UFUNCS])
def test_derivatives(name):
    a, values = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([1.3, 2.6])

    def f(a, values):
        return getattr(a.at[:, 1], name)(values) * np.arange(1.0, 7.0).reshape(2, 3)

    check_grad(f, a, values, order=2)
    step = compile(lambda a, values: (f(a, values) ** 2).sum(), argnums=(0, 1), tensors=True)
    expected = grad(lambda a, values: (f(a, values) ** 2).sum(), argnums=(0, 1))(a, values)
    for actual, wanted in zip(step.grad(a, values), expected, strict=True):
        np.testing.assert_allclose(actual, wanted, rtol=1e-12)


def test_a_repeated_entry_keeps_the_gradient_of_the_last_value():
    values = Tensor([1.0, 2.0, 3.0])
    result = Tensor([0.0, 0.0]).at[[0, 1, 0]].set(values)
    (result * [10.0, 100.0]).sum().backward()
    assert (result.tolist(), values.grad.tolist()) == ([3.0, 2.0], [0.0, 100.0, 10.0])


def test_nodes_as_values_and_types():
    t = Tensor(np.ones(3, np.float32))
    assert t.at[0].set(Value(0.5)).dtype == t.at[1].add(Value(0.5)).dtype == np.float32
    assert t.at[:2].set([Value(2.0), 3.0]).tolist() == [2.0, 3.0, 1.0]
    assert t.at[1].set(np.array([[5.0]])).tolist() == [1.0, 5.0, 1.0]
    assert t.at[3:].set(1.0).tolist() == [1.0, 1.0, 1.0]


def test_errors():
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(OutOfRangeError, match=r"t\.at\[7\] of this Tensor \(leaf\) of shape \(2, 2\): index 7 is out of bounds"):
        t.at[7]
    with pytest.raises(ShapeError, match=r"t\.at\[index\]\.add\(\) of .*: values of shape \(3,\) do not fit .* shape is \(2,\)"):
        t.at[0].add([1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="an index takes integers"):
        t.at[t]
    with pytest.raises(DataError, match=r"t\.at\[index\]\.set\(\) takes real numbers"):
        t.at[0].set("text")


def test_an_index_without_entries_changes_nothing():
    y = 2.0 * Tensor([1.0, 2.0])
    y[2:2] = 7.0
    y[np.array([False, False])] = 7.0
    assert y.tolist() == [2.0, 4.0]
    assert Tensor([1.0, 2.0]).at[:0].set(7.0).tolist() == [1.0, 2.0]
