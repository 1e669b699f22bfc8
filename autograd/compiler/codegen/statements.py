"""The statements of a generated function, before they become text."""

from __future__ import annotations

from typing import NamedTuple


class SourceLine(NamedTuple):
    """One line of source, without the indentation of the function, and the comment beside it."""

    code: str
    comment: str = ""


class Statement(NamedTuple):
    """The assignment of one variable.

    Attributes
    ----------
    name : str
        The variable.
    text : str
        The expression that it gets, or all lines of source if ``is_block`` is True.
    comment : str
        The comment beside its first line, for example the shape of the array.
    is_block : bool, default False
        Whether several lines of source compute the variable.
    """

    name: str
    text: str
    comment: str
    is_block: bool = False

    def to_lines(self, text: str, indent: str = "") -> list[SourceLine]:
        """Return the lines of source of this statement.

        Parameters
        ----------
        text : str
            What to write in place of ``self.text``: the same text, possibly with other variables in it.
        indent : str, default ""
            Put in front of each line.

        Returns
        -------
        list of SourceLine
            The comment stands beside the first line.
        """
        first, *more = text.split("\n") if self.is_block else [f"{self.name} = {text}"]
        return [SourceLine(indent + first, self.comment), *(SourceLine(indent + line) for line in more)]
