"""Masks of Dropout that are drawn before a pass, so that a compiled step can take them as inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from autograd import GraphError


class MaskRequest(NamedTuple):
    """A mask that a pass needs.

    Attributes
    ----------
    module : object
        The module that asks for it.
    shape : tuple of int
        Its shape.
    dtype : numpy.dtype
        Its type.
    """

    module: Any
    shape: tuple[int, ...]
    dtype: Any


class _Recorder:
    """It lists the masks that a pass asks for, and gives the number 1 in place of each."""

    def __init__(self) -> None:
        self.requests: list[MaskRequest] = []

    def take(self, request: MaskRequest) -> Any:
        self.requests.append(request)
        return 1.0


class _Supply:
    """It gives masks out in their order."""

    def __init__(self, masks: Sequence[Any]) -> None:
        self.masks = list(masks)

    def take(self, request: MaskRequest) -> Any:
        if not self.masks:
            raise GraphError("Dropout was called more often than in the first pass: train with compiled=False")
        mask = self.masks.pop(0)
        if mask.shape != request.shape:
            raise GraphError(
                f"Dropout needs a mask of shape {request.shape} where the first pass needed {mask.shape}: train with compiled=False"
            )
        return mask


_source: ContextVar[_Recorder | _Supply | None] = ContextVar("dropout_masks", default=None)


def given_mask(request: MaskRequest) -> Any:
    """Return the mask that is given for a call of Dropout.

    Parameters
    ----------
    request : MaskRequest
        What is needed.

    Returns
    -------
    Tensor, float or None
        The mask; None if the module is to draw one.
    """
    source = _source.get()
    return None if source is None else source.take(request)


@contextmanager
def recorded_requests() -> Iterator[list[MaskRequest]]:
    """List the masks that passes inside the ``with`` block need, and draw none.

    Examples
    --------
    >>> import nn, numpy as np
    >>> with recorded_requests() as requests:
    ...     y = nn.Dropout(0.5)(np.ones((2, 3)))
    >>> [request.shape for request in requests], y.data.sum()
    ([(2, 3)], np.float64(6.0))
    """
    recorder = _Recorder()
    token = _source.set(recorder)
    try:
        yield recorder.requests
    finally:
        _source.reset(token)


@contextmanager
def supplied_masks(masks: Sequence[Any]) -> Iterator[None]:
    """Give masks to the calls of Dropout inside the ``with`` block, in their order.

    Parameters
    ----------
    masks : sequence of Tensor or ndarray
        The masks.
    """
    token = _source.set(_Supply(masks))
    try:
        yield
    finally:
        _source.reset(token)
