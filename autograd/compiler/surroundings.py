"""What a function reaches from outside: whether a run has changed it, and the random sources among it."""

from __future__ import annotations

import functools
import random
import sys
import types
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.node import Node

DEEP = 8  # how far lists, dicts and objects are followed
MANY = 20_000  # things beyond which no more are looked at
LARGE = 100_000  # entries beyond which an array is not looked into
PLAIN = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, str, bytes, int, float, Node)
RANDOM = ("Generator", "RandomState", "Random")  # the classes that draw: by name, since NumPy imports its own late


def named(f: Callable[..., Any]) -> list[tuple[str, Any]]:
    """The names that a function takes from outside, and what they mean now."""
    if isinstance(f, functools.partial):
        return [*named(f.func), *((f"argument {i}", x) for i, x in enumerate((*f.args, *f.keywords.values())))]
    if isinstance(f, types.MethodType):
        return [*named(f.__func__), ("self", f.__self__)]
    code = getattr(f, "__code__", None)
    if code is None:
        return []
    found = [(name, f.__globals__[name]) for name in spoken(code) if name in f.__globals__]
    found += [(f"a default of {f.__name__}", x) for x in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())]
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # a name that is not bound yet
            continue
    return found


def spoken(code: types.CodeType) -> list[str]:
    """The names in a function's code, those in the functions and comprehensions within it included."""
    inner = [name for x in code.co_consts if isinstance(x, types.CodeType) for name in spoken(x)]
    return list(dict.fromkeys([*code.co_names, *inner]))


def fingerprint(f: Callable[..., Any]) -> dict[str, Any]:
    """What the names of a function hold: who their entries are, and what arrays and numbers in them are."""
    left = [MANY]
    return {name: _print(x, DEEP, left) for name, x in named(f)}


def _print(x: Any, deep: int, left: list[int]) -> Any:
    """What tells a thing from what it was before."""
    left[0] -= 1
    if isinstance(x, np.ndarray):
        return id(x), x.tobytes() if x.size <= LARGE and x.dtype != object else None
    if left[0] < 0 or not deep:
        return id(x)
    entries = _entries(x)
    return id(x) if entries is None else (id(x), tuple((key, _print(v, deep - 1, left)) for key, v in entries))


def _entries(x: Any) -> list[tuple[Any, Any]] | None:
    """What a container or an object holds, and where; None for anything else."""
    if isinstance(x, PLAIN):
        return None
    if isinstance(x, dict):
        return [(id(k), v) for k, v in x.items()]
    if isinstance(x, list | tuple | set | frozenset | deque):
        return [(None, v) for v in x]
    return list(vars(x).items()) if hasattr(x, "__dict__") else None


def generators(f: Callable[..., Any]) -> list[tuple[Any, str]]:
    """The sources of random numbers that a function reaches, everybody's among them, and their states."""
    found: dict[int, Any] = {id(source): source for source in _shared()}
    stack, seen = [x for _, x in named(f)], set[int]()
    while stack and len(seen) < MANY:
        x = stack.pop()
        if id(x) not in seen:
            seen.add(id(x))
            if type(x).__name__ in RANDOM:
                found[id(x)] = x
            else:
                stack += [v for _, v in _entries(x) or ()]
    return [(source, _state(source)) for source in found.values()]


def _shared() -> list[Any]:
    """Python's own source, and NumPy's where that has been imported."""
    numpys = sys.modules.get("numpy.random.mtrand")
    return [random._inst, *([numpys._rand] if numpys else [])]  # what their functions draw from


def _state(source: Any) -> str:
    if isinstance(source, random.Random):
        return repr(source.getstate())
    return repr(source.bit_generator.state if hasattr(source, "bit_generator") else source.get_state(legacy=False))


def drawn(before: list[tuple[Any, str]]) -> bool:
    """Whether one of them has been drawn from since."""
    return any(_state(source) != state for source, state in before)
