"""What goes wrong in training is said: runs that are not the same, losses that cannot learn, settings without effect, bad data."""

import functools
import gzip
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import AutogradError, DataError, GraphError, SettingError, ShapeError, Tensor, Value, softmax
from nn import checkpoint, data, losses, metrics
from nn.optim import SGD, Adam, AdamW, Lion, RMSProp

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])
ALPHA = 1.0


def scaled(pred, target, factor=1.0):
    return losses.mse(pred, target) * factor


def by_global(pred, target):
    return losses.mse(pred, target) * ALPHA


class Scaled(nn.Module):
    """A module with a constant of its own."""

    def __init__(self, factor, rng=0):
        self.inner = nn.Linear(2, 1, rng=rng)
        self.factor = factor

    def forward(self, x):
        return self.inner(x) * self.factor


def trained(path, model=None, loss="mse", epochs=3, **settings):
    model = nn.Linear(2, 1, rng=0) if model is None else model
    settings = {"lr": 0.1, "batch_size": 2, "rng": 1, "progress": False, **settings}
    return nn.fit(model, X, Y, loss=loss, epochs=epochs, checkpoint=path, **settings)


# -- the identity of a run

OTHERS = [
    ("the first value of the parameter W", lambda: {"model": nn.Linear(2, 1, rng=5)}),
    ("the generator rng=", lambda: {"rng": 2}),
    ("the setting batch_size", lambda: {"batch_size": 3}),
    ("group 0 of the optimizer", lambda: {"lr": 0.2}),
    ("the loss", lambda: {"loss": "mae"}),
    ("the loss", lambda: {"loss": lambda p, t: 2.0 * losses.mse(p, t)}),
    ("the loss", lambda: {"loss": functools.partial(scaled, factor=2.0)}),
    ("the validation data", lambda: {"validation": (X, Y)}),
]


@pytest.mark.parametrize(("part", "change"), OTHERS, ids=range(len(OTHERS)))
def test_a_checkpoint_of_another_run_is_refused_by_what_differs(tmp_path, part, change):
    path = tmp_path / "run.npz"
    trained(path)
    before = path.read_bytes()
    with pytest.raises(
        DataError, match=rf"checkpoint of another run: {part} is not the same as in the run that wrote it. Give each run"
    ):
        trained(path, **change())
    assert path.read_bytes() == before


PAIRS = {
    "a constant in a lambda": lambda c: (
        {"loss": lambda p, t, c=None: losses.mse(p, t) * (2.0 if c is None else 1.0)}
        if c
        else {"loss": lambda p, t, c=None: losses.mse(p, t) * (3.0 if c is None else 1.0)}
    ),
    "a cell": lambda c: {"loss": lambda p, t: losses.mse(p, t) * c},
    "a default": lambda c: {"loss": lambda p, t, factor=float(c): losses.mse(p, t) * factor},
    "a partial": lambda c: {"loss": functools.partial(scaled, factor=1.0 + c)},
    "a partial of a partial": lambda c: {"loss": functools.partial(functools.partial(scaled), factor=1.0 + c)},
    "a cell that is a list": lambda c: {"loss": lambda p, t, w=(1.0,): losses.mse(p, t) * [w[0], c][1]},
    "a cell that is an array": lambda c: {"loss": (lambda w: lambda p, t: losses.mse(p * w, t))(np.array([1.0 + c]))},
    "a cell that is a function": lambda c: {"loss": (lambda f: lambda p, t: f(p, t))(lambda p, t: losses.mse(p, t) * (1.0 + c))},
    "a module's attribute": lambda c: {"model": Scaled(1.0 + c)},
    "a module's own function": lambda c: {"model": nn.Sequential(nn.Linear(2, 1, rng=0), lambda x: x * (1.0 + c))},
    "an activation": lambda c: {"model": nn.MLP([2, 2, 1], hidden=["tanh", "relu"][c], rng=0)},
    "a rate of Dropout": lambda c: {"model": nn.Sequential(nn.Dropout([0.1, 0.2][c], rng=0), nn.Linear(2, 1, rng=0))},
    "a generator of Dropout": lambda c: {"model": nn.Sequential(nn.Dropout(0.1, rng=c), nn.Linear(2, 1, rng=0))},
    "a schedule": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), lambda t: 0.1 / (1 + c)),
    },
    "a schedule late in the run": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), lambda t: 0.1 if t < 57 else 0.05 * (1 + c)),
    },
    "momentum": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), 0.1, momentum=0.5 + 0.1 * c),
    },
    "the metric": lambda c: {"validation": (X, Y), "metric": [metrics.r2, lambda p, t: -np.abs(p - t).max()][c]},
    "the global that a loss reads": lambda c: {"loss": type(by_global)(by_global.__code__, {**globals(), "ALPHA": 1.0 + c})},
}


