"""ARRAY: rows computed on NumPy's arrays."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.errors import GraphError
from autograd.ops.rules.contraction import contract, find_matrix_form

# Entries of a product of matrices below this many roundings, times the size of the matrices, are errors. The largest error was 3.1
# (eigenvectors and singular vectors of 10⁴ random matrices of size 2 to 100, cotangents of magnitudes 10⁻³ to 10³). With twice as
# many, cotangents that are twice as large pass for errors.
NEGLIGIBLE = 10.0

# For each factorization: what leaves its vectors undetermined, and what to write instead.
ADVICE_FOR_VECTORS = {
    "eigh": (
        "equal eigenvalues",
        "use the eigenvalues alone, or a function of the matrix, such as matrix_power, inv, expm or sqrtm",
    ),
    "eig": ("equal eigenvalues", "use the eigenvalues alone, or a function of the matrix, such as matrix_power, inv or expm"),
    "svd": (
        "equal singular values, or singular values of 0",
        "use the singular values alone, or a function of the matrix, such as pinv, or a @ inv(sqrtm(a.T @ a)) for U @ Vh",
    ),
}


def apply_entrywise(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """Return the array function that applies a function of one float to each entry; for the few that NumPy lacks."""

    def entrywise(a: Any) -> Any:
        a = np.asarray(a)
        return np.fromiter(map(function, a.ravel().tolist()), a.dtype, a.size).reshape(a.shape)

    return entrywise


def array_sum(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.add.reduce(a, axis=axis, keepdims=keepdims)


# NumPy reduces one row after the other. So many rows, if they are this short, are transposed first, and reduced side by side: the
# maximum of 200 rows of 10 takes 2 µs instead of 7, and of 2 000 rows 14 instead of 64. Twice as long, or half as many, rows gain
# less than a tenth.
FEWEST_SHORT_ROWS, LONGEST_SHORT_ROW = 16, 64


def _transpose_short_rows(a: Any, axis: Any) -> Any:
    """Return the columns of a matrix that is reduced along its rows, if that is faster; else None."""
    if type(a) is not np.ndarray or a.ndim != 2 or axis not in (-1, 1) or a.dtype.kind != "f":
        return None
    is_faster = len(a) >= FEWEST_SHORT_ROWS and 0 < a.shape[1] <= LONGEST_SHORT_ROW
    return np.ascontiguousarray(a.T) if is_faster else None


def array_max(a: Any, axis: Any, keepdims: Any) -> Any:
    return _reduce_extremum(np.maximum, a, axis, keepdims)


def array_min(a: Any, axis: Any, keepdims: Any) -> Any:
    return _reduce_extremum(np.minimum, a, axis, keepdims)


def _reduce_extremum(ufunc: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    columns = _transpose_short_rows(a, axis)
    if columns is None:
        return ufunc.reduce(a, axis=axis, keepdims=keepdims)
    result = ufunc.reduce(columns, axis=0)
    return result[:, np.newaxis] if keepdims else result


def array_expand_dims(a: Any, axis: Any) -> Any:
    return a[..., None] if type(a) is np.ndarray and type(axis) is int and axis == -1 else np.expand_dims(a, axis)


def array_add_to(result: Any, x: Any) -> Any:
    return np.add(result, x, out=result) if type(result) is np.ndarray and result.dtype == x.dtype else result + x


# Up to this many rows are added by a product with ones, which takes 0.6 µs for 128 rows of 16, where a reduction takes 2.4; for
# 65 536 rows it is 0.3 and 1.0 ms. The ones are kept: for twice as many rows they would be 1 MB.
MOST_ROWS = 1 << 16


@functools.lru_cache(maxsize=4)
def _ones(count: int) -> Any:
    return np.ones(count)


def array_sum_of_rows(a: Any) -> Any:
    """Return the sum over the first axis."""
    if a.ndim == 2 and a.dtype == np.float64 and len(a) <= MOST_ROWS:
        return np.dot(_ones(len(a)), a)
    return np.add.reduce(a, axis=0)


def array_norm(a: Any, axis: Any, keepdims: Any) -> Any:
    return np.sqrt(np.add.reduce(a * a, axis=axis, keepdims=keepdims))


def array_logsumexp(a: Any, axis: Any, keepdims: bool) -> Any:
    columns = _transpose_short_rows(a, axis)
    if columns is not None:
        value = array_logsumexp(columns, 0, False)
        return value[:, np.newaxis] if keepdims else value
    top, exponentials = _exponentials(a, axis)
    value = top + np.log(np.add.reduce(exponentials, axis=axis, keepdims=True))
    return value if keepdims else np.squeeze(value, axis=axis)


def array_softmax(a: Any, axis: Any) -> Any:
    columns = _transpose_short_rows(a, axis)
    if columns is not None:
        return np.ascontiguousarray(array_softmax(columns, 0).T)
    _, exponentials = _exponentials(a, axis)
    return exponentials / np.add.reduce(exponentials, axis=axis, keepdims=True)


def _exponentials(a: Any, axis: Any) -> tuple[Any, Any]:
    """Return the largest entries along an axis, or 0 if infinite, and the exponentials of the differences from them."""
    top = np.maximum.reduce(a, axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        top = np.where(np.isfinite(top), top, 0.0)
    return top, np.exp(a - top)


def array_products_of_others(rows: Any) -> Any:
    """Return for each entry of the rows (..., n) the product of the other entries, without a division."""
    ones = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return before * after


def array_has_ties(is_extremal: Any, extrema: Any) -> bool:
    """Return whether an extremum occurs several times, or is nan, so that it occurs nowhere."""
    return bool(np.count_nonzero(is_extremal) != np.size(extrema) or np.isnan(extrema).any())


def array_einsum(subscripts: str, *operands: Any) -> Any:
    form = find_matrix_form(subscripts, *map(np.shape, operands))
    return np.einsum(subscripts, *operands) if form is None else contract(ARRAY, form, *operands)


def half_spectrum_counts(n: int, axis: int, ndim: int) -> Any:
    """Return how often each frequency of a half spectrum occurs in the whole one, along one of ``ndim`` axes."""
    counts = np.full(n // 2 + 1, 2.0)
    counts[0] = 1.0
    if n % 2 == 0:
        counts[-1] = 1.0
    return counts.reshape([-1 if i == axis % ndim else 1 for i in range(ndim)])


def _stack_below(*factors: Any) -> Any:
    """Return matrices below one another, in an array that owns its memory."""
    return np.concatenate(factors, axis=-2)


def array_eigh(a: Any) -> Any:
    """Return the eigenvalues of symmetric matrices in ascending order, with the eigenvectors below them."""
    values, vectors = np.linalg.eigh(a)
    return _stack_below(values[..., None, :], vectors)


def array_are_equal(row: Any) -> Any:
    """Return which two of the numbers (..., 1, n) are equal up to the error of a factorization, as a mask (..., n, n)."""
    tolerance = row.shape[-1] * np.finfo(row.dtype).eps * np.max(np.abs(row), axis=-1, keepdims=True, initial=0.0)
    return np.abs(row - np.swapaxes(row, -1, -2)) <= tolerance


def array_is_negligible(a: Any, scale: Any) -> Any:
    """Return which entries of matrices are rounding errors relative to the largest entry of ``scale``."""
    largest = np.max(np.abs(scale), axis=(-2, -1), keepdims=True, initial=0.0)
    return np.abs(a) <= NEGLIGIBLE * max(scale.shape[-2:]) * np.finfo(a.dtype).eps * largest


def require_negligible(call: str, condition: Any, a: Any, scale: Any) -> None:
    """Raise GraphError if entries are not negligible where a condition holds."""
    if np.any(condition & ~array_is_negligible(a, scale)):
        found, instead = ADVICE_FOR_VECTORS[call]
        raise GraphError(
            f"{call}: a matrix of shape {a.shape[-2:]} has {found}, and this function depends on their vectors, which the matrix "
            f"does not determine: {instead}"
        )


def array_eig(a: Any) -> Any:
    """Return the eigenvalues of matrices, with the eigenvectors below them."""
    values, vectors = np.linalg.eig(a)
    if np.iscomplexobj(values):
        if values.imag.any():
            raise ValueError("an eigenvalue is not real")
        values, vectors = values.real, vectors.real  # NumPy 2.5 and newer return complex numbers in any case
    return _stack_below(values[..., None, :], vectors)


def array_complex_eig(a: Any) -> Any:
    """Return the eigenvalues of matrices as complex numbers, with the eigenvectors below them."""
    values, vectors = np.linalg.eig(a)
    return _stack_below(values[..., None, :], vectors).astype(np.result_type(values, np.complex64), copy=False)


def array_svd(a: Any) -> Any:
    """Return U, s and V of the thin decomposition, below one another."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return _stack_below(u, s[..., None, :], np.swapaxes(vh, -1, -2))


