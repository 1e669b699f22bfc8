"""The table of operations: what each one computes, and one line of calculus per derivative.

Each row computes with the backend that it gets as ``xp``, so one line serves floats, arrays, graphs of higher order and generated
source. Partials are called as ``(xp, y, a, b, ...)``: ``y`` is the value of the operation, ``a, b, ...`` are its arguments. Formulas
that are too long for a line are in ``autograd.ops.rules``.
"""

from __future__ import annotations

from math import log, pi, sqrt

from autograd.ops.complex_support import mark_rows
from autograd.ops.op import REAL, Domain
from autograd.ops.row_constructors import bilinear, custom, elementwise, linear
from autograd.ops.rules.complex_factorizations import (
    complex_cholesky_adjoint,
    complex_cholesky_tangent,
    complex_eig_adjoint,
    complex_eig_tangent,
    complex_eigh_adjoint,
    complex_eigh_tangent,
    complex_pinv_adjoint,
    complex_pinv_tangent,
    complex_qr_adjoint,
    complex_qr_tangent,
    complex_svd_adjoint,
    complex_svd_tangent,
    hermitize,
)
from autograd.ops.rules.complex_numbers import (
    angle_slope,
    complex_arccosh_slope,
    complex_arcsin_slope,
    complex_arcsinh_slope,
    complex_power_partial,
    complex_sign_adjoint,
    complex_sign_tangent,
    unit_conjugate,
)
from autograd.ops.rules.division import divide_or_zero, ieee_reciprocal, multiply_or_zero
from autograd.ops.rules.einsum import einsum_adjoint, einsum_tangent
from autograd.ops.rules.factorizations import (
    cholesky_adjoint,
    cholesky_tangent,
    eig_adjoint,
    eig_tangent,
    eigh_adjoint,
    eigh_tangent,
    pinv_adjoint,
    pinv_tangent,
    qr_adjoint,
    qr_tangent,
    svd_adjoint,
    svd_tangent,
    symmetrize,
)
from autograd.ops.rules.fourier import irfft_adjoint, rfft_adjoint
from autograd.ops.rules.linear_systems import as_matrix_factor, solve_adjoint, solve_tangent, trace_of_product, transpose_matrices
from autograd.ops.rules.power import power_derivative, power_partial_a
from autograd.ops.rules.products import (
    affine_adjoint,
    affine_tangent,
    convolve_adjoint_left,
    convolve_adjoint_right,
    matmul_adjoint_left,
    matmul_adjoint_right,
)
from autograd.ops.rules.reductions import (
    count_reduced_entries,
    extremum_gradient,
    norm_gradient,
    p_norm,
    p_norm_gradient,
    prod_gradient,
    reduction,
    softmax_jacobian_product,
    softmax_value,
    sum_adjoint,
)
from autograd.ops.rules.shapes import concatenate_adjoint, inverse_permutation, set_entries_adjoint, stack_adjoint, trace_adjoint

LN2, LN10 = log(2.0), log(10.0)
SQRT_HALF, SQRT_PI, SQRT_2PI = sqrt(0.5), sqrt(pi), sqrt(2.0 * pi)
RADIANS_PER_DEGREE = pi / 180.0

# Where the checks of derivatives draw arguments from.
POSITIVE = Domain(low=0.0)
MINUS_ONE_TO_ONE = Domain(-1.0, 1.0)
UNIT_INTERVAL = Domain(0.0, 1.0)
KINK_AT_ZERO = Domain(kinks=(0.0,))

EQUAL_VALUES = "vectors of equal eigenvalues or singular values have no derivative"
TIES_GET_HALF = "½ to each at ties"

# One aligned line per operation: the table is read as a page of calculus.
# fmt: off

# --------------------------------------------------------------------------------------------------------------------------
# Elementwise

