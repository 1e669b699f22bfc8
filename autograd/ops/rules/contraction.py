"""Einstein sums of two operands as matrix products, which BLAS computes."""

from __future__ import annotations

import functools
from math import prod
from typing import Any, NamedTuple

# How many products an Einstein sum must have to be worth a matrix product, in all and in each matrix of a stack. Both are where the
# two take the same time. For two square matrices, 4096 products take 2.7 µs in einsum and 3.1 µs as a matrix product, and 8000 take
# 3.6 and 3.3. In a stack of 64 along the last axis, which is copied first, 512 products per matrix take 15 and 14 µs. Doubled, sums
# of up to twice as many products take up to 1.4 times as long, and up to 12 times in a stack whose matrices are contiguous.
MIN_PRODUCTS = 8_192
MIN_PRODUCTS_PER_MATRIX = 512


class MatrixForm(NamedTuple):
    """How an Einstein sum is computed by ``matmul``: how to transpose and reshape the factors, and the product.

    Attributes
    ----------
    order : tuple of int
        The positions of the left and of the right factor among the operands.
    axes : tuple of (tuple of int)
        The axes of the left factor, of the right factor and of the product, in the order that they are transposed to.
    shapes : tuple of (tuple of int)
        The shapes of the left factor and of the right factor after that, and of the product before that.
    """

    order: tuple[int, int]
    axes: tuple[tuple[int, ...], ...]
    shapes: tuple[tuple[int, ...], ...]


@functools.lru_cache(maxsize=1024)
def find_matrix_form(subscripts: str, *shapes: tuple[int, ...]) -> MatrixForm | None:
    """Return how to compute an Einstein sum by a matrix product, or None if it is none or is too small.

    Parameters
    ----------
    subscripts : str
        The subscripts, with the result written out and without an ellipsis.
    *shapes : tuple of int
        The shapes of the operands.

    Returns
    -------
    MatrixForm or None

    Examples
    --------
    >>> find_matrix_form("ij,kj->ik", (100, 200), (300, 200)).axes
    ((0, 1), (1, 0), (0, 1))
    >>> find_matrix_form("i,i->i", (10_000,), (10_000,)) is None
    True
    """
    operands, result = subscripts.split("->")
    letters = operands.split(",")
    if len(letters) != 2 or any(len(set(s)) < len(s) for s in (*letters, result)):
        return None
    lengths: dict[str, int] = {}
    for s, shape in zip(letters, shapes, strict=True):
        for letter, n in zip(s, shape, strict=True):
            if lengths.setdefault(letter, n) != n:
                return None  # broadcasting
    a, b = letters
    summed = [x for x in a if x in b and x not in result]
    batch = [x for x in result if x in a and x in b]
    own = [[x for x in s if x in result and x not in batch] for s in letters]
    if any(len(batch) + len(rest) + len(summed) < len(s) for rest, s in zip(own, letters, strict=True)) or not summed:
        return None  # an operand is summed over letters of its own, or nothing is summed
    products = prod(lengths.values())
    per_matrix = products // max(prod(lengths[x] for x in batch), 1)
    is_stack_of_few = batch and per_matrix < MIN_PRODUCTS_PER_MATRIX
    is_stack_of_vectors = batch and not (own[0] and own[1])
    if products < MIN_PRODUCTS or is_stack_of_few or is_stack_of_vectors:
        return None
    # the product whose last axes stay where they are is the cheapest to read afterwards
    forms = [_make_form(order, letters, batch, own, summed, result, lengths) for order in ((0, 1), (1, 0))]
    return max(forms, key=lambda form: [position == axis for position, axis in enumerate(form.axes[2])][::-1])


def _make_form(
    order: tuple[int, int],
    letters: list[str],
    batch: list[str],
    own: list[list[str]],
    summed: list[str],
    result: str,
    lengths: dict[str, int],
) -> MatrixForm:
    first, second = order
    left, right, product = batch + own[first] + summed, batch + summed + own[second], batch + own[first] + own[second]

    def count(some: list[str]) -> int:
        return prod(lengths[x] for x in some)

    stack = tuple(lengths[x] for x in batch)
    rows, columns, inner = ((count(own[first]),) if own[first] else ()), (count(own[second]),) if own[second] else (), count(summed)
    return MatrixForm(
        order,
        (
            tuple(letters[first].index(x) for x in left),
            tuple(letters[second].index(x) for x in right),
            tuple(product.index(x) for x in result),
        ),
        ((*stack, *rows, inner), (*stack, inner, *columns), tuple(lengths[x] for x in product)),
    )


def contract(xp: Any, form: MatrixForm, *operands: Any) -> Any:
    """Return an Einstein sum, computed by a matrix product.

    Parameters
    ----------
    xp : backend
    form : MatrixForm
    *operands : array
        The two operands.

    Returns
    -------
    array
    """
    factors = (operands[k] for k in form.order)
    left, right = (
        _reshape(xp, _transpose(xp, a, axes), shape) for a, axes, shape in zip(factors, form.axes, form.shapes, strict=False)
    )
    return _transpose(xp, _reshape(xp, xp.matmul(left, right), form.shapes[2]), form.axes[2])


def _transpose(xp: Any, a: Any, axes: tuple[int, ...]) -> Any:
    return a if axes == tuple(range(len(axes))) else xp.transpose(a, axes=axes)


def _reshape(xp: Any, a: Any, shape: tuple[int, ...]) -> Any:
    return a if xp.shape(a) == shape else xp.reshape(a, shape)
