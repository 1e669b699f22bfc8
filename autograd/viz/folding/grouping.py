"""Grouping: which nodes share a box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from autograd.viz.snapshots.graph_arrays import Ints


class BoxName(NamedTuple):
    """The name of a box.

    Attributes
    ----------
    text : str
        The name.
    is_scope : bool, default True
        Whether the box is a scope, whose title is the name alone. Any other box has a title that also says what it does.
    """

    text: str
    is_scope: bool = True


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which nodes of a graph share a box.

    Parameters
    ----------
    representatives : array of int
        For each node the node that stands for it: for all additions of one sum the last one.
    boxes : array of int
        For each node the number of its box.
    names : tuple of BoxName or None, default ()
        The name of each box; () if no box has one.
    """

    representatives: Ints
    boxes: Ints
    names: tuple[BoxName | None, ...] = ()

    @property
    def box_count(self) -> int:
        """The number of boxes."""
        return int(self.boxes.max()) + 1

    @cached_property
    def sizes(self) -> Ints:
        """The number of representatives in each box."""
        is_representative = self.representatives == np.arange(len(self.representatives))
        return np.bincount(self.boxes[is_representative], minlength=self.box_count)

    @property
    def is_unfolded(self) -> bool:
        """Whether each node has a box of its own, without a name."""
        return self.box_count == len(self.boxes) and not any(self.names)

    def members(self, box: int) -> Ints:
        """Find the nodes in a box.

        Parameters
        ----------
        box : int

        Returns
        -------
        array of int
            The numbers of the nodes.
        """
        return np.flatnonzero(self.boxes == box)

    def regroup(self, representatives: Ints, classes: Ints) -> Grouping:
        """Make another grouping, in which boxes that stay as they are keep their names.

        Parameters
        ----------
        representatives : array of int
            The representative of each node.
        classes : array of int
            The class of each node. Each class becomes a box.

        Returns
        -------
        Grouping
        """
        return make_grouping(representatives, classes, self._names_of_unchanged_boxes(classes))

    def _names_of_unchanged_boxes(self, classes: Ints) -> dict[int, BoxName | None]:
        if not self.names:
            return {}
        names = {}
        old_sizes = np.bincount(self.boxes)
        for class_, size in zip(*np.unique(classes, return_counts=True), strict=True):
            old_boxes = np.unique(self.boxes[classes == class_])
            if len(old_boxes) == 1 and old_sizes[old_boxes[0]] == size:
                names[int(class_)] = self.names[int(old_boxes[0])]
        return names


def separate_nodes(size: int) -> Grouping:
    """Make the grouping in which each node has a box of its own.

    Parameters
    ----------
    size : int
        The number of nodes.

    Returns
    -------
    Grouping
    """
    return Grouping(np.arange(size), np.arange(size))


def make_grouping(representatives: Ints, classes: Ints, names: Mapping[int, BoxName | None], by_last_node: bool = True) -> Grouping:
    """Make a box of each class, and number the boxes.

    Parameters
    ----------
    representatives : array of int
        The representative of each node.
    classes : array of int
        The class of each node.
    names : mapping of int to BoxName
        The names of classes.
    by_last_node : bool, default True
        Whether to number the boxes by their last node, so that arguments come before their consumers where that is possible, rather
        than in the order of ``classes``.

    Returns
    -------
    Grouping
    """
    class_of_box, box_of_node = np.unique(classes, return_inverse=True)
    order = np.arange(len(class_of_box))
    if by_last_node:
        last_node = np.zeros(len(class_of_box), dtype=np.int64)
        np.maximum.at(last_node, box_of_node, np.arange(len(classes)))
        order = np.argsort(last_node)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Grouping(representatives, rank[box_of_node], tuple(names.get(int(class_of_box[k])) for k in order))


def last_with_same_key(keys: Ints) -> Ints:
    """For each entry, find the position of the last entry with the same key.

    Parameters
    ----------
    keys : array of int

    Returns
    -------
    array of int

    Examples
    --------
    >>> last_with_same_key(np.array([5, 3, 5])).tolist()
    [2, 1, 2]
    """
    unique, inverse = np.unique(keys, return_inverse=True)
    last = np.zeros(len(unique), dtype=np.int64)
    np.maximum.at(last, inverse, np.arange(len(keys)))
    return last[inverse]
