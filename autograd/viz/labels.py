"""Texts on pictures: numbers in short form, and names from users made safe to show."""

from __future__ import annotations

import unicodedata
from math import isfinite
from typing import Any

import numpy as np

# Characters of a name that are shown. Scoped parameter names such as "layers/0/neurons/12/w" have about 20. A box with 32
# characters is 250 px wide in an SVG, so that four such boxes fit side by side on a screen of 1280 px; with twice as many
# characters, two.
MAX_NAME_LENGTH = 32

# Entries of a vector that are listed one by one; larger arrays are described by shape and range. Four numbers of four digits fit
# into about MAX_NAME_LENGTH characters. Doubled, they need a box of twice the width.
MAX_LISTED_ENTRIES = 4

NAN_LABEL = "⚠ nan"


def format_number(x: float, digits: int = 4) -> str:
    """Write a number for a label.

    Parameters
    ----------
    x : float
        The number.
    digits : int, default 4
        Significant digits.

    Returns
    -------
    str
        The number, without a sign if it is zero; nan and infinities with a warning sign in front.

    Examples
    --------
    >>> format_number(0.123456), format_number(-0.0), format_number(float("nan"))
    ('0.1235', '0', '⚠ nan')
    """
    if not isfinite(x):
        return f"⚠ {x:g}"
    return f"{x + 0.0:.{digits}g}"


def format_range(low: float, high: float, digits: int = 4) -> str:
    """Write the two ends of a range, or one number if they look the same.

    Parameters
    ----------
    low, high : float
        The ends.
    digits : int, default 4
        Significant digits.

    Returns
    -------
    str

    Examples
    --------
    >>> format_range(1.0, 1.0), format_range(-1.0, 2.5)
    ('1', '-1 … 2.5')
    """
    first, last = format_number(low, digits), format_number(high, digits)
    return first if first == last else f"{first} … {last}"


def sanitize(text: str, max_length: int = MAX_NAME_LENGTH) -> str:
    r"""Make a text from a user safe to show on one line.

    Parameters
    ----------
    text : str
        Any text.
    max_length : int, default 32
        The number of characters to keep.

    Returns
    -------
    str
        The text with control, combining and direction characters escaped, and the middle of a long text left out.

    Examples
    --------
    >>> sanitize("a" * 10_000)
    'aaaaaaaaaaaaaaaa…aaaaaaaaaaaaaaa'
    >>> sanitize("x\u202ey")
    'x\\u202ey'
    """
    is_much_too_long = len(text) > 4 * max_length
    if is_much_too_long:  # only the ends can be seen, so only these are escaped
        text = text[: 2 * max_length] + text[-2 * max_length :]
    escaped = "".join(map(_escape, text))
    return escaped if len(escaped) <= max_length else f"{escaped[: max_length // 2]}…{escaped[max_length // 2 + 1 - max_length :]}"


def _escape(character: str) -> str:
    """A character as it is if it takes a place of its own, else its Python escape."""
    if character == " " or (character.isprintable() and unicodedata.category(character) not in ("Cf", "Mn", "Me")):
        return character
    return character.encode("unicode_escape").decode()


def display_width(text: str) -> int:
    """Count the columns of a fixed-width font that a text takes.

    Parameters
    ----------
    text : str

    Returns
    -------
    int
        Two columns for each wide East Asian character, one for any other.

    Examples
    --------
    >>> display_width("∂a"), display_width("漢")
    (2, 2)
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def format_shape(shape: tuple[int, ...]) -> str:
    """Write a shape for a label.

    Parameters
    ----------
    shape : tuple of int

    Returns
    -------
    str

    Examples
    --------
    >>> format_shape((16, 2)), format_shape((3,))
    ('16×2', '3')
    """
    return "×".join(map(str, shape))


def format_array(x: Any) -> str:
    """Write a number, or an array: a short vector in full, any other by shape and range.

    Parameters
    ----------
    x : float or array

    Returns
    -------
    str

    Examples
    --------
    >>> format_array(np.array([1.0, 2.0])), format_array(np.arange(10.0))
    ('[1, 2]', '10: 0 … 9')
    """
    x = np.asarray(x, dtype=float)
    if not x.ndim:
        return format_number(float(x))
    if x.ndim == 1 and x.size <= MAX_LISTED_ENTRIES:
        return f"[{', '.join(map(format_number, x.tolist()))}]"
    return f"{format_shape(x.shape)}: {format_range(float(np.min(x)), float(np.max(x)))}" if x.size else format_shape(x.shape)


def format_exactly(x: Any) -> str:
    """Write a number with all its digits, or an array as :func:`format_array` does.

    Parameters
    ----------
    x : float or array

    Returns
    -------
    str

    Examples
    --------
    >>> format_exactly(0.1 + 0.2)
    '0.30000000000000004'
    """
    return repr(float(x)) if np.ndim(x) == 0 else format_array(x)
