"""NumPy's functions on nodes: each one on the page of supported functions gives NumPy's values, and right derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, jacobian
from autograd.numpy_api.composed.registry import COMPOSED_UFUNCS
from autograd.numpy_api.support_table import get_sections
from oracles import assert_close, assert_derivative

SECTIONS = get_sections()

V, W, M, S, T = (3,), (4,), (3, 4), (3, 3), (2, 3, 4)
ROTATING = np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, -2.0, 0.0]])  # its eigenvalues are 3 and ±2i
YES = np.array([True, False, True])
INDEX = np.array([2, 0, 2])

# A function's name on the page, a call of it, and the shapes of its arguments. Further calls of one function try its settings.
APART = np.arange(1.0, 1.0 + np.prod(M)).reshape(M)  # entries that keep their signs, and rows and columns that keep their order


def PARTS(y):
    """The real and the imaginary parts, side by side."""
    return np.append(np.real(y), np.imag(y))


def written(write):
    """The function that writes entries of its argument to another array."""

    def f(x):
        y = x[::-1] * 2.0
        write(y, x)
        return y

    return f


def filled(like):
    """The function that fills an array like its argument."""

    def f(x):
        y = like(x)
        y[0], y[1:] = x[1] * x[0], x[:-1] ** 2
        return y

    return f


CASES = [
    ("np.zeros_like", filled(np.zeros_like), V),
    ("np.ones_like", filled(lambda x: np.ones_like(x, shape=(3, 4)) * 3.0), M),
    ("np.empty_like", filled(np.empty_like), V),
    ("np.full_like", filled(lambda x: np.full_like(x, x[2])), V),
    ("np.full_like", lambda x: np.full_like(x, x[1]), M),
    ("np.put", written(lambda y, x: np.put(y, [1, -1, 4], x[0, :2], mode="wrap")), M),
    ("np.place", written(lambda y, x: np.place(y, np.eye(3, 4) > 0.0, x[0, :2])), M),
    ("np.putmask", written(lambda y, x: np.putmask(y, YES, x)), V),
    ("np.putmask", written(lambda y, x: np.putmask(y, np.eye(3, 4) > 0.0, x[0])), M),
    ("np.copyto", written(lambda y, x: np.copyto(y, x[0], where=YES[:, None])), M),
    ("np.put_along_axis", written(lambda y, x: np.put_along_axis(y, np.array([[0], [3], [1]]), x[:, 1:2], 1)), M),
    ("np.fill_diagonal", written(lambda y, x: np.fill_diagonal(y, x[1, :2])), M),
    ("np.copysign", lambda x: np.copysign(x, np.array([1.0, -1.0, 1.0])), V),
    ("np.heaviside", lambda x, y: np.heaviside(np.array([0.0, 1.0, -1.0]), y) + x, V, V),
    ("np.matmul", np.matmul, M, (4, 2)),
    ("np.broadcast_to", lambda x: np.broadcast_to(x, (2, 3)), V),
    ("np.clip", lambda x: np.clip(x, -100.0, 100.0), V),
    ("np.clip", lambda x: np.clip(x, a_min=None, a_max=100.0), V),
    ("np.concatenate", lambda x, y: np.concatenate([x, y]), V, W),
    ("np.cumsum", lambda x: np.cumsum(x, axis=1), M),
    ("np.dot", np.dot, M, W),
    ("np.einsum", lambda x, y: np.einsum("ij,kj->ik", x, y), M, (2, 4)),
    ("np.expand_dims", lambda x: np.expand_dims(x, 0), V),
    ("np.flip", np.flip, M),
    ("np.linalg.det", np.linalg.det, S),
    ("np.linalg.inv", np.linalg.inv, S),
    ("np.linalg.norm", np.linalg.norm, M),
    ("np.linalg.slogdet", lambda x: np.linalg.slogdet(x)[1], S),
    ("np.linalg.solve", np.linalg.solve, S, V),
    ("np.linalg.norm", lambda x: np.linalg.norm(x, "nuc"), M),
    ("np.linalg.norm", lambda x: np.linalg.norm(x, 2, axis=(0, 2), keepdims=True), T),
    ("np.linalg.norm", lambda x: np.linalg.norm(x * 0.05 + APART, -np.inf), M),
    ("np.linalg.norm", lambda x: np.linalg.norm(x * 0.05 + APART, 1), M),
    ("np.linalg.cholesky", np.linalg.cholesky, S),
    ("np.linalg.cholesky", lambda x: np.linalg.cholesky(x, upper=True), S),
    ("np.linalg.eigh", lambda x: np.linalg.eigh(x)[1] ** 2, S),
    ("np.linalg.eigvalsh", lambda x: np.linalg.eigvalsh(x, UPLO="U"), S),
    ("np.linalg.eig", lambda x: (lambda values, vectors: vectors**2 @ values)(*np.linalg.eig(x)), S),  # in any order
    ("np.linalg.eigvals", lambda x: np.sort(np.linalg.eigvals(x)), S),
    ("np.linalg.svd", lambda x: np.linalg.svd(x, full_matrices=False)[2] ** 2, M),
    ("np.linalg.svdvals", np.linalg.svdvals, M),
    ("np.linalg.qr", lambda x: np.linalg.qr(x)[0] ** 2, (4, 3)),
    ("np.linalg.qr", lambda x: np.linalg.qr(x, mode="r"), M),
    ("np.linalg.qr", lambda x: np.linalg.qr(x, mode="complete")[1], M),
    ("np.linalg.pinv", np.linalg.pinv, M),
    ("np.linalg.lstsq", lambda x, y: np.linalg.lstsq(x, y)[0], (4, 3), W),
    ("np.linalg.lstsq", lambda x, y: np.linalg.lstsq(x, y)[1], (4, 3), (4, 2)),
    ("np.linalg.cond", np.linalg.cond, S),
    ("np.linalg.cond", lambda x: np.linalg.cond(x, -2), S),
    ("np.linalg.cond", lambda x: np.linalg.cond(x, "fro"), S),
    ("np.linalg.tensorsolve", lambda x, y: np.linalg.tensorsolve(x, y), S, V),
    ("np.linalg.tensorsolve", lambda x, y: np.linalg.tensorsolve(x, y, axes=(0,)), S, V),
    ("np.linalg.tensorinv", lambda x: np.linalg.tensorinv(x, ind=1), S),
    ("np.linalg.vecdot", lambda x, y: np.linalg.vecdot(x, y), M, W),
    ("np.linalg.vector_norm", lambda x: np.linalg.vector_norm(x, axis=(0, 2), keepdims=True), T),
    ("np.linalg.vector_norm", lambda x: np.linalg.vector_norm(x, ord=1), M),
    ("np.linalg.matrix_norm", lambda x: np.linalg.matrix_norm(x, ord="nuc"), T),
    ("np.vecdot", np.vecdot, M, M),
    ("np.max", np.max, M),
    ("np.amax", lambda x: np.amax(x, axis=1), M),
    ("np.min", np.min, M),
    ("np.amin", lambda x: np.amin(x, axis=0, keepdims=True), M),
    ("np.mean", lambda x: np.mean(x, axis=0), M),
    ("np.outer", np.outer, V, W),
    ("np.prod", lambda x: np.prod(x, axis=1), M),
    ("np.ravel", np.ravel, M),
    ("np.reshape", lambda x: np.reshape(x, (4, 3)), M),
    ("np.squeeze", lambda x: np.squeeze(x, 0), (1, 3)),
    ("np.stack", lambda x, y: np.stack([x, y], axis=1), V, V),
    ("np.sum", lambda x: np.sum(x, axis=(0, 2)), T),
    ("np.swapaxes", lambda x: np.swapaxes(x, 0, 1), M),
    ("np.trace", np.trace, S),
    ("np.transpose", np.transpose, M),
    ("np.vdot", np.vdot, V, V),
    ("np.where", lambda x, y: np.where(YES, x, y), V, V),
    ("np.add.reduce", lambda x: np.add.reduce(x, axis=1), M),
    ("np.multiply.reduce", np.multiply.reduce, M),
    ("np.maximum.reduce", lambda x: np.maximum.reduce(x, axis=None), M),
    ("np.minimum.reduce", np.minimum.reduce, M),
    ("np.add.accumulate", np.add.accumulate, M),
    ("np.multiply.outer", np.multiply.outer, V, W),
    ("np.add.outer", np.add.outer, V, M),
    ("np.add.reduceat", lambda x: np.add.reduceat(x, [1, 0, 2]), M),
    ("np.lib.stride_tricks.sliding_window_view", lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, 1), M),
    ("np.append", lambda x, y: np.append(x, y), M, V),
    ("np.append", lambda x, y: np.append(x, y, axis=0), M, (1, 4)),
    ("np.array_split", lambda x: np.array_split(x, 3)[0], W),
    ("np.atleast_1d", lambda x: np.atleast_1d(x), ()),
    ("np.atleast_2d", lambda x, y: np.atleast_2d(x, y)[0], V, W),
    ("np.atleast_3d", np.atleast_3d, M),
    ("np.block", lambda x, y: np.block([[x, np.ones((3, 1))], [y, np.zeros((1, 1))]]), M, (1, 4)),
    ("np.broadcast_arrays", lambda x, y: np.broadcast_arrays(x, y)[1], M, W),
    ("np.choose", lambda x, y: np.choose(np.array([0, 1, 0]), [x, y]), V, V),
    ("np.column_stack", lambda x, y: np.column_stack([x, y]), V, M),
    ("np.compress", lambda x: np.compress(YES, x, axis=0), M),
    ("np.delete", lambda x: np.delete(x, 1, axis=1), M),
    ("np.diag", np.diag, V),
    ("np.diag", lambda x: np.diag(x, k=1), M),
    ("np.diagflat", lambda x: np.diagflat(x, -1), V),
    ("np.diagonal", lambda x: np.diagonal(x, 1), M),
    ("np.dsplit", lambda x: np.dsplit(x, 2)[1], T),
    ("np.dstack", lambda x, y: np.dstack([x, y]), V, V),
    ("np.extract", lambda x: np.extract(YES, x), V),
    ("np.fliplr", np.fliplr, M),
    ("np.flipud", np.flipud, M),
    ("np.hsplit", lambda x: np.hsplit(x, [1])[1], M),
    ("np.hstack", lambda x, y: np.hstack((x, y)), V, W),
    ("np.insert", lambda x, y: np.insert(x, 1, y, axis=0), M, W),
    ("np.linalg.diagonal", lambda x: np.linalg.diagonal(x, offset=1), S),
    ("np.linalg.matrix_transpose", np.linalg.matrix_transpose, T),
    ("np.matrix_transpose", np.matrix_transpose, T),
    ("np.meshgrid", lambda x, y: np.meshgrid(x, y, indexing="ij")[1], V, W),
    ("np.moveaxis", lambda x: np.moveaxis(x, 0, -1), T),
    ("np.pad", lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=7.0), M),
    ("np.pad", lambda x: np.pad(x, 2, mode="reflect"), M),
    ("np.pad", lambda x: np.pad(x, 1, mode="wrap"), V),
    ("np.repeat", lambda x: np.repeat(x, [1, 0, 3]), V),
    ("np.resize", lambda x: np.resize(x, (2, 5)), V),
    ("np.roll", lambda x: np.roll(x, 2, axis=1), M),
    ("np.rollaxis", lambda x: np.rollaxis(x, 2), T),
    ("np.rot90", lambda x: np.rot90(x, k=3), M),
    ("np.select", lambda x, y: np.select([YES, ~YES], [x, y]), V, V),
    ("np.select", lambda x: np.select([YES], [x], default=9.0), V),
    ("np.sort", np.sort, M),
    ("np.sort", lambda x: np.sort(x, axis=None), M),
    ("np.sort", lambda x: np.sort(x, axis=0, kind="stable"), M),
    ("np.split", lambda x: np.split(x, 2, axis=1)[1], M),
    ("np.take", lambda x: np.take(x, INDEX, axis=0), M),
    ("np.take_along_axis", lambda x: np.take_along_axis(x, INDEX[:, None], 1), M),
    ("np.tile", lambda x: np.tile(x, (2, 2)), V),
    ("np.tril", np.tril, M),
    ("np.triu", lambda x: np.triu(x, 1), M),
    ("np.vsplit", lambda x: np.vsplit(x, 3)[2], M),
    ("np.vstack", lambda x, y: np.vstack([x, y]), W, M),
    ("np.vstack", np.vstack, M),
    ("np.around", np.around, V),
    ("np.astype", lambda x: np.astype(x, np.float64) ** 2, V),
    ("np.average", lambda x, w: np.average(x, weights=w * 0.01 + 1.0), M, M),
    ("np.average", lambda x, w: np.average(x, axis=-1, weights=w * 0.01 + 1.0), M, W),
    ("np.average", lambda x: np.average(x, axis=0), M),
    ("np.convolve", np.convolve, V, W),
    ("np.convolve", lambda x, y: np.convolve(x, y, "same"), W, V),
    ("np.convolve", lambda x, y: np.convolve(x, y, "valid"), V, W),
    ("np.copy", np.copy, M),
    ("np.correlate", np.correlate, W, V),
    ("np.correlate", lambda x, y: np.correlate(x, y, "same"), V, W),
    ("np.correlate", lambda x, y: np.correlate(x, y, "same"), (6,), V),
    ("np.correlate", lambda x, y: np.correlate(x, y, "full"), V, W),
    ("np.cross", np.cross, S, S),
    ("np.cumprod", lambda x: np.cumprod(x, axis=0), M),
    ("np.cumprod", np.cumprod, M),
    ("np.diff", np.diff, M),
    ("np.diff", lambda x: np.diff(x, 2, axis=0), M),
    ("np.inner", np.inner, M, (2, 4)),
    ("np.inner", np.inner, (), V),
    ("np.interp", lambda x, f: np.interp(x * 0.1, [-2.0, -0.7, 0.4, 3.0], f), V, W),
    ("np.interp", lambda x, f: np.interp(x + 40.0, [0.0, 1.0, 2.0, 3.0], f, left=1.0, right=2.0) + x, V, W),
    ("np.kron", np.kron, M, V),
    ("np.kron", np.kron, V, M),
    ("np.linalg.cross", np.linalg.cross, S, S),
    ("np.linalg.matmul", np.linalg.matmul, M, (4, 2)),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, 5), S),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, -2), S),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, 0) + x, S),
    ("np.linalg.multi_dot", lambda x, y, z: np.linalg.multi_dot([x, y, z]), V, M, W),
    ("np.linalg.outer", np.linalg.outer, V, W),
    ("np.linalg.tensordot", np.linalg.tensordot, T, M),
    ("np.linalg.trace", lambda x: np.linalg.trace(x, offset=1), T),
    ("np.median", np.median, V),
    ("np.median", lambda x: np.median(x, axis=1), M),
    ("np.median", lambda x: np.median(x, keepdims=True), M),
    ("np.nan_to_num", lambda x: np.nan_to_num(np.append(x, [np.inf, -np.inf, np.nan]), posinf=3.0, neginf=4.0), V),
    ("np.polyval", np.polyval, V, W),
    ("np.ptp", lambda x: np.ptp(x, axis=1), M),
    ("np.real", np.real, V),
    ("np.round", lambda x: np.round(x * 1e-6 + 1.23, 1), V),
    ("np.std", lambda x: np.std(x, axis=1, ddof=1), M),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=([1, -1], [0, 1])), T, M),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=(0, -1)), V, S),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=0), V, W),
    ("np.trapezoid", lambda y: np.trapezoid(y, dx=0.5), M),
    ("np.trapezoid", lambda y: np.trapezoid(y, axis=0), T),
    ("np.flip", lambda x: np.flip(m=x, axis=0), M),
    ("np.mean", lambda x: np.mean(x, 0, None, None, True), M),
    ("np.trapezoid", lambda y, x: np.trapezoid(y, x, axis=0), M, V),
    ("np.trapezoid", lambda y, x: np.trapezoid(y, x), M, M),
    ("np.fft.fft", lambda x: PARTS(np.fft.fft(x)), M),
    ("np.fft.fft", lambda x: PARTS(np.fft.fft(x, 6, axis=0, norm="ortho")), M),
    ("np.fft.ifft", lambda x: PARTS(np.fft.ifft(x, 3, norm="forward")), M),
    ("np.fft.rfft", lambda x: PARTS(np.fft.rfft(x, axis=0, norm="forward")), M),
    ("np.fft.rfft", lambda x: PARTS(np.fft.rfft(x, 5)), M),
    ("np.fft.ihfft", lambda x: PARTS(np.fft.ihfft(x, 6, norm="ortho")), W),
    ("np.fft.fft2", lambda x: PARTS(np.fft.fft2(x)), T),
    ("np.fft.ifft2", lambda x: PARTS(np.fft.ifft2(x, s=(2, 5), axes=(0, 2))), T),
    ("np.fft.rfft2", lambda x: PARTS(np.fft.rfft2(x)), T),
    ("np.fft.fftn", lambda x: PARTS(np.fft.fftn(x)), M),
    ("np.fft.ifftn", lambda x: PARTS(np.fft.ifftn(x, axes=(1,))), M),
    ("np.fft.rfftn", lambda x: PARTS(np.fft.rfftn(x, norm="ortho")), T),
    ("np.fft.irfft", lambda x: np.fft.irfft(x), M),
    ("np.fft.irfft", lambda x: np.fft.irfft(x, 5, axis=0, norm="ortho"), M),
    ("np.fft.hfft", lambda x: np.fft.hfft(x), W),
    ("np.fft.hfft", lambda x: np.fft.hfft(x, 5, norm="forward"), W),
    ("np.fft.irfft2", lambda x: np.fft.irfft2(x), T),
    ("np.fft.irfftn", lambda x: np.fft.irfftn(x, s=(2, 3), axes=(0, 1)), M),
    ("np.fft.fftshift", lambda x: np.fft.fftshift(x), M),
    ("np.fft.ifftshift", lambda x: np.fft.ifftshift(x, axes=1), M),
    ("np.imag", lambda x: np.imag(x) + x, V),
    ("np.conjugate", np.conjugate, V),
    ("np.linspace", lambda x, y: np.linspace(x, y, 4), V, V),
    ("np.linspace", lambda x: np.linspace(x, 2.0, 3, endpoint=False, axis=-1, dtype=float), M),
    ("np.linspace", lambda x, y: np.linspace(x, y, 4, retstep=True)[1], V, V),
    ("np.logspace", lambda x, y: np.logspace(x, y, 3, base=2.0), V, V),
    ("np.logspace", lambda x, y: np.logspace(x, 1.0, 3, base=y * y + 1.0, axis=1, dtype=float), V, V),
    ("np.geomspace", lambda x, y: np.geomspace(x * x, y * y, 4), V, V),
    ("np.geomspace", lambda x: np.geomspace(-(x * x), -1.0, 3, endpoint=False, dtype=float, axis=1), V),
    ("np.gradient", np.gradient, W),
    ("np.gradient", lambda x: np.gradient(x, 0.5, edge_order=2)[1], T[1:]),
    ("np.gradient", lambda x: np.gradient(x, 0.5, 2.0, axis=(0, -1))[1], T),
    ("np.gradient", lambda x, y: np.gradient(x, np.cumsum(y * y), axis=1, edge_order=2), M, W),
    ("np.ediff1d", lambda x, y: np.ediff1d(x, to_begin=y, to_end=[1.0]), M, V),
    ("np.unwrap", lambda x: np.unwrap(5.0 * x), W),
    ("np.unwrap", lambda x: np.unwrap(x, period=0.75, axis=0), M),
    ("np.cov", np.cov, M),
    ("np.cov", lambda x, y: np.cov(x, y, bias=True), V, V),
    ("np.cov", lambda x: np.cov(x, rowvar=False, fweights=[1, 2, 1], aweights=[0.5, 1.0, 2.0], dtype=float), M),
    ("np.cov", lambda x: np.cov(x, ddof=0), V),
    ("np.corrcoef", np.corrcoef, M),
    ("np.corrcoef", lambda x: np.corrcoef(x) + x, V),
    ("np.quantile", lambda x: np.quantile(x, [0.1, 0.62], axis=0), M),
    ("np.quantile", lambda x: np.quantile(x, 0.62, axis=(0, -1), keepdims=True, method="hazen"), T),
    ("np.quantile", lambda x: np.quantile(x, np.array([[0.0, 0.3, 1.0]]), method="nearest"), M),
    ("np.percentile", lambda x: np.percentile(x, 38.0, axis=1, method="midpoint"), M),
    ("np.nanquantile", lambda x: np.nanquantile(np.where(YES[:, None], x, np.nan), [0.3, 0.9], axis=0), M),
    ("np.nanpercentile", lambda x: np.nanpercentile(np.append(x, np.nan), 38.0, method="weibull"), M),
    ("np.nanmedian", lambda x: np.nanmedian(np.append(x, [[np.nan] * 4], axis=0), axis=0, keepdims=True), M),
    ("np.nansum", lambda x: np.nansum(np.append(x, np.nan)), V),
    ("np.nanprod", lambda x: np.nanprod(np.where(YES[:, None], x, np.nan), axis=0), M),
    ("np.nanmax", lambda x: np.nanmax(np.where(YES[:, None], x, np.nan), axis=0, keepdims=True), M),
    ("np.nanmin", lambda x: np.nanmin(np.append(x, np.nan)), V),
    ("np.nancumsum", lambda x: np.nancumsum(np.where(YES, x, np.nan)), V),
    ("np.nancumprod", lambda x: np.nancumprod(np.where(YES[:, None], x, np.nan), axis=0), M),
    ("np.nanmean", lambda x: np.nanmean(np.where(YES[:, None], x, np.nan), axis=0), M),
    ("np.nanvar", lambda x: np.nanvar(np.where(YES[:, None], x, np.nan), axis=0, ddof=1), M),
    ("np.nanstd", lambda x: np.nanstd(np.append(x, np.nan)), V),
    ("np.bincount", lambda x: np.bincount([3, 0, 3], x, minlength=6), V),
    ("np.vander", np.vander, V),
    ("np.vander", lambda x: np.vander(x, 4, increasing=True), V),
    ("np.poly", np.poly, V),
    ("np.poly", lambda x: np.poly(x * 0.05 + ROTATING), S),
    ("np.roots", lambda x: PARTS(np.roots(0.05 * x + [2.0, 1.0, 3.0])), V),
    ("np.roots", lambda x: np.roots(np.append([0.0, 2.0], np.append(x * 0.05 - 4.0, [0.0, 0.0]))), (1,)),
    ("np.polydiv", lambda x, y: np.append(*np.polydiv(x, y)), W, V),
    ("np.polydiv", lambda x, y: np.append(*np.polydiv(x, y)), V, W),
    ("np.polydiv", lambda x: np.append(*np.polydiv(np.polymul(x, [2.0, 1.0]), [2.0, 1.0])), V),
    ("np.polyadd", np.polyadd, V, W),
    ("np.polysub", np.polysub, W, V),
    ("np.polymul", np.polymul, V, W),
    ("np.polyder", lambda x: np.polyder(x, 2), W),
    ("np.polyint", lambda x: np.polyint(x, 2, [3.0, 4.0]), V),
    ("np.polyint", lambda x, y: np.polyint(x, k=y[0]), V, V),
    ("np.polyfit", lambda x, y: np.polyfit(x, y, 1), W, W),
    ("np.polyfit", lambda x, y, z: np.polyfit(x, y, 2, w=z * z + 1.0), W, W, W),
    ("np.apply_along_axis", lambda x: np.apply_along_axis(lambda v: v[:2] * v[-1], 0, x), T),
    ("np.apply_along_axis", lambda x: np.apply_along_axis(lambda v, k: (v**k).sum(), 1, x, 3), M),
    ("np.apply_over_axes", lambda x: np.apply_over_axes(np.sum, x, [0, 2]), T),
    ("np.piecewise", lambda x: np.piecewise(x, [YES, np.array([True, False, False])], [lambda v: v**2, 4.0, np.exp]), V),
    ("np.piecewise", lambda x: np.piecewise(x, YES, [np.sin]), V),
    ("np.cumulative_sum", lambda x: np.cumulative_sum(x, axis=1, include_initial=True, dtype=float), M),
    ("np.cumulative_prod", np.cumulative_prod, V),
    ("np.unstack", lambda x: np.unstack(x, axis=1)[2], M),
    ("np.partition", lambda x: np.partition(x, 1)[1], V),
    ("np.partition", lambda x: np.partition(x, 5, axis=None)[5], M),
    ("np.sinc", lambda x: np.sinc(x * 0.1), M),
    ("np.i0", np.i0, V),
    ("np.angle", lambda x: np.angle(x) + x, V),
    ("np.angle", lambda x: np.angle(x, deg=True) * x, V),
    ("np.fix", lambda x: np.fix(x * 1e-6 + 1.23) + x, V),
    ("np.real_if_close", np.real_if_close, V),
    ("np.matvec", np.matvec, T, W),
    ("np.vecmat", np.vecmat, V, T),
    ("np.logaddexp2", np.logaddexp2, V, V),
    ("np.fmax", np.fmax, V, V),
    ("np.fmax", lambda x, y: np.fmax(np.append(x, [np.nan, 1.0]), np.append(y, [2.0, np.nan])), V, V),
    ("np.fmin", lambda x, y: np.fmin(np.append(x, [np.nan, 1.0]), np.append(y, [2.0, np.nan])), V, V),
    ("np.ldexp", lambda x: np.ldexp(x, [2, -1, 0]), V),
    ("np.modf", lambda x: np.modf(x)[0], V),
    ("np.divmod", lambda x: np.divmod(x, 0.7)[1], V),
    ("np.einsum", lambda x, y: np.einsum(x, [0, 1], y, [2, 1], [2, 0]), M, (2, 4)),
    ("np.einsum", lambda x: np.einsum(x, [..., 3]), T),
    ("np.cross", lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0), (3, 4), (4, 3)),
    ("np.cross", lambda x, y: np.cross(x, y, axis=0), (3, 4), (3, 4)),
    ("np.var", np.var, M),
    ("np.var", lambda x: np.var(x, axis=0, keepdims=True), M),
]


SYSTEMS = {name for name, *_ in CASES if "linalg" in name} - {"np.linalg.matrix_norm", "np.linalg.norm", "np.linalg.svdvals"}


def make_distinct_arrays(seed, shapes):
    """Return arrays whose entries differ by 0.25, so that a sort or a maximum has no ties, and are at least 0.1 from 0."""
    rng = np.random.default_rng(seed)
    starts = [0.1 + 0.05 * rng.random() - 0.25 * rng.integers(2) for _ in shapes]
    return [rng.permutation(x + 0.25 * np.arange(np.prod(s, dtype=int))).reshape(s) for x, s in zip(starts, shapes, strict=True)]


def test_every_function_on_the_page_has_a_case():
    rows = {name for name in SECTIONS["Elementwise functions"] if getattr(np, name[3:]).__name__ not in COMPOSED_UFUNCS}
    asking = SECTIONS["Questions about the numbers, which return plain results"]
    assert {name for names in SECTIONS.values() for name in names} - rows - set(asking) == {name for name, *_ in CASES}


# Vectors turn quickly, and values change places, where two eigenvalues or singular values come near each other.
SPECTRAL = {f"np.linalg.{name}" for name in ("eigh", "eigvalsh", "eig", "eigvals", "svd", "svdvals", "qr")}


def without_imaginary_zeros(x):
    """The array; a real one in place of complex numbers that are real, which NumPy 2.5 returns for eigenvalues and roots."""
    x = np.asarray(x)
    return x.real if np.iscomplexobj(x) and not x.imag.any() else x


@pytest.mark.parametrize(("name", "f", "shapes"), [(n, f, s) for n, f, *s in CASES], ids=[n for n, *_ in CASES])
@given(seed=st.integers(0, 10**6))
def test_values_are_those_of_numpy_and_derivatives_are_right(name, f, shapes, seed):
    xs = make_distinct_arrays(seed, shapes)
    if name in SPECTRAL:
        xs[0] = 0.05 * xs[0] + np.eye(*shapes[0]) * [1.0, 2.0, 4.0, 8.0][: shapes[0][1]]  # eigenvalues are apart, and signs fixed
    elif (shapes[0] == S and "linalg" in name) or name == "np.linalg.lstsq":
        xs[0] = xs[0] + 5.0 * np.eye(*shapes[0])  # far from singular
    directions = [np.random.default_rng(seed + 1).normal(size=s) for s in shapes]
    y = f(*map(Tensor, xs))
    assert_close(y.data, without_imaginary_zeros(f(*xs)), rtol=1e-12, atol=1e-14)
    cotangent = np.random.default_rng(seed + 2).normal(size=y.shape)

    def loss(*tensors):
        return (f(*tensors) * cotangent).sum()

    def loss_along_directions(step):
        moved = [x + step * u for x, u in zip(xs, directions, strict=True)]
        return float(np.sum(without_imaginary_zeros(f(*moved)) * cotangent))

    def gradient_by_first(x):
        return ag.grad(loss)(x, *map(Tensor, xs[1:]))

    gradients = ag.grad(loss, argnums=tuple(range(len(xs))))(*xs)
    slope = sum(np.vdot(g, u) for g, u in zip(gradients, directions, strict=True))
    assert_close(ag.jvp(loss, xs, directions)[1], slope, rtol=1e-9, atol=1e-11)
    assert_derivative(slope, loss_along_directions, h=0.02)
    if seed % 10 == 0:
        assert_close(
            jacobian(gradient_by_first, mode="fwd")(xs[0]), jacobian(gradient_by_first, mode="rev")(xs[0]), rtol=1e-8, atol=1e-9
        )


@pytest.mark.parametrize(("name", "f", "shapes"), [(n, f, s) for n, f, *s in CASES], ids=[n for n, *_ in CASES])
def test_arguments_that_were_assigned_to(name, f, shapes):
    xs = make_distinct_arrays(1, shapes)
    if shapes[0] == S and "linalg" in name:
        xs[0] = xs[0] @ xs[0].T + np.diag([1.0, 4.0, 9.0])  # positive definite, with distinct eigenvalues

    def assigned(x):
        y = x * 2.0
        y /= 2.0
        y[...] = 1.0 * x
        return y

    expected = f(*xs)
    cotangent = np.random.default_rng(2).normal(size=np.shape(expected))
    assert_close(f(*map(assigned, map(Tensor, xs))).data, without_imaginary_zeros(expected), rtol=1e-12, atol=1e-14)
    along = ag.grad(lambda *tensors: (f(*map(assigned, tensors)) * cotangent).sum(), argnums=tuple(range(len(xs))))(*xs)

    def loss(step):
        return float(np.sum(without_imaginary_zeros(f(*[(1.0 + step) * x for x in xs])) * cotangent))

    assert_derivative(sum(np.vdot(g, x) for g, x in zip(along, xs, strict=True)), loss, h=0.02)


@pytest.mark.parametrize(
    "name", [name for name in SECTIONS["Elementwise functions"] if name != "np.ldexp"]
)  # it takes whole numbers
def test_ufuncs_work_under_every_name_that_numpy_has_for_them(name):
    ufunc = getattr(np, name[3:])
    xs = [np.array([0.3, 0.7]) if ufunc is not np.arccosh else np.array([1.3, 1.7])] * ufunc.nin
    for make, arguments in ((Tensor, xs), (Value, [x[0] for x in xs])):
        ours, theirs = ufunc(*map(make, arguments)), ufunc(*arguments)
        for actual, expected in zip(*((y if ufunc.nout > 1 else [y]) for y in (ours, theirs)), strict=True):
            assert_close(actual.data, expected, rtol=1e-14)


@pytest.mark.parametrize("name", SECTIONS["Questions about the numbers, which return plain results"])
def test_queries_give_plain_results(name):
    function = getattr(np, name[3:])
    if function in (np.array2string, np.array_repr, np.array_str):
        assert function(Tensor([1.0, 2.0])) == function(np.array([1.0, 2.0]))
        return
    t = Tensor(np.eye(2)) if name.endswith("indices_from") else Tensor([1.0, 2.0])
    more = {
        **dict.fromkeys(("np.searchsorted", "np.digitize", "np.isin", "np.array_equal", "np.array_equiv"), ([1.5, 2.5],)),
        **dict.fromkeys(("np.isclose", "np.allclose", "np.full_like", "np.argpartition"), (1,)),
    }.get(name, ())
    if isinstance(function, np.ufunc):
        more = (1.0,) * (function.nin - 1)
    ours, theirs = function(t, *more), function(t.data, *more)
    assert type(ours) is type(theirs)
    if name != "np.empty_like":
        assert_close(np.asarray(ours, float), np.asarray(theirs, float)) if name != "np.result_type" else None


def test_running_sums_over_several_axes_need_an_axis():
    expected = r"a cumulative sum or product of shape \(2, 3\) needs axis=, since there are several axes"
    for function in (np.cumulative_sum, np.cumulative_prod):
        with pytest.raises(ag.ShapeError, match=expected):
            function(Tensor(np.ones((2, 3))))
