"""Whether all that a function reaches from outside is as it was.

A compiled function asks at every call, so the answer is quick: what was found is compared by identity, numbers by value. A list or
a dict is followed where it leads to a node or is short; what a long list of numbers or an array holds is taken as a constant.
"""

from __future__ import annotations

import functools
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from typing import Any

import numpy as np

from autograd.compiler.frontend.reachable_state import ABSENT, ROWS, SIMPLE, ReachableState, attribute, cells, content, is_of_nn
from autograd.core.coercion import described
from autograd.core.node import Node

SHORT = 32  # entries of a list without nodes that are followed
LARGE = 100_000  # numbers, of an array or of all long lists, that are compared while a function is traced
RANDOM = ("Generator", "RandomState", "Random")  # the classes that draw: by name, since NumPy imports its own late
# Compared by value: what makes two of them equal is all that they are, and no node can be in them.
COMPARED = (*SIMPLE, set, frozenset, types.MethodType, types.BuiltinMethodType, range, slice, np.dtype)
UNKNOWN = "what it reads is another"  # and was as before when it was looked at, by another thread


class CapturedState:
    """All that a function and what it is given lead to, as it is now.

    Of ``nodes`` what leads there and what is short, without them everything.
    """

    def __init__(self, f: Any, given: Iterable[Any] = (), nodes: Iterable[Node] | None = None) -> None:
        self._dicts: list[dict[Any, Any]] = []  # of each entry that is followed: where it stands, under which key, what it is
        self._keys: list[Any] = []
        self._values: list[Any] = []
        self._whose: list[Any] = []
        self._cells: list[Any] = []  # of closures, what is in them, and what they are called
        self._meant: list[Any] = []
        self._names: list[str] = []
        self._attributes: list[tuple[Any, str]] = []  # of classes, functions and slots: whose, and which; and what they were
        self._had: list[Any] = []
        self._owners: list[Any] = []  # objects all of whose attributes are followed
        self._own: list[dict[str, Any]] = []
        self._was: list[dict[str, Any]] = []
        self._rows: list[Any] = []
        self._entries: list[Any] = []
        self._held: list[tuple[Any, Callable[[Any], Any], Any]] = []  # dicts, sets and arrays, and how to see what is in them
        self._sources: dict[int, Any] = {}
        self._left = LARGE
        self._called: dict[int, str] = {}  # of each container the name that leads to it
        reach = ReachableState(f, given)
        if nodes is None:
            self._keep(reach, reach.heard, None)
        else:
            reach.quietly()
            leading = reach.leading({id(node) for node in nodes})
            self._keep(reach, reach.heard | leading, leading)
        self._states: list[tuple[Any, str]] = []

    def describe_change(self) -> str:
        """The first thing that is another now; "" where all is as it was."""
        return "" if self._is_as_it_was() else next(self._changes(), UNKNOWN)

    def _is_as_it_was(self) -> bool:
        """Whether nothing has changed, in a few comparisons of lists."""
        return (
            all(map(_same_entries, self._own, self._was))
            and all(map(_alike, self._rows, self._entries))
            and _alike(list(map(dict.get, self._dicts, self._keys)), self._values)
            and _alike(list(map(content, self._cells)), self._meant)
            and _alike([attribute(x, name) for x, name in self._attributes], self._had)
            and all(is_same(see(x), seen) for x, see, seen in self._held)
        )

    def _changes(self) -> Iterator[str]:
        """All that has changed, one after the other."""
        for mapping, key, value, owner in zip(self._dicts, self._keys, self._values, self._whose, strict=True):
            if not is_same(mapping.get(key), value):
                yield _said(owner, key)
        for owner, now, was in zip(self._owners, self._own, self._was, strict=True):
            for name in now.keys() | was.keys():
                if not is_same(now.get(name, ABSENT), was.get(name, ABSENT)):
                    yield _said(owner, name)
        for cell, value, name in zip(self._cells, self._meant, self._names, strict=True):
            if not is_same(content(cell), value):
                yield f"the name {name} is another"
        for (owner, name), value in zip(self._attributes, self._had, strict=True):
            if not is_same(attribute(owner, name), value):
                yield _said(owner, name)
        for row, entries in zip(self._rows, self._entries, strict=True):
            if not _alike(row, entries):
                yield self._inside(row)
        for x, see, seen in self._held:
            if not is_same(see(x), seen):
                yield self._inside(x)

    def _inside(self, x: Any) -> str:
        name = self._called.get(id(x), "")
        return f"what is in {name} has changed" if name else f"what is in an argument, {described(x)}, has changed"

    def watch_random_generators(self) -> None:
        """Metadata the states of the random sources in reach, everybody's among them."""
        self._states = [(source, _state(source)) for source in (*self._sources.values(), *_shared())]

    def has_drawn_random_numbers(self) -> bool:
        """Whether one of them has been drawn from since."""
        return any(_state(source) != state for source, state in self._states)

    def _keep(self, reach: ReachableState, wanted: set[int], leading: set[int] | None) -> None:
        for x in (x for x in reach.objects if id(x) in wanted):
            kind = type(x)
            if kind.__name__ in RANDOM:
                self._sources[id(x)] = x
            elif isinstance(x, types.FunctionType):
                self._function(x, reach)
            elif isinstance(x, type):
                self._ask(x, *(name for name in vars(x) if reach.follows(x, name)))
            elif isinstance(x, functools.partial):
                self._container(x.keywords, False, "the keywords of a partial")
            elif leading is None or id(x) in leading or (_short(x) and id(x) in reach.heard):
                self._container(x, leading is None, reach.called[id(x)])
            if reach.has_attributes(x):
                self._instance(x, reach, leading)

    def _function(self, f: Any, reach: ReachableState) -> None:
        for mapping, name in reach.names(f):
            self._follow(mapping, name, None)
        for name, cell in cells(f):
            self._cells.append(cell)
            self._meant.append(content(cell))
            self._names.append(name)
        if not reach.is_library(f):
            self._ask(f, "__defaults__", "__kwdefaults__")

    def _ask(self, owner: Any, *names: str) -> None:
        self._attributes += [(owner, name) for name in names]
        self._had += [attribute(owner, name) for name in names]

    def _instance(self, x: Any, reach: ReachableState, leading: set[int] | None) -> None:
        """Attributes that lead to a node, or that are spoken of; of a module of ours all."""
        own = vars(x) if hasattr(x, "__dict__") else {}
        whole = leading is None or is_of_nn(type(x))
        if whole:
            self._owners.append(x)
            self._own.append(own)
            self._was.append(dict(own))
        for name in () if whole else list(own):
            if name in reach.spoken or id(own[name]) in (leading or ()):
                self._follow(own, name, x)
        for name, slotted in reach.of_class(type(x)):
            if slotted:
                self._ask(x, name)
            elif not whole and name not in own and hasattr(x, "__dict__"):
                self._follow(own, name, x)

    def _container(self, x: Any, contents: bool, name: str) -> None:
        if contents and isinstance(x, (*ROWS, dict, set, frozenset)) and len(x) > SHORT:
            self._left -= len(x)
            if self._left < 0:
                return
        self._called[id(x)] = name
        if isinstance(x, ROWS):
            self._rows.append(x)
            self._entries.append(x if isinstance(x, tuple) else deque(x) if isinstance(x, deque) else list(x))
        elif isinstance(x, dict):
            self._hold(x, lambda d: (list(d.keys()), list(d.values())))
        elif isinstance(x, set | frozenset):
            self._hold(x, lambda members: members.copy())
        elif isinstance(x, np.ndarray) and x.dtype == object:
            self._hold(x, lambda grid: grid.ravel().tolist())
        elif isinstance(x, np.ndarray) and contents and x.size <= LARGE:
            self._hold(x, lambda array: array.tobytes())

    def _hold(self, x: Any, see: Callable[[Any], Any]) -> None:
        self._held.append((x, see, see(x)))

    def _follow(self, mapping: dict[Any, Any], key: Any, owner: Any) -> None:
        self._dicts.append(mapping)
        self._keys.append(key)
        self._values.append(mapping.get(key))
        self._whose.append(owner)


