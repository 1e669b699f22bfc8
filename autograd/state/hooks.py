"""Hooks: functions that see, and may replace, the gradient of one node in every reverse pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Hooks(dict[int, Callable[[Any], Any]]):
    """The hooks of one node, by the number of their handle."""

    total_count = 0  # how many hooks there are on all nodes: while it is zero, no walk asks

    def add(self, hook: Callable[[Any], Any]) -> Handle:
        """Keep a hook; the handle removes it."""
        handle = Handle(self, max(self, default=-1) + 1)
        self[handle.number] = hook
        Hooks.total_count += 1
        return handle

    def remove(self, number: int) -> None:
        """Forget a hook; nothing happens where it is gone already."""
        if self.pop(number, None) is not None:
            Hooks.total_count -= 1

    def __del__(self) -> None:
        Hooks.total_count -= len(self)


class Handle:
    """What register_hook returns: ``remove()`` takes the hook away again; as a context manager, at the end of the block."""

    def __init__(self, hooks: Hooks, number: int) -> None:
        self._hooks = hooks
        self.number = number

    def remove(self) -> None:
        """Take the hook away; a second call changes nothing."""
        self._hooks.remove(self.number)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()
