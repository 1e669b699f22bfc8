"""The options of ``compile``, checked when the function is compiled and not at its first call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.coercion import describe
from autograd.errors import SettingError
from autograd.transforms.arguments import validate_argnums


@dataclass
class CompileOptions:
    """How a function is compiled.

    Parameters
    ----------
    in_axes : int, None, or a sequence of these
        0 for arguments that are batched along their first axis, None for others. A single None means that there is no batch.
    argnums : int or sequence of int
        The positional arguments with respect to which to differentiate.
    exact : bool
        Whether to replay the traced graph, which gives the function's own results bit for bit.
    xp : module, optional
        An array library other than NumPy, such as ``jax.numpy``.
    buffers : bool
        Whether to write results of ufuncs into memory that the program keeps, by ``out=``.
    limit : int
        The largest number of nodes that one run of the function may record.
    tensors : bool
        Whether arrays reach the function as Tensors instead of object arrays of Values.

    Raises
    ------
    SettingError
        If an option has a value that it cannot have, or if two options contradict each other.
    """

    in_axes: int | Sequence[int | None] | None
    argnums: int | Sequence[int]
    exact: bool
    xp: Any
    buffers: bool
    limit: int
    tensors: bool

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise SettingError(f"compile(): limit must be a positive integer, not {self.limit!r}")
        validate_argnums("compile()", self.argnums)
        self._check_in_axes()
        self._check_combinations()

    def _check_in_axes(self) -> None:
        is_one_axis = self.in_axes is None or isinstance(self.in_axes, int)
        axes: Any = (self.in_axes,) if is_one_axis else self.in_axes
        if not isinstance(axes, tuple | list) or not all(_is_axis(axis) for axis in axes):
            raise SettingError(f"compile(): in_axes must be 0, None, or a tuple of these, one per argument, not {self.in_axes!r}")

    def _check_combinations(self) -> None:
        if self.exact and (self.xp is not None or self.in_axes is not None or self.buffers):
            raise SettingError(
                "compile(): exact=True replays the operations of the function itself, so it excludes in_axes, xp and buffers"
            )
        if self.xp is not None and not (hasattr(self.xp, "matmul") and hasattr(self.xp, "where")):
            raise SettingError(f"compile(): xp must be an array library, such as jax.numpy, not {describe(self.xp)}")
        if self.buffers and self.xp is not None:
            raise SettingError("compile(): buffers=True writes with NumPy's out=, which xp does not have: leave out one of the two")

    @property
    def allows_replay(self) -> bool:
        """Whether the traced graph may be replayed: a replay computes in NumPy, and one sample at a time."""
        return self.xp is None and self.in_axes is None

    @property
    def allows_tape(self) -> bool:
        """Whether numbers may be computed one by one in C: a tape is not a program of NumPy or of another array library."""
        return self.xp is None and not self.buffers


def _is_axis(axis: Any) -> bool:
    return axis is None or (axis == 0 and not isinstance(axis, bool))
