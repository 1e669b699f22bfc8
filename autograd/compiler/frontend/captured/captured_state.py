"""Whether anything that a compiled function reads from outside has changed.

This is asked at every call, so the answer is quick: objects are compared by identity, and numbers by value. A list or a dict is
compared where it leads to a node or is short; a long list of numbers, or an array, is taken as a constant.
"""

from __future__ import annotations

import functools
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from typing import Any

import numpy as np

from autograd.compiler.frontend.captured.code_inspection import MISSING, cell_content, closure_cells, stored_attribute
from autograd.compiler.frontend.captured.packages import is_of_nn
from autograd.compiler.frontend.captured.random_generators import generator_state, is_random_generator, shared_generators
from autograd.compiler.frontend.captured.reachable_state import PLAIN_TYPES, SEQUENCE_TYPES, ReachableState
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.state.engine import native

# Entries up to which a container that leads to no node is compared at every call; a longer one is taken as a constant. Measured:
# 32 equal numbers cost 0.6 µs, compared with 2 µs for a function without containers. Twice as many cost twice that at each call.
SHORT = 32
# Numbers of one array, or of all longer containers together, that are compared while a function is traced, to see whether it
# changes them. Measured: a list of so many takes 4 ms to copy and 2 ms to compare, once per trace; twice as many take twice that.
MAX_COMPARED_NUMBERS = 100_000
# The types of objects that are compared by value: no node can be in them, and equal ones cannot be told apart.
VALUE_TYPES = (*PLAIN_TYPES, set, frozenset, types.MethodType, types.BuiltinMethodType, range, slice, np.dtype)
CONTAINER_TYPES = (*SEQUENCE_TYPES, dict, set, frozenset)
UNKNOWN_CHANGE = "something that it reads has changed"  # if another thread has undone the change before it could be described


