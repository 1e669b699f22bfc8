"""Functions of a user's files, and the points at which commands call them."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import SettingError


def load_function(place: str) -> Callable[..., Any]:
    """Return a function, given by its file or module and its name.

    Parameters
    ----------
    place : str
        ``FILE:NAME`` or ``MODULE:NAME``, such as "loss.py:f" or "package.losses:f". The name may have dots.

    Returns
    -------
    callable
        The function.

    Raises
    ------
    SettingError
        If there is no such file, module or name, or if it is not a function.

    Examples
    --------
    >>> load_function("math:tanh")(0.0)
    0.0
    """
    source, separator, name = place.rpartition(":")
    if not separator or not source or not name:
        raise SettingError(f"{place!r} names no function: write FILE:NAME, such as loss.py:f, or MODULE:NAME")
    found: Any = _load_module(source)
    for part in name.split("."):
        if not hasattr(found, part):
            known = [key for key, x in vars(found).items() if callable(x) and not key.startswith("_")]
            raise SettingError(f"{source} has no function {name!r}; it has {', '.join(known) or 'none'}")
        found = getattr(found, part)
    if not callable(found):
        raise SettingError(f"{name!r} in {source} is {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]  # callable() has just said so


def _load_module(source: str) -> Any:
    """Import a file or a module. Modules next to the file can be imported by it, as if Python ran it."""
    if not source.endswith(".py"):
        try:
            return importlib.import_module(source)
        except ModuleNotFoundError as error:
            raise SettingError(f"there is no module {source!r} ({error}): give a file, such as loss.py:f") from None
    path = Path(source)
    if not path.is_file():
        raise SettingError(f"there is no file {source!r}")
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def parse_point(texts: Sequence[str]) -> list[Any]:
    """Return the arguments that are written as JSON: numbers, and lists as arrays.

    Parameters
    ----------
    texts : sequence of str
        One text for each argument.

    Returns
    -------
    list of float or ndarray
        The arguments.

    Raises
    ------
    SettingError
        If a text is neither a number nor a list of numbers.

    Examples
    --------
    >>> parse_point(["1.5", "[1, 2]"])
    [1.5, array([1., 2.])]
    """
    return [_parse_argument(text) for text in texts]


def _parse_argument(text: str) -> Any:
    try:
        value = json.loads(text)
        return np.array(value, dtype=float) if isinstance(value, list) else float(value)
    except (ValueError, TypeError):
        raise SettingError(f"--at {text!r} is neither a number nor a list of numbers, such as 1.5 or '[[1, 2], [3, 4]]'") from None


def points_of(f: Callable[..., Any], at: Sequence[str], count: int, seed: int) -> list[list[Any]]:
    """Return the points at which a function is called.

    Parameters
    ----------
    f : callable
        The function.
    at : sequence of str
        The arguments as JSON, or nothing.
    count : int
        The number of random points if ``at`` is empty.
    seed : int
        Their seed.

    Returns
    -------
    list of list
        Arguments of ``f``. A parameter with a default value that is a float or an array gets the default and then numbers near
        it; a parameter without one gets numbers from a normal distribution.

    Raises
    ------
    SettingError
        If the parameters of ``f`` cannot be read.

    Examples
    --------
    >>> len(points_of(lambda x, y: x * y, [], 3, 0)), points_of(abs, ["-2"], 3, 0)
    (3, [[-2.0]])
    """
    if at:
        return [parse_point(at)]
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        raise SettingError("the parameters of this function cannot be read: give --at once for each argument") from None
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rng = np.random.default_rng(seed)
    return [[_draw(p.default, k == 0, rng) for p in positional if _is_drawn(p)] for k in range(count)]


def _is_drawn(parameter: inspect.Parameter) -> bool:
    """Whether a parameter gets a number: it has no default, or one that is a float or an array."""
    return parameter.default is parameter.empty or isinstance(parameter.default, float | np.ndarray)


def _draw(default: Any, is_first: bool, rng: np.random.Generator) -> Any:
    if default is inspect.Parameter.empty:
        return float(rng.normal())
    noise = 0.0 if is_first else rng.normal(scale=0.1, size=np.shape(default))
    moved = default + noise
    return moved if isinstance(default, np.ndarray) else float(moved)
