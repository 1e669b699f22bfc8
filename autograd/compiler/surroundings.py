"""What a function reaches from outside: names, attributes, lists and what is in them. Whether all of it is as it was.

A compiled function asks at every call, so the answer is quick: what was found is compared by identity, numbers by value. A list or
a dict is followed where it leads to a node or is short; what a long list of numbers or an array holds is taken as a constant.
"""

from __future__ import annotations

import dis
import functools
import inspect
import random
import sys
import types
from collections import UserDict, UserList, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.door import described
from autograd.node import Node

MANY = 100_000  # things, rows of numbers aside, beyond which no more are looked at
SHORT = 32  # entries of a list without nodes that are followed
LARGE = 100_000  # numbers, of an array or of all long lists, that are compared while a function is traced
SIMPLE = (float, int, bool, str, bytes, complex, type(None))
PLAIN = frozenset(SIMPLE)
OPAQUE = (*SIMPLE, types.ModuleType, types.BuiltinFunctionType, np.generic)
RECORDS = (types.SimpleNamespace, UserDict, UserList)  # of the standard library, whose attributes are a user's
ROWS = (list, tuple, deque)
CALLED = (type, types.FunctionType, types.MethodType, functools.partial, classmethod, staticmethod, property)
MAKING = frozenset({"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__getstate__", "__setstate__", "__reduce__"})
IMPLIED = frozenset({"training", "forward", "one", "all"})  # which modules and transforms read without being asked to by name
OURS = frozenset({"autograd", "numpy", "scipy"}) | (sys.stdlib_module_names - {"__main__"})
RANDOM = ("Generator", "RandomState", "Random")  # the classes that draw: by name, since NumPy imports its own late
UNKNOWN = "what it reads is another"  # and was as before when it was looked at, by another thread
_ABSENT = object()


