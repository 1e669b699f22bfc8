"""Rolled lines do the same as the lines that they stand for, in the same order."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.compiler.codegen.python_syntax import SourceLine
from autograd.compiler.codegen.rolling.regions import MAX_REGIONS, find_regions
from autograd.compiler.codegen.rolling.roll import roll_lines
from autograd.compiler.codegen.rolling.steps import fit
from autograd.compiler.codegen.variable_names import VariableNames

X = np.random.default_rng(0).normal(size=400)
CONSTANTS = {f"C{k}": x for k, x in enumerate(np.random.default_rng(1).normal(size=12).tolist())}


def roll(lines, results=(), inputs=("x",), constants=()):
    names = VariableNames()
    names.reserve([*(line.split(" = ")[0] for line in lines), *inputs, *constants])
    return roll_lines([SourceLine(line) for line in lines], results, inputs, constants, names)


def run(lines, results, scope):
    scope = dict(scope)
    exec("\n".join(lines), scope)
    return [eval(result, scope) for result in results]


def assert_same(lines, results, constants=()):
    """Compare the results of lines with those of their rolled form, and return that."""
    rolled = roll(lines, results, constants=constants)
    if rolled is None:
        return None
    tables = {name: [CONSTANTS[x] if x in CONSTANTS else float(x) for x in entries] for name, entries in rolled.tables.items()}
    scope = {"np": np, "x": X, **CONSTANTS}
    code = [line.code for line in rolled.lines]
    assert run(code, rolled.results, scope | tables) == run(lines, results, scope), "\n".join(code)
    return code


class Writer:
    """Writes random lines: groups of iterations whose variables and integers change in regular ways, and lines between them."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lines, self.names, self.earlier, self.series = [], ["x[3]"], [], []

    def name(self):
        self.names.append(f"v{len(self.names)}")
        return self.names[-1]

    def integer(self):
        start, step, growth = self.rng.randrange(40, 90), self.rng.choice([0, 1, -1, 3]), self.rng.choice([0, 0, 0, 1, 2, -1])
        return lambda k: str(start + step * k + growth * k * (k - 1) // 2)

    def operand(self, own, row, count):
        rng = self.rng
        kinds = ["integer", "number", "constant", "same", "local", "before", "series", "constants", "two before"]
        kind = rng.choice(kinds)
        if kind == "integer":
            integer = self.integer()
            return lambda k: f"x[{integer(k)}]"
        if kind == "number":
            numbers = [repr(round(rng.uniform(0.1, 2.0), 3)) for _ in range(count)]
            return lambda k: numbers[k]
        if kind == "constants" and count <= len(CONSTANTS):
            reverse = rng.random() < 0.5
            return lambda k: f"C{count - 1 - k if reverse else k}"
        if kind == "local" and row:
            j = rng.randrange(row)
            return lambda k: own[j][k]
        if kind in ("before", "two before"):
            j, lag = rng.randrange(len(own)), 1 if kind == "before" else 2
            first = [rng.choice(self.earlier[:4]) for _ in range(lag)]
            return lambda k: own[j][k - lag] if k >= lag else first[k]
        long_enough = [series for series in self.series if len(series) > count]
        if kind == "series" and long_enough:
            series, reverse, shift = rng.choice(long_enough), rng.random() < 0.5, rng.choice([0, 0, 1])
            return lambda k: series[(count - 1 - k if reverse else k) + shift]
        same = rng.choice(self.earlier)
        return lambda k: same

    def add_loop(self):
        rng = self.rng
        count, period = rng.randrange(3, 11), rng.randrange(1, 5)
        self.earlier = self.names[:]
        own = [[self.name() for _ in range(count)] for _ in range(period)]
        rows = []
        for row in range(period):
            first, second = self.operand(own, row, count), self.operand(own, row, count)
            operator = rng.choice([" + ", " - ", " * "])
            rows.append(lambda k, a=first, b=second, o=operator: f"0.7 * {a(k)}{o}{b(k)}")
        broken = rng.randrange(count) if rng.random() < 0.2 else -1
        for k in range(count):
            for row, series in enumerate(own):
                self.lines.append(f"{series[k]} = {rows[row](k) if k != broken else f'x[7] + {self.earlier[-1]}'}")
        self.series += own

    def add_lines(self):
        for _ in range(self.rng.randrange(3)):
            old = self.rng.choice(self.names)
            self.lines.append(f"{self.name()} = {old} + x[{self.rng.randrange(9)}]")


@given(st.integers(0, 10**9))
def test_rolled_lines_compute_the_same_numbers(seed):
    writer = Writer(seed)
    for _ in range(writer.rng.randrange(1, 4)):
        writer.add_lines()
        writer.add_loop()
    writer.add_lines()
    assert_same(writer.lines, writer.names, list(CONSTANTS))


def test_a_triangular_loop_has_slices_that_depend_on_the_counter():
    lines = ["T0 = x[0:90]"]
    for k in range(8):
        lines += [f"s{k} = T{k}[0]", f"T{k + 1} = T{k}[1:{90 - k}] - s{k} * {k + 0.5}"]
    code = assert_same([*lines], ["T8[4]"])
    assert code == [
        "T = [None] * 9",
        "T[0] = x[0:90]",
        "for k in range(8):",
        "    s0 = T[k][0]",
        "    T[k + 1] = T[k][1:90 - k] - s0 * c[k]",
    ]


def test_an_argument_that_the_first_iteration_reads_is_the_first_entry():
    lines = [f"T{k} = {f'T{k - 1}' if k else 'x'}[1:{90 - k}] + 1.0" for k in range(12)]
    assert assert_same(lines, ["T11[4]"])[:3] == ["T = [None] * 13", "T[0] = x", "for k in range(12):"]


def test_an_iteration_that_differs_cuts_the_loop():
    indices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50, 11, 12, 13]
    code = assert_same([f"v{i} = x[{i}] + 1.0" for i in indices], ["v3", "v50", "v13"])
    assert "for k in range(10):" in code
    assert [line for line in code if "x[50]" in line] == ["v50 = x[50] + 1.0"]


