"""The plugin that pytest and Hypothesis load: the option --gradient-report, and strategies for Value and Tensor by type."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from autograd.testing.gradient_errors import GradientError

# The length to which the name of a test is cut in the name of a report file. File systems allow 255 bytes; the directory is not
# counted, but Windows allows 260 characters for the whole path. Doubled, reports in deep directories fail on Windows.
MAX_NAME_LENGTH = 100

# Hexadecimal digits of the hash that makes file names different. With 6, two of 1000 failing tests have the same hash with a
# probability of 3 %, and only tests whose cut names are equal too share a file. Doubled, names are less readable.
HASH_LENGTH = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option ``--gradient-report=DIR``."""
    parser.getgroup("gradients").addoption(
        "--gradient-report",
        metavar="DIR",
        help="write a JSON file to DIR for every gradient that a test finds wrong, and an HTML page with its graph",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Create the directory for reports before any test runs; raise UsageError if that is not possible."""
    import pytest

    if directory := config.getoption("--gradient-report"):
        try:
            Path(directory).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--gradient-report={directory}: cannot create this directory: {error}") from None


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Write a report file for each gradient error that a phase of a test raised."""
    directory = item.config.getoption("--gradient-report")
    if not directory or call.excinfo is None:
        return
    from autograd.testing.gradient_errors import find_gradient_errors

    # a test with subtests, or with a failing teardown, comes here more than once
    count = getattr(item, "gradient_report_count", 0)
    for number, error in enumerate(find_gradient_errors(call.excinfo.value), count):
        item.gradient_report_count = number + 1  # type: ignore[attr-defined]  # pytest's items take attributes
        _write_report(Path(directory) / _get_file_name(item.nodeid, number), item.nodeid, error)


def _write_report(path: Path, nodeid: str, error: GradientError) -> None:
    """Write a report as JSON and, if it has a graph, a page with the graph."""
    data = {"test": nodeid, **error.report.as_data()}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    if error.report.graph is not None:
        from autograd.viz import draw

        draw(error).to_html(path.with_suffix(".html"))


def _get_file_name(nodeid: str, number: int) -> str:
    """Return a file name that any file system accepts and that is different for every test.

    >>> _get_file_name("tests/test_a.py::test_x[1/2]", 0)
    'test_a.py-test_x-1-2-a13454.json'
    """
    without_directory = nodeid.rpartition("/tests/")[2].removeprefix("tests/")
    name = re.sub(r"[^\w.]+", "-", without_directory).strip("-")[:MAX_NAME_LENGTH]
    digest = hashlib.sha256(nodeid.encode()).hexdigest()[:HASH_LENGTH]
    suffix = f"-{number}" if number else ""
    return f"{name}-{digest}{suffix}.json"


def register_types() -> None:
    """Register strategies for Value and Tensor, so that ``st.from_type(Tensor)``, ``st.builds`` and type hints in ``@given`` work.

    Hypothesis calls this through an entry point.
    """
    from hypothesis import strategies as st

    from autograd.core.tensor import Tensor
    from autograd.core.value import Value

    # the strategies are imported when they are used: most test runs draw neither type
    def get_value_strategy(_: Any) -> Any:
        from autograd.testing import strategies

        return strategies.values()

    def get_tensor_strategy(_: Any) -> Any:
        from autograd.testing import strategies

        return strategies.tensors()

    st.register_type_strategy(Value, get_value_strategy)
    st.register_type_strategy(Tensor, get_tensor_strategy)
