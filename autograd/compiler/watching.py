"""The way from a function to the nodes that it took from outside: names, attributes, lists. Whether it still leads there."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.surroundings import DEEP, MANY, spoken
from autograd.node import Node

FUNCTIONS = (types.FunctionType, types.MethodType, partial)
OPAQUE = (type, types.ModuleType, types.BuiltinFunctionType, str, bytes, int, float)


class Watch:
    """All that leads from ``f`` to some nodes, as it is now; what is on no such way may change."""

    def __init__(self, f: Callable[..., Any], nodes: Iterable[Node]) -> None:
        self._wanted = {id(node) for node in nodes}
        self._known: dict[int, bool] = {}
        self._keys: list[tuple[dict[Any, Any], Any, Any, str]] = []
        self._cells: list[tuple[Any, Any, str]] = []
        self._rows: list[tuple[Any, Any]] = []
        self._arrays: list[tuple[Any, list[Any]]] = []
        self._items: list[tuple[Any, int, Any]] = []
        if self._wanted:
            self._leads(f, 2 * DEEP)
        del self._wanted, self._known

    def change(self) -> str:
        """The first thing that leads elsewhere now; "" where all is as it was. Quick, since every call asks."""
        for mapping, key, value, what in self._keys:
            if mapping.get(key) is not value:
                return f"{what} is another"
        for cell, value, what in self._cells:
            if not _holds(cell, value):
                return f"{what} is another"
        for row, was in self._rows:
            if row != was:  # entries that are the same are not compared further, and nodes are equal to themselves alone
                return f"a {type(row).__name__} of {len(was)} has changed"
        for array, was in self._arrays:
            if array.tolist() != was:
                return f"an array of shape {array.shape} has changed"
        for row, i, value in self._items:
            if not (i < len(row) and row[i] is value):
                return f"entry {i} of a {type(row).__name__} is another"
        return ""

    def _leads(self, x: Any, deep: int) -> bool:
        """Whether ``x`` is one of the nodes, or leads to one; if so, what it does it by is kept."""
        if isinstance(x, Node):
            return id(x) in self._wanted
        if isinstance(x, OPAQUE) or not deep or len(self._known) > MANY:
            return False
        if id(x) not in self._known:
            self._known[id(x)] = False  # a way that leads back here leads nowhere else
            self._known[id(x)] = self._opened(x, deep - 1)
        return self._known[id(x)]

    def _opened(self, x: Any, deep: int) -> bool:
        if isinstance(x, FUNCTIONS):
            return self._function(x, deep)
        if isinstance(x, dict):
            return self._mapping(x, deep, lambda key: f"entry {key!r} of a dict")
        if isinstance(x, list | tuple | deque):
            return self._row(x, list(x), deep)
        if isinstance(x, np.ndarray):
            return x.dtype == object and self._array(x, deep)
        return hasattr(x, "__dict__") and self._mapping(vars(x), deep, lambda key: f"{type(x).__name__}.{key}")

    def _function(self, f: Any, deep: int) -> bool:
        """The names that a function takes from outside."""
        if isinstance(f, partial):
            return self._some(deep, f.func, *f.args, *f.keywords.values())
        if isinstance(f, types.MethodType):
            return self._some(deep, f.__func__, f.__self__)
        meant, found = f.__globals__, False
        for name in spoken(f.__code__):
            if name in meant and self._leads(meant[name], deep):
                self._keys.append((meant, name, meant[name], f"the name {name}"))
                found = True
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            if not _holds(cell, _UNBOUND) and self._leads(cell.cell_contents, deep):
                self._cells.append((cell, cell.cell_contents, f"the name {name}"))
                found = True
        return self._some(deep, *(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()) or found

    def _some(self, deep: int, *things: Any) -> bool:
        """Whether any of them leads to a node; all are followed."""
        return any(list(map(partial(self._leads, deep=deep), things)))

    def _mapping(self, x: dict[Any, Any], deep: int, what: Callable[[Any], str]) -> bool:
        leading = [(key, value) for key, value in x.items() if self._leads(value, deep)]
        self._keys += [(x, key, value, what(key)) for key, value in leading]
        return bool(leading)

    def _row(self, x: Any, entries: Sequence[Any], deep: int) -> bool:
        leading = [i for i, entry in enumerate(entries) if self._leads(entry, deep)]
        if len(leading) == len(entries) and isinstance(x, list | deque):
            self._rows.append((x, type(x)(entries)))
        elif not isinstance(x, tuple):
            self._items += [(x, i, entries[i]) for i in leading]
        return bool(leading)

    def _array(self, x: Any, deep: int) -> bool:
        leading = self._some(deep, *x.ravel().tolist())
        if leading:
            self._arrays.append((x, x.tolist()))
        return leading


_UNBOUND = object()


def _holds(cell: Any, value: Any) -> bool:
    """Whether a closure's name means that thing; for ``_UNBOUND``, whether it means nothing yet."""
    try:
        return cell.cell_contents is value
    except ValueError:
        return value is _UNBOUND