class Surroundings:
    """All that some things lead to, as it is now: of ``nodes`` what leads there and what is short, without them everything."""

    def __init__(self, roots: Iterable[Any], nodes: Iterable[Node] | None = None) -> None:
        self._dicts: list[dict[Any, Any]] = []  # of each entry that is followed: where it stands, under which key, what it is
        self._keys: list[Any] = []
        self._values: list[Any] = []
        self._whose: list[Any] = []
        self._cells: list[tuple[Any, Any, str]] = []
        self._attributes: list[tuple[Any, str, Any]] = []
        self._owners: list[Any] = []  # objects all of whose attributes are followed
        self._own: list[dict[str, Any]] = []
        self._was: list[dict[str, Any]] = []
        self._rows: list[Any] = []
        self._entries: list[Any] = []
        self._mappings: list[tuple[dict[Any, Any], list[Any], list[Any]]] = []
        self._sets: list[tuple[Any, Any]] = []
        self._grids: list[tuple[Any, list[Any]]] = []
        self._contents: list[tuple[Any, bytes]] = []
        self._sources: dict[int, Any] = {}
        self._left = LARGE
        self._called: dict[int, str] = {}  # of each container the name that leads to it
        reach = _Reach(roots)
        if nodes is None:
            self._keep(reach, reach.heard, None)
        else:
            reach.quietly()
            leading = reach.leading({id(node) for node in nodes})
            self._keep(reach, reach.heard | leading, leading)
        self._states: list[tuple[Any, str]] = []

    def change(self) -> str:
        """The first thing that is another now; "" where all is as it was."""
        if not _equal(list(map(dict.get, self._dicts, self._keys)), self._values):
            followed = zip(self._dicts, self._keys, self._values, self._whose, strict=True)
            return next((_said(owner, key) for now, key, was, owner in followed if not _same(now.get(key), was)), UNKNOWN)
        if not _equal(self._own, self._was):
            return next(
                (
                    _said(owner, name)
                    for owner, now, was in zip(self._owners, self._own, self._was, strict=True)
                    for name in now.keys() | was.keys()
                    if not _same(now.get(name, _ABSENT), was.get(name, _ABSENT))
                ),
                UNKNOWN,
            )
        for cell, value, name in self._cells:
            if not _holds(cell, value):
                return f"the name {name} is another"
        for owner, name, value in self._attributes:
            if not _same(_attribute(owner, name), value):
                return _said(owner, name)
        if not _equal(self._rows, self._entries):
            kept = zip(self._rows, self._entries, strict=True)
            return next((self._inside(row) for row, was in kept if not _alike(row, was)), UNKNOWN)
        for mapping, keys, values in self._mappings:
            if list(mapping) != keys or not _equal(list(mapping.values()), values):
                return self._inside(mapping)
        for collection, members in self._sets:
            if collection != members:
                return self._inside(collection)
        for grid, entries in self._grids:
            if not _equal(grid.ravel().tolist(), entries):
                return self._inside(grid)
        for array, content in self._contents:
            if array.tobytes() != content:
                return self._inside(array)
        return ""

    def _inside(self, x: Any) -> str:
        name = self._called.get(id(x), "")
        return f"what is in {name} has changed" if name else f"what is in an argument, {described(x)}, has changed"

    def attend(self) -> None:
        """Note the states of the random sources in reach, everybody's among them."""
        self._states = [(source, _state(source)) for source in (*self._sources.values(), *_shared())]

    def drawn(self) -> bool:
        """Whether one of them has been drawn from since."""
        return any(_state(source) != state for source, state in self._states)

    def _keep(self, reach: _Reach, wanted: set[int], leading: set[int] | None) -> None:
        for x in (x for x in reach.things if id(x) in wanted):
            kind = type(x)
            if kind.__name__ in RANDOM:
                self._sources[id(x)] = x
            elif isinstance(x, types.FunctionType):
                self._function(x, reach)
            elif isinstance(x, type):
                self._attributes += [(x, name, value) for name, value in vars(x).items() if reach.follows(x, name)]
            elif isinstance(x, functools.partial):
                self._container(x.keywords, False, "the keywords of a partial")
            elif leading is None or id(x) in leading or (_short(x) and id(x) in reach.heard):
                self._container(x, leading is None, reach.called[id(x)])
            if reach.has_attributes(x):
                self._instance(x, reach, leading)

    def _function(self, f: Any, reach: _Reach) -> None:
        for mapping, name in reach.names(f):
            self._follow(mapping, name, None)
        self._cells += [(cell, _content(cell), name) for name, cell in _cells(f)]
        if not reach.is_library(f):
            self._attributes += [(f, name, getattr(f, name)) for name in ("__defaults__", "__kwdefaults__")]

    def _instance(self, x: Any, reach: _Reach, leading: set[int] | None) -> None:
        """Attributes that lead to a node, or that are spoken of; of a module of ours all."""
        own = vars(x) if hasattr(x, "__dict__") else {}
        whole = leading is None or _root(type(x)) == "nn"
        if whole:
            self._owners.append(x)
            self._own.append(own)
            self._was.append(dict(own))
        for name in () if whole else list(own):
            if name in reach.spoken or id(own[name]) in (leading or ()):
                self._follow(own, name, x)
        for name, slotted in reach.of_class(type(x)):
            if slotted:
                self._attributes.append((x, name, _attribute(x, name)))
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
            self._mappings.append((x, list(x.keys()), list(x.values())))
        elif isinstance(x, set | frozenset):
            self._sets.append((x, x.copy()))
        elif isinstance(x, np.ndarray) and x.dtype == object:
            self._grids.append((x, x.ravel().tolist()))
        elif isinstance(x, np.ndarray) and contents and x.size <= LARGE:
            self._contents.append((x, x.tobytes()))

    def _follow(self, mapping: dict[Any, Any], key: Any, owner: Any) -> None:
        self._dicts.append(mapping)
        self._keys.append(key)
        self._values.append(mapping.get(key))
        self._whose.append(owner)


