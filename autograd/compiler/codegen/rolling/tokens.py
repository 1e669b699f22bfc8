"""Lines of source as tokens: what may differ from one iteration of a loop to the next, and the text between."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

VARIABLE, INTEGER, NUMBER, TEXT = "variable", "integer", "number", "text"

PATTERN = re.compile(
    r"""(?P<string>'[^']*')
    |(?P<attribute>\.[A-Za-z_]\w*)
    |(?P<keyword>[A-Za-z_]\w*(?==(?!=)))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<digits>(?:\d+\.\d*|\d+)(?:e[+-]?\d+)?)
    |(?P<other>.)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A variable, an integer, another number, or text between them.

    Attributes
    ----------
    kind : str
        VARIABLE, INTEGER, NUMBER or TEXT.
    text : str
    """

    kind: str
    text: str


def split_tokens(code: str, variables: Collection[str]) -> list[Token]:
    """Split code into tokens.

    Parameters
    ----------
    code : str
    variables : collection of str
        The names that are variables. All others are text, such as the names of functions and keywords.

    Returns
    -------
    list of Token

    Examples
    --------
    >>> [token.text for token in split_tokens("T2 = x[1:3].sum(axis=0)", ["T2", "x"])]
    ['T2', ' = ', 'x', '[', '1', ':', '3', '].sum(axis=', '0', ')']
    """
    tokens: list[Token] = []
    text = ""
    for match in PATTERN.finditer(code):
        part = match.group()
        kind = TEXT
        if match.lastgroup == "digits":
            kind = INTEGER if part.isdigit() else NUMBER
        elif match.lastgroup == "name" and part in variables:
            kind = VARIABLE
        if kind == TEXT:
            text += part
            continue
        if text:
            tokens.append(Token(TEXT, text))
            text = ""
        tokens.append(Token(kind, part))
    return [*tokens, Token(TEXT, text)] if text else tokens


def find_target(code: str) -> str:
    """Return the variable that a line assigns; "" if it assigns none, or only a part of one.

    Examples
    --------
    >>> find_target("T2 = x + 1.0"), find_target("dx[2:3] += T2")
    ('T2', '')
    """
    match = re.match(r"([A-Za-z_]\w*) = ", code)
    return match.group(1) if match else ""
