"""explain: the chain rule along every path from a result to one of its leaves, with the numbers filled in."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

from autograd.core.coercion import describe
from autograd.core.value import Value
from autograd.errors import DataError, GraphError
from autograd.graph.forward_mode import pushforward
from autograd.graph.topological_order import topological_order
from autograd.transforms.latex import explanation_as_latex


class Path(NamedTuple):
    """One path from the result to the leaf.

    Attributes
    ----------
    nodes : tuple of Value
        The nodes on the path, from the result to the leaf.
    factors : tuple of float
        The local derivative of each edge: one fewer than ``nodes``.
    positions : tuple of int
        The position of each node but the first among the arguments of the node before it.
    """

    nodes: tuple[Value, ...]
    factors: tuple[float, ...]
    positions: tuple[int, ...]

    @property
    def product(self) -> float:
        """The product of the local derivatives: this path's contribution to the gradient."""
        return prod(self.factors, start=1.0)


class Explanation(NamedTuple):
    """∂y/∂x as the sum over paths of the products along them. Print it to see the paths.

    Attributes
    ----------
    gradient : float
        ∂y/∂x, the sum over all paths.
    routes : int
        The number of paths.
    paths : tuple of Path
        The first of them.
    labels : dict of Value to str
        The name of each node on these paths.
    ends : tuple of str
        The labels of y and x.
    """

    gradient: float
    routes: int
    paths: tuple[Path, ...]
    labels: dict[Value, str]
    ends: tuple[str, str]

    def __str__(self) -> str:
        y, x = self.ends
        lines = [f"∂{y}/∂{x} = {self.gradient:.6g}, the sum over {self.routes} path{'s' if self.routes != 1 else ''}"]
        for path in self.paths:
            edges = zip(path.nodes, path.nodes[1:], path.factors, strict=False)
            terms = " · ".join(f"∂{self.labels[a]}/∂{self.labels[b]} ({factor:.6g})" for a, b, factor in edges)
            lines.append(f"  {terms or '1'} = {path.product:.6g}")
        if self.routes > len(self.paths):
            lines.append(f"  … and {self.routes - len(self.paths)} more")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def latex(self) -> str:
        """Write the explanation as a LaTeX formula.

        Returns
        -------
        str
            An ``align*`` environment with one line for each path.
        """
        return explanation_as_latex(self.ends, self.gradient, self.labels, self.paths)


def explain(y: Value, wrt: Value, most: int = 20) -> Explanation:
    """Write out the chain rule from ``y`` to ``wrt`` along every path.

    Parameters
    ----------
    y : Value
        The result.
    wrt : Value
        The node to differentiate with respect to.
    most : int, default 20
        How many paths to write out. All of them are counted.

    Returns
    -------
    Explanation
        The paths and the local derivatives along them. The products along all paths add up to the gradient.

    Raises
    ------
    DataError
        If ``y`` or ``wrt`` is no Value.
    GraphError
        If no path leads from ``y`` to ``wrt``.

    Examples
    --------
    >>> a, b = Value(3.0, name="a"), Value(2.0, name="b")
    >>> y = a * b + a
    >>> print(explain(y, wrt=a))
    ∂y/∂a = 3, the sum over 2 paths
      ∂y/∂v1 (1) · ∂v1/∂a (2) = 2
      ∂y/∂a (1) = 1
    """
    for node in (y, wrt):
        if not isinstance(node, Value):
            raise DataError(f"explain() takes two Values, not {describe(node)}; sum or index a Tensor's entries as Values first")
    path_counts = _count_paths(y, wrt)
    if not path_counts.get(y):
        raise GraphError(f"explain(): no path leads from {y.describe()} to {wrt.describe()}: the gradient is 0")
    paths: list[Path] = []
    for path in _paths(y, wrt, path_counts):
        if len(paths) == most:
            break
        paths.append(path)
    labels = _labels(y, wrt, paths)
    (gradient,) = pushforward([y], [wrt], [1.0])  # forward mode, because a hook could change a cotangent
    return Explanation(gradient, path_counts[y], tuple(paths), labels, (labels[y], labels[wrt]))


def _count_paths(y: Value, wrt: Value) -> dict[Any, int]:
    """The number of paths to ``wrt`` from each node below ``y``."""
    nodes, _ = topological_order((y,))
    counts: dict[Any, int] = {wrt: 1}
    for node in nodes:
        if node is not wrt:
            counts[node] = sum(counts.get(source, 0) for _, source in node.sources)
    return counts


def _paths(y: Value, wrt: Value, path_counts: dict[Any, int]) -> Iterator[Path]:
    """The paths one by one, depth first, without recursion."""
    stack = [Path((y,), (), ())]
    while stack:
        path = stack.pop()
        node = path.nodes[-1]
        if node is wrt:
            yield path
            continue
        for i, source in reversed(node.sources):
            if path_counts.get(source):
                factor = node.vjp(i, 1.0, None)
                stack.append(Path((*path.nodes, source), (*path.factors, factor), (*path.positions, i)))


def _labels(y: Value, wrt: Value, paths: list[Path]) -> dict[Value, str]:
    """The name of each node; for a node without one: y, x, or v1, v2, …."""
    labels = {wrt: wrt.path or "x", y: y.path or "y"} if y is not wrt else {y: y.path or "y"}
    for path in paths:
        for node in path.nodes:
            if node not in labels:
                labels[node] = node.path or f"v{len(labels) - 1}"
    return labels