class CapturedState:
    """A snapshot of what a function reads from outside.

    Parameters
    ----------
    f : callable
        The function.
    others : iterable, optional
        Further objects whose contents matter, such as arguments that are not traced.
    nodes : iterable of Node, optional
        The nodes that the function captures. If they are given, a container is compared only if it leads to one of them or is
        short, and an attribute only if it leads to one of them or code uses it. By default everything reachable is compared.
    constants : iterable of (Tensor, array), optional
        Constant Tensors that a trace took as the arrays that they held.
    """

    def __init__(
        self,
        f: Any,
        others: Iterable[Any] = (),
        nodes: Iterable[Node] | None = None,
        constants: Iterable[tuple[Node, Any]] = (),
    ) -> None:
        # Names that are looked up in a dict: the dict, the name, its value, and whose attributes the dict holds (None for globals).
        self._lookup_dicts: list[dict[Any, Any]] = []
        self._lookup_keys: list[Any] = []
        self._lookup_values: list[Any] = []
        self._lookup_owners: list[Any] = []
        # Closures: their cells, what these hold, and their names.
        self._cells: list[Any] = []
        self._cell_values: list[Any] = []
        self._cell_names: list[str] = []
        # Attributes of classes and functions, slots, and the arrays of constant Tensors: the owner and the name, and the value.
        self._attributes: list[tuple[Any, str]] = []
        self._attribute_values: list[Any] = []
        # Objects whose attributes are all compared: the object, its __dict__, and a copy of that.
        self._instances: list[Any] = []
        self._instance_dicts: list[dict[str, Any]] = []
        self._saved_dicts: list[dict[str, Any]] = []
        # Lists and deques, and a copy of each.
        self._sequences: list[Any] = []
        self._saved_entries: list[Any] = []
        # Dicts, sets and arrays: the container, the function that reads its contents, and the contents.
        self._contents: list[tuple[Any, Callable[[Any], Any], Any]] = []
        self._labels: dict[int, str] = {}  # the name that leads to each container, by its identity
        self._generators: dict[int, Any] = {}
        self._generator_states: list[tuple[Any, str]] = []
        self._remaining_numbers = MAX_COMPARED_NUMBERS
        self._save(ReachableState(f, others), nodes)
        for tensor, array in constants:
            self._attributes.append((tensor, "_primal"))
            self._attribute_values.append(array)

    # -- changes

    def describe_change(self) -> str:
        """Describe the first change since the snapshot.

        Returns
        -------
        str
            The change, such as "the name w has changed", or "" if nothing has changed.
        """
        return "" if self._is_unchanged() else next(self._describe_changes(), UNKNOWN_CHANGE)

    def _is_unchanged(self) -> bool:
        """Return whether nothing has changed, in a few comparisons of lists."""
        return (
            all(map(_has_same_items, self._instance_dicts, self._saved_dicts))
            and _have_same_entries(self._sequences, self._saved_entries)
            and _has_same_entries(list(map(dict.get, self._lookup_dicts, self._lookup_keys)), self._lookup_values)
            and _has_same_entries(list(map(cell_content, self._cells)), self._cell_values)
            and _has_same_entries([stored_attribute(x, name) for x, name in self._attributes], self._attribute_values)
            and all(is_same(read(x), saved) for x, read, saved in self._contents)
        )

    def _describe_changes(self) -> Iterator[str]:
        """Describe all changes, one after the other."""
        lookups = zip(self._lookup_dicts, self._lookup_keys, self._lookup_values, self._lookup_owners, strict=True)
        for mapping, key, value, owner in lookups:
            if not is_same(mapping.get(key), value):
                yield _describe_name(owner, key)
        for owner, now, saved in zip(self._instances, self._instance_dicts, self._saved_dicts, strict=True):
            for name in now.keys() | saved.keys():
                if not is_same(now.get(name, MISSING), saved.get(name, MISSING)):
                    yield _describe_name(owner, name)
        for cell, value, name in zip(self._cells, self._cell_values, self._cell_names, strict=True):
            if not is_same(cell_content(cell), value):
                yield _describe_name(None, name)
        for (owner, name), value in zip(self._attributes, self._attribute_values, strict=True):
            if not is_same(stored_attribute(owner, name), value):
                yield _describe_name(owner, name)
        for sequence, entries in zip(self._sequences, self._saved_entries, strict=True):
            if not _has_same_entries(sequence, entries):
                yield self._describe_container(sequence)
        for x, read, saved in self._contents:
            if not is_same(read(x), saved):
                yield self._describe_container(x)

    def _describe_container(self, x: Any) -> str:
        label = self._labels.get(id(x), "")
        return f"the contents of {label or f'an argument, {describe(x)},'} have changed"

    # -- random generators

    def watch_random_generators(self) -> None:
        """Save the states of the reachable random generators, and of those behind ``random`` and ``numpy.random``."""
        generators = (*self._generators.values(), *shared_generators())
        self._generator_states = [(generator, generator_state(generator)) for generator in generators]

    def has_drawn_random_numbers(self) -> bool:
        """Return whether a generator has changed its state since :meth:`watch_random_generators`.

        Returns
        -------
        bool
            Whether one has.
        """
        return any(generator_state(generator) != state for generator, state in self._generator_states)

    # -- taking the snapshot

    def _save(self, reach: ReachableState, nodes: Iterable[Node] | None) -> None:
        """Save everything that counts. ``ancestors`` are the objects that lead to one of the nodes, or None without nodes."""
        ancestors: set[int] | None = None
        if nodes is not None:
            reach.walk_unused_attributes()
            ancestors = reach.find_ancestors({id(node) for node in nodes})
        for x in reach.objects:
            if id(x) in reach.used or id(x) in (ancestors or ()):
                self._save_object(x, reach, ancestors)
                if reach.has_attributes(x):
                    self._save_instance(x, reach, ancestors)

    def _save_object(self, x: Any, reach: ReachableState, ancestors: set[int] | None) -> None:
        if is_random_generator(x):
            self._generators[id(x)] = x
        elif isinstance(x, types.FunctionType):
            self._save_function(x, reach)
        elif isinstance(x, type):
            self._save_attributes(x, [name for name in vars(x) if reach.is_followed(x, name)])
        elif isinstance(x, functools.partial):
            self._save_container(x.keywords, "the keywords of a partial", with_numbers=False)
        elif ancestors is None or id(x) in ancestors or (_is_short(x) and id(x) in reach.used):
            self._save_container(x, reach.labels[id(x)], with_numbers=ancestors is None)

    def _save_function(self, f: Any, reach: ReachableState) -> None:
        for mapping, name in reach.global_lookups(f):
            self._save_lookup(mapping, name, None)
        for name, cell in closure_cells(f):
            self._cells.append(cell)
            self._cell_values.append(cell_content(cell))
            self._cell_names.append(name)
        if not reach.is_library(f):
            self._save_attributes(f, ["__defaults__", "__kwdefaults__"])

    def _save_attributes(self, owner: Any, names: Sequence[str]) -> None:
        self._attributes += [(owner, name) for name in names]
        self._attribute_values += [stored_attribute(owner, name) for name in names]

    def _save_instance(self, x: Any, reach: ReachableState, ancestors: set[int] | None) -> None:
        """Save the attributes of an object that code uses or that lead to a node; of a module of ``nn`` all attributes."""
        attributes = vars(x) if hasattr(x, "__dict__") else {}
        saves_all = ancestors is None or is_of_nn(type(x))
        if saves_all:
            self._instances.append(x)
            self._instance_dicts.append(attributes)
            self._saved_dicts.append(dict(attributes))
        else:
            for name, value in list(attributes.items()):
                if name in reach.used_attributes or id(value) in (ancestors or ()):
                    self._save_lookup(attributes, name, x)
        for name, is_slot in reach.class_attributes(type(x)):
            if is_slot:
                self._save_attributes(x, [name])
            elif not saves_all and name not in attributes and hasattr(x, "__dict__"):
                self._save_lookup(attributes, name, x)  # an attribute of the object may come to hide that of the class

    def _save_lookup(self, mapping: dict[Any, Any], key: Any, owner: Any) -> None:
        self._lookup_dicts.append(mapping)
        self._lookup_keys.append(key)
        self._lookup_values.append(mapping.get(key))
        self._lookup_owners.append(owner)

    def _save_container(self, x: Any, label: str, with_numbers: bool) -> None:
        """Save the contents of a container; of a plain array only ``with_numbers``, which also limits how many are saved."""
        if with_numbers and isinstance(x, CONTAINER_TYPES) and len(x) > SHORT:
            self._remaining_numbers -= len(x)
            if self._remaining_numbers < 0:
                return
        self._labels[id(x)] = label
        if isinstance(x, tuple):
            return  # it cannot change, and what it holds is saved by itself
        if isinstance(x, SEQUENCE_TYPES):
            self._sequences.append(x)
            self._saved_entries.append(deque(x) if isinstance(x, deque) else list(x))
        elif isinstance(x, dict):
            self._save_contents(x, lambda mapping: (list(mapping.keys()), list(mapping.values())))
        elif isinstance(x, set | frozenset):
            self._save_contents(x, lambda members: members.copy())
        elif isinstance(x, np.ndarray) and x.dtype == object:
            self._save_contents(x, lambda array: array.ravel().tolist())
        elif isinstance(x, np.ndarray) and with_numbers and x.size <= MAX_COMPARED_NUMBERS:
            self._save_contents(x, lambda array: array.tobytes())

    def _save_contents(self, x: Any, read: Callable[[Any], Any]) -> None:
        self._contents.append((x, read, read(x)))


