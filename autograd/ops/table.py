"""The table of operations: what each one computes, and one line of calculus per derivative.

A row is handed its mathematics as ``xp``, so one line serves floats, arrays, graphs of higher order and generated source.
Partials read ``(xp, y, a, b, …)``: ``y`` is the value that the operation gave, ``a, b, …`` are its arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, copysign, inf, log, pi, prod, sqrt
from typing import Any

from autograd.ops.op import KINK_AT_0, POSITIVE, REAL, UNIT, Domain, Op, Rule, bilinear, custom, elementwise, linear

LN2, LN10, ROOT_HALF, ROOT_PI = log(2.0), log(10.0), sqrt(0.5), sqrt(pi)
ROOT_TAU, RADIAN = sqrt(2.0 * pi), pi / 180.0
UNIT_CELL = Domain(0.0, 1.0)
HALVES = "½ to each at ties"


def inverse_of(b: Any) -> Any:
    """1/b; a plain 0 has the inverse inf, as NumPy says, where Python would raise."""
    return copysign(inf, b) if type(b) is float and b == 0.0 else 1.0 / b


def shielded(xp: Any, y: Any) -> Any:
    """A divisor with 1 for 0: a quotient that ``where`` passes over has finite derivatives then, and 0 times them is 0."""
    return xp.where(xp.equal(y, 0.0), 1.0, y)


def share(xp: Any, a: Any, y: Any) -> Any:
    """a/y; where the length y is 0, this and all its derivatives are 0."""
    return xp.where(xp.equal(y, 0.0), 0.0, a / shielded(xp, y))


def vanishing(xp: Any, y: Any, a: Any) -> Any:
    """y·a, and 0 where y is 0, however large ``a`` is."""
    return y * xp.where(xp.equal(y, 0.0), 0.0, a)


def power_slope(xp: Any, a: Any, b: Any) -> Any:
    """b·aᵇ⁻¹; with short ways for exponents that are plain numbers."""
    if type(b) is float and b == 0.0:
        return 0.0
    if type(b) is float:
        return b * a if b == 2.0 else b * xp.power(a, b - 1.0)
    return xp.power_derivative(a, b, by_a=1, by_b=0)


def power_derivative(xp: Any, a: Any, b: Any, by_a: int, by_b: int) -> Any:
    """∂ᵐ⁺ⁿaᵇ/∂aᵐ∂bⁿ = aᵇ⁻ᵐ (c₀lⁿ + … + cₙ) with l = log a, where cₖ is (n over k) times the k-th derivative of b(b-1)…(b-m+1).

    Where a = 0 it is the limit from the right; where b = 0, too, it is 0.
    """
    if type(by_a) is not int:  # a page of formulas has names for the orders
        return xp.power_derivative(a, b, by_a, by_b)
    at_zero = xp.equal(a, 0.0)
    if by_a == 0:
        return xp.where(at_zero & (b >= 0.0), 0.0, prod([xp.log(a)] * by_b, start=xp.power(a, b)))
    power = xp.power(a, b - float(by_a))
    if (by_a, by_b) == (1, 0):
        return xp.where(xp.equal(b, 0.0), 0.0, b * power)
    first, *rest = falling_factors(b, by_a, by_b)
    total = first
    for factor in rest:
        total = vanishing(xp, total, xp.log(a)) + factor
    whole = xp.where(at_zero & (b > float(by_a)), 0.0, vanishing(xp, total, power))
    return xp.where(at_zero & xp.equal(b, 0.0), 0.0, whole)


def falling_factors(b: Any, m: int, n: int) -> list[Any]:
    """(n over k) times the k-th derivative of b(b-1)…(b-m+1), for k = 0, …, n."""
    coefficients, factors = [1.0], []  # lowest power first
    for i in range(m):
        coefficients = [low - i * high for low, high in zip([0.0, *coefficients], [*coefficients, 0.0], strict=True)]
    for k in range(n + 1):
        value: Any = 0.0
        for coefficient in reversed(coefficients):
            value = value * b + coefficient
        factors.append(float(comb(n, k)) * value)
        coefficients = [j * coefficient for j, coefficient in enumerate(coefficients)][1:]
    return factors


# one aligned line per operation: the table is read as a page of calculus
# fmt: off

# Arithmetic                y                                    ∂y/∂a, ∂y/∂b
elementwise("add",          lambda xp, a, b: a + b,              lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: 1.0)
elementwise("subtract",     lambda xp, a, b: a - b,              lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: -1.0)
elementwise("multiply",     lambda xp, a, b: a * b,              lambda xp, y, a, b: b,       lambda xp, y, a, b: a)
elementwise("divide",       lambda xp, a, b: a / b,              lambda xp, y, a, b: inverse_of(b), lambda xp, y, a, b: -y / b,
            domain=(REAL, POSITIVE))
elementwise("power",        lambda xp, a, b: xp.power(a, b),
            lambda xp, y, a, b: power_slope(xp, a, b),
            lambda xp, y, a, b: xp.power_derivative(a, b, by_a=0, by_b=1),
            domain=(POSITIVE, REAL), kink="∂a is 0 where a = b = 0; ∂b is 0 where a = 0 ≤ b")
elementwise("power_derivative", lambda xp, a, b, *, by_a, by_b: power_derivative(xp, a, b, by_a, by_b),
            lambda xp, y, a, b, *, by_a, by_b: xp.power_derivative(a, b, by_a=by_a + 1, by_b=by_b),
            lambda xp, y, a, b, *, by_a, by_b: xp.power_derivative(a, b, by_a=by_a, by_b=by_b + 1),
            domain=(POSITIVE, REAL), kink="the limit from the right at a = 0; 0 where a = b = 0")
elementwise("positive",     lambda xp, a: +a,                    lambda xp, y, a: 1.0)
elementwise("negative",     lambda xp, a: -a,                    lambda xp, y, a: -1.0)
elementwise("absolute",     lambda xp, a: abs(a),                lambda xp, y, a: xp.sign(a), domain=KINK_AT_0, kink="0 at 0")
elementwise("sign",         lambda xp, a: xp.sign(a),            lambda xp, y, a: 0.0,        domain=KINK_AT_0, kink="0 everywhere")
elementwise("square",       lambda xp, a: a * a,                 lambda xp, y, a: 2.0 * a)
elementwise("reciprocal",   lambda xp, a: 1.0 / a,               lambda xp, y, a: -y * y,     domain=POSITIVE)
elementwise("sqrt",         lambda xp, a: xp.sqrt(a),            lambda xp, y, a: 0.5 / (y + 0.0),                  domain=POSITIVE, kink="inf at ±0")  # -0 + 0 = 0
elementwise("cbrt",         lambda xp, a: xp.cbrt(a),            lambda xp, y, a: xp.power(y, -2.0) / 3.0,          domain=KINK_AT_0, kink="inf at 0")
elementwise("remainder",    lambda xp, a, b: xp.remainder(a, b), lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: xp.rint((y - a) / b),
            domain=(UNIT_CELL, Domain(1.0, 2.0)), kink="as between the jumps")
elementwise("fmod",         lambda xp, a, b: xp.fmod(a, b),      lambda xp, y, a, b: 1.0,     lambda xp, y, a, b: xp.rint((y - a) / b),
            domain=(UNIT_CELL, Domain(1.0, 2.0)), kink="as between the jumps")
elementwise("floor_divide", lambda xp, a, b: xp.floor_divide(a, b), lambda xp, y, a, b: 0.0,  lambda xp, y, a, b: 0.0,
            domain=(UNIT_CELL, Domain(1.0, 2.0)), kink="0 everywhere")

# Steps: the derivative is 0 wherever there is one
elementwise("floor",        lambda xp, a: xp.floor(a),           lambda xp, y, a: 0.0,        domain=UNIT_CELL, kink="0 everywhere")
elementwise("ceil",         lambda xp, a: xp.ceil(a),            lambda xp, y, a: 0.0,        domain=UNIT_CELL, kink="0 everywhere")
elementwise("trunc",        lambda xp, a: xp.trunc(a),           lambda xp, y, a: 0.0,        domain=UNIT_CELL, kink="0 everywhere")
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
elementwise("deg2rad",      lambda xp, a: RADIAN * a,            lambda xp, y, a: RADIAN)
elementwise("rad2deg",      lambda xp, a: a / RADIAN,            lambda xp, y, a: 1.0 / RADIAN)
elementwise("sin",          lambda xp, a: xp.sin(a),             lambda xp, y, a: xp.cos(a))
elementwise("cos",          lambda xp, a: xp.cos(a),             lambda xp, y, a: -xp.sin(a))
elementwise("tan",          lambda xp, a: xp.tan(a),             lambda xp, y, a: 1.0 + y * y,       domain=Domain(-pi / 2, pi / 2))
elementwise("arcsin",       lambda xp, a: xp.arcsin(a),          lambda xp, y, a: xp.arcsin_slope(a),     domain=UNIT)
elementwise("arccos",       lambda xp, a: xp.arccos(a),          lambda xp, y, a: -xp.arcsin_slope(a),    domain=UNIT)
elementwise("arctan",       lambda xp, a: xp.arctan(a),          lambda xp, y, a: xp.arctan_slope(a))
elementwise("arctan2",      lambda xp, a, b: xp.arctan2(a, b),   lambda xp, y, a, b: xp.arctan2_slope(a, b),
                                                                 lambda xp, y, a, b: -xp.arctan2_slope(b, a),
            domain=(REAL, POSITIVE), kink="0 at the origin")
elementwise("hypot",        lambda xp, a, b: xp.hypot(a, b),     lambda xp, y, a, b: share(xp, a, y),
                                                                 lambda xp, y, a, b: share(xp, b, y),
            domain=(POSITIVE, REAL), kink="0 at the origin")
elementwise("sinh",         lambda xp, a: xp.sinh(a),            lambda xp, y, a: xp.cosh(a))
elementwise("cosh",         lambda xp, a: xp.cosh(a),            lambda xp, y, a: xp.sinh(a))
elementwise("tanh",         lambda xp, a: xp.tanh(a),            lambda xp, y, a: 1.0 - y * y)
elementwise("arcsinh",      lambda xp, a: xp.arcsinh(a),         lambda xp, y, a: xp.arcsinh_slope(a))
elementwise("arccosh",      lambda xp, a: xp.arccosh(a),         lambda xp, y, a: xp.arccosh_slope(a),    domain=Domain(low=1.0))
elementwise("arctanh",      lambda xp, a: xp.arctanh(a),         lambda xp, y, a: xp.arctanh_slope(a),    domain=UNIT)
elementwise("erf",          lambda xp, a: xp.erf(a),             lambda xp, y, a: xp.erf_slope(a))
elementwise("erfc",         lambda xp, a: xp.erfc(a),            lambda xp, y, a: -xp.erf_slope(a))

# Slopes of the above, as rows of their own: their derivatives hold where those of the formulas are products of 0 and ∞
elementwise("arcsin_slope",  lambda xp, a: 1.0 / xp.sqrt((1.0 - a) * (1.0 + a)),          lambda xp, y, a: a * y * y * y,  domain=UNIT)
elementwise("arctan_slope",  lambda xp, a: 1.0 / (1.0 + a * a),                           lambda xp, y, a: -2.0 * vanishing(xp, y, a) * y)
elementwise("arctan2_slope", lambda xp, a, b: xp.where(xp.equal(xp.hypot(a, b), 0.0), 0.0, b / xp.hypot(a, b) / xp.hypot(a, b)),
                             lambda xp, y, a, b: -2.0 * y * xp.arctan2_slope(b, a),
                             lambda xp, y, a, b: (xp.arctan2_slope(b, a) - y) * (xp.arctan2_slope(b, a) + y),
            domain=(REAL, POSITIVE), kink="0 at the origin")
elementwise("arcsinh_slope", lambda xp, a: 1.0 / xp.hypot(1.0, a),                        lambda xp, y, a: -vanishing(xp, y, a) * y * y)
elementwise("arccosh_slope", lambda xp, a: 1.0 / (xp.sqrt(a - 1.0) * xp.sqrt(a + 1.0)),   lambda xp, y, a: -vanishing(xp, y, a) * y * y,
            domain=Domain(low=1.0))
elementwise("arctanh_slope", lambda xp, a: 1.0 / ((1.0 - a) * (1.0 + a)),                 lambda xp, y, a: 2.0 * vanishing(xp, y, a) * y, domain=UNIT)
elementwise("logaddexp_slope", lambda xp, a, b: xp.where(xp.equal(a, b), 0.5, xp.sigmoid(a - b)),
                             lambda xp, y, a, b: y * (1.0 - y),                           lambda xp, y, a, b: -y * (1.0 - y))
elementwise("erf_slope",     lambda xp, a: 2.0 / ROOT_PI * xp.exp(-a * a),                lambda xp, y, a: -2.0 * vanishing(xp, y, a))

# Activations
elementwise("sigmoid",      lambda xp, a: 1.0 / (1.0 + xp.exp(-a)),  # exp may be inf: 1/inf is the 0 that is meant
                                                                 lambda xp, y, a: y * (1.0 - y))
elementwise("relu",         lambda xp, a: xp.maximum(a, 0.0),    lambda xp, y, a: a > 0.0,           domain=KINK_AT_0, kink="0 at 0")
elementwise("leaky_relu",   lambda xp, a, *, slope: xp.where(a > 0.0, a, slope * a),
                            lambda xp, y, a, *, slope: xp.where(a > 0.0, 1.0, slope),                domain=KINK_AT_0, kink="slope at 0")
elementwise("elu",          lambda xp, a, *, alpha: xp.where(a > 0.0, a, alpha * xp.expm1(xp.minimum(a, 0.0))),
                            lambda xp, y, a, *, alpha: xp.where(a > 0.0, 1.0, alpha * xp.exp(xp.minimum(a, 0.0))),
            domain=KINK_AT_0, kink="alpha at 0")
elementwise("softplus",     lambda xp, a: xp.logaddexp(a, 0.0),  lambda xp, y, a: xp.sigmoid(a))
elementwise("silu",         lambda xp, a: a * xp.sigmoid(a),     lambda xp, y, a: xp.sigmoid(a) * (1.0 + a * (1.0 - xp.sigmoid(a))))
elementwise("gelu",         lambda xp, a: 0.5 * a * xp.erfc(-ROOT_HALF * a),
                            lambda xp, y, a: 0.5 * xp.erfc(-ROOT_HALF * a) + a * xp.exp(-0.5 * a * a) / ROOT_TAU)

# Choices
elementwise("maximum",      lambda xp, a, b: xp.maximum(a, b),   lambda xp, y, a, b: xp.where(a > b, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
                                                                 lambda xp, y, a, b: xp.where(b > a, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
            kink=HALVES, ties=True)
elementwise("minimum",      lambda xp, a, b: xp.minimum(a, b),   lambda xp, y, a, b: xp.where(a < b, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
                                                                 lambda xp, y, a, b: xp.where(b < a, 1.0, xp.where(xp.equal(a, b), 0.5, 0.0)),
            kink=HALVES, ties=True)
elementwise("where",        lambda xp, a, b, *, condition: xp.where(condition, a, b),
                            lambda xp, y, a, b, *, condition: xp.where(condition, 1.0, 0.0),
                            lambda xp, y, a, b, *, condition: xp.where(condition, 0.0, 1.0))
elementwise("clip",         lambda xp, a, *, low, high: xp.minimum(xp.maximum(a, low), high),
                            lambda xp, y, a, *, low, high: xp.where((a >= low) & (a <= high), 1.0, 0.0),
            kink="1 at either bound")
# fmt: on


# --------------------------------------------------------------------------------------------------------------------------
# Sums and other reductions


def kept(xp: Any, v: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """``v``, a reduction of ``a`` over ``axis``, with the reduced axes put back at length one where broadcasting needs them."""
    if keepdims or axis is None:
        return v
    shape = xp.shape(a)
    gone = {i % len(shape) for i in axes_of(axis, len(shape))}
    return xp.reshape(v, tuple(1 if i in gone else n for i, n in enumerate(shape)))


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The reduced axes as a tuple; None means all of them."""
    if axis is None:
        return tuple(range(ndim))
    return axis if isinstance(axis, tuple) else (axis,)