@pytest.mark.parametrize("name", PAIRS)
def test_runs_that_differ_in_one_constant_do_not_share_a_checkpoint(tmp_path, name):
    path = tmp_path / "run.npz"
    first = trained(path, **PAIRS[name](0))
    again = trained(path, **PAIRS[name](0))  # the same once more goes on
    assert (first.resumed, again.resumed) == (0, 3)
    with pytest.raises(DataError, match="is not the same as in the run that wrote it"):
        trained(path, **PAIRS[name](1))


def test_a_sweep_over_seeds_gives_each_its_own_result_or_says_so(tmp_path):
    results = []
    for seed in range(3):
        try:
            results.append(trained(tmp_path / "run.npz", model=nn.Linear(2, 1, rng=seed)).loss[-1])
        except DataError as error:
            results.append(str(error))
    assert isinstance(results[0], float)
    assert all("the first value of the parameter W" in result for result in results[1:])


def test_a_run_goes_on_in_another_process_and_with_more_epochs(tmp_path):
    code = textwrap.dedent("""
        import sys, numpy as np, nn
        from nn import losses
        factor, table = 2.0, {"a": [1.0, 2.0], "b": {3.0, 4.0}}
        class Net(nn.Module):
            def __init__(self):
                self.inner, self.table = nn.Linear(2, 1, rng=0), table
            def forward(self, x):
                return self.inner(x) * factor
        X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])
        model = nn.Sequential(Net(), nn.Dropout(0.2, rng=3))
        h = nn.fit(model, X, Y, loss=lambda p, t: losses.mse(p, t) * table["a"][1], optimizer=nn.Adam(model.parameters()),
                   epochs=int(sys.argv[1]), batch_size=2, rng=4, checkpoint=sys.argv[2], progress=True)
        print(h.resumed, [p.data.tobytes().hex() for p in model.parameters()])
    """)

    def run(epochs, path):
        done = subprocess.run([sys.executable, "-c", code, str(epochs), str(path)], capture_output=True, text=True, check=True)
        resumed, parameters = done.stdout.split(" ", 1)
        return int(resumed), parameters, done.stderr

    resumed, whole, _ = run(4, tmp_path / "whole.npz")
    assert resumed == 0
    assert run(2, tmp_path / "parts.npz")[0] == 0
    resumed, parts, told = run(4, tmp_path / "parts.npz")
    assert (resumed, parts) == (2, whole)
    assert f"fit(): goes on from {tmp_path / 'parts.npz'}, after 2 epochs" in told


def test_the_model_of_a_run_itself_may_go_on(tmp_path):
    model = nn.Linear(2, 1, rng=0)
    optimizer = Adam(model.parameters())
    settings = {"loss": "mse", "optimizer": optimizer, "batch_size": 2, "progress": False, "checkpoint": tmp_path / "run.npz"}
    nn.fit(model, X, Y, epochs=2, rng=1, **settings)
    history = nn.fit(model, X, Y, epochs=4, rng=1, **settings)
    assert (history.resumed, history.epochs) == (2, 4)
    assert "2 of them from a checkpoint" in repr(history)


