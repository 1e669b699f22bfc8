"""The table of operations as a page for readers: every formula is the row itself, written by the backend TEXT.

``python -m autograd.ops > docs/operations.md`` makes the page of the documentation.
"""

from __future__ import annotations

from math import inf

from autograd.numpy_api.row_formulas import get_formulas, get_setting_names
from autograd.ops import TABLE, Domain, Elementwise, Op

HEAD = """# Operations

Made by `python -m autograd.ops`. In the formulas y is the value of the operation, a and b are its arguments. Each derivative is
written once, in `autograd/ops/table.py`, and everything else reads it there.

"""


def make_page() -> str:
    """Return the whole page, as Markdown.

    Examples
    --------
    >>> "| tanh | tanh(a) | 1.0 - y * y |" in make_page()
    True
    """
    return HEAD + "\n".join([*_list_elementwise_rows(), "", *_list_other_rows(), ""])


def _get_library_rows() -> list[Op]:
    """Return the rows of the table, without those that users have defined and those of `autograd.scipy`."""
    return [op for op in TABLE.values() if op.f.__module__.startswith("autograd.ops.") and not op.library]


def _list_elementwise_rows() -> list[str]:
    rows = [op for op in _get_library_rows() if isinstance(op, Elementwise)]
    return [
        "## Entry by entry, on Values and Tensors",
        "",
        "| operation | y | ∂y/∂a | ∂y/∂b | tested on | at kinks and edges |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {op.name} | {' | '.join(_make_formula_cells(op))} | {format_domains(op.domains)} | {op.kink} |" for op in rows),
    ]


def _make_formula_cells(op: Elementwise) -> list[str]:
    return [*(formula.replace("|", "\\|") for formula in get_formulas(op)), ""][:3]


def format_domains(domains: tuple[Domain, ...]) -> str:
    """Return the intervals of the arguments a and b; nothing for the whole line.

    Examples
    --------
    >>> format_domains((Domain(low=0.0),))
    'a > 0'
    """
    parts = []
    for name, d in zip("ab", domains, strict=False):
        if d.low > -inf and d.high < inf:
            parts.append(f"{d.low:.4g} < {name} < {d.high:.4g}")
        elif d.low > -inf:
            parts.append(f"{name} > {d.low:.4g}")
    return ", ".join(parts)


def _list_other_rows() -> list[str]:
    rows = [op for op in _get_library_rows() if not isinstance(op, Elementwise)]
    return [
        "## On whole arrays",
        "",
        "| operation | kind | arguments | settings | at kinks |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {op.name} | {op.kind} | {_format_arity(op)} | {', '.join(get_setting_names(op))} | {op.kink} |" for op in rows),
    ]


def _format_arity(op: Op) -> str:
    return "any number" if op.arity is None else str(op.arity)
