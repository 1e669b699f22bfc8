"""HIPS autograd beside this library: found in either order of installation, and after its uninstallation."""

import hashlib
import shutil
import subprocess
import sys
import venv
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.installation import REINSTALL, check_no_foreign_files

ROOT = Path(autograd.__file__).parents[1]
# The import chain of HIPS autograd: __init__ → differential_operators → core. Both distributions have an __init__ and a scipy.
HIPS_FILES = {
    "autograd/__init__.py": "from .differential_operators import grad\n",
    "autograd/differential_operators.py": "from .core import make_vjp as grad\n",
    "autograd/core.py": "from .tracer import trace\ndef make_vjp(): pass\n",
    "autograd/tracer.py": "def trace(): pass\n",
    "autograd/numpy/__init__.py": "",
    "autograd/scipy/__init__.py": "",
}


def make_wheel(folder, name, files, entry_points=""):
    """Write a wheel with these files (path → bytes) into ``folder``; return its path."""
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points.encode(),
    }
    digests = {path: urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode() for path, data in files.items()}
    record = "".join(f"{path},sha256={digests[path]},{len(data)}\n" for path, data in files.items()) + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(path, data)
    return wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Wheels of both distributions."""
    pytest.importorskip("pip", reason="the distributions are installed as users do it")
    folder = tmp_path_factory.mktemp("wheels")
    ours = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for package in ("autograd", "nn")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return {
        "gradlab": make_wheel(folder, "gradlab", ours, "[console_scripts]\ngradlab = autograd.command_line.main:main\n"),
        "autograd": make_wheel(folder, "autograd", {path: text.encode() for path, text in HIPS_FILES.items()}),
    }


class Environment:
    """A virtual environment that sees the NumPy of this one."""

    def __init__(self, folder):
        venv.create(folder, with_pip=False)
        (self.python,) = [path for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists()]
        (self.site_packages,) = [Path(self.run("import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())]
        (self.site_packages / "dependencies.pth").write_text(f"{Path(np.__file__).parents[1]}\n")

    def run(self, code):
        return subprocess.run([self.python, "-I", "-c", code], capture_output=True, text=True)

    def pip(self, *arguments):
        command = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def last_line_of_error(self, code):
        done = self.run(code)
        assert done.returncode == 1, done
        return done.stderr.strip().splitlines()[-1]


@pytest.fixture
def environment(tmp_path):
    yield Environment(tmp_path / "venv")
    shutil.rmtree(tmp_path / "venv")  # a copy of the library is large


WAYS_IN = (
    "import autograd",
    "import nn",
    "from autograd.viz import draw",
    "import autograd.pytest_plugin",
    "from autograd.command_line.main import main",
)


@pytest.mark.parametrize("order", [("gradlab", "autograd"), ("autograd", "gradlab")])
def test_the_other_distribution_is_found_in_either_order_of_installation(wheels, environment, order):
    for name in order:
        environment.pip("install", "--no-index", "--no-deps", wheels[name])
    for code in WAYS_IN:
        message = environment.last_line_of_error(code)
        assert message.startswith("ImportError: ")
        assert "also called autograd (tracer.py, core.py, numpy, differential_operators.py): gradlab and HIPS" in message
        assert f"Run: {REINSTALL}, and keep the other one in an environment of its own" in message


def test_after_an_uninstallation_of_the_other_distribution_the_error_says_what_to_do(wheels, environment):
    for name in ("gradlab", "autograd"):
        environment.pip("install", "--no-index", "--no-deps", wheels[name])
    environment.pip("uninstall", "-y", "autograd")
    for code in ("from autograd.viz import draw", "import autograd.testing", "from autograd.command_line.main import main"):
        message = environment.last_line_of_error(code)
        assert "has no __init__.py: an uninstallation of another distribution" in message
        assert message.endswith(f"Run: {REINSTALL}")
    environment.pip("uninstall", "-y", "gradlab")
    environment.pip("install", "--no-index", "--no-deps", wheels["gradlab"])
    done = environment.run("import nn, autograd; print(autograd.grad(lambda x: x * x)(3.0))")
    assert done.stdout.strip() == "6.0", done.stderr


def test_a_folder_is_checked(tmp_path):
    with pytest.raises(ImportError, match=r"has no __init__.py: an uninstallation .* removed files of gradlab. Run: pip uninstall"):
        check_no_foreign_files(str(tmp_path))
    (tmp_path / "__init__.py").touch()
    check_no_foreign_files(str(tmp_path))
    (tmp_path / "tracer.py").touch()
    with pytest.raises(
        ImportError, match=r"also called autograd \(tracer.py\).*pip uninstall -y autograd gradlab && pip install gradlab"
    ):
        check_no_foreign_files(str(tmp_path))
