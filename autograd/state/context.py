"""How operations are recorded now: the state of each thread and task, which blocks change, and the nodes' clock.

``open_block_count`` counts the blocks that are open anywhere; while it is zero the operators look no further. ``clock`` ticks for
every walk and every run of a transform: a node is stamped with it when it is made and when it is visited, so that a node stamped
before a run began was certainly not made by that run.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any

from autograd.state.engine import native
from autograd.state.metadata import Metadata, innermost_user_frame, is_library_file

open_block_count: int = 0
clock: int = 1
_counting = threading.Lock()


class State:
    """What the open blocks of one thread or task ask for."""

    __slots__ = (
        "_frame",
        "_generator",
        "_metadata",
        "_metadata_by_place",
        "anomaly",
        "blocks",
        "created",
        "is_simple",
        "metadata",
        "recording",
        "records_lines",
        "scope",
        "tracer",
        "transform_start",
    )

    def __init__(
        self,
        recording: bool = True,
        scope: str = "",
        anomaly: bool = False,
        records_lines: bool = False,
        transform_start: int = 0,
        blocks: tuple[Any, ...] = (),
        tracer: Any = None,
    ) -> None:
        self.recording: bool = recording
        self.transform_start: int = transform_start  # when the outermost transform that is running began; 0 outside all
        self.blocks: tuple[Any, ...] = blocks
        self.tracer: Any = tracer  # what notes who looks at numbers, while compile() watches a function
        self.scope: str = scope
        self.anomaly: bool = anomaly  # whether to look for nan and inf
        self.records_lines: bool = records_lines  # whether nodes note the line that made them
        # Whether no more is asked for than the names of a scope, and a list of the nodes that are made.
        self.is_simple: bool = recording and not anomaly and not records_lines
        self.created: Any = None if tracer is None else tracer.created
        self.metadata: Metadata | None = Metadata(scope, shared=True) if scope else None
        self._metadata_by_place: dict[tuple[int, int], Metadata] = {}
        # A frame of ours that made a node, or whose generator did, and the metadata: while it runs, the program behind it waits.
        self._frame: FrameType | None = None
        self._generator: CodeType | None = None
        self._metadata: Metadata | None = None

    def replace(self, **changes: Any) -> State:
        """Return a copy with some attributes changed."""
        now = {
            name: getattr(self, name)
            for name in ("recording", "scope", "anomaly", "records_lines", "transform_start", "blocks", "tracer")
        }
        return State(**{**now, **changes})

    def metadata_for(self, frame: FrameType | None) -> Metadata | None:
        """Return the metadata for nodes that ``frame`` makes: one for each place in the user's program if lines are recorded."""
        if not self.records_lines or frame is None:
            return self.metadata
        if frame is self._frame or (frame.f_code is self._generator and frame.f_back is self._frame):
            return self._metadata
        code = frame.f_code
        if not is_library_file(code.co_filename):
            return self._metadata_at(frame)
        generator = code.co_flags & inspect.CO_GENERATOR  # it may be resumed from elsewhere: whoever resumes it stands still
        self._frame, self._generator = (frame.f_back, code) if generator else (frame, self._generator)
        self._metadata = self._metadata_at(innermost_user_frame(frame))
        return self._metadata

    def forget_frame(self) -> None:
        """Let go of the frame that made the last node, and with it of its local variables."""
        self._frame = self._generator = self._metadata = None

    def _metadata_at(self, frame: FrameType | None) -> Metadata | None:
        """Return the metadata for the place at which a frame of the user stands."""
        if frame is None:
            return self.metadata
        code, offset = frame.f_code, frame.f_lasti
        key = (id(code), offset)
        if key not in self._metadata_by_place:
            self._metadata_by_place[key] = Metadata(
                self.scope, (code, offset), shared=True
            )  # it keeps the code, so that its id stays its own
        return self._metadata_by_place[key]


DEFAULT_STATE = State()
state_variable: ContextVar[State] = ContextVar("state", default=DEFAULT_STATE)
current: Callable[[], State] = state_variable.get


def change_open_block_count(change: int) -> None:
    """Count a block that opens (+1) or closes (-1)."""
    global open_block_count
    with _counting:
        open_block_count += change
        _update_native_engine()


def tick() -> int:
    """Advance the clock and return its value."""
    global clock
    with _counting:
        clock += 1
        _update_native_engine()
        return clock


def _update_native_engine() -> None:
    """Give the native engine the values that it needs for every node that it makes."""
    if native is not None:
        native.mirror(open_block_count, clock)


_update_native_engine()


def recording() -> bool:
    """Return whether operations of this thread and task are recorded."""
    return not open_block_count or state_variable.get().recording


def metadata_here() -> Metadata | None:
    """Return the metadata for a node that is made by the caller's caller."""
    return state_variable.get().metadata_for(sys._getframe(2)) if open_block_count else None


def note_created(node: Any) -> None:
    """Tell the tracer, if there is one, that a node was made."""
    created = state_variable.get().created
    if created is not None:
        created.append(node)
