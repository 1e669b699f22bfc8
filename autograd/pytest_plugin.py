"""What pytest and Hypothesis find by themselves once the library is installed: --gradient-report, and types that can be drawn."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option ``--gradient-report=DIR``."""
    parser.getgroup("gradients").addoption(
        "--gradient-report",
        metavar="DIR",
        help="write a JSON file to DIR for every gradient that a test finds wrong, and a page with its graph",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the directory before any test has run."""
    import pytest

    if directory := config.getoption("--gradient-report"):
        try:
            Path(directory).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--gradient-report={directory} is no directory to write to: {error}") from None


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Write the report of each gradient error that ends a test, and its graph with the guilty node marked."""
    directory = item.config.getoption("--gradient-report")
    if directory and call.excinfo is not None:
        from autograd.testing.gradient_errors import find_gradient_errors

        written = getattr(item, "gradient_reports", 0)  # a test with subtests, or with a failing teardown, ends more than once
        for number, error in enumerate(find_gradient_errors(call.excinfo.value), written):
            item.gradient_reports = number + 1  # type: ignore[attr-defined]  # pytest's items take attributes
            data = {"test": item.nodeid, **error.report.as_data()}
            text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
            path = Path(directory) / _file_name(item.nodeid, number)
            path.write_text(text + "\n", encoding="utf-8")
            if error.report.graph is not None:
                from autograd.viz import draw

                draw(error).to_html(path.with_suffix(".html"))


def _file_name(nodeid: str, number: int) -> str:
    """A name that any file system takes, different for every test.

    >>> _file_name("tests/test_a.py::test_x[1/2]", 0)
    'test_a.py-test_x-1-2-a13454.json'
    """
    short = re.sub(r"[^\w.]+", "-", nodeid.rpartition("/tests/")[2].removeprefix("tests/")).strip("-")[:100]
    mark = hashlib.sha256(nodeid.encode()).hexdigest()[:6]
    return f"{short}-{mark}{f'-{number}' if number else ''}.json"


def register_types() -> None:
    """Teach Hypothesis to draw a Value and a Tensor: ``st.from_type(Tensor)``, ``st.builds`` and ``@given(...)`` by type hints."""
    from hypothesis import strategies as st

    from autograd.core.tensor import Tensor
    from autograd.core.value import Value

    def values(_: Any) -> Any:
        from autograd.testing import strategies

        return strategies.values()

    def tensors(_: Any) -> Any:
        from autograd.testing import strategies

        return strategies.tensors()

    st.register_type_strategy(Value, values)
    st.register_type_strategy(Tensor, tensors)
