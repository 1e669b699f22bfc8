"""Integers that change regularly from iteration to iteration, as functions of the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Steps(NamedTuple):
    """The integer ``start + step * k + growth * k * (k - 1) // 2`` in iteration ``k``.

    The step grows with each iteration where a triangle is stored row by row: its rows begin at 0, 1, 3, 6, and so on.
    """

    start: int
    step: int = 0
    growth: int = 0

    def at(self, k: int) -> int:
        """Return the integer of an iteration."""
        return self.start + self.step * k + self.growth * k * (k - 1) // 2

    def write(self, counter: str) -> str:
        """Return the code of the integer.

        Examples
        --------
        >>> [Steps(*x).write("k") for x in ((3, 0), (0, 1), (3, 1), (-1, 1), (5, -1), (0, 2), (4, -2), (-2, 3))]
        ['3', 'k', 'k + 3', 'k - 1', '5 - k', '2 * k', '4 - 2 * k', '3 * k - 2']
        >>> [Steps(*x).write("k") for x in ((0, 1, 1), (0, 0, 1), (9, -3, 2), (9, 1, -1))]
        ['k + k * (k - 1) // 2', 'k * (k - 1) // 2', 'k * (k - 1) + 9 - 3 * k', 'k + 9 - k * (k - 1) // 2']
        """
        squares, rest = divmod(self.growth, 2)
        factors = [(squares if not rest else self.growth, f"{counter} * ({counter} - 1){' // 2' if rest else ''}")]
        terms = [(self.step, counter), *factors, (self.start, "")]
        present = sorted((term for term in terms if term[0]), key=lambda term: term[0] < 0)
        code = ""
        for factor, text in present:
            size = str(abs(factor)) if not text or abs(factor) != 1 else ""
            term = " * ".join(part for part in (size, text) if part)
            if code:
                code += f" {'+' if factor > 0 else '-'} {term}"
            else:
                code = term if factor > 0 else f"-{term}"
        return code or "0"


def fit(values: Sequence[int]) -> Steps:
    """Return the simplest steps from the second value on; the first one may be an exception.

    Parameters
    ----------
    values : sequence of int
        At least four values.

    Returns
    -------
    Steps
        With equal steps if the values have them; else with steps that grow evenly through the second, third and fourth value.
    """
    step = values[2] - values[1]
    growth = values[3] - values[2] - step
    first_step = step - growth
    return Steps(values[1] - first_step, first_step, growth)
