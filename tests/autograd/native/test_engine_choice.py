"""Which engine runs: the environment variable, a binary that does not fit the sources, a build that failed."""

import os
import subprocess
import sys
import types
import warnings

import pytest

import autograd as ag
from autograd.state import engine


def run(code, **environment):
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)


def installed(monkeypatch, digest):
    """A native engine that was built from sources with this digest."""
    monkeypatch.setattr(engine.importlib, "import_module", lambda name: types.SimpleNamespace(DIGEST=digest))


def test_the_environment_variable_chooses():
    done = run("import autograd; print(autograd.engine())", GRADLAB_ENGINE="python")
    assert done.stdout == "python\n", done.stderr
    assert ag.engine() == ("python" if engine.native is None else "native")


def test_an_unknown_engine_is_refused():
    with pytest.raises(ImportError, match=r"GRADLAB_ENGINE=fast: choose python or native, or leave it unset"):
        engine.load("fast")


def test_an_engine_that_fits_is_taken(monkeypatch):
    installed(monkeypatch, engine.source_digest())
    assert engine.load("native").DIGEST == engine.load("").DIGEST
    assert engine.load("python") is None


def test_a_stale_binary_is_refused(monkeypatch):
    installed(monkeypatch, engine.source_digest() + 1)
    with pytest.raises(ImportError, match=r"built from other sources than those installed: build it again with `pip install -e .`"):
        engine.load("native")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert engine.load("") is None
    assert [str(w.message)[:55] for w in caught] == ["the native engine was built from other sources than tho"]


def test_without_a_binary_the_python_engine_runs(monkeypatch, tmp_path):
    def missing(name):
        raise ImportError("no module of that name")

    monkeypatch.setattr(engine.importlib, "import_module", missing)
    monkeypatch.setattr(engine, "BUILD_NOTE", tmp_path / "note.txt")
    assert engine.load("") is None
    with pytest.raises(ImportError, match=r"native engine is not installed \(no module of that name\)"):
        engine.load("native")
    engine.BUILD_NOTE.write_text("the native engine was not built: no compiler\n")
    with pytest.raises(ImportError, match=r"not installed \(the native engine was not built: no compiler\)"):
        engine.load("native")