def is_same(now: Any, saved: Any) -> bool:
    """Return whether an object is the same as before.

    Parameters
    ----------
    now, saved : object
        The object now, and before.

    Returns
    -------
    bool
        Whether both are one object, equal numbers or strings, or containers of such. Equal nodes are not the same.
    """
    if now is saved:
        return True
    if type(now) is not type(saved):
        return False
    if isinstance(saved, SEQUENCE_TYPES):
        return _has_same_entries(now, saved)
    if isinstance(saved, dict):
        return _has_same_items(now, saved)
    return isinstance(saved, VALUE_TYPES) and bool(now == saved)


def _has_same_entries(now: Any, saved: Sequence[Any]) -> bool:
    return len(now) == len(saved) and (all(map(is_, now, saved)) or all(map(is_same, now, saved)))


def compare_one_by_one(now: list[Any], saved: list[Any]) -> bool:
    """Return whether each of several sequences has the same entries as before."""
    return all(map(_has_same_entries, now, saved))


def compare_in_c(now: list[Any], saved: list[Any]) -> bool:
    """Return the same. Lists that hold the same objects are compared in C, which takes a twentieth of the time."""
    i = native.first_difference(now, saved, 0)
    while i < len(saved):
        if not _has_same_entries(now[i], saved[i]):
            return False
        i = native.first_difference(now, saved, i + 1)
    return True


_have_same_entries = compare_one_by_one if native is None else compare_in_c


def _has_same_items(now: dict[Any, Any], saved: dict[Any, Any]) -> bool:
    return now.keys() == saved.keys() and _has_same_entries(list(map(now.get, saved)), list(saved.values()))


def _describe_name(owner: Any, name: Any) -> str:
    if owner is None:
        return f"the name {name} has changed"
    if isinstance(owner, Node):
        return "a constant Tensor has other numbers"
    owner_name = owner.__name__ if hasattr(owner, "__name__") else type(owner).__name__
    return f"{owner_name}.{name} has changed"


def _is_short(x: Any) -> bool:
    return isinstance(x, CONTAINER_TYPES) and len(x) <= SHORT
