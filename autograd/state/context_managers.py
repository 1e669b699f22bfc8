"""The blocks that change how operations are recorded: no_grad, scope and anomaly, and those that the library opens itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from typing import Any, Self

from autograd.errors import DataError, GraphError
from autograd.state import context


class force_recording:  # noqa: N801 - as below
    """A block in which a transform, which began at ``transform_start``, runs its function: recorded even inside no_grad."""

    def __init__(self, transform_start: int) -> None:
        self.transform_start = transform_start

    def __enter__(self) -> None:
        state = context.current()
        if not state.recording:
            # a block of its own, where there is something to undo, so that blocks which close inside it leave it in force
            state = state.replace(recording=True, blocks=(*state.blocks, _RECORDED))
        if not state.transform_start:
            state = state.replace(transform_start=self.transform_start)
        self._token = context.state_variable.set(state)

    def __exit__(self, *error: object) -> None:
        context.state_variable.reset(self._token)


@contextmanager
def suspend_anomaly_checks() -> Iterator[None]:
    """A block in which anomaly() does not check."""
    token = context.state_variable.set(context.current().replace(anomaly=False))
    try:
        yield
    finally:
        context.state_variable.reset(token)


class Block(ContextDecorator):
    """A block, or a decorated function, inside which the state of the thread or task is another.

    The open blocks of a context form a list, so that one object may be open in several of them, and a block that a generator left
    open can be closed in any order.
    """

    def _apply(self, state: context.State) -> context.State:
        raise NotImplementedError

    def __enter__(self) -> Self:
        _set_open_blocks((*context.current().blocks, self))
        context.change_open_block_count(+1)
        return self

    def __exit__(self, *error: object) -> None:
        context.change_open_block_count(-1)
        blocks = list(context.current().blocks)
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
    state = context.State(transform_start=context.current().transform_start, blocks=blocks)
    for block in blocks:
        state = block._apply(state)
    context.state_variable.set(state)


class tracing(Block):  # noqa: N801 - as below
    """A block inside which ``tracer`` records every read of a node's numbers."""

    def __init__(self, tracer: Any) -> None:
        self.tracer = tracer

    def _apply(self, state: context.State) -> context.State:
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

    def _apply(self, state: context.State) -> context.State:
        if state.tracer is not None:
            raise GraphError("no_grad() inside a compiled function would hide what it computes: use stop_gradient() there")
        return state.replace(recording=False)


class _Recorded(Block):
    """Undoes a no_grad around a transform."""

    def _apply(self, state: context.State) -> context.State:
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

    def _apply(self, state: context.State) -> context.State:
        return state.replace(scope=f"{state.scope}/{self.name}" if state.scope else self.name)


class record_lines(Block):  # noqa: N801 - as above
    """A context manager inside which every node stores the source line that made it, for reports.

    Examples
    --------
    >>> from autograd import Value
    >>> with record_lines():
    ...     Value(1.0).line.partition(":")[0]
    '<doctest autograd.state.context_managers.record_lines[1]>'
    """

    def _apply(self, state: context.State) -> context.State:
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

    def _apply(self, state: context.State) -> context.State:
        return state.replace(anomaly=True, records_lines=True)
