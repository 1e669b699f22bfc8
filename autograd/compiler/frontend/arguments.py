"""The arguments of one call, taken apart: what is traced, what is fixed, and what is batched."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.backends.backend import QUIET
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.core.pytree import flatten, opened, refilled
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, SettingError, ShapeError

STATIC = "fixed"  # begins the key of what is not followed: another value is another program


class TracedArguments(NamedTuple):
    """The traced leaves of a call's arguments: their numbers (None for what is fixed), names, and the whole of what is batched."""

    values: list[Any]
    names: list[str]
    node_positions: list[tuple[int, int]]  # for each node that was made for the trace, its leaf and its place in it
    batch: dict[int, Any] | None


class Call:
    """One call. ``signature`` is what a specialization is made for: structure, shapes, and everything that is not traced."""

    __slots__ = ("args", "axes", "has_nodes", "kwargs", "leaves", "offsets", "signature", "tensors")

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], in_axes: Any, tensors: bool = False) -> None:
        self.args = args
        self.kwargs = kwargs
        self.tensors = tensors  # whether arrays reach the function as Tensors
        self.leaves: list[Any] = []
        self.has_nodes = False
        self.axes: list[int | None] | None = None
        self.offsets: list[int] = []  # the place of each argument's first leaf, and the end
        keys = []
        for arg in args:
            self.offsets.append(len(self.leaves))
            keys.append(self._apart(arg))
        self.offsets.append(len(self.leaves))
        if kwargs:
            keys.append(("keywords", self._apart(kwargs)))
        self.signature = tuple(keys)
        if in_axes is not None:
            self.axes = self._batched(in_axes)

    def _apart(self, tree: Any) -> Any:
        """The key of a nested argument; its leaves are put behind those before them."""
        kind = type(tree)
        if kind is float:
            self.leaves.append(tree)
            return kind
        if kind is list or kind is tuple:
            return kind, *map(self._apart, tree)
        if kind is np.ndarray and tree.dtype.kind == "f":
            self.leaves.append(tree)
            return tree.shape, tree.dtype.char
        if kind is np.ndarray:
            return self._of_array(tree)
        if isinstance(tree, Node):
            return self._of_node(tree)
        if isinstance(tree, np.floating):
            self.leaves.append(float(tree))
            return float
        if isinstance(tree, dict):
            return kind, *((type(key), key) for key in tree), *map(self._apart, tree.values())
        children, rebuilt = opened(tree)
        return self._fixed(tree) if rebuilt is None else (kind, *map(self._apart, children))

    def _of_array(self, array: Any) -> Any:
        if array.dtype == object:
            return np.ndarray, array.shape, *map(self._apart, array.ravel().tolist())
        self.leaves.append(array)
        return STATIC, (array.shape, array.dtype.str), array.tobytes()

    def _of_node(self, node: Any) -> Any:
        self.has_nodes = True
        twin = next((k for k, x in enumerate(self.leaves) if x is node), len(self.leaves))
        self.leaves.append(node)
        return twin, node.rank, node.shape, node._primal.dtype.char if isinstance(node, Tensor) else ""

    def _fixed(self, x: Any) -> Any:
        self.leaves.append(x)
        try:
            hash(x)
        except TypeError:
            raise DataError(
                f"compile(): an argument is {described(x)}: pass floats, arrays, nodes, containers of them, or what has a hash"
            ) from None
        return STATIC, type(x), x

    def _batched(self, in_axes: Any) -> list[int | None]:
        """For each leaf whether it is batched: 0, or None."""
        given = (in_axes,) * len(self.args) if isinstance(in_axes, int) else tuple(in_axes)
        if len(given) != len(self.args) or self.kwargs or 0 not in given:
            raise SettingError(
                f"compile(in_axes={in_axes!r}): one entry per argument, at least one 0, and no keywords; there are "
                f"{len(self.args)} arguments"
            )
        counts = [stop - start for start, stop in zip(self.offsets, self.offsets[1:])]
        axes = [axis for count, axis in zip(counts, given, strict=True) for _ in range(count)]
        batched = [x for x, axis in zip(self.leaves, axes, strict=True) if axis == 0]
        for x in batched:
            if not (isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.ndim):
                raise DataError(f"compile(in_axes=): what is batched is an array of floats, not {described(x)}; one-hot labels are")
        lengths = {len(x) for x in batched}
        if len(lengths) != 1 or 0 in lengths:
            raise ShapeError(
                f"compile(in_axes=): batched arguments need one common first length of at least 1, not {sorted(lengths)}"
            )
        return axes

    def sample_leaves(self) -> list[Any]:
        """The leaves as one sample has them."""
        if self.axes is None:
            return self.leaves
        return [x[0] if axis == 0 else x for x, axis in zip(self.leaves, self.axes, strict=True)]

    def perturb(self, by: float, only: int | None = None) -> Call:
        """The call of one sample whose numbers are further from zero by the share ``by`` of themselves; zeros become ``by``.

        With ``only``, those of one leaf.
        """
        twins: dict[int, Any] = {}
        filled = iter(
            [_moved(x, by, twins) if is_traced(x) and only in (None, k) else x for k, x in enumerate(self.sample_leaves())]
        )
        args = refilled(self.args, filled)
        return Call(args, refilled(self.kwargs, filled), None, self.tensors)

    def traced_arguments(self, f: Callable[..., Any]) -> TracedArguments:
        """What a specialization is made of."""
        leaves = self.sample_leaves()
        keys = [
            (k, place)
            for k, x in enumerate(leaves)
            if is_traced(x)
            for place in range(1 if self.tensors or isinstance(x, Node) else np.size(x))
        ]
        numbers = [
            None
            if not is_traced(x)
            else x._primal
            if isinstance(x, Node)
            else x[()]
            if np.ndim(x) == 0 and not isinstance(x, float)
            else x
            for x in leaves
        ]
        numbers = [float(x) if isinstance(x, np.floating) else x for x in numbers]
        batch = None
        if self.axes is not None:
            batch = {k: x for k, (x, axis) in enumerate(zip(self.leaves, self.axes, strict=True)) if axis == 0}
        return TracedArguments(numbers, self._names(f), keys, batch)

    def _names(self, f: Callable[..., Any]) -> list[str]:
        """A name for each leaf, from the parameters of the function."""
        try:
            parameters = [p.name for p in inspect.signature(f).parameters.values()]
        except (TypeError, ValueError):
            parameters = []
        named = [(parameters[i] if i < len(parameters) else f"x{i}", arg) for i, arg in enumerate(self.args)]
        names = []
        for stem, arg in [*named, *self.kwargs.items()]:
            count = len(flatten(arg)[0])
            names += [stem] if count == 1 else [f"{stem}{j}" for j in range(count)]
        return names

    @property
    def static_leaves(self) -> list[Any]:
        """The leaves that are not traced."""
        return [x for x in self.leaves if not is_traced(x)]

    def make_nodes(self) -> tuple[Any, list[Any]]:
        """The arguments with nodes of the trace's own in place of what is traced, and these nodes."""
        own: list[Any] = []
        known: dict[int, Any] = {}  # a node that is passed twice is one node inside, too
        filled = iter([_fresh(x, own, known, self.tensors) if is_traced(x) else x for x in self.sample_leaves()])
        return (refilled(self.args, filled), refilled(self.kwargs, filled)), own


