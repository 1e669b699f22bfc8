"""Which function of ours answers for which of NumPy's, for the functions of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.assignments.like_arrays import full_like, make_like
from autograd.numpy_api.assignments.writing_functions import copyto, fill_diagonal, place, put, put_along_axis, putmask
from autograd.numpy_api.composed.applied_functions import apply_along_axis, apply_over_axes, piecewise
from autograd.numpy_api.composed.entry_by_entry import divmod_, fmax, fmin, i0, ldexp, logaddexp2, modf, real_if_close, sinc
from autograd.numpy_api.composed.fourier import (
    fft,
    hfft,
    ifft,
    ihfft,
    irfft,
    make_real_inverse_of_axes,
    make_transform_of_axes,
    rfft,
)
from autograd.numpy_api.composed.linear_algebra import cond, matrix_norm, tensorinv, tensorsolve, vecdot, vector_norm
from autograd.numpy_api.composed.polynomials import (
    poly,
    polyadd,
    polyder,
    polydiv,
    polyfit,
    polyint,
    polymul,
    polysub,
    roots,
    vander,
)
from autograd.numpy_api.composed.products import cross, inner, kron, matrix_power, matvec, multi_dot, tensordot, vecmat
from autograd.numpy_api.composed.rearrangements import make_rearrangement, pad, partition, sort
from autograd.numpy_api.composed.rounding_and_steps import copysign, heaviside, nan_to_num, round_to
from autograd.numpy_api.composed.sequences import (
    bincount,
    convolve,
    correlate,
    cumprod,
    cumulative_prod,
    cumulative_sum,
    diff,
    interp,
    polyval,
    trapezoid,
)
from autograd.numpy_api.composed.spacing import ediff1d, geomspace, gradient, linspace, logspace, unwrap
from autograd.numpy_api.composed.statistics.moments import average, corrcoef, cov, median, ptp, std, var
from autograd.numpy_api.composed.statistics.nan_functions import (
    make_nan_cumulation,
    make_nan_extremum,
    make_nan_reduction,
    nanmean,
    nanstd,
    nanvar,
)
from autograd.numpy_api.composed.statistics.quantiles import nanmedian, nanpercentile, nanquantile, percentile, quantile

_UNSTACK = (np.unstack,) if hasattr(np, "unstack") else ()  # since NumPy 2.1

# NumPy's functions that rearrange entries, by their parameters that hold arrays.
_ARRAY_PARAMETERS: dict[tuple[str, ...], tuple[Any, ...]] = {
    ("a",): (np.roll, np.moveaxis, np.rollaxis, np.repeat, np.resize, np.diagonal, np.take, np.compress),
    ("m",): (np.rot90, np.fliplr, np.flipud, np.tril, np.triu),
    ("v",): (np.diag, np.diagflat),
    ("ary",): (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit),
    ("arr",): (np.take_along_axis, np.extract, np.delete),
    ("x",): (
        *(np.fft.fftshift, np.fft.ifftshift, np.matrix_transpose, np.linalg.matrix_transpose, np.linalg.diagonal, *_UNSTACK),
        np.lib.stride_tricks.sliding_window_view,
    ),
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
REARRANGEMENTS |= {np.pad: pad, np.sort: sort, np.partition: partition}

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
    np.astype: lambda x, dtype, *, copy=True, device=None: as_tensor(x).astype(dtype, copy=copy),
    np.real_if_close: real_if_close,
    np.fix: functions.trunc,
    np.sinc: sinc,
    np.i0: i0,
    np.linspace: linspace,
    np.logspace: logspace,
    np.geomspace: geomspace,
    np.gradient: gradient,
    np.ediff1d: ediff1d,
    np.unwrap: unwrap,
    np.cov: cov,
    np.corrcoef: corrcoef,
    np.quantile: quantile,
    np.percentile: percentile,
    np.nanquantile: nanquantile,
    np.nanpercentile: nanpercentile,
    np.nanmedian: nanmedian,
    np.nansum: make_nan_reduction(functions.sum, 0.0),
    np.nanprod: make_nan_reduction(functions.prod, 1.0),
    np.nanmax: make_nan_extremum(functions.max, -np.inf),
    np.nanmin: make_nan_extremum(functions.min, np.inf),
    np.nancumsum: make_nan_cumulation(functions.cumsum, 0.0),
    np.nancumprod: make_nan_cumulation(cumprod, 1.0),
    np.nanmean: nanmean,
    np.nanvar: nanvar,
    np.nanstd: nanstd,
    np.bincount: bincount,
    np.vander: vander,
    np.poly: poly,
    np.polyadd: polyadd,
    np.polysub: polysub,
    np.polymul: polymul,
    np.polydiv: polydiv,
    np.roots: roots,
    np.polyder: polyder,
    np.polyint: polyint,
    np.polyfit: polyfit,
    np.apply_along_axis: apply_along_axis,
    np.apply_over_axes: apply_over_axes,
    np.piecewise: piecewise,
    np.fft.fft: fft,
    np.fft.ifft: ifft,
    np.fft.rfft: rfft,
    np.fft.irfft: irfft,
    np.fft.hfft: hfft,
    np.fft.ihfft: ihfft,
    np.fft.fft2: make_transform_of_axes(fft, fft, (-2, -1)),
    np.fft.ifft2: make_transform_of_axes(ifft, ifft, (-2, -1)),
    np.fft.rfft2: make_transform_of_axes(rfft, fft, (-2, -1)),
    np.fft.irfft2: make_real_inverse_of_axes((-2, -1)),
    np.fft.fftn: make_transform_of_axes(fft, fft, None),
    np.fft.ifftn: make_transform_of_axes(ifft, ifft, None),
    np.fft.rfftn: make_transform_of_axes(rfft, fft, None),
    np.fft.irfftn: make_real_inverse_of_axes(None),
}
# The cumulative functions of the array API, which NumPy has since version 2.1.
COMPOSED |= {getattr(np, f.__name__): f for f in (cumulative_sum, cumulative_prod) if hasattr(np, f.__name__)}

# Functions that write to an array, and those that make one to be written to.
ASSIGNMENTS: dict[Any, Callable[..., Any]] = {
    np.zeros_like: make_like(np.zeros_like),
    np.ones_like: make_like(np.ones_like),
    np.empty_like: make_like(np.empty_like),
    np.full_like: full_like,
    np.put: put,
    np.place: place,
    np.putmask: putmask,
    np.copyto: copyto,
    np.put_along_axis: put_along_axis,
    np.fill_diagonal: fill_diagonal,
}

COMPOSED_UFUNCS: dict[str, Callable[..., Any]] = {
    "conjugate": functions.conj,
    "heaviside": heaviside,
    "copysign": copysign,
    "vecdot": vecdot,
    "matvec": matvec,
    "vecmat": vecmat,
    "logaddexp2": logaddexp2,
    "fmax": fmax,
    "fmin": fmin,
    "ldexp": ldexp,
    "modf": modf,
    "divmod": divmod_,
}
