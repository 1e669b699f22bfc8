"""Convolutions of arrays along some of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.ops.op import Op
from autograd.ops.row_constructors import bilinear
from autograd.ops.rules.products import mode_of_adjoint


def convolve_axes_adjoint(xp: Any, g: Any, a: Any, b: Any, *, mode: str, axes: Sequence[int], method: str) -> Any:
    """Return ā, the convolution of ḡ with b flipped along the axes; along other axes the reverse pass undoes broadcasting."""
    flipped = xp.flip(b, axis=tuple(axes))
    return xp.convolve_axes(g, flipped, mode=mode_of_adjoint(xp, mode, a, b, axes), axes=axes, method=method)


convolve_axes: Op = bilinear(
    "convolve_axes",
    lambda xp, a, b, *, mode, axes, method: xp.convolve_axes(a, b, mode=mode, axes=axes, method=method),
    convolve_axes_adjoint,
    lambda xp, g, a, b, **settings: convolve_axes_adjoint(xp, g, b, a, **settings),
)
convolve_axes.library, convolve_axes.accepts_complex = "autograd.scipy.numerics", True
