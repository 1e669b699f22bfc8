"""Pages of the documentation: the code on them runs, and the files, functions and tests that they name exist."""

import ast
import contextlib
import functools
import importlib.util
import io
import json
import linecache
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import use_profile

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)])
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
FOLDERS = [ROOT / name for name in ("autograd", "nn", "tests", "benchmarks", "docs", "examples", "recipe", ".ci", ".github")]
FILES = [
    *ROOT.glob("*.*"),
    *FOLDERS,
    *(path for folder in FOLDERS for path in folder.rglob("*") if "__pycache__" not in path.parts),
]
PATHS = ["/" + path.relative_to(ROOT).as_posix() + "/" * path.is_dir() for path in FILES]
GENERATED = {"neuron.html", "layer.safetensors", "run.npz", "step.py"}  # what the code on a page writes
ROWS = re.findall(
    r"^\| ([A-Z][^|]*) \| [^|]+ \| `([^`]+)` \|$", (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8"), re.MULTILINE
)


@functools.cache
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


def backticked(text):
    """The inline code of a page, without its blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def paths_in(text):
    """The paths of files and folders that a page names, such as ``core/value.py`` or ``passes/``."""
    return [code for code in backticked(text) if re.fullmatch(r"[\w./-]+(\.(py|c|h|md|cff|toml|json|ya?ml)|/)", code)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_on_a_page_exists(page):
    """A path may be relative to any folder, as the pages leave out the name of the package."""
    for path in paths_in(page.read_text(encoding="utf-8")):
        assert path in GENERATED or any(known.endswith("/" + path) for known in PATHS), path


def test_paths_are_found_on_the_pages():
    assert paths_in("see `core/value.py`, `x.py` and `passes/`, not `a / b`\n```\n`y.py`\n```\n") == [
        "core/value.py",
        "x.py",
        "passes/",
    ]
    assert sum(len(paths_in(page.read_text(encoding="utf-8"))) for page in PAGES) > 100


def test_every_name_on_the_design_page_is_in_the_sources():
    sources = [path for path in FILES if path.suffix in (".py", ".c") and "tests" not in path.parts]
    words = {word for path in sources for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    modules = {path.stem for path in sources}
    for code in backticked(DESIGN):
        if re.fullmatch(r"\w+(\(\))?", code):
            assert code.removesuffix("()") in words | modules, code


WALKS = """
import json, sys
import numpy as np
import nn
import autograd.compiler.runtime.compiled_function  # else the walk would begin with its imports
from autograd import Tensor, Value, compile, grad

def scalar_product():
    x, y = Value(2.0), Value(3.0)
    z = x * y
    z.backward()

def assignment():
    t = Tensor([1.0, 2.0])
    y = 2.0 * t
    z = y.sum()
    y[0] = t[1]
    (y.sum() + z).backward()

def gradient():
    grad(lambda x: x * x)(2.0)

def compiled():
    compile(lambda W, x: sum(sum(w * a for w, a in zip(row, x)).tanh() for row in W))(np.ones((4, 3)), np.arange(3.0))

def training():
    model = nn.MLP([2, 3, 2], rng=0)
    X, y = nn.toys.moons(20, rng=0)
    nn.fit(model, X, y, loss="cross_entropy", epochs=1, batch_size=10, validation=(X, y), checkpoint="run.npz", progress=False, rng=0)

def entered_files(program):
    files = {}
    def profile(frame, event, _):
        if event == "call" and frame.f_code.co_name != "<module>":
            files.setdefault(frame.f_code.co_filename.replace("\\\\", "/"))
    sys.setprofile(profile)
    program()
    sys.setprofile(None)
    return list(files)

print(json.dumps([entered_files(program) for program in (scalar_product, assignment, gradient, compiled, training)]))
"""


def test_the_walks_name_files_in_the_order_in_which_they_are_entered(tmp_path):
    environment = {**os.environ, "GRADLAB_ENGINE": "python"}  # it enters a Python file for each step
    done = subprocess.run([sys.executable, "-c", WALKS], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    section = DESIGN.split("## Five walks through the code")[1].split("\n## ")[0]
    walks = re.split(r"^\*\*(?=`)", section, flags=re.MULTILINE)[1:]
    for walk, files in zip(walks, json.loads(done.stdout), strict=True):
        places = [next((k for k, file in enumerate(files) if file.endswith("/" + path)), None) for path in paths_in(walk)]
        entered = [place for place in places if place is not None]
        assert len(entered) >= len(places) / 2
        assert entered == sorted(entered), walk


WITH_CODE = [page for page in PAGES if page.parent != ROOT and "```python" in page.read_text(encoding="utf-8")]


OPTIONAL = ("torch", "jax", "safetensors", "networkx", "sympy")


def page_id(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_CODE, ids=page_id)
def test_a_page_prints_what_it_says(page, tmp_path, monkeypatch, request):
    """One session from top to bottom; blocks that need a library that is not here are left out."""
    monkeypatch.chdir(tmp_path)
    use_profile("docs")  # each search finds the same
    request.addfinalizer(use_profile)
    name_, page = page_id(page), page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == page.count("```python")
    space = {}
    for number, (code, printed) in enumerate(blocks):
        used = [library for library in OPTIONAL if re.search(rf"^(import|from) {library}\b", code, re.MULTILINE)]
        if any(importlib.util.find_spec(library) is None for library in used):
            continue
        name, out = "example.py" if "example.py" in printed else f"{name_}-{number}", io.StringIO()
        linecache.cache[name] = (len(code), None, code.splitlines(), name)
        with contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), space)
        assert out.getvalue() == printed, code


MIGRATION = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
CALLS = [
    code for row in re.findall(r"^\| `[^|]+ \| ([^|]+) \|$", MIGRATION, re.MULTILINE) for code in re.findall(r"`([^`]+)`", row)
]


@pytest.mark.parametrize("call", CALLS)
def test_the_right_column_of_the_page_on_migration_runs(call):
    """A statement, an expression, or the name of something that exists."""
    space = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(re.search(r"```python\n(.*?)```", MIGRATION, re.DOTALL)[1], space)
        space["z"] = space["f"](space["t"])
        exec(call, space)


def test_the_page_on_migration_has_rows():
    assert len(CALLS) > 45


def test_links_between_pages_exist():
    for page in PAGES:
        text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), (page.name, target)