# Arithmetic                y                                    ∂y/∂a, ∂y/∂b
elementwise("add",          lambda xp, a, b: a + b,              lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: 1.0)
elementwise("subtract",     lambda xp, a, b: a - b,              lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: -1.0)
elementwise("multiply",     lambda xp, a, b: a * b,              lambda xp, y, a, b: b,       lambda xp, y, a, b: a)
elementwise("divide",       lambda xp, a, b: a / b,              lambda xp, y, a, b: ieee_reciprocal(b), lambda xp, y, a, b: -y / b,
            domain=(REAL, POSITIVE))
elementwise("power",        lambda xp, a, b: xp.power(a, b),
            lambda xp, y, a, b: power_partial_a(xp, a, b),
            lambda xp, y, a, b: xp.power_derivative(a, b, by_a=0, by_b=1),
            domain=(POSITIVE, REAL), kink="∂a is 0 where a = b = 0; ∂b is 0 where a = 0 ≤ b")
elementwise("power_derivative", lambda xp, a, b, *, by_a, by_b: power_derivative(xp, a, b, by_a, by_b),
            lambda xp, y, a, b, *, by_a, by_b: xp.power_derivative(a, b, by_a=by_a + 1, by_b=by_b),
            lambda xp, y, a, b, *, by_a, by_b: xp.power_derivative(a, b, by_a=by_a, by_b=by_b + 1),
            domain=(POSITIVE, REAL), kink="the limit from the right at a = 0; 0 where a = b = 0")
elementwise("positive",     lambda xp, a: +a,                    lambda xp, y, a: 1.0)
elementwise("negative",     lambda xp, a: -a,                    lambda xp, y, a: -1.0)
elementwise("absolute",     lambda xp, a: abs(a),                lambda xp, y, a: xp.sign(a), domain=KINK_AT_ZERO, kink="0 at 0")
elementwise("sign",         lambda xp, a: xp.sign(a),            lambda xp, y, a: 0.0,        domain=KINK_AT_ZERO, kink="0 everywhere")
elementwise("square",       lambda xp, a: a * a,                 lambda xp, y, a: 2.0 * a)
elementwise("reciprocal",   lambda xp, a: 1.0 / a,               lambda xp, y, a: -y * y,     domain=POSITIVE)
elementwise("sqrt",         lambda xp, a: xp.sqrt(a),            lambda xp, y, a: 0.5 / (y + 0.0),                  domain=POSITIVE, kink="inf at ±0")  # -0 + 0 = 0
elementwise("cbrt",         lambda xp, a: xp.cbrt(a),            lambda xp, y, a: xp.power(y, -2.0) / 3.0,          domain=KINK_AT_ZERO, kink="inf at 0")
elementwise("remainder",    lambda xp, a, b: xp.remainder(a, b), lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: xp.rint((y - a) / b),
            domain=(UNIT_INTERVAL, Domain(1.0, 2.0)), kink="the derivative between the jumps")
elementwise("fmod",         lambda xp, a, b: xp.fmod(a, b),      lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: xp.rint((y - a) / b),
            domain=(UNIT_INTERVAL, Domain(1.0, 2.0)), kink="the derivative between the jumps")
elementwise("floor_divide", lambda xp, a, b: xp.floor_divide(a, b), lambda xp, y, a, b: 0.0,  lambda xp, y, a, b: 0.0,
            domain=(UNIT_INTERVAL, Domain(1.0, 2.0)), kink="0 everywhere")

# Steps: the derivative is 0 wherever there is one
elementwise("floor",        lambda xp, a: xp.floor(a),           lambda xp, y, a: 0.0,        domain=UNIT_INTERVAL, kink="0 everywhere")
elementwise("ceil",         lambda xp, a: xp.ceil(a),            lambda xp, y, a: 0.0,        domain=UNIT_INTERVAL, kink="0 everywhere")
elementwise("trunc",        lambda xp, a: xp.trunc(a),           lambda xp, y, a: 0.0,        domain=UNIT_INTERVAL, kink="0 everywhere")
elementwise("rint",         lambda xp, a: xp.rint(a),            lambda xp, y, a: 0.0,        domain=Domain(-0.5, 0.5), kink="0 everywhere")

