"""Every function of the Python array API standard works on Tensors in NumPy's namespace, or is of another kind of number."""

import numpy as np
import pytest

from autograd import DataError, Node, Tensor
from autograd.testing import check_grad

M = np.array([[3.0, 1.25, 2.0], [0.5, 4.0, 1.5], [2.5, 0.25, 6.0]])
V = M[0]

# By the chapters of the standard (2023.12). Each takes the namespace, so that NumPy's own arrays are asked in the same words.
UNARY = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "conj",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "isfinite",
    "isinf",
    "isnan",
    "log",
    "log1p",
    "log2",
    "log10",
    "logical_not",
    "negative",
    "positive",
    "real",
    "imag",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "square",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
    "reciprocal",
]
BINARY = [
    "add",
    "atan2",
    "copysign",
    "divide",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "less",
    "less_equal",
    "logaddexp",
    "logical_and",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "not_equal",
    "pow",
    "remainder",
    "subtract",
]
REDUCTIONS = [
    "sum",
    "prod",
    "mean",
    "std",
    "var",
    "max",
    "min",
    "argmax",
    "argmin",
    "all",
    "any",
    "cumulative_sum",
    "cumulative_prod",
    "sort",
    "argsort",
]
OTHERS = {
    "astype": lambda x: np.astype(x, np.float64),
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, x[0])[1],
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 3)),
    "can_cast": lambda x: np.can_cast(x.dtype, np.float32),
    "clip": lambda x: np.clip(x, 1.0, 3.0),
    "concat": lambda x: np.concat([x, x]),
    "count_nonzero": np.count_nonzero,
    "diff": np.diff,
    "empty_like": lambda x: np.empty_like(x).shape,
    "expand_dims": lambda x: np.expand_dims(x, 0),
    "flip": np.flip,
    "full_like": lambda x: np.full_like(x, 2.0),
    "isdtype": lambda x: np.isdtype(x.dtype, "real floating"),
    "linspace": lambda x: np.linspace(x[0], x[1], 4),
    "matmul": lambda x: np.matmul(x, x),
    "matrix_transpose": np.matrix_transpose,
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[0],
    "moveaxis": lambda x: np.moveaxis(x, 0, 1),
    "nonzero": lambda x: np.nonzero(x)[0],
    "ones_like": np.ones_like,
    "permute_dims": lambda x: np.permute_dims(x, (1, 0)),
    "repeat": lambda x: np.repeat(x, 2),
    "reshape": lambda x: np.reshape(x, (9, 1)),
    "result_type": lambda x: np.result_type(x, np.float32),
    "roll": lambda x: np.roll(x, 1),
    "searchsorted": lambda x: np.searchsorted(np.sort(x[0]), np.array([1.0, 2.5])),
    "squeeze": lambda x: np.squeeze(x[:1]),
    "stack": lambda x: np.stack([x, x]),
    "take": lambda x: np.take(x, np.array([0, 2]), axis=0),
    "take_along_axis": lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1),
    "tensordot": lambda x: np.tensordot(x, x, 1),
    "tile": lambda x: np.tile(x, 2),
    "tril": np.tril,
    "triu": np.triu,
    "unstack": lambda x: np.unstack(x)[1],
    "vecdot": lambda x: np.vecdot(x, x),
    "where": lambda x: np.where(x > 2.0, x, 0.0),
    "zeros_like": np.zeros_like,
    "linalg.cholesky": lambda x: np.linalg.cholesky(x @ np.swapaxes(x, 0, 1)),
    "linalg.cross": lambda x: np.linalg.cross(x, x[::-1]),
    "linalg.det": np.linalg.det,
    "linalg.diagonal": np.linalg.diagonal,
    "linalg.eigh": lambda x: np.linalg.eigh(x + np.swapaxes(x, 0, 1))[1] ** 2,
    "linalg.eigvalsh": np.linalg.eigvalsh,
    "linalg.inv": np.linalg.inv,
    "linalg.matmul": lambda x: np.linalg.matmul(x, x),
    "linalg.matrix_norm": np.linalg.matrix_norm,
    "linalg.matrix_power": lambda x: np.linalg.matrix_power(x, 3),
    "linalg.matrix_transpose": np.linalg.matrix_transpose,
    "linalg.outer": lambda x: np.linalg.outer(x[0], x[1]),
    "linalg.pinv": np.linalg.pinv,
    "linalg.qr": lambda x: np.linalg.qr(x)[0],
    "linalg.slogdet": lambda x: np.linalg.slogdet(x)[1],
    "linalg.solve": lambda x: np.linalg.solve(x, x[0]),
    "linalg.svd": lambda x: np.linalg.svd(x)[1],
    "linalg.svdvals": np.linalg.svdvals,
    "linalg.tensordot": lambda x: np.linalg.tensordot(x, x, axes=1),
    "linalg.trace": np.linalg.trace,
    "linalg.vecdot": lambda x: np.linalg.vecdot(x, x),
    "linalg.vector_norm": np.linalg.vector_norm,
}
# Functions of whole numbers or of values as sets, which have no derivative.
TRANSFORMS = [*("fft", "ifft", "fftn", "ifftn", "rfft", "irfft", "rfftn", "irfftn", "hfft", "ihfft", "fftshift", "ifftshift")]
REFUSED = {
    "nextafter": lambda x: np.nextafter(x, 1.0),
    "unique_all": np.unique_all,
    "unique_counts": np.unique_counts,
    "unique_inverse": np.unique_inverse,
    "unique_values": np.unique_values,
    "linalg.matrix_rank": np.linalg.matrix_rank,
    "bitwise_and": lambda x: np.bitwise_and(x, x),
    "bitwise_invert": np.bitwise_invert,
    "bitwise_left_shift": lambda x: np.bitwise_left_shift(x, x),
    "bitwise_or": lambda x: np.bitwise_or(x, x),
    "bitwise_right_shift": lambda x: np.bitwise_right_shift(x, x),
    "bitwise_xor": lambda x: np.bitwise_xor(x, x),
}
CALLS = {
    **{name: (lambda x, name=name: getattr(np, name)(x * 0.1 + 1.0 if name == "acosh" else x * 0.1)) for name in UNARY},
    **{name: (lambda x, name=name: getattr(np, name)(x, x[::-1])) for name in BINARY},
    **{name: (lambda x, name=name: getattr(np, name)(x, axis=1)) for name in REDUCTIONS},
    **{f"fft.{name}": getattr(np.fft, name) for name in TRANSFORMS},
    **OTHERS,
}


