"""Every method and attribute of ndarray works on a Tensor and gives NumPy's numbers, or is refused with the next step."""

import operator
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import DataError, Node, Tensor, Value, compile, grad
from autograd.core.array_mixins.refused_attributes import REFUSED
from autograd.testing import check_grad

M = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, 0.0]])
ROW = np.array([0.5, 1.0, 2.0])

# Methods and attributes with a derivative, on one array.
DIFFERENTIABLE = {
    "T": lambda a: a.T,
    "mT": lambda a: a.mT,
    "real": lambda a: a.real,
    "flat": lambda a: a.flat[2],
    "astype": lambda a: a.astype(np.float64),
    "clip": lambda a: a.clip(-0.7, max=2.5),
    "compress": lambda a: a.compress([True, False, True], axis=1),
    "conj": lambda a: a.conj(),
    "conjugate": lambda a: a.conjugate(),
    "copy": lambda a: a.copy(),
    "cumprod": lambda a: a.cumprod(1),
    "cumsum": lambda a: a.cumsum(0),
    "diagonal": lambda a: a.diagonal(1),
    "dot": lambda a: a.dot(ROW),
    "flatten": lambda a: a.flatten(),
    "imag": lambda a: a.imag,
    "item": lambda a: a[1, 1].item(),
    "max": lambda a: a.max(axis=1),
    "mean": lambda a: a.mean(0, keepdims=True),
    "min": lambda a: a.min(axis=0),
    "prod": lambda a: a.prod(axis=1),
    "ravel": lambda a: a.ravel(),
    "repeat": lambda a: a.repeat([1, 2], axis=0),
    "reshape": lambda a: a.reshape(3, -1),
    "round": lambda a: (a + 0.26).round(1),
    "squeeze": lambda a: a[:1].squeeze(),
    "std": lambda a: a.std(1, ddof=1),
    "sum": lambda a: a.sum(axis=(0, 1)),
    "swapaxes": lambda a: a.swapaxes(0, 1),
    "take": lambda a: a.take([2, 0], axis=1),
    "trace": lambda a: a.trace(1),
    "transpose": lambda a: a.transpose(1, 0),
    "var": lambda a: a.var(keepdims=True),
    "to_device": lambda a: a.to_device("cpu"),
    "__abs__": lambda a: abs(a + 0.1),
    "__add__": lambda a: a + ROW,
    "__divmod__": lambda a: divmod(a, 1.7)[1],
    "__floordiv__": lambda a: a // 1.7,
    "__getitem__": lambda a: a[:, 1],
    "__iadd__": lambda a: operator.iadd(1.0 * a, ROW),
    "__ifloordiv__": lambda a: operator.ifloordiv(1.0 * a, ROW),
    "__imatmul__": lambda a: operator.imatmul(1.0 * a, np.eye(3)),
    "__imod__": lambda a: operator.imod(1.0 * a, 1.7),
    "__imul__": lambda a: operator.imul(1.0 * a, ROW),
    "__ipow__": lambda a: operator.ipow(1.0 * a, 2),
    "__isub__": lambda a: operator.isub(1.0 * a, ROW),
    "__iter__": lambda a: list(a)[1],
    "__itruediv__": lambda a: operator.itruediv(1.0 * a, ROW),
    "__matmul__": lambda a: a @ ROW,
    "__mod__": lambda a: a % 1.7,
    "__mul__": lambda a: a * ROW,
    "__neg__": lambda a: -a,
    "__pos__": lambda a: +a,
    "__pow__": lambda a: a**2,
    "__radd__": lambda a: ROW + a,
    "__rdivmod__": lambda a: divmod(7.0, a + 0.3)[1],
    "__rfloordiv__": lambda a: ROW // (a + 0.3),
    "__rmatmul__": lambda a: ROW[:2] @ a,
    "__rmod__": lambda a: ROW % (a + 0.3),
    "__rmul__": lambda a: ROW * a,
    "__rpow__": lambda a: 2.0**a,
    "__rsub__": lambda a: ROW - a,
    "__rtruediv__": lambda a: ROW / (a + 0.3),
    "__sub__": lambda a: a - ROW,
    "__truediv__": lambda a: a / ROW,
}
# What asks about numbers, shapes and types.
QUERIES = {
    "all": lambda a: a.all(axis=1),
    "any": lambda a: a.any(keepdims=True),
    "argmax": lambda a: a.argmax(1),
    "argmin": lambda a: a.argmin(keepdims=True),
    "argpartition": lambda a: a.argpartition(1, axis=1)[:, 1],
    "argsort": lambda a: a.argsort(axis=None),
    "device": lambda a: a.device,
    "dtype": lambda a: a.dtype,
    "itemsize": lambda a: a.itemsize,
    "nbytes": lambda a: a.nbytes,
    "ndim": lambda a: a.ndim,
    "nonzero": lambda a: np.stack(a.nonzero()),
    "searchsorted": lambda a: a[0, ::2].cumsum().searchsorted([2.0, 4.0], side="right"),
    "shape": lambda a: a.shape,
    "size": lambda a: a.size,
    "tolist": lambda a: a.tolist(),
    "__array_namespace__": lambda a: a.__array_namespace__(api_version="2022.12"),
    "__bool__": lambda a: bool(a[0, 0]),
    "__complex__": lambda a: complex(a[0, 0]),
    "__contains__": lambda a: 4.0 in a,
    "__eq__": lambda a: a == 2.0,
    "__float__": lambda a: float(a[0, 0]),
    "__format__": lambda a: f"{a[0, 0]:.3f}",
    "__ge__": lambda a: a >= ROW,
    "__gt__": lambda a: a > 1.0,
    "__int__": lambda a: int(a[0, 0]),
    "__le__": lambda a: a <= ROW,
    "__len__": lambda a: len(a),
    "__lt__": lambda a: a < 1.0,
    "__ne__": lambda a: a != 2.0,
}
# Operators of whole numbers and of bits, which NumPy refuses for floats, too.
OF_INTEGERS = [name for name in dir(np.ndarray) if re.fullmatch("__[ri]?(and|or|xor|lshift|rshift)__|__invert__", name)]
OTHER = {
    **dict.fromkeys(("__array__", "__array_function__", "__array_ufunc__"), "NumPy's protocols, with tests of their own"),
    **dict.fromkeys(("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__setstate__"), "tests of copies and pickles"),
    **dict.fromkeys(("__array_finalize__", "__array_priority__", "__array_wrap__"), "for subclasses of ndarray"),
    **dict.fromkeys(("__dlpack__", "__dlpack_device__"), "tests of arrays of other libraries"),
    **dict.fromkeys(("__class_getitem__", "__delitem__", "__index__"), "not for nodes"),
    **dict.fromkeys(("__setitem__", "__hash__", "__repr__", "__str__", "data"), "tests of their own"),
    **dict.fromkeys(("fill", "partition", "put", "sort"), "tests of assignments in place"),
}