# -- labels that are not one class

MULTI = [
    ([[1, 1, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 0]]),
    ([[0.9, 0.1], [0.2, 0.8]], [[1, 1], [0, 1]]),
    ([[0.9, 0.1], [0.2, 0.8]], [[0, 0], [0, 1]]),
    (np.eye(3)[[0, 1]] + np.eye(3)[[1, 2]], np.eye(3)[[0, 1]]),
]


@pytest.mark.parametrize("metric", [metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.confusion_matrix])
@pytest.mark.parametrize(("pred", "target"), MULTI, ids=range(len(MULTI)))
def test_rows_of_several_labels_are_not_scored_by_the_largest(metric, pred, target):
    with pytest.raises(DataError, match=rf"{metric.__name__}\(\): .* compare label by label, as in"):
        metric(pred, target)
    with pytest.raises(DataError):
        metric(Tensor(pred), target)


def test_multi_label_targets_have_no_accuracy_in_the_history():
    targets = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    model = nn.Linear(2, 3, rng=0)
    history = nn.fit(model, X, targets, loss="binary_cross_entropy_with_logits", epochs=2, validation=(X, targets), progress=False)
    assert not len(history.validation)
    assert len(history.validation_loss) == 2
    one_hot = nn.fit(model, X, np.eye(3), loss="cross_entropy", epochs=2, validation=(X, np.eye(3)), progress=False)
    assert len(one_hot.validation) == 2


# -- losses that cannot learn


@given(st.integers(1, 5))
def test_cross_entropy_over_one_class_is_refused(n):
    for logits, target in ((np.zeros((n, 1)), np.zeros(n, int)), (np.zeros((n, 1)), np.ones((n, 1))), (np.zeros(1), 0)):
        for settings in ({}, {"smoothing": 0.1}, {"reduction": "sum"}):
            with pytest.raises(ShapeError, match=r"over one class is 0 whatever .* use binary_cross_entropy_with_logits"):
                losses.cross_entropy(Tensor(logits), target, **settings)
    with pytest.raises(ShapeError, match="over one class"):
        nn.fit(nn.Linear(2, 1, rng=0), X, np.zeros(3, int), loss="cross_entropy", epochs=1, progress=False)


def softened(x):
    return softmax(x)


DOUBLE = {
    "MLP": lambda: nn.MLP([2, 3], output="softmax", rng=0),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), "softmax"),
    "nested": lambda: nn.Sequential(nn.Sequential(nn.Linear(2, 3, rng=0), "softmax")),
    "function": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), softened),
    "lambda": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), lambda x: softmax(x).reshape(-1, 3)),
    "sigmoid": lambda: nn.MLP([2, 3], output="sigmoid", rng=0),
}


@pytest.mark.parametrize("name", DOUBLE)
@pytest.mark.parametrize("compiled", [False, True])
def test_softmax_before_a_loss_that_takes_logits_is_warned_of(name, compiled):
    for loss in (
        "cross_entropy",
        lambda p, t: losses.cross_entropy(p, t),
        functools.partial(losses.cross_entropy, reduction="mean"),
    ):
        model = DOUBLE[name]()
        with pytest.warns(nn.TrainingWarning, match=r"cross_entropy\(\) takes logits, but these came out of (softmax|sigmoid)"):
            nn.TrainingStep(model, loss, SGD(model.parameters(), 0.1), compiled=compiled)(X, np.array([0, 1, 2]))


def test_sigmoid_before_its_own_loss_and_probabilities_for_logarithms_are_warned_of():
    with pytest.warns(nn.TrainingWarning, match=r"binary_cross_entropy_with_logits\(\) takes logits, but .* sigmoid"):
        losses.binary_cross_entropy_with_logits(Tensor([0.1, 0.2]).sigmoid(), [1.0, 0.0])
    with pytest.warns(
        nn.TrainingWarning, match=r"kl_divergence\(\) takes logarithms of probabilities, but .* softmax: pass log_softmax"
    ):
        losses.kl_divergence(softmax(Tensor([0.1, 0.2])), [0.5, 0.5])
    with pytest.warns(nn.TrainingWarning, match="came out of sigmoid"):
        losses.cross_entropy([Value(0.1).sigmoid(), Value(0.2).sigmoid()], 1)