def is_same(now: Any, was: Any) -> bool:
    """Whether two things are one, or equal numbers, or containers of such. Nodes are compared by identity: another is another."""
    if now is was:
        return True
    if type(now) is not type(was):
        return False
    if isinstance(was, ROWS):
        return _alike(now, was)
    if isinstance(was, dict):
        return _same_entries(now, was)
    return isinstance(was, COMPARED) and bool(now == was)


def _alike(entries: Any, was: Sequence[Any]) -> bool:
    """Whether entries are the same, or equal numbers."""
    return len(entries) == len(was) and (all(map(is_, entries, was)) or all(map(is_same, entries, was)))


def _same_entries(now: dict[Any, Any], was: dict[Any, Any]) -> bool:
    """The same of dicts."""
    return now.keys() == was.keys() and _alike(list(map(now.get, was)), list(was.values()))


def _said(owner: Any, name: Any) -> str:
    if owner is None:
        return f"the name {name} is another"
    return f"{owner.__name__ if hasattr(owner, '__name__') else type(owner).__name__}.{name} is another"


def _short(x: Any) -> bool:
    return isinstance(x, (*ROWS, dict, set, frozenset)) and len(x) <= SHORT


def _shared() -> list[Any]:
    """Python's own source, and NumPy's where that has been imported."""
    numpys = sys.modules.get("numpy.random.mtrand")
    return [random._inst, *([numpys._rand] if numpys else [])]  # what their functions draw from


def _state(source: Any) -> str:
    if isinstance(source, random.Random):
        return repr(source.getstate())
    return repr(source.bit_generator.state if hasattr(source, "bit_generator") else source.get_state(legacy=False))
