"""Convolutions and correlations: values against SciPy, derivatives against differences, to second order and in both modes."""

import numpy as np
import pytest
import scipy.signal as ss
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import SettingError, ShapeError, Tensor, compile, grad, vmap
from autograd.scipy import signal
from autograd.testing import check_grad
from oracles import assert_close

MODES, METHODS = st.sampled_from(["full", "same", "valid"]), st.sampled_from(["auto", "direct", "fft"])
FEWER_EXAMPLES = max(2, settings.default.max_examples // 4)
A, B = np.array([[1.0, -2.0, 0.5], [3.0, 1.0, -1.0]]), np.array([[2.0, 1.0], [-1.0, 0.5]])


@st.composite
def pairs(draw, rank=None, is_nested=False):
    """Two arrays with the same number of axes; the first is at least as long along each if ``is_nested``."""
    rank = draw(st.integers(1, 3)) if rank is None else rank
    lengths = st.integers(1, 4)
    shapes = [draw(st.lists(lengths, min_size=rank, max_size=rank)) for _ in range(2)]
    if is_nested:
        shapes = [list(map(max, *shapes)), list(map(min, *shapes))]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    a, b = (rng.normal(size=shape) for shape in shapes)
    return (a, b) if draw(st.booleans()) else (b, a)


def fits(a, b):
    return np.all(np.array(a.shape) >= b.shape) or np.all(np.array(a.shape) <= b.shape)


@given(pairs(), MODES, METHODS, st.booleans())
def test_convolutions_and_correlations_are_those_of_scipy(arrays, mode, method, is_complex):
    a, b = arrays
    if is_complex:
        a, b = a + 1j * a[::-1], b - 2j * b
    for name in ("convolve", "correlate"):
        ours, theirs = getattr(signal, name), getattr(ss, name)
        if mode == "valid" and not fits(a, b):
            with pytest.raises(ShapeError, match=rf"{name}\(mode='valid'\) of shapes .*: one array has to fit into the other"):
                ours(a, b, mode, method)
            continue
        wanted = theirs(a, b, mode, method)
        assert_close(ours(a, b, mode, method), wanted, rtol=1e-12, atol=1e-13)
        assert_close(ours(Tensor(a), b, mode, method).data, wanted, rtol=1e-12, atol=1e-13)


@given(pairs(is_nested=True), MODES, METHODS, st.sampled_from(["convolve", "correlate"]))
@settings(max_examples=FEWER_EXAMPLES)
def test_derivatives_to_second_order(arrays, mode, method, name):
    f = getattr(signal, name)
    assert check_grad(lambda a, b: (f(a, b, mode, method) ** 2).sum(), *arrays, order=2).verdict == "pass"


def test_derivatives_by_complex_arrays():
    a, b = A + 0.5j * A[::-1], B - 1j
    assert check_grad(lambda a, b: (abs(signal.correlate(a, b, "same")) ** 2).sum(), a, b).verdict == "pass"


@pytest.mark.parametrize(
    ("shapes", "axes"), [(((3, 4), (3, 2)), 1), (((3, 4), (1, 2)), (1,)), (((1, 4), (3, 2)), -1), (((3, 2, 4), (2, 2, 2)), (0, 2))]
)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_transforms_along_some_axes_broadcast_along_the_others(shapes, axes, mode):
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=shape) for shape in shapes)
    assert_close(signal.fftconvolve(a, b, mode, axes), ss.fftconvolve(a, b, mode, axes), rtol=1e-12, atol=1e-13)
    assert check_grad(lambda a, b: (signal.fftconvolve(a, b, mode, axes) ** 3).sum(), a, b, order=2).verdict == "pass"


def test_without_axes_the_entries_are_multiplied():
    assert_close(signal.fftconvolve(A, A, axes=()), A * A)
    assert_close(grad(lambda a: signal.convolve(a, 3.0))(2.0), 3.0)


@given(pairs(rank=2), MODES, st.sampled_from(["fill", "wrap", "symm"]), st.sampled_from([0.0, 2.5]))
def test_convolutions_of_matrices_have_the_boundaries_of_scipy(arrays, mode, boundary, fillvalue):
    a, b = arrays
    if mode == "valid" and not fits(a, b):
        return
    wanted = ss.convolve2d(a, b, mode, boundary, fillvalue)
    assert_close(signal.convolve2d(a, b, mode, boundary, fillvalue), wanted, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
def test_derivatives_by_matrices_and_by_what_fills_the_border(mode, boundary):
    def f(a, b, fill):
        return (signal.convolve2d(a, b, mode, boundary, fill) ** 2).sum()

    assert check_grad(f, A, B[:1], 0.7, order=2).verdict == "pass"


def test_single_precision_stays():
    t = Tensor(A.astype(np.float32))
    y = signal.convolve(t, B.astype(np.float32))
    y.backward(np.ones(y.shape, np.float32))
    assert y.dtype == t.grad.dtype == np.float32


def test_batches_and_compiled_programs():
    samples = np.random.default_rng(1).normal(size=(3, 2, 4))
    f = vmap(lambda a: signal.convolve(a, B, "same"))
    assert_close(f(samples), np.stack([ss.convolve(a, B, "same") for a in samples]), rtol=1e-12, atol=1e-13)
    compiled = compile(lambda a: signal.convolve(a * a, B, "valid", "direct"), tensors=True)
    assert_close(compiled(A), ss.convolve(A * A, B, "valid"), rtol=1e-13)
    assert "numerics.convolve_axes(" in compiled.source


@pytest.mark.parametrize(
    ("attempt", "kind", "words"),
    [
        (
            lambda: signal.convolve(A, B[0]),
            ShapeError,
            r"convolve takes arrays with the same number of axes, not shapes \(2, 3\) and",
        ),
        (lambda: signal.convolve(A, B, "all"), SettingError, r"convolve\(mode='all', method='auto'\): they must be among"),
        (
            lambda: signal.correlate(A, B, "full", "slow"),
            SettingError,
            r"correlate\(mode='full', method='slow'\): they must be among",
        ),
        (lambda: signal.convolve(A, A.T, "valid"), ShapeError, r"convolve\(mode='valid'\) of shapes .*: one array has to fit into"),
        (lambda: signal.convolve([], [1.0]), ShapeError, r"convolve: arrays of shapes \(0,\) and \(1,\) cannot be convolved along"),
        (
            lambda: signal.fftconvolve(A, np.ones((3, 2)), axes=1),
            ShapeError,
            r"shapes \(2, 3\) and \(3, 2\) cannot be convolved along",
        ),
        (
            lambda: signal.fftconvolve(A, B, axes=2),
            ShapeError,
            r"fftconvolve\(axes=2\) .*: the axes must be different numbers from -2 to 1",
        ),
        (lambda: signal.fftconvolve(A, B, axes=(0, -2)), ShapeError, r"the axes must be different numbers from -2 to 1"),
        (lambda: signal.convolve2d(A[0], B), ShapeError, r"convolve2d takes two matrices, not shapes \(3,\) and \(2, 2\)"),
        (lambda: signal.convolve2d(A, B, boundary="zero"), SettingError, r"boundary='zero'\): they must be among"),
        (lambda: signal.convolve2d(A, B, "all", "wrap"), SettingError, r"convolve2d\(mode='all', boundary='wrap'\): they must be"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(attempt, kind, words):
    with pytest.raises(kind, match=words):
        attempt()
