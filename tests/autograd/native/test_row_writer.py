"""The rows as C: what is written, and what is left to Python."""

import subprocess
import sys

import pytest

from autograd.native.row_writer import binary_functions, entrywise_partials, header, is_writable, unary_functions
from autograd.ops import TABLE, Elementwise


def test_a_function_of_libm_is_checked():
    assert "const double y = checked(tanh(a), &raised);" in unary_functions("tanh")
    assert "const double da = 1.0 - y * y;" in unary_functions("tanh")


def test_a_division_says_when_python_would_raise():
    assert "const double y = quotient(a, b, &raised);" in binary_functions("divide")


def test_choices_and_conditions():
    assert "const double da = a > 0.0 ? 1.0 : 0.0;" in unary_functions("relu")
    assert "fabs(a)" in unary_functions("absolute")
    assert "&&" in binary_functions("power")


def test_infinite_constants_have_names():
    from autograd.native.row_writer import C

    assert [C.number(x) for x in (float("inf"), -float("inf"), 0.5, 2)] == ["INFINITY", "-INFINITY", "0.5", "2.0"]


@pytest.mark.parametrize("name", ["hypot", "arctan2", "arcsinh", "where", "clip", "leaky_relu", "power_derivative"])
def test_rows_that_stay_in_python(name):
    assert not is_writable(TABLE[name])


def test_most_rows_are_written():
    rows = [op for op in TABLE.values() if isinstance(op, Elementwise) and op.f.__module__ == "autograd.ops.table"]
    assert sum(map(is_writable, rows)) / len(rows) > 0.8


def test_partials_of_entries_are_those_that_c_computes_as_numpy_does():
    ones, partials = entrywise_partials(["add", "sigmoid", "sin", "multiply", "power"])
    assert ones == [("add", 0), ("add", 1)]
    assert partials == [("sigmoid", 0), ("multiply", 0), ("multiply", 1)]
    assert "X(sigmoid, a, 0, READS_Y)" in header()
    assert "X(subtract, b, 1, 0)" in header()


def test_the_command_writes_the_header(tmp_path):
    target = tmp_path / "rows.h"
    subprocess.run([sys.executable, "-m", "autograd.native.row_writer", str(target)], check=True)
    assert target.read_text(encoding="utf-8") == header()
