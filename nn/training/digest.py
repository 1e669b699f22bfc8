"""Digests of Python objects: what they are made of, the same in every process.

A function is described by what it computes with: its code, defaults, closure, and the global names that it reads.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import Node
from nn.modules.module import Module

# The first names of modules whose code is described by its name: ours, and the libraries that ours is used with. Their code changes
# with their version only. With more of them, a change of one of these modules would not be noticed.
LIBRARIES = ("autograd", "nn", "numpy", "scipy", "sklearn", "builtins")
# Hexadecimal digits of a digest, 128 bits: two among 2⁶⁴ different runs share one with a chance of about a half. Twice as many make
# checkpoints longer.
DIGITS = 32

Seen = dict[int, tuple[int, Any]]  # the objects met so far, by identity: their number, and the object itself


def digest(x: Any) -> str:
    """Return a digest of an object.

    Parameters
    ----------
    x : object
        Numbers, arrays, containers, functions, modules, generators, or objects of a user's own class. A parameter counts by its
        type and shape, a constant Tensor by its numbers as well.

    Returns
    -------
    str
        32 hexadecimal digits of a SHA-256.

    Examples
    --------
    >>> digest({"rate": 0.1}) == digest({"rate": 0.1}), digest({"rate": 0.1}) == digest({"rate": 0.2})
    (True, False)
    """
    sha = hashlib.sha256()
    for part in _encode(x, {}):
        sha.update(part)
        sha.update(b"\0")
    return sha.hexdigest()[:DIGITS]


class ModuleConfiguration:
    """The class of a module and its attributes, for a digest.

    Parameters
    ----------
    module : Module
        The module. Parameters and modules among its attributes count by type and shape only.
    """

    def __init__(self, module: Module) -> None:
        self.kind: type[Module] = type(module)
        self.attributes: dict[str, Any] = {name: x for name, x in vars(module).items() if name != "training"}


def _encode(x: Any, seen: Seen) -> Iterator[bytes]:
    """Yield what an object is made of. An object that was met before is encoded as its number."""
    if x is None or isinstance(x, bool | int | float | complex | str | bytes):
        yield f"{type(x).__name__} {x!r}".encode()
        return
    if id(x) in seen:
        yield f"again {seen[id(x)][0]}".encode()
        return
    seen[id(x)] = len(seen), x  # the object is kept, so that no other gets its identity
    for kinds, encode in ENCODERS:
        if isinstance(x, kinds):
            yield from encode(x, seen)
            return
    yield from _encode_object(x, seen)


def _encode_node(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"{type(x).__name__} {np.shape(x.data)}".encode()
    if getattr(x, "constant", False):  # the values of parameters have digests of their own
        yield np.ascontiguousarray(x.data).tobytes()


def _encode_module(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"module {type(x).__qualname__}".encode()


def _encode_configuration(x: Any, seen: Seen) -> Iterator[bytes]:
    yield from _encode_class(x.kind, seen)
    yield from _encode(x.attributes, seen)


def _encode_array(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"array {x.dtype} {x.shape}".encode()
    if x.dtype == object:
        yield from _encode(x.ravel().tolist(), seen)
    else:
        yield np.ascontiguousarray(x).tobytes()


def _encode_number(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"{x.dtype} {x!r}".encode()


def _encode_generator(x: Any, seen: Seen) -> Iterator[bytes]:
    yield from _encode(x.bit_generator.state, seen)


def _encode_sequence(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"{type(x).__name__} {len(x)}".encode()
    for part in x:
        yield from _encode(part, seen)


def _encode_dict(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"dict {len(x)}".encode()
    for key, part in x.items():
        yield from _encode(key, seen)
        yield from _encode(part, seen)


def _encode_set(x: Any, seen: Seen) -> Iterator[bytes]:
    yield from (part.encode() for part in sorted(map(digest, x)))


def _encode_partial(x: Any, seen: Seen) -> Iterator[bytes]:
    yield from _encode((x.func, x.args, x.keywords), seen)


def _encode_method(x: Any, seen: Seen) -> Iterator[bytes]:
    yield from _encode((x.__func__, x.__self__), seen)


def _encode_function(f: Any, seen: Seen) -> Iterator[bytes]:
    """Encode a library's function by its name and settings, a user's own by its code and all that it reads."""
    yield f"function {f.__qualname__}".encode() if _is_library(f) else b"function"
    if not _is_library(f):
        yield from _encode(f.__code__, seen)
        yield from _encode({name: f.__globals__[name] for name in _names(f.__code__) if name in f.__globals__}, seen)
    yield from _encode((f.__defaults__, f.__kwdefaults__), seen)
    yield from _encode([_cell_contents(cell) for cell in f.__closure__ or ()], seen)


def _encode_code(x: Any, seen: Seen) -> Iterator[bytes]:
    yield x.co_code
    yield from _encode((x.co_names, x.co_varnames[: x.co_argcount], *x.co_consts), seen)


def _encode_class(kind: type[Any], seen: Seen) -> Iterator[bytes]:
    """Encode a library's class by its name, a user's own by its functions and plain attributes as well."""
    yield f"class {kind.__qualname__}".encode()
    if _is_library(kind):
        return
    for base in kind.__mro__[:-1]:
        if not _is_library(base):
            yield from _encode_class_attributes(base, seen)


def _encode_class_attributes(kind: type[Any], seen: Seen) -> Iterator[bytes]:
    for name, x in vars(kind).items():
        if name.startswith("__") and not inspect.isfunction(x):
            continue
        yield name.encode()
        yield from _encode(getattr(x, "__func__", getattr(x, "fget", x)), seen)


def _encode_name(x: Any, seen: Seen) -> Iterator[bytes]:
    yield f"{type(x).__qualname__} {getattr(x, '__name__', '')}".encode()


def _encode_object(x: Any, seen: Seen) -> Iterator[bytes]:
    """Encode an object of any class by its class and its attributes."""
    if not hasattr(x, "__dict__"):
        yield from _encode_name(x, seen)
        return
    yield from _encode_class(type(x), seen)
    yield from _encode(vars(x), seen)


# The first entry whose types an object has says how it is encoded.
ENCODERS: tuple[tuple[Any, Callable[[Any, Seen], Iterator[bytes]]], ...] = (
    (Node, _encode_node),
    (Module, _encode_module),
    (ModuleConfiguration, _encode_configuration),
    (np.ndarray, _encode_array),
    (np.generic, _encode_number),
    (np.random.Generator, _encode_generator),
    ((list, tuple), _encode_sequence),
    (dict, _encode_dict),
    ((set, frozenset), _encode_set),
    (functools.partial, _encode_partial),
    (types.MethodType, _encode_method),
    (types.FunctionType, _encode_function),
    (types.CodeType, _encode_code),
    (type, _encode_class),
    ((types.ModuleType, types.BuiltinFunctionType), _encode_name),
)


def _names(code: types.CodeType) -> list[str]:
    """Return the names that code reads, those of the functions inside it included."""
    names = [*code.co_names]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names += _names(constant)
    return list(dict.fromkeys(names))


def _cell_contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the variable has no value yet
        return None


def _is_library(x: Any) -> bool:
    """Whether a function or class belongs to one of LIBRARIES or to the standard library."""
    top = (getattr(x, "__module__", None) or "").partition(".")[0]
    return top in LIBRARIES or top in sys.stdlib_module_names - {"__main__"}
