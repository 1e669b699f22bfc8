"""What tells one training run from another: digests of its data, settings, code, first parameters and generators, part by part.

Functions are told apart by what they compute with: their code, defaults, closures, and the global names that they read.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd import Node
from nn.modules.module import Module
from nn.optim import Optimizer, scale

STEPS = (0, 1, 10, 1000)  # at which a schedule is asked for its rate
Seen = dict[int, tuple[int, Any]]  # what was met, by its identity: its number, and the thing itself
LIBRARIES = ("autograd", "nn", "numpy", "scipy", "sklearn", "builtins")  # whose code is known by its name


def identity(
    model: Module,
    loss: Any,
    metric: Any,
    optimizer: Optimizer,
    data: Mapping[str, Any],
    settings: Mapping[str, Any],
    rng: np.random.Generator | None,
) -> dict[str, str]:
    """A digest for each part of a run, under a name that an error can show.

    ``rng`` is None where the caller gave no seed: any generator will do then, since the checkpoint holds its state.
    """
    parts: dict[str, Any] = {f"the {name}": x for name, x in data.items()}
    parts |= {f"the setting {name}": x for name, x in settings.items()}
    parts |= {"the loss": loss, "the metric": metric}
    if rng is not None:
        parts["the generator rng="] = rng
    for path, module in model.named_modules():
        parts[f"the module {path or type(module).__name__}"] = _Configuration(module)
    parts |= {f"the first value of the parameter {name}": x for name, x in model.state_dict().items()}
    for number, group in enumerate(optimizer.groups):
        names = [name for name, p in model.named_parameters() if any(p is q for q in group.parameters)]
        rates = [[transform.rate(t) for t in STEPS] for transform in group.transforms if isinstance(transform, scale)]
        transforms = [(type(transform), vars(transform)) for transform in group.transforms]
        parts[f"group {number} of the optimizer"] = (names, rates, transforms)
    return {name: digest(x) for name, x in parts.items()}


def first_difference(now: Mapping[str, str], was: Mapping[str, str]) -> str:
    """The name of the first part that differs; "" where none does.

    >>> first_difference({"the loss": "a"}, {"the loss": "b"})
    'the loss'
    """
    names = [*now, *(name for name in was if name not in now)]
    return next((name for name in names if now.get(name) != was.get(name)), "")


def digest(x: Any) -> str:
    """A digest of what a thing is made of, the same in every process.

    >>> digest({"rate": 0.1}) == digest({"rate": 0.1}), digest({"rate": 0.1}) == digest({"rate": 0.2})
    (True, False)
    """
    found = hashlib.sha256()
    for part in _described(x, {}):
        found.update(part)
        found.update(b"\0")
    return found.hexdigest()[:32]


class _Configuration:
    """A module by its class and by its attributes that are neither parameters nor modules."""

    def __init__(self, module: Module) -> None:
        self.kind = type(module)
        self.attributes = {name: x for name, x in vars(module).items() if name != "training"}


def _described(x: Any, seen: Seen) -> Iterator[bytes]:
    """What a thing is made of, as bytes; what was met before is a number."""
    if x is None or isinstance(x, bool | int | float | complex | str | bytes):
        yield f"{type(x).__name__} {x!r}".encode()
        return
    if id(x) in seen:
        yield f"again {seen[id(x)][0]}".encode()
        return
    seen[id(x)] = len(seen), x  # kept, so that nothing else gets its identity
    yield from _opened(x, seen)


def _opened(x: Any, seen: Seen) -> Iterator[bytes]:
    if isinstance(x, Node):  # a parameter, whose numbers have a part of their own, or a constant
        yield f"{type(x).__name__} {np.shape(x.data)}".encode()
        if getattr(x, "constant", False):
            yield np.ascontiguousarray(x.data).tobytes()
    elif isinstance(x, Module):
        yield f"module {type(x).__qualname__}".encode()
    elif isinstance(x, _Configuration):
        yield from _of_class(x.kind, seen)
        yield from _described(x.attributes, seen)
    elif isinstance(x, np.ndarray):
        yield f"array {x.dtype} {x.shape}".encode()
        if x.dtype == object:
            yield from _described(x.ravel().tolist(), seen)
        else:
            yield np.ascontiguousarray(x).tobytes()
    elif isinstance(x, np.generic):
        yield f"{x.dtype} {x!r}".encode()
    elif isinstance(x, np.random.Generator):
        yield from _described(x.bit_generator.state, seen)
    elif isinstance(x, list | tuple):
        yield f"{type(x).__name__} {len(x)}".encode()
        for part in x:
            yield from _described(part, seen)
    elif isinstance(x, dict):
        yield f"dict {len(x)}".encode()
        for key, part in x.items():
            yield from _described(key, seen)
            yield from _described(part, seen)
    elif isinstance(x, set | frozenset):
        yield from (part.encode() for part in sorted(map(digest, x)))
    else:
        yield from _of_code(x, seen)


def _of_code(x: Any, seen: Seen) -> Iterator[bytes]:
    """Functions, methods, partials, classes, and objects by their class and attributes."""
    if isinstance(x, functools.partial):
        yield from _described((x.func, x.args, x.keywords), seen)
    elif isinstance(x, types.MethodType):
        yield from _described((x.__func__, x.__self__), seen)
    elif isinstance(x, types.FunctionType):
        yield from _of_function(x, seen)
    elif isinstance(x, types.CodeType):
        yield x.co_code
        yield from _described((x.co_names, x.co_varnames[: x.co_argcount], *x.co_consts), seen)
    elif isinstance(x, type):
        yield from _of_class(x, seen)
    elif isinstance(x, types.ModuleType | types.BuiltinFunctionType) or not hasattr(x, "__dict__"):
        yield f"{type(x).__qualname__} {getattr(x, '__name__', '')}".encode()
    else:
        yield from _of_class(type(x), seen)
        yield from _described(vars(x), seen)


def _of_class(kind: type[Any], seen: Seen) -> Iterator[bytes]:
    """A class by its name, and a user's own by its functions and plain attributes as well."""
    yield f"class {kind.__qualname__}".encode()
    for base in () if _is_library(kind) else kind.__mro__[:-1]:
        if not _is_library(base):
            for name, x in vars(base).items():
                if not (name.startswith("__") and not inspect.isfunction(x)):
                    yield name.encode()
                    yield from _described(getattr(x, "__func__", getattr(x, "fget", x)), seen)


def _of_function(f: types.FunctionType, seen: Seen) -> Iterator[bytes]:
    """A library's function by its name and settings; a user's own by its code and all that it reads."""
    yield f"function {f.__qualname__}".encode() if _is_library(f) else b"function"
    if not _is_library(f):
        yield from _described(f.__code__, seen)
        read = {name: f.__globals__[name] for name in _names(f.__code__) if name in f.__globals__}
        yield from _described(read, seen)
    yield from _described((f.__defaults__, f.__kwdefaults__), seen)
    yield from _described([_content(cell) for cell in f.__closure__ or ()], seen)


def _names(code: types.CodeType) -> list[str]:
    """The names that code reads, those of functions inside it included."""
    inner = [name for x in code.co_consts if isinstance(x, types.CodeType) for name in _names(x)]
    return list(dict.fromkeys([*code.co_names, *inner]))


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _is_library(x: Any) -> bool:
    """Whether code is known by its name: ours, and that of the libraries that it is used with."""
    top = (getattr(x, "__module__", None) or "").partition(".")[0]
    return top in LIBRARIES or top in sys.stdlib_module_names - {"__main__"}
