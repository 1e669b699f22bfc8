"""Nested lists, tuples, dicts, object arrays and dataclasses of numbers and nodes: taken apart into leaves and put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

import numpy as np

Build = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Build]:
    """Return the leaves of a container in order, and the function that builds the same structure from other leaves.

    Parameters
    ----------
    tree : object
        Nested lists, tuples, dicts, object arrays and dataclasses; anything else is a leaf.

    Returns
    -------
    leaves : list
        The leaves.
    build : callable
        A function from as many leaves to a container of the same structure.

    Examples
    --------
    >>> leaves, build = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves, build([4, 5, 6])
    ([1.0, 2.0, 3.0], {'w': [4, 5], 'b': 6})
    """
    children, unflatten = flatten_one_level(tree)
    if unflatten is None:
        return [tree], only_leaf
    if type(tree) in (list, tuple) and not any(is_container(child) for child in children):
        return children, lambda leaves: unflatten(list(leaves))
    parts = [flatten(child) for child in children]
    sizes, builds = [len(leaves) for leaves, _ in parts], [build for _, build in parts]  # without the leaves: it may live long

    def build(leaves: Sequence[Any]) -> Any:
        built, start = [], 0
        for size, part in zip(sizes, builds, strict=True):
            built.append(part(leaves[start : start + size]))
            start += size
        return unflatten(built)

    return [leaf for leaves, _ in parts for leaf in leaves], build


def only_leaf(leaves: Sequence[Any]) -> Any:
    """Build the tree that is a leaf itself."""
    return leaves[0]


def is_container(tree: Any) -> bool:
    """Whether ``flatten`` takes something apart.

    >>> is_container([1.0]), is_container(1.0)
    (True, False)
    """
    if isinstance(tree, (list, tuple, dict)):  # a union is slower, and each argument comes here
        return True
    if isinstance(tree, np.ndarray):
        return bool(tree.dtype == object)
    return dataclasses.is_dataclass(tree) and not isinstance(tree, type)


def flatten_one_level(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any] | None]:
    """Return the children of a container and the function that rebuilds it from others; [] and None for a leaf."""
    if not is_container(tree):
        return [], None
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return list(tree), lambda children: type(tree)(*children)
    if isinstance(tree, list | tuple):
        return list(tree), type(tree)
    if isinstance(tree, dict):
        return list(tree.values()), lambda children: _rebuild_dict(tree, children)
    if isinstance(tree, np.ndarray):
        return _flatten_object_array(tree)
    names = [f.name for f in dataclasses.fields(tree)]
    return [getattr(tree, n) for n in names], lambda children: _rebuild_dataclass(tree, names, children)


def _flatten_object_array(array: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The entries of an object array. Where numbers are replaced by arrays of one shape, the result is one array."""
    entries = array.ravel().tolist()

    def unflatten(children: list[Any]) -> Any:
        shapes = _shapes(children)
        one = len(shapes) == 1 and shapes != {()} and _shapes(entries) == {()}
        return _join_arrays(children, array.shape) if one else make_array(children, array.shape)

    return entries, unflatten


def _shapes(entries: Sequence[Any]) -> set[tuple[int, ...]]:
    return {getattr(x, "shape", ()) for x in entries}


def make_array(entries: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Entries as an array: of floats where all are numbers, else of objects.

    >>> make_array([1, 2.0], (2, 1)).tolist()
    [[1.0], [2.0]]
    """
    array = np.empty(len(entries), dtype=float if all(isinstance(x, float | int | np.number) for x in entries) else object)
    for i, entry in enumerate(entries):
        array[i] = entry
    return array.reshape(shape)


def _join_arrays(arrays: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Arrays of one shape, as the entries of a container of ``shape``, in one array: the container's axes are the last ones.

    So derivatives have the shape output + input, and batches that of the batch + sample.
    """
    node = next((x for x in arrays if hasattr(x, "graph_backend")), None)
    stack = np.stack if node is None else node.graph_backend.stack
    return stack(arrays, axis=-1).reshape(arrays[0].shape + shape)


def _rebuild_dict(tree: dict[Any, Any], children: Sequence[Any]) -> dict[Any, Any]:
    """A dict of the same kind with other values."""
    filled = copy(tree)
    filled.update(zip(tree, children, strict=True))
    return filled


def _rebuild_dataclass(tree: Any, names: Sequence[str], children: Sequence[Any]) -> Any:
    """A dataclass with other fields, made without its __init__, which might compute with them."""
    remade = copy(tree)
    for name, child in zip(names, children, strict=True):
        object.__setattr__(remade, name, child)
    return remade


def leaf_paths(tree: Any) -> list[str]:
    """Return where each leaf of a container is, as Python that follows the name of the container.

    Parameters
    ----------
    tree : object
        As in :func:`flatten`.

    Returns
    -------
    list of str
        One path per leaf, in the order of :func:`flatten`; ``""`` if the tree itself is a leaf.

    Examples
    --------
    >>> leaf_paths({"w": [1.0, 2.0], "b": 3.0})
    ["['w'][0]", "['w'][1]", "['b']"]
    """
    children, unflatten = flatten_one_level(tree)
    if unflatten is None:
        return [""]
    return [step + path for step, child in zip(_steps(tree), children, strict=True) for path in leaf_paths(child)]


def _steps(tree: Any) -> list[str]:
    """How each child of a container is reached."""
    if isinstance(tree, dict):
        return [f"[{key!r}]" for key in tree]
    if hasattr(tree, "_fields"):
        return [f".{name}" for name in tree._fields]
    if isinstance(tree, list | tuple):
        return [f"[{i}]" for i in range(len(tree))]
    if isinstance(tree, np.ndarray):
        return [str(list(index)) for index in np.ndindex(tree.shape)]
    return [f".{f.name}" for f in dataclasses.fields(tree)]


def unflatten_like(tree: Any, leaves: Iterator[Any]) -> Any:
    """The same structure with the next of ``leaves`` in each place.

    >>> unflatten_like((1, [2]), iter("ab"))
    ('a', ['b'])
    """
    if type(tree) in (list, tuple):
        return type(tree)([unflatten_like(child, leaves) for child in tree])
    children, unflatten = flatten_one_level(tree)
    if unflatten is None:
        return next(leaves)
    return unflatten([unflatten_like(child, leaves) for child in children])


def leaves_in_order_of(tree: Any, like: Any) -> list[Any]:
    """The leaves of a tree in the order of another one of the same structure: dicts are matched by key.

    >>> leaves_in_order_of({"b": 2, "a": 1}, {"a": 0, "b": 0})
    [1, 2]
    """
    if isinstance(like, dict):
        return [leaf for key in like for leaf in leaves_in_order_of(tree[key], like[key])]
    children, unflatten = flatten_one_level(tree)
    if unflatten is None:
        return [tree]
    return [
        leaf for child, other in zip(children, flatten_one_level(like)[0], strict=True) for leaf in leaves_in_order_of(child, other)
    ]


def tree_map(f: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with ``f`` of every leaf.

    >>> tree_map(lambda x: x + 1, (1, [2]))
    (2, [3])
    """
    leaves, build = flatten(tree)
    return build([f(leaf) for leaf in leaves])


def structure(tree: Any) -> Any:
    """The structure alone, to be compared and shown.

    >>> structure({"a": [1.0, 2.0]})
    {'a': ['*', '*']}
    """
    if isinstance(tree, np.ndarray) and tree.dtype == object:
        return f"an object array of shape {tree.shape}"
    children, unflatten = flatten_one_level(tree)
    return "*" if unflatten is None else unflatten([structure(child) for child in children])
