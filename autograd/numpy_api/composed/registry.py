"""Which function of ours answers for which of NumPy's, for the functions of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.composed.linear_algebra import cond, matrix_norm, tensorinv, tensorsolve, vecdot, vector_norm
from autograd.numpy_api.composed.products import cross, inner, kron, matrix_power, multi_dot, tensordot
from autograd.numpy_api.composed.rearrangements import make_rearrangement, pad, sort
from autograd.numpy_api.composed.rounding_and_steps import copysign, heaviside, nan_to_num, round_to
from autograd.numpy_api.composed.sequences import convolve, correlate, cumprod, diff, interp, polyval, trapezoid
from autograd.numpy_api.composed.statistics import average, median, ptp, std, var

# NumPy's functions that rearrange entries, by their parameters that hold arrays.
_ARRAY_PARAMETERS: dict[tuple[str, ...], tuple[Any, ...]] = {
    ("a",): (np.roll, np.moveaxis, np.rollaxis, np.repeat, np.resize, np.diagonal, np.take, np.compress),
    ("m",): (np.rot90, np.fliplr, np.flipud, np.tril, np.triu),
    ("v",): (np.diag, np.diagflat),
    ("ary",): (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit),
    ("arr",): (np.take_along_axis, np.extract, np.delete),
    ("x",): (np.matrix_transpose, np.linalg.matrix_transpose, np.linalg.diagonal),
    ("A",): (np.tile,),
    ("*arys",): (np.atleast_1d, np.atleast_2d, np.atleast_3d),
    ("*tup",): (np.hstack, np.vstack, np.column_stack, np.dstack),
    ("*arrays",): (np.block,),
    ("*args",): (np.broadcast_arrays,),
    ("*xi",): (np.meshgrid,),
    ("*choices",): (np.choose,),
    ("*choicelist", "default"): (np.select,),
    ("arr", "values"): (np.append, np.insert),
}

REARRANGEMENTS: dict[Any, Callable[..., Any]] = {
    function: make_rearrangement(function, *names) for names, group in _ARRAY_PARAMETERS.items() for function in group
}
REARRANGEMENTS |= {np.pad: pad, np.sort: sort}

COMPOSED: dict[Any, Callable[..., Any]] = {
    np.var: var,
    np.std: std,
    np.average: average,
    np.ptp: ptp,
    np.median: median,
    np.diff: diff,
    np.cumprod: cumprod,
    np.trapezoid: trapezoid,
    np.inner: inner,
    np.tensordot: tensordot,
    np.kron: kron,
    np.cross: cross,
    np.convolve: convolve,
    np.correlate: correlate,
    np.interp: interp,
    np.polyval: polyval,
    np.nan_to_num: nan_to_num,
    np.round: round_to,
    np.around: round_to,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
    np.linalg.cond: cond,
    np.linalg.tensorsolve: tensorsolve,
    np.linalg.tensorinv: tensorinv,
    np.linalg.vecdot: vecdot,
    np.linalg.vector_norm: vector_norm,
    np.linalg.matrix_norm: matrix_norm,
    np.linalg.cross: cross,
    np.linalg.tensordot: tensordot,
    np.linalg.matmul: functions.matmul,
    np.linalg.trace: lambda x, *, offset=0: functions.trace(x, offset, -2, -1),
    np.linalg.outer: functions.outer,
    np.copy: lambda a: functions.array(a) if np.ndim(a) or isinstance(a, Tensor) else functions.positive(a),
    np.astype: lambda x, dtype, *, copy=True, device=None: as_tensor(x).astype(dtype),
    np.real: functions.positive,
}

COMPOSED_UFUNCS: dict[str, Callable[..., Any]] = {"heaviside": heaviside, "copysign": copysign, "vecdot": vecdot}
