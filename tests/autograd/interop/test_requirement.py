"""Libraries that are not installed are named with the extra that installs them, and the examples of the docstrings run where they are."""

import sys

import pytest

from autograd import interop
from docstring_examples import run_examples

FUNCTIONS = ["from_torch", "to_torch", "from_jax", "to_jax"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_missing_library_is_named_with_its_extra(function, monkeypatch):
    library = function.split("_")[1]
    monkeypatch.setitem(sys.modules, library, None)
    text = rf"{function}\(\) needs {library} \(.*\): install the extra with pip install 'gradlab\[{library}\]'"
    with pytest.raises(ImportError, match=text):
        getattr(interop, function)(abs)


def test_nothing_is_loaded_before_it_is_needed():
    import subprocess

    code = "import sys, autograd.interop; print({'torch', 'jax', 'sympy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_examples_of_the_docstrings_run(function):
    """Where doctests run, the libraries may be missing, so that the examples are left out there."""
    pytest.importorskip(function.split("_")[1], reason="an extra")
    assert run_examples(getattr(interop, function)).failed == 0
