"""The examples of docstrings that doctest leaves out because they need an optional package."""

import doctest
import inspect
import sys

SKIP = "  # doctest: +SKIP"


def run_examples(function):
    """Run the examples of a docstring, also those that are marked; return how many of them failed and were attempted."""
    names = vars(sys.modules[function.__module__]).copy()
    text = inspect.getdoc(function)
    assert SKIP in text
    test = doctest.DocTestParser().get_doctest(text.replace(SKIP, ""), names, function.__name__, None, 0)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.attempted
    return result
