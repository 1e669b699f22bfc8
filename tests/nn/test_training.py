"""Optimizers, data, metrics and fit."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import AutogradError, Tensor, Value
from nn import data, metrics
from nn.training.evaluation import is_classes
from oracles import same


def adam_by_hand(theta, grads, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    m = v = 0.0  # F01-F04 with E26's m_0 = v_0 = 0 and t from 1
    for t, g in enumerate(grads, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        theta = theta - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return theta


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.floats(1e-4, 0.5))
def test_adam_is_the_texts_four_lines(grads, lr):
    p, q = Value(1.0), Tensor([1.0, 2.0])
    scalar, array = nn.Adam([p], lr=lr), nn.Adam([q], lr=lr)
    for g in grads:
        p.grad, q.grad = g, [g, 2 * g]
        scalar.step()
        array.step()
    near = {"rtol": 1e-13, "atol": 2e-15}  # it starts at 1 or 2, and may come near 0
    same(p.data, adam_by_hand(1.0, grads, lr), **near)
    same(q.data, [adam_by_hand(1.0, grads, lr), adam_by_hand(2.0, [2 * g for g in grads], lr)], **near)


def test_the_first_adam_step_pins_the_place_of_epsilon():
    for g, step in ((3.0, 1.0), (-0.2, -1.0), (1e-9, 1e-9 / (1e-9 + 1e-8))):  # F04
        p = Value(0.0)
        p.grad = g
        nn.Adam([p], lr=0.5).step()
        same(p.data, -0.5 * step, rtol=1e-6)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.sampled_from([0.0, 0.9]), st.sampled_from([0.0, 0.1]))
def test_sgd_is_gradient_descent_with_momentum_and_decay(grads, momentum, decay):
    p, theta, v = Value(1.0), 1.0, 0.0
    sgd = nn.SGD([p], lr=0.1, momentum=momentum, weight_decay=decay)
    for g in grads:
        p.grad = g
        sgd.step()
        v = momentum * v + g + decay * theta
        theta -= 0.1 * v
        same(p.data, theta, rtol=1e-12)
    sgd.zero_grad()
    assert p.grad == 0.0


OURS = {
    "sgd": lambda p: nn.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: nn.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01),
}


@pytest.mark.parametrize("name", list(OURS))
def test_optimizers_step_as_pytorchs_do(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    theirs = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01),
    }[name]
    start = np.random.default_rng(0).normal(size=(3, 2))
    ours, their = Tensor(start), torch.tensor(start, requires_grad=True)
    a, b = OURS[name]([ours]), theirs([their])
    for _ in range(20):
        for p, step, root in ((ours, a, lambda p: ((p * p).tanh() * p).sum()), (their, b, lambda p: ((p * p).tanh() * p).sum())):
            step.zero_grad()
            root(p).backward()
            step.step()
    same(ours.data, their.detach().numpy(), rtol=1e-12)


def test_gd_never_raises_the_loss_for_a_small_rate():
    model, X, Y = nn.MLP([2, 3, 1], rng=0), np.random.default_rng(0).normal(size=(8, 2)), np.ones((8, 1))
    history = nn.fit(model, X, Y, loss="quadratic", lr=0.01, epochs=50, progress=False)  # GD03
    assert all(b <= a for a, b in zip(history.loss, history.loss[1:]))


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


@given(st.integers(1, 20), st.integers(1, 7), st.booleans(), st.booleans())
def test_batches_cover_the_data(n, size, shuffle, drop_last):
    X, Y = np.arange(n)[:, None], np.arange(n)
    got = list(data.batches(X, Y, size, rng=0, shuffle=shuffle, drop_last=drop_last))  # GD05, GD06
    assert all(np.array_equal(x[:, 0], y) for x, y in got)
    seen = [int(i) for _, y in got for i in y]
    if drop_last:
        assert len(seen) == n - n % size
        assert len(set(seen)) == len(seen)
    else:
        assert sorted(seen) == list(range(n))
    assert shuffle or seen == sorted(seen)
    (whole,) = data.batches(X, Y, None)
    assert len(whole[0]) == n


def test_batches_are_shuffled_by_the_seed():
    def order(seed):
        return [int(i) for _, y in data.batches(np.zeros((20, 1)), np.arange(20), 4, rng=seed) for i in y]

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert order(0) != sorted(order(0))


def idx(array, code):
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.mark.parametrize(("code", "kind"), data.IDX_TYPES.items())
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_of_every_type(tmp_path, code, kind, zipped):
    array = np.arange(12).reshape(3, 2, 2).astype(kind)
    raw = idx(array, code)
    path = tmp_path / "x.idx"
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    back = data.read_idx(path)
    np.testing.assert_array_equal(back, array)
    assert back.dtype.isnative


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda raw: raw[:-1], r"is cut short: shape \(3, 2\) of uint8 needs 18 bytes, the file has 17"),
        (lambda raw: raw + b"x", "is too long: .* needs 18 bytes, the file has 19"),
        (lambda raw: raw[:6], "is cut short: its header needs 12 bytes, the file has 6"),
        (lambda raw: b"\x01" + raw[1:], "is not an IDX file: it begins with 01 00 08 02, not with 00 00"),
        (lambda raw: raw[:2] + b"\x07" + raw[3:], "is not an IDX file"),
        (lambda raw: b"", "is not an IDX file: it begins with , not"),
        (lambda raw: gzip.compress(raw)[:-9], "the gzip file is cut short or damaged"),
        (lambda raw: b"\x1f\x8b" + raw, "the gzip file is cut short or damaged"),
        (lambda raw: gzip.compress(raw)[:12] + b"\xff" * 9, "the gzip file is cut short or damaged"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, change, text):
    path = tmp_path / "x.idx"
    path.write_bytes(change(idx(np.arange(6, dtype=np.uint8).reshape(3, 2), 8)))
    with pytest.raises(AutogradError, match=text):
        data.read_idx(path)


def test_zipped_idx_files_that_lie_take_no_memory(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x01\xff\xff\xff\xff"))
    with pytest.raises(AutogradError, match="it says that it holds 4294967295 bytes"):
        data.read_idx(path)
    path.write_bytes(gzip.compress(b"no IDX" * 10))
    with pytest.raises(AutogradError, match="is not an IDX file"):
        data.read_idx(path)
    path.write_bytes(gzip.compress(b"\0\0\x08\x00"))
    with pytest.raises(AutogradError, match="is cut short: shape"):
        data.read_idx(path)


def test_an_empty_idx_file_of_endless_shape_is_named(tmp_path):
    path = tmp_path / "x.idx"
    path.write_bytes(b"\0\0\x08\x03" + b"\xff" * 8 + b"\0" * 4)
    with pytest.raises(AutogradError, match="no array can have the shape"):
        data.read_idx(path)


def test_mnist_folders(tmp_path):
    images, labels = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2), np.array([7, 0, 9], np.uint8)
    with pytest.raises(AutogradError, match="has no file that begins with 'train-images'"):
        data.read_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(images, 8))
    with pytest.raises(AutogradError, match="has no file that begins with 'train-labels'"):
        data.read_mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels, 8)))
    X, y = data.read_mnist(tmp_path)
    np.testing.assert_array_equal(X, images.reshape(3, 4) / 255)
    np.testing.assert_array_equal(y, labels)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(images[:1], 8))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(labels[:1], 8))
    X, y = data.read_mnist(tmp_path)
    assert X.shape == (4, 4)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(labels, 8))
    with pytest.raises(AutogradError, match=r"t10k-images has shape \(1, 2, 2\) and t10k-labels \(3,\)"):
        data.read_mnist(tmp_path)
    with pytest.raises(AutogradError, match="is not a folder: give the one that holds MNIST's IDX files"):
        data.read_mnist(tmp_path / "nowhere")


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_metrics_equal_scikit_learns(seed, classes):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    p, t = rng.integers(0, classes, 30), rng.integers(0, classes, 30)
    same(metrics.accuracy(p, t), theirs.accuracy_score(t, p))
    np.testing.assert_array_equal(metrics.confusion_matrix(p, t, classes), theirs.confusion_matrix(t, p, labels=range(classes)))
    every = range(int(max(p.max(), t.max())) + 1)
    pairs = ((metrics.precision, theirs.precision_score), (metrics.recall, theirs.recall_score), (metrics.f1, theirs.f1_score))
    for ours, their in pairs:
        same(ours(p, t, None), their(t, p, average=None, labels=every, zero_division=0), rtol=1e-13)
        for average in ("macro", "micro", "weighted"):
            same(ours(p, t, average), their(t, p, average=average, zero_division=0), rtol=1e-13)
            same(ours(2 * p, 2 * t, average), their(2 * t, 2 * p, average=average, zero_division=0), rtol=1e-13)


def test_metrics_take_scores_one_hot_rows_and_tensors():
    scores = Tensor([[0.1, 0.9], [0.8, 0.2]])
    assert metrics.accuracy(scores, [1, 0]) == 1.0
    assert metrics.accuracy(np.eye(2), [[1, 0], [1, 0]]) == 0.5
    assert metrics.accuracy([[1], [0]], [1.0, 0.0]) == 1.0


def toy():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


def test_fit_learns_reports_and_repeats_to_the_bit(capsys):
    X, y = toy()
    runs = []
    for _ in range(2):
        model = nn.MLP([2, 8, 2], rng=0)
        history = nn.fit(model, X, y, loss="cross_entropy", lr=0.5, epochs=30, batch_size=10, validation=(X, y), rng=1)
        runs.append((history, [p.numpy() for p in model.parameters()]))
    (first, a), (second, b) = runs
    assert first == second
    assert all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))
    assert first.validation[-1] > 0.9
    assert len(first.loss) == len(first.validation_loss) == len(first.gradient_norm) == first.epochs == 30
    assert first.stopped == "30 epochs"
    out, err = capsys.readouterr()
    assert out == ""
    assert "30/30" in err
    assert "val accuracy" in err
    assert "loss=" in err


def test_fit_stops_on_a_small_gradient_or_a_callback_and_says_so():
    X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])  # GD09, E25
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="quadratic", lr=0.5, epochs=500, tol=1e-3, progress=False)
    assert history.epochs < 500
    assert history.stopped.startswith("gradient norm")
    assert "< tol 0.001" in history.stopped
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", epochs=500, callback=lambda h: h.epochs == 3, progress=False)
    assert (history.epochs, history.stopped) == (3, "callback")


def test_gradient_descent_finds_the_closed_form_of_least_squares():
    rng = np.random.default_rng(5)  # GD13 with E22
    X, noise = rng.normal(size=(40, 2)), rng.normal(size=40) * 0.1
    Y = X @ [1.5, -0.5] + 0.3 + noise
    best = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), Y, rcond=None)[0]
    model = nn.Linear(2, 1, rng=0)
    history = nn.fit(model, X, Y[:, None], loss="quadratic", lr=0.3, epochs=2000, tol=1e-10, progress=False)
    same([*model.W.data[0], model.b.data[0]], best, rtol=1e-8)
    assert "tol" in history.stopped


def test_fit_without_classes_judges_by_the_loss_or_a_metric():
    X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", epochs=2, validation=(X, Y), progress=False)
    assert len(history.validation) == 0
    assert len(history.validation_loss) == 2
    history = nn.fit(
        nn.Linear(1, 1, rng=0),
        X,
        Y,
        loss="mse",
        epochs=2,
        validation=(X, Y),
        metric=lambda p, t: float(np.mean(abs(p - t))),
        progress=False,
    )
    assert len(history.validation) == 2
    assert is_classes((5, 3), np.eye(3)[[0, 1, 2, 0, 1]])
    assert not is_classes((5, 3), np.zeros((5, 3)) + 0.5)


def test_fit_keeps_the_last_good_parameters_when_the_loss_is_not_finite():
    X, Y = np.array([[1e200], [1.0]]), np.array([[1.0], [3.0]])
    model = nn.Linear(1, 1, rng=0)
    before = [p.numpy() for p in model.parameters()]
    with pytest.raises(AutogradError, match=r"the loss became inf in step 1 \(learning rate 0.1\): lower the learning rate"):
        nn.fit(model, X, Y, loss="quadratic", epochs=2, progress=False)
    assert all(np.array_equal(p.data, q) for p, q in zip(model.parameters(), before, strict=True))

    def steep(pred, target):
        return (pred * 0.0).sqrt().sum()  # 0, with an infinite slope

    with pytest.raises(AutogradError, match="the gradient of W is not finite in step 1"):
        nn.fit(model, X[1:], Y[1:], loss=steep, epochs=2, progress=False)
    assert all(np.array_equal(p.data, q) for p, q in zip(model.parameters(), before, strict=True))


ok = np.ones((4, 2))
linear = nn.Linear(2, 1, rng=0)


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (
            lambda: nn.fit(linear, np.array([[1.0, np.nan]]), [[1.0]], loss="mse"),
            r"fit\(\): X\[0, 1\] is nan \(1 such\): drop or fill",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:2], loss="mse"),
            r"fit\(\): X has shape \(4, 2\) and Y \(2, 2\); both need one row per sample",
        ),
        (lambda: nn.fit(linear, ok[:0], ok[:0], loss="mse"), r"fit\(\): there are no samples: X has shape \(0, 2\)"),
        (lambda: nn.fit(linear, [["a", "b"]], [[1.0]], loss="mse"), r"fit\(\): X holds <U1, not real numbers"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", lr=0.0),
            "the learning rate lr must be a finite number above 0, not 0.0",
        ),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", lr=np.nan), "above 0, not nan"),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", epochs=0), "epochs must be a positive integer, not 0"),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", tol=-1.0), "tol must be a finite number above 0, not -1.0"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", batch_size=0, progress=False),
            "the number of samples in a batch must be a positive integer, not 0",
        ),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", epochs=True), "not True"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer="adam"),
            r"optimizer must be one made with .*, as nn.Adam\(model.parameters\(\)\), not 'adam'",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer=nn.SGD([Value(1.0)], lr=0.1)),
            "the optimizer moves no parameter of this model",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer=nn.SGD(linear.parameters(), lr=0.1), lr=0.2),
            "lr=0.2 would be ignored: the optimizer has its own rate, 0.1",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", metric="accuracy"),
            r"metric must be a function of \(pred, target\), such as nn.metrics.accuracy",
        ),
        (lambda: nn.SGD([], lr=0.1), r"an optimizer needs parameters: pass model.parameters\(\)"),
        (lambda: nn.SGD([1.0], lr=0.1), "an optimizer moves Values and Tensors, not 1.0"),
        (lambda: nn.SGD([Value(1.0)], lr=-0.1), "the learning rate lr must be a finite number above 0, not -0.1"),
        (lambda: nn.SGD([Value(1.0)], lr="fast"), "not 'fast'"),
        (lambda: nn.SGD([Value(1.0)], lr=0.1, momentum=1.0), "momentum must be a number with 0 ≤ x < 1, not 1.0"),
        (lambda: nn.Adam([Value(1.0)], betas=(0.9, 1.5)), r"betas\[1\] must be a number with 0 ≤ x < 1, not 1.5"),
        (lambda: data.split(ok, ok, (0.5, 0.4)), r"fractions must be positive and add up to 1, not \(0.5, 0.4\)"),
        (lambda: data.split(ok[:2], ok[:2]), "2 samples are too few for the fractions"),
        (lambda: metrics.accuracy([0, 1], [0]), r"accuracy\(\): 2 predictions for 1 targets"),
        (lambda: metrics.accuracy([], []), r"accuracy\(\): there are no samples"),
        (lambda: metrics.accuracy([0.3], [0]), r"labels are integers, not \[0.3\]: round or threshold"),
        (lambda: metrics.confusion_matrix([0, 3], [0, 1], 2), "the labels run from 0 to 3, not 0 to 1"),
        (
            lambda: metrics.accuracy([[np.nan, 1.0]], [0]),
            "labels and scores are finite numbers, but 1 of these are nan or infinite",
        ),
        (lambda: list(data.batches(ok, ok[:2], 2)), r"batches\(\): X has shape \(4, 2\) and Y \(2, 2\)"),
        (
            lambda: nn.fit(nn.Linear(2, 1, rng=0), ok, ok[:, :1], loss="mse", lr=1e308, progress=False),
            "a parameter became infinite in step 1",
        ),
        (
            lambda: metrics.precision([0], [0], average="best"),
            "average must be 'macro', 'weighted', 'micro', 'binary' or None, not 'best'",
        ),
    ],
)
def test_wrong_input_is_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


def test_optimizers_take_gradients_that_are_graphs():
    p, q = Value(1.0), Tensor([1.0])
    ((p * p) + (q * q).sum()).backward(create_graph=True)
    nn.SGD([p, q], lr=0.25).step()
    assert (p.data, q.data) == (0.5, 0.5)


def test_thousands_of_stratified_folds():
    y = np.repeat([0, 1, 2], [1100, 900, 400])
    parts = [held for _, held in data.k_fold(np.zeros((2400, 1)), y, k=1200, rng=0, stratify=True)]
    counts = np.array([np.bincount(held.astype(int), minlength=3) for _, held in parts])
    assert (counts.sum(axis=1) == 2).all()
    assert list(counts.sum(axis=0)) == [1100, 900, 400]
    assert (counts.max(axis=0) <= 1).all()


def test_a_small_stratified_split_has_the_right_sizes():
    parts = data.split(np.zeros((6, 1)), [0, 0, 1, 2, 2, 2], (0.4, 0.3, 0.3), rng=0, stratify=True)
    assert [len(y) for _, y in parts] == [2, 2, 2]
    # Here making room takes a way back out of a blind alley.
    y = np.repeat(np.arange(5), [8, 1, 5, 7, 7])
    parts = data.split(np.zeros((28, 1)), y, (7 / 15, 7 / 15, 1 / 15), rng=0, stratify=True)
    assert [len(p) for _, p in parts] == [13, 13, 2]
