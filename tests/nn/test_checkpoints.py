"""Checkpoints: what is written comes back, damaged files are named, and a run that is killed ends as if it had not been."""

import contextlib
import os
import signal
import struct
import subprocess
import sys
import time
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import DataError, Tensor
from nn import checkpoint


@given(
    st.dictionaries(
        st.text("abc.xyz0", min_size=1, max_size=8),
        st.sampled_from([1.5, [1, 2], np.zeros((0, 3)), np.eye(2, dtype="f4"), np.array([True])]),
    )
)
def test_arrays_come_back(arrays):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        checkpoint.save(f"{folder}/x.npz", arrays)
        found = checkpoint.load(f"{folder}/x.npz")
        assert os.listdir(folder) == ["x.npz"]
    assert set(found) == set(arrays)
    for name, x in arrays.items():
        assert np.array_equal(found[name], np.asarray(x))
        assert found[name].dtype == np.asarray(x).dtype


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "x.npz"
    checkpoint.save(path, {"W": np.arange(12.0).reshape(3, 4), "b": np.float32(1.0), "n": np.int64(7)})
    return path.read_bytes()


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_is_an_error_and_no_more(good, tmp_path_factory, data):
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(bytes(raw[:cut] if data.draw(st.booleans()) else raw))
    with contextlib.suppress(DataError):  # which is the one error that may come
        assert sum(x.nbytes for x in checkpoint.load(path).values()) <= 3 * len(good)


def crafted(path, header, body=b"", compress=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compress) as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body)
    return path


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (10**15,)}", b"", "malformed"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}", b"", "needs 8000000000000 bytes, the file has 0"),
        (b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"x" * 8, r"declares object and shape \(1,\)"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"", "declares float64"),
        (b"{'descr': '<f8'}", b"", "KeyError"),
        (b"(((((", b"", "SyntaxError"),
        (b"x" * 20_000, b"", "has a header of 20000 bytes"),
    ],
)
def test_lying_headers_take_no_memory(tmp_path, header, body, text):
    with pytest.raises(DataError, match=text):
        checkpoint.load(crafted(tmp_path / "x.npz", header, body))