class _Reach:
    """Everything that some things lead to, breadth first, and who leads to whom."""

    def __init__(self, roots: Iterable[Any]) -> None:
        roots = list(roots)
        self._home = {_root(inspect.unwrap(x)) for x in roots if callable(x)} - OURS - {"nn"}  # the packages of what is compiled
        self.things: list[Any] = []
        self.spoken: set[str] = set(IMPLIED)
        self.called: dict[int, str] = {}  # the first name on the way to each thing
        self._parents: dict[int, list[int]] = {}
        self._seen: set[int] = set()
        self._count = 0
        self._silent = False
        self._of_classes: dict[type, list[tuple[str, bool]]] = {}
        self._quiet: list[tuple[str, Any, int]] = []  # attributes that nothing has spoken of yet
        spoken_of: list[tuple[Any, int]] = [(x, 0) for x in roots]
        while spoken_of:
            self._spread(deque(spoken_of))
            spoken_of = [(x, parent) for name, x, parent in self._quiet if name in self.spoken]
            self._quiet = [entry for entry in self._quiet if entry[0] not in self.spoken]
        self.heard = set(self._seen)

    def quietly(self) -> None:
        """Look at the attributes that nothing speaks of, too, functions aside: they may lead to a node."""
        self._silent = True
        while self._quiet:
            waiting = deque((x, parent) for _, x, parent in self._quiet)
            self._quiet = []
            self._spread(waiting)

    def _spread(self, waiting: deque[tuple[Any, int]]) -> None:
        """Look at things and at what they lead to, but for attributes that are not spoken of."""
        while waiting and self._count < MANY:
            x, parent = waiting.popleft()
            self._parents.setdefault(id(x), []).append(parent)
            if id(x) in self._seen or isinstance(x, OPAQUE) or (self._silent and isinstance(x, CALLED)):
                continue
            self._seen.add(id(x))
            self._count += not (isinstance(x, ROWS) and PLAIN.issuperset(map(type, x)))
            self.things.append(x)
            self.called.setdefault(id(x), self.called.get(parent, ""))
            waiting.extend((child, id(x)) for child in self._children(x) if not isinstance(child, SIMPLE))

    def leading(self, wanted: set[int]) -> set[int]:
        """What leads to one of the wanted nodes, by identity."""
        found: set[int] = set()
        stack = [x for x in wanted if x in self._parents]
        while stack:
            x = stack.pop()
            if x not in found:
                found.add(x)
                stack += self._parents.get(x, ())
        return found

    def names(self, f: Any) -> Iterator[tuple[dict[str, Any], str]]:
        """Where the names that a user's function takes from outside stand: among its globals, or in a user's module."""
        if self.is_library(f):
            return
        names, attributes = words(f.__code__)
        yield from ((f.__globals__, name) for name in names if name in f.__globals__)
        for x in (*(f.__globals__.get(name) for name in names), *(_content(cell) for _, cell in _cells(f))):
            if isinstance(x, types.ModuleType) and not self._is_foreign(x.__name__):
                yield from ((vars(x), name) for name in attributes if name in vars(x))

    def of_class(self, kind: type) -> list[tuple[str, bool]]:
        """The names spoken of that a class has, its methods aside, and whether each is a slot; any may have another forward."""
        if kind not in self._of_classes:
            found = [(name, _in_class(kind, name)) for name in self.spoken]
            self._of_classes[kind] = [
                (name, isinstance(x, types.MemberDescriptorType))
                for name, x in found
                if x is not _ABSENT and (name == "forward" or not isinstance(x, types.FunctionType))
            ]
        return self._of_classes[kind]

    def follows(self, owner: type, name: str) -> bool:
        """Whether an attribute of a user's class is spoken of."""
        return name in self.spoken and not self.is_library(owner)

    def has_attributes(self, x: Any) -> bool:
        """Whether a thing is an object of a user's, or of nn, with attributes."""
        if isinstance(x, (Node, type, types.FunctionType, types.MethodType, functools.partial, np.ndarray, *OPAQUE)):
            return False
        return isinstance(x, RECORDS) or not self._is_foreign(type(x).__module__)

    def is_library(self, x: Any) -> bool:
        """Whether a function or a class is no user's."""
        return self._is_foreign(x.__module__) or _root(x) == "nn"

    def _is_foreign(self, module: str | None) -> bool:
        """Whether a module is this library's, Python's, or of another installed package than what is compiled."""
        package = (module or "").partition(".")[0]
        return package in OURS or (package not in self._home and package != "nn" and _is_installed(package))

    def _children(self, x: Any) -> Iterable[Any]:
        if isinstance(x, Node):
            return ()
        if isinstance(x, types.FunctionType):
            return self._of_function(x)
        if isinstance(x, types.MethodType):
            return (x.__func__, x.__self__)
        if isinstance(x, functools.partial):
            return (x.func, *x.args, *x.keywords.values())
        if isinstance(x, type):
            return self._of_class(x)
        if isinstance(x, classmethod | staticmethod):
            return (x.__func__,)
        if isinstance(x, property):
            return (x.fget,)
        if isinstance(x, dict):
            return list(x.values())
        if isinstance(x, (*ROWS, set, frozenset)):
            return () if PLAIN.issuperset(map(type, x)) else list(x)
        if isinstance(x, np.ndarray):
            return x.ravel().tolist() if x.dtype == object else ()
        if not self.has_attributes(x):
            return (x.f,) if type(x).__name__ == "Compiled" else ()  # of what is compiled, the function
        attributes = [*(vars(x).items() if hasattr(x, "__dict__") else ()), *((n, _attribute(x, n)) for n in _slots(type(x)))]
        if _root(type(x)) == "nn":
            return [value for _, value in attributes]
        self._quiet += [(name, value, id(x)) for name, value in attributes if not isinstance(value, SIMPLE)]
        return [type(x)]

    def _of_function(self, f: Any) -> list[Any]:
        if not self.is_library(f):
            self.spoken |= words(f.__code__).attributes
        meant = [(name, mapping[name]) for mapping, name in self.names(f)]
        meant += [(name, _content(cell)) for name, cell in _cells(f)]
        defaults = f"a default of {f.__name__}"
        meant += [(defaults, x) for x in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())]
        for name, x in meant:
            self.called.setdefault(id(x), name)
        made = [vars(x).get("__init__") for _, x in meant if isinstance(x, type) and not self.is_library(x)]
        return [*made, *(x for _, x in meant)]

    def _of_class(self, x: type) -> list[Any]:
        """Its bases and what Python itself asks it for; the other attributes when they are spoken of."""
        if self.is_library(x):
            return []
        asked = [v for name, v in vars(x).items() if name.startswith("__") and name not in MAKING]
        self._quiet += [(name, v, id(x)) for name, v in vars(x).items() if not name.startswith("__")]
        return [*asked, *x.__bases__]


