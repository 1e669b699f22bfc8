"""Compiled functions and gradients, or eager ones: the option ``--eager`` of the tool."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import autograd as ag


def compiled(f: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
    """Compile a function, unless the tool runs with ``--eager``."""
    return f if is_eager() else ag.compile(f, **settings)


def compiled_gradient(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **settings: Any) -> Callable[..., Any]:
    """The gradient of a function, compiled unless the tool runs with ``--eager``."""
    return ag.grad(f, argnums) if is_eager() else ag.compile(f, argnums=argnums, **settings).grad


def is_eager() -> bool:
    return bool(os.environ.get("GRADBENCH_EAGER"))
