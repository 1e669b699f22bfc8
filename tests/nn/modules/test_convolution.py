"""Convolution and pooling against loops over the windows, and the texts of their errors."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import SettingError, ShapeError
from autograd.testing import check_grad


def convolve_by_loops(x, W, b, stride, padding, dilation, groups):
    """The definition of a convolution of images, one output at a time."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    n, _, *lengths = x.shape
    outputs, per_group, *kernel = W.shape
    out = [(length - dilation * (k - 1) - 1) // stride + 1 for length, k in zip(lengths, kernel, strict=True)]
    z = np.zeros((n, outputs, *out))
    for sample, o, i, j in product(range(n), range(outputs), *map(range, out)):
        first = o // (outputs // groups) * per_group
        for c, k, m in product(range(per_group), *map(range, kernel)):
            z[sample, o, i, j] += W[o, c, k, m] * x[sample, first + c, i * stride + k * dilation, j * stride + m * dilation]
    return z + b[:, None, None]


@settings(max_examples=15)
@given(st.data())
def test_a_convolution_is_the_sum_over_each_window(data):
    draw = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731 - short for the lines below
    stride, padding, dilation, groups = draw(1, 3), draw(0, 2), draw(1, 2), draw(1, 2)
    kernel = (draw(1, 3), draw(1, 2))
    rng = np.random.default_rng(draw(0, 99))
    x = rng.normal(size=(draw(1, 2), 2 * groups, draw(5, 6), draw(3, 5)))
    layer = nn.Conv2d(2 * groups, 3 * groups, kernel, stride, padding, dilation, groups, rng=rng)
    layer.b.data = rng.normal(size=3 * groups)
    expected = convolve_by_loops(x, layer.W.numpy(), layer.b.numpy(), stride, padding, dilation, groups)
    np.testing.assert_allclose(layer(x).data, expected, rtol=1e-12, atol=1e-13)


@settings(max_examples=4)
@given(st.integers(0, 1000))
def test_gradients_of_convolution_and_pooling_are_right(seed):
    x = np.random.default_rng(seed).normal(size=(2, 2, 6, 5))
    image = nn.Sequential(
        nn.Conv2d(2, 2, 2, padding="same", groups=2, rng=seed), nn.MaxPool2d(2, padding=1), nn.AvgPool2d((2, 1), stride=1)
    )
    signal = nn.Sequential(nn.Conv1d(2, 3, 3, stride=2, padding=1, rng=seed), nn.AvgPool1d(2), nn.MaxPool1d(1))
    assert check_grad(lambda x: np.tanh(image(x)), x).verdict == "pass"
    assert check_grad(lambda x: np.tanh(signal(x)), x[..., 0]).verdict == "pass"


def test_the_same_padding_keeps_the_lengths():
    for kernel in (1, 2, 3, (4, 3)):
        assert nn.Conv2d(1, 1, kernel, padding="same", dilation=2)(np.ones((1, 1, 9, 8))).shape == (1, 1, 9, 8)


def test_a_maximum_over_padding_is_that_of_the_numbers():
    assert nn.MaxPool1d(2, padding=1)([[[-3.0, -2.0]]]).data.tolist() == [[[-3.0, -2.0]]]
    assert nn.AvgPool1d(2, padding=1)([[[-3.0, -2.0]]]).data.tolist() == [[[-1.5, -1.0]]]


def test_initial_weights_keep_the_variance():
    layer = nn.Conv2d(4, 64, 3, padding=1, init="glorot_normal", rng=0)
    assert abs(layer.W.numpy().std() / np.sqrt(2.0 / (9 * (4 + 64))) - 1.0) < 0.05


def test_layers_say_what_they_are():
    assert str(nn.Conv1d(2, 4, 3, bias=False)) == "Conv1d(2 → 4, 3, 24 parameters)"
    assert str(nn.Conv2d(2, 4, (3, 1), groups=2)) == "Conv2d(2 → 4, 3×1, 16 parameters)"
    assert [str(nn.MaxPool2d(2)), str(nn.AvgPool1d(3))] == ["MaxPool2d(2×2)", "AvgPool1d(3)"]
    assert nn.Conv1d(1, 1, 1, bias=False).b is None


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Conv1d(2, 3, 2, groups=2), SettingError, "Conv1d: 2 and 3 channels cannot be divided into 2 groups"),
        (lambda: nn.Conv2d(1, 1, (1, 2, 3)), SettingError, r"Conv2d: the kernel takes 2 numbers, one per axis, not \(1, 2, 3\)"),
        (lambda: nn.Conv1d(1, 1, 0), SettingError, "Conv1d: the kernel must be a whole number of at least 1, not 0"),
        (lambda: nn.Conv1d(1, 1, 1.5), SettingError, r"Conv1d: the kernel must be a whole number of at least 1, not 1\.5"),
        (lambda: nn.Conv1d(1, 1, 1, padding=-1), SettingError, "Conv1d: the padding must be a whole number of at least 0, not -1"),
        (lambda: nn.Conv1d(1, 1, 2, padding="full"), SettingError, "Conv1d: padding must be a whole number, one per axis, or 'same', not 'full'"),
        (lambda: nn.Conv1d(1, 1, 2, stride=2, padding="same"), SettingError, r"Conv1d: padding='same' takes stride 1, not \(2,\)"),
        (lambda: nn.MaxPool1d(2, padding=2), SettingError, "MaxPool1d: the padding must be at most half of the window"),
        (lambda: nn.Conv1d(2, 1, 1)(np.ones((1, 3, 5))), ShapeError, r"Conv1d\(2 → 1, 1, 3 parameters\) takes inputs \(N, channels, length\) with 2 channels, but x has shape \(1, 3, 5\)"),
        (lambda: nn.MaxPool2d(2)(np.ones((3, 5))), ShapeError, r"MaxPool2d\(2×2\) takes inputs \(N, channels, height, width\), but x has shape \(3, 5\)"),
        (lambda: nn.Conv1d(1, 1, 3, dilation=2)(np.ones((1, 1, 4))), ShapeError, r"the window \(5,\) does not fit into the input of shape \(1, 1, 4\); add padding"),
    ],
)  # fmt: skip
def test_wrong_settings_and_shapes_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()