def test_every_name_of_ndarray_is_covered():
    names = set(dir(np.ndarray)) - (set(dir(object)) - set(vars(np.ndarray)))
    names = {name for name in names if not name.startswith("_") or name.endswith("__")}  # NumPy's private ones differ by version
    covered = {
        *DIFFERENTIABLE,
        *QUERIES,
        *REFUSED,
        *OF_INTEGERS,
        *OTHER,
        "__new__",
        "__getstate__",
        "__sizeof__",
        "__doc__",
        "__buffer__",
    }
    assert names - covered == set()


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_methods_with_a_derivative(name):
    f = DIFFERENTIABLE[name]
    result = f(Tensor(M))
    np.testing.assert_allclose(getattr(result, "data", result), f(M), rtol=1e-15)
    if name != "item":
        assert isinstance(result, Node)
        check_grad(f, M, order=2)


@pytest.mark.parametrize("name", QUERIES)
def test_queries(name):
    actual, expected = QUERIES[name](Tensor(M)), QUERIES[name](M)
    assert type(actual) is type(expected)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_derivative_is_refused_with_the_next_step(name):
    assert not hasattr(Tensor(M), name)
    assert name not in dir(Tensor(M))
    for node in (Tensor(M), Value(1.0)):
        with pytest.raises(AttributeError, match=rf"'{type(node).__name__}' object has no attribute '{name}': .*(use|make) "):
            getattr(node, name)


