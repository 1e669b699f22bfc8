"""``compile`` of this library, or nothing: the option ``--eager`` of the tool."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import autograd as ag


def compiled(f: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
    """Compile a function, unless the tool runs with ``--eager``."""
    return f if os.environ.get("GRADBENCH_EAGER") else ag.compile(f, **settings)
