"""Hypothesis strategies for Values, Tensors, and random differentiable programs.

Programs shrink to few lines on small round inputs, and print as Python that can be pasted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import SettingError
from autograd.ops import TABLE, Elementwise
from autograd.testing.program import Program
from autograd.testing.program_draft import ProgramDraft
from autograd.testing.search.argument_specs import Array, Real
from autograd.testing.search.point_strategies import lists_from, points, sampled_from

# The shapes that tensors() draws from if it is given no dimensions.
ANY_SHAPE: tuple[tuple[str, ...], ...] = (("n",), ("n", "m"), (), ("n", "m", "k"))

# The inputs of programs: their number, axes and lengths, in the order of shrinking. Length 1 is there for broadcasting, and 2 and 3
# so that lengths differ. Larger inputs show no more and are harder to read.
INPUT_COUNTS = (1, 2, 3)
AXIS_COUNTS = (1, 2)
LENGTHS = (2, 3, 1)

# The entries of inputs: of size 1, of both signs, and exact in binary. Entry i of an array is moved by i times SPACING, so that
# equal numbers do not tie. Different ones, which differ by at least 0.25, can tie only if they are 4 places apart; doubled, 2.
NUMBERS = (0.5, 1.5, -0.75, 2.0, 0.25, -1.25, 3.0)
SPACING = 0.0625

# After each line a program ends with probability 1/8, so 39 % of the programs reach 8 lines. With twice the probability, 13 % do.
CONTINUE = tuple(range(8))

# The operations at the front of the list, to which failures shrink.
SIMPLE_OPS = ("add", "multiply", "subtract", "sin", "tanh", "exp", "square", "divide")


def values(low: float = -np.inf, high: float = np.inf) -> st.SearchStrategy[Value]:
    """Return a strategy for Values.

    Parameters
    ----------
    low, high : float
        The bounds, both included. Default: all finite numbers.

    Returns
    -------
    hypothesis.strategies.SearchStrategy
        It draws ordinary numbers, zeros, the bounds, and magnitudes from 10⁻¹² to 10⁶.

    Raises
    ------
    SettingError
        If ``low`` is not less than ``high``, or a bound is nan.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(values(1.0, 2.0), lambda v: True)
    Value(data=1.0, grad=0.0)
    """
    return points({"x": Real(low, high)}).map(lambda point: Value(point["x"]))  # type: ignore[no-any-return]


@st.composite
def tensors(draw: Any, *dims: str | int, low: float = -np.inf, high: float = np.inf) -> Tensor:
    """Return a strategy for Tensors.

    Parameters
    ----------
    *dims : str or int
        The dimensions, as in :class:`Array`. Default: any shape of up to three axes.
    low, high : float
        The bounds of the entries, both included. Default: all finite numbers.

    Returns
    -------
    hypothesis.strategies.SearchStrategy
        It draws the same numbers as :func:`values`, and empty arrays, ties and memory layouts besides.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(tensors("n", 2), lambda t: t.shape[0] > 1).shape
    (2, 2)
    """
    shape = dims or draw(st.sampled_from(ANY_SHAPE))
    return Tensor(draw(points({"x": Array(*shape, low=low, high=high)}))["x"])


def programs(
    *, scalar: bool = False, most: int = 8, ops: Sequence[str] | None = None, smooth: bool = True
) -> st.SearchStrategy[Program]:
    """Return a strategy for random differentiable programs.

    The lines of a program share parts. Programs of arrays have broadcasting, reductions, products and reordered entries.

    Parameters
    ----------
    scalar : bool
        Whether to make programs of floats, for Values, instead of arrays, for Tensors. Default: False.
    most : int
        The largest number of lines. Default: 8.
    ops : sequence of str, optional
        The elementwise operations to choose from, including those made by ``define()``. Default: all without settings.
    smooth : bool
        Whether to stay away from kinks, ties and the edges of domains. Default: True.

    Returns
    -------
    hypothesis.strategies.SearchStrategy
        It draws :class:`Program` objects. All numbers in a program are less than 1000 in magnitude.

    Raises
    ------
    SettingError
        If ``ops`` has a name that is not an elementwise operation of the table.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(programs(), lambda program: "matmul" in program.ops).ops[-1]
    'matmul'
    """
    for name in ops or ():
        if not isinstance(TABLE.get(name), Elementwise):
            raise SettingError(f"programs(): {name!r} is not an elementwise operation of the table: see python -m autograd.ops")
    return _draw_program(scalar, most, tuple(ops or _default_ops()), smooth)


def _default_ops() -> list[str]:
    """Return the elementwise operations without settings, the simplest first."""
    rows = [op for op in TABLE.values() if isinstance(op, Elementwise) and not op.library]
    without_settings = [op for op in rows if not op.f.__code__.co_kwonlyargcount]
    others = [op.name for op in without_settings if op.name not in (*SIMPLE_OPS, "where")]
    return [*SIMPLE_OPS, *others]


@st.composite
def _draw_program(draw: Any, scalar: bool, max_lines: int, ops: tuple[str, ...], smooth: bool) -> Program:
    inputs = {f"x{k}": _draw_input(draw, scalar) for k in range(draw(sampled_from(INPUT_COUNTS)))}
    draft = ProgramDraft(draw, inputs, ops, smooth)
    draft.add_line(arrays=not scalar)
    while len(draft.lines) < max_lines and draw(sampled_from(CONTINUE)) != 0:
        draft.add_line(arrays=not scalar)
    return draft.finish()


def _draw_input(draw: Any, scalar: bool) -> Any:
    """Draw an array with different entries, or a float."""
    shape = () if scalar else tuple(draw(lists_from(LENGTHS, draw(sampled_from(AXIS_COUNTS)))))
    size = math.prod(shape)
    entries = np.array(draw(lists_from(NUMBERS, size)))
    return (entries + SPACING * np.arange(size)).reshape(shape) if shape else float(entries[0])