def is_traced(x: Any) -> bool:
    """Whether a leaf of the arguments is traced, and not fixed."""
    return isinstance(x, Node | float) or (isinstance(x, np.ndarray | np.floating) and x.dtype.kind == "f")


def _moved(leaf: Any, by: float, twins: dict[int, Any]) -> Any:
    """A leaf with other numbers; a node that is passed twice has one twin."""
    if isinstance(leaf, Node):
        if id(leaf) not in twins:
            twins[id(leaf)] = leaf.leaf(_moved(leaf._primal, by, twins))
        return twins[id(leaf)]
    with np.errstate(**QUIET):
        moved = np.where(np.equal(leaf, 0.0), by, leaf + by * leaf)
    return float(moved) if np.ndim(leaf) == 0 else moved.astype(leaf.dtype)


def _fresh(leaf: Any, own: list[Any], known: dict[int, Any], tensors: bool) -> Any:
    """Nodes in place of a leaf: a Value for a number, a Tensor or an object array of Values for an array."""
    if isinstance(leaf, Node):
        if id(leaf) not in known:
            known[id(leaf)] = _single(leaf, own)
        else:
            own.append(None)
        return known[id(leaf)]
    if np.ndim(leaf) == 0 or tensors:
        return _single(leaf, own)
    box = np.empty(np.shape(leaf), dtype=object)
    flat = [Value(x) for x in np.ravel(leaf).tolist()]
    box.ravel()[:] = flat
    own += flat
    return box


def _single(leaf: Any, own: list[Any]) -> Any:
    """One node in place of a number or a node."""
    data = leaf._primal if isinstance(leaf, Node) else leaf
    node: Any = Tensor(data) if isinstance(leaf, Tensor) or np.ndim(data) else Value(data)
    node.name = leaf.name if isinstance(leaf, Node) else None
    own.append(node)
    return node
