"""Grouping: which nodes of a graph play the same part, found from the wiring alone, with no names given.

Chains of additions are contracted into sums first. Then nodes are told apart by their surroundings, hop by hop: colour refinement
(Weisfeiler and Leman 1968) on 64-bit hashes, which NumPy computes for all nodes at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]

STRIDE = np.uint64(0x9E3779B97F4A7C15)  # the steps and shifts of splitmix64 (Steele, Lea and Flood 2014)


class Wiring(NamedTuple):
    """A graph as arrays: the kind of each of n nodes, and for each edge its argument, its consumer and the place it takes there.

    Arguments come before their consumers. Places whose order does not matter are all 0.
    """

    kinds: Ints
    tails: Ints
    heads: Ints
    slots: Ints

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.kinds)


def contracted(wiring: Wiring, sums: npt.NDArray[np.bool_]) -> Ints:
    """For each node the one that stands for it: of additions that feed only each other, the last; of any other, itself.

    >>> chain = Wiring(*map(np.array, ([0, 0, 1, 1], [0, 1, 1, 2], [2, 2, 3, 3], [0, 0, 0, 0])))  # (a + b) + b
    >>> contracted(chain, np.array([False, False, True, True])).tolist()
    [0, 1, 3, 3]
    """
    consumers = np.bincount(wiring.tails, minlength=wiring.size)
    inner = sums[wiring.tails] & sums[wiring.heads] & (consumers[wiring.tails] == 1)
    stands = np.arange(wiring.size)
    stands[wiring.tails[inner]] = wiring.heads[inner]
    while True:  # pointers jump twice as far each time
        further = stands[stands]
        if np.array_equal(further, stands):
            return stands
        stands = further


def between(wiring: Wiring, stands: Ints) -> Wiring:
    """The wiring of what is left after contraction: nodes keep their numbers, edges inside a sum are gone."""
    tails, heads = stands[wiring.tails], stands[wiring.heads]
    outer = tails != heads
    inside = stands[wiring.heads] != wiring.heads  # the place in a sum's inner addition says nothing
    slots = np.where(inside, 0, wiring.slots)
    return Wiring(wiring.kinds, tails[outer], heads[outer], slots[outer])


def refinements(wiring: Wiring, members: Ints) -> Iterator[Ints]:
    """The classes of ``members`` by kind, then by what is within one hop, two hops, …; each numbered by first appearance.

    It ends when another hop tells no more nodes apart.

    >>> square = Wiring(*map(np.array, ([0, 0, 1], [0, 1], [2, 2], [0, 1])))
    >>> [classes.tolist() for classes in refinements(square, np.arange(3))]
    [[0, 0, 1], [0, 1, 2]]
    """
    colours = _mixed(wiring.kinds.astype(np.uint64))
    slots = wiring.slots.astype(np.uint64)
    found = -1
    while True:
        classes = _numbered(colours[members])
        count = int(classes.max(initial=-1)) + 1
        if count == found:
            return
        found = count
        yield classes
        below, above = np.zeros_like(colours), np.zeros_like(colours)
        np.add.at(below, wiring.heads, _mixed(colours[wiring.tails] + slots * STRIDE))
        np.add.at(above, wiring.tails, _mixed(colours[wiring.heads] ^ _mixed(slots + np.uint64(1))))
        colours = _mixed(colours + _mixed(below) * np.uint64(3) + _mixed(above ^ STRIDE))


def classes_of(wiring: Wiring, stands: Ints, hops: int | None, most: int) -> Ints:
    """The class of every node, sums contracted: ``hops`` wide, or as fine as at most ``most`` classes and readers allow.

    Without ``hops`` the refinement runs until it tells no more apart. Where that would take more than ``most`` classes, as in a
    recurrence, whose every step is a little further from the end, it stops two hops wide, or earlier.
    """
    members = np.flatnonzero(stands == np.arange(wiring.size))
    outer = between(wiring, stands)
    kept: list[Ints] = []
    for classes in refinements(outer, members):
        over = kept and int(classes.max(initial=-1)) >= most
        if hops is None and over:
            kept = kept[:3]
            break
        kept.append(classes)
        if hops is not None and len(kept) == hops + 1:
            break
    wide = np.zeros(wiring.size, dtype=np.int64)
    wide[members] = kept[-1]
    return wide[stands]


def _numbered(colours: Words) -> Ints:
    """Colours as 0, 1, 2, … in the order in which they first appear."""
    _, first, inverse = np.unique(colours, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _mixed(words: Words) -> Words:
    """The finaliser of splitmix64: every bit of a word changes half of the bits of the result."""
    words = words + STRIDE
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