class Words(NamedTuple):
    """What the code of a function speaks of: names from outside, and attributes."""

    names: frozenset[str]
    attributes: frozenset[str]


@functools.cache
def words(code: types.CodeType) -> Words:
    """The words of a function, and of the functions and comprehensions within it.

    >>> def f(x): return [scale * x.w for _ in range(2)]
    >>> sorted(words(f.__code__).names), sorted(words(f.__code__).attributes)
    (['range', 'scale'], ['w'])
    """
    names, attributes = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")):
            names.add(instruction.argval)
        elif instruction.opname.startswith(("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR")):
            attributes.add(instruction.argval)
    inner = [words(x) for x in code.co_consts if isinstance(x, types.CodeType)]
    return Words(frozenset(names.union(*(w.names for w in inner))), frozenset(attributes.union(*(w.attributes for w in inner))))


def _cells(f: Any) -> Iterator[tuple[str, Any]]:
    return zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)


def _content(cell: Any) -> Any:
    """What a closure's name means; ``_ABSENT`` where it is not bound yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return _ABSENT


def _holds(cell: Any, value: Any) -> bool:
    return _same(_content(cell), value)


def _same(now: Any, was: Any) -> bool:
    """Whether two things are one, or equal numbers."""
    return now is was or (type(now) is type(was) and isinstance(was, SIMPLE) and now == was)


def _equal(now: Any, was: Any) -> bool:
    """Whether all is equal, in one comparison: what is the same is not looked into; what cannot be compared is another."""
    try:
        return bool(now == was)
    except Exception:  # two arrays, or whatever a user's class does
        return False


def _alike(entries: Any, was: Sequence[Any]) -> bool:
    """Whether entries are the same, or equal numbers."""
    return len(entries) == len(was) and all(map(_same, entries, was))


def _said(owner: Any, name: Any) -> str:
    if owner is None:
        return f"the name {name} is another"
    return f"{owner.__name__ if hasattr(owner, '__name__') else type(owner).__name__}.{name} is another"


def _short(x: Any) -> bool:
    return isinstance(x, (*ROWS, dict, set, frozenset)) and len(x) <= SHORT


def _root(x: Any) -> str:
    return (getattr(x, "__module__", None) or "").partition(".")[0]


@functools.cache
def _is_installed(package: str) -> bool:
    """Whether a package came from an index, and is not what somebody is working on."""
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _slots(kind: type) -> list[str]:
    """The names of attributes that a class keeps outside a dict."""
    members = (name for base in kind.__mro__ for name, x in vars(base).items() if isinstance(x, types.MemberDescriptorType))
    return [name for name in members if not name.startswith("__")]


def _attribute(owner: Any, name: str) -> Any:
    """An attribute as it stands, without asking properties and descriptors."""
    if isinstance(owner, type):
        return vars(owner).get(name, _ABSENT)
    return getattr(owner, name, _ABSENT)


def _in_class(kind: type, name: str) -> Any:
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), _ABSENT)


def _shared() -> list[Any]:
    """Python's own source, and NumPy's where that has been imported."""
    numpys = sys.modules.get("numpy.random.mtrand")
    return [random._inst, *([numpys._rand] if numpys else [])]  # what their functions draw from


def _state(source: Any) -> str:
    if isinstance(source, random.Random):
        return repr(source.getstate())
    return repr(source.bit_generator.state if hasattr(source, "bit_generator") else source.get_state(legacy=False))
