"""Parameters as a vector, modules as functions of their parameters, and the readers of CSV and NPZ."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, Tensor
from nn import data, functional_call, losses, parameters_to_vector, vector_to_parameters
from oracles import same


def test_the_cost_as_a_function_of_13002_numbers():
    model = nn.MLP([784, 16, 16, 10], hidden="sigmoid", rng=0)  # B02, B03
    theta = parameters_to_vector(model.parameters())
    assert theta.shape == (13002,)
    vector_to_parameters(theta + 1.0, model.parameters())
    same(parameters_to_vector(model.parameters()), theta + 1.0)
    with pytest.raises(AutogradError, match=r"the parameters hold 13002 numbers, the vector has shape \(3,\)"):
        vector_to_parameters([1.0, 2.0, 3.0], model.parameters())


def test_functional_call_gives_what_the_module_gives():
    model, X = nn.MLP([2, 3, 1], rng=0), np.ones((4, 2))  # A14
    own = dict(model.named_parameters())
    other = {name: Tensor(p.data + 0.5) for name, p in own.items()}
    expected = model(X).data
    same(functional_call(model, own, X).data, expected)
    shifted = functional_call(model, other, X)
    same(model(X).data, expected)
    shifted.sum().backward()
    assert all(np.any(p.grad) for p in other.values())
    assert not any(np.any(p.grad) for p in own.values())
    held = nn.Sequential(nn.Linear(2, 1, rng=0))
    held.extra = {"list": [Tensor([1.0])], "one": Tensor([2.0])}
    functional_call(held, {"extra.list.0": [5.0], "extra.one": [6.0]}, X)
    assert held.extra["list"][0].data == 1.0
    with pytest.raises(AutogradError, match="no parameter is called 'V'; there are W, b"):
        functional_call(nn.Linear(1, 1), {"V": [1.0]}, [1.0])
    with pytest.raises(AutogradError, match=r"W has shape \(1, 1\), not \(2,\)"):
        functional_call(nn.Linear(1, 1), {"W": [1.0, 2.0]}, [1.0])


def test_gd12_the_gradient_ranks_the_sensitivity_of_the_cost():
    rng = np.random.default_rng(0)
    model, X, y = nn.MLP([3, 4, 2], rng=0), rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    losses.cross_entropy(model(X), y).backward()
    gradient = np.concatenate([p.grad.ravel() for p in model.parameters()])
    theta, cost = parameters_to_vector(model.parameters()), float(losses.cross_entropy(model(X), y))
    changes = []
    for j in range(len(theta)):
        moved = theta.copy()
        moved[j] += 1e-5
        vector_to_parameters(moved, model.parameters())
        changes.append(abs(float(losses.cross_entropy(model(X), y)) - cost))
    assert np.argmax(changes) == np.argmax(abs(gradient))
    assert list(np.argsort(changes)[-5:]) == list(np.argsort(abs(gradient))[-5:])


def test_csv_and_npz(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y,label\n1,2,0\n\n3,4.5,1\n", encoding="utf-8")
    X, y = data.read_csv(path, header=True)
    same(X, [[1.0, 2.0], [3.0, 4.5]])
    same(y, [0.0, 1.0])
    same(data.read_csv(path, target=0, header=True)[1], [1.0, 3.0])
    np.savez(tmp_path / "a.npz", X=X, y=y)
    same(data.read_npz(tmp_path / "a.npz")[0], X)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "line 1: could not convert string to float: 'a'; pass header=True to skip a line of names"),
        ("1,2\n1,x\n", "line 2: could not convert string to float: 'x'"),
        ("1,2\n1,2,3\n", "line 2: 3 numbers, but the first line has 2"),
        ("", r"read_csv\(\): .*a.csv holds no line of numbers: it is empty"),
        ("x\n", "pass header=True to skip a line of names"),
    ],
)
def test_damaged_csv_files_are_named(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AutogradError, match=message):
        data.read_csv(path)


def test_a_csv_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,\xff\n")
    with pytest.raises(AutogradError, match=r"a.csv is not a text file: 'utf-8' codec can't decode byte 0xff"):
        data.read_csv(path)


def test_damaged_npz_files_are_named(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, X=np.ones(2))
    with pytest.raises(AutogradError, match="has no array called 'y'"):
        data.read_npz(path)
    for content in (b"", b"PK\x03\x04 nonsense", b"nonsense"):
        path.write_bytes(content)
        with pytest.raises(AutogradError, match="is not a readable NPZ file"):
            data.read_npz(path)
    with pytest.raises(AutogradError, match=r"is not a readable NPZ file: .*No such file"):
        data.read_npz(tmp_path / "none.npz")
    np.savez(path, X=np.array([object()]), y=np.ones(1))
    with pytest.raises(AutogradError, match="declares object"):
        data.read_npz(path)