def test_models_that_give_logits_are_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for output in ("identity", "tanh", "log_softmax"):
            model = nn.MLP([2, 3, 3], hidden="sigmoid", output=output, rng=0)
            nn.fit(model, X, np.array([0, 1, 2]), loss="cross_entropy", epochs=1, progress=False)
        model = nn.MLP([2, 3, 1], hidden="sigmoid", output="sigmoid", rng=0)
        nn.fit(model, X, Y, loss="binary_cross_entropy", epochs=1, progress=False)


# -- how a run ends


ENDS = {
    "epochs": {"epochs": 6},
    "seconds": {"epochs": 10**6, "seconds": 0.2},
    "callback": {"epochs": 100, "callback": lambda h: h.epochs >= 6},
    "patience": {"epochs": 100, "patience": 2},
    "target": {"epochs": 100, "target": 0.0, "metric": lambda p, t: 0.0},
    "tol": {"epochs": 100, "tol": 1e9},
}


@pytest.mark.parametrize("end", ENDS)
def test_the_best_parameters_come_back_at_every_end(end):
    model = nn.Linear(2, 1, rng=0)
    kept = []

    def watch(history):
        kept.append([np.array(p.data) for p in model.parameters()])
        stop = ENDS[end].get("callback")
        return stop(history) if stop else False

    settings = {"patience": 50, **ENDS[end], "callback": watch}
    held_out = (X, 1.0 - Y)  # which gets worse while the training data gets better
    history = nn.fit(model, X, Y, loss="mse", lr=0.3, validation=held_out, progress=False, **settings)
    best = kept[int(np.argmin(history.validation_loss))]
    for p, x in zip(model.parameters(), best, strict=True):
        np.testing.assert_array_equal(p.data, x)


@pytest.mark.parametrize("error", [KeyboardInterrupt, GraphError])
def test_the_best_parameters_come_back_when_a_run_breaks_off(error):
    model = nn.Linear(2, 1, rng=0)
    kept = []

    def loss(pred, target):
        if len(kept) == 4 and model.training:
            raise error("stop")
        return losses.mse(pred, target)

    def watch(history):
        kept.append((history.validation_loss[-1], [np.array(p.data) for p in model.parameters()]))

    settings = {"validation": (X, 1.0 - Y), "patience": 50, "callback": watch, "progress": False}
    if error is KeyboardInterrupt:
        nn.fit(model, X, Y, loss=loss, lr=0.3, epochs=10, **settings)
    else:
        with pytest.raises(GraphError, match="stop"):
            nn.fit(model, X, Y, loss=loss, lr=0.3, epochs=10, **settings)
    best = min(kept, key=lambda pair: pair[0])[1]
    for p, x in zip(model.parameters(), best, strict=True):
        np.testing.assert_array_equal(p.data, x)


def test_the_rate_of_an_epoch_is_the_one_that_was_used():
    model = nn.Linear(2, 1, rng=0)
    rates = [0.4, 0.3, 0.2, 0.1, 0.05]
    used = []

    class Spy(nn.optim.Transform):
        def one(self, update, state, param, step):
            used.append(rates[step - 1])
            return update

    optimizer = nn.optim.Optimizer([model.W], nn.optim.chain(Spy(), nn.optim.scale(lambda t: rates[t])))
    with pytest.warns(nn.TrainingWarning, match="does not move b"):
        history = nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=4, progress=False)
    assert history.rate.tolist() == used == rates[:4]


# -- optimizers


