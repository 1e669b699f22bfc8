"""Variables of all iterations of a loop in one list, or, if no other iteration reads them, as one variable."""

from __future__ import annotations

import re


class Family:
    """Variables or constants that iterations read at consecutive places.

    Parameters
    ----------
    members : dict of int to str
        The names by their places; of numbers their literals.
    is_table : bool, default False
        Whether the members are constants: parameters of the function, or numbers.

    Attributes
    ----------
    is_list : bool
        Whether a member is read at another place than in the iteration that assigns it.
    name : str
        The variable of the list.
    """

    def __init__(self, members: dict[int, str], is_table: bool = False) -> None:
        self.members = members
        self.is_table = is_table
        self.is_list = is_table
        self.name = ""

    @property
    def first(self) -> int:
        """The lowest place, which is entry 0 of the list."""
        return min(self.members)

    @property
    def length(self) -> int:
        """The number of entries of the list."""
        return max(self.members) - self.first + 1

    @property
    def stem(self) -> str:
        """The letters of the first variable of a loop."""
        stem = re.sub(r"[\d_]+$", "", self.members[0])
        return stem if stem.isidentifier() else "c"

    @property
    def replaced(self) -> list[str]:
        """The members whose names are not written any more."""
        return [name for place, name in self.members.items() if self.is_list or place != 0]

    def list_members(self) -> list[str]:
        """Return the member of each entry of the list; for a place that nobody reads another one."""
        return [self.members.get(self.first + k, self.members[self.first]) for k in range(self.length)]

    def write_entry(self, place: int) -> str:
        """Return the code of the member at a place, or of the variable that holds all of them in turn."""
        return f"{self.name}[{place - self.first}]" if self.is_list else self.name
