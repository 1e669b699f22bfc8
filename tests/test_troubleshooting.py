"""Each class of errors has a section on the page, its tracebacks name it, and the quoted texts are those of the sources."""

import copy
import pickle
import re
import traceback
from pathlib import Path

import numpy as np
import pytest

import autograd.testing
import nn
from autograd import AutogradError, CompileWarning, ShapeError, Tensor
from nn import TrainingWarning

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
SECTIONS = {
    title.lower().replace(" ", "-"): text for title, text in re.findall(r"^##+ (.*)\n((?:(?!##).*\n)*)", PAGE, re.MULTILINE)
}
SOURCES = "\n".join(path.read_text(encoding="utf-8") for package in ("autograd", "nn") for path in (ROOT / package).rglob("*.py"))
SOURCES = re.sub(r'"\s*\n\s*f?"', "", SOURCES)  # texts that go over several lines
CLASSES = {AutogradError}
while new := {sub for cls in CLASSES for sub in cls.__subclasses__() if sub.__module__.startswith(("autograd.", "nn."))} - CLASSES:
    CLASSES |= new


def quoted_texts(section):
    """The parts between the dots of the texts in the first column of a table."""
    for cell in re.findall(r"^\| `([^`]+)`(?: of `\w+`)? \|", section, re.MULTILINE):
        yield from (part.strip() for part in cell.split("…") if len(part.strip()) > 3)


@pytest.mark.parametrize("cls", sorted(CLASSES, key=lambda cls: cls.__name__))
def test_each_error_has_a_section_that_its_traceback_names(cls):
    page, _, anchor = cls.help.partition("#")
    assert (ROOT / "docs" / f"{page}.md").exists()
    assert anchor == cls.__name__.lower()
    assert len(SECTIONS[anchor]) > 20


def test_a_traceback_names_the_section_once():
    with pytest.raises(ShapeError) as caught:
        Tensor(np.ones(2)) + np.ones(3)
    note = "What to do: see troubleshooting#shapeerror in the documentation of gradlab"
    for error in (caught.value, copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert traceback.format_exception_only(error)[1:] == [note + "\n"]
        assert note not in str(error)


def test_notes_of_users_are_kept_apart():
    first, second = ShapeError("a"), ShapeError("b")
    first.add_note("mine")
    assert len(first.__notes__) == 2
    assert len(second.__notes__) == 1


def test_errors_of_users_lead_to_the_section_of_their_base():
    class MyError(ShapeError):
        pass

    assert MyError.help == ShapeError.help


def test_a_failed_check_names_its_section():
    with pytest.raises(autograd.testing.WrongValueError) as caught:
        autograd.testing.check_vjp(np.sin, lambda inputs, g: (2.0 * g,), (0.5,))
    assert caught.value.__notes__ == ["What to do: see troubleshooting#wrongvalueerror in the documentation of gradlab"]


def test_the_quoted_texts_are_those_of_the_sources():
    texts = [text for name, section in SECTIONS.items() if not name.startswith("no-error") for text in quoted_texts(section)]
    assert len(texts) > 25
    elsewhere = {"operands could not be broadcast", "cannot import name 'Value' from 'autograd'"}  # of NumPy and of Python
    assert {text for text in texts if text not in SOURCES} - elsewhere == set()


def test_quoted_texts_are_found():
    assert list(quoted_texts("| `the loss … is nan` | why |\n| `vmap…: slow` of `x` | `no` |\n| no | `no` |")) == [
        "the loss",
        "is nan",
        "vmap",
        ": slow",
    ]


@pytest.mark.parametrize("cls", [CompileWarning, TrainingWarning])
def test_warnings_have_a_section(cls):
    assert cls.__name__ in SECTIONS["warnings"]


def test_the_page_knows_all_public_errors():
    for module in (autograd, autograd.testing, nn):
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, type) and issubclass(value, AutogradError):
                assert value in CLASSES
