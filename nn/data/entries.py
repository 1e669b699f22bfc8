"""Entries of a table: which are numbers, which are missing, and what the others are."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

# How a missing entry is written. "?" is the sign of the UCI repository; the others are those of R, pandas and databases.
MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
TRUTHS = {"true", "false"}
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# Dates as in 2020-01-31, 31.1.2020, 31-Jan-2020 and Jan 31, 2020, quarters as in 2020Q1, and times as in 12:30.
DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,4}[./]\d{1,2}[./]\d{1,4}( .*)?|\d{1,2}:\d{2}(:\d{2})?|\d{4}[ -]?Q[1-4]"
    rf"|\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH}[ -]\d{{1,2}},?[ -]\d{{2,4}}",
    re.IGNORECASE,
)
# Up to 2⁵³ every whole number is a double (53 bits of significand, IEEE 754). At twice as much, odd numbers would be rounded
# without notice.
LARGEST_EXACT_INTEGER = 2.0**53


def parse_number(entry: Any, decimal: str = ".") -> float | None:
    """Return the number in an entry, or None if there is none.

    Parameters
    ----------
    entry : object
        Text, a number or a bool.
    decimal : str, default "."
        The sign before the fraction.

    Returns
    -------
    float or None
        The number; 1 and 0 for true and false.

    Examples
    --------
    >>> parse_number("1,5", ","), parse_number("True"), parse_number("1_0"), parse_number("x")
    (1.5, 1.0, None, None)
    """
    if not isinstance(entry, str):
        return float(entry) if isinstance(entry, int | float | np.number | np.bool_) else None
    text = entry.strip()
    if text.lower() in TRUTHS:
        return float(text.lower() == "true")
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".")
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def is_missing_entry(entry: Any) -> bool:
    """Whether an entry is missing.

    Parameters
    ----------
    entry : object
        Text, a number or anything else.

    Returns
    -------
    bool
        True for None, nan, and the texts in ``MISSING``.

    Examples
    --------
    >>> is_missing_entry(" NA "), is_missing_entry(float("nan")), is_missing_entry("0")
    (True, True, False)
    """
    if isinstance(entry, str):
        return entry.strip().lower() in MISSING
    if entry is None or type(entry).__name__ == "NAType":  # the missing entry of pandas, which cannot be compared
        return True
    differs = entry != entry  # as nan and pandas' NaT do from themselves
    return isinstance(differs, bool | np.bool_) and bool(differs)


def advice_for(entry: Any, decimal: str) -> str:
    """Return what an entry is that is no number, and what to do, for an error message.

    Parameters
    ----------
    entry : object
        The entry.
    decimal : str
        The sign before the fraction in numbers.

    Returns
    -------
    str
        The end of a sentence that begins with "the column holds".
    """
    if is_date(entry):
        return "a date: leave the column out by features=, or turn it into numbers, such as days since a day of your choice"
    if is_date_or_comma_number(entry, decimal):
        return "a number with a comma: pass decimal=','"
    return "which is not a number: leave the column out by features=, or name it in categorical= for one input per value"


def is_date(entry: Any) -> bool:
    """Whether an entry is a date or a time.

    Parameters
    ----------
    entry : object
        Text, a number or anything else.

    Returns
    -------
    bool
        The answer.

    Examples
    --------
    >>> is_date("2020-01-31"), is_date("31-Jan-20"), is_date("may be")
    (True, True, False)
    """
    return hasattr(entry, "isoformat") or isinstance(entry, np.datetime64) or bool(DATE.fullmatch(str(entry).strip()))


def is_date_or_comma_number(entry: Any, decimal: str) -> bool:
    """Whether an entry is no label, since it is a date, or a number with a comma where a point was expected.

    Parameters
    ----------
    entry : object
        Text, a number or anything else.
    decimal : str
        The sign before the fraction in numbers.

    Returns
    -------
    bool
        The answer.
    """
    has_comma = decimal == "." and parse_number(entry, decimal) is None and parse_number(str(entry), ",") is not None
    return is_date(entry) or has_comma


def is_rounded(entry: Any, number: float) -> bool:
    """Whether a whole number was changed when it became a float.

    Parameters
    ----------
    entry : object
        The entry.
    number : float
        The number that it became.

    Returns
    -------
    bool
        True if ``entry`` is a whole number, written in digits, and not ``number``.
    """
    try:
        return int(entry) != number
    except (TypeError, ValueError, OverflowError):  # it has a point or an exponent, or is infinite: a float was meant
        return False
