"""Reaching: everything that a function leads to from outside, by the names and attributes that its code speaks of."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
import types
from collections import UserDict, UserList, deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node

MANY = 100_000  # things, rows of numbers aside, beyond which no more are looked at
SIMPLE = (float, int, bool, str, bytes, complex, type(None))
PLAIN = frozenset(SIMPLE)
OPAQUE = (*SIMPLE, types.ModuleType, types.BuiltinFunctionType, np.generic)
RECORDS = (types.SimpleNamespace, UserDict, UserList)  # of the standard library, whose attributes are a user's
ROWS = (list, tuple, deque)
CALLED = (type, types.FunctionType, types.MethodType, functools.partial, classmethod, staticmethod, property)
MAKING = frozenset({"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__getstate__", "__setstate__", "__reduce__"})
IMPLIED = frozenset({"training", "forward", "one", "all"})  # which modules and transforms read without being asked to by name
OURS = frozenset({"autograd", "numpy", "scipy"}) | (sys.stdlib_module_names - {"__main__"})
ABSENT = object()


class ReachableState:
    """Everything that a function and what it is given lead to, breadth first, and who leads to whom."""

    def __init__(self, f: Any, given: Iterable[Any] = ()) -> None:
        self._home = {_root(inspect.unwrap(f))} - OURS - {"nn"}  # the package of what is compiled
        self.objects: list[Any] = []
        self.spoken: set[str] = set(IMPLIED)
        self.called: dict[int, str] = {}  # the first name on the way to each thing
        self._parents: dict[int, list[int]] = {}
        self._seen: set[int] = set()
        self._count = 0
        self._silent = False
        self._of_classes: dict[type, list[tuple[str, bool]]] = {}
        self._quiet: list[tuple[str, Any, int]] = []  # attributes that nothing has spoken of yet
        spoken_of: list[tuple[Any, int]] = [(x, 0) for x in (f, *given)]
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
            self.objects.append(x)
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
        for x in (*(f.__globals__.get(name) for name in names), *(content(cell) for _, cell in cells(f))):
            if isinstance(x, types.ModuleType) and not self._is_foreign(x.__name__):
                yield from ((vars(x), name) for name in attributes if name in vars(x))

    def of_class(self, kind: type) -> list[tuple[str, bool]]:
        """The names spoken of that a class has, its methods aside, and whether each is a slot; any may have another forward."""
        if kind not in self._of_classes:
            found = [(name, _in_class(kind, name)) for name in self.spoken]
            self._of_classes[kind] = [
                (name, isinstance(x, types.MemberDescriptorType))
                for name, x in found
                if x is not ABSENT and (name == "forward" or not isinstance(x, types.FunctionType))
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
        return self._is_foreign(x.__module__) or is_of_nn(x)

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
        attributes = [*(vars(x).items() if hasattr(x, "__dict__") else ()), *((n, attribute(x, n)) for n in _slots(type(x)))]
        if is_of_nn(type(x)):
            return [value for _, value in attributes]
        self._quiet += [(name, value, id(x)) for name, value in attributes if not isinstance(value, SIMPLE)]
        return [type(x)]

    def _of_function(self, f: Any) -> list[Any]:
        if not self.is_library(f):
            self.spoken |= words(f.__code__).attributes
        meant = [(name, mapping[name]) for mapping, name in self.names(f)]
        meant += [(name, content(cell)) for name, cell in cells(f)]
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


def cells(f: Any) -> Iterator[tuple[str, Any]]:
    return zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)


def content(cell: Any) -> Any:
    """What a closure's name means; ``ABSENT`` where it is not bound yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return ABSENT


def _root(x: Any) -> str:
    return (getattr(x, "__module__", None) or "").partition(".")[0]


def is_of_nn(x: Any) -> bool:
    """Whether a function or a class is one of nn."""
    return _root(x) == "nn"


@functools.cache
def _is_installed(package: str) -> bool:
    """Whether a package came from an index, and is not what somebody is working on."""
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _slots(kind: type) -> list[str]:
    """The names of attributes that a class keeps outside a dict."""
    members = (name for base in kind.__mro__ for name, x in vars(base).items() if isinstance(x, types.MemberDescriptorType))
    return [name for name in members if not name.startswith("__")]


def attribute(owner: Any, name: str) -> Any:
    """An attribute as it stands, without asking properties and descriptors."""
    if isinstance(owner, type):
        return vars(owner).get(name, ABSENT)
    return getattr(owner, name, ABSENT)


def _in_class(kind: type, name: str) -> Any:
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), ABSENT)
