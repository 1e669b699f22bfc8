"""What anomaly() looks for: the operation that first makes a nan or an inf, in the forward pass or in a derivative."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd.errors import AnomalyError
from autograd.ops import Domain, Op
from autograd.state.metadata import Metadata, format_location

ORDINALS = ("first", "second", "third")


def ordinal_of_argument(i: int) -> str:
    """Return what to call argument ``i`` of an operation in a message.

    >>> ordinal_of_argument(0), ordinal_of_argument(7)
    ('its first argument', 'argument 7')
    """
    return f"its {ORDINALS[i]} argument" if i < len(ORDINALS) else f"argument {i}"


def is_finite(x: Any) -> bool:
    """Return whether a number, every entry of an array, or the data of a node is finite."""
    return bool(np.all(np.isfinite(getattr(x, "_primal", x))))


def check_value(op: Op, args: Sequence[Any], numbers: Sequence[Any], y: Any, metadata: Metadata | None) -> None:
    """Raise AnomalyError if ``y`` has a nan, or an infinity that no argument had."""
    if is_finite(y):
        return
    bad = np.isnan(y)
    if not np.any(bad):
        given = [np.isinf(x) if op.kind == "elementwise" else np.any(np.isinf(x)) for x in numbers]
        bad = ~np.isfinite(y) & ~functools.reduce(np.logical_or, given)
        if not np.any(bad):
            return
    inputs = " and ".join(_argument(arg, x) for arg, x in zip(args, numbers, strict=True))
    raise AnomalyError(f"{op.name} made {_worst(y, bad)} of {inputs}{_place(metadata)}{_domain(op)}")


def check_contribution(node: Any, i: int, g: Any, c: Any) -> None:
    """Raise AnomalyError if a contribution ``c`` to argument ``i`` is not finite although the cotangent ``g`` is."""
    if is_finite(g) and not is_finite(c):
        raise _local(node, i, g, c)


def check_hook(node: Any, g: Any, new: Any) -> None:
    """Raise AnomalyError if a hook turned a finite gradient into one that is not finite."""
    if is_finite(g) and not is_finite(new):
        raise AnomalyError(f"a hook of {node.describe()} made {_worst(new)} of the gradient {_short(g)}")


def check_cotangent(node: Any, g: Any) -> None:
    """Raise AnomalyError if the sum of a node's contributions is not finite; each of them is finite."""
    if not is_finite(g):
        raise _overflowed(node, g)


def check_tangent(node: Any, tangent: Any) -> None:
    """Raise AnomalyError if the tangent of a node is not finite; those of its arguments are finite."""
    if not is_finite(tangent):
        inputs = " and ".join(_argument(arg, getattr(arg, "_primal", arg)) for arg in node.args)
        raise AnomalyError(
            f"forward mode of {node.op.name} made {_worst(tangent)} at {inputs}{_place(node.metadata)}{_domain(node.op)}"
        )


def gradient_anomaly_error(node: Any, processed: Iterable[Any]) -> AnomalyError:
    """Return the error for a node whose gradient is not finite: it names the consumer that contributed it, or their sum."""
    for consumer in processed:
        for i, source in consumer.sources:
            if source is node:
                c = consumer.vjp(i, consumer._grad, None)
                if not is_finite(c):
                    return _local(consumer, i, consumer._grad, c)
    return _overflowed(node, node._grad)


def _overflowed(node: Any, g: Any) -> AnomalyError:
    return AnomalyError(f"the contributions to the gradient of {node.describe()} are finite, but their sum is {_worst(g)}")


def _local(node: Any, i: int, g: Any, c: Any) -> AnomalyError:
    inputs = " and ".join(_argument(arg, getattr(arg, "_primal", arg)) for arg in node.args)
    return AnomalyError(
        f"the derivative of {node.op.name} with respect to {ordinal_of_argument(i)} made {_worst(c)} of the cotangent {_short(g)}, "
        f"at {inputs}{_place(node.metadata)}{_domain(node.op)}"
    )


def _argument(arg: Any, x: Any) -> str:
    name = getattr(arg, "path", "")
    where = "" if is_finite(x) or np.shape(x) == () else ", not all finite"
    return (f"{name!r} = " if name else "") + _short(x) + where


def _short(x: Any) -> str:
    x = getattr(x, "_primal", x)
    if np.shape(x) == ():
        return repr(float(x))
    values = np.asarray(x)
    finite = values[np.isfinite(values)]
    reach = f" from {finite.min():.6g} to {finite.max():.6g}" if finite.size else ""
    return f"an array of shape {np.shape(x)}{reach}"


def _worst(x: Any, bad: Any = None) -> str:
    """Return the nan or the infinity as text, with its first index in an array."""
    values = np.asarray(getattr(x, "_primal", x))
    if bad is None:
        bad = np.isnan(values) if np.any(np.isnan(values)) else ~np.isfinite(values)
    bad = np.broadcast_to(bad, values.shape)
    text = str(float(values[bad].flat[0]))
    return text if not values.ndim else f"{text} at index {tuple(int(i) for i in np.argwhere(bad)[0])} ({np.sum(bad)} in all)"


def _place(metadata: Metadata | None) -> str:
    if metadata is None:
        return "; it was recorded outside anomaly(), so its line is not known: run the forward pass inside too"
    scope = f", in scope {metadata.scope!r}" if metadata.scope else ""
    if metadata.location is None:
        return f"{scope}; its line is not known: run the forward pass inside anomaly() too"
    return f"{scope}, at {format_location(metadata.location)}"


def _domain(op: Op) -> str:
    """Return the domain of the row as text."""
    limits = [_interval(name, d) for name, d in zip("ab", op.domains, strict=False) if (d.low, d.high) != (-inf, inf)]
    return f"; {op.name} is smooth for {' and '.join(limits)}" if limits else ""


def _interval(name: str, d: Domain) -> str:
    low, high = f"{d.low:.6g} < " if d.low > -inf else "", f" < {d.high:.6g}" if d.high < inf else ""
    return f"{low}{name}{high}" if low else f"{name}{high}"
