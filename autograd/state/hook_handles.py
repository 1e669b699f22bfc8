"""Hooks: functions that see, and may replace, the gradient of one node in every reverse pass."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

# When the hook that is running in this thread or task was called; 0 outside of hooks.
hook_start: ContextVar[int] = ContextVar("hook_start", default=0)


class Hooks(dict[int, Callable[[Any], Any]]):
    """The hooks of one node, by the number of their handle."""

    total_count: int = 0  # how many hooks there are on all nodes: while it is zero, no walk asks

    def add(self, hook: Callable[[Any], Any]) -> Handle:
        """Add a hook and return the handle that removes it."""
        handle = Handle(self, max(self, default=-1) + 1)
        self[handle.number] = hook
        Hooks.total_count += 1
        return handle

    def remove(self, number: int) -> None:
        """Remove a hook; nothing happens if it is already gone."""
        if self.pop(number, None) is not None:
            Hooks.total_count -= 1

    def __del__(self) -> None:
        Hooks.total_count -= len(self)


class Handle:
    """A registered hook. ``remove()`` removes it; as a context manager, the end of the block does."""

    def __init__(self, hooks: Hooks, number: int) -> None:
        self._hooks = hooks
        self.number = number

    def remove(self) -> None:
        """Remove the hook. A second call does nothing."""
        self._hooks.remove(self.number)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()
