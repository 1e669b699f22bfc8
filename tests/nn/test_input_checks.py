"""Data of the wrong kind are named wherever they come in, and leave everything as it was."""

import numpy as np
import pytest

import nn
from autograd import DataError, SettingError, ShapeError
from nn import checkpoint, data, metrics

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2
MODEL = nn.Linear(2, 1, rng=0)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: data.Standardiser([["a"]]), DataError, r"Standardiser\(\) takes numbers, not <U1 such as \['a'\]"),
        (
            lambda: data.Standardiser([[np.nan], [1.0]]),
            DataError,
            r"Standardiser\(\) takes finite numbers, but 1 of 2 are nan or inf",
        ),
        (lambda: data.Standardiser(X)([["a", "b"]]), DataError, "Standardiser takes numbers, not <U1"),
        (lambda: data.Standardiser(X).back(None), DataError, r"Standardiser.back\(\) takes numbers, not object such as \[None\]"),
        (lambda: metrics.mse([np.nan], [1.0]), DataError, r"mse\(\) takes finite numbers, but 1 of 1 are nan or infinite: drop or"),
        (lambda: metrics.mae([1.0], [np.inf]), DataError, r"mae\(\) takes finite numbers"),
        (lambda: metrics.rmse(["a"], [1.0]), DataError, r"rmse\(\) takes numbers, not <U1 such as \['a'\]"),
        (
            lambda: metrics.r2(1.0, 1.0),
            ShapeError,
            r"r2\(\): predictions of shape \(\) for targets of shape \(\); give both one shape",
        ),
        (lambda: metrics.log_loss(["a", "b"], [0, 1]), DataError, r"log_loss\(\) takes numbers, not <U1 such as \['a', 'b'\]"),
        (lambda: metrics.log_loss([1j, 0], [0, 1]), DataError, r"log_loss\(\) takes numbers, not complex128"),
        (lambda: metrics.calibration((x for x in [0, 1]), [0, 1]), DataError, r"calibration\(\) takes numbers, not object such as"),
        (lambda: data.split(X, Y, groups=[None] * 6), DataError, r"split\(\): groups has entries that are None: give one to each"),
        (lambda: data.split(X, Y, times=[np.nan] * 6), DataError, r"split\(\): times has entries that are nan: give one to each"),
        (lambda: data.split(X, Y, times=np.array(["NaT"] * 6, "M8[D]")), DataError, r"split\(\): times has entries that are nan"),
        (
            lambda: list(data.batches(1.0, 2.0, 2)),
            ShapeError,
            r"batches\(\): the arrays have the shapes X \(\), Y \(\); all need one row",
        ),
        (
            lambda: list(data.batches(X, 2.0, 2)),
            ShapeError,
            r"batches\(\): the arrays have the shapes X \(6, 2\), Y \(\); all need",
        ),
        (
            lambda: MODEL.load_state_dict(None),
            SettingError,
            r"load_state_dict\(\) takes a dict of arrays, as state_dict\(\) returns it",
        ),
        (lambda: nn.Adam(MODEL.parameters()).load_state_dict(None), SettingError, r"load_state_dict\(\): the state has no 'steps'"),
        (lambda: nn.summary(None), SettingError, r"summary\(\) takes a Module, such as nn.MLP\(\[2, 8, 1\]\), not None"),
        (
            lambda: nn.tune(None, (), (), {"a": [1]}),
            SettingError,
            r"tune\(\): run must be a function of \(train, validation, \*\*set",
        ),
    ],
)
def test_what_does_not_fit_is_named(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_run_whose_checkpoint_is_cut_short_says_so_and_keeps_the_file(tmp_path, share):
    path = tmp_path / "run.npz"

    def run():
        model = nn.Linear(2, 1, rng=0)
        return nn.fit(model, X, Y, loss="mse", lr=0.001, epochs=3, checkpoint=path, progress=False, rng=0)

    run()
    content = path.read_bytes()
    cut = content[: int(share * len(content))]
    path.write_bytes(cut)
    with pytest.raises(
        DataError, match=r"run.npz is not a readable NPZ file: .*; it was cut short or damaged: delete it, or restore"
    ):
        run()
    assert path.read_bytes() == cut
    with pytest.raises(DataError, match="delete it, or restore a copy"):
        checkpoint.load(path)
    path.unlink()
    assert run().epochs == 3


def test_a_file_that_is_not_there_is_not_called_damaged(tmp_path):
    with pytest.raises(DataError) as caught:
        checkpoint.load(tmp_path / "none.npz")
    assert "No such file" in str(caught.value)
    assert "damaged" not in str(caught.value)
