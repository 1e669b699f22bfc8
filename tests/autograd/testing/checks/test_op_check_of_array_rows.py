"""check_op on every operation that acts on whole arrays, at ordinary points."""

import numpy as np
import pytest

import nn.losses  # noqa: F401 - they load the rows
from autograd.ops import TABLE, Elementwise
from autograd.testing import check_op

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 2))
B = RNG.normal(size=(2, 4))
X, Y = RNG.normal(size=4), RNG.normal(size=3)
SQUARE = RNG.normal(size=(3, 3)) + 3.0 * np.eye(3)
OTHER = RNG.normal(size=(2, 2)) + 2.0 * np.eye(2)
POSITIVE_DEFINITE = SQUARE @ SQUARE.T
BANDED = np.array([[0.0, 0.3, -0.2], [2.0, 2.5, 3.0], [0.4, 0.1, 0.0]])
Z = A + 1j * RNG.normal(size=(3, 2))
COMPLEX_SQUARE = SQUARE + 1j * RNG.normal(size=(3, 3))
RANK_TWO = A @ A.T

CALLS = {
    **{name: ([A], {"axis": 1, "keepdims": False}) for name in ("sum", "mean", "prod", "max", "min", "norm", "logsumexp")},
    **{name: ([A], {"axis": 0}) for name in ("cumsum", "softmax", "log_softmax", "fft", "ifft", "rfft")},
    "p_norm": ([A], {"axis": 0, "keepdims": False, "ord": 3.0}),
    "reshape": ([A], {"shape": (2, 3)}),
    "ravel": ([A], {}),
    "expand_dims": ([A], {"axis": 1}),
    "squeeze": ([A[:, :1]], {"axis": 1}),
    "transpose": ([A], {"axes": (1, 0)}),
    "swapaxes": ([A], {"axis1": 0, "axis2": 1}),
    "flip": ([A], {"axis": 0}),
    "broadcast_to": ([A], {"shape": (2, 3, 2)}),
    "astype": ([A], {"dtype": np.dtype(float)}),
    "getitem": ([A], {"index": ([0, 2, 0], 1)}),
    "scatter": ([Y], {"index": ([0, 2, 0],), "shape": (4,)}),
    "set_entries": ([A, Y[:2]], {"index": ([2, 0], 1)}),
    "concatenate": ([A, SQUARE], {"axis": 1}),
    "stack": ([Y, Y + 1.0], {"axis": 0}),
    "trace": ([SQUARE], {"offset": 1, "axis1": 0, "axis2": 1}),
    "item": ([np.array([2.5])], {}),
    "matmul": ([A, B], {}),
    "vdot": ([X, X + 1.0], {}),
    "outer": ([X, Y], {}),
    "convolve": ([X, Y], {"mode": "full"}),
    "einsum": ([A, B], {"subscripts": "ij,jk->ki"}),
    "affine": ([A, B.T, X], {}),
    **{name: ([SQUARE], {}) for name in ("inv", "det", "logabsdet", "qr_factors", "expm")},
    **{name: ([POSITIVE_DEFINITE], {}) for name in ("cholesky", "eigh_factors", "eig_factors", "sqrtm", "logm")},
    "solve": ([SQUARE, A], {}),
    "svd_factors": ([A], {}),
    "pinv": ([A], {"rcond": 1e-15}),
    **{name: ([Z], {}) for name in ("real", "imag", "conj", "modulus", "angle", "complex_sign")},
    **{f"complex_{name}": ([Z], {}) for name in ("arcsin", "arccos", "arcsinh", "arccosh", "arcsin_slope", "arccosh_slope")},
    "complex_cholesky": ([COMPLEX_SQUARE @ COMPLEX_SQUARE.conj().T], {}),
    "complex_qr_factors": ([Z], {}),
    "complex_pinv": ([Z], {"rcond": 1e-15}),
    "complex_power": ([Z, Z + 1.0], {}),
    "irfft": ([Z], {"n": 4, "axis": 0}),
    "solve_banded": ([BANDED, Y], {"lower": 1, "upper": 1}),
    "convolve_axes": ([A, A[:2]], {"mode": "full", "axes": (0,), "method": "fft"}),
    "solve_triangular": ([SQUARE, A], {"trans": 0, "lower": True, "unit_diagonal": False}),
    "solve_sylvester": ([SQUARE, OTHER, A], {}),
    "half_squares": ([A, X], {}),
    "half_squared_distance": ([A, A[::-1]], {"divisor": 3.0}),
    "softmax_cross_entropy": ([A, np.array([[0.2, 0.8], [1.0, 0.0], [0.5, 0.5]])], {}),
    "log_pseudo_determinant": ([RANK_TWO], {"rcond": 1e-10}),
}
# LAPACK chooses the phases of complex vectors, and the choice jumps. Tests of functions that do not depend on the phases check these.
FREE_PHASES = {"complex_eig_factors", "complex_eigh_factors", "complex_svd_factors"}
ROWS = [op.name for op in TABLE.values() if not isinstance(op, Elementwise) and op.name not in FREE_PHASES]


@pytest.mark.parametrize("name", ROWS)
def test_every_operation_on_arrays_passes(name):
    inputs, static = CALLS[name]
    report = check_op(name, *inputs, raise_on_fail=False, **static)
    assert report.verdict == "pass", report