def test_an_optimizer_of_another_model_is_refused_everywhere():
    model, other = nn.Linear(2, 1, rng=0), nn.Linear(2, 1, rng=0)
    for compiled in (False, True):
        with pytest.raises(SettingError, match=r"TrainingStep\(\): the optimizer moves no parameter of this model"):
            nn.TrainingStep(model, "mse", SGD(other.parameters(), 0.1), compiled=compiled)
    with pytest.raises(SettingError, match=r"fit\(\): the optimizer moves no parameter of this model"):
        nn.fit(model, X, Y, loss="mse", optimizer=SGD(other.parameters(), 0.1), progress=False)


def test_settings_without_effect_are_refused():
    w = Tensor([1.0])
    with pytest.raises(SettingError, match="nesterov=True changes nothing without momentum"):
        SGD([w], 0.1, nesterov=True)
    with pytest.raises(SettingError, match="nesterov=True changes nothing"):
        SGD([{"params": [w], "momentum": 0.0}], 0.1, momentum=0.9, nesterov=True)
    with pytest.raises(SettingError, match=r"metric needs held-out data: give validation=\(X, Y\)"):
        nn.fit(nn.Linear(2, 1, rng=0), X, Y, loss="mse", metric=metrics.r2, progress=False)
    with pytest.raises(SettingError, match="rng=0 would be ignored: without trials="):
        nn.tune(lambda train, validation, a: a, (), (), {"a": [1]}, rng=0)


