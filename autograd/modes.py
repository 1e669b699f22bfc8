"""no_grad, which changes how operations are recorded, per thread and per task; and the clock that stamps the nodes.

``special`` counts the blocks that are open anywhere; while it is zero the operators look no further. ``clock`` ticks for every
walk and every run of a transform: a node is stamped with it when it is made and when it is visited, so that a node stamped before
a run began was certainly not made by that run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar, Token
from typing import Any

special = 0
clock = 1
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_counting = threading.Lock()


def _count(change: int) -> None:
    global special
    with _counting:
        special += change


def tick() -> int:
    """The next value of the clock."""
    global clock
    with _counting:
        clock += 1
        return clock


def recording() -> bool:
    """Whether operations of this thread and task are recorded."""
    return not special or _recording.get()


@contextmanager
def recorded() -> Iterator[None]:
    """A block that is recorded even inside no_grad: a transform differentiates the function it is given."""
    token = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(token)


class no_grad(ContextDecorator):  # noqa: N801 - a verb, as in PyTorch
    """A block, or a function, whose operations are not recorded: their results are constants. Other threads are not affected.

    >>> from autograd import Value
    >>> a = Value(2.0)
    >>> with no_grad():
    ...     b = a * a
    >>> b.data, b.is_leaf, (a * a).is_leaf
    (4.0, True, False)
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def _recreate_cm(self) -> no_grad:
        return no_grad()  # a decorated function may run in several threads at once

    def __enter__(self) -> None:
        self._tokens.append(_recording.set(False))
        _count(+1)

    def __exit__(self, *error: Any) -> None:
        _count(-1)
        _recording.reset(self._tokens.pop())
