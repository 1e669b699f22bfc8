"""Apportionment: how many samples of each group go to each part, in whole numbers with the right totals."""

from __future__ import annotations

import numpy as np

from nn.data.pairs import Array

# A share of samples this close to a whole number counts as whole. The product of a group's size n and a fraction has a rounding
# error of about n eps, which is below this up to n = 4·10⁶. Twice as much would change nothing for smaller groups.
WHOLE_TOLERANCE = 1e-9


def apportion(group_sizes: list[int], shares: Array) -> list[Array]:
    """Return how many samples of each group go to each part.

    The exact number is the size of the group times the share of the part. Each is rounded up or down, and so are the totals of the
    parts. All are rounded down first; the choice of those that are rounded up is a bipartite matching of groups with parts, found
    along augmenting paths.

    Parameters
    ----------
    group_sizes : list of int, length G
        The number of samples in each group.
    shares : ndarray, shape (P,)
        The share of each part; the sum is 1.

    Returns
    -------
    list of ndarray
        For each of the G groups, the P numbers of samples, with the size of the group as their sum.

    Examples
    --------
    >>> [sizes.tolist() for sizes in apportion([3, 3], np.array([0.5, 0.5]))]
    [[2, 1], [1, 2]]
    """
    exact = np.outer(group_sizes, shares)
    counts = np.floor(exact + WHOLE_TOLERANCE).astype(int)
    has_remainder = exact - counts > WHOLE_TOLERANCE
    room = largest_remainder(sum(group_sizes), shares) - counts.sum(axis=0)
    is_rounded_up = np.zeros_like(has_remainder)
    for group, size in enumerate(group_sizes):
        for _ in range(size - counts[group].sum()):
            _augment(group, is_rounded_up, has_remainder, room)
    return list(counts + is_rounded_up)


def _augment(first: int, is_rounded_up: Array, has_remainder: Array, room: Array) -> None:
    """Round group ``first`` up in one more part. Other groups move to other parts where that part is full.

    This is a breadth-first search for an augmenting path. There always is one: the exact numbers are a fractional matching, and
    a bipartite graph with a fractional matching has a whole one of the same size.
    """
    has_room = is_rounded_up.sum(axis=0) < room
    predecessors: dict[int, tuple[int, int]] = {first: (first, -1)}  # of a group: who takes its place, and in which part
    queue = [first]
    for group in queue:  # pragma: no branch - the search always succeeds
        candidates = has_remainder[group] & ~is_rounded_up[group]
        if np.any(candidates & has_room):
            break
        occupied = is_rounded_up & candidates
        for other in sorted(set(np.flatnonzero(occupied.any(axis=1)).tolist()) - predecessors.keys()):
            predecessors[other] = group, int(np.argmax(occupied[other]))
            queue.append(other)
    part = int(np.argmax(candidates & has_room))
    is_rounded_up[group, part] = True
    while group != first:
        successor, part = predecessors[group]
        is_rounded_up[group, part], is_rounded_up[successor, part] = False, True
        group = successor


def largest_remainder(n: int, shares: Array) -> Array:
    """Return whole numbers near ``n * shares`` with the sum ``n``, by the largest-remainder method.

    Parameters
    ----------
    n : int
        The sum.
    shares : ndarray, shape (P,)
        Positive numbers with the sum 1.

    Returns
    -------
    ndarray of int, shape (P,)
        The shares of ``n``, rounded down, and the ones with the largest remainders rounded up.

    Examples
    --------
    >>> largest_remainder(10, np.array([0.55, 0.45])).tolist()
    [6, 4]
    """
    exact = shares * n
    counts = np.floor(exact + WHOLE_TOLERANCE).astype(int)
    by_remainder = np.argsort(counts - exact, kind="stable")
    counts[by_remainder[: n - counts.sum()]] += 1
    return counts
