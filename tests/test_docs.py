"""The map of the seed texts leads to tests and examples that exist, and leaves no item out; the blocks of a page run in order."""

import ast
import contextlib
import importlib.util
import io
import linecache
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| ([A-Z][^|]*) \| [^|]+ \| `([^`]+)` \|$", (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8"), re.MULTILINE
)


def functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_row_leads_to_a_test_or_an_example():
    assert len(ROWS) > 100
    for item, place in ROWS:
        path, _, test = place.partition("::")
        assert (ROOT / path).exists(), item
        assert not test or test in functions(ROOT / path), (item, place)


def test_no_item_is_left_out():
    items = {item for item, _ in ROWS}
    wanted = {"A": 24, "B": 3, "C": 7, "D": 8, "GD": 13, "F": 5, "G": 18, "H": 10, "I": 10}
    assert sum(wanted.values()) == 98
    for letter, count in wanted.items():
        assert {f"{letter}{i:02d}" for i in range(1, count + 1)} <= items, letter


def test_no_erratum_is_left_out():
    unused = {23, 24, 38, 44, 45, 46}
    errata = {name for item, _ in ROWS for name in item.split(", ") if re.fullmatch(r"E\d+", name)}
    assert errata == {f"E{i}" for i in range(1, 63) if i not in unused}
    assert len(errata) == 56


@pytest.mark.parametrize("name_", ["testing.md", "compiling.md"])
def test_a_page_prints_what_it_says(name_):
    """One session from top to bottom; blocks that need a library that is not here are left out."""
    page = (ROOT / "docs" / name_).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == page.count("```python")
    space = {}
    for number, (code, printed) in enumerate(blocks):
        if any(f"import {library}\n" in code and importlib.util.find_spec(library) is None for library in ("torch", "jax")):
            continue
        name, out = f"{name_}-{number}", io.StringIO()
        linecache.cache[name] = (len(code), None, code.splitlines(), name)
        with contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), space)
        assert out.getvalue() == printed, code
