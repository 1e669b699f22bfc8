"""Checkpoints in the format safetensors: interchangeable with those of the package itself and of PyTorch; damaged files are refused."""

import contextlib
import os
import sys
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import nn
from autograd import DataError
from docstring_examples import run_examples
from nn import checkpoint

safetensors = pytest.importorskip("safetensors.numpy", reason="safetensors is an extra")

TYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", ">f8", ">i2"]
ARRAYS = st.sampled_from(TYPES).flatmap(lambda kind: arrays(kind, array_shapes(min_dims=0, min_side=0, max_dims=3)))
STATES = st.dictionaries(st.text(min_size=1, max_size=8).filter(lambda name: "\0" not in name and name.isprintable()), ARRAYS)


@given(STATES, st.booleans())
def test_arrays_come_back_here_and_through_the_package(state, is_transposed):
    state = {name: x.T if is_transposed else x for name, x in state.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/x.safetensors"
        checkpoint.save(path, state)
        found, theirs = checkpoint.load(path), safetensors.load_file(path)
        assert os.listdir(folder) == ["x.safetensors"]
    for loaded in (found, theirs):
        assert loaded.keys() == state.keys()
        for name, x in state.items():
            assert loaded[name].dtype == x.dtype.newbyteorder("=")
            assert loaded[name].tobytes() == np.array(x, loaded[name].dtype, order="C").tobytes()
            assert loaded[name].shape == x.shape
    assert all(x.flags.writeable for x in found.values())


def test_a_network_goes_to_pytorch_and_back(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    from safetensors import torch as safetensors_of_torch

    torch.manual_seed(0)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    safetensors_of_torch.save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    state = checkpoint.load(tmp_path / "theirs.safetensors")
    ours = nn.MLP([3, 4, 2], hidden="tanh", output="identity")
    places = dict(zip(ours.state_dict(), theirs.state_dict(), strict=True))
    ours.load_state_dict({path: state[name] for path, name in places.items()})
    x = np.array([[0.5, -1.0, 2.0]])
    np.testing.assert_allclose(ours(x).data, theirs(torch.tensor(x, dtype=torch.float32)).detach().numpy(), rtol=1e-5)

    checkpoint.save(tmp_path / "ours.safetensors", {places[path]: array for path, array in ours.state_dict().items()})
    again = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    again.load_state_dict(safetensors_of_torch.load_file(tmp_path / "ours.safetensors"))
    np.testing.assert_allclose(again(torch.tensor(x)).detach().numpy(), ours(x).data, rtol=1e-12)


def test_bfloat16_is_read_as_float32(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    from safetensors import torch as safetensors_of_torch

    x = torch.tensor([[1.5, -2.25], [3e38, 1e-30]], dtype=torch.bfloat16)
    safetensors_of_torch.save_file({"x": x}, tmp_path / "x.safetensors")
    found = checkpoint.load(tmp_path / "x.safetensors")["x"]
    assert found.dtype == np.float32
    assert np.array_equal(found, x.float().numpy())


def test_a_run_resumes_from_this_format_to_the_same_bits(tmp_path):
    X, y = nn.toys.moons(40, rng=0)

    def train(epochs, **settings):
        model = nn.MLP([2, 4, 2], rng=0)
        nn.fit(model, X, y, loss="cross_entropy", epochs=epochs, batch_size=10, progress=False, rng=1, **settings)
        return model.state_dict()

    whole = train(4)
    train(2, checkpoint=tmp_path / "run.safetensors")
    resumed = train(4, checkpoint=tmp_path / "run.safetensors")
    assert all(np.array_equal(resumed[name], x) for name, x in whole.items())


def test_only_the_arrays_that_are_asked_for_are_returned(tmp_path):
    checkpoint.save(tmp_path / "x.safetensors", {"a": 1.0, "b": [2.0]})
    assert checkpoint.load(tmp_path / "x.safetensors", ["b", "c"]) == {"b": [2.0]}


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_raises_data_error_only(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    checkpoint.save(path, {"W": np.arange(12.0).reshape(3, 4), "n": np.int64(7)})
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(raw)))
    path.write_bytes(bytes(raw[:length] if data.draw(st.booleans()) else raw))
    with contextlib.suppress(DataError):  # which is the one error that may come
        assert sum(x.nbytes for x in checkpoint.load(path).values()) <= 2 * len(raw)


def test_other_files_and_arrays_are_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"{}")
    with pytest.raises(DataError, match=r"x\.safetensors is not a readable safetensors file: "):
        checkpoint.load(path)
    with pytest.raises(DataError, match=r"nothing\.safetensors is not a readable safetensors file: .*No such file"):
        checkpoint.load(tmp_path / "nothing.safetensors")
    header = b'{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0")
    with pytest.raises(DataError, match=r"'x' has the type F8_E4M3, which NumPy lacks"):
        checkpoint.load(path)
    text = r"save\(\): a \.safetensors file cannot hold '.*' of .*: use another name or type, or \.npz"
    for state in ({"__metadata__": 1.0}, {"x": np.longdouble(1.0)}):
        with pytest.raises(DataError, match=text):
            checkpoint.save(path, state)
    with pytest.raises(DataError, match=r"save\(\): 'x' holds <U1, not numbers"):
        checkpoint.save(path, {"x": "a"})
    assert [p.name for p in tmp_path.iterdir()] == ["x.safetensors"]


def test_a_missing_package_is_named_with_its_extra(tmp_path, monkeypatch):
    checkpoint.save(tmp_path / "x.safetensors", {"x": 1.0})
    monkeypatch.setitem(sys.modules, "safetensors", None)
    text = r"a \.safetensors file needs the package safetensors \(.*\): install .*'gradlab\[safetensors\]', or use the suffix \.npz"
    for call in (checkpoint.load, lambda path: checkpoint.save(path, {"x": 1.0})):
        with pytest.raises(ImportError, match=text):
            call(tmp_path / "x.safetensors")


def test_the_example_of_the_docstring_runs():
    assert run_examples(nn.safetensors_files.encode).failed == 0