# Exponentials and logarithms
elementwise("exp",          lambda xp, a: xp.exp(a),             lambda xp, y, a: y)
elementwise("exp2",         lambda xp, a: xp.exp2(a),            lambda xp, y, a: LN2 * y)
elementwise("expm1",        lambda xp, a: xp.expm1(a),           lambda xp, y, a: xp.exp(a))
elementwise("log",          lambda xp, a: xp.log(a),             lambda xp, y, a: 1.0 / (a + 0.0),          domain=POSITIVE, kink="inf at ±0")
elementwise("log1p",        lambda xp, a: xp.log1p(a),           lambda xp, y, a: 1.0 / (1.0 + a),          domain=Domain(low=-1.0))
elementwise("log2",         lambda xp, a: xp.log2(a),            lambda xp, y, a: 1.0 / (LN2 * (a + 0.0)),  domain=POSITIVE, kink="inf at ±0")
elementwise("log10",        lambda xp, a: xp.log10(a),           lambda xp, y, a: 1.0 / (LN10 * (a + 0.0)), domain=POSITIVE, kink="inf at ±0")
elementwise("logaddexp",    lambda xp, a, b: xp.logaddexp(a, b), lambda xp, y, a, b: xp.logaddexp_slope(a, b),
                                                                 lambda xp, y, a, b: xp.logaddexp_slope(b, a),
            kink="½ to each where both are the same infinity")

# Circles and hyperbolas
elementwise("deg2rad",      lambda xp, a: RADIANS_PER_DEGREE * a, lambda xp, y, a: RADIANS_PER_DEGREE)
elementwise("rad2deg",      lambda xp, a: a / RADIANS_PER_DEGREE, lambda xp, y, a: 1.0 / RADIANS_PER_DEGREE)
elementwise("sin",          lambda xp, a: xp.sin(a),             lambda xp, y, a: xp.cos(a))
elementwise("cos",          lambda xp, a: xp.cos(a),             lambda xp, y, a: -xp.sin(a))
elementwise("tan",          lambda xp, a: xp.tan(a),             lambda xp, y, a: 1.0 + y * y,       domain=Domain(-pi / 2, pi / 2))
elementwise("arcsin",       lambda xp, a: xp.arcsin(a),          lambda xp, y, a: xp.arcsin_slope(a),     domain=MINUS_ONE_TO_ONE)
elementwise("arccos",       lambda xp, a: xp.arccos(a),          lambda xp, y, a: -xp.arcsin_slope(a),    domain=MINUS_ONE_TO_ONE)
elementwise("arctan",       lambda xp, a: xp.arctan(a),          lambda xp, y, a: xp.arctan_slope(a))
elementwise("arctan2",      lambda xp, a, b: xp.arctan2(a, b),   lambda xp, y, a, b: xp.arctan2_slope(a, b),
                                                                 lambda xp, y, a, b: -xp.arctan2_slope(b, a),
            domain=(REAL, POSITIVE), kink="0 at the origin")
elementwise("hypot",        lambda xp, a, b: xp.hypot(a, b),     lambda xp, y, a, b: divide_or_zero(xp, a, y),
                                                                 lambda xp, y, a, b: divide_or_zero(xp, b, y),
            domain=(POSITIVE, REAL), kink="0 at the origin")