def array_qr(a: Any) -> Any:
    """Return Q and the transpose of R, below one another."""
    q, r = np.linalg.qr(a)
    return _stack_below(q, np.swapaxes(r, -1, -2))


def array_cofactors(y: Any, a: Any) -> Any:
    """Return the derivatives of determinants y by the entries of the matrices: y a⁻ᵀ, and the minors if a determinant is 0."""
    if np.all(y):
        return np.reshape(y, (*np.shape(y), 1, 1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    index, signs = find_minors(a.shape[-1])
    return np.linalg.det(a[index]) * signs


def find_minors(n: int) -> tuple[Any, Any]:
    """Return the index of the minors of square matrices, which are without the i-th row and the j-th column, and their signs."""
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, max(n - 1, 0))
    i = np.arange(n)
    return (..., others[:, None, :, None], others[None, :, None, :]), (-1.0) ** (i[:, None] + i)


def array_broadcast_to(a: Any, shape: Sequence[int]) -> Any:
    """Return a full copy in the new shape: it is cheaper than NumPy's view and shares no memory."""
    out = np.empty(shape, np.asarray(a).dtype)
    out[...] = a
    return out


def is_basic_index(index: Any) -> bool:
    """Return whether an index is basic in NumPy's sense, so that it picks no entry twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is ... or isinstance(part, (int, np.integer, slice)) for part in parts)


def array_scatter(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros with ``a`` added at ``index``; repeated indices add up."""
    out = np.zeros(shape, np.result_type(a))
    array_add_at(out, index, a)
    return out


def array_set_entries(a: Any, x: Any, index: Any) -> Any:
    """Return a copy of ``a`` with ``x`` at ``index``, which repeats no entry."""
    out = a.astype(np.result_type(a, x)) if np.iscomplexobj(x) else a.copy()
    out[index] = x
    return out


def array_scatter_sum(gs: Sequence[Any], indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Any:
    """Return zeros with each of several arrays added at its own index."""
    total = np.zeros(shape, dtype)
    for index, g in zip(indices, gs, strict=True):
        array_add_at(total, index, g)
    return total


def array_add_at(total: Any, index: Any, a: Any) -> None:
    """Add ``a`` to ``total`` at ``index``, in place; repeated indices add up."""
    if isinstance(index, tuple) and len(index) == 1:
        index = index[0]
    if is_basic_index(index) or (isinstance(index, np.ndarray) and index.dtype == bool):
        total[index] += a
    elif isinstance(index, np.ndarray) and index.size >= MIN_ROWS and math.prod(total.shape[1:]) >= MIN_ROW_LENGTH:
        _add_rows(total, index.ravel(), np.reshape(a, (index.size, *total.shape[1:])))
    else:
        np.add.at(total, index, a)


# From here on it is faster to sort rows by their index than to add entry by entry, which takes 10 ns for each.
MIN_ROWS, MIN_ROW_LENGTH = 32, 16


def _add_rows(total: Any, index: Any, rows: Any) -> None:
    """Add rows to those of ``total`` that an index of one axis selects."""
    index = np.where(index < 0, index + len(total), index)
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) == len(index):
        total[index] += rows
    else:
        total[ordered[starts]] += np.add.reduceat(rows[order], starts, axis=0)


ARRAY = Backend(
    "ARRAY",
    {
        **{name: getattr(np, name) for name in ("floor", "ceil", "trunc", "rint", "remainder", "fmod", "floor_divide")},
        **{name: getattr(np, name) for name in ("cbrt", "exp2")},
        **{name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sign")},
        "power": operator.pow,  # which knows short ways for 2, 1, 0.5 and -1
        **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot", "logaddexp")},
        **{"arc" + name: getattr(np, "arc" + name) for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
        **{name: getattr(np, name) for name in ("where", "maximum", "minimum", "equal", "isfinite", "any", "prod", "cumsum")},
        **{name: getattr(np, name) for name in ("ravel", "swapaxes", "squeeze", "flip")},
        "reshape": lambda a, shape: a.reshape(shape) if type(a) is np.ndarray else np.reshape(a, shape),
        "transpose": lambda a, axes: a.T if axes is None else np.transpose(a, axes),
        **{
            name: getattr(np, name)
            for name in ("concatenate", "stack", "matmul", "outer", "vdot", "convolve", "trace", "eye", "zeros")
        },
        "shape": lambda a: a.shape if type(a) is np.ndarray else np.shape(a),
        "clip": np.clip,
        **{name: getattr(np.linalg, name) for name in ("inv", "det", "solve")},
        "cofactors": array_cofactors,
        "lower_cholesky": np.linalg.cholesky,
        "pinv": np.linalg.pinv,
        "are_equal": array_are_equal,
        "is_negligible": array_is_negligible,
        "require_negligible": require_negligible,
        "stacked_eigh": array_eigh,
        "stacked_eig": array_eig,
        "stacked_complex_eig": array_complex_eig,
        "stacked_svd": array_svd,
        "stacked_qr": array_qr,
        "tri": np.tri,
        "logabsdet": lambda a: np.linalg.slogdet(a)[1],
        "max": array_max,  # np.max() takes three times as long for a few numbers
        "min": array_min,
        "expand_dims": array_expand_dims,
        "erf": apply_entrywise(math.erf),
        "erfc": apply_entrywise(math.erfc),
        "sum": array_sum,
        "add_to": array_add_to,
        "sum_of_rows": array_sum_of_rows,
        "norm": array_norm,
        "einsum": array_einsum,
        "has_ties": array_has_ties,
        "logsumexp": array_logsumexp,
        "softmax": array_softmax,
        "broadcast_to": array_broadcast_to,
        "getitem": lambda a, index: a[index],
        "scatter": array_scatter,
        "set_entries": array_set_entries,
        "add_at": array_add_at,
        "scatter_sum": array_scatter_sum,
        "item": lambda a: float(a.reshape(())),
        "constant": lambda a: a,
        "products_of_others": array_products_of_others,
        "astype": lambda a, dtype: a.astype(dtype) if np.dtype(dtype).kind == "c" or a.dtype.kind != "c" else a.real.astype(dtype),
        **{name: getattr(np, name) for name in ("real", "imag", "conj", "angle")},
        **{name: getattr(np.fft, name) for name in ("fft", "ifft", "rfft", "irfft")},
        "half_spectrum_counts": half_spectrum_counts,
    },
    np,
)
