"""How training ends, what it warns of, toy data, k-fold, standardising, metrics of regression, and the search over settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import AutogradError, GraphError, SettingError, ShapeError, Tensor
from autograd.testing import check_grad
from nn import data, losses, metrics, toys


def regression(**more):
    X, Y = toys.line(40, noise=0.05, rng=0)
    model = nn.Linear(1, 1, rng=0)
    return model, nn.fit(model, X, Y, loss="mse", validation=(X[:10], Y[:10]), progress=False, **more)


def test_patience_stops_and_puts_the_best_parameters_back():
    X, Y = toys.sine(16, noise=0.3, rng=0)
    validation = toys.sine(50, noise=0.3, rng=1)
    model = nn.MLP([1, 30, 1], rng=0)
    history = nn.fit(
        model,
        X,
        Y,
        loss="mse",
        optimizer=nn.Adam(model.parameters(), lr=0.05),
        epochs=2000,
        validation=validation,
        patience=20,
        progress=False,
    )
    best = int(np.argmin(history.validation_loss))
    assert history.epochs == best + 21
    assert history.stopped == f"patience: no lower validation loss in 20 epochs since epoch {best + 1}"
    assert float(losses.mse(model(validation[0]), validation[1])) == history.validation_loss.min()


def test_target_seconds_and_the_columns_of_a_history():
    _, history = regression(epochs=500, target=0.9, metric=metrics.r2, lr=0.3)
    assert history.stopped.startswith("validation metric 0.9")
    assert history.epochs < 500
    assert all(len(column) == history.epochs for column in history.arrays().values())
    assert list(history.rate) == [0.3] * history.epochs
    assert (np.diff(history.seconds) > 0).all()
    assert str(history).startswith(f"History({history.epochs} epochs, loss ")
    _, history = regression(epochs=10**9, seconds=0.05)
    assert history.stopped == "0.05 seconds"
    assert history != 3
    with pytest.raises(AttributeError, match="a History has no 'lose'; it has loss, gradient_norm"):
        history.lose  # noqa: B018
    with pytest.raises(SettingError, match="patience and target need held-out data"):
        nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss="mse", patience=3)
    with pytest.raises(SettingError, match="target needs a metric"):
        regression(target=0.5, callback=lambda history: pytest.fail("asked before an epoch is spent"))


@pytest.mark.parametrize("when", ["between steps", "inside a step"])
def test_ctrl_c_leaves_the_parameters_of_the_last_whole_step(when, monkeypatch):
    X, Y = toys.line(8, rng=0)
    model = nn.Linear(1, 1, rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    seen = []
    right = type(optimizer).step

    def step(self):
        if self.steps == 5:
            if when == "inside a step":
                self.parameters[0].move(np.full((1, 1), 100.0))
            raise KeyboardInterrupt
        right(self)
        seen.append(nn.parameters_to_vector(model.parameters()))

    monkeypatch.setattr(type(optimizer), "step", step)
    history = nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=9, batch_size=4, progress=False, rng=0)
    assert history.stopped == "interrupted in epoch 3"
    assert np.array_equal(nn.parameters_to_vector(model.parameters()), seen[-1])


def test_ctrl_c_in_the_forward_pass_keeps_what_was_learnt():
    X, Y = toys.line(8, rng=0)
    model = nn.Linear(1, 1, rng=0)
    calls = []

    def loss(pred, target):
        calls.append(nn.parameters_to_vector(model.parameters()))
        if len(calls) == 6:
            raise KeyboardInterrupt
        return losses.mse(pred, target)

    history = nn.fit(model, X, Y, loss=loss, epochs=9, batch_size=4, progress=False, rng=0)
    assert history.stopped == "interrupted in epoch 3"
    assert np.array_equal(nn.parameters_to_vector(model.parameters()), calls[-1])


def test_a_nan_is_named_with_its_operation_and_layer():
    class Bad(nn.Module):
        def __init__(self):
            self.first, self.second = nn.Linear(1, 2, rng=0), Root()

        def forward(self, x):
            return self.second(self.first(x))

    class Root(nn.Module):
        def forward(self, x):
            return np.sqrt(x - 100.0)

    with pytest.raises(GraphError, match=r"the loss became nan in step 1 .*; sqrt made nan .*in scope 'second'"):
        nn.fit(Bad(), [[1.0]], [[1.0, 1.0]], loss="mse", progress=False)


def test_a_nan_that_does_not_come_again_has_no_place():
    first = iter([np.nan])
    with pytest.raises(GraphError, match=r"the loss became nan in step 1 .*, or look at the data$"):
        nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss=lambda p, y: losses.mse(p, y) + next(first, 0.0), progress=False)


def test_divergence_vanishing_explosion_and_dead_units_are_told():
    X, Y = np.linspace(-1, 1, 8)[:, None], np.linspace(-1, 1, 8)[:, None]
    with pytest.warns(nn.TrainingWarning) as told:
        nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", lr=20.0, epochs=8, progress=False)
    texts = [str(w.message) for w in told]
    assert sum(text.startswith("the loss diverges") for text in texts) == 1
    assert sum(text.startswith("the gradient explodes") for text in texts) == 1
    deep = nn.MLP([1, *[8] * 14, 1], hidden="sigmoid", rng=0)
    with pytest.warns(nn.TrainingWarning, match=r"the gradient vanishes in layers.0.W \(\d.*beside .* elsewhere"):
        nn.fit(deep, X, Y, loss="mse", epochs=1, progress=False)
    dead = nn.MLP([1, 6, 1], hidden="relu", rng=0)
    dead.layers[0].b.data = np.full(6, -50.0)
    with pytest.warns(nn.TrainingWarning, match="100% of the relu units of layers.0 are dead"):
        nn.fit(dead, X, Y, loss="mse", epochs=1, progress=False)


def test_resuming_is_not_asked_of_models_that_only_judge():
    model, history = regression(epochs=2)
    assert not model.training
    assert history.stopped == "2 epochs"


def test_e62_one_layer_reads_most_digits():
    from sklearn.datasets import load_digits

    digits = load_digits()
    train, test = data.split(digits.data / 16.0, digits.target, (0.7, 0.3), rng=0)
    model = nn.Linear(64, 10, rng=0)
    nn.fit(
        model,
        *train,
        loss="cross_entropy",
        optimizer=nn.Adam(model.parameters(), lr=0.02),
        epochs=15,
        batch_size=32,
        progress=False,
        rng=0,
    )
    assert 0.9 < metrics.accuracy(model(test[0]), test[1]) < 0.99


# -- data


@given(st.sampled_from(["moons", "circles", "spirals", "blobs", "line", "sine"]), st.integers(1, 40), st.integers(0, 10**6))
def test_toys_have_their_shapes_and_repeat(name, n, seed):
    X, Y = getattr(toys, name)(n, rng=seed)
    again, _ = getattr(toys, name)(n, rng=seed)
    assert len(X) == len(Y) == n
    assert np.array_equal(X, again)
    assert np.all(np.isfinite(X))
    assert Y.shape == ((n, 1) if name in ("line", "sine") else (n,))


def test_gates_are_the_logical_ones():
    for name, f in (("or", np.logical_or), ("and", np.logical_and), ("xor", np.logical_xor)):
        X, y = toys.gate(name)
        assert y.tolist() == f(X[:, 0], X[:, 1]).astype(int).tolist()
        assert toys.gate({"or": "nor", "and": "nand", "xor": "xnor"}[name])[1].tolist() == (1 - y).tolist()
    with pytest.raises(SettingError, match="no gate is called 'not': there are or, and, xor"):
        toys.gate("not")
    radii = np.linalg.norm(toys.circles(30, noise=0.0, rng=0)[0], axis=1)
    assert set(radii.round(12)) == {0.5, 1.0}


@given(st.integers(4, 40), st.integers(2, 4), st.integers(0, 10**6))
def test_folds_are_each_held_out_once(n, k, seed):
    X = np.arange(n * 1.0)[:, None]
    held = []
    for (x, y), (v, w) in data.k_fold(X, np.arange(n), k, rng=seed):
        assert sorted([*x[:, 0], *v[:, 0]]) == X[:, 0].tolist()
        assert np.array_equal(x[:, 0], y)
        held += w.tolist()
    assert sorted(held) == list(range(n))
    with pytest.raises(SettingError, match="k must be a whole number of at least 2, not 1"):
        next(data.k_fold(X, X, 1))


def test_standardising_looks_at_the_training_part_only():
    train, test = np.random.default_rng(0).normal(3.0, 2.0, (50, 3)), np.ones((4, 3))
    scale = data.Standardiser(train)
    np.testing.assert_allclose(scale(train).mean(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(scale(train).std(axis=0), 1.0)
    np.testing.assert_allclose(scale.back(scale(test)), test)
    with pytest.raises(ShapeError, match=r"fitted on samples of shape \(3,\), called with \(2,\)"):
        scale(np.ones((4, 2)))
    with pytest.raises(ShapeError, match=r"takes training data \(N, …\), not an array of shape \(0, 2\)"):
        data.Standardiser(np.ones((0, 2)))


@given(st.integers(0, 10**6))
def test_metrics_of_two_classes_and_of_regressions_equal_scikit_learns(seed):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    p, t = rng.integers(0, 2, 12), rng.integers(0, 2, 12)
    for ours, their in (
        (metrics.precision, theirs.precision_score),
        (metrics.recall, theirs.recall_score),
        (metrics.f1, theirs.f1_score),
    ):
        assert ours(p, t, "binary") == pytest.approx(their(t, p, zero_division=0))
    a, y = rng.normal(size=(9, 2)), rng.normal(size=(9, 2))
    assert metrics.r2(Tensor(a), y) == pytest.approx(theirs.r2_score(y, a))


def test_metrics_at_their_edges():
    assert metrics.f1([0, 0], [0, 0], "binary") == 0.0
    assert metrics.r2([1.0, 1.0], [1.0, 1.0]) == 1.0
    assert metrics.r2([1.0, 2.0], [1.0, 1.0]) == 0.0
    with pytest.raises(SettingError, match="average='binary' takes labels 0 and 1, but there are 3 classes"):
        metrics.recall([0, 2], [1, 2], "binary")
    with pytest.raises(ShapeError, match=r"r2\(\): predictions of shape \(1,\) for targets of shape \(2,\)"):
        metrics.r2([1.0], [1.0, 2.0])


def test_the_initialisers_matrices_are_orthogonal():
    for shape in ((3, 5), (5, 3), (4, 4)):
        W = nn.init.initialise(shape, "orthogonal", 0)
        product = W @ W.T if shape[0] <= shape[1] else W.T @ W
        np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-12)
    with pytest.raises(SettingError, match=r"the orthogonal initialiser takes matrices, not shape \(3,\)"):
        nn.init.initialise((3,), "orthogonal", 0)


# -- losses


def theirs(name, *args, **settings):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    z = torch.tensor(args[0], requires_grad=True)
    value = getattr(torch.nn.functional, name)(z, torch.tensor(args[1]), **settings)
    value.sum().backward()
    return value.detach().numpy(), z.grad.numpy()


Z = np.random.default_rng(0).normal(size=(6, 4)) * 3.0
LABELS = np.array([0, 3, 1, 1, 2, 0])
SOFT = np.abs(Z) / np.abs(Z).sum(axis=1, keepdims=True)
WEIGHTS = np.array([1.0, 0.5, 2.0, 3.0])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("ours", "name", "target", "settings", "their"),
    [
        (losses.mae, "l1_loss", SOFT, {}, {}),
        (losses.huber, "huber_loss", SOFT, {"delta": 0.7}, {"delta": 0.7}),
        (losses.cross_entropy, "cross_entropy", SOFT, {}, {}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"smoothing": 0.1}, {"label_smoothing": 0.1}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"weight": WEIGHTS}, {"weight": "WEIGHTS"}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"ignore": 1}, {"ignore_index": 1}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"ignore": 1, "weight": WEIGHTS}, {"ignore_index": 1, "weight": "WEIGHTS"}),
    ],
)
def test_losses_and_their_gradients_equal_pytorchs(ours, name, target, settings, their, reduction):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    their = {k: torch.tensor(WEIGHTS) if isinstance(v, str) else v for k, v in their.items()}
    value, slope = theirs(name, Z, target, reduction=reduction, **their)
    z = Tensor(Z)
    mine = ours(z, target, reduction, **settings)
    np.testing.assert_allclose(mine.data, value, rtol=1e-12, atol=1e-13)
    (mine.sum() if mine.shape else mine).backward()
    np.testing.assert_allclose(z.grad, slope, rtol=1e-11, atol=1e-13)


def test_kl_divergence_is_its_definition():
    q = np.log(SOFT[::-1])
    for reduction, f in (("mean", np.mean), ("sum", np.sum)):
        assert float(losses.kl_divergence(q, SOFT, reduction)) == pytest.approx(f(np.sum(SOFT * (np.log(SOFT) - q), axis=1)))
    assert float(losses.kl_divergence(q[0], [1.0, 0.0, 0.0, 0.0])) == pytest.approx(-q[0, 0])


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: losses.cross_entropy(Z, SOFT, ignore=1), r"cross_entropy\(ignore=\) takes labels of shape \(6,\), not \(6, 4\)"),
        (lambda: losses.cross_entropy(Z, LABELS, weight=[1.0]), "takes one weight for each of 4 classes, not shape"),
        (lambda: losses.cross_entropy(Z[:1], [1], ignore=1), "no sample has a weight, so there is no mean"),
        (lambda: losses.cross_entropy(Z, LABELS, smoothing=1.0), "smoothing must be a number with 0 ≤ x < 1, not 1.0"),
        (lambda: losses.huber([1.0], [1.0], delta=0.0), "delta must be a finite number above 0, not 0.0"),
        (lambda: losses.kl_divergence([0.0], [-1.0]), r"kl_divergence\(\) takes probabilities as target, not -1"),
    ],
)
def test_losses_name_what_is_wrong(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


# -- the search


def test_a_search_ranks_settings_on_the_validation_part():
    X, y = toys.circles(120, rng=0)
    train, validation, _ = data.split(X, y, rng=0)

    def run(train, validation, hidden, lr):
        model = nn.MLP([2, hidden, 2], rng=0)
        history = nn.fit(
            model, *train, loss="cross_entropy", lr=lr, epochs=40, validation=validation, batch_size=16, rng=0, progress=False
        )
        return history.validation[-1]

    found = nn.tune(run, train, validation, {"hidden": [1, 16], "lr": [0.001, 1.0]})
    assert len(found.trials) == 4
    assert found.best == {"hidden": 16, "lr": 1.0}
    assert found.score == max(score for _, score in found.trials)
    assert str(found).splitlines()[0].endswith("hidden=16, lr=1.0")
    space = {"lr": lambda rng: 10.0 ** rng.uniform(-3, 0), "hidden": [4]}
    drawn = nn.tune(lambda a, b, lr, hidden: np.nan if lr > 0.1 else lr, (), (), space, trials=12, rng=0)
    assert drawn.score == max(s for _, s in drawn.trials if not np.isnan(s))
    again = nn.tune(lambda a, b, lr, hidden: lr, (), (), space, trials=12, rng=0)
    assert again.best["lr"] == max(s["lr"] for s, _ in drawn.trials)
    for space, text in (
        ({}, "the space is empty"),
        ({"a": 3}, r"'a' takes a list of choices, or with trials= a function"),
        ({"a": []}, "not"),
    ):
        with pytest.raises(SettingError, match=text):
            nn.tune(run, (), (), space)
    with pytest.raises(SettingError, match="takes a list of choices, not 3"):
        nn.tune(run, (), (), {"a": 3}, trials=2)


# -- found by attacking them


def test_columns_that_do_not_vary_are_only_shifted():
    for constant in (0.1, 0.3, 1e6 + 0.1):
        for n in (3, 7, 49):
            assert data.Standardiser(np.full((n, 1), constant)).deviation[0] == 1.0


def test_soft_targets_have_exact_gradients():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(3, 4)), rng.random((3, 4)) + 0.1
    for f in (
        lambda t: losses.cross_entropy(z, t, weight=[1.0, 2.0, 3.0, 4.0]),
        lambda t: losses.cross_entropy(z, t, smoothing=0.1),
        lambda t: losses.kl_divergence(np.log(y[::-1]), t),
    ):
        assert check_grad(f, y).verdict == "pass"
    assert float(losses.kl_divergence([[0.0, -np.inf]], [[1.0, 0.0]])) == 0.0
    whole, smooth = (float(losses.cross_entropy([[1.0, 0.0]], [[1.0, 1.0]], smoothing=s)) for s in (0.0, 1e-12))
    assert whole == pytest.approx(smooth)
    assert float(losses.cross_entropy(z, Tensor([1.0, 2.0, 2.0]), ignore=2)) == pytest.approx(
        float(losses.cross_entropy(z[:1], [1]))
    )


class Listed(nn.Module):
    def __init__(self):
        self.inner = nn.scalar.MLP(2, [3, 1], rng=0)

    def forward(self, X):
        return [self.inner(x.tolist()) for x in X]


def test_models_of_values_are_validated_too():
    X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.ones(6)
    history = nn.fit(Listed(), X, Y, loss="mse", epochs=2, validation=(X, Y), metric=metrics.r2, progress=False)
    assert len(history.validation) == 2


def test_a_validation_loss_that_is_no_number_stops_at_once():
    def loss(a, y):
        return losses.mse(ag.log(a), y)

    x = np.linspace(1.0, 2.0, 8)[:, None]
    model = nn.Linear(1, 1, rng=0)
    model.W.data = [[1.0]]
    with pytest.raises(GraphError, match="the validation loss became nan: look at the held-out data"):
        nn.fit(model, x, np.log(x), loss=loss, validation=([[-5.0]], [[0.0]]), patience=2, progress=False)
    assert not model.training


def test_an_infinite_step_names_its_own_rate():
    model = nn.Linear(2, 1, rng=0)
    optimizer = nn.SGD(model.parameters(), lambda step: float("inf") if step == 1 else 0.1)
    with pytest.raises(GraphError, match=r"a parameter became infinite in step 2 \(learning rate inf\)"):
        nn.fit(model, np.ones((3, 2)), np.ones((3, 1)), loss="mse", optimizer=optimizer, epochs=3, progress=False)


def test_losses_below_zero_do_not_diverge():
    model = nn.Linear(1, 1, rng=0)
    X, Y = toys.line(20, rng=0)
    rates = nn.SGD(model.parameters(), lambda step: -0.3 if step == 5 else 0.1)
    nn.fit(
        model, X, Y, loss=lambda a, y: losses.mse(a, y) - 1.0, optimizer=rates, epochs=12, progress=False
    )  # a warning is an error


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: regression(validation_=1), "unexpected"),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss="mse", validation=([[1.0]],)),
            r"validation must be a pair \(X, Y\)",
        ),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss=lambda a, y: 1.0, progress=False),
            "returns a Tensor or a Value, not 1.0",
        ),
        (lambda: metrics.f1([10**7], [0]), "labels up to 10000000 make too large a matrix"),
        (lambda: metrics.accuracy([1e300], [2e300]), "labels are integers"),
        (
            lambda: nn.SGD([Tensor([1.0])], 0.1).load_state_dict({"steps": 2.5}),
            "steps must be a whole number of at least 0, not 2.5",
        ),
        (lambda: nn.SGD([Tensor([1.0])], 0.1).load_state_dict({"steps": 1, "0.scale0.-1.m": 1.0}), "no place for '0.scale0.-1.m'"),
    ],
)
def test_more_that_is_wrong_is_named(attempt, text):
    with pytest.raises((AutogradError, TypeError), match=text):
        attempt()


def test_a_score_that_is_nan_is_last():
    assert nn.tune(lambda a, b, x: x, (), (), {"x": [np.nan, -np.inf]}).best == {"x": -np.inf}


def test_csv_files_of_excel_and_of_python(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf1,2\n3,4\n")
    assert data.read_csv(path)[0].tolist() == [[1.0], [3.0]]
    path.write_text("1_0,2\n")
    with pytest.raises(AutogradError, match="line 1: could not convert string to float: '1_0'"):
        data.read_csv(path)
    with pytest.raises(SettingError, match=r"read_csv\(\): target must be the number of a column, not 0.5"):
        data.read_csv(path, target=0.5)