elementwise("sinh",         lambda xp, a: xp.sinh(a),            lambda xp, y, a: xp.cosh(a))
elementwise("cosh",         lambda xp, a: xp.cosh(a),            lambda xp, y, a: xp.sinh(a))
elementwise("tanh",         lambda xp, a: xp.tanh(a),            lambda xp, y, a: 1.0 - y * y)
elementwise("arcsinh",      lambda xp, a: xp.arcsinh(a),         lambda xp, y, a: xp.arcsinh_slope(a))
elementwise("arccosh",      lambda xp, a: xp.arccosh(a),         lambda xp, y, a: xp.arccosh_slope(a),    domain=Domain(low=1.0))
elementwise("arctanh",      lambda xp, a: xp.arctanh(a),         lambda xp, y, a: xp.arctanh_slope(a),    domain=MINUS_ONE_TO_ONE)
elementwise("erf",          lambda xp, a: xp.erf(a),             lambda xp, y, a: xp.erf_slope(a))
elementwise("erfc",         lambda xp, a: xp.erfc(a),            lambda xp, y, a: -xp.erf_slope(a))

# Slopes of the above, as rows of their own: their derivatives hold where those of the formulas are products of 0 and ∞
elementwise("arcsin_slope",  lambda xp, a: 1.0 / xp.sqrt((1.0 - a) * (1.0 + a)),          lambda xp, y, a: a * y * y * y,  domain=MINUS_ONE_TO_ONE)
elementwise("arctan_slope",  lambda xp, a: 1.0 / (1.0 + a * a),                           lambda xp, y, a: -2.0 * multiply_or_zero(xp, y, a) * y)
elementwise("arctan2_slope", lambda xp, a, b: xp.where(xp.equal(xp.hypot(a, b), 0.0), 0.0, b / xp.hypot(a, b) / xp.hypot(a, b)),
                             lambda xp, y, a, b: -2.0 * y * xp.arctan2_slope(b, a),
                             lambda xp, y, a, b: (xp.arctan2_slope(b, a) - y) * (xp.arctan2_slope(b, a) + y),
            domain=(REAL, POSITIVE), kink="0 at the origin")
elementwise("arcsinh_slope", lambda xp, a: 1.0 / xp.hypot(1.0, a),                        lambda xp, y, a: -multiply_or_zero(xp, y, a) * y * y)
elementwise("arccosh_slope", lambda xp, a: 1.0 / (xp.sqrt(a - 1.0) * xp.sqrt(a + 1.0)),   lambda xp, y, a: -multiply_or_zero(xp, y, a) * y * y,
            domain=Domain(low=1.0))
elementwise("arctanh_slope", lambda xp, a: 1.0 / ((1.0 - a) * (1.0 + a)),                 lambda xp, y, a: 2.0 * multiply_or_zero(xp, y, a) * y, domain=MINUS_ONE_TO_ONE)
elementwise("logaddexp_slope", lambda xp, a, b: xp.where(xp.equal(a, b), 0.5, xp.sigmoid(a - b)),
                             lambda xp, y, a, b: y * (1.0 - y),                           lambda xp, y, a, b: -y * (1.0 - y))
elementwise("erf_slope",     lambda xp, a: 2.0 / SQRT_PI * xp.exp(-a * a),                lambda xp, y, a: -2.0 * multiply_or_zero(xp, y, a))

# Activations
elementwise("sigmoid",      lambda xp, a: 1.0 / (1.0 + xp.exp(-a)),  # where exp overflows, 1/inf is the correct 0
                                                                 lambda xp, y, a: y * (1.0 - y))
elementwise("relu",         lambda xp, a: xp.maximum(a, 0.0),    lambda xp, y, a: a > 0.0,           domain=KINK_AT_ZERO, kink="0 at 0")
elementwise("leaky_relu",   lambda xp, a, *, slope: xp.where(a > 0.0, a, slope * a),
                            lambda xp, y, a, *, slope: xp.where(a > 0.0, 1.0, slope),                domain=KINK_AT_ZERO, kink="slope at 0")
elementwise("elu",          lambda xp, a, *, alpha: xp.where(a > 0.0, a, alpha * xp.expm1(xp.minimum(a, 0.0))),
                            lambda xp, y, a, *, alpha: xp.where(a > 0.0, 1.0, alpha * xp.exp(xp.minimum(a, 0.0))),
            domain=KINK_AT_ZERO, kink="alpha at 0")
