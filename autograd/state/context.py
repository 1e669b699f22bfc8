"""The blocks that change how operations are recorded, per thread and per task: no_grad, scope, anomaly. And the nodes' clock.

``special`` counts the blocks that are open anywhere; while it is zero the operators look no further. ``clock`` ticks for every
walk and every run of a transform: a node is stamped with it when it is made and when it is visited, so that a node stamped before
a run began was certainly not made by that run.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any, Self

from autograd.errors import DataError, GraphError
from autograd.state.engine import native
from autograd.state.metadata import Metadata, innermost_user_frame, is_library_file

open_block_count = 0
clock = 1
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
        self.recording = recording
        self.transform_start = transform_start  # when the outermost transform that is running began; 0 outside all
        self.blocks = blocks
        self.tracer = tracer  # what notes who looks at numbers, while compile() watches a function
        self.scope = scope
        self.anomaly = anomaly  # whether to look for nan and inf
        self.records_lines = records_lines  # whether nodes note the line that made them
        self.is_simple = (
            recording and not anomaly and not records_lines and tracer is None
        )  # whether nothing but a scope is asked for
        self.metadata = Metadata(scope, shared=True) if scope else None
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
current = state_variable.get


def _change_open_block_count(change: int) -> None:
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


@contextmanager
def force_recording(transform_start: int) -> Iterator[None]:
    """A block in which a transform, which began at ``transform_start``, runs its function: recorded even inside no_grad."""
    state = state_variable.get()
    # a block of its own, where there is something to undo, so that blocks which close inside it leave it in force
    blocks = state.blocks if state.recording else (*state.blocks, _RECORDED)
    token = state_variable.set(
        state.replace(recording=True, transform_start=state.transform_start or transform_start, blocks=blocks)
    )
    try:
        yield
    finally:
        state_variable.reset(token)


@contextmanager
def suspend_anomaly_checks() -> Iterator[None]:
    """A block in which anomaly() does not check."""
    token = state_variable.set(state_variable.get().replace(anomaly=False))
    try:
        yield
    finally:
        state_variable.reset(token)


class Block(ContextDecorator):
    """A block, or a decorated function, inside which the state of the thread or task is another.

    The open blocks of a context form a list, so that one object may be open in several of them, and a block that a generator left
    open can be closed in any order.
    """

    def _apply(self, state: State) -> State:
        raise NotImplementedError

    def __enter__(self) -> Self:
        _set_open_blocks((*state_variable.get().blocks, self))
        _change_open_block_count(+1)
        return self

    def __exit__(self, *error: object) -> None:
        _change_open_block_count(-1)
        blocks = list(state_variable.get().blocks)
        if self in blocks:  # and not closed by another thread or task than the one that opened it
            del blocks[len(blocks) - 1 - blocks[::-1].index(self)]
            _set_open_blocks(tuple(blocks))

    def __call__(self, function: Any) -> Any:
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise DataError(
                f"@{type(self).__name__} on {function.__name__}: the block would close before a generator or an async function "
                f"runs: open it inside, as in `with {type(self).__name__}(…):`"
            )
        return super().__call__(function)


def _set_open_blocks(blocks: tuple[Any, ...]) -> None:
    """Set the open blocks of the current context."""
    state = State(transform_start=state_variable.get().transform_start, blocks=blocks)
    for block in blocks:
        state = block._apply(state)
    state_variable.set(state)


class tracing(Block):  # noqa: N801 - as below
    """A block inside which ``tracer`` records every read of a node's numbers."""

    def __init__(self, tracer: Any) -> None:
        self.tracer = tracer

    def _apply(self, state: State) -> State:
        return state.replace(tracer=self.tracer, recording=True)


class no_grad(Block):  # noqa: N801 - a verb, as in PyTorch
    """A context manager and decorator inside which operations are not recorded; their results are constants.

    Only the current thread and task are affected.

    Raises
    ------
    GraphError
        Inside a compiled function.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(2.0)
    >>> with no_grad():
    ...     b = a * a
    >>> b.data, b.is_leaf, (a * a).is_leaf
    (4.0, True, False)
    """

    def _apply(self, state: State) -> State:
        if state.tracer is not None:
            raise GraphError("no_grad() inside a compiled function would hide what it computes: use stop_gradient() there")
        return state.replace(recording=False)


class _Recorded(Block):
    """Undoes a no_grad around a transform."""

    def _apply(self, state: State) -> State:
        return state.replace(recording=True)


_RECORDED = _Recorded()


class scope(Block):  # noqa: N801 - a verb, as in no_grad
    """A context manager and decorator that adds a prefix to the names of nodes in errors, reports and pictures. Scopes nest.

    Parameters
    ----------
    name : str
        The prefix.

    Raises
    ------
    DataError
        If ``name`` is not a string or is empty.

    Examples
    --------
    >>> from autograd import Value
    >>> with scope("layer1"), scope("neuron2"):
    ...     z = Value(1.0, name="w") * 3.0
    >>> z.scope, z.parents[0].path
    ('layer1/neuron2', 'layer1/neuron2/w')
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise DataError(f"scope() takes a name, such as scope('layer1'), not {name!r}")
        self.name = name

    def _apply(self, state: State) -> State:
        return state.replace(scope=f"{state.scope}/{self.name}" if state.scope else self.name)


class record_lines(Block):  # noqa: N801 - as above
    """A context manager inside which every node stores the source line that made it, for reports.

    Examples
    --------
    >>> from autograd import Value
    >>> with record_lines():
    ...     Value(1.0).line.partition(":")[0]
    '<doctest autograd.state.context.record_lines[1]>'
    """

    def _apply(self, state: State) -> State:
        return state.replace(records_lines=True)


class anomaly(Block):  # noqa: N801 - as above
    """A context manager and decorator inside which the first operation that makes a nan or an inf raises AnomalyError.

    Forward and backward passes are checked. The error names the operation, the node and the line of the program. The forward
    pass must run inside the block, too: nodes that were made outside have no line. An infinity among the inputs raises no error.

    Raises
    ------
    AnomalyError
        If an operation or a derivative makes a nan, or an infinity from finite numbers.

    Examples
    --------
    >>> from autograd import Value, log
    >>> with anomaly():
    ...     log(Value(0.0, name="p"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    autograd.errors.AnomalyError: log made -inf of 'p' = 0.0, at ...
    """

    def _apply(self, state: State) -> State:
        return state.replace(anomaly=True, records_lines=True)
