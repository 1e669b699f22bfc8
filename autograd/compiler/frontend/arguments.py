"""The arguments of a call of a compiled function: which of them are traced, static or batched."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.compiler.frontend.argument_nodes import NodeMaker, perturb_leaf
from autograd.compiler.frontend.float_lists import FloatList, pack_float_lists
from autograd.compiler.frontend.traced_data import unwrap
from autograd.core.coercion import check_array_kind, describe
from autograd.core.node import Node
from autograd.core.pytree import flatten, flatten_one_level, tree_map, unflatten_like
from autograd.core.tensor import Tensor
from autograd.errors import DataError, SettingError, ShapeError

STATIC = "static"  # the first entry of the key of a static argument


class TracedArguments(NamedTuple):
    """The traced arguments of a call, as one sample has them.

    Attributes
    ----------
    values : list
        For each leaf of the arguments its number or array, or None if it is static.
    names : list of str
        For each leaf its name, made of the name of the function's parameter.
    node_positions : list of (int, int)
        For each node that is made for a trace: its leaf, and its position among the entries of that leaf.
    batch : dict of int to array or None
        The batched arrays by their leaf, with all samples; None without ``in_axes``.
    """

    values: list[Any]
    names: list[str]
    node_positions: list[tuple[int, int]]
    batch: dict[int, Any] | None


class Call:
    """The arguments of one call, flattened.

    Parameters
    ----------
    args, kwargs : tuple and dict
        The arguments: numbers, arrays, nodes, and nested containers of them.
    in_axes : int, sequence of (0 or None), or None
        For each argument 0 if it is batched along its first axis, else None. One int stands for all arguments; None means that
        nothing is batched.
    arrays_as_tensors : bool, default False
        Whether arrays reach the function as Tensors, rather than as object arrays of Values.

    Attributes
    ----------
    given_args : tuple
        The positional arguments as they were passed; in ``args`` lists of floats are arrays.
    leaves : list
        The leaves of all arguments, in order.
    offsets : list of int
        The index of the first leaf of each positional argument, and of the first leaf behind them.
    axes : list of (0 or None), or None
        For each leaf whether it is batched; None if nothing is.
    has_nodes : bool
        Whether a leaf is a node.
    integer_leaves : set of int
        The leaves that are traced integers.
    traces_integers : bool
        Whether arrays of integers are traced, and not static.
    signature : tuple
        A hashable key: the structure of the arguments, the shapes and dtypes of traced leaves, and the values of static ones. A
        trace is valid for one signature.

    Raises
    ------
    DataError
        If an argument can be neither traced nor hashed, or if a batched argument is not an array of floats.
    SettingError
        If ``in_axes`` does not fit the arguments.
    ShapeError
        If batched arrays have different lengths, or are empty.
    """

    __slots__ = (
        "args",
        "arrays_as_tensors",
        "axes",
        "given_args",
        "has_buffers",
        "has_nodes",
        "integer_leaves",
        "kwargs",
        "leaves",
        "offsets",
        "signature",
        "traces_integers",
    )

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], in_axes: Any, arrays_as_tensors: bool = False) -> None:
        self.given_args: tuple[Any, ...] = args
        self.args: tuple[Any, ...] = args if in_axes is not None else tuple(map(pack_float_lists, args))
        self.kwargs: dict[str, Any] = kwargs if in_axes is not None else pack_float_lists(kwargs)
        self.arrays_as_tensors: bool = arrays_as_tensors
        self.axes: list[int | None] | None = None
        self.traces_integers: bool = arrays_as_tensors and in_axes is None
        self._flatten_all()
        if in_axes is not None:
            self.axes = self._match_axes(in_axes)
            self._check_batch()

    def _flatten_all(self) -> None:
        """Set the attributes that follow from the arguments."""
        args, kwargs = self.args, self.kwargs
        self.leaves: list[Any] = []
        self.has_nodes: bool = False
        self.has_buffers: bool = False
        self.integer_leaves: set[int] = set()
        self.offsets: list[int] = []
        keys = []
        for arg in args:
            self.offsets.append(len(self.leaves))
            keys.append(self._flatten(arg))
        self.offsets.append(len(self.leaves))
        if kwargs:
            keys.append(("keywords", self._flatten(kwargs)))
        self.signature: tuple[Any, ...] = tuple(keys)
        if self.has_buffers:  # the call keeps what they hold now
            self.args, self.kwargs = tree_map(unwrap, (args, kwargs))

    def make_integers_static(self) -> None:
        """Treat arrays of integers as static, which are traced by default if arrays reach the function as Tensors."""
        self.traces_integers = False
        self._flatten_all()

    # -- leaves and their keys

    def _flatten(self, tree: Any) -> Any:
        """Append the leaves of a nested argument, and return its key. The most frequent types come first, for speed."""
        kind = type(tree)
        if kind is float:
            self.leaves.append(tree)
            return kind
        if kind is list or kind is tuple:
            return kind, *map(self._flatten, tree)
        if kind is np.ndarray:
            if tree.dtype.kind in "fc":
                self.leaves.append(tree)
                return tree.shape, tree.dtype.char
            return self._flatten_other_array(tree)
        if isinstance(tree, Node):
            return self._add_node(tree)
        if kind is FloatList:
            self.leaves.append(tree)
            return list, tree.shape
        if isinstance(tree, np.floating):
            self.leaves.append(float(tree))
            return float
        if isinstance(tree, complex | np.complexfloating):
            return self._flatten(np.asarray(tree))
        if isinstance(tree, dict):
            return kind, *((type(key), key) for key in tree), *map(self._flatten, tree.values())
        if isinstance(tree, np.ndarray):
            check_array_kind(tree, "compile()")
            return self._flatten(np.asarray(tree))
        if is_foreign_array(tree):
            return self._flatten(to_numpy(tree, "compile()"))
        children, rebuild = flatten_one_level(tree)
        return self._add_static(tree) if rebuild is None else (kind, *map(self._flatten, children))

    def _flatten_other_array(self, array: Any) -> Any:
        """Do the same for an object array, whose entries are arguments themselves, and for any other static array."""
        if array.dtype == object:
            return np.ndarray, array.shape, *map(self._flatten, array.ravel().tolist())
        if self.traces_integers and array.dtype.kind in "iu" and array.size:
            self.integer_leaves.add(len(self.leaves))
            self.leaves.append(array)
            return "integers", array.shape, array.dtype.str
        self.leaves.append(array)
        return STATIC, (array.shape, array.dtype.str), array.tobytes()

    def _add_node(self, node: Any) -> Any:
        """Add a node. Its key contains the index of the leaf at which it first occurs, since a trace may rely on that."""
        self.has_nodes = True
        self.has_buffers |= node.current is not node
        node = node.current
        first = next((k for k, leaf in enumerate(self.leaves) if leaf is node), len(self.leaves))
        self.leaves.append(node)
        return first, node.rank, node.shape, node._primal.dtype.char if isinstance(node, Tensor) else ""

    def _add_static(self, x: Any) -> Any:
        self.leaves.append(x)
        try:
            hash(x)
        except TypeError:
            raise DataError(
                f"compile(): an argument is {describe(x)}: pass floats, arrays, nodes, containers of them, or a hashable object"
            ) from None
        return STATIC, type(x), x

    # -- batches

    def _match_axes(self, in_axes: Any) -> list[int | None]:
        """Return for each leaf whether it is batched (0) or not (None)."""
        given = (in_axes,) * len(self.args) if isinstance(in_axes, int) else tuple(in_axes)
        if len(given) != len(self.args) or self.kwargs or 0 not in given:
            raise SettingError(
                f"compile(in_axes={in_axes!r}) needs one entry per argument, at least one 0, and calls without keywords; this "
                f"call has {len(self.args)} positional and {len(self.kwargs)} keyword arguments"
            )
        axes: list[int | None] = []
        for axis, start, stop in zip(given, self.offsets, self.offsets[1:]):
            axes += [axis] * (stop - start)
        return axes

    def _check_batch(self) -> None:
        batched = self._batched_leaves().values()
        for x in batched:
            if not (isinstance(x, np.ndarray) and x.dtype.kind in "fc" and x.ndim):
                raise DataError(
                    f"compile(in_axes=): a batched argument must be an array of floats, not {describe(x)}; pass labels as "
                    f"one-hot rows"
                )
        lengths = {len(x) for x in batched}
        if len(lengths) != 1 or 0 in lengths:
            raise ShapeError(
                f"compile(in_axes=): batched arguments need one common first length of at least 1, not {sorted(lengths)}"
            )

    def _batched_leaves(self) -> dict[int, Any]:
        """Return the arrays of the batched leaves by the number of the leaf."""
        batched = {k: leaf for k, (leaf, axis) in enumerate(zip(self.leaves, self.axes or ())) if axis == 0}
        return {k: leaf._primal if isinstance(leaf, Tensor) else leaf for k, leaf in batched.items()}

    def sample_leaves(self) -> list[Any]:
        """Return the leaves as the function gets them: of a batch the first sample.

        Returns
        -------
        list
            The leaves.
        """
        if self.axes is None:
            return self.leaves
        return [_first_sample(leaf) if axis == 0 else leaf for leaf, axis in zip(self.leaves, self.axes, strict=True)]

    # -- traces

    @property
    def static_leaves(self) -> list[Any]:
        """The leaves that are not traced."""
        return [leaf for k, leaf in enumerate(self.leaves) if not self.is_traced_leaf(k)]

    def is_traced_leaf(self, k: int) -> bool:
        """Return whether a leaf is traced: a node, floats, or traced integers.

        Parameters
        ----------
        k : int
            The index of the leaf.

        Returns
        -------
        bool
            Whether it is.
        """
        return k in self.integer_leaves or is_traced(self.leaves[k])

    def make_nodes(self) -> tuple[Any, list[Any]]:
        """Return new arguments for a trace, with a node in place of each traced number.

        Returns
        -------
        arguments : (tuple, dict)
            The positional and keyword arguments.
        nodes : list of Node or None
            The nodes, in the order of ``TracedArguments.node_positions``. None stands for a node that was passed before.
        """
        maker = NodeMaker(self.arrays_as_tensors)
        leaves = list(self.sample_leaves())
        for k, leaf in enumerate(leaves):
            if k in self.integer_leaves:
                leaves[k] = maker.replace_integers(leaf)
            elif is_traced(leaf):
                leaves[k] = maker.replace_leaf(leaf)
        return self._rebuild(leaves), maker.nodes

    def perturb(self, step: float, leaf: int | None = None) -> Call:
        """Return the call of one sample with other numbers.

        Parameters
        ----------
        step : float
            The relative step: each number x becomes x + step·x, and zero becomes ``step``. Integers change their places.
        leaf : int, optional
            The index of the only leaf that is changed. By default all traced leaves are.

        Returns
        -------
        Call
            The call, without ``in_axes``, and with static integers.
        """
        copies: dict[int, Any] = {}
        leaves = list(self.sample_leaves())
        for k, x in enumerate(leaves):
            if k in self.integer_leaves and leaf in (None, k):
                leaves[k] = np.roll(x, 1)
            elif is_traced(x) and leaf in (None, k):
                leaves[k] = perturb_leaf(x, step, copies)
        args, kwargs = self._rebuild(leaves)
        moved = Call(args, kwargs, None, self.arrays_as_tensors)
        if self.integer_leaves:
            moved.make_integers_static()
        return moved

    def _rebuild(self, leaves: list[Any]) -> tuple[Any, Any]:
        """Return the arguments with other leaves."""
        remaining = iter(leaves)
        return unflatten_like(self.args, remaining), unflatten_like(self.kwargs, remaining)

    def traced_arguments(self, f: Callable[..., Any]) -> TracedArguments:
        """Return the traced arguments.

        Parameters
        ----------
        f : callable
            The function, whose parameters give the names.

        Returns
        -------
        TracedArguments
            The arguments, as one sample has them.
        """
        leaves = self.sample_leaves()
        positions = []
        for k, leaf in enumerate(leaves):
            if self.is_traced_leaf(k):
                is_array = self.arrays_as_tensors and not isinstance(leaf, FloatList)
                is_one_node = is_array or isinstance(leaf, Node) or np.iscomplexobj(leaf)
                n_nodes = 1 if is_one_node else np.size(leaf)
                positions += [(k, place) for place in range(n_nodes)]
        values = [_plain_value(leaf) if self.is_traced_leaf(k) else None for k, leaf in enumerate(leaves)]
        return TracedArguments(values, self._leaf_names(f), positions, None if self.axes is None else self._batched_leaves())

    def _leaf_names(self, f: Callable[..., Any]) -> list[str]:
        """Return a name for each leaf: that of the parameter, with a number if the argument has several leaves."""
        try:
            parameters = [p.name for p in inspect.signature(f).parameters.values()]
        except (TypeError, ValueError):  # some built-in functions have no signature
            parameters = []
        parameters += [f"x{i}" for i in range(len(parameters), len(self.args))]
        names = []
        for name, arg in [*zip(parameters, self.args), *self.kwargs.items()]:
            n_leaves = len(flatten(arg)[0])
            names += [name] if n_leaves == 1 else [f"{name}{j}" for j in range(n_leaves)]
        return names


def is_traced(x: Any) -> bool:
    """Return whether a leaf of the arguments is traced, rather than static.

    Parameters
    ----------
    x : object
        The leaf.

    Returns
    -------
    bool
        Whether it is a node, a float, or an array of floats or complex numbers.
    """
    return isinstance(x, Node | float) or (isinstance(x, np.ndarray | np.floating) and x.dtype.kind in "fc")


def _plain_value(leaf: Any) -> Any:
    """Return the number or array of a traced leaf."""
    if isinstance(leaf, Node):
        return leaf._primal
    return np.asarray(leaf) if isinstance(leaf, np.ndarray) else float(leaf)


def _first_sample(batch: Any) -> Any:
    """Return the first sample of a batch; of a Tensor as a Tensor, without a record of where it comes from."""
    return Tensor(batch._primal[0]) if isinstance(batch, Tensor) else batch[0]