def test_unknown_attributes_have_pythons_message():
    with pytest.raises(AttributeError, match=r"^'Tensor' object has no attribute 'sumn'(?m:$)") as caught:
        getattr(Tensor(M), "sumn")  # noqa: B009 - its message is what is tested
    assert caught.value.name == "sumn"
    with pytest.raises(DataError, match=r"to_device\(\) of this Tensor.*: the only device is 'cpu', not 'gpu'"):
        Tensor(M).to_device("gpu")


@pytest.mark.parametrize("name", OF_INTEGERS)
def test_operators_of_integers_are_refused_as_for_arrays_of_floats(name):
    method = getattr(operator, re.sub("__[ri](and|or|xor|lshift|rshift)__", r"__\1__", name))
    for x in (M, Tensor(M)):
        with pytest.raises(TypeError):
            method(*[x] * (1 if name == "__invert__" else 2))


OF_A_NUMBER = {
    name: f for name, f in DIFFERENTIABLE.items() if name in ("T", "clip", "conj", "copy", "flatten", "ravel", "real")
} | {
    "sum": lambda a: a.sum(),
    "mean": lambda a: a.mean(keepdims=True),
    "prod": lambda a: a.prod(),
    "max": lambda a: a.max(),
    "min": lambda a: a.min(),
    "cumsum": lambda a: a.cumsum(),
    "cumprod": lambda a: a.cumprod(),
    "reshape": lambda a: a.reshape(1, 1),
    "reshape_tuple": lambda a: a.reshape((1,)),
    "squeeze": lambda a: a.squeeze(),
    "transpose": lambda a: a.transpose(),
    "astype": lambda a: a.astype(np.float64),
    "dot": lambda a: a.dot(3.0),
    "repeat": lambda a: a.repeat(2),
    "take": lambda a: a.take([0, 0]),
}


@pytest.mark.parametrize("name", OF_A_NUMBER)
def test_a_value_is_an_array_without_axes(name):
    f = OF_A_NUMBER[name]
    np.testing.assert_array_equal(f(Value(1.5)).data, f(np.array(1.5)))
    check_grad(f, 1.5, order=2)


def test_attributes_of_a_value():
    v, number = Value(1.5), np.float64(1.5)
    for name in ("ndim", "size", "shape", "itemsize", "nbytes", "device", "imag"):
        assert getattr(v, name) == getattr(number, name)
    assert not hasattr(v, "dtype")  # with one, NumPy's mean of an object array would convert the Value to a plain number
    values = np.array([v, v * 2.0], dtype=object)
    assert [type(f(values)) for f in (np.mean, np.var, np.std)] == [Value, Value, Value]
    assert (v.tolist(), v.item(), v.all(), v.argmax()) == (1.5, 1.5, True, 0)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=3), elements=st.integers(-8, 8).map(lambda n: n / 4)), st.data())
def test_methods_take_the_arguments_of_ndarrays(a, data):
    axis = data.draw(st.none() | st.integers(-a.ndim, a.ndim - 1))
    keepdims = data.draw(st.booleans())
    t = Tensor(a)
    for name in ("sum", "mean", "max", "min", "prod", "std", "var", "all", "any", "argmax", "argmin"):
        actual, expected = (getattr(x, name)(axis=axis, keepdims=keepdims) for x in (t, a))
        np.testing.assert_allclose(getattr(actual, "data", actual), expected, rtol=1e-14, atol=1e-15)
    for name in ("cumsum", "cumprod"):
        np.testing.assert_allclose(getattr(t, name)(axis).data, getattr(a, name)(axis), rtol=1e-14)
    indices = data.draw(st.lists(st.integers(-2, 2), max_size=3))
    np.testing.assert_array_equal(t.take(indices, axis, mode="wrap").data, a.take(indices, axis, mode="wrap"))
    repeats = data.draw(st.integers(0, 2))
    np.testing.assert_array_equal(t.repeat(repeats, axis).data, a.repeat(repeats, axis))


def test_methods_inside_transforms_and_compiled_functions():
    def f(a):
        scale = 2.0 if a.tolist()[0][0] > 1.0 else 3.0
        return scale * a.clip(0.0, 3.5).std() + a.flatten().take([1, 4]).sum() + a.diagonal().prod() * a.size

    expected = grad(f)(M)
    step = compile(f, tensors=True)
    np.testing.assert_allclose(step.grad(M), expected, rtol=1e-13)
    np.testing.assert_allclose(step.grad(M - 2.5), grad(f)(M - 2.5), rtol=1e-13)  # another way through the branch
