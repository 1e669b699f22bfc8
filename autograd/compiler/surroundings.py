"""What a function reaches from outside: whether a run has changed it, and whether a name means another node than it did."""

from __future__ import annotations

import functools
import gc
import random
import types
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.node import Node

DEEP = 3  # how far lists, dicts and objects are followed
LARGE = 100_000  # entries beyond which an array is not looked into
PLAIN = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, str, bytes, int, float, Node)
RANDOM = (np.random.Generator, np.random.RandomState, random.Random)


def named(f: Callable[..., Any]) -> list[tuple[str, Any]]:
    """The names that a function takes from outside, and what they mean now."""
    if isinstance(f, functools.partial):
        return [*named(f.func), *((f"argument {i}", x) for i, x in enumerate((*f.args, *f.keywords.values())))]
    if isinstance(f, types.MethodType):
        return [*named(f.__func__), ("self", f.__self__)]
    code = getattr(f, "__code__", None)
    if code is None:
        return []
    found = [(name, f.__globals__[name]) for name in code.co_names if name in f.__globals__]
    found += [(f"a default of {f.__name__}", x) for x in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())]
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # a name that is not bound yet
            continue
    return found


def nodes(f: Callable[..., Any]) -> list[int]:
    """Which nodes the names of a function mean; quick, since every call asks."""
    if not isinstance(f, types.FunctionType):
        return []
    meant = f.__globals__
    found = [id(meant[name]) for name in f.__code__.co_names if isinstance(meant.get(name), Node)]
    for cell in f.__closure__ or ():
        try:
            if isinstance(cell.cell_contents, Node):
                found.append(id(cell.cell_contents))
        except ValueError:  # a name that is not bound yet
            continue
    return found


def fingerprint(f: Callable[..., Any]) -> dict[str, Any]:
    """What the names of a function hold: who their entries are, and what arrays and numbers in them are."""
    return {name: _print(x, DEEP) for name, x in named(f)}


def _print(x: Any, deep: int) -> Any:
    """What tells a thing from what it was before."""
    if isinstance(x, np.ndarray):
        return id(x), x.tobytes() if x.size <= LARGE and x.dtype != object else None
    if isinstance(x, PLAIN) or not deep:
        return id(x)
    if isinstance(x, dict):
        return id(x), tuple((id(k), _print(v, deep - 1)) for k, v in x.items())
    if isinstance(x, list | tuple | set | frozenset | deque):
        return id(x), tuple(_print(v, deep - 1) for v in x)
    if hasattr(x, "__dict__"):
        return id(x), tuple((k, _print(v, deep - 1)) for k, v in vars(x).items())
    return id(x)


def generators() -> list[tuple[Any, Any]]:
    """All sources of random numbers that there are, and their states."""
    found = [x for x in gc.get_objects() if type(x) in RANDOM]
    return [(x, _state(x)) for x in found]


def _state(source: Any) -> Any:
    if isinstance(source, random.Random):
        return source.getstate()
    if isinstance(source, np.random.RandomState):
        return repr(source.get_state(legacy=False))
    return repr(source.bit_generator.state)


def drawn(before: list[tuple[Any, Any]]) -> bool:
    """Whether one of them has been drawn from since."""
    return any(_state(source) != state for source, state in before)
