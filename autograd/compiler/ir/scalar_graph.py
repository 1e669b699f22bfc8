"""A graph of numbers as columns, and its sums contracted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray
from autograd.ops import Op

LEAF, CONSTANT, ARRAY, ENTRY, EXTREMUM = -1, -2, -3, -4, -5  # kinds that are no operation on numbers


class Ref(NamedTuple):
    """A node, among arguments and settings that may be anything."""

    node: int


class ScalarOp(NamedTuple):
    """An operation on numbers, with its settings."""

    op: Any
    static: dict[str, Any]


class ScalarGraph:
    """A graph of numbers as columns: the kind of each node and its arguments, which come before it.

    ``arrays`` holds what the columns cannot: for an ARRAY the operation, its arguments and settings, for an ENTRY the array of
    which it is the one entry, for a EXTREMUM the numbers of which it is the largest or smallest.
    """

    def __init__(self) -> None:
        self.op_ids: list[int] = []
        self.first_args: list[int] = []
        self.second_args: list[int] = []
        self.third_args: dict[int, int] = {}  # the few third arguments
        self.values: list[float] = []
        self.ops: list[ScalarOp] = []
        self.array_ops: dict[int, Any] = {}
        self.array_dtypes: dict[int, Any] = {}  # of the arrays that operations made
        self._numbers: dict[Any, int] = {}

    def add(self, kind: int, first: int = -1, second: int = -1, data: float = 0.0) -> int:
        """A new node; its number."""
        self.op_ids.append(kind)
        self.first_args.append(first)
        self.second_args.append(second)
        self.values.append(data)
        return len(self.op_ids) - 1

    def op_id(self, op: Any, static: dict[str, Any]) -> int:
        """The number of an operation with its settings."""
        key = (op.name if isinstance(op, Op) else op, *((k, repr(v)) for k, v in static.items())) if static else op
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.ops)
            self.ops.append(ScalarOp(op, static))
        return found


class Sums(NamedTuple):
    """Sums, contracted: which nodes are gone, which are roots of sums, and their terms root by root."""

    absorbed: npt.NDArray[np.bool_]
    roots: npt.NDArray[np.bool_]
    offsets: IntArray  # of each node's terms
    signs: IntArray
    left: IntArray
    right: IntArray  # -1 where a term is no product


def contract_sums(scalars: ScalarGraph, used_outside: Sequence[int]) -> Sums:
    """The sums of a graph, with the additions, signs and products that only they use taken into them."""
    n = len(scalars.op_ids)
    kind, first, second = (np.array(column, dtype=np.int64) for column in (scalars.op_ids, scalars.first_args, scalars.second_args))
    number = {k.op.name: i for i, k in enumerate(scalars.ops) if isinstance(k.op, Op) and not k.static}
    add, minus, negative, times = (kind == number.get(name, -9) for name in ("add", "subtract", "negative", "multiply"))
    plus = add | minus
    single, head = _consumers(first, second, used_outside)
    turned = negative & single & plus[head]
    in_sum = single & (plus[head] | turned[head])
    inner, product = turned | (plus & in_sum), times & in_sum
    flipped = np.zeros(n, dtype=bool)  # whether the one consumer subtracts it
    flipped[second[minus]] = True
    stands, sign = _ends(inner, head, np.where(inner & (flipped | turned[head]), -1, 1))

    parts = []  # the terms: whose, what, with which sign, in which order
    for slot, column in ((0, first), (1, second)):
        tails = np.flatnonzero((plus | turned) & (column >= 0))
        tails = tails[~inner[column[tails]]]
        turns = negative[tails] | (minus[tails] & (slot == 1))
        parts.append((stands[tails], column[tails], sign[tails] * np.where(turns, -1, 1), 2 * tails + slot))
    owner, arg, signs, order = (np.concatenate(part) for part in zip(*parts, strict=True))
    sort = np.lexsort((order, owner))
    owner, arg, signs = owner[sort], arg[sort], signs[sort]

    zero = (kind[arg] == CONSTANT) & (np.array(scalars.values)[arg] == 0.0)  # where Python's sum() begins
    terms, products, begun = (np.bincount(owner[which], minlength=n) for which in (slice(None), product[arg], zero))
    roots = (terms > 0) & ((products >= 2) | (terms >= 3) | (begun > 0))
    product &= roots[stands[head]]
    keep = roots[owner] & ~zero
    owner, arg, signs = owner[keep], arg[keep], signs[keep]
    x, y = np.where(product[arg], first[arg], arg), np.where(product[arg], second[arg], -1)
    return Sums((inner & roots[stands]) | product, roots, np.searchsorted(owner, np.arange(n + 1)), signs, x, y)


def _consumers(first: IntArray, second: IntArray, used_outside: Sequence[int]) -> tuple[npt.NDArray[np.bool_], IntArray]:
    """Which nodes have one consumer and no other use, and for each node the last that consumes it, or itself."""
    n = len(first)
    uses, head = np.zeros(n, dtype=np.int64), np.arange(n)
    for column in (first, second):
        there = np.flatnonzero(column >= 0)
        uses += np.bincount(column[there], minlength=n)
        head[column[there]] = there
    uses[list(used_outside)] = 2
    return uses == 1, head


def _ends(inner: npt.NDArray[np.bool_], head: IntArray, sign: IntArray) -> tuple[IntArray, IntArray]:
    """For each node the end of the chain of consumers that it is an inner part of, and the sign it has there."""
    own = np.arange(len(head))
    stands = np.where(inner, head, own)
    while True:  # pointers jump twice as far each time
        sign = sign * np.where(stands == own, 1, sign[stands])
        further = stands[stands]
        if np.array_equal(further, stands):
            return stands, sign
        stands = further
