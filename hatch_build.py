"""The build hook: compiles the native engine where there is a compiler, and goes on without it otherwise."""

import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NATIVE = pathlib.Path(__file__).parent / "autograd" / "native"
NOTE = NATIVE / "build_note.txt"
# Bits must equal Python's: no fused multiply-add, and pow is libm's own even where the compiler knows a shorter way. Nobody reads
# the flags of floating-point exceptions, so that comparisons may be done for several entries at once: the derivative of relu of
# 20 000 random entries takes 18 µs in place of 84.
UNIX_FLAGS = ["-std=c11", "-O3", "-g0", "-ffp-contract=off", "-fno-builtin-pow", "-fno-trapping-math"]
MSVC_FLAGS = ["/O2", "/fp:precise", "/std:c11"]


class NativeEngineHook(BuildHookInterface[Any]):
    """Writes ``rows.h`` from the table of operations and compiles the C files with it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the engine into the package; a failure is written to ``build_note.txt`` and does not stop the installation."""
        if self.target_name == "sdist":  # the engine is compiled where the sdist is installed
            return
        NOTE.unlink(missing_ok=True)
        for old in NATIVE.glob("_engine*" + sysconfig.get_config_var("EXT_SUFFIX")):
            old.unlink()
        try:
            binary = build()
        except Exception as error:
            text = f"the native engine was not built, and the Python engine runs instead: {error}"
            NOTE.write_text(text + "\n", encoding="utf-8")
            self.app.display_warning(text)
            build_data["artifacts"].append("autograd/native/build_note.txt")
            return
        build_data["artifacts"].append(f"autograd/native/{binary.name}")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def build() -> pathlib.Path:
    """The compiled engine; raises where that fails."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise RuntimeError("this is a free-threaded Python, for which the native engine is not made")
    write_rows()
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    flags = MSVC_FLAGS if sys.platform == "win32" else [*UNIX_FLAGS, *os.environ.get("GRADLAB_CFLAGS", "").split()]
    engine = Extension(
        "autograd.native._engine",
        [f"autograd/native/{name}.c" for name in ("engine", "tensors", "tape", "columns", "arguments")],
        extra_compile_args=flags,
        extra_link_args=flags,
        depends=[f"autograd/native/{name}.h" for name in ("arithmetic", "compiler", "node", "rows", "slabs")],
    )
    command = build_ext(Distribution({"name": "gradlab", "ext_modules": [engine]}))
    command.inplace, command.force = True, True
    with tempfile.TemporaryDirectory() as folder:
        command.build_temp = command.build_lib = folder
        command.ensure_finalized()
        command.run()
    return NATIVE.parents[1] / command.get_ext_filename("autograd.native._engine")


def write_rows() -> None:
    """Write ``rows.h`` with the package itself, on its Python engine."""
    arguments = [sys.executable, "-m", "autograd.native.row_writer", str(NATIVE / "rows.h")]
    done = subprocess.run(  # noqa: S603 - our own module
        arguments, cwd=NATIVE.parents[1], env={**os.environ, "GRADLAB_ENGINE": "python"}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"its rows could not be written: {done.stderr.strip().splitlines()[-1]}")
