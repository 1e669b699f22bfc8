"""What only some nodes carry: a name, the scope and the line of the user's program that made them, hooks."""

from __future__ import annotations

import contextlib
import functools
import linecache
import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from autograd.state.hook_handles import Hooks

Location = tuple[CodeType, int]  # a code object, and the offset of an instruction in it

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What stands between the user's line and us: our own files, the methods written from rows, NumPy's dispatch, decorators.
_BETWEEN = (
    *(_FOLDER + os.sep, os.path.join(os.path.dirname(_FOLDER), "nn") + os.sep, "<written from row", "<__array_function__"),
    *(contextlib.__file__, functools.__file__),
)


class Metadata:
    """The name, scope, source location and hooks of a node, and whether its data was assigned after it was made.

    Nodes that one line of a program makes in one scope share one Metadata, until something is written to that of one of them.
    """

    __slots__ = ("edited", "hooks", "location", "name", "scope", "shared")

    def __init__(self, scope: str = "", location: Location | None = None, *, shared: bool = False) -> None:
        self.name: str | None = None
        self.edited: bool = False
        self.scope: str = scope
        self.location: Location | None = location
        self.hooks: Hooks | None = None
        self.shared: bool = shared

    def own(self) -> Metadata:
        """Return a copy that belongs to one node."""
        copy = Metadata(self.scope, self.location)
        copy.name, copy.edited = self.name, self.edited
        return copy

    __copy__ = own

    def __reduce__(self) -> tuple[Callable[..., Metadata], tuple[Any, ...]]:
        return _unpickle_metadata, (self.name, self.edited, self.scope)

    @property
    def path(self) -> str:
        """The scopes and the name, as in ``layer1/w``; "" if the node has no name."""
        return f"{self.scope}/{self.name}" if self.scope and self.name else self.name or ""


def _unpickle_metadata(name: str | None, edited: bool, scope: str) -> Metadata:
    metadata = Metadata(scope)
    metadata.name, metadata.edited = name, edited
    return metadata


@functools.cache
def is_library_file(file: str) -> bool:
    """Return whether a file belongs to this library or to code between it and the user, such as NumPy's dispatch."""
    numpy = os.path.dirname(sys.modules["numpy"].__file__ or "") + os.sep
    return file.startswith((*_BETWEEN, numpy))


def innermost_user_frame(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame of the user, from ``frame`` outwards, or None."""
    while frame is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def resolve_location(place: Location) -> tuple[str, int]:
    """Return the file and the line number of a location."""
    code, offset = place
    numbers = [line for start, end, line in code.co_lines() if start <= offset < end and line]
    return code.co_filename, numbers[0] if numbers else code.co_firstlineno


def format_location(place: Location) -> str:
    """Return a location as text: the file, the line number and the line itself.

    >>> format_location((compile("1 + 1", "sums.py", "eval"), 0))
    'sums.py:1'
    """
    file, number = resolve_location(place)
    text = linecache.getline(file, number).strip()
    near = os.path.relpath(file) if file.startswith(os.getcwd() + os.sep) else file
    return f"{near}:{number}" + (f" `{text}`" if text else "")