OPTIMIZERS = {
    "SGD": lambda p: SGD(p, 0.1, weight_decay=0.5),
    "momentum": lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
    "Adam": lambda p: Adam(p, 0.1, weight_decay=0.5),
    "AdamW": lambda p: AdamW(p, 0.1, weight_decay=0.5),
    "RMSProp": lambda p: RMSProp(p, 0.1, weight_decay=0.5, centered=True, momentum=0.5),
    "Adagrad": lambda p: nn.Adagrad(p, 0.1, weight_decay=0.5),
    "Lion": lambda p: Lion(p, 0.1, weight_decay=0.5),
    "clipped": lambda p: nn.optim.Optimizer(p, nn.optim.chain(nn.optim.clip_by_norm(0.1), nn.optim.scale(0.1))),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("kind", [Value, lambda x: Tensor([x, x])], ids=["Value", "Tensor"])
def test_a_parameter_that_took_no_part_stays_where_it_is(name, kind):
    used, idle, alone = kind(2.0), kind(3.0), kind(2.0)
    both, one = OPTIMIZERS[name]([used, idle]), OPTIMIZERS[name]([alone])
    for part in (False, True, False):
        for optimizer, w in ((both, used), (one, alone)):
            optimizer.zero_grad()
            loss = w * w + (idle * 0.5 if part and optimizer is both else 0.0)
            (loss.sum() if isinstance(loss, Tensor) else loss).backward()
            before = np.array(idle.data)
            optimizer.step()
            assert np.array_equal(idle.data, before) == (not (part and optimizer is both))
        if name != "clipped":  # which looks at all gradients together
            np.testing.assert_array_equal(used.data, alone.data)


def test_a_gradient_of_zero_is_a_part_and_decays():
    w = Tensor([2.0])
    optimizer = SGD([w], 0.1, weight_decay=0.5)
    (w * 0.0).sum().backward()
    optimizer.step()
    assert w.data[0] == pytest.approx(1.9)
    w.grad = np.zeros(1)
    optimizer.step()
    assert w.data[0] == pytest.approx(1.805)


def test_compiled_steps_leave_out_what_takes_no_part():
    class Branches(nn.Module):
        def __init__(self):
            self.used, self.idle = nn.Linear(2, 1, rng=0), nn.Linear(2, 1, rng=1)

        def forward(self, x):
            return self.used(x)

    moved = []
    for compiled in (False, True):
        model = Branches()
        before = model.idle.W.data.copy()
        step = nn.TrainingStep(model, "mse", AdamW(model.parameters(), 0.1, weight_decay=0.5), compiled=compiled)
        for _ in range(3):
            step(X, Y)
        np.testing.assert_array_equal(model.idle.W.data, before)
        moved.append(model.used.W.data.copy())
    np.testing.assert_allclose(moved[0], moved[1], rtol=1e-12)


@given(st.floats(-10, 10), st.floats(0.5, 0.999))
def test_centred_rmsprop_of_constant_gradients_is_finite(g, rho):
    w = Value(1.0)
    optimizer = RMSProp([w], 0.01, rho=rho, centered=True)
    for _ in range(50):
        w.grad = g
        optimizer.step()
        assert np.isfinite(w.data)


# -- data

MASKED = np.ma.array([[0.0, 1.0], [1.0, 0.5], [0.5, 9e9]], mask=[[0, 0], [0, 0], [0, 1]])


@pytest.mark.parametrize(
    "use",
    [
        lambda a: nn.fit(nn.Linear(2, 1, rng=0), a, Y, loss="mse", progress=False),
        lambda a: nn.fit(nn.Linear(2, 2, rng=0), X, a, loss="mse", progress=False),
        lambda a: data.split(a, Y),
        lambda a: list(data.batches(a, Y, 2)),
        lambda a: list(data.k_fold(a, Y, 3)),
        lambda a: data.Standardiser(a),
        lambda a: data.Standardiser(X)(a),
        lambda a: metrics.r2(a, X),
        lambda a: metrics.accuracy(X, a),
        lambda a: nn.Linear(2, 1, rng=0)(a),
        lambda a: losses.mse(Tensor(X), a),
        lambda a: Tensor(a),
        lambda a: Tensor([a, a]),
        lambda a: Tensor(X) * a,
        lambda a: Value(a[2, 1]),
    ],
    ids=range(15),
)
def test_masked_entries_are_never_taken_for_numbers(use):
    with pytest.raises(AutogradError, match=r"masked, and would count as the numbers below the mask: fill them"):
        use(MASKED)


def test_masked_arrays_without_masked_entries_are_arrays():
    assert Tensor(np.ma.array([1.0, 2.0])).data.tolist() == [1.0, 2.0]
    assert metrics.accuracy(np.ma.array([1, 0]), [1, 0]) == 1.0


def test_a_header_of_numbers_is_not_swallowed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,2,0\n3,4,1\n")
    with pytest.raises(DataError, match=r"read_csv\(\): line 1 of .*a.csv holds numbers, which header=True would skip"):
        data.read_csv(path, header=True)
    path.write_text("a,2,0\n3,4,1\n")
    assert data.read_csv(path, header=True)[1].tolist() == [1.0]


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "123456789012345678901"])
def test_whole_numbers_that_a_float_would_round_are_refused(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(f"1,2\n{text},4\n")
    with pytest.raises(DataError, match=rf"line 2: {text} is beyond 2⁵³ and would be rounded"):
        data.read_csv(path)
    path.write_text("9007199254740992,2\n9007199254740993.0,1e300\n")
    assert len(data.read_csv(path)[0]) == 2


def test_empty_gzipped_and_partly_textual_files_are_named(tmp_path):
    path = tmp_path / "a.csv"
    for text, header, message in (
        ("", False, "holds no line of numbers: it is empty"),
        ("\n\n", False, "holds no line of numbers: it is empty"),
        ("a,b\n", True, "holds no line of numbers below its header"),
        ("1,x\n", False, "line 1: could not convert string to float: 'x'$"),
        ("1,\n", False, "line 1: could not convert string to float: ''$"),
        ("a,b\n1,2\n", False, "'a'; pass header=True to skip a line of names"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=message):
            data.read_csv(path, header=header)
    path.write_bytes(gzip.compress(b"1,2\n3,4\n"))
    with pytest.raises(DataError, match="is gzipped: unpack it first, as with gunzip"):
        data.read_csv(path)


def test_sparse_arrays_are_read_and_bombs_are_not(tmp_path):
    sparse = np.zeros((1250, 1250))
    sparse[::125, ::125] = 1.0
    np.savez_compressed(tmp_path / "a.npz", X=sparse, y=np.zeros(1250))
    assert (tmp_path / "a.npz").stat().st_size * 100 < sparse.nbytes
    assert data.read_npz(tmp_path / "a.npz")[0].sum() == 100
    black = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2000, 28, 28)) + bytes(2000 * 784)
    (tmp_path / "black.gz").write_bytes(gzip.compress(black))
    assert data.read_idx(tmp_path / "black.gz").shape == (2000, 28, 28)
    huge = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2**31, 2**10, 2**10)) + bytes(10_000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(huge))
    with pytest.raises(DataError, match=r"says that it holds .* bytes"):
        data.read_idx(tmp_path / "bomb.gz")


