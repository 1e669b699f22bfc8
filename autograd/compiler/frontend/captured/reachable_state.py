"""Everything that a function can reach by the names and attributes that its code uses."""

from __future__ import annotations

import functools
import inspect
import types
from collections import UserDict, UserList, deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd.compiler.frontend.captured.code_inspection import (
    MISSING,
    cell_content,
    class_attribute,
    closure_cells,
    find_names,
    slot_names,
    stored_attribute,
)
from autograd.compiler.frontend.captured.packages import LIBRARY_PACKAGES, is_installed, is_of_nn, package_of
from autograd.core.node import Node

# Objects that are walked; sequences of plain numbers do not count. What lies beyond is not compared at later calls. Measured: the
# walk takes 8 µs an object, so at most 0.8 s per trace; twice as many objects would take twice as long.
MAX_OBJECTS = 100_000

PLAIN_TYPES = (float, int, bool, str, bytes, complex, type(None))
OPAQUE_TYPES = (*PLAIN_TYPES, types.ModuleType, types.BuiltinFunctionType, np.generic)  # which refer to nothing that matters here
RECORD_TYPES = (types.SimpleNamespace, UserDict, UserList)  # of the standard library, but with attributes of the user's
SEQUENCE_TYPES = (list, tuple, deque)
CODE_TYPES = (type, types.FunctionType, types.MethodType, functools.partial, classmethod, staticmethod, property)
# Dunder methods that Python calls only to make, print or copy an object; others are called by operators and statements.
UNCALLED_METHODS = frozenset(
    {"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__getstate__", "__setstate__", "__reduce__"}
)
# Attributes that ``nn`` reads although no code of the user does: two of modules, and two of transforms of optimizers.
IMPLICIT_ATTRIBUTES = frozenset({"training", "forward", "update_one", "update_all"})
_PLAIN_TYPE_SET = frozenset(PLAIN_TYPES)


