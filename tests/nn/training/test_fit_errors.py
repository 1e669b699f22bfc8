"""Wrong arguments of fit are named."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, DataError, GraphError, SettingError, Value
from nn import metrics, toys

ok = np.ones((4, 2))
linear = nn.Linear(2, 1, rng=0)


def fit_line(**more):
    X, Y = toys.line(40, noise=0.05, rng=0)
    model = nn.Linear(1, 1, rng=0)
    return model, nn.fit(model, X, Y, loss="mse", validation=(X[:10], Y[:10]), progress=False, **more)


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
            r"optimizer must be one made with .*, as in nn.Adam\(model.parameters\(\)\), not 'adam'",
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
        (
            lambda: nn.fit(nn.Linear(2, 1, rng=0), ok, ok[:, :1], loss="mse", lr=1e308, progress=False),
            "a parameter became infinite in step 1",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", metric=metrics.r2),
            r"metric needs held-out data: give validation=\(X, Y\)",
        ),
        (lambda: fit_line(validation_=1), "unexpected"),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss="mse", validation=([[1.0]],)),
            r"validation must be a pair \(X, Y\)",
        ),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss=lambda a, y: 1.0, progress=False),
            "returns a Tensor or a Value, not 1.0",
        ),
    ],
)
def test_wrong_arguments_are_named(attempt, text):
    with pytest.raises((AutogradError, TypeError), match=text):
        attempt()


class Detached(nn.Module):
    """A model whose outputs are numbers."""

    def __init__(self):
        self.layer = nn.Linear(2, 1, rng=0)

    def forward(self, x):
        return self.layer(x).numpy()


DATA = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        (
            {"target": np.nan, "validation": DATA, "metric": nn.metrics.r2},
            SettingError,
            r"fit\(\): target must be a finite number, not nan",
        ),
        (
            {"target": "0.9", "validation": DATA, "metric": nn.metrics.r2},
            SettingError,
            r"fit\(\): target must be a finite number, not '0.9'",
        ),
        ({"compiled": "yes"}, SettingError, r"fit\(\): compiled must be True, False or 'auto', not 'yes'"),
        ({"progress": 2}, SettingError, r"fit\(\): progress must be True or False, not 2"),
        ({"epochs": 0}, SettingError, r"fit\(\): epochs must be a positive integer, not 0"),
        ({"sample_weight": ["a", "b", "c"]}, DataError, r"fit\(\): sample_weight takes numbers, not <U1 such as np.str_\('a'\)"),
        (
            {"validation": DATA, "metric": lambda pred, target: None},
            DataError,
            r"fit\(\): the metric <lambda> returned None: it must return one number for \(pred, target\)",
        ),
        (
            {"validation": DATA, "metric": lambda pred, target: pred},
            DataError,
            r"fit\(\): the metric <lambda> returned array\(.*: it must return one number",
        ),
    ],
)
def test_settings_and_functions_of_the_wrong_kind_are_named(options, error, text):
    with pytest.raises(error, match=f"(?s){text}"):
        nn.fit(nn.Linear(2, 1, rng=0), *DATA, loss="mse", **{"progress": False} | options)


def test_weights_of_classes_that_are_no_numbers_are_named():
    with pytest.raises(
        DataError, match=r"fit\(\): class_weight takes numbers, not <U1 such as np.str_\('a'\): give one number per"
    ):
        nn.fit(nn.Linear(2, 2, rng=0), DATA[0], [0, 1, 0], loss="cross_entropy", class_weight={0: "a", 1: "b"}, progress=False)


@pytest.mark.parametrize("model", [None, lambda x: x, nn.MLP, "mlp"])
def test_what_is_no_model_is_named(model):
    with pytest.raises(SettingError, match=r"fit\(\): the model must be a Module, such as nn.MLP\(\[2, 8, 1\]\), not "):
        nn.fit(model, *DATA, loss="mse", progress=False)


def test_a_model_that_leaves_the_graph_is_refused():
    """It would train without an error, and learn nothing."""
    with pytest.raises(GraphError, match=r"fit\(\): no gradient reaches the parameters, so nothing would be learned: forward"):
        nn.fit(Detached(), *DATA, loss="mse", progress=False)


@pytest.mark.parametrize("x", [None, iter([1.0]), (row for row in [[1.0]]), {"a": 1.0}, {1.0}])
def test_what_is_no_array_is_named(x):
    with pytest.raises(DataError, match=r"fit\(\): X is of type \w+: pass an array, as np.array\(list\(…\)\) of a generator"):
        nn.fit(nn.Linear(2, 1, rng=0), x, DATA[1], loss="mse", progress=False)


def test_objects_that_are_numbers_are_numbers():
    """A data frame with columns of several types is an array of objects."""
    X = np.array([[0, 1.0], [True, np.float32(0.5)], [0.5, np.int64(2)]], dtype=object)
    found = nn.fit(nn.Linear(2, 1, rng=0), X, DATA[1], loss="mse", progress=False)
    assert found == nn.fit(nn.Linear(2, 1, rng=0), X.astype(float), DATA[1], loss="mse", progress=False)
    with pytest.raises(DataError, match=r"X holds object, not real numbers: nn.data.from_dataframe\(\)"):
        nn.fit(nn.Linear(2, 1, rng=0), np.array([[0, "a"]] * 3, dtype=object), DATA[1], loss="mse", progress=False)