@given(st.integers(1, 2**50), st.integers(1, 2**40))
def test_what_a_compressed_file_may_hold(need, size):
    believed = checkpoint.is_believable(need, size)
    assert believed or need > 100 * size
    assert not (believed and need > max(1040 * max(size, 100), 100 * size))
    assert not (believed and need > max(2**29, 100 * size))


# -- tuning


def test_one_trial_that_fails_does_not_lose_the_others():
    def run(train, validation, a):
        if a == 2:
            raise GraphError("the loss became nan")
        if a == 3:
            raise FloatingPointError("overflow")
        return np.nan if a == 4 else np.float64(a)

    found = nn.tune(run, (), (), {"a": [1, 2, 3, 4, 5]})
    assert found.best == {"a": 5}
    assert [settings["a"] for settings, _ in found.failed] == [2, 3]
    assert len(found.trials) == 5
    with pytest.raises(GraphError, match=r"tune\(\): all 2 trials failed, the last one with: overflow"):
        nn.tune(run, (), (), {"a": [2, 3]})


def test_a_diverging_trial_of_a_real_network_is_ranked_last():
    def run(train, validation, lr):
        model = nn.Linear(2, 1, rng=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", nn.TrainingWarning)
            history = nn.fit(model, *train, loss="mse", lr=lr, epochs=300, validation=validation, progress=False)
        return -history.validation_loss[-1]

    found = nn.tune(run, (X, Y), (X, Y), {"lr": [0.1, 1e6]})
    assert found.best == {"lr": 0.1}
    assert [settings for settings, _ in found.failed] == [{"lr": 1e6}]


@pytest.mark.parametrize("score", [None, "0.5", [0.5], True, {"score": 1}])
def test_a_trial_without_a_score_is_named(score):
    with pytest.raises(DataError, match=r"tune\(\): run\(train, validation, \*\*\{'a': 1\}\) gave .*: return one number"):
        nn.tune(lambda train, validation, a: score, (), (), {"a": [1]})


# -- errors that say what to do


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: metrics.accuracy(["a"], ["a"]),
            r"accuracy\(\): labels are integers, .* not <U1 such as \['a'\]: number the classes",
        ),
        (lambda: metrics.accuracy([None], [1]), r"accuracy\(\): labels are integers"),
        (lambda: metrics.accuracy([[1], [1, 2]], [1, 0]), r"accuracy\(\) takes an array, and not rows of unequal lengths"),
        (lambda: metrics.f1(["a", "b"], [0, 1]), r"f1\(\): labels are integers"),
        (lambda: metrics.r2(["a"], [1.0]), r"r2\(\) takes numbers, not <U1"),
        (
            lambda: metrics.confusion_matrix([0, 1], [0, 1], classes=2.5),
            r"confusion_matrix\(\): classes must be a positive integer, not 2.5",
        ),
        (lambda: metrics.confusion_matrix([0, 1], [0, 1], classes="2"), "classes must be a positive integer, not '2'"),
        (lambda: data.split(X, Y, 0.8), r"split\(\): fractions must be one number per part, such as \(0.8, 0.2\), not 0.8"),
        (lambda: data.split(X, Y, "abc"), "fractions must be one number per part"),
        (lambda: data.split(X, Y, ("a", "b")), "fractions must be numbers"),
        (lambda: Adam([Value(1.0)], betas=0.9), r"Adam\(\): betas must be two numbers, such as \(0.9, 0.999\), not 0.9"),
        (lambda: AdamW([Value(1.0)], betas=(0.9,)), r"AdamW\(\): betas must be two numbers"),
        (lambda: Lion([Value(1.0)], betas="ab"), r"Lion\(\): betas must be two numbers"),
        (
            lambda: SGD(nn.Linear(2, 1, rng=0), 0.1),
            r"an optimizer takes a list of parameters, not Linear.*: pass model.parameters\(\)",
        ),
        (lambda: Adam(None), r"takes a list of parameters, not None: pass model.parameters\(\)"),
        (lambda: SGD("abc", 0.1), "takes a list of parameters"),
        (lambda: SGD([nn.Linear(2, 1, rng=0)], 0.1), r"moves Values and Tensors, not Linear.*: pass model.parameters\(\)"),
        (lambda: SGD(Value(1.0), 0.1), "takes a list of parameters"),
    ],
)
def test_plausible_mistakes_get_the_next_step(call, text):
    with pytest.raises(AutogradError, match=text):
        call()


