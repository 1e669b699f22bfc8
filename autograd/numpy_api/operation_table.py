"""The table of operations as a page for readers: every formula is the row itself, written by the TEXT backend.

``python -m autograd.ops > docs/operations.md`` makes the page in the documentation.
"""

from __future__ import annotations

from math import inf

from autograd.backends.expressions import TEXT, symbol
from autograd.numpy_api.functions import settings_of, written
from autograd.ops import TABLE, Domain, Elementwise, Op

HEAD = """# Operations

Made by `python -m autograd.ops`. In the formulas y is the value of the operation, a and b are its arguments. Each derivative is
written once, in `autograd/ops/table.py`, and everything else reads it there.

"""


def text() -> str:
    """The whole page.

    >>> "| tanh | tanh(a) | 1.0 - y * y |" in text()
    True
    """
    return HEAD + "\n".join([*_elementwise(), "", *_others(), ""])


def _own_rows() -> list[Op]:
    """The library's rows, without those that others have defined."""
    return [op for op in TABLE.values() if op.f.__module__.startswith("autograd.ops.")]


def _elementwise() -> list[str]:
    rows = [op for op in _own_rows() if isinstance(op, Elementwise)]
    return [
        "## Entry by entry, on Values and Tensors",
        "",
        "| operation | y | ∂y/∂a | ∂y/∂b | tested on | at kinks and edges |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {op.name} | {' | '.join(_cells(op))} | {domain(op.domains)} | {op.kink} |" for op in rows),
    ]


def _cells(op: Elementwise) -> list[str]:
    return [*(f.replace("|", "\\|") for f in formulas(op)), ""][:3]


def formulas(op: Elementwise) -> list[str]:
    """What a row computes of a, b, …, and its derivative by each of them, of which y is the value.

    >>> formulas(TABLE["tanh"])
    ['tanh(a)', '1.0 - y * y']
    """
    args = [symbol(n) for n in "abcdef"[: op.arity]]
    settings = {k: symbol(k) for k in settings_of(op)}
    partials = [written(partial(TEXT, symbol("y"), *args, **settings)) for partial in op.partials]
    return [written(op.f(TEXT, *args, **settings)), *partials]


def domain(domains: tuple[Domain, ...]) -> str:
    """Where the arguments live, in words.

    >>> domain((Domain(low=0.0),))
    'a > 0'
    """
    parts = []
    for name, d in zip("ab", domains, strict=False):
        if d.low > -inf and d.high < inf:
            parts.append(f"{d.low:.4g} < {name} < {d.high:.4g}")
        elif d.low > -inf:
            parts.append(f"{name} > {d.low:.4g}")
    return ", ".join(parts)


def _others() -> list[str]:
    rows = [op for op in _own_rows() if not isinstance(op, Elementwise)]
    return [
        "## On whole arrays",
        "",
        "| operation | kind | arguments | settings | at kinks |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {op.name} | {op.kind} | {_count(op)} | {', '.join(settings_of(op))} | {op.kink} |" for op in rows),
    ]


def _count(op: Op) -> str:
    return "any number" if op.arity is None else str(op.arity)
