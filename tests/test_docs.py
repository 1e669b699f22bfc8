"""The map of the seed texts leads to tests and examples that exist, and leaves no item of its parts out."""

import ast
import re
from pathlib import Path

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
    wanted = {"A": 24, "B": 3, "C": 7, "D": 8, "GD": 13, "F": 5, "G": 18, "H": 5}
    for letter, count in wanted.items():
        assert {f"{letter}{i:02d}" for i in range(1, count + 1)} <= items, letter
    assert {"I01", "I02", "I03", "I04", "I05", "I07"} <= items