# -- what a run is told apart by


def test_digests_say_what_things_are_made_of():
    from nn.training.digest import digest

    class Weighing:
        def __init__(self, factor):
            self.factor = factor

        def loss(self, pred, target):
            return self.factor * losses.mse(pred, target)

    def late():
        def inner():
            return missing

        if False:
            missing = 1  # which stays unfilled
        return inner

    pairs = [
        (np.array([1, "a"], object), np.array([2, "a"], object)),
        (np.float64(1.0), np.float64(2.0)),
        (np.float32(1.0), np.float32(2.0)),
        ({1.0, 2.0}, {1.0, 3.0}),
        (Weighing(1.0).loss, Weighing(2.0).loss),
        (Weighing(1.0), Weighing(2.0)),
        (np.random.default_rng(0), np.random.default_rng(1)),
        ({"a": [1.0]}, {"a": [2.0]}),
        (Tensor([1.0], constant=True), Tensor([2.0], constant=True)),
        (losses.mse, losses.mae),
        (nn.Linear(2, 1, rng=0), nn.MLP([2, 1], rng=0)),
        (np.exp, np.log),
        (math_module(), np),
        (Weighing, OtherWeighing),
    ]
    for a, b in pairs:
        assert digest(a) == digest(a)
        assert digest(a) != digest(b)
    assert digest({2.0, 1.0, 3.0}) == digest({3.0, 2.0, 1.0})
    loop = [1.0]
    loop.append(loop)
    assert digest(loop) == digest(loop)
    assert digest(late()) == digest(late())


class OtherWeighing:
    @property
    def factor(self):
        return 2.0

    @staticmethod
    def loss(pred, target):
        return losses.mse(pred, target)


def math_module():
    import math

    return math


def test_histories_labels_and_steps_of_other_kinds():
    with pytest.raises(ValueError, match="different lengths"):
        nn.History().restore({**nn.History().arrays(), "loss": np.ones(2), "rate": np.ones(1)})
    with pytest.raises(
        ShapeError, match=r"accuracy\(\): labels have shape \(N,\), and one-hot rows or scores \(N, K\), not \(1, 1, 2\)"
    ):
        metrics.accuracy(np.zeros((1, 1, 2)), np.zeros(1, int))
    w = Tensor([[1.0], [1.0]])
    step = nn.TrainingStep(lambda x: Tensor(x) @ w, "mse", SGD([w], 0.1))
    assert step(X, Y) > step(X, Y)


def test_a_column_that_is_not_there_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    with pytest.raises(DataError, match="has 2 lines of 2 numbers, and no column 5"):
        data.read_csv(tmp_path / "a.csv", target=5)