def test_other_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "LARGE", 100_000)
    with pytest.raises(DataError, match="says that it has 1000012 bytes, in a file of"):
        checkpoint.load(crafted(tmp_path / "x.npz", b"{}", b"0" * 1_000_000, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(tmp_path / "y.npz", "w") as archive:
        archive.writestr("x.npy", b"no array")
    with pytest.raises(DataError, match="is not an array in version 1 of NumPy's format"):
        checkpoint.load(tmp_path / "y.npz")
    with pytest.raises(DataError, match="is not a readable NPZ file"):
        checkpoint.load(tmp_path / "nothing.npz")
    with pytest.raises(DataError, match=r"save\(\): 'x' holds <U1, not numbers"):
        checkpoint.save(tmp_path / "z.npz", {"x": "a"})
    with pytest.raises(DataError, match="cannot be written"):
        checkpoint.save(tmp_path / "no" / "z.npz", {"x": 1.0})
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        checkpoint.save(tmp_path / "folder", {"x": 1.0})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "x.npz", "y.npz"]


PROGRAM = """
import sys
import numpy as np
import nn

class Net(nn.Module):
    def __init__(self):
        self.first, self.drop, self.second = nn.Linear(2, 8, rng=0), nn.Dropout(0.2, rng=3), nn.Linear(8, 2, rng=1)

    def forward(self, x):
        return self.second(self.drop(np.tanh(self.first(x))))

X, y = nn.toys.moons(60, rng=0)
model = Net()
optimizer = nn.AdamW(model.parameters(), lr=nn.optim.cosine(0.05, 300))
nn.fit(model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=40, batch_size=8, validation=(X[:20], y[:20]),
       patience=39, checkpoint=sys.argv[1], progress=False, rng=5)
print(nn.parameters_to_vector(model.parameters()).tobytes().hex())
"""


def finished(path):
    return subprocess.run([sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, check=True).stdout


def test_a_run_that_is_killed_ends_as_if_it_had_not_been(tmp_path):
    whole = finished(tmp_path / "whole.npz")
    path = tmp_path / "killed.npz"
    rng = np.random.default_rng(0)
    for _ in range(4):
        running = subprocess.Popen([sys.executable, "-c", PROGRAM, path], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20.0
        known = path.stat().st_mtime_ns if path.exists() else 0
        while time.monotonic() < deadline and running.poll() is None and (not path.exists() or path.stat().st_mtime_ns == known):
            time.sleep(0.005)
        time.sleep(float(rng.uniform(0.0, 0.05)))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert finished(path) == whole


def toy():
    return nn.toys.moons(40, rng=0)


def trained(path, epochs, seed=1, **more):
    X, y = toy()
    model = nn.MLP([2, 4, 2], rng=0)
    history = nn.fit(
        model,
        X,
        y,
        loss="cross_entropy",
        optimizer=nn.Adam(model.parameters()),
        epochs=epochs,
        batch_size=8,
        checkpoint=path,
        progress=False,
        rng=seed,
        **more,
    )
    return history, nn.parameters_to_vector(model.parameters())


@pytest.mark.parametrize("compiled", [False, True])
def test_going_on_is_the_same_as_going_through(tmp_path, compiled):
    through, a = trained(tmp_path / "a.npz", 6, compiled=compiled)
    trained(tmp_path / "b.npz", 2, compiled=compiled)
    on, b = trained(tmp_path / "b.npz", 6, compiled=compiled)
    assert np.array_equal(a, b)
    assert np.array_equal(through.loss, on.loss)
    again, c = trained(tmp_path / "b.npz", 6, compiled=compiled)
    assert again.epochs == 6
    assert np.array_equal(b, c)


def test_a_checkpoint_of_another_run_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "a.npz"
    trained(path, 1)
    X, y = toy()

    def attempt(model=None, make=nn.Adam, **more):
        model = model or nn.MLP([2, 4, 2], rng=5)
        before = nn.parameters_to_vector(model.parameters())
        settings = {"loss": "cross_entropy", "batch_size": 8, "checkpoint": path, "progress": False, **more}
        with pytest.raises(DataError, match=r"fit\(\): .*a.npz is a checkpoint of another run: "):
            nn.fit(model, X, y, optimizer=make(model.parameters()), **settings)
        assert np.array_equal(nn.parameters_to_vector(model.parameters()), before)

    attempt(nn.MLP([2, 5, 2], rng=0))
    attempt(nn.MLP([2, 4, 2], hidden="relu", rng=0))
    attempt(make=lambda p: nn.SGD(p, lr=0.001))
    attempt(make=lambda p: nn.Adam(p, lr=0.002))
    attempt(make=lambda p: nn.Adam(p, eps=1e-6))
    attempt(batch_size=9)
    attempt(loss=lambda z, t: nn.losses.cross_entropy(z, t, smoothing=0.1))
    attempt(validation=(X, y))
    attempt(validation=(X, y), patience=3)
    good_ = checkpoint.load(path)
    for name in ("mark", "names", "optimizer.0.adam0.0.m", "generator.fit"):
        checkpoint.save(path, {k: x for k, x in good_.items() if k != name})
        attempt()
    for name, x in (("history.loss", [1.0, 2.0]), ("optimizer.steps", -3), ("optimizer.steps", np.inf), ("model.layers.0.W", 1.0)):
        checkpoint.save(path, {**good_, name: x})
        attempt()
    checkpoint.save(path, {**good_, "generator.fit": np.frombuffer(b"[" * 100_000, dtype=np.uint8)})
    attempt()


def test_best_parameters_of_another_shape_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    X, y = toy()
    trained(path, 2, validation=(X, y), patience=5)
    on, a = trained(path, 3, validation=(X, y), patience=5)
    through, b = trained(tmp_path / "b.npz", 3, validation=(X, y), patience=5)
    assert np.array_equal(a, b)
    assert on == through
    arrays = checkpoint.load(path)
    checkpoint.save(path, {**arrays, "best.0": np.ones(3)})
    with pytest.raises(DataError, match=r"its best parameters have shape \(3,\), not \(4, 2\)"):
        trained(path, 3, validation=(X, y), patience=5)


def test_the_callback_is_asked_again_when_a_run_goes_on(tmp_path):
    X, y = toy()

    def run(callback):
        model = nn.MLP([2, 4, 2], rng=0)
        return nn.fit(
            model, X, y, loss="cross_entropy", epochs=10, callback=callback, checkpoint=tmp_path / "c.npz", progress=False
        )

    def killed(history):
        if history.epochs == 3:
            raise SystemExit

    with pytest.raises(SystemExit):
        run(killed)
    assert run(lambda history: history.epochs >= 3).epochs == 3
    assert run(lambda history: history.epochs == 3).stopped == "callback"


class Noisy(nn.Module):
    """Generators in a list and in a dict, and a running mean that is a constant Tensor."""

    def __init__(self):
        self.line, self.draws = nn.Linear(2, 2, rng=0), [np.random.default_rng(5), {"more": np.random.default_rng(6)}]
        self.mean = Tensor([0.0], constant=True)

    def forward(self, x):
        self.mean.data = 0.9 * self.mean.numpy() + 0.1 * self.draws[0].random()
        return self.line(x) * self.draws[1]["more"].random() + self.mean


def test_every_generator_and_constant_goes_on(tmp_path):
    X, y = toy()

    def run(path, epochs):
        model = Noisy()
        nn.fit(model, X, y, loss="cross_entropy", lr=0.05, epochs=epochs, checkpoint=path, progress=False, rng=0)
        return np.append(model.line.W.numpy(), model.mean.numpy())

    run(tmp_path / "c.npz", 2)
    assert np.array_equal(run(tmp_path / "c.npz", 5), run(None, 5))


def test_a_refused_checkpoint_leaves_the_generators_as_they_were(tmp_path):
    X, y = toy()
    path = tmp_path / "c.npz"
    settings = {"loss": "cross_entropy", "epochs": 2, "checkpoint": path, "progress": False}
    nn.fit(Noisy(), X, y, rng=np.random.default_rng(0), **settings)
    arrays = checkpoint.load(path)
    names = [name for name in arrays if name.startswith("generator.")]
    assert len(names) == 3
    for name in names:
        checkpoint.save(path, {**arrays, name: np.frombuffer(b"{}", dtype=np.uint8)})
        model, rng = Noisy(), np.random.default_rng(0)
        generators = [rng, model.draws[0], model.draws[1]["more"]]
        before = [g.bit_generator.state for g in generators]
        with pytest.raises(DataError, match="is a checkpoint of another run"):
            nn.fit(model, X, y, rng=rng, **settings)
        assert [g.bit_generator.state for g in generators] == before


def test_members_that_share_bytes_or_names_or_are_hidden_are_refused(tmp_path):
    path = tmp_path / "x.npz"
    checkpoint.save(path, {"W": np.arange(3.0), "s": np.int64(3)})
    raw = bytearray(path.read_bytes())
    comment = raw.index(b"PK\1\2") + 33  # the high byte of an entry's comment, which swallows those behind it
    raw[comment] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(DataError, match=r"its directory lists 1 arrays, and should list 2|is not a readable NPZ file"):
        checkpoint.load(path)
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("x.npy", b"1")
        archive.writestr("x.npy", b"2")
    with pytest.raises(DataError, match="two arrays have one name"):
        checkpoint.load(path)
    checkpoint.save(path, {"W": np.zeros(50), "s": np.int64(3)})
    raw = path.read_bytes()
    second = raw.index(b"PK\1\2", raw.index(b"PK\1\2") + 4)
    path.write_bytes(raw[: second + 42] + struct.pack("<L", 60) + raw[second + 46 :])  # it begins inside the first
    with pytest.raises(DataError, match=r"overlaps another array"):
        checkpoint.load(path)


def test_any_name_comes_back_or_is_refused(tmp_path):
    arrays = {"allow_pickle": np.ones(1), "file": np.ones(2), "a/b": np.ones(3)}
    checkpoint.save(tmp_path / "x.npz", arrays)
    assert set(checkpoint.load(tmp_path / "x.npz")) == set(arrays)
    for name in ("", "a\0b", "x" * 70_000):
        with pytest.raises(DataError, match="cannot be the name of an array"):
            checkpoint.save(tmp_path / "y.npz", {name: 1.0})
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]
