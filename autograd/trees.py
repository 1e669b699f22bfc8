"""Nested lists, tuples, dicts and dataclasses of numbers and nodes: taken apart into leaves, and put together again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

Build = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Build]:
    """The leaves in order, and the function that puts as many others into the same structure.

    >>> leaves, build = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves, build([4, 5, 6])
    ([1.0, 2.0, 3.0], {'w': [4, 5], 'b': 6})
    """
    children, rebuilt = _opened(tree)
    if rebuilt is None:
        return [tree], lambda leaves: leaves[0]
    parts = [flatten(child) for child in children]
    sizes = [len(leaves) for leaves, _ in parts]

    def build(leaves: Sequence[Any]) -> Any:
        built, start = [], 0
        for size, (_, part) in zip(sizes, parts, strict=True):
            built.append(part(leaves[start : start + size]))
            start += size
        return rebuilt(built)

    return [leaf for leaves, _ in parts for leaf in leaves], build


def _opened(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any] | None]:
    """The children of a container and how to make one like it of others; None for a leaf."""
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return list(tree), lambda children: type(tree)(*children)
    if isinstance(tree, list | tuple):
        return list(tree), type(tree)
    if isinstance(tree, dict):
        return list(tree.values()), lambda children: dict(zip(tree, children, strict=True))
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [f.name for f in dataclasses.fields(tree)]
        remade = dataclasses.replace
        return [getattr(tree, n) for n in names], lambda children: remade(tree, **dict(zip(names, children, strict=True)))
    return [], None


def mapped(f: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with ``f`` of every leaf.

    >>> mapped(lambda x: x + 1, (1, [2]))
    (2, [3])
    """
    leaves, build = flatten(tree)
    return build([f(leaf) for leaf in leaves])


def structure(tree: Any) -> Any:
    """The structure alone, to be compared and shown.

    >>> structure({"a": [1.0, 2.0]})
    {'a': ['*', '*']}
    """
    return mapped(lambda leaf: "*", tree)
