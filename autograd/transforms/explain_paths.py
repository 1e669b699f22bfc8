"""explain: the chain rule along every path from a result to one of its leaves, with the numbers filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd.core.coercion import described
from autograd.core.value import Value
from autograd.errors import DataError, GraphError
from autograd.graph.forward_mode import pushforward
from autograd.graph.topological_order import topological_order


class Path(NamedTuple):
    """One way from the result to the leaf: the nodes passed, and the local derivative of each edge."""

    nodes: tuple[Value, ...]
    factors: tuple[float, ...]

    @property
    def product(self) -> float:
        """The product of the local derivatives: this path's part of the gradient."""
        result = 1.0
        for factor in self.factors:
            result *= factor
        return result


class Explanation(NamedTuple):
    """∂y/∂x as the sum over paths of the products along them; ``paths`` holds the first of ``routes``. Print it."""

    gradient: float
    routes: int
    paths: tuple[Path, ...]
    labels: dict[Value, str]
    ends: tuple[str, str]

    def __str__(self) -> str:
        y, x = self.ends
        lines = [f"∂{y}/∂{x} = {self.gradient:.6g}, the sum over {self.routes} path{'s' if self.routes != 1 else ''}"]
        for path in self.paths:
            steps = zip(path.nodes, path.nodes[1:], path.factors, strict=False)
            terms = " · ".join(f"∂{self.labels[a]}/∂{self.labels[b]} ({f:.6g})" for a, b, f in steps)
            lines.append(f"  {terms or '1'} = {path.product:.6g}")
        if self.routes > len(self.paths):
            lines.append(f"  … and {self.routes - len(self.paths)} more")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def latex(self) -> str:
        """The same as a LaTeX formula: one line per path in an align environment."""
        y, x = self.ends
        rows = []
        for path in self.paths:
            names = [_escaped(self.labels[n]) for n in path.nodes]
            fractions = "".join(rf"\frac{{\partial {a}}}{{\partial {b}}}" for a, b in zip(names, names[1:], strict=False))
            numbers = r" \cdot ".join(f"({f:.6g})" if f < 0 else f"{f:.6g}" for f in path.factors)
            rows.append(rf"&+ {fractions or '1'} = {numbers or '1'} = {path.product:.6g}")
        head = rf"\frac{{\partial {_escaped(y)}}}{{\partial {_escaped(x)}}} &= {self.gradient:.6g}"
        return "\\begin{align*}\n" + " \\\\\n".join([head, *rows]) + "\n\\end{align*}"


def explain(y: Value, wrt: Value, most: int = 20) -> Explanation:
    """The chain rule from ``y`` to ``wrt`` along every path, the first ``most`` of them written out.

    The products along all paths add up to the gradient. DataError for anything but Values, GraphError where no path leads.

    >>> a, b = Value(3.0, name="a"), Value(2.0, name="b")
    >>> y = a * b + a
    >>> print(explain(y, wrt=a))
    ∂y/∂a = 3, the sum over 2 paths
      ∂y/∂v1 (1) · ∂v1/∂a (2) = 2
      ∂y/∂a (1) = 1
    """
    for node in (y, wrt):
        if not isinstance(node, Value):
            raise DataError(f"explain() takes two Values, not {described(node)}; sum or index a Tensor's entries as Values first")
    nodes, _ = topological_order((y,))
    counts: dict[Any, int] = {wrt: 1}
    for node in nodes:
        if node is not wrt:
            counts[node] = sum(counts.get(source, 0) for _, source in node.sources)
    if not counts.get(y):
        raise GraphError(f"explain(): no path leads from {y.brief()} to {wrt.brief()}: the gradient is 0")
    paths: list[Path] = []
    for path in _paths(y, wrt, counts):
        if len(paths) == most:
            break
        paths.append(path)
    labels = _labels(y, wrt, paths)
    (gradient,) = pushforward([y], [wrt], [1.0])  # which no hook has a say in
    return Explanation(gradient, counts[y], tuple(paths), labels, (labels[y], labels[wrt]))


def _paths(y: Value, wrt: Value, counts: dict[Any, int]) -> Iterator[Path]:
    """The paths one by one, without recursion."""
    stack: list[tuple[tuple[Any, ...], tuple[float, ...]]] = [((y,), ())]
    while stack:
        nodes, factors = stack.pop()
        node = nodes[-1]
        if node is wrt:
            yield Path(nodes, factors)
            continue
        for i, source in reversed(node.sources):
            if counts.get(source):
                stack.append(((*nodes, source), (*factors, node.vjp(i, 1.0, None))))


def _labels(y: Value, wrt: Value, paths: list[Path]) -> dict[Value, str]:
    """What each node is called: its name, or y, x and v1, v2, … where it has none."""
    labels = {wrt: wrt.path or "x", y: y.path or "y"} if y is not wrt else {y: y.path or "y"}
    for path in paths:
        for node in path.nodes:
            if node not in labels:
                labels[node] = node.path or f"v{len(labels) - 1}"
    return labels


def _escaped(label: str) -> str:
    """A label that LaTeX takes as text."""
    plain = "".join({"\\": r"\backslash "}.get(c, f"\\{c}" if c in "#$%&_{}" else c) for c in label)
    return plain if len(label) == 1 else rf"\mathrm{{{plain}}}"
