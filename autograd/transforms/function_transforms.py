"""Transforms: functions into their derivatives. Reverse and forward mode over the graph that one run of the function records.

Inputs are floats, arrays, Values, Tensors, or nested lists, tuples, dicts and dataclasses of them; results have the same structure.
Results are nodes where there is something left to differentiate by: inside another transform, for inputs that are nodes, and where
the function uses nodes from outside, outside of no_grad. Elsewhere they are plain numbers. Each transform differentiates with
respect to nodes of its own, so that perturbations cannot be confused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

import numpy as np

from autograd import modes, seeing, walk
from autograd.core.coercion import advice, described, to_array
from autograd.transforms.dual_numbers import pull_along
from autograd.errors import DataError, GraphError, SettingError, ShapeError
from autograd.numpy_api.functions import GRAPH, contains_node, lifted, stack
from autograd.core.node import Node, apply
from autograd.state.metadata import Hooks
from autograd.ops import find
from autograd.core.tensor import Tensor
from autograd.core.pytree import Build, flatten, leaves_like, mapped, structure
from autograd.core.value import Value
from autograd.graph.reverse_mode import UNRECORDED

_depth: ContextVar[int] = ContextVar("depth", default=0)
Function = Callable[..., Any]


class _Run:
    """One run of a function on nodes of its own: what went in, what came out, and how to put results together."""

    def __init__(self, call: str, f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Any, has_aux: bool) -> None:
        if not callable(f):
            raise DataError(f"{call} takes a function first, not {described(f)}")
        self.call = call
        self.numbers = _checked_argnums(call, argnums, len(args))
        self.single = isinstance(argnums, int)
        flat = [flatten(args[n]) for n in self.numbers]
        self.builds = [build for _, build in flat]
        self.sizes = [len(leaves) for leaves, _ in flat]
        given = [leaf for leaves, _ in flat for leaf in leaves]
        self.nested = _depth.get() > 0 or any(isinstance(leaf, Node) for leaf in given)
        self.since = modes.tick()
        with modes.differentiated(self.since):
            self.inputs = [_source(call, leaf) for leaf in given]
        own = list(args)
        for n, tree in zip(self.numbers, self._trees(self.inputs), strict=True):
            own[n] = tree
        token = _depth.set(_depth.get() + 1)
        try:
            with modes.differentiated(self.since):
                result = f(*own, **kwargs)
        finally:
            _depth.reset(token)
        for x in self.inputs:
            if x.op is None:
                x.right = UNRECORDED  # nobody else can ask for derivatives by it
        self.aux: Any = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise GraphError(f"{call} with has_aux=True takes a function that returns (result, aux), not {described(result)}")
            result, self.aux = result
        self.outputs, self.build_output = _outputs(call, result)
        self.roots = [y for y in self.outputs if isinstance(y, Node)]
        self.nodes, ends = walk.order(self.roots, self.since)
        self.captures = walk.reaches_older(ends, self.since)

    @property
    def graph(self) -> bool:
        """Whether derivatives are nodes."""
        return self.nested or (self.captures and modes.recording())

    def _trees(self, leaves: Sequence[Any]) -> list[Any]:
        """A list of leaves as one tree for each argument that is differentiated."""
        trees, start = [], 0
        for size, build in zip(self.sizes, self.builds, strict=True):
            trees.append(build(leaves[start : start + size]))
            start += size
        return trees

    def by_argument(self, leaves: Sequence[Any]) -> Any:
        """Results in the structure of the arguments: bare for one argnum, a tuple for several."""
        trees = self._trees(leaves)
        return trees[0] if self.single else tuple(trees)

    @property
    def value(self) -> Any:
        return self.build_output([_finished(y, self.graph) for y in self.outputs])

    @property
    def auxiliary(self) -> Any:
        """The auxiliary results: nodes where they can be differentiated, as the others are."""
        leaves, build = flatten(self.aux)
        return build([_finished(x, isinstance(x, Node) and self._stays(x)) for x in leaves])

    def _stays(self, x: Node) -> bool:
        return self.nested or (modes.recording() and walk.reaches_older(walk.order((x,), self.since)[1], self.since))

    def pull(self, cotangents: Sequence[Any], graph: bool) -> list[Any]:
        """The cotangents of the inputs, zero where nothing arrives; nodes with ``graph``."""
        seeds = [g if graph else _numbers(g) for y, g in zip(self.outputs, cotangents, strict=True) if isinstance(y, Node)]
        arrived = walk.pullback(self.roots, seeds, self.inputs, GRAPH if graph else None, self.nodes)
        return [_given_back(d, like, graph) for d, like in zip(arrived, self.inputs, strict=True)]

    def push(self, tangents: Sequence[Any], graph: bool) -> list[Any]:
        """The tangents of the outputs, zero where an output does not move; nodes with ``graph``."""
        given = [t if graph else _numbers(t) for t in tangents]
        moved = iter(walk.pushforward(self.roots, self.inputs, given, GRAPH if graph else None, self.nodes))
        pairs = [(next(moved) if isinstance(y, Node) else None, y) for y in self.outputs]
        return [_given_back(t, like, graph) for t, like in pairs]


def _argnum_tuple(call: str, argnums: Any) -> tuple[int, ...]:
    numbers = (argnums,) if isinstance(argnums, int) else argnums
    if not isinstance(numbers, tuple | list) or not numbers or not all(isinstance(n, int) for n in numbers):
        raise SettingError(f"{call}: argnums is an integer or a tuple of integers, not {argnums!r}; call the result with the point")
    return tuple(numbers)


def _checked_argnums(call: str, argnums: Any, count: int) -> tuple[int, ...]:
    numbers = _argnum_tuple(call, argnums)
    if any(not -count <= n < count for n in numbers):
        raise SettingError(
            f"{call}: argnums {argnums!r} with {count} positional argument(s): pass what is differentiated by position"
        )
    if len({n % count for n in numbers}) < len(numbers):
        raise SettingError(f"{call}: argnums {argnums!r} names an argument twice")
    return tuple(n % count for n in numbers)


def _source(call: str, x: Any) -> Node:
    """A node of the run's own for an input; connected to the input where that is a node."""
    if isinstance(x, Node):
        return apply(find("positive"), x)  # type: ignore[no-any-return]
    if isinstance(x, bool | int | np.bool_ | np.integer) or (isinstance(x, np.ndarray) and x.dtype.kind in "iub"):
        raise DataError(f"{call} differentiates floats, not {described(x)}: pass a float, as in float(x) or x.astype(float)")
    if isinstance(x, float | np.floating):
        return Value(x)
    if isinstance(x, np.ndarray):
        return Tensor(x)
    raise DataError(f"{call} differentiates floats, arrays, nodes and nested containers of them, not {described(x)}{advice(x)}")


