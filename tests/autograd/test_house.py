"""The house itself: who may import whom, the public names, the generated table, the imports of a bare `import autograd`."""

import ast
import pathlib
import subprocess
import sys

import pytest

import autograd
from autograd import define, flat, worlds
from autograd.ops import TABLE
from autograd.numpy_api.operation_table import text

ROOT = pathlib.Path(autograd.__file__).parents[1]
# Left to right: a module may import what stands before it.
ORDER = [
    "foreign",
    "errors",
    "collector",
    "notes",
    "modes",
    "ops",
    "anomalies",
    "worlds",
    "walk",
    "steps",
    "storage",
    "door",
    "flat",
    "node",
    "trees",
    "seeing",
    "value",
    "tensor",
    "functions",
    "duals",
]
ORDER += [
    "numpylike",
    "dispatch",
    "defining",
    "transforms",
    "explaining",
    "table",
    "support",
    "grouping",
    "compiler",
    "compiling",
    "testing",
    "viz",
    "plugin",
]


def imports(source, package="autograd"):
    """The modules of the package that a source imports when it is loaded."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            below = node.module.split(".")[1:]
            found |= {below[0]} if below else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith(package + ".")}
    return found


def violations(module, source):
    allowed = ORDER[: ORDER.index(module)]
    return sorted(name for name in imports(source) if name in ORDER and name not in (*allowed, module))


def modules():
    for path in sorted((ROOT / "autograd").rglob("*.py")):
        parts = path.relative_to(ROOT / "autograd").with_suffix("").parts
        if parts[-1] not in ("__init__", "__main__"):  # a front door and a back door, outside the house
            yield parts[0], path


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda x: str(x)[-30:])
def test_imports_go_one_way(module, path):
    assert violations(module, path.read_text(encoding="utf-8")) == []


def test_a_planted_violation_is_caught():
    assert violations("walk", "from autograd.core.node import Node") == ["node"]
    assert violations("ops", "import autograd.backends.numpy_backend") == ["worlds"]
    assert violations("errors", "from autograd import ops") == ["ops"]


def test_nn_uses_public_names_only():
    for path in (ROOT / "nn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("autograd"):
                assert node.module == "autograd", path
                assert {alias.name for alias in node.names} <= set(autograd.__all__), path
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                assert isinstance(node.value, ast.Name), path
                assert node.value.id == "self", path


def test_rows_import_no_mathematics_of_arrays():
    for path in (ROOT / "autograd" / "ops").glob("*.py"):
        assert "numpy" not in path.read_text(encoding="utf-8")


def test_public_names_are_the_ones_that_are_there():
    for name in autograd.__all__:
        assert hasattr(autograd, name)


def test_the_table_in_the_documentation_is_fresh():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert page == text(), "run: python -m autograd.ops > docs/operations.md"


def test_the_table_prints():
    done = subprocess.run([sys.executable, "-W", "error", "-m", "autograd.ops"], capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == text()


def test_importing_takes_numpy_and_the_standard_library_only():
    code = (
        "import sys, numpy; before = set(sys.modules); import autograd;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before} - {'autograd', 'numpy'};"
        "print(sorted(m for m in new if m not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_written_methods_are_the_rows():
    source = flat.method_source("sigmoid", "sigmoid")
    assert "y = 1.0 / (1.0 + exp(-a))" in source
    assert "da = y * (1.0 - y)" in source
    assert "except RAISED" in source
    assert "except RAISED" not in flat.method_source("multiply", "__mul__")
    assert "db = " not in flat.method_source("add", "__add__").split("kind is float")[1]


def test_formulas_print_as_python_with_the_right_brackets():
    a, b = worlds.symbol("a"), worlds.symbol("b")
    for e, text_ in [
        (a - (b - 1.0), "a - (b - 1.0)"),
        ((a + b) * a / (a * b), "(a + b) * a / (a * b)"),
        (-(a + b) * -a, "-(a + b) * -a"),
        (a**2.0, "power(a, 2.0)"),
        (worlds.TEXT.where((a > b) & (b <= 1.0), a, -1.0) + 1.0, "(a if a > b and b <= 1.0 else -1.0) + 1.0"),
        (worlds.TEXT.where(a < b, worlds.TEXT.where(a >= 0.0, a, b), b), "(a if a >= 0.0 else b) if a < b else b"),
        (2.0 - a, "2.0 - a"),
        (worlds.TEXT.minimum(a, 1.0), "1.0 if a > 1.0 else a"),
        (abs(a) * -2.0, "abs(a) * -2.0"),
    ]:
        assert worlds.printed(e) == text_
    with pytest.raises(TypeError, match=r"rows choose with xp.where"):
        bool(a > b)
    for world in (worlds.TEXT, worlds.FLOAT):
        with pytest.raises(AttributeError):
            world._nothing  # noqa: B018 - looking is the test


def test_a_row_that_branches_is_described_by_its_name():
    f = define("branching", lambda xp, a: a if a > 0 else -a, lambda xp, y, a: 1.0 if a > 0 else -1.0)
    assert f.__doc__ == "<elementwise operation branching>"
    assert f(autograd.Value(-2.0)).data == 2.0
    assert "branching" in TABLE


def test_linear_and_custom_operations_can_be_defined():
    twice = define("twice", lambda xp, a: xp.stack([a, a]), transpose=lambda xp, g, a: xp.sum(g, axis=0))
    t = autograd.Tensor([1.0, 2.0])
    twice(t).sum().backward()
    assert t.grad.tolist() == [2.0, 2.0]
    dot = define(
        "my_dot",
        lambda xp, a, b, *, scale: scale * xp.sum(a * b),
        vjp=lambda xp, i, g, y, a, b, *, scale: g * scale * (b, a)[i],
        jvp=lambda xp, i, u, y, a, b, *, scale: scale * xp.sum(u * (b, a)[i]),
    )
    dot(t, [3.0, 4.0], scale=2.0).backward()
    assert t.grad.tolist() == [8.0, 10.0]
    assert dot([1.0], [2.0], scale=1.0) == 2.0


def test_user_rows_reach_the_library_below():
    cbrt = define("cube_root", lambda xp, a: xp.cbrt(a), lambda xp, y, a: 1.0 / (3.0 * y * y))
    t = autograd.Tensor([8.0])
    cbrt(t).backward()
    assert t.grad == pytest.approx(1 / 12)
    v = autograd.Value(8.0)
    cbrt(cbrt(v)).backward()
    assert v.data == 8.0


def test_files_of_the_other_autograd_are_noticed(tmp_path):
    from autograd.installation import refuse

    refuse(str(tmp_path))
    (tmp_path / "tracer.py").touch()
    with pytest.raises(
        ImportError, match=r"also called autograd \(tracer.py\).*pip uninstall -y autograd gradlab && pip install gradlab"
    ):
        refuse(tmp_path)