elementwise("softplus",     lambda xp, a: xp.logaddexp(a, 0.0),  lambda xp, y, a: xp.sigmoid(a))
elementwise("silu",         lambda xp, a: a * xp.sigmoid(a),     lambda xp, y, a: xp.sigmoid(a) * (1.0 + a * (1.0 - xp.sigmoid(a))))
elementwise("gelu",         lambda xp, a: 0.5 * a * xp.erfc(-SQRT_HALF * a),
                            lambda xp, y, a: 0.5 * xp.erfc(-SQRT_HALF * a) + a * xp.exp(-0.5 * a * a) / SQRT_2PI)

# Choices
elementwise("maximum",      lambda xp, a, b: xp.maximum(a, b),   lambda xp, y, a, b: xp.where(a > b, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
                                                                 lambda xp, y, a, b: xp.where(b > a, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
            kink=TIES_GET_HALF, ties=True)
elementwise("minimum",      lambda xp, a, b: xp.minimum(a, b),   lambda xp, y, a, b: xp.where(a < b, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
                                                                 lambda xp, y, a, b: xp.where(b < a, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
            kink=TIES_GET_HALF, ties=True)
elementwise("where",        lambda xp, a, b, *, condition: xp.where(condition, a, b),
                            lambda xp, y, a, b, *, condition: xp.where(condition, 1.0, 0.0),
                            lambda xp, y, a, b, *, condition: xp.where(condition, 0.0, 1.0))
elementwise("clip",         lambda xp, a, *, low, high: xp.minimum(xp.maximum(a, low), high),
                            lambda xp, y, a, *, low, high: xp.where((a >= low) & (a <= high), 1.0, 0.0),
            kink="1 at either bound")


# --------------------------------------------------------------------------------------------------------------------------
# Sums and other reductions

linear("sum",               lambda xp, a, *, axis, keepdims: xp.sum(a, axis=axis, keepdims=keepdims),
                            lambda xp, g, a, *, axis, keepdims: sum_adjoint(xp, g, a, axis, keepdims))
linear("mean",              lambda xp, a, *, axis, keepdims: xp.sum(a, axis=axis, keepdims=keepdims) / count_reduced_entries(xp, a, axis),
                            lambda xp, g, a, *, axis, keepdims: sum_adjoint(xp, g / count_reduced_entries(xp, a, axis), a, axis, keepdims))
linear("cumsum",            lambda xp, a, *, axis: xp.cumsum(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.flip(xp.cumsum(xp.flip(g, axis=axis), axis=axis), axis=axis))
reduction("prod",           lambda xp, a, *, axis, keepdims: xp.prod(a, axis=axis, keepdims=keepdims), prod_gradient)
reduction("max",            lambda xp, a, *, axis, keepdims: xp.max(a, axis=axis, keepdims=keepdims), extremum_gradient,
                            kink="split evenly at ties", ties=True)
reduction("min",            lambda xp, a, *, axis, keepdims: xp.min(a, axis=axis, keepdims=keepdims), extremum_gradient,
                            kink="split evenly at ties", ties=True)
reduction("norm",           lambda xp, a, *, axis, keepdims: xp.norm(a, axis=axis, keepdims=keepdims), norm_gradient,
                            kink="0 at the origin")
reduction("p_norm",         lambda xp, a, *, axis, keepdims, ord: p_norm(xp, a, axis, keepdims, ord), p_norm_gradient,
                            kink="0 where an entry is 0")
reduction("logsumexp",      lambda xp, a, *, axis, keepdims: xp.logsumexp(a, axis=axis, keepdims=keepdims),
                            lambda xp, y, a, axis, keepdims: xp.softmax(a, axis=axis))
custom("softmax",           softmax_value,
                            lambda xp, i, g, y, a, *, axis: softmax_jacobian_product(xp, g, y, axis),
                            lambda xp, i, t, y, a, *, axis: softmax_jacobian_product(xp, t, y, axis), vjp_allocates=True)
custom("log_softmax",       lambda xp, a, *, axis: a - xp.logsumexp(a, axis=axis, keepdims=True),
                            lambda xp, i, g, y, a, *, axis: g - xp.exp(y) * xp.sum(g, axis=axis, keepdims=True),
                            lambda xp, i, t, y, a, *, axis: t - xp.sum(xp.exp(y) * t, axis=axis, keepdims=True), vjp_allocates=True)


# --------------------------------------------------------------------------------------------------------------------------
# Shapes and indexing

linear("reshape",           lambda xp, a, *, shape: xp.reshape(a, shape),
                            lambda xp, g, a, *, shape: xp.reshape(g, xp.shape(a)))
linear("ravel",             lambda xp, a: xp.ravel(a),
                            lambda xp, g, a: xp.reshape(g, xp.shape(a)))
linear("expand_dims",       lambda xp, a, *, axis: xp.expand_dims(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.reshape(g, xp.shape(a)))
linear("squeeze",           lambda xp, a, *, axis: xp.squeeze(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.reshape(g, xp.shape(a)))
linear("transpose",         lambda xp, a, *, axes: xp.transpose(a, axes=axes),
                            lambda xp, g, a, *, axes: xp.transpose(g, axes=inverse_permutation(axes)))
linear("swapaxes",          lambda xp, a, *, axis1, axis2: xp.swapaxes(a, axis1, axis2),
                            lambda xp, g, a, *, axis1, axis2: xp.swapaxes(g, axis1, axis2))
linear("flip",              lambda xp, a, *, axis: xp.flip(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.flip(g, axis=axis))
linear("broadcast_to",      lambda xp, a, *, shape: xp.broadcast_to(a, shape),
                            lambda xp, g, a, *, shape: g)  # the reverse pass undoes the broadcasting
linear("astype",            lambda xp, a, *, dtype: xp.astype(a, dtype=dtype),
                            lambda xp, g, a, *, dtype: g)  # the reverse pass casts each cotangent to the type of its argument
linear("getitem",           lambda xp, a, *, index: xp.getitem(a, index=index),
                            lambda xp, g, a, *, index: xp.scatter(g, index=index, shape=xp.shape(a)),
                            accumulate_cotangent=lambda xp, total, g, *, index: xp.add_at(total, index, g))
linear("scatter",           lambda xp, a, *, index, shape: xp.scatter(a, index=index, shape=shape),
                            lambda xp, g, a, *, index, shape: xp.getitem(g, index=index))
linear("set_entries",       lambda xp, a, x, *, index: xp.set_entries(a, x, index=index),
                            lambda xp, g, i, args, index: set_entries_adjoint(xp, g, i, index), variadic=True)
linear("concatenate",       lambda xp, *args, axis: xp.concatenate(args, axis=axis),
                            lambda xp, g, i, args, axis: concatenate_adjoint(xp, g, i, args, axis), variadic=True)
linear("stack",             lambda xp, *args, axis: xp.stack(args, axis=axis),
                            lambda xp, g, i, args, axis: stack_adjoint(xp, g, i, axis), variadic=True)
linear("trace",             lambda xp, a, *, offset, axis1, axis2: xp.trace(a, offset=offset, axis1=axis1, axis2=axis2),
                            lambda xp, g, a, *, offset, axis1, axis2: trace_adjoint(xp, g, a, offset, axis1, axis2))
linear("item",              lambda xp, a: xp.item(a),
                            lambda xp, g, a: xp.reshape(g, xp.shape(a)))


# --------------------------------------------------------------------------------------------------------------------------
# Products

bilinear("matmul",          lambda xp, a, b: xp.matmul(a, b),    matmul_adjoint_left, matmul_adjoint_right)
bilinear("vdot",            lambda xp, a, b: xp.vdot(a, b),
                            lambda xp, g, a, b: g * b,           lambda xp, g, a, b: g * a)
bilinear("outer",           lambda xp, a, b: xp.outer(a, b),
                            lambda xp, g, a, b: xp.reshape(xp.matmul(g, xp.ravel(b)), xp.shape(a)),
                            lambda xp, g, a, b: xp.reshape(xp.matmul(xp.ravel(a), g), xp.shape(b)))
bilinear("convolve",        lambda xp, a, b, *, mode: xp.convolve(a, b, mode=mode), convolve_adjoint_left, convolve_adjoint_right)
custom("einsum",            lambda xp, *args, subscripts: xp.einsum(subscripts, *args),
                            einsum_adjoint, einsum_tangent, arity=None, vjp_allocates=True)
custom("affine",            lambda xp, x, W, b: xp.add_to(xp.matmul(x, xp.transpose(W, axes=None)), b),
                            affine_adjoint, affine_tangent, arity=3, vjp_allocates=True)


# --------------------------------------------------------------------------------------------------------------------------
# Linear systems, on matrices or stacks of them

custom("inv",               lambda xp, a: xp.inv(a),
                            lambda xp, i, g, y, a: -xp.matmul(transpose_matrices(xp, y), xp.matmul(g, transpose_matrices(xp, y))),
                            lambda xp, i, t, y, a: -xp.matmul(y, xp.matmul(t, y)))
custom("det",               lambda xp, a: xp.det(a),
                            lambda xp, i, g, y, a: as_matrix_factor(xp, g) * xp.cofactors(y, a),
                            lambda xp, i, t, y, a: xp.sum(xp.cofactors(y, a) * t, axis=(-1, -2), keepdims=False))
custom("logabsdet",         lambda xp, a: xp.logabsdet(a),
                            lambda xp, i, g, y, a: as_matrix_factor(xp, g) * transpose_matrices(xp, xp.inv(a)),
                            lambda xp, i, t, y, a: trace_of_product(xp, xp.inv(a), t))
custom("solve",             lambda xp, a, b: xp.solve(a, b), solve_adjoint, solve_tangent, arity=2)


# --------------------------------------------------------------------------------------------------------------------------
# Factorizations, on matrices or stacks of them; the factors are stacked as rows

custom("cholesky",          lambda xp, a: xp.lower_cholesky(symmetrize(xp, a)), cholesky_adjoint, cholesky_tangent)
custom("eigh_factors",      lambda xp, a: xp.stacked_eigh(symmetrize(xp, a)), eigh_adjoint, eigh_tangent, kink=EQUAL_VALUES)
custom("eig_factors",       lambda xp, a: xp.stacked_eig(a),     eig_adjoint, eig_tangent, kink=EQUAL_VALUES)
custom("svd_factors",       lambda xp, a: xp.stacked_svd(a),     svd_adjoint, svd_tangent, kink=EQUAL_VALUES)
custom("qr_factors",        lambda xp, a: xp.stacked_qr(a),      qr_adjoint, qr_tangent)
custom("pinv",              lambda xp, a, *, rcond: xp.pinv(a, rcond), pinv_adjoint, pinv_tangent)


# --------------------------------------------------------------------------------------------------------------------------
# Complex numbers. Cotangents are ∂/∂x - i ∂/∂y; see rules/complex_numbers.py

linear("real",              lambda xp, a: xp.real(a),            lambda xp, g, a: g)
linear("imag",              lambda xp, a: xp.imag(a),            lambda xp, g, a: -1j * g)
linear("conj",              lambda xp, a: xp.conj(a),            lambda xp, g, a: xp.conj(g))
custom("modulus",           lambda xp, a: abs(a),
                            lambda xp, i, g, y, a: g * unit_conjugate(xp, y, a),
                            lambda xp, i, t, y, a: xp.real(unit_conjugate(xp, y, a) * t), kink="0 at 0")
custom("angle",             lambda xp, a: xp.angle(a),
                            lambda xp, i, g, y, a: g * angle_slope(xp, a),
                            lambda xp, i, t, y, a: xp.real(angle_slope(xp, a) * t), kink="0 at 0")
custom("complex_power",     lambda xp, a, b: xp.power(a, b),
                            lambda xp, i, g, y, a, b: g * complex_power_partial(xp, i, y, a, b),
                            lambda xp, i, t, y, a, b: complex_power_partial(xp, i, y, a, b) * t, arity=2)
custom("complex_sign",      lambda xp, a: xp.sign(a),
                            lambda xp, i, g, y, a: complex_sign_adjoint(xp, g, y, a),
                            lambda xp, i, t, y, a: complex_sign_tangent(xp, t, y, a), kink="0 at 0")

# Inverses with branch cuts on which the sign of a zero tells the side
custom("complex_arcsin",    lambda xp, a: xp.arcsin(a),
                            lambda xp, i, g, y, a: g * xp.complex_arcsin_slope(a),
                            lambda xp, i, t, y, a: xp.complex_arcsin_slope(a) * t)
custom("complex_arccos",    lambda xp, a: xp.arccos(a),
                            lambda xp, i, g, y, a: -g * xp.complex_arcsin_slope(a),
                            lambda xp, i, t, y, a: -xp.complex_arcsin_slope(a) * t)
custom("complex_arcsinh",   lambda xp, a: xp.arcsinh(a),
                            lambda xp, i, g, y, a: g * complex_arcsinh_slope(xp, a),
                            lambda xp, i, t, y, a: complex_arcsinh_slope(xp, a) * t)
custom("complex_arccosh",   lambda xp, a: xp.arccosh(a),
                            lambda xp, i, g, y, a: g * xp.complex_arccosh_slope(a),
                            lambda xp, i, t, y, a: xp.complex_arccosh_slope(a) * t)
custom("complex_arcsin_slope", complex_arcsin_slope,
                            lambda xp, i, g, y, a: g * a * y * y * y,
                            lambda xp, i, t, y, a: a * y * y * y * t)
custom("complex_arccosh_slope", complex_arccosh_slope,
                            lambda xp, i, g, y, a: -g * a * y * y * y,
                            lambda xp, i, t, y, a: -a * y * y * y * t)

# Factorizations
custom("complex_cholesky",  lambda xp, a: xp.lower_cholesky(hermitize(xp, a)), complex_cholesky_adjoint, complex_cholesky_tangent)
custom("complex_qr_factors", lambda xp, a: xp.stacked_qr(a),     complex_qr_adjoint, complex_qr_tangent)
custom("complex_pinv",      lambda xp, a, *, rcond: xp.pinv(a, rcond), complex_pinv_adjoint, complex_pinv_tangent)
custom("complex_eig_factors", lambda xp, a: xp.stacked_complex_eig(a), complex_eig_adjoint, complex_eig_tangent, kink=EQUAL_VALUES)
custom("complex_eigh_factors", lambda xp, a: xp.stacked_eigh(hermitize(xp, a)), complex_eigh_adjoint, complex_eigh_tangent,
                            kink=EQUAL_VALUES)
custom("complex_svd_factors", lambda xp, a: xp.stacked_svd(a),   complex_svd_adjoint, complex_svd_tangent, kink=EQUAL_VALUES)

# Fourier transforms along one axis, not scaled; their matrices are symmetric
linear("fft",               lambda xp, a, *, axis: xp.fft(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.fft(g, axis=axis))
linear("ifft",              lambda xp, a, *, axis: xp.ifft(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.ifft(g, axis=axis))
linear("rfft",              lambda xp, a, *, axis: xp.rfft(a, axis=axis),
                            lambda xp, g, a, *, axis: rfft_adjoint(xp, g, a, axis))
linear("irfft",             lambda xp, a, *, n, axis: xp.irfft(a, n=n, axis=axis),
                            lambda xp, g, a, *, n, axis: irfft_adjoint(xp, g, a, n, axis))
# fmt: on
mark_rows()