def _outputs(call: str, result: Any) -> tuple[list[Any], Build]:
    """The outputs as nodes, or as plain numbers where they do not depend on anything."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        result = lifted(result, call)
    leaves, build = flatten(result)
    for leaf in leaves:
        if not isinstance(leaf, Node | float | int | np.ndarray | np.number | np.bool_):
            raise DataError(f"{call}: the function returned {described(leaf)}, where numbers or nodes belong")
    return [leaf if isinstance(leaf, Node) else to_array(leaf, call)[()] for leaf in leaves], build


def _numbers(x: Any) -> Any:
    return x._data if isinstance(x, Node) else x


def _finished(x: Any, graph: bool) -> Any:
    """A result as callers get it: the node itself with ``graph``, else its numbers."""
    if graph or not isinstance(x, Node):
        return x
    return x._data if isinstance(x, Value) else np.array(x._data)


def _recorded(tree: Any) -> bool:
    """Whether a cotangent or a tangent has nodes in it, by which derivatives can be asked for."""
    return modes.recording() and any(isinstance(leaf, Node) for leaf in flatten(tree)[0])


def _given_back(d: Any, like: Any, graph: bool) -> Any:
    """A derivative as callers get it: a node, or a float for a Value and an array of its own for a Tensor; None is zero."""
    if d is None:
        d = _as_kind(np.zeros(np.shape(_numbers(like))), like)
        d = d if graph else _numbers(d)
    if graph:
        return d
    return float(d) if np.shape(d) == () and not isinstance(like, Tensor) else np.array(d)


def _matched(call: str, what: str, given: Any, wanted: Sequence[Any], tree: Any) -> list[Any]:
    """A cotangent or tangent in the structure and shapes of what it belongs to, as nodes of the right kind."""
    if structure(given) != structure(tree):
        raise ShapeError(f"{call}: the {what} has the structure {structure(given)}, but {structure(tree)} is needed")
    leaves = leaves_like(given, tree)
    for leaf, like in zip(leaves, wanted, strict=True):
        have = leaf.shape if isinstance(leaf, Node) else to_array(leaf, f"{call}: a {what}").shape
        if have != np.shape(_numbers(like)):
            raise ShapeError(f"{call}: a {what} has shape {have}, but {np.shape(_numbers(like))} is needed")
    return [_as_kind(leaf, like) for leaf, like in zip(leaves, wanted, strict=True)]


def _as_kind(x: Any, like: Any) -> Any:
    """A number or a node as a node of the same kind as ``like``, where that is one."""
    if isinstance(x, Node):
        return like.of_my_kind(x) if isinstance(like, Value) else x
    if isinstance(like, Tensor):
        return Tensor(np.asarray(x, like.dtype), constant=True)
    return Value(float(x)) if np.shape(x) == () else Tensor(x, constant=True)


def _scalar(run: _Run) -> Any:
    """The one number that a gradient is of."""
    if len(run.outputs) != 1 or np.shape(_numbers(run.outputs[0])) != ():
        shapes = [np.shape(_numbers(y)) for y in run.outputs]
        what = f"shape {shapes[0]}" if len(shapes) == 1 else f"{len(shapes)} results"
        raise GraphError(f"{run.call} needs a function that returns one number, not {what}: reduce it, or use jacobian or vjp")
    return run.outputs[0]


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The function (value, gradient) of a function that returns one number; ((value, aux), gradient) with ``has_aux``.

    The gradient has the structure and the shapes of the arguments ``argnums``. Keyword arguments are handed on.

    >>> value_and_grad(lambda x, y: x * x * y)(3.0, 2.0)
    (18.0, 12.0)
    """
    _argnum_tuple("value_and_grad()", argnums)

    def both(*args: Any, **kwargs: Any) -> Any:
        value, aux, gradient = _differentiated("value_and_grad()", f, args, kwargs, argnums, has_aux)
        return ((value, aux), gradient) if has_aux else (value, gradient)

    return both


