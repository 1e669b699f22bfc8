"""Words in pictures: numbers kept short, and any text a user may give as plain text that changes no structure."""

from __future__ import annotations

import unicodedata
from math import isfinite
from typing import Any

import numpy as np

LONGEST = 32  # letters of a name that are shown


def number(x: float, digits: int = 4) -> str:
    """A number for a label; what is not finite stands out by a sign.

    >>> number(0.123456), number(-0.0), number(float("nan"))
    ('0.1235', '0', '⚠ nan')
    """
    if not isfinite(x):
        return f"⚠ {x:g}"
    return f"{x + 0.0:.{digits}g}"


def span(low: float, high: float, digits: int = 4) -> str:
    """One number, or the two ends of a range.

    >>> span(1.0, 1.0), span(-1.0, 2.5)
    ('1', '-1 … 2.5')
    """
    first, last = number(low, digits), number(high, digits)
    return first if first == last else f"{first} … {last}"


def plain(text: str, most: int = LONGEST) -> str:
    r"""A name as it can be shown: control and direction characters written out, and the middle of a long one left out.

    >>> plain("a" * 10_000)
    'aaaaaaaaaaaaaaaa…aaaaaaaaaaaaaaa'
    >>> plain("x\u202ey")
    'x\\u202ey'
    """
    if len(text) > 4 * most:
        text = text[: 2 * most] + text[-2 * most :]
    shown = "".join(map(_visible, text))
    return shown if len(shown) <= most else f"{shown[: most // 2]}…{shown[most // 2 + 1 - most :]}"


def _visible(c: str) -> str:
    if c == " " or (c.isprintable() and unicodedata.category(c) not in ("Cf", "Mn", "Me")):
        return c
    return c.encode("unicode_escape").decode() if ord(c) > 0x7F or ord(c) < 0x20 or ord(c) == 0x7F else c


def width(text: str) -> int:
    """How many columns of a fixed-width font a text takes.

    >>> width("∂a"), width("漢")
    (2, 2)
    """
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shape_of(shape: tuple[int, ...]) -> str:
    """A shape for a label.

    >>> shape_of((16, 2)), shape_of((3,))
    ('16×2', '3')
    """
    return "×".join(map(str, shape))


def entries(x: Any) -> str:
    """A small array in full, a large one by its shape and range; a number as it is.

    >>> entries(np.array([1.0, 2.0])), entries(np.arange(10.0))
    ('[1, 2]', '10: 0 … 9')
    """
    x = np.asarray(x, dtype=float)
    if not x.ndim:
        return number(float(x))
    if x.size <= 4 and x.ndim == 1:
        return f"[{', '.join(map(number, x.tolist()))}]"
    return f"{shape_of(x.shape)}: {span(float(np.min(x)), float(np.max(x)))}" if x.size else shape_of(x.shape)