def test_a_constant_that_is_read_twice_cuts_the_loop():
    lines = [f"v{k} = x[{k}] + C{min(k, 8)}" for k in range(11)]
    assert "for k in range(9):" in assert_same(lines, ["v3", "v10"], list(CONSTANTS))


def test_variables_of_two_iterations_before_may_be_read():
    lines = [f"v{k} = {f'v{k - 2}' if k > 1 else 'xy'[k]} + {f'v{k - 1}' if k > 0 else 'y'}" for k in range(14)]
    code = assert_same(["y = x * 3.0", *lines], ["v13[0]"])
    assert "for k in range(14):" in code


def test_a_variable_that_is_assigned_again_cuts_the_loop():
    code = assert_same([f"v{min(k, 10)} = x[{k}] + 1.0" for k in range(14)], ["v3", "v10"])
    assert "for k in range(11):" in code
    assert code[-1] == "v[10] = x[13] + 1.0"


def test_two_first_values_of_one_variable_cut_the_loop():
    lines = []
    for k in range(12):
        lines += [f"v{k} = {f'v{k - 1}' if k else 'x'} + 1.0", f"w{k} = {f'v{k - 1}' if k else 'z'} * 2.0"]
    code = assert_same(["z = x + x * 3.0", *lines], ["v11[0]", "w11[0]"])
    assert "for k in range(11):" in code


def test_constants_that_are_read_beyond_a_table_belong_to_it():
    lines = [f"v{k} = x[{k}] + C{k}" for k in range(9)]
    for k in range(6):
        lines += [f"w{k} = C{2 * k} * x[{k}]", f"u{k} = w{k} / x[{k}]"]
    code = assert_same(lines, ["v8", "u5"], list(CONSTANTS))
    assert any("C[2 * k]" in line for line in code)


@pytest.mark.parametrize(
    "lines",
    [
        [f"v{k} = x[{k}] + x[{k**3}]" for k in range(1, 6)],
        [f"v{k} = x[{k}]" for k in range(8)],
        [f"v{k} = x[{2 + k} - 1] + 1.0" for k in range(1, 12)],
        [f"v{k} = x[1 - {k}] + 1.0" for k in range(1, 12)],
        [f"v{k} = {'x' if k % 2 else 'y'}[{k}] + 1.0" for k in range(12)],
    ],
    ids=["no steps", "too few", "operand", "subtracted", "arguments in turn"],
)
def test_lines_that_are_no_loop_stay(lines):
    assert roll(lines, inputs=("x", "y")) is None


def test_lines_of_loops_stay():
    lines = ["h = 0.0", "for t in range(2):", *(f"    h = h + x[{k}]" for k in range(12)), "v = h"]
    assert roll(lines) is None


def test_variables_that_loops_assign_are_no_entries():
    lines = ["h = 0.0", "for t in range(2):", "    h = h + x[t]", "    g = h"]
    lines += [f"v{k} = {f'v{k - 1}' if k else 'h'} + x[{k}]" for k in range(12)]
    code = assert_same(lines, ["v11"])
    assert "v0 = h + x[0]" in [line.replace("v[0]", "v0") for line in code]


def test_comments_follow_the_counter_or_are_left_out():
    comments = [[f"({9 - k}, 3)", "(4,)", f"({k**3},)", ""][k_row] for k in range(6) for k_row in range(4)]
    comments[3] = "a"
    lines = [SourceLine(f"v{i} = np.{('sin', 'cos', 'tan', 'exp')[i % 4]}(x[{i}])", comment) for i, comment in enumerate(comments)]
    names = VariableNames()
    rolled = roll_lines(lines, [], ["x"], [], names)
    assert [line.comment for line in rolled.lines] == ["", "(9 - k, 3)", "(4,)", "", ""]


def test_regions_are_found_at_their_places():
    forms = np.array([90, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 91, 92, *[7] * 12, 93])
    assert find_regions(forms) == [(1, 3, 4), (16, 1, 12)]


def test_the_number_of_regions_is_limited():
    forms = np.concatenate([np.r_[np.full(9 + k, k), 1000 + k] for k in range(MAX_REGIONS + 4)])
    assert len(find_regions(forms)) == MAX_REGIONS


@given(st.tuples(*[st.integers(-50, 50)] * 3))
def test_steps_are_what_their_code_says(parts):
    start, step, growth = parts
    values = [start + step * k + growth * k * (k - 1) // 2 for k in range(9)]
    steps = fit([77, *values[1:]])
    assert [steps.at(k) for k in range(9)] == values
    assert [eval(steps.write("k")) for k in range(9)] == values