def _differentiated(call: str, f: Function, args: Any, kwargs: Any, argnums: Any, has_aux: bool) -> tuple[Any, Any, Any]:
    """Value, auxiliary output and gradient of a function that returns one number."""
    run = _Run(call, f, args, kwargs, argnums, has_aux)
    gradient = run.by_argument(run.pull([_as_kind(1.0, _scalar(run))], run.graph))
    return run.value, run.auxiliary, gradient


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of a function that returns one number; (gradient, aux) with ``has_aux``.

    >>> grad(grad(grad(np.tanh)))(0.5)  # doctest: +ELLIPSIS
    -0.5652...
    """
    _argnum_tuple("grad()", argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, aux, g = _differentiated("grad()", f, args, kwargs, argnums, has_aux)
        return (g, aux) if has_aux else g

    return gradient


def vjp(f: Function, *args: Any, has_aux: bool = False, **kwargs: Any) -> Any:
    """The value of ``f`` and its pullback: cotangents of the result → a tuple of cotangents, one for each argument.

    With ``has_aux``: (value, pullback, aux).

    >>> value, pullback = vjp(lambda x, y: x * y, 3.0, 2.0)
    >>> value, pullback(1.0)
    (6.0, (2.0, 3.0))
    """
    run = _Run("vjp()", f, args, kwargs, tuple(range(len(args))), has_aux)
    tree = run.build_output(run.outputs)

    def pullback(cotangent: Any) -> Any:
        matched = _matched("pullback()", "cotangent", cotangent, run.outputs, tree)
        return run.by_argument(run.pull(matched, run.graph or _recorded(cotangent)))

    return (run.value, pullback, run.auxiliary) if has_aux else (run.value, pullback)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False, **kwargs: Any) -> Any:
    """The value of ``f`` and its tangent when the arguments ``primals`` move along ``tangents``: forward mode.

    With ``has_aux``: (value, tangent, aux).

    >>> jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.0))
    (6.0, 2.0)
    """
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise DataError(
            f"jvp() takes a tuple of primals and a tuple of tangents, not {described(primals)} and {described(tangents)}"
        )
    run = _Run("jvp()", f, primals, kwargs, tuple(range(len(primals))), has_aux)
    moving = _matched("jvp()", "tangent", tuple(tangents), run.inputs, tuple(run._trees(run.inputs)))
    tangent = run.build_output(run.push(moving, run.graph or _recorded(tangents)))
    return (run.value, tangent, run.auxiliary) if has_aux else (run.value, tangent)


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto", has_aux: bool = False) -> Function:
    """All derivatives ∂outputᵢ/∂inputⱼ: for each output, the structure of the inputs, of shape output.shape + input.shape.

    ``mode`` "rev" takes a pullback per output entry, "fwd" a pushforward per input entry, "auto" whichever are fewer.

    >>> jacobian(lambda x: np.sin(x[:, None] * x))(np.arange(3.0)).shape
    (3, 3, 3)
    """
    if mode not in ("rev", "fwd", "auto"):
        raise SettingError(f"jacobian(): mode is 'rev', 'fwd' or 'auto', not {mode!r}")

    _argnum_tuple("jacobian()", argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        run = _Run("jacobian()", f, args, kwargs, argnums, has_aux)
        ins, outs = ([np.shape(_numbers(x)) for x in side] for side in (run.inputs, run.outputs))
        n_in, n_out = (sum(int(np.prod(s)) for s in shapes) for shapes in (ins, outs))
        forward = mode == "fwd" or (mode == "auto" and n_in < n_out)
        move, sources = (run.push, run.inputs) if forward else (run.pull, run.outputs)
        rows = _entries(partial(move, graph=run.graph), sources)
        blocks = [[_block(rows, i, j, outs[i], ins[j], forward) for j in range(len(ins))] for i in range(len(outs))]
        result = run.build_output([run.by_argument(block) for block in blocks])
        return (result, run.auxiliary) if has_aux else result

    return derivative


def _entries(move: Callable[[Sequence[Any]], list[Any]], sources: Sequence[Any]) -> list[list[list[Any]]]:
    """For each source, for each of its entries, what ``move`` gives for a one there and zeros elsewhere."""
    rows: list[list[list[Any]]] = []
    for k, source in enumerate(sources):
        shape = np.shape(_numbers(source))
        rows.append([])
        for place in np.ndindex(shape):
            one = np.zeros(shape)
            one[place] = 1.0
            basis = [_as_kind(one if i == k else np.zeros(np.shape(_numbers(s))), s) for i, s in enumerate(sources)]
            rows[-1].append(move(basis))
    return rows


def _block(rows: list[list[list[Any]]], i: int, j: int, out: tuple[int, ...], into: tuple[int, ...], forward: bool) -> Any:
    """∂outputᵢ/∂inputⱼ of shape out + into, from the rows of pullbacks or pushforwards."""
    pieces = [row[i] for row in rows[j]] if forward else [row[j] for row in rows[i]]
    if not out and not into:
        return pieces[0]
    if not pieces:
        return np.zeros(out + into)
    stacked = stack(pieces) if any(contains_node(p) for p in pieces) else np.array(pieces)
    whole = stacked.reshape(into + out if forward else out + into)
    if not forward:
        return whole
    axes = (*range(len(into), len(into) + len(out)), *range(len(into)))
    return whole.transpose(axes)


def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The second derivatives of a function that returns one number: forward over reverse.

    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(f, argnums, has_aux), argnums, mode="fwd", has_aux=has_aux)


def hvp(f: Function, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    """The Hessian of ``f`` at its first argument ``x`` times ``v``, without the Hessian: forward over reverse.

    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    if _depth.get() or modes.current().anomaly:  # whose graph and looks the shorter way does not have
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    run = _Run("hvp()", f, (x, *args), kwargs, 0, False)
    root = _scalar(run)
    if run.graph or _recorded(v) or Hooks.living or not isinstance(root, Node):  # nor does it hear hooks
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    tangents = [_numbers(t) for t in _matched("hvp()", "tangent", v, run.inputs, run.by_argument(run.inputs))]
    try:
        with modes.differentiated(run.since):
            changes = pull_along(root, root.plain(1.0), run.inputs, tangents, run.nodes)
    except NotImplementedError:  # the result of a compiled function, which has no rule on duals
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    return run.by_argument([_given_back(d, like, False) for d, like in zip(changes, run.inputs, strict=True)])


