"""Entries of a table: which are numbers, which are missing, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

# How a missing entry is written. "?" is the sign of the UCI repository; the others are those of R, pandas and databases.
MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
TRUTHS = {"true", "false"}
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# Dates as in 2020-01-31, 31-1-2020, 31.1.2020, 31-Jan-2020 and Jan 31, 2020, quarters and months as in 2020Q1, 2020:1 and 2020M12,
# and times as in 12:30.
DATE = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2}([ T].*)?)?|\d{1,2}-\d{1,2}-\d{4}( .*)?|\d{1,4}[./]\d{1,2}[./]\d{1,4}( .*)?|\d{1,2}:\d{2}(:\d{2})?"
    r"|\d{4}[ -]?Q[1-4]|\d{4}:\d{1,2}|\d{4}M\d{1,2}"
    rf"|\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH}[ -]\d{{1,2}},?[ -]\d{{2,4}}",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"[+-]?\d{1,3}((,\d{3}){2,}|(,\d{3})+\.\d+|( \d{3})+|('\d{3})+)")  # as in 1,234,567 and 1,234.5
WITH_UNIT = re.compile(r"[$€£] *[+-]?[\d.,]+|[+-]?[\d.,]+ *[%€$£]")  # as in $ 12.5 and 12 %
MINUS_SIGNS = ("\N{MINUS SIGN}", "\N{EN DASH}")  # what typesetting makes of a hyphen before a number
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
    if text.startswith(MINUS_SIGNS):
        text = f"-{text[1:]}"
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


def advice_for(entry: Any, decimal: str, names: Sequence[int | str], texts: Sequence[int | str]) -> str:
    """Return what an entry is that is not a number, and what to do, for an error message.

    Parameters
    ----------
    entry : object
        The entry.
    decimal : str
        The sign before the fraction in numbers.
    names, texts : sequence of str or int
        All columns that hold entries which are not numbers, and those among them that hold labels.

    Returns
    -------
    str
        The end of a sentence that begins with "the column holds".
    """
    text = str(entry).strip()
    if is_date(entry):
        return f"a date: pass exclude={names}, or turn it into numbers, such as days since a day of your choice"
    if THOUSANDS.fullmatch(text):
        return "a number with signs between the thousands: remove these from the file"
    if _has_comma(entry, decimal):
        return "a number with a comma: pass decimal=',', or remove the comma from the file if it only separates thousands"
    if WITH_UNIT.fullmatch(text):
        return "a number with a unit: remove the unit from the file"
    categories = f", or categorical={texts} for one input per value" if texts else ""
    return f"which is not a number: pass exclude={names} to leave it out{categories}"


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


def is_no_label(entry: Any, decimal: str) -> bool:
    """Whether an entry is neither a number nor a label: it is a date, or a number that is written in another way.

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

    Examples
    --------
    >>> is_no_label("1,5", "."), is_no_label("$ 3", "."), is_no_label("1,234.5", "."), is_no_label("cat", ".")
    (True, True, True, False)
    """
    if parse_number(entry, decimal) is not None:
        return False
    text = str(entry).strip()
    return is_date(entry) or _has_comma(entry, decimal) or any(form.fullmatch(text) for form in (THOUSANDS, WITH_UNIT))


def _has_comma(entry: Any, decimal: str) -> bool:
    """Whether an entry is a number with a comma where a point was expected."""
    return decimal == "." and parse_number(entry, decimal) is None and parse_number(str(entry), ",") is not None


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
