"""Arrays of PyTorch and JAX at every door, and constants handed to these libraries: by DLPack, and never cut from a graph."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autograd as ag
from autograd import DataError, Tensor, Value, grad
from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.testing import check_grad

FINITE = arrays(st.sampled_from([np.float32, np.float64]), array_shapes(max_dims=3), elements=st.floats(-8, 8, width=32))


class Foreign:
    """An array of a library that has DLPack and nothing else."""

    requires_grad = False

    def __init__(self, array, device=1):
        self.array, self.shape, self.dtype, self.kind = np.asarray(array), np.shape(array), np.asarray(array).dtype, device

    def __dlpack__(self, **settings):
        return self.array.__dlpack__(**settings)

    def __dlpack_device__(self):
        return (self.kind, 0)


# A function of an array of two numbers, beside the same function of NumPy's array.
DOORS = {
    "Tensor": Tensor,
    "array": ag.array,
    "as_tensor": ag.as_tensor,
    "nested lists": lambda x: Tensor([[x, x], [x, x]]),
    "an operator": lambda x: Tensor([1.0, 2.0]) * x,
    "an operator of a Value": lambda x: Value(2.0) + x,
    "a reflected operator": lambda x: x - Tensor([1.0, 2.0]),
    "a product": lambda x: Tensor([1.0, 2.0]) @ x,
    "a reflected product": lambda x: x @ Tensor([1.0, 2.0]),
    "a ufunc": lambda x: np.multiply(Tensor([1.0, 2.0]), x),
    "a function": ag.exp,
    "a reduction": ag.sum,
    "concatenate": lambda x: np.concatenate([Tensor([1.0, 2.0]), x]),
    "stack": lambda x: ag.stack([x, Tensor([1.0, 2.0])]),
    "a choice": lambda x: ag.where([True, False], Tensor([1.0, 2.0]), x),
    "an update": lambda x: Tensor([1.0, 2.0]).at[:].set(x),
    "a comparison": lambda x: Tensor([1.0, 2.0]) < x,
    "grad": grad(lambda a: (a * a).sum()),
    "jvp": lambda x: ag.jvp(lambda a: a * a, (x,), (x,))[1],
    "vjp": lambda x: ag.vjp(lambda a: a * a, x)[1](x)[0],
    "compile": ag.compile(lambda a: (a * a).sum(), tensors=True),
    "vmap": ag.vmap(lambda a: a * a),
    "check_grad": lambda x: check_grad(lambda a: (a * a).sum(), x).verdict == "pass",
}


def numbers(x):
    return np.asarray(x.data if isinstance(x, Tensor) else x)


def torch_array(x):
    return pytest.importorskip("torch", reason="PyTorch is an extra").from_numpy(np.array(x))


def jax_array(x):
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    with jax.enable_x64(True):
        return jax.numpy.asarray(x)


LIBRARIES = {"dlpack": Foreign, "torch": torch_array, "jax": jax_array}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_an_array_of_another_library_counts_as_numpys(library, door):
    x = np.array([0.5, 3.0])
    found, expected = DOORS[door](LIBRARIES[library](x)), DOORS[door](x)
    assert type(found) is type(expected)
    assert np.array_equal(numbers(found), numbers(expected))


@pytest.mark.parametrize("library", LIBRARIES)
@given(x=FINITE)
def test_numbers_and_types_come_through(library, x):
    t = Tensor(LIBRARIES[library](x))
    assert t.dtype == x.dtype
    assert np.array_equal(t.data, x)


@pytest.mark.parametrize("library", LIBRARIES)
def test_whole_numbers_and_scalars(library):
    make = LIBRARIES[library]
    assert Tensor(make(np.array([1, 2], np.int32))).data.tolist() == [1.0, 2.0]
    assert Tensor(make(np.array([True, False]))).data.tolist() == [1.0, 0.0]
    assert Value(make(np.array(2.5))).data == 2.5
    assert (Value(2.0) * make(np.array(2.5))).data == 5.0


def test_a_graph_keeps_its_numbers():
    x = torch_array([1.0, 2.0])
    t = Tensor([3.0, 4.0])
    y = (t * x).sum()
    x += 10.0
    y.backward()
    assert t.grad.tolist() == [1.0, 2.0]


def is_refused(text):
    return pytest.raises(DataError, match=text)


@pytest.mark.parametrize("door", DOORS)
def test_a_tensor_that_requires_grad_is_refused_at_every_door(door):
    x = Foreign([1.0, 2.0])
    x.requires_grad = True
    with is_refused(r"dtype .*float64 and shape \(2,\) requires grad, and would be cut .*: pass x\.detach\(\), or .*to_torch\(f\)"):
        DOORS[door](x)


def test_an_array_on_a_device_is_refused():
    text = r"Tensor\(\): .* is on the device '.*', and only the memory of the CPU is read: move it first, as in x\.cpu\(\) "
    with is_refused(text):
        Tensor(Foreign([1.0], device=2))
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    with is_refused(r"an array of torch .* is on the device 'meta'"):
        ag.exp(torch.empty(2, device="meta"))


def test_types_and_layouts_that_numpy_lacks_are_refused():
    class Unreadable(Foreign):
        def __dlpack__(self, **settings):
            raise BufferError("no such layout")

    with is_refused(r"sum: .* cannot be read as a NumPy array \(no such layout\): convert it to a dense array of float64 first"):
        ag.sum(Unreadable([1.0]))
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    for x in (torch.zeros(2, dtype=torch.bfloat16), torch.eye(2).to_sparse()):
        with is_refused(r"cannot be read as a NumPy array .*: convert it to a dense array of float64 first"):
            Tensor(x)


def test_a_traced_array_of_jax_is_refused():
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    with is_refused(r"add: an array of jax .* has no numbers inside jit, grad and vmap .*autograd\.interop\.to_jax\(f\)"):
        jax.jit(lambda x: x + Value(1.0))(2.0)


def test_what_is_no_array_of_another_library():
    for x in (1.0, 2, "a", None, np.ones(2), np.float32(1.0), np.ndarray, Tensor([1.0]), Value(1.0), object()):
        assert not is_foreign_array(x)
    assert is_foreign_array(Foreign([1.0]))
    assert to_numpy(Foreign([1.0]), "f()").tolist() == [1.0]


# -- out


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_a_constant_is_handed_over_as_a_copy(library):
    from_dlpack = {
        "numpy": lambda: np.from_dlpack,
        "torch": lambda: pytest.importorskip("torch", reason="PyTorch is an extra").from_dlpack,
        "jax": lambda: pytest.importorskip("jax", reason="JAX is an extra").numpy.from_dlpack,
    }[library]()
    t = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3), constant=True)
    found = from_dlpack(t)
    assert np.array_equal(np.asarray(found), t.data)
    assert not np.shares_memory(np.asarray(found), t.data)
    assert np.array_equal(np.asarray(from_dlpack((t * 2.0).detach())), 2.0 * t.data)


def test_without_a_copy_the_memory_is_read_only():
    t = Tensor([1.0, 2.0], constant=True)
    array = np.from_dlpack(t, copy=False)
    assert np.shares_memory(array, t.data)
    assert not array.flags.writeable
    assert t.__dlpack_device__() == (1, 0)


@pytest.mark.parametrize("t", [Tensor([1.0]), Tensor([1.0]) * 2.0], ids=["leaf", "result"])
def test_a_node_is_not_cut_from_its_graph(t):
    with is_refused(r"this Tensor \((leaf|result of multiply)\) would be cut from its graph here: pass t\.detach\(\)"):
        np.from_dlpack(t)
