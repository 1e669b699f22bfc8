"""The site builds without warnings, and its reference has every public function and class."""

import importlib
import inspect
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = [m for page in (ROOT / "docs/reference").glob("*.md") for m in re.findall(r"automodule:: (\S+)", page.read_text("utf-8"))]
PUBLIC = [
    "autograd",
    "autograd.interop",
    "autograd.testing",
    "autograd.viz",
    "nn",
    "nn.optim",
    "nn.losses",
    "nn.metrics",
    "nn.data",
    "nn.callbacks",
]


def test_every_public_module_has_a_place_in_the_reference():
    assert set(PUBLIC) <= set(MODULES)
    assert len(set(MODULES)) == len(MODULES)


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """The names in the inventory of the site."""
    pytest.importorskip("sphinx", reason="the tools that build the site are an extra of their own")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ROOT / "docs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    header, _, body = (folder / "objects.inv").read_bytes().partition(b"zlib.\n")
    assert header.startswith(b"# Sphinx inventory version 2")
    return {line.split(" ")[0] for line in zlib.decompress(body).decode().splitlines()}


@pytest.mark.parametrize("module", PUBLIC)
def test_the_reference_has_every_public_function_and_class(module, names):
    namespace = importlib.import_module(module)
    public = [
        name
        for name in namespace.__all__
        if inspect.isroutine(getattr(namespace, name)) or inspect.isclass(getattr(namespace, name))
    ]
    assert {f"{module}.{name}" for name in public} - names == set()