class ReachableState:
    """The objects that a function can reach, found breadth first, and which of them refers to which.

    Names are followed where code that was reached uses them: globals, closures, defaults and attributes. Libraries are not entered.
    An attribute that no code uses is set aside, and followed if code that is reached later uses it.

    Parameters
    ----------
    f : callable
        The function.
    others : iterable, optional
        Further objects to start from, such as the function's arguments.

    Attributes
    ----------
    objects : list
        The objects, in the order in which they were reached.
    used : set of int
        The identities of the objects that are reached by names and attributes that code uses.
    used_attributes : set of str
        The names of attributes in the code that was reached.
    labels : dict of int to str
        For each object, by its identity, the first name on the way to it.
    """

    def __init__(self, f: Any, others: Iterable[Any] = ()) -> None:
        self._own_packages = {package_of(inspect.unwrap(f))} - LIBRARY_PACKAGES - {"nn"}  # even if it is installed
        self.objects: list[Any] = []
        self.used_attributes: set[str] = set(IMPLICIT_ATTRIBUTES)
        self.labels: dict[int, str] = {}
        self._parents: dict[int, list[int]] = {}
        self._seen: set[int] = set()
        self._count = 0
        self._skip_code = False
        self._class_attributes: dict[type, list[tuple[str, bool]]] = {}
        self._unused_attributes: list[tuple[str, Any, int]] = []  # name, value, and the identity of the owner
        found: list[tuple[Any, int]] = [(x, 0) for x in (f, *others)]
        while found:
            self._walk(deque(found))
            found = [(x, parent) for name, x, parent in self._unused_attributes if name in self.used_attributes]
            self._unused_attributes = [entry for entry in self._unused_attributes if entry[0] not in self.used_attributes]
        self.used: set[int] = set(self._seen)

    def walk_unused_attributes(self) -> None:
        """Follow the attributes that no code uses as well, since they may lead to a node. Functions and classes are left out."""
        self._skip_code = True
        while self._unused_attributes:
            waiting = deque((x, parent) for _, x, parent in self._unused_attributes)
            self._unused_attributes = []
            self._walk(waiting)

    def _walk(self, waiting: deque[tuple[Any, int]]) -> None:
        """Add objects and what they refer to, up to MAX_OBJECTS."""
        while waiting and self._count < MAX_OBJECTS:
            x, parent = waiting.popleft()
            self._parents.setdefault(id(x), []).append(parent)
            if id(x) in self._seen or isinstance(x, OPAQUE_TYPES) or (self._skip_code and isinstance(x, CODE_TYPES)):
                continue
            self._seen.add(id(x))
            self._count += not (isinstance(x, SEQUENCE_TYPES) and _has_plain_entries(x))
            self.objects.append(x)
            self.labels.setdefault(id(x), self.labels.get(parent, ""))
            waiting.extend((child, id(x)) for child in self._children(x) if not isinstance(child, PLAIN_TYPES))

    def find_ancestors(self, identities: Iterable[int]) -> set[int]:
        """Return the objects from which some objects can be reached.

        Parameters
        ----------
        identities : iterable of int
            The identities of these objects.

        Returns
        -------
        set of int
            The identities of the objects that lead to them, and their own if they were reached.
        """
        found: set[int] = set()
        stack = [x for x in identities if x in self._parents]
        while stack:
            x = stack.pop()
            if x not in found:
                found.add(x)
                stack += self._parents.get(x, ())
        return found

    def global_lookups(self, f: Any) -> Iterator[tuple[dict[str, Any], str]]:
        """Return where the global names of a function are looked up.

        Parameters
        ----------
        f : function
            The function.

        Yields
        ------
        dict
            The globals of the function, or the names of a user's module that it refers to.
        str
            A name that the function uses from there. There is none for functions of libraries.
        """
        if self.is_library(f):
            return
        names = find_names(f.__code__)
        yield from ((f.__globals__, name) for name in names.global_names if name in f.__globals__)
        referred = [f.__globals__.get(name) for name in names.global_names]
        referred += [cell_content(cell) for _, cell in closure_cells(f)]
        for x in referred:
            if isinstance(x, types.ModuleType) and not self._is_library_module(x.__name__):
                yield from ((vars(x), name) for name in names.attributes if name in vars(x))

    def class_attributes(self, cls: type) -> list[tuple[str, bool]]:
        """Return the used attributes that a class defines.

        Parameters
        ----------
        cls : type
            The class.

        Returns
        -------
        list of (str, bool)
            The name of each attribute, and whether it is a slot. Methods are left out, except ``forward``, which an object may
            override.
        """
        if cls not in self._class_attributes:
            found = []
            for name in self.used_attributes:
                x = class_attribute(cls, name)
                if x is not MISSING and (name == "forward" or not isinstance(x, types.FunctionType)):
                    found.append((name, isinstance(x, types.MemberDescriptorType)))
            self._class_attributes[cls] = found
        return self._class_attributes[cls]

    def is_followed(self, cls: type, name: str) -> bool:
        """Return whether an attribute of a class is followed.

        Parameters
        ----------
        cls : type
            The class.
        name : str
            The name of the attribute.

        Returns
        -------
        bool
            Whether code uses the name, and the class does not belong to a library.
        """
        return name in self.used_attributes and not self.is_library(cls)

    def has_attributes(self, x: Any) -> bool:
        """Return whether the attributes of an object are followed.

        Parameters
        ----------
        x : object
            The object.

        Returns
        -------
        bool
            Whether it is an object of a user's class, or of one of ``nn``.
        """
        if isinstance(x, (Node, type, types.FunctionType, types.MethodType, functools.partial, np.ndarray, *OPAQUE_TYPES)):
            return False
        return isinstance(x, RECORD_TYPES) or not self._is_library_module(type(x).__module__)

    def is_library(self, x: Any) -> bool:
        """Return whether a function or class belongs to a library.

        Parameters
        ----------
        x : function or type
            The function or class.

        Returns
        -------
        bool
            Whether it is of a library, ``nn`` included.
        """
        return self._is_library_module(x.__module__) or is_of_nn(x)

    def _is_library_module(self, module: str | None) -> bool:
        """Return whether a module is this library's, Python's, or of another installed package than the compiled function."""
        package = (module or "").partition(".")[0]
        if package in LIBRARY_PACKAGES:
            return True
        return package not in self._own_packages and package != "nn" and is_installed(package)

    # -- what refers to what

    def _children(self, x: Any) -> Iterable[Any]:
        """Return the objects to which an object refers."""
        if isinstance(x, Node):
            return ()
        if isinstance(x, CODE_TYPES):
            return self._children_of_code(x)
        if isinstance(x, (*SEQUENCE_TYPES, dict, set, frozenset, np.ndarray)):
            return _children_of_container(x)
        if self.has_attributes(x):
            return self._children_of_instance(x)
        return (x.f,) if type(x).__name__ == "Compiled" else ()

    def _children_of_code(self, x: Any) -> Iterable[Any]:
        if isinstance(x, types.FunctionType):
            return self._children_of_function(x)
        if isinstance(x, types.MethodType):
            return (x.__func__, x.__self__)
        if isinstance(x, functools.partial):
            return (x.func, *x.args, *x.keywords.values())
        if isinstance(x, type):
            return self._children_of_class(x)
        return (x.fget,) if isinstance(x, property) else (x.__func__,)

    def _children_of_function(self, f: Any) -> list[Any]:
        """Return what a function uses: globals, closures and defaults, and ``__init__`` of a class that it may instantiate."""
        if not self.is_library(f):
            self.used_attributes |= find_names(f.__code__).attributes
        named = [(name, mapping[name]) for mapping, name in self.global_lookups(f)]
        named += [(name, cell_content(cell)) for name, cell in closure_cells(f)]
        defaults = (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())
        named += [(f"a default of {f.__name__}", x) for x in defaults]
        for name, x in named:
            self.labels.setdefault(id(x), name)
        objects = [x for _, x in named]
        constructors = [vars(x).get("__init__") for x in objects if isinstance(x, type) and not self.is_library(x)]
        return [*constructors, *objects]

    def _children_of_class(self, cls: type) -> list[Any]:
        """Return the bases of a class, and the methods that operators and statements call. Other attributes are set aside."""
        if self.is_library(cls):
            return []
        called = [x for name, x in vars(cls).items() if name.startswith("__") and name not in UNCALLED_METHODS]
        self._unused_attributes += [(name, x, id(cls)) for name, x in vars(cls).items() if not name.startswith("__")]
        return [*called, *cls.__bases__]

    def _children_of_instance(self, x: Any) -> list[Any]:
        """Return the class of an object, and set its attributes aside; of a module of ``nn`` return all attributes."""
        attributes = list(vars(x).items()) if hasattr(x, "__dict__") else []
        attributes += [(name, stored_attribute(x, name)) for name in slot_names(type(x))]
        if is_of_nn(type(x)):
            return [value for _, value in attributes]
        self._unused_attributes += [(name, value, id(x)) for name, value in attributes if not isinstance(value, PLAIN_TYPES)]
        return [type(x)]


def _children_of_container(x: Any) -> Iterable[Any]:
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, np.ndarray):
        return x.ravel().tolist() if x.dtype == object else ()
    return () if _has_plain_entries(x) else list(x)


def _has_plain_entries(x: Iterable[Any]) -> bool:
    return _PLAIN_TYPE_SET.issuperset(map(type, x))
