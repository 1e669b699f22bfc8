"""Strategies: Values, Tensors and random programs, as Hypothesis draws them."""

import hypothesis
import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograd import SettingError, Tensor, Value, define
from autograd.ops import TABLE
from autograd.testing import blame, check_grad, strategies


@given(st.from_type(Value), st.from_type(Tensor))
def test_values_and_tensors_are_drawn_by_type(value, tensor):
    assert isinstance(value, Value)
    assert isinstance(tensor, Tensor)
    assert np.isfinite(tensor.data).all()


@given(strategies.values(0.0, 1.0), strategies.tensors("n", "n", low=-1.0))
def test_domains_and_shapes_are_respected(value, tensor):
    assert 0.0 <= value.data <= 1.0
    assert tensor.shape[0] == tensor.shape[1]
    assert (tensor.data >= -1.0).all()


def test_tensors_are_drawn_in_fortran_order_too():
    fortran = lambda t: t.data.flags.f_contiguous and not t.data.flags.c_contiguous  # noqa: E731
    assert hypothesis.find(strategies.tensors(2, 3), fortran, settings=hypothesis.settings(derandomize=True)).shape == (2, 3)


@settings(deadline=None)
@given(strategies.programs())
def test_programs_of_arrays_have_right_gradients(program):
    assert check_grad(program, *program.inputs).verdict == "pass"


@settings(deadline=None)
@given(strategies.programs(scalar=True, most=12))
def test_scalar_programs_have_right_second_derivatives(program):
    assert check_grad(program, *program.inputs, order=2).verdict in ("pass", "inconclusive")


@settings(deadline=None)
@given(strategies.programs(scalar=True, smooth=False, ops=("relu", "maximum", "absolute", "sqrt", "log")))
def test_programs_that_are_not_smooth(program):
    report = check_grad(program, *program.inputs, raise_on_fail=False)
    if report.verdict == "fail":  # sqrt where relu is flat: infinity times zero
        assert report.fault == "nan"
        assert report.blame.startswith(
            "every node is right by itself, but the derivative of sqrt by its first argument is not finite here"
        )


def test_a_program_prints_as_python_and_shrinks_to_few_lines():
    program = find(strategies.programs(), lambda p: "matmul" in p.ops, settings=settings(derandomize=True, max_examples=300))
    assert len(program.source.splitlines()) <= 4
    namespace = {"np": np}
    exec(repr(program), namespace)
    names = program.source.partition("(")[2].partition(")")[0].split(", ")
    np.testing.assert_array_equal(namespace["program"](*[namespace[name] for name in names]), program(*program.inputs))
    assert find(strategies.programs(scalar=True, ops=("arccosh",)), lambda p: p.inputs[0] < 1.0).ops == (
        "tanh",
    )  # which always fits
    with pytest.raises(SettingError, match="'matmul' is not an elementwise operation of the table"):
        strategies.programs(ops=("matmul",))


def test_programs_contain_defined_operations():
    try:
        wrong_sine = define("wrong_sine_in_programs", lambda xp, a: xp.sin(a), lambda xp, y, a: xp.cos(a) * 1.001)

        @settings(deadline=None)
        @given(strategies.programs(ops=(wrong_sine.__name__, "add", "multiply", "sin", "tanh"), most=12))
        def find_wrong_sines(program):
            nodes = [Tensor(x) for x in program.inputs]
            findings = blame(program(*nodes)).findings
            assert len(findings) == program.ops.count(wrong_sine.__name__)
            assert all(finding.message.startswith("wrong_sine_in_programs by its first argument") for finding in findings)

        find_wrong_sines()
    finally:
        TABLE.pop("wrong_sine_in_programs", None)


def test_the_numbers_of_a_program_stay_below_1000():
    large = lambda p: np.max(np.abs(p(*p.inputs))) >= 1e3  # noqa: E731
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(
            strategies.programs(ops=("square", "multiply")), large, settings=hypothesis.settings(derandomize=True, max_examples=300)
        )


def test_a_program_has_no_unused_input():
    idle = lambda p: any(name not in p.source.partition("\n")[2] for name in p.names)  # noqa: E731
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(strategies.programs(), idle, settings=hypothesis.settings(derandomize=True, max_examples=100))


def test_programs_do_not_raise_when_python_numbers_overflow():
    hypothesis.find(
        strategies.programs(scalar=True, smooth=False, ops=("subtract", "divide", "multiply", "power")),
        lambda p: len(p.ops) > 6,
        settings=hypothesis.settings(derandomize=True, database=None),
    )
