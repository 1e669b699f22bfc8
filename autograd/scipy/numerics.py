"""Functions of arrays that SciPy lacks, or has in another form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.scipy.requirement import import_scipy

_special = import_scipy("special")

# From here on the continued fraction of scaled_ierfc needs fewer than CONTINUED_FRACTION_TERMS terms for all digits; below, the
# recurrence loses less than two digits for the first two orders. Measured with mpmath for x from 0.3 to 5: the relative error of
# the first three orders is at most 2e-14. If the start is doubled, it is 2e-13, and if it is halved, 7e-12. Twice as many terms
# change nothing and take twice as long; half as many leave 1e-11.
FIRST_OF_CONTINUED_FRACTION = 1.5
CONTINUED_FRACTION_TERMS = 120

# From here on DAWSON_SERIES_TERMS terms of the asymptotic series of Dawson's function, whose smallest is below 1e-18, give all
# digits; below, the recurrence loses two digits for the first derivative and four for the second. Measured with mpmath for x from 2
# to 20: the relative error of the first three derivatives is at most 3e-14, 9e-13 and 3e-11. If the start is doubled, that of the
# third is 8e-10; if it is halved, the series has not converged, and the error is 0.6. Twice as many terms change nothing; half as
# many leave 3e-13 in the first derivative.
FIRST_OF_DAWSON_SERIES = 7.0
DAWSON_SERIES_TERMS = 30

# The Taylor series of digamma_difference and kl_div end where their terms, below 10⁻ᵏ, are less than the rounding of a double.
TERMS_OF_DIFFERENCE = 17

# Where the moments of exprel are computed by quadrature: to the left the incomplete gamma function, and to the right the recurrence
# in the order are accurate.
QUADRATURE_NODES, QUADRATURE_WEIGHTS = np.polynomial.legendre.leggauss(40)


def lambertw(k: Any, x: Any) -> Any:
    """Return the real branch ``k`` (0 or -1) of the Lambert W function; nan where it is not real.

    Examples
    --------
    >>> round(float(lambertw(0.0, 1.0)), 6)
    0.567143
    """
    w = _special.lambertw(x, np.asarray(k, dtype=int))
    return np.where(w.imag == 0.0, w.real, np.nan).astype(np.result_type(x))[()]


def polygamma(n: Any, x: Any) -> Any:
    """Return the n-th derivative of the digamma function, in the float type of ``x``.

    Examples
    --------
    >>> round(float(polygamma(1.0, 1.0)), 6)
    1.644934
    """
    return np.asarray(_special.polygamma(n, x)).astype(np.result_type(x))[()]


def expn(n: Any, x: Any) -> Any:
    """Return the exponential integral of integer order."""
    return _special.expn(_drop_fraction(n), x)


def yn(n: Any, x: Any) -> Any:
    """Return the Bessel function of the second kind and integer order."""
    return _special.yn(_drop_fraction(n), x)


def kn(n: Any, x: Any) -> Any:
    """Return the modified Bessel function of the second kind and integer order."""
    return _special.kn(_drop_fraction(n), x)


def _drop_fraction(n: Any) -> Any:
    """Return an order without its fraction, as SciPy takes it with a warning: compiled programs are tried at other numbers."""
    return float(math.trunc(n)) if type(n) is float and math.isfinite(n) else np.trunc(n)


def digamma_difference(a: Any, b: Any) -> Any:
    """Return ψ(a + b) - ψ(a) for positive numbers, without cancellation where b is small.

    Notes
    -----
    For b < a/10 it is the Taylor series Σ ψ⁽ᵏ⁾(a) bᵏ/k!, whose terms decrease at least as fast as 10⁻ᵏ.

    Examples
    --------
    >>> float(digamma_difference(1.0, 1.0))
    1.0
    """
    dtype = np.result_type(a, b)
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    is_small = np.abs(b) < 0.1 * a
    step, center = np.where(is_small, b, 0.0), np.where(is_small, a, 1.0)
    series = np.zeros_like(step)
    for k in range(TERMS_OF_DIFFERENCE, 0, -1):  # ψ⁽ᵏ⁾(a)/k! = (-1)ᵏ⁺¹ ζ(k + 1, a)
        series = series + (1.0 if k % 2 else -1.0) * _special.zeta(k + 1.0, center) * step**k
    return np.where(is_small, series, _special.digamma(a + b) - _special.digamma(a)).astype(dtype)[()]


def kl_div(x: Any, y: Any) -> Any:
    """Return x log(x/y) - x + y as SciPy does, without cancellation where x and y are close.

    Notes
    -----
    For |x - y| < y/10 it is the Taylor series y Σ (-u)ᵏ / (k (k - 1)) from k = 2 on, with u = (x - y)/y.

    Examples
    --------
    >>> float(kl_div(1.0 + 2.0**-30, 1.0) * 2.0**61)
    0.9999999996895591
    """
    dtype = np.result_type(x, y)
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    is_close = np.abs(x - y) < 0.1 * y
    u = np.where(is_close, x - y, 0.0) / np.where(is_close, y, 1.0)
    series = np.zeros_like(u)
    for k in range(TERMS_OF_DIFFERENCE, 1, -1):
        series = 1.0 / (k * (k - 1)) - u * series
    return np.where(is_close, y * u * u * series, _special.kl_div(x, y)).astype(dtype)[()]


def _compute_by_order(compute: Callable[[int, Any], Any], n: Any, x: Any) -> Any:
    """Return ``compute(n, x)`` for broadcast arrays of orders and arguments. It gets all arguments of one order at once."""
    orders, at = np.broadcast_arrays(np.asarray(n), np.asarray(x))
    out = np.empty(at.shape, np.result_type(x))
    for order in np.unique(orders):
        chosen = orders == order
        out[chosen] = compute(int(order), at[chosen])
    return out[()]


def scaled_ierfc(n: Any, x: Any) -> Any:
    """Return exp(x²) iⁿerfc(x), the scaled n-th repeated integral of the complementary error function.

    Notes
    -----
    The recurrence 2n gₙ = gₙ₋₂ - 2x gₙ₋₁ loses digits for large x. There its ratios come from the continued fraction
    gₙ/gₙ₋₁ = 1/(2x + 2(n + 1) gₙ₊₁/gₙ) instead.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.18.

    Examples
    --------
    >>> round(float(scaled_ierfc(1.0, 0.0)), 6)
    0.56419
    """
    return _compute_by_order(_scaled_ierfc_of_order, n, x)


def _scaled_ierfc_of_order(n: int, x: Any) -> Any:
    far = np.maximum(x, FIRST_OF_CONTINUED_FRACTION)
    ratio, product = np.zeros_like(far), _special.erfcx(far)
    for m in range(CONTINUED_FRACTION_TERMS, 0, -1):
        ratio = 1.0 / (2.0 * far + 2.0 * (m + 1) * ratio)
        product = product * ratio if m <= n else product
    near = np.minimum(x, FIRST_OF_CONTINUED_FRACTION)
    before, value = np.full_like(near, 2.0 / math.sqrt(math.pi)), _special.erfcx(near)
    for m in range(1, n + 1):
        before, value = value, (before - 2.0 * near * value) / (2.0 * m)
    return np.where(x > FIRST_OF_CONTINUED_FRACTION, product, value)


def dawsn_derivative(n: Any, x: Any) -> Any:
    """Return the n-th derivative of Dawson's function, for n ≥ 1.

    Notes
    -----
    The recurrence D⁽ᵏ⁺¹⁾ = -2x D⁽ᵏ⁾ - 2k D⁽ᵏ⁻¹⁾ with D' = 1 - 2x D cancels for large x. There the asymptotic series
    D ~ Σ (2k - 1)!! / (2ᵏ⁺¹ x²ᵏ⁺¹) is differentiated term by term.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.12.

    Examples
    --------
    >>> float(dawsn_derivative(1.0, 0.0))
    1.0
    """
    return _compute_by_order(_dawsn_derivative_of_order, n, x)


def _dawsn_derivative_of_order(n: int, x: Any) -> Any:
    is_far = np.abs(x) > FIRST_OF_DAWSON_SERIES
    near = np.where(is_far, 0.0, x)
    before, value = _special.dawsn(near), 1.0 - 2.0 * near * _special.dawsn(near)
    for m in range(1, n):
        before, value = value, -2.0 * near * value - 2.0 * m * before
    far = np.where(is_far, x, FIRST_OF_DAWSON_SERIES)
    term = (-1.0) ** n * math.factorial(n) / (2.0 * far) / far**n
    series = term
    for k in range(1, DAWSON_SERIES_TERMS):
        term = term * ((2 * k + n) * (2 * k + n - 1) / (4 * k)) / (far * far)
        series = series + term
    return np.where(is_far, series, value)


def exprel_moment(n: Any, x: Any) -> Any:
    """Return ∫₀¹ tⁿ exp(xt) dt, the n-th derivative of exprel.

    Notes
    -----
    Between -30 and 30 a Gauss-Legendre rule gives all digits, since the integrand is positive. Outside, the recurrence
    x Mₙ = eˣ - n Mₙ₋₁ for x > 0, and the incomplete gamma function for x < 0, are accurate.

    Examples
    --------
    >>> float(exprel_moment(1.0, 0.0))
    0.5
    """
    return _compute_by_order(_exprel_moment_of_order, n, x)


def _exprel_moment_of_order(n: int, x: Any) -> Any:
    middle = np.clip(x, -30.0, 30.0)[..., None]
    t = 0.5 * (1.0 + QUADRATURE_NODES)
    near = np.sum(0.5 * QUADRATURE_WEIGHTS * t**n * np.exp(middle * t), axis=-1)
    right = np.maximum(x, 30.0)
    above = np.expm1(right) / right
    for m in range(1, n + 1):
        above = (np.exp(right) - m * above) / right
    left = np.maximum(-x, 30.0)
    below = math.factorial(n) * _special.gammainc(n + 1.0, left) / left ** (n + 1)
    return np.where(x > 30.0, above, np.where(x < -30.0, below, near))


def complex_erf(z: Any) -> Any:
    """Return the error function of complex numbers."""
    return _special.erf(z)


def complex_erfc(z: Any) -> Any:
    """Return the complementary error function of complex numbers."""
    return _special.erfc(z)


def sqrtm(a: Any) -> Any:
    """Return the principal square root of each matrix of a stack; of a real matrix nan where it is not real."""
    return _matrix_function("sqrtm", a)


def logm(a: Any) -> Any:
    """Return the principal logarithm of each matrix of a stack; of a real matrix nan where it is not real."""
    state = np.random.get_state()  # noqa: NPY002 - SciPy estimates norms with this generator; a function of numbers leaves it as it is
    try:
        return _matrix_function("logm", a)
    finally:
        np.random.set_state(state)  # noqa: NPY002


def _matrix_function(name: str, a: Any) -> Any:
    function = getattr(import_scipy("linalg"), name)
    a = np.asarray(a)
    out = np.empty(a.shape, a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        value = function(a[index])
        if np.iscomplexobj(a):
            out[index] = value
            continue
        is_real = not np.iscomplexobj(value) or np.abs(value.imag).max() <= 1e-12 * np.abs(value).max()
        out[index] = value.real if is_real else np.nan
    return out


def solve_triangular(a: Any, b: Any, *, trans: int, lower: bool, unit_diagonal: bool) -> Any:
    """Return SciPy's ``solve_triangular``."""
    solve = import_scipy("linalg").solve_triangular
    return solve(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, check_finite=False)


def solve_banded(ab: Any, b: Any, *, lower: int, upper: int) -> Any:
    """Return SciPy's ``solve_banded``."""
    return import_scipy("linalg").solve_banded((lower, upper), ab, b, check_finite=False)


def convolve_axes(a: Any, b: Any, *, mode: str, axes: Any, method: str) -> Any:
    """Return SciPy's convolution along some axes, by Fourier transforms or directly; along the others the arrays broadcast."""
    signal = import_scipy("signal")
    return signal.fftconvolve(a, b, mode, axes) if method == "fft" else signal.convolve(a, b, mode, method)


def log_pseudo_determinant(a: Any, *, rcond: float) -> Any:
    """Return the sum of the logarithms of the eigenvalues of a symmetric matrix that are above ``rcond`` times the largest."""
    values = np.linalg.eigvalsh(a)
    return np.sum(np.log(values[values > rcond * np.max(np.abs(values))]))
