"""Which engine runs: the native one, in C, or the Python one, which does the same work without a compiler."""

from __future__ import annotations

import importlib
import os
import warnings
import zlib
from typing import Any

SETTING = "GRADLAB_ENGINE"
# os.path, since pathlib would be a twentieth of the time of the import
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD_NOTE = os.path.join(PACKAGE, "native", "build_note.txt")  # what the build wrote down when it could not compile the engine

# The binary is written from these: it must not run with other versions of them.
SOURCES = (
    "native/engine.c",
    "native/tensors.c",
    "native/arguments.c",
    "native/columns.c",
    "native/tape.c",
    "native/arithmetic.h",
    "native/compiler.h",
    "native/node.h",
    "native/slabs.h",
    "native/row_writer.py",
    "ops/table.py",
    "ops/op.py",
    "ops/kinds.py",
    "ops/row_constructors.py",
    "ops/rules/division.py",
    "ops/rules/power.py",
    "backends/expressions.py",
    "backends/float_backend.py",
    "backends/row_expressions.py",
)


def source_digest() -> int:
    """A checksum of the files that the native engine is built from, whatever their line ends.

    >>> 0 <= source_digest() < 2**32
    True
    """
    digest = 0
    for name in SOURCES:
        with open(os.path.join(PACKAGE, name), "rb") as file:
            digest = zlib.crc32(file.read().replace(b"\r\n", b"\n"), digest)
    return digest


def load(wanted: str) -> Any:
    """The native engine as a module, or None where the Python engine runs.

    Parameters
    ----------
    wanted : str
        ``"python"``, ``"native"``, or ``""`` for the native engine if it is installed.

    Raises
    ------
    ImportError
        If ``wanted`` is neither, or is ``"native"`` and there is no native engine that fits the sources.
    """
    if wanted not in ("", "python", "native"):
        raise ImportError(f"{SETTING}={wanted}: choose python or native, or leave it unset")
    if wanted == "python":
        return None
    try:
        native = importlib.import_module("autograd.native._engine")
    except ImportError as error:
        if wanted == "native":
            raise ImportError(f"{SETTING}=native, but the native engine is not installed ({_reason(error)})") from error
        return None
    if source_digest() == native.DIGEST:
        return native
    stale = "the native engine was built from other sources than those installed: build it again with `pip install -e .`"
    if wanted == "native":
        raise ImportError(f"{SETTING}=native, but {stale}")
    warnings.warn(f"{stale}, or set {SETTING}=python; the Python engine runs until then", RuntimeWarning, stacklevel=2)
    return None


def _reason(error: ImportError) -> str:
    if not os.path.exists(BUILD_NOTE):
        return str(error)
    with open(BUILD_NOTE, encoding="utf-8") as file:
        return file.read().strip()


native: Any = load(os.environ.get(SETTING, "").strip().lower())


def engine() -> str:
    """Return the name of the engine that runs scalar operations and backward passes.

    Both give the same results to the last bit. The native engine is there if the package came as a wheel with it, or if there was
    a C compiler at installation. The environment variable ``GRADLAB_ENGINE`` chooses before the import: ``python`` or ``native``.

    Returns
    -------
    str
        "native" or "python".

    Examples
    --------
    >>> engine() in ("native", "python")
    True
    """
    return "python" if native is None else "native"