def gradients(y: Any, wrt: Any, cotangent: Any = None, create_graph: bool = False) -> Any:
    """∂y/∂x for every node x in ``wrt``, of a graph at hand: returned in the structure of ``wrt``, and no ``.grad`` is written.

    Plain numbers, or nodes with ``create_graph``; zero for a node that y does not depend on.

    >>> a, b = Value(3.0), Value(2.0)
    >>> gradients(a * a * b, [a, b])
    [12.0, 9.0]
    """
    if not isinstance(y, Node):
        raise DataError(f"gradients() takes a Value or a Tensor first, not {described(y)}")
    sources, build = flatten(wrt)
    for source in sources:
        if not isinstance(source, Node):
            raise DataError(f"gradients() takes nodes to differentiate by, not {described(source)}")
    trace = seeing.current()
    if trace is not None and not create_graph:
        found = gradients(y, wrt, cotangent, create_graph=True)
        return mapped(trace.read, found)
    seed = y.seed(cotangent)
    start = (cotangent if isinstance(cotangent, Node) else y.leaf(seed)) if create_graph else seed
    arrived = walk.pullback([y], [start], sources, GRAPH if create_graph else None)
    return build([_given_back(g, x, create_graph) for x, g in zip(sources, arrived, strict=True)])


def stop_gradient(x: Any) -> Any:
    """The same numbers without their history: derivatives treat it as a constant. Nested containers are allowed.

    >>> grad(lambda x: stop_gradient(x) * x)(3.0)
    3.0
    """
    return mapped(lambda leaf: leaf.detach() if isinstance(leaf, Value | Tensor) else leaf, x)
