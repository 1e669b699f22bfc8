"""The tracer: records the guards of a traced function, and what the leaves of its graph stand for.

Inside a traced function ``x.data`` is a :class:`TracedData`: arithmetic on it is recorded, without a gradient. A comparison is a
:class:`TracedMask`: ``where`` can choose by it without a branch. Code that needs the plain numbers (a branch, ``float()``,
``math.exp``, ``argmax``) gets them, and the tracer records a guard: which function read which numbers, and what it returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.effects.numbers_updates import NumbersUpdate, NumbersUpdates
from autograd.compiler.frontend.effects.random_draws import RandomDraws
from autograd.compiler.frontend.traced_data import TracedData, unwrap
from autograd.compiler.frontend.traced_mask import TracedMask
from autograd.core.node import Node
from autograd.core.pytree import flatten, tree_map
from autograd.core.tracing import TracedBase, TracedIntegersBase, original_of, to_concrete
from autograd.errors import GraphError
from autograd.state import context


class Guard(NamedTuple):
    """A condition for reusing a trace: ``function`` of the values of ``sources`` must still equal ``result``.

    Attributes
    ----------
    function : callable
        The function that read the numbers, called with one number or array for each source. ``bool`` marks a branch on a mask.
    sources : tuple of Node or TracedMask
        The nodes and masks whose numbers were read.
    result : object
        What the function returned while it was traced.
    description : str
        What error messages call the function, such as "a branch" or "float()".
    """

    function: Callable[..., Any]
    sources: tuple[Any, ...]
    result: Any
    description: str


class Origin(NamedTuple):
    """How a leaf of a trace is computed from other nodes.

    Attributes
    ----------
    kind : {"stop_gradient", "mask", "max", "min"}
        The number of a node without its gradient, a mask as 0.0 or 1.0, or the largest or smallest of some numbers.
    sources : tuple of Node, TracedMask or float
        What the leaf is computed from.
    """

    kind: str
    sources: tuple[Any, ...]


class Tracer:
    """What one run of a traced function records besides its graph.

    Nodes and functions reach the active tracer through :mod:`autograd.core.tracing`.

    Attributes
    ----------
    guards : list of Guard
        The guards, in the order in which they were recorded.
    origins : dict of Node to Origin
        The leaves that stand for something computed.
    masks : dict of int to TracedMask
        The masks by the identity of the array that a recorded choice (``where``) keeps.
    dependencies : list of Node or TracedMask
        The sources of guards, choices and leaves, in the order in which they were used. A source precedes what is made of it.
    constants : dict of int to Tensor
        The constant Tensors that took part, by the identity of their array.
    created : list of Node
        The nodes that were made, in the order of the program.
    start_stamp : int
        The stamp of the graph clock when the run began.
    reads_integers : bool
        Whether the function read the plain numbers of traced integers.
    draws : RandomDraws
        The random numbers that were drawn by ``random_numbers``.
    updates : NumbersUpdates
        The constant Tensors that were changed by ``update_numbers``.
    """

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.origins: dict[Node, Origin] = {}
        self.masks: dict[int, TracedMask] = {}
        self.dependencies: list[Any] = []
        self.constants: dict[int, Any] = {}
        self.created: list[Any] = []
        self.start_stamp: int = context.clock
        self.reads_integers: bool = False
        self.draws: RandomDraws = RandomDraws()
        self.updates: NumbersUpdates = NumbersUpdates()
        self._mask_arrays: list[Any] = []  # kept alive, so that no other array gets the identity of one of them

    def add_guard(self, function: Callable[..., Any], sources: Sequence[Any], result: Any, description: str) -> Any:
        """Record that ``function`` of the numbers of ``sources`` returned ``result``.

        Parameters
        ----------
        function, sources, result, description
            The fields of the :class:`Guard`. Arrays in the result are copied.

        Returns
        -------
        object
            The result itself.
        """
        self.dependencies += sources
        self.guards.append(Guard(function, tuple(sources), tree_map(_copy_array, result), description))
        return result

    def guard_call(self, function: Callable[..., Any], args: Any, kwargs: Any, result: Any) -> None:
        """Record a guard for a function that was called with the plain numbers of its arguments.

        Parameters
        ----------
        function : callable
            The function.
        args, kwargs : tuple and dict
            Its arguments; they may contain nodes, traced data and masks. If they contain none, nothing is recorded.
        result : object
            What it returned.

        Raises
        ------
        GraphError
            If the function returned None, as functions do that write to an array.
        """
        leaves, build = flatten((args, kwargs))
        if result is None:
            raise GraphError(
                f"compile(): {_function_label(function)} writes traced numbers into a plain array, where they cannot be followed: "
                f"write an expression instead, as with np.where, np.concatenate or np.array([…])"
            )
        positions = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Node | TracedBase)]
        self.reads_integers |= any(isinstance(leaf, TracedIntegersBase) for leaf in leaves)
        if not positions:
            return
        plain_leaves = [None if i in positions else leaf for i, leaf in enumerate(leaves)]  # a guard must not keep a graph alive

        def call_again(*numbers: Any) -> Any:
            filled = list(plain_leaves)
            for i, number in zip(positions, numbers, strict=True):
                filled[i] = number
            new_args, new_kwargs = build(filled)
            return function(*new_args, **new_kwargs)

        is_single_argument = len(args) == 1 and not kwargs and positions == [0] and leaves[0] is args[0]
        guarded = function if is_single_argument and function is not bool else call_again
        self.add_guard(guarded, [unwrap(leaves[i]) for i in positions], result, _function_label(function))

    def trace_data(self, node: Node) -> TracedData:
        """Return what ``.data`` of a node gives inside a traced function.

        Parameters
        ----------
        node : Node
            The node whose data is read.

        Returns
        -------
        TracedData
            Its numbers, which the trace follows.
        """
        return TracedData(self, node.current)

    def draw(self, generator: Any, method: str, args: Sequence[Any]) -> TracedData:
        """Return random numbers that the program draws at each call.

        Parameters
        ----------
        generator : numpy.random.Generator
            The generator.
        method : str
            The name of its method.
        args : sequence
            The arguments of the method.

        Returns
        -------
        TracedData
            The numbers.
        """
        return TracedData(self, self.draws.add(generator, method, args))

    def update(self, tensor: Any, rule: Callable[..., Any], args: Sequence[Any]) -> None:
        """Note that a function replaces the numbers of a constant Tensor, which stay as they are while it is traced.

        Parameters
        ----------
        tensor, rule, args
            As for ``update_numbers``.
        """
        numbers = [TracedData(self, x.current) if isinstance(x, Node) else x for x in args]
        self.updates.set(tensor, unwrap(rule(TracedData(self, self.updates.now(tensor)), *numbers)))

    def place_of(self, node: Any) -> int | None:
        """Return the place of a node in the order of the program, or None if the run did not make it.

        Parameters
        ----------
        node : Node
            The node.

        Returns
        -------
        int or None
            Its place in ``created``.
        """
        return next((k for k in reversed(range(len(self.created))) if self.created[k] is node), None)

    def note_assignment(self, tensor: Any, original: Any) -> None:
        """Note that a result is assigned to: in the order of the program, and among the origins, its original stands for it.

        Parameters
        ----------
        tensor, original : Tensor
            The result, and the node that it was so far.
        """
        place = self.place_of(tensor)
        if place is not None:
            self.created[place] = original
        if tensor in self.origins:
            self.origins = {original if x is tensor else x: origin for x, origin in self.origins.items()}

    def refer_to_originals(self) -> None:
        """Replace results that the program assigned to, at the end of a run, by what was read of them."""
        self.dependencies = list(map(original_of, self.dependencies))
        self.guards = [guard._replace(sources=tuple(map(original_of, guard.sources))) for guard in self.guards]
        self.origins = {x: Origin(kind, tuple(map(original_of, sources))) for x, (kind, sources) in self.origins.items()}

    def guard_updates(self) -> None:
        """Make guards of the updates at the end of a run: what guards read is computed by every program.

        Raises
        ------
        GraphError
            If the function also reads such a Tensor itself, because a trace keeps its array.
        """
        for tensor, numbers in self.updates.new.items():
            if any(tensor is other for other in self.constants.values()):
                raise GraphError(
                    f"compile(): the function reads {tensor.describe()}, whose numbers update_numbers() replaces: pass its numbers "
                    f"as an argument, or read it in another function"
                )
            self.add_guard(NumbersUpdate(tensor), [numbers], True, "update_numbers()")

    def compare(self, operator: str, left: Any, right: Any) -> TracedMask:
        """Return what a comparison, or a combination of masks, gives inside a traced function.

        Parameters
        ----------
        operator : {">", ">=", "<", "<=", "==", "!=", "&", "|"}
            The operator.
        left, right : Node, TracedData, TracedMask, float or array
            The operands.

        Returns
        -------
        TracedMask
            The truth values, which the trace follows.
        """
        return TracedMask(self, operator, unwrap(left), unwrap(right))

    def make_leaf(self, like: Node, data: Any, kind: str, *sources: Any) -> Any:
        """Return a new leaf that stands for something computed.

        Parameters
        ----------
        like : Node
            A node of the class and dtype that the leaf gets.
        data : float or array
            The numbers of the leaf.
        kind, *sources
            The :class:`Origin` of the leaf.

        Returns
        -------
        Node
            The leaf.
        """
        leaf = like.leaf(np.asarray(data, like._primal.dtype) if like.rank else data)
        self.dependencies += sources
        self.origins[leaf] = Origin(kind, sources)
        return leaf

    def stop_gradient(self, node: Node) -> Any:
        """Return a leaf with the numbers of a node, through which no gradient flows.

        Parameters
        ----------
        node : Node
            The node.

        Returns
        -------
        Node
            A leaf of the same class.
        """
        node = node.current
        return self.make_leaf(node, node._primal, "stop_gradient", node)

    def record_mask(self, mask: TracedMask) -> Any:
        """Return the truth values of a mask as the array that a recorded choice (``where``) keeps.

        Parameters
        ----------
        mask : TracedMask
            The mask.

        Returns
        -------
        array of bool
            A new array; ``masks`` leads from it back to the mask.
        """
        array = np.array(mask.concrete, dtype=bool)
        self.dependencies.append(mask)
        self._mask_arrays.append(array)
        self.masks[id(array)] = mask
        return array

    def bind_leaf(self, node: Any, x: Any) -> bool:
        """Make a new leaf stand for the traced data or the mask that it was constructed from, as in ``Tensor(x.data)``.

        Parameters
        ----------
        node : Node
            The new leaf.
        x : object
            What it was constructed from.

        Returns
        -------
        bool
            Whether ``x`` is traced data or a mask. If it is neither, the leaf is left unchanged.
        """
        if not isinstance(x, TracedData | TracedMask):
            return False
        source = unwrap(x)
        node._primal = np.array(to_concrete(x), dtype=float) if node.rank else float(to_concrete(x))
        self.dependencies.append(source)
        self.origins[node] = Origin("mask" if isinstance(x, TracedMask) else "stop_gradient", (source,))
        return True


def _copy_array(x: Any) -> Any:
    """Return a copy of an array, and anything else unchanged."""
    return x.copy() if isinstance(x, np.ndarray) else x


def _function_label(function: Callable[..., Any]) -> str:
    """Return what error messages call a function."""
    return f"{getattr(function, '__name__', 'a function')}()"
