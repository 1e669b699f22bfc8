"""LayerNorm, RMSNorm, Embedding and Dropout."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import DataError, OutOfRangeError, SettingError, ShapeError, Tensor
from autograd.testing import check_grad


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_normalising_layers_have_right_gradients(seed):
    x = np.random.default_rng(seed).normal(size=(3, 4))
    for layer in (nn.LayerNorm(4), nn.RMSNorm(4)):
        assert check_grad(lambda x, layer=layer: np.tanh(layer(x)), x).verdict == "pass"


def test_normalising_layers_equal_those_of_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    x = np.random.default_rng(0).normal(size=(5, 4))
    theirs = torch.nn.functional.layer_norm(torch.tensor(x), (4,)).numpy()
    np.testing.assert_allclose(nn.LayerNorm(4)(x).data, theirs, rtol=1e-12, atol=1e-14)
    theirs = torch.nn.functional.rms_norm(torch.tensor(x), (4,), eps=1e-6).numpy()
    np.testing.assert_allclose(nn.RMSNorm(4)(x).data, theirs, rtol=1e-12)


def test_the_gradient_of_an_embedding_is_summed_in_its_rows():
    table = nn.Embedding(4, 2, rng=0)
    table([1, 1, 3]).sum().backward()
    assert table.W.grad.tolist() == [[0.0, 0.0], [2.0, 2.0], [0.0, 0.0], [1.0, 1.0]]
    assert str(table) == "Embedding(4 × 2, 8 parameters)"
    with pytest.raises(OutOfRangeError, match="Embedding of 4 rows has no row 4: the rows are 0 to 3"):
        table([0, 4])
    with pytest.raises(DataError, match="Embedding takes integers, not float64"):
        table([0.5])


def test_dropout_keeps_the_mean():
    out = nn.Dropout(0.25, rng=0)(np.ones(100_000)).data
    assert set(np.unique(out)) == {0.0, 1.0 / 0.75}
    assert abs(out.mean() - 1.0) < 0.01
    x = Tensor([1.0, 2.0])
    assert nn.Dropout(0.0)(x) is x
    assert str(nn.Dropout(0.25)) == "Dropout(0.25)"
    with pytest.raises(SettingError, match=r"p must be a number in \[0, 1\), not 1\.0"):
        nn.Dropout(1.0)


def test_dropout_keeps_single_precision_and_numbers_may_be_parameters():
    assert nn.Dropout(0.5, rng=0)(Tensor(np.ones(3, "f4"))).dtype == np.float32
    p = Tensor(0.5)
    optimizer = nn.SGD([p], lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        (p * p).backward()
        optimizer.step()
    assert float(p) == pytest.approx(0.5 * 0.8**2)


def test_wrong_widths_are_named():
    for layer in (nn.LayerNorm(3), nn.RMSNorm(3)):
        with pytest.raises(ShapeError, match=rf"{type(layer).__name__}\(3\) takes inputs of width 3, but x has shape \(2, 4\)"):
            layer(np.ones((2, 4)))
