"""Entropies, divergences, losses, and products with logarithms that are 0 at 0."""

from __future__ import annotations

from typing import Any

from autograd.ops.op import Domain
from autograd.ops.special.library_rows import library_row

NUMERICS = "autograd.scipy.numerics"
REAL, POSITIVE, MINUS_ONE_TO_ONE = Domain(), Domain(low=0.0), Domain(-1.0, 1.0)


def divide_or_zero_at_origin(xp: Any, x: Any, y: Any) -> Any:
    """Return x/y, and 0 where both are 0. Where only x is 0, its derivative is still 1/y."""
    at_origin = xp.equal(x, 0.0) & xp.equal(y, 0.0)
    return xp.where(at_origin, 0.0, x / xp.where(at_origin, 1.0, y))


def huber_by_delta(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    """Return max(|r| - δ, 0)."""
    return xp.maximum(abs(r) - delta, 0.0)


def huber_by_r(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    """Return r, limited to the interval from -δ to δ."""
    return xp.maximum(xp.minimum(r, delta), -delta)


# fmt: off
# Products with logarithms   ∂y/∂a, ∂y/∂b
library_row("xlogy",         lambda xp, y, a, b: xp.log(b),
                             lambda xp, y, a, b: divide_or_zero_at_origin(xp, a, b),         domain=(REAL, POSITIVE), kink="∂b is 0 at a = b = 0")
library_row("xlog1py",       lambda xp, y, a, b: xp.log1p(b),
                             lambda xp, y, a, b: divide_or_zero_at_origin(xp, a, 1.0 + b),   domain=(REAL, Domain(low=-1.0)), kink="∂b is 0 at a = 0, b = -1")

# Entropies and divergences
library_row("entr",          lambda xp, y, a: -xp.log(a) - 1.0,                              domain=POSITIVE, kink="inf at 0")
library_row("rel_entr",      lambda xp, y, a, b: xp.log(a / b) + 1.0,
                             lambda xp, y, a, b: -divide_or_zero_at_origin(xp, a, b),        domain=POSITIVE, kink="∂b is 0 at a = b = 0")
library_row("kl_div",        lambda xp, y, a, b: xp.log(a / b),
                             lambda xp, y, a, b: 1.0 - divide_or_zero_at_origin(xp, a, b),   domain=POSITIVE, kink="∂b is 1 at a = b = 0", library=NUMERICS)

# Losses
library_row("huber",         huber_by_delta, huber_by_r,                                     domain=(Domain(0.0, 2.0), Domain(low=2.0)),
            kink="½ of both slopes at |b| = a")
library_row("pseudo_huber",  lambda xp, y, a, b: (y / a) * (y / a) / (a * xp.hypot(1.0, b / a)),
                             lambda xp, y, a, b: b / xp.hypot(1.0, b / a),                   domain=(POSITIVE, REAL))
# fmt: on
