"""Successive halving: many settings with a small budget, and the best of them with larger ones."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd import SettingError
from nn.input_checks import positive_integer


class Round(NamedTuple):
    """A round of a search.

    Attributes
    ----------
    size : int
        The number of settings that are tried.
    budget : int or None
        Their budget; None without halving.
    """

    size: int
    budget: int | None


class Halving(NamedTuple):
    """The setting that is the budget, and its bounds.

    Attributes
    ----------
    name : str
        The name of the setting, such as "epochs".
    low, high : int
        The budget of the first round, and the largest one.
    factor : int
        By what the number of settings is divided, and the budget multiplied, from round to round.
    """

    name: str
    low: int
    high: int
    factor: int

    def rounds(self, count: int) -> list[Round]:
        """Return the rounds of a search.

        Parameters
        ----------
        count : int
            The number of settings in the first round.

        Returns
        -------
        list of Round
            The rounds. They end before the budget would exceed its bound, or when fewer settings than ``factor`` are left.

        References
        ----------
        K. Jamieson and A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization" (2016). The rounds
        are those of scikit-learn's HalvingGridSearchCV.

        Examples
        --------
        >>> [tuple(r) for r in Halving("epochs", 1, 20, 3).rounds(10)]
        [(10, 1), (4, 3), (2, 9)]
        """
        rounds, remaining, budget = [Round(count, self.low)], count, self.low
        while remaining >= self.factor and budget * self.factor <= self.high:
            remaining, budget = remaining // self.factor, budget * self.factor
            rounds.append(Round(-(-rounds[-1].size // self.factor), budget))
        return rounds


def as_halving(halving: Any, factor: int, names: Any) -> Halving | None:
    """Return the argument ``halving`` of :func:`nn.tune`, checked.

    Parameters
    ----------
    halving : (str, int, int) or None
        The name of the setting, and its bounds.
    factor : int
        The factor.
    names : collection of str
        The names of the settings in the space.

    Returns
    -------
    Halving or None
        The budget; None if there is none.

    Raises
    ------
    SettingError
        If ``halving`` is something else, its name is in the space too, or ``factor`` is not an integer of at least 2.

    Examples
    --------
    >>> as_halving(("epochs", 1, 9), 3, ["lr"])
    Halving(name='epochs', low=1, high=9, factor=3)
    """
    if positive_integer("tune(): factor", factor) < 2:
        raise SettingError(f"tune(): factor must be at least 2, not {factor}: each round divides the number of settings by it")
    if halving is None:
        return None
    if not isinstance(halving, tuple | list) or len(halving) != 3 or not isinstance(halving[0], str):
        raise SettingError(f"tune(): halving takes a setting and its bounds, as in ('epochs', 1, 27), not {halving!r}")
    name, low, high = halving[0], *(positive_integer(f"tune(): a bound of {halving[0]!r}", x) for x in halving[1:])
    if low * factor > high:
        raise SettingError(
            f"tune(): halving from {low} to {high} {name} has only one round, since {low} · {factor} > {high}: give wider bounds, "
            f"or a smaller factor="
        )
    if name in names:
        raise SettingError(f"tune(): {name!r} is the budget of halving=, and cannot be in the space too: leave it out there")
    return Halving(name, low, high, factor)
