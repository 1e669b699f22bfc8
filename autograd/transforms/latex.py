"""The explanation of a gradient as LaTeX source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def explanation_as_latex(ends: tuple[str, str], gradient: float, labels: Mapping[Any, str], paths: Sequence[Any]) -> str:
    """Write a sum over paths as a LaTeX formula.

    Parameters
    ----------
    ends : tuple of str
        The labels of y and x.
    gradient : float
        ∂y/∂x.
    labels : mapping of Value to str
        The name of each node on the paths.
    paths : sequence of Path
        The paths, with their nodes, factors and products.

    Returns
    -------
    str
        An ``align*`` environment with one line for each path.
    """
    y, x = map(_escape, ends)
    lines = [rf"{_fraction(y, x)} &= {gradient:.6g}", *(_format_path(path, labels) for path in paths)]
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _format_path(path: Any, labels: Mapping[Any, str]) -> str:
    """One path: the product of its partial derivatives, first as symbols, then as numbers."""
    names = [_escape(labels[node]) for node in path.nodes]
    fractions = "".join(map(_fraction, names, names[1:]))
    numbers = r" \cdot ".join(f"({factor:.6g})" if factor < 0 else f"{factor:.6g}" for factor in path.factors)
    return rf"&+ {fractions or '1'} = {numbers or '1'} = {path.product:.6g}"


def _fraction(a: str, b: str) -> str:
    """The symbol ∂a/∂b."""
    return rf"\frac{{\partial {a}}}{{\partial {b}}}"


def _escape(label: str) -> str:
    """A label as LaTeX source, upright if it has several characters."""
    escaped = "".join({"\\": r"\backslash "}.get(c, f"\\{c}" if c in "#$%&_{}" else c) for c in label)
    return escaped if len(label) == 1 else rf"\mathrm{{{escaped}}}"