def count_of(xp: Any, a: Any, axis: Any) -> int:
    """How many entries each entry of a reduction over ``axis`` has taken in."""
    shape = xp.shape(a)
    return prod(shape if axis is None else [shape[i] for i in axes_of(axis, len(shape))])


def spread(xp: Any, g: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """The adjoint of a sum: every entry that went in receives the cotangent of the entry that came out."""
    return xp.broadcast_to(kept(xp, g, a, axis, keepdims), xp.shape(a))


def product_of_others(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """∂prod/∂aᵢ, the product of all entries but the i-th; y/aᵢ is the short way where no entry is zero."""
    if not xp.any(xp.equal(a, 0.0)):
        return kept(xp, y, a, axis, keepdims) / a
    shape = xp.shape(a)
    reduced = sorted(i % len(shape) for i in axes_of(axis, len(shape)))
    order = [i for i in range(len(shape)) if i not in reduced] + reduced
    rows = xp.reshape(xp.transpose(a, axes=tuple(order)), (*(shape[i] for i in order[: len(shape) - len(reduced)]), -1))
    unordered = xp.reshape(xp.products_of_others(rows), tuple(shape[i] for i in order))
    return xp.transpose(unordered, axes=tuple(order.index(i) for i in range(len(order))))


def share_of_ties(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """∂max/∂a: one for the entry that was taken, split evenly between entries that tie."""
    hit = xp.where(xp.equal(a, kept(xp, y, a, axis, keepdims)), 1.0, 0.0)
    return hit / xp.sum(hit, axis=axis, keepdims=True)


def unit_vector(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """∂‖a‖/∂a = a/‖a‖, and the subgradient 0 where the norm is 0."""
    return share(xp, a, kept(xp, y, a, axis, keepdims))


def p_norm(xp: Any, a: Any, axis: Any, keepdims: bool, ord: float) -> Any:
    """(Σ|a|ᵖ)^(1/p)."""
    return xp.power(xp.sum(xp.power(abs(a), ord), axis=axis, keepdims=keepdims), 1.0 / ord)


def p_slope(xp: Any, y: Any, a: Any, axis: Any, keepdims: bool, ord: float) -> Any:
    """∂‖a‖ₚ/∂a = sign(a) (|a|/‖a‖ₚ)^(p-1), and 0 where an entry is 0."""
    still = xp.equal(a, 0.0)
    ratio = abs(a) / xp.where(still, 1.0, shielded(xp, kept(xp, y, a, axis, keepdims)))
    return xp.sign(a) * xp.power(xp.where(still, 1.0, ratio), ord - 1.0)


def gradient_field(name: str, f: Rule, field: Rule, *, kink: str = "", ties: bool = False) -> Op:
    """A reduction ``y = f(a)`` over ``axis`` whose derivative is one array of a's shape: ``field(xp, y, a, axis, keepdims)``."""
    return custom(
        name,
        f,
        lambda xp, i, g, y, a, *, axis, keepdims, **more: kept(xp, g, a, axis, keepdims) * field(xp, y, a, axis, keepdims, **more),
        lambda xp, i, t, y, a, *, axis, keepdims, **more: xp.sum(
            t * field(xp, y, a, axis, keepdims, **more), axis=axis, keepdims=keepdims
        ),
        kink=kink,
        ties=ties,
    )


def peak(xp: Any, a: Any, axis: Any) -> Any:
    """The largest entry over ``axis``, as a constant, with infinities replaced by 0: what to subtract before an exp."""
    top = xp.constant(xp.max(a, axis=axis, keepdims=True))
    return xp.where(xp.isfinite(top), top, 0.0)


def softmax_value(xp: Any, a: Any, *, axis: Any) -> Any:
    e = xp.exp(a - peak(xp, a, axis))
    return e / xp.sum(e, axis=axis, keepdims=True)


def softmax_product(xp: Any, v: Any, y: Any, axis: Any) -> Any:
    """(diag y − y yᵀ) v, the Jacobian of softmax times a vector; it is symmetric, so it serves both modes."""
    return y * (v - xp.sum(v * y, axis=axis, keepdims=True))


# aligned as above
# fmt: off
linear("sum",               lambda xp, a, *, axis, keepdims: xp.sum(a, axis=axis, keepdims=keepdims),
                            lambda xp, g, a, *, axis, keepdims: spread(xp, g, a, axis, keepdims))
linear("mean",              lambda xp, a, *, axis, keepdims: xp.sum(a, axis=axis, keepdims=keepdims) / count_of(xp, a, axis),
                            lambda xp, g, a, *, axis, keepdims: spread(xp, g / count_of(xp, a, axis), a, axis, keepdims))
linear("cumsum",            lambda xp, a, *, axis: xp.cumsum(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.flip(xp.cumsum(xp.flip(g, axis=axis), axis=axis), axis=axis))
gradient_field("prod",      lambda xp, a, *, axis, keepdims: xp.prod(a, axis=axis, keepdims=keepdims), product_of_others)
gradient_field("max",       lambda xp, a, *, axis, keepdims: xp.max(a, axis=axis, keepdims=keepdims), share_of_ties,
               kink="split evenly at ties", ties=True)
gradient_field("min",       lambda xp, a, *, axis, keepdims: xp.min(a, axis=axis, keepdims=keepdims), share_of_ties,
               kink="split evenly at ties", ties=True)
gradient_field("norm",      lambda xp, a, *, axis, keepdims: xp.norm(a, axis=axis, keepdims=keepdims), unit_vector,
               kink="0 at the origin")
gradient_field("p_norm",    lambda xp, a, *, axis, keepdims, ord: p_norm(xp, a, axis, keepdims, ord), p_slope,
               kink="0 where an entry is 0")
gradient_field("logsumexp",
               lambda xp, a, *, axis, keepdims: xp.logsumexp(a, axis=axis, keepdims=keepdims),
               lambda xp, y, a, axis, keepdims: xp.softmax(a, axis=axis))
custom("softmax",           softmax_value,
                            lambda xp, i, g, y, a, *, axis: softmax_product(xp, g, y, axis),
                            lambda xp, i, t, y, a, *, axis: softmax_product(xp, t, y, axis))
custom("log_softmax",       lambda xp, a, *, axis: a - xp.logsumexp(a, axis=axis, keepdims=True),
                            lambda xp, i, g, y, a, *, axis: g - xp.exp(y) * xp.sum(g, axis=axis, keepdims=True),
                            lambda xp, i, t, y, a, *, axis: t - xp.sum(xp.exp(y) * t, axis=axis, keepdims=True))
# fmt: on


# --------------------------------------------------------------------------------------------------------------------------
# Shapes and indexing


def inverse(axes: Sequence[int] | None) -> tuple[int, ...] | None:
    """The permutation that undoes ``axes``; None (all axes reversed) undoes itself."""
    return None if axes is None else tuple(sorted(range(len(axes)), key=lambda i: axes[i] % len(axes)))


def piece(xp: Any, g: Any, i: int, args: Sequence[Any], axis: int) -> Any:
    """The part of ``g`` that the i-th of the concatenated ``args`` gave."""
    start = sum(xp.shape(a)[axis] for a in args[:i])
    before = (slice(None),) * (axis % len(xp.shape(g)))
    return xp.getitem(g, index=(*before, slice(start, start + xp.shape(args[i])[axis])))


def layer(xp: Any, g: Any, i: int, axis: int) -> Any:
    """The part of ``g`` that the i-th of the stacked arguments gave."""
    return xp.getitem(g, index=(*(slice(None),) * (axis % len(xp.shape(g))), i))


def on_diagonal(xp: Any, g: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    """The adjoint of a trace: ``g`` along the diagonal of the two axes, zero elsewhere."""
    shape = xp.shape(a)
    rest = [i for i in range(len(shape)) if i not in (axis1 % len(shape), axis2 % len(shape))]
    filled = xp.reshape(g, (*xp.shape(g), 1, 1)) * xp.eye(shape[axis1], shape[axis2], offset)
    return xp.transpose(filled, axes=inverse([*rest, axis1 % len(shape), axis2 % len(shape)]))


# aligned as above
# fmt: off
linear("reshape",           lambda xp, a, *, shape: xp.reshape(a, shape),
                            lambda xp, g, a, *, shape: xp.reshape(g, xp.shape(a)))
linear("ravel",             lambda xp, a: xp.ravel(a),
                            lambda xp, g, a: xp.reshape(g, xp.shape(a)))
linear("expand_dims",       lambda xp, a, *, axis: xp.expand_dims(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.reshape(g, xp.shape(a)))
linear("squeeze",           lambda xp, a, *, axis: xp.squeeze(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.reshape(g, xp.shape(a)))
linear("transpose",         lambda xp, a, *, axes: xp.transpose(a, axes=axes),
                            lambda xp, g, a, *, axes: xp.transpose(g, axes=inverse(axes)))
linear("swapaxes",          lambda xp, a, *, axis1, axis2: xp.swapaxes(a, axis1, axis2),
                            lambda xp, g, a, *, axis1, axis2: xp.swapaxes(g, axis1, axis2))
linear("flip",              lambda xp, a, *, axis: xp.flip(a, axis=axis),
                            lambda xp, g, a, *, axis: xp.flip(g, axis=axis))
linear("broadcast_to",      lambda xp, a, *, shape: xp.broadcast_to(a, shape),
                            lambda xp, g, a, *, shape: g)  # the walk undoes the broadcasting
linear("astype",            lambda xp, a, *, dtype: xp.astype(a, dtype=dtype),
                            lambda xp, g, a, *, dtype: g)  # the walk gives each argument its own type
linear("getitem",           lambda xp, a, *, index: xp.getitem(a, index=index),
                            lambda xp, g, a, *, index: xp.scatter(g, index=index, shape=xp.shape(a)),
                            into=lambda xp, total, g, *, index: xp.add_at(total, index, g))
linear("scatter",           lambda xp, a, *, index, shape: xp.scatter(a, index=index, shape=shape),
                            lambda xp, g, a, *, index, shape: xp.getitem(g, index=index))
linear("concatenate",       lambda xp, *args, axis: xp.concatenate(args, axis=axis),
                            lambda xp, g, i, args, axis: piece(xp, g, i, args, axis), variadic=True)
linear("stack",             lambda xp, *args, axis: xp.stack(args, axis=axis),
                            lambda xp, g, i, args, axis: layer(xp, g, i, axis), variadic=True)
linear("trace",             lambda xp, a, *, offset, axis1, axis2: xp.trace(a, offset=offset, axis1=axis1, axis2=axis2),
                            lambda xp, g, a, *, offset, axis1, axis2: on_diagonal(xp, g, a, offset, axis1, axis2))
linear("item",              lambda xp, a: xp.item(a),
                            lambda xp, g, a: xp.reshape(g, xp.shape(a)))
# fmt: on


# --------------------------------------------------------------------------------------------------------------------------
# Products


def column(xp: Any, v: Any) -> Any:
    return xp.expand_dims(v, axis=-1)


def matmul_left(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """ḡ Bᵀ; a vector on either side is a row or a column that was dropped."""
    if len(xp.shape(b)) == 1:
        return (column(xp, g) if len(xp.shape(a)) > 1 else g) * b
    if len(xp.shape(a)) == 1:
        return xp.getitem(xp.matmul(b, column(xp, g)), index=(..., 0))
    return xp.matmul(g, xp.swapaxes(b, -1, -2))


def matmul_right(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """Aᵀ ḡ; a vector on either side is a row or a column that was dropped."""
    if len(xp.shape(a)) == 1:
        return a * g if len(xp.shape(b)) == 1 else column(xp, a) * xp.expand_dims(g, axis=-2)
    if len(xp.shape(b)) == 1:
        return xp.getitem(xp.matmul(xp.swapaxes(a, -1, -2), column(xp, g)), index=(..., 0))
    return xp.matmul(xp.swapaxes(a, -1, -2), g)


def einsum_adjoint(xp: Any, i: int, g: Any, y: Any, *args: Any, subscripts: str) -> Any:
    """An einsum again: the result's letters and the other operands go in, the i-th operand's letters come out.

    A letter that the operand alone carries was summed away: it comes back by broadcasting. A letter that it carries twice
    picked a diagonal: the cotangent goes back onto the diagonal by a product with the identity.
    """
    *inputs, result = subscripts.replace("->", ",").split(",")
    shape, operands = xp.shape(args[i]), [g, *(a for j, a in enumerate(args) if j != i)]
    letters = [result, *(s for j, s in enumerate(inputs) if j != i)]
    known, target, alone = set("".join(letters)), "", []
    spare = iter(sorted(set(map(chr, range(97, 123))) - set(subscripts)))
    for position, letter in enumerate(inputs[i]):
        if letter in target:
            twin = next(spare)
            operands.append(xp.eye(shape[position], shape[position], 0))
            letters.append(letter + twin)
            letter = twin
        elif letter not in known and letter not in inputs[i][position + 1 :]:
            alone.append(position)
        target += letter
    present = "".join(c for p, c in enumerate(target) if p not in alone)
    back = xp.einsum(",".join(letters) + "->" + present, *operands)
    sizes = iter(xp.shape(back))
    lengths = [1 if p in alone else next(sizes) for p in range(len(shape))]
    filled = tuple(n if lengths[p] == 1 else lengths[p] for p, n in enumerate(shape))
    return xp.broadcast_to(xp.reshape(back, tuple(lengths)), filled)


def einsum_tangent(xp: Any, i: int, t: Any, y: Any, *args: Any, subscripts: str) -> Any:
    return xp.einsum(subscripts, *args[:i], t, *args[i + 1 :])


def affine_adjoint(xp: Any, i: int, g: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    """S2:151 and S2:157, corrected: ∂C/∂x = δ W, ∂C/∂W = δᵀ x, ∂C/∂b = Σ δ over the batch (which the walk sums)."""
    if i == 0:
        return xp.matmul(g, W)
    if i == 2:
        return g
    if len(xp.shape(g)) != 2:
        (n_out, n_in), samples = xp.shape(W), prod(xp.shape(g)[:-1])
        g, x = xp.reshape(g, (samples, n_out)), xp.reshape(x, (samples, n_in))
    return xp.matmul(xp.transpose(g, axes=None), x)


def affine_tangent(xp: Any, i: int, t: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    if i == 0:
        return xp.matmul(t, xp.transpose(W, axes=None))
    if i == 1:
        return xp.matmul(x, xp.transpose(t, axes=None))
    return xp.broadcast_to(t, xp.shape(y))


# aligned as above
# fmt: off
bilinear("matmul",          lambda xp, a, b: xp.matmul(a, b),    matmul_left, matmul_right)
bilinear("vdot",            lambda xp, a, b: xp.vdot(a, b),
                            lambda xp, g, a, b: g * b,           lambda xp, g, a, b: g * a)
bilinear("outer",           lambda xp, a, b: xp.outer(a, b),
                            lambda xp, g, a, b: xp.reshape(xp.matmul(g, xp.ravel(b)), xp.shape(a)),
                            lambda xp, g, a, b: xp.reshape(xp.matmul(xp.ravel(a), g), xp.shape(b)))
custom("einsum",            lambda xp, *args, subscripts: xp.einsum(subscripts, *args),
                            einsum_adjoint, einsum_tangent, arity=None)
custom("affine",            lambda xp, x, W, b: xp.matmul(x, xp.transpose(W, axes=None)) + b,
                            affine_adjoint, affine_tangent, arity=3)
# fmt: on


# --------------------------------------------------------------------------------------------------------------------------
# Linear systems, on matrices or stacks of them


def flipped(xp: Any, a: Any) -> Any:
    """The transpose of every matrix of a stack."""
    return xp.swapaxes(a, -1, -2)


def everywhere(xp: Any, g: Any) -> Any:
    """A number per matrix, shaped to scale the matrix."""
    return xp.reshape(g, (*xp.shape(g), 1, 1))


def diagonal_sum(xp: Any, a: Any, b: Any) -> Any:
    """trace(a b) of every pair of matrices."""
    return xp.sum(a * flipped(xp, b), axis=(-1, -2), keepdims=False)


def solve_adjoint(xp: Any, i: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    """b̄ = a⁻ᵀ ḡ and ā = -b̄ yᵀ (Giles 2008, 2.3.1); a vector b is one column."""
    if len(xp.shape(b)) == 1:
        back = xp.getitem(xp.solve(flipped(xp, a), column(xp, g)), index=(..., 0))
        return back if i == 1 else -column(xp, back) * xp.expand_dims(y, axis=-2)
    back = xp.solve(flipped(xp, a), g)
    return back if i == 1 else -xp.matmul(back, flipped(xp, y))


def solve_tangent(xp: Any, i: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    if i == 1:
        return xp.solve(a, t)
    if len(xp.shape(b)) == 1:
        return xp.getitem(xp.solve(a, -xp.matmul(t, column(xp, y))), index=(..., 0))
    return xp.solve(a, -xp.matmul(t, y))


# Aligned as above
# fmt: off
custom("inv",               lambda xp, a: xp.inv(a),
                            lambda xp, i, g, y, a: -xp.matmul(flipped(xp, y), xp.matmul(g, flipped(xp, y))),
                            lambda xp, i, t, y, a: -xp.matmul(y, xp.matmul(t, y)))
custom("det",               lambda xp, a: xp.det(a),
                            lambda xp, i, g, y, a: everywhere(xp, g * y) * flipped(xp, xp.inv(a)),
                            lambda xp, i, t, y, a: y * diagonal_sum(xp, xp.inv(a), t))
custom("logabsdet",         lambda xp, a: xp.logabsdet(a),
                            lambda xp, i, g, y, a: everywhere(xp, g) * flipped(xp, xp.inv(a)),
                            lambda xp, i, t, y, a: diagonal_sum(xp, xp.inv(a), t))
custom("solve",             lambda xp, a, b: xp.solve(a, b), solve_adjoint, solve_tangent, arity=2)
# fmt: on