def is_known(name):
    """Whether this version of NumPy has a function: the standard is newer than NumPy 2.0."""
    module = np
    for part in name.split("."):
        if not hasattr(module, part):
            return False
        module = getattr(module, part)
    return True


@pytest.mark.parametrize("name", [name for name in CALLS if is_known(name)])
def test_functions_give_the_numbers_of_numpy(name):
    actual, expected = CALLS[name](Tensor(M)), CALLS[name](M)
    if isinstance(actual, Node):
        np.testing.assert_allclose(actual.data, expected, rtol=1e-13)
    else:
        assert type(actual) is type(expected)
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("name", [name for name in REFUSED if is_known(name)])
def test_functions_without_a_derivative_are_refused(name):
    with pytest.raises(DataError, match="has no derivative here"):
        REFUSED[name](Tensor(M))


def test_the_namespace_of_a_tensor_is_numpy():
    xp = Tensor(M).__array_namespace__()
    assert xp.sum(xp.exp(Tensor(V)), axis=0).item() == pytest.approx(np.exp(V).sum(), rel=1e-15)


@pytest.mark.parametrize("name", [name for name in CALLS if is_known(name) and isinstance(CALLS[name](Tensor(M)), Node)])
def test_functions_are_differentiable_to_second_order(name):
    def loss(x):
        y = CALLS[name](x)
        angles = 1.0 + np.arange(y.size).reshape(y.shape)
        return np.sum(np.real(y) * np.cos(angles)) + np.sum(np.imag(y) * np.sin(angles))

    assert check_grad(loss, M + 0.01 * np.arange(9.0).reshape(3, 3) ** 1.5, order=2).verdict == "pass"
