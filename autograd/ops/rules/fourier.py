"""Adjoints of the Fourier transforms of real arrays. Those of complex arrays are lines of the table."""

from __future__ import annotations

from typing import Any


def rfft_adjoint(xp: Any, g: Any, a: Any, axis: int) -> Any:
    """Return Re Σₖ gₖ exp(-2πijk/n) over the half spectrum, as an inverse transform: this counts the inner frequencies twice."""
    n = xp.shape(a)[axis]
    return n * xp.irfft(xp.conj(g) / xp.half_spectrum_counts(n, axis, len(xp.shape(a))), n=n, axis=axis)


def irfft_adjoint(xp: Any, g: Any, a: Any, n: int, axis: int) -> Any:
    """Return the conjugate of the half spectrum of g, with inner frequencies twice, divided by n."""
    return xp.conj(xp.rfft(g, axis=axis)) * (xp.half_spectrum_counts(n, axis, len(xp.shape(a))) / n)
