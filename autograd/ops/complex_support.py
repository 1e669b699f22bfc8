"""Which rows hold on complex numbers: as they are, or by another row that takes their place."""

from __future__ import annotations

from autograd.errors import DataError
from autograd.ops.op import Op, find

AS_THEY_ARE = (
    *("add", "subtract", "multiply", "divide", "positive", "negative", "square", "reciprocal", "sqrt"),
    *("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sigmoid", "silu", "where"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arctanh", "arctan_slope", "arctanh_slope", "rint"),
    *("sum", "mean", "cumsum", "prod", "trace", "reshape", "ravel", "expand_dims", "squeeze", "transpose", "swapaxes", "flip"),
    *("broadcast_to", "astype", "getitem", "scatter", "set_entries", "concatenate", "stack"),
    *("matmul", "outer", "convolve", "einsum", "affine", "inv", "det", "logabsdet", "solve"),
    *("real", "imag", "conj", "angle", "complex_arcsin_slope", "complex_arccosh_slope", "fft", "ifft", "irfft"),
)
TWINS = {
    "absolute": "modulus",
    **{name: f"complex_{name}" for name in ("power", "sign", "arcsin", "arccos", "arcsinh", "arccosh")},
    **{name: f"complex_{name}" for name in ("cholesky", "qr_factors", "pinv", "eig_factors", "eigh_factors", "svd_factors")},
}


def mark_rows() -> None:
    """Mark the rows of the table."""
    for name in AS_THEY_ARE:
        find(name).accepts_complex = True
    for name, twin in TWINS.items():
        find(name).complex_twin = find(twin)
        find(twin).accepts_complex = True


def find_complex_row(op: Op) -> Op:
    """Return the row that takes the place of one that does not hold on complex numbers."""
    if op.complex_twin is None:
        raise DataError(
            f"{op.name} has no derivative on complex numbers: take t.real, t.imag or abs(t) first, or use functions that are "
            f"differentiable there, such as exp and sin"
        )
    return op.complex_twin
