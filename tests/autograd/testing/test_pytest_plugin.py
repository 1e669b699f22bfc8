"""What pytest and Hypothesis find by themselves: report files, and types that can be drawn; programs that can be searched over."""

import json

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograd import DataError, SettingError, Tensor, Value, define
from autograd.ops import TABLE
from autograd.testing import blame, check_grad, strategies

PROJECT = """
    import numpy as np
    import pytest
    from autograd import define
    from autograd.testing import Array, Real, check_grad, check_vjp, gradient_test

    bent = define("bent_in_a_project", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 0.1)

    @gradient_test(x=Array("n"))
    def test_wrong(x):
        return bent(x).sum() * 2.0

    @gradient_test(x=Array("n"), s=Real(0.5, 2.0))
    def test_right(x, s):
        return (np.tanh(x) * s).sum()

    @pytest.mark.parametrize("where", ["a/b", "<c>"])
    def test_one_point(where):
        check_grad(bent, 0.5)

    def test_of_two_at_once():
        errors = []
        for x in (0.5, 2.0):
            try:
                check_grad(bent, x)
            except Exception as error:
                errors.append(error)
        raise RuntimeError from ExceptionGroup("both", errors)

    def test_a_rule():
        check_vjp(np.sin, lambda xs, g: (g * np.sin(xs[0]),), (0.5,))

    def test_without_gradients():
        assert 1 == 2
"""


@pytest.fixture
def project(pytester):
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(test_project=PROJECT)
    yield pytester
    TABLE.pop("bent_in_a_project", None)


def test_a_report_file_for_each_failure(project):
    result = project.runpytest_inprocess("--gradient-report=reports/new", "--hypothesis-seed=3", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=6)
    files = {path.name: json.loads(path.read_text("utf-8")) for path in (project.path / "reports" / "new").glob("*.json")}
    assert len(files) == 6
    pages = sorted((project.path / "reports" / "new").glob("*.html"))
    assert sorted(page.stem for page in pages) == sorted(name.removesuffix(".json") for name in files if "test_a_rule" not in name)
    assert "✗ bent_in_a_project" in pages[0].read_text("utf-8")
    (wrong,) = [data for name, data in files.items() if name.startswith("test_project.py-test_wrong")]
    assert wrong["test"] == "test_project.py::test_wrong"
    assert (wrong["verdict"], wrong["fault"], wrong["findings"][0]["index"]) == ("fail", "value", [0])
    assert wrong["blame"].startswith("bent_in_a_project by its first argument")
    assert wrong["expression"].startswith("bent_in_a_project(a)  with a = ")
    assert wrong["values"] == {"x": [0.0]}
    assert len(wrong["text"]) <= 15
    assert sum(name.startswith("test_project.py-test_one_point") for name in files) == 2


def test_no_option_no_files_and_no_directory_an_error(project):
    project.runpytest_inprocess("-k", "one_point", "-p", "no:cacheprovider").assert_outcomes(failed=2, deselected=5)
    assert not list(project.path.rglob("*.json"))
    (project.path / "taken").write_text("a file")
    result = project.runpytest_inprocess("--gradient-report=taken", "-p", "no:cacheprovider")
    result.stderr.fnmatch_lines(["*--gradient-report=taken is no directory to write to*"])


@given(st.from_type(Value), st.from_type(Tensor))
def test_types_can_be_drawn(value, tensor):
    assert isinstance(value, Value)
    assert isinstance(tensor, Tensor)
    assert np.isfinite(tensor.data).all()


@given(strategies.values(0.0, 1.0), strategies.tensors("n", "n", low=-1.0))
def test_domains_and_shapes_are_kept(value, tensor):
    assert 0.0 <= value.data <= 1.0
    assert tensor.shape[0] == tensor.shape[1]
    assert (tensor.data >= -1.0).all()


@settings(deadline=None)
@given(strategies.programs())
def test_programs_of_arrays_have_right_gradients(program):
    assert check_grad(program, *program.inputs).verdict == "pass"


@settings(deadline=None)
@given(strategies.programs(scalar=True, most=12))
def test_programs_of_numbers_have_right_gradients_of_second_order(program):
    assert check_grad(program, *program.inputs, order=2).verdict in ("pass", "inconclusive")


@settings(deadline=None)
@given(strategies.programs(scalar=True, smooth=False, ops=("relu", "maximum", "absolute", "sqrt", "log")))
def test_programs_that_are_not_smooth(program):
    report = check_grad(program, *program.inputs, raise_on_fail=False)
    if report.verdict == "fail":  # sqrt where relu is flat: infinity times zero
        assert report.fault == "nan"
        assert report.blame.startswith("every node is honest, but the derivative of sqrt by its first argument is not finite here")


def test_a_program_is_python_and_shrinks_to_few_lines():
    program = find(strategies.programs(), lambda p: "matmul" in p.ops, settings=settings(derandomize=True, max_examples=300))
    assert len(program.source.splitlines()) <= 4
    space = {"np": np}
    exec(repr(program), space)
    names = program.source.partition("(")[2].partition(")")[0].split(", ")
    np.testing.assert_array_equal(space["program"](*[space[name] for name in names]), program(*program.inputs))
    assert find(strategies.programs(scalar=True, ops=("arccosh",)), lambda p: p.inputs[0] < 1.0).ops == (
        "tanh",
    )  # which always fits
    with pytest.raises(SettingError, match="'matmul' is no elementwise operation of the table"):
        strategies.programs(ops=("matmul",))


def test_programs_of_an_operation_that_was_defined():
    try:
        lie = define("a_lie_in_programs", lambda xp, a: xp.sin(a), lambda xp, y, a: xp.cos(a) * 1.001)

        @settings(deadline=None)
        @given(strategies.programs(ops=(lie.__name__, "add", "multiply", "sin", "tanh"), most=12))
        def named(program):
            nodes = [Tensor(x) for x in program.inputs]
            findings = blame(program(*nodes)).findings
            assert len(findings) == program.ops.count(lie.__name__)
            assert all(finding.message.startswith("a_lie_in_programs by its first argument") for finding in findings)

        named()
    finally:
        TABLE.pop("a_lie_in_programs", None)


def test_the_smallest_of_a_function_that_does_not_repeat_itself():
    calls = []

    def fickle(x):
        calls.append(x)
        return x.sin() if len(calls) % 2 else x.cos()

    with pytest.raises(Exception, match="two values for the same inputs") as caught:
        check_grad(fickle, 0.5)
    assert caught.value.report.expression == ""
    with pytest.raises(DataError, match="takes a Value or a Tensor"):
        blame(calls)
