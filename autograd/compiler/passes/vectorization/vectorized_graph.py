"""A scalar graph whose numbers are in arrays: the instruction that holds each group, and the position of each node in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray, drop_constant_axes, take_positions
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.layout import Layout
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY, CONSTANT
from autograd.compiler.passes.vectorization.isomorphism import Placeholder, is_unordered
from autograd.compiler.passes.vectorization.node_table import NodeTable


class GroupReport(NamedTuple):
    """What became of a group: the number of its members, its operation, the result in words, and whether that is an array."""

    size: int
    operation: str
    result: str
    is_array: bool


class VectorizedGraph:
    """The instructions that hold the numbers of a scalar graph.

    Parameters
    ----------
    builder : ProgramBuilder
        Where the instructions are written.
    table : NodeTable
    group_ids : array of int, shape (n_nodes,)
        The group of each node.

    Attributes
    ----------
    positions : array of int, shape (n_nodes,)
        The flat position of each node in the array of its group.
    arrays : dict of int to Instruction or float
        The array of each group. A number if it is the same for all members.
    numbers : dict of int to list
        Of groups that are too small for an array, the instruction of each member, by its position.
    unordered_leaves : dict of int to array of int
        The members of the groups of captured numbers whose layout is not chosen yet.
    leaf_layouts : list of tuple (int, array of int)
        The groups of captured numbers and the node at each entry of their arrays, in the order in which they were chosen.
    padded_positions : dict of int to array of int
        Of groups whose array has padding, for each entry the position of the member that it repeats, or its own.
    argument_groups, weight_groups, bias_groups : set of int
        The groups of leaves that are entries of arguments, factors in sums of products, and added to such sums.
    placeholder_names : dict of int to str
        The names of groups of leaves of the body of a loop.
    reports : list of GroupReport
    """

    def __init__(self, builder: ProgramBuilder, table: NodeTable, group_ids: IntArray) -> None:
        self.builder = builder
        self.table = table
        self.group_ids = group_ids
        self.positions: npt.NDArray[Any] = np.zeros(len(group_ids), dtype=np.int64)
        self.arrays: dict[int, Any] = {}
        self.numbers: dict[int, list[Any]] = {}
        self.unordered_leaves: dict[int, IntArray] = {}
        self.leaf_layouts: list[tuple[int, IntArray]] = []
        self.padded_positions: dict[int, IntArray] = {}
        self.argument_groups: set[int] = set()
        self.weight_groups: set[int] = set()
        self.bias_groups: set[int] = set()
        self.placeholder_names: dict[int, str] = {}
        self.reports: list[GroupReport] = []

    # -- groups

    def group_of(self, i: int | np.int64) -> int:
        """Return the group of a node."""
        return int(self.group_ids[i])

    def split_by_group(self, nodes: IntArray) -> list[IntArray]:
        """Return nodes group by group, in the order of the groups."""
        if not len(nodes):
            return []
        nodes = nodes[np.argsort(self.group_ids[nodes], kind="stable")]
        return np.split(nodes, np.flatnonzero(np.diff(self.group_ids[nodes])) + 1)

    def is_constant(self, ids: IntArray) -> bool:
        """Return whether nodes of one group are constants."""
        return bool(self.table.op_ids[ids.flat[0]] == CONSTANT)

    def is_in_array(self, i: int) -> bool:
        """Return whether a node is an entry of an array with axes."""
        group = self.group_of(i)
        return group in self.unordered_leaves or len(self.builder.shape(self.arrays.get(group, 0.0))) > 0

    def encode(self, ids: IntArray) -> IntArray:
        """Return numbers that are equal only for equal nodes of one group; for constants, only for equal bits (0.0 is not -0.0)."""
        if self.is_constant(ids):
            bits = self.table.values[ids].view(np.int64)
            return np.unique(bits, return_inverse=True)[1].reshape(ids.shape)
        return ids if self.group_of(ids.flat[0]) in self.unordered_leaves else self.positions[ids]

    def add_report(self, members: IntArray, operation: str, result: str = "") -> None:
        """Keep what became of a group; "" if its members stay numbers."""
        self.reports.append(GroupReport(len(members), operation, result, bool(result)))

    # -- writing

    def add_leaves(self, leaves: dict[int, tuple[Any, int]], inputs: dict[Any, Instruction]) -> None:
        """Store the leaves that are entries of inputs, and remember the others as unordered.

        Parameters
        ----------
        leaves : dict of int to tuple (key, position)
            For each leaf the key of its input and its position there; the position of an unordered leaf is chosen later. Keys
            that ``inputs`` does not have are those of results of loops, which are stored when the loops are written.
        inputs : dict of hashable to Instruction
        """
        unordered: dict[int, list[int]] = {}
        shapes: dict[int, tuple[int, ...]] = {}
        for i, (key, position) in leaves.items():
            self.positions[i] = position
            if isinstance(key, Placeholder):
                self.placeholder_names[self.group_of(i)] = key.name
                shapes[self.group_of(i)] = key.shape
            if is_unordered(key):
                unordered.setdefault(self.group_of(i), []).append(i)
            elif key in inputs:
                self.arrays[self.group_of(i)] = inputs[key]
                self.argument_groups.add(self.group_of(i))
        self.unordered_leaves = {group: np.array(ids) for group, ids in unordered.items()}
        for group, shape in shapes.items():
            ids = self.unordered_leaves[group]
            if len(ids) == int(np.prod(shape)) > 1:  # all entries of an array outside
                self.lay_out_leaves(group, ids[np.argsort(self.positions[ids])].reshape(shape))

    def lay_out_leaves(self, group: int, ids: IntArray) -> None:
        """Choose the order and the shape of a group of captured numbers: those of ``ids``, without axes of length one."""
        del self.unordered_leaves[group]
        ids = ids.reshape([n for n in ids.shape if n > 1])
        self.positions[ids.ravel()] = np.arange(ids.size)
        self.leaf_layouts.append((group, ids))
        values = self.table.values[ids]
        self.arrays[group] = self.builder.input(self._name_leaves(group), values[()])

    def _name_leaves(self, group: int) -> str:
        """Return the name of a group of leaves, after what they are."""
        if group in self.placeholder_names:
            return self.placeholder_names[group]
        if group in self.weight_groups:
            return "W"
        return "b" if group in self.bias_groups else "p"

    def store_array(self, members: IntArray, layout: Layout, array: Any) -> None:
        """Store a group as an array, which is broadcast to the shape of the layout."""
        group, ids = self.group_of(members[0]), members[layout.table]
        flat = ids.ravel()
        own_positions = np.arange(flat.size) if layout.mask is None else np.flatnonzero(layout.mask)
        self.positions[flat[own_positions]] = own_positions
        if layout.mask is not None:
            self.padded_positions[group] = self.positions[flat]
        is_plain_number = not isinstance(array, Instruction) and not ids.ndim
        self.arrays[group] = array if is_plain_number else self.builder.broadcast_to(array, ids.shape)

    def store_numbers(self, members: IntArray, numbers: list[Any]) -> None:
        """Store the members of a group one by one."""
        self.positions[members] = np.arange(len(members))
        self.numbers[self.group_of(members[0])] = numbers

    # -- reading

    def read(self, ids: Any) -> Any:
        """Return an instruction for the numbers of nodes.

        Parameters
        ----------
        ids : array of int
            Nodes of one group.

        Returns
        -------
        Instruction or float
            It broadcasts to the shape of ``ids``.
        """
        ids = np.asarray(ids)
        group = self.group_of(ids.flat[0])
        if self.is_constant(ids):
            return self.make_constant(self.table.values[ids])
        if group in self.unordered_leaves:
            self._lay_out_as_read(group, ids)
        padded = self.padded_positions.get(group)
        if padded is not None and padded.size == ids.size and np.array_equal(self.positions[ids].ravel(), padded):
            return self.builder.reshape(self.arrays[group], ids.shape)
        positions = drop_constant_axes(self.positions[ids])
        if group in self.numbers:
            return self._stack(self.numbers[group], positions)
        array = self.arrays[group]
        return take_positions(self.builder, array, positions) if isinstance(array, Instruction) else array

    def read_node(self, i: int) -> Any:
        """Return the instruction of one node, which may be an array."""
        return self.arrays[self.group_of(i)] if self.table.op_ids[i] == ARRAY else self.read(np.array(i))

    def read_in_shape(self, ids: IntArray) -> Any:
        """Return an instruction for the numbers of nodes, of one group or several, with exactly the shape of ``ids``."""
        groups = self.group_ids[ids]
        if (groups != groups.flat[0]).any():
            return self._join(ids, groups)
        array = self.read(ids)
        has_all_entries = int(np.prod(self.builder.shape(array))) == ids.size
        return self.builder.reshape(array, ids.shape) if has_all_entries else self.builder.broadcast_to(array, ids.shape)

    def _join(self, ids: IntArray, groups: IntArray) -> Any:
        """Return an instruction for nodes of several groups: along the first axis along which it is possible, run by run."""
        axis = next(k for k in range(ids.ndim) if (groups != groups.take([0], k)).any())
        slices = np.moveaxis(groups, axis, 0).reshape(groups.shape[axis], -1)
        changes = np.flatnonzero((slices[1:] != slices[:-1]).any(axis=1)) + 1
        parts = [self.read_in_shape(part) for part in np.split(ids, changes, axis=axis)]
        return self.builder.concatenate(parts, axis)

    def read_with_zeros(self, ids: IntArray) -> Any:
        """Return an instruction with exactly the shape of ``ids``, and 0.0 where a row ends early with -1."""
        is_present = ids >= 0
        if is_present.all():
            return self.read_in_shape(ids)
        array = self.read_in_shape(np.where(is_present, ids, ids[..., :1]))
        return self.builder.where(self.make_constant(is_present), array, 0.0)

    def make_constant(self, values: Any) -> Any:
        """Return an array of constants, as small as broadcasting allows."""
        return self.builder.make_constant(drop_repeating_axes(values))

    def _lay_out_as_read(self, group: int, ids: IntArray) -> None:
        """Give captured numbers the layout in which they are first read, if that is all of them, each once."""
        wanted = drop_constant_axes(ids)
        leaves = self.unordered_leaves[group]
        is_complete = wanted.size == len(leaves) and len(np.unique(wanted)) == wanted.size
        self.lay_out_leaves(group, wanted if is_complete else leaves)

    def _stack(self, numbers: Sequence[Any], positions: IntArray) -> Any:
        if not positions.ndim:
            return numbers[int(positions)]
        return self.builder.reshape(self.builder.stack([numbers[k] for k in positions.ravel().tolist()]), positions.shape)


def drop_repeating_axes(values: Any) -> Any:
    """Return an array with length one along the axes on which it does not change, and without such axes in front.

    Examples
    --------
    >>> drop_repeating_axes(np.array([[1.0, 1.0], [2.0, 2.0]])).tolist()
    [[1.0], [2.0]]
    >>> drop_repeating_axes(np.array([0.0, -0.0])).tolist()
    [0.0, -0.0]
    """
    for axis in range(values.ndim):
        first = values.take([0], axis)
        if values.shape[axis] > 1 and ((values == first) & (np.signbit(values) == np.signbit(first))).all():
            values = first
    while values.ndim and values.shape[0] == 1:
        values = values[0]
    return values
