"""A graph of numbers as columns, and its sums contracted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.indexing import Ints
from autograd.ops import Op

LEAF, CONSTANT, ARRAY, ENTRY, PEAK = -1, -2, -3, -4, -5  # kinds that are no operation on numbers


class Ref(NamedTuple):
    """A node, among arguments and settings that may be anything."""

    node: int


class Kind(NamedTuple):
    """An operation on numbers, with its settings."""

    op: Any
    static: dict[str, Any]


class Scalars:
    """A graph of numbers as columns: the kind of each node and its arguments, which come before it.

    ``arrays`` holds what the columns cannot: for an ARRAY the operation, its arguments and settings, for an ENTRY the array of
    which it is the one entry, for a PEAK the numbers of which it is the largest or smallest.
    """

    def __init__(self) -> None:
        self.kind: list[int] = []
        self.first: list[int] = []
        self.second: list[int] = []
        self.third: dict[int, int] = {}  # the few third arguments
        self.data: list[float] = []
        self.kinds: list[Kind] = []
        self.arrays: dict[int, Any] = {}
        self.dtypes: dict[int, Any] = {}  # of the arrays that operations made
        self._numbers: dict[Any, int] = {}

    def add(self, kind: int, first: int = -1, second: int = -1, data: float = 0.0) -> int:
        """A new node; its number."""
        self.kind.append(kind)
        self.first.append(first)
        self.second.append(second)
        self.data.append(data)
        return len(self.kind) - 1

    def kind_of(self, op: Any, static: dict[str, Any]) -> int:
        """The number of an operation with its settings."""
        key = (op.name if isinstance(op, Op) else op, *((k, repr(v)) for k, v in static.items())) if static else op
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.kinds)
            self.kinds.append(Kind(op, static))
        return found


class Sums(NamedTuple):
    """Sums, contracted: which nodes are gone, which are roots of sums, and their terms root by root."""

    gone: npt.NDArray[np.bool_]
    roots: npt.NDArray[np.bool_]
    start: Ints  # of each node's terms
    sign: Ints
    x: Ints
    y: Ints  # -1 where a term is no product


def contracted(scalars: Scalars, used_outside: Sequence[int]) -> Sums:
    """The sums of a graph, with the additions, signs and products that only they use taken into them."""
    n = len(scalars.kind)
    kind, first, second = (np.array(column, dtype=np.int64) for column in (scalars.kind, scalars.first, scalars.second))
    number = {k.op.name: i for i, k in enumerate(scalars.kinds) if isinstance(k.op, Op) and not k.static}
    is_ = {name: kind == number.get(name, -9) for name in ("add", "subtract", "negative", "multiply")}
    plus = is_["add"] | is_["subtract"]
    has_first, has_second = first >= 0, second >= 0
    uses = np.bincount(first[has_first], minlength=n) + np.bincount(second[has_second], minlength=n)
    outside = np.zeros(n, dtype=bool)
    outside[list(used_outside)] = True
    single = (uses == 1) & ~outside
    head = np.arange(n)
    head[first[has_first]] = np.flatnonzero(has_first)
    head[second[has_second]] = np.flatnonzero(has_second)
    flips = np.zeros(n, dtype=bool)  # whether the one consumer subtracts it
    minus = np.flatnonzero(is_["subtract"])
    flips[second[minus]] = True
    turned = is_["negative"] & single & plus[head]
    inner = turned | (plus & single & (plus[head] | turned[head]))
    product = is_["multiply"] & single & (plus[head] | turned[head])

    stands = np.where(inner, head, np.arange(n))
    sign = np.where(inner & (flips | turned[head]), -1, 1)
    while True:
        sign = sign * np.where(stands == np.arange(n), 1, sign[stands])
        further = stands[stands]
        if np.array_equal(further, stands):
            break
        stands = further
    part = plus | turned
    edges: list[tuple[Any, ...]] = []
    for slot, column in ((0, first), (1, second)):
        tails = np.flatnonzero(part & (column >= 0))
        keep = ~inner[column[tails]]
        tails = tails[keep]
        edge = -1 if slot else 1
        turned_here = is_["negative"][tails] | (is_["subtract"][tails] & (edge < 0))
        edges.append((stands[tails], column[tails], sign[tails] * np.where(turned_here, -1, 1), 2 * tails + slot))
    owner, arg, signs, order = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    sort = np.lexsort((order, owner))
    owner, arg, signs = owner[sort], arg[sort], signs[sort]
    data = np.array(scalars.data)
    zero = (kind[arg] == CONSTANT) & (data[arg] == 0.0)  # where Python's sum() begins
    products = np.bincount(owner[product[arg]], minlength=n)
    terms = np.bincount(owner, minlength=n)
    begun = np.bincount(owner[zero], minlength=n) > 0
    roots = (terms > 0) & ((products >= 2) | (terms >= 3) | begun)
    product &= roots[stands[head]]
    gone = (inner & roots[stands]) | product
    keep = roots[owner] & ~zero
    owner, arg, signs = owner[keep], arg[keep], signs[keep]
    times = product[arg]
    x, y = np.where(times, first[arg], arg), np.where(times, second[arg], -1)
    return Sums(gone, roots, np.searchsorted(owner, np.arange(n + 1)), signs, x, y)
