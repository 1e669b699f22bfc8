"""The house itself: who may import whom, the public names, the generated table, the imports of a bare `import autograd`."""

import ast
import functools
import pathlib
import subprocess
import sys

import pytest

import autograd
from autograd import define
from autograd.backends import expressions, float_backend
from autograd.core import scalar_methods
from autograd.numpy_api.operation_table import make_page
from autograd.ops import TABLE

ROOT = pathlib.Path(autograd.__file__).parents[1]
# Left to right: a folder may import from those before it, and from nowhere else.
FOLDERS = [
    "errors",
    "ops",
    "state",
    "backends",
    "graph",
    "core",
    "native",
    "numpy_api",
    "transforms",
    "scipy",
    "interop",
    "compiler",
    "testing",
    "viz",
    "command_line",
    "pytest_plugin",
]
COMPILER = ["compile_options", "sample_loop", "ir", "frontend", "passes", "codegen", "specialization", "runtime", "api", "vmap"]
NN = [
    "training_warning",
    "random",
    "input_checks",
    "activations",
    "init",
    "checkpoint",
    "metrics",
    "losses",
    "modules",
    "data",
    "optim",
    "toys",
    "summary",
    "delta",
    "scalar",
    "callbacks",
    "training",
    "tuning",
]
MOST_MODULES = 12  # in a folder, so that it can be read at a glance


def module_files(package):
    """The modules of a package by their dotted names."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] not in ("__init__", "__main__"):  # front doors, which may import anything
            yield ".".join(parts), path


MODULES = {**dict(module_files("autograd")), **dict(module_files("nn"))}


@functools.cache
def imports(source):
    """The modules of ours that a source imports, at its top or inside its functions; what only types need is left out."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("autograd", "nn"):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
    return found


def violations(module, source):
    """The imports of a module that go against the order of the folders."""
    found = []
    orders = ((1, NN),) if module.startswith("nn.") else ((1, FOLDERS), (2, COMPILER))
    for target in sorted(imports(source)):
        for level, order in orders:
            here, there = module.split("."), target.split(".")
            if here[:level] != there[:level] or len(here) <= level or len(there) <= level:
                continue
            a, b = here[level], there[level]
            if a in order and b in order and order.index(b) > order.index(a) and (a, b) != ("api", "runtime"):
                found.append(target)
    return found


def cycles(graph):
    """The modules that import each other in a circle."""
    state, found = {}, []

    def visit(module, path):
        state[module] = "open"
        for target in sorted(graph.get(module, ())):
            if state.get(target) == "open":
                found.append([*path[path.index(target) :], target] if target in path else [module, target])
            elif target not in state:
                visit(target, [*path, target])
        state[module] = "done"

    for module in graph:
        if module not in state:
            visit(module, [module])
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    assert violations(module, MODULES[module].read_text(encoding="utf-8")) == []


def test_a_planted_violation_is_caught():
    assert violations("autograd.graph.reverse_mode", "from autograd.core.node import Node") == ["autograd.core.node"]
    assert violations("autograd.ops.table", "import autograd.backends.numpy_backend") == ["autograd.backends.numpy_backend"]
    assert violations("autograd.core.value", "def f():\n    from autograd.transforms.grad_and_vjp import grad") != []
    assert violations("autograd.compiler.ir.program", "from autograd.compiler.codegen import numpy_source") != []
    assert violations("nn.losses.binary", "from nn.training.history import History") == ["nn.training.history"]
    assert violations("autograd.core.value", "from autograd.core.node import Node") == []


def test_no_modules_import_each_other_in_a_circle():
    assert cycles({module: imports(path.read_text(encoding="utf-8")) for module, path in MODULES.items()}) == []
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]


def sibling_graphs(modules):
    """For each package, which of its modules and folders import which others of them."""
    graphs = {}
    for module, path in modules.items():
        for target in imports(path.read_text(encoding="utf-8")):
            here, there = module.split("."), target.split(".")
            depth = next((i for i, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
            if depth:
                graphs.setdefault(".".join(here[:depth]), {}).setdefault(here[depth], set()).add(there[depth])
    return graphs


def test_no_folders_import_each_other_in_a_circle(tmp_path):
    assert {package: cycles(graph) for package, graph in sibling_graphs(MODULES).items() if cycles(graph)} == {}
    # a.x imports b.y, and b.z imports a.w: no circle of modules, but one of the folders a and b
    (tmp_path / "x.py").write_text("import nn.data.batching", encoding="utf-8")
    (tmp_path / "z.py").write_text("import nn.losses.binary", encoding="utf-8")
    planted = {"nn.losses.x": tmp_path / "x.py", "nn.data.z": tmp_path / "z.py"}
    assert cycles(sibling_graphs(planted)["nn"]) == [["losses", "data", "losses"]]


def test_a_folder_has_few_modules_and_says_what_it_is_for():
    for init in (*(ROOT / "autograd").rglob("__init__.py"), *(ROOT / "nn").rglob("__init__.py")):
        modules = [path for path in init.parent.glob("*.py") if path.name[0] != "_"]
        assert len(modules) <= MOST_MODULES, init.parent
        assert ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))), init


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
    for path in (ROOT / "autograd" / "ops").rglob("*.py"):
        assert "import numpy" not in path.read_text(encoding="utf-8")


def test_public_names_are_the_ones_that_are_there():
    for name in autograd.__all__:
        assert hasattr(autograd, name)


def test_the_table_in_the_documentation_is_fresh():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert page == make_page(), "run: python -m autograd.ops > docs/operations.md"


def test_the_table_prints():
    done = subprocess.run([sys.executable, "-W", "error", "-m", "autograd.ops"], capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == make_page()


def test_importing_takes_numpy_and_the_standard_library_only():
    code = (
        "import sys, numpy; before = set(sys.modules); import autograd;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before} - {'autograd', 'numpy'};"
        "print(sorted(m for m in new if m not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_written_methods_are_the_rows():
    source = scalar_methods.method_source("sigmoid", "sigmoid")
    assert "y = 1.0 / (1.0 + exp(-a))" in source
    assert "da = y * (1.0 - y)" in source
    assert "except MATH_ERRORS" in source
    assert "except MATH_ERRORS" not in scalar_methods.method_source("multiply", "__mul__")
    assert "db = " not in scalar_methods.method_source("add", "__add__").split("kind is float")[1]


def test_formulas_print_as_python_with_the_right_brackets():
    a, b = expressions.symbol("a"), expressions.symbol("b")
    for e, text_ in [
        (a - (b - 1.0), "a - (b - 1.0)"),
        ((a + b) * a / (a * b), "(a + b) * a / (a * b)"),
        (-(a + b) * -a, "-(a + b) * -a"),
        (a**2.0, "power(a, 2.0)"),
        (expressions.TEXT.where((a > b) & (b <= 1.0), a, -1.0) + 1.0, "(a if a > b and b <= 1.0 else -1.0) + 1.0"),
        (expressions.TEXT.where(a < b, expressions.TEXT.where(a >= 0.0, a, b), b), "(a if a >= 0.0 else b) if a < b else b"),
        (2.0 - a, "2.0 - a"),
        (expressions.TEXT.minimum(a, 1.0), "1.0 if a > 1.0 else a"),
        (abs(a) * -2.0, "abs(a) * -2.0"),
    ]:
        assert expressions.to_source(e) == text_
    with pytest.raises(TypeError, match=r"rows choose with xp.where"):
        bool(a > b)
    for backend in (expressions.TEXT, float_backend.FLOAT):
        with pytest.raises(AttributeError):
            backend._nothing  # noqa: B018 - looking is the test


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
