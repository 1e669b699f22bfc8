"""gradient_test: the tests that it makes behave like other tests of pytest and Hypothesis."""

import asyncio
import itertools
import time

import hypothesis
import numpy as np
import pytest

import autograd as ag
from autograd import DataError, define
from autograd.ops import TABLE
from autograd.testing import (
    Array,
    Choice,
    GradientError,
    ModeError,
    Real,
    UndecidedError,
    WrongValueError,
    check_grad,
    gradient_test,
)
from autograd.testing.search import property_test


@hypothesis.settings(max_examples=50, deadline=None, derandomize=True)
@gradient_test(x=Array("n", "m"), W=Array("k", "m"), axis=Choice(0, 1, -1), s=Real(-3.0, 3.0))
def test_a_layer(x, W, axis, s):
    return np.tanh(x @ W.T).sum(axis=axis) * s


@hypothesis.settings(max_examples=10, deadline=None, derandomize=True)
@gradient_test(order=2, x=Array(2, 3, low=-5.0, high=5.0), y=Real(0.5, 2.0))
def test_second_order(x, y):
    return ag.softmax(x) * y


def test_a_failing_test_names_the_node_and_the_line():
    try:
        wrong_square = define("wrong_square", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 0.1)

        @gradient_test(x=Array("n"), s=Real(0.0, 1.0))
        def wrong(x, s):
            return (wrong_square(x) + s).sum()

        with pytest.raises(WrongValueError) as caught:
            wrong()
    finally:
        TABLE.pop("wrong_square", None)
    report = caught.value.report
    assert "wrong_square by its first argument" in report.blame
    assert "`return (wrong_square(x) + s).sum()`" in report.blame
    assert report.reproduce.startswith("check_grad(wrong, np.array([")
    assert wrong.__name__ == "wrong"

    @hypothesis.settings(max_examples=30, deadline=None, derandomize=True)
    @gradient_test(x=Real(1.0, 2.0))
    def oscillation(x):
        return (x * 1e17).sin()

    with pytest.raises(UndecidedError):
        oscillation()


def test_each_call_is_a_new_search():
    wrong_value = define("wrong_value_first", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    wrong_mode = define(
        "wrong_mode_later", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a
    )
    current = [wrong_value]
    unshrunk = hypothesis.settings(database=None, phases=[hypothesis.Phase.generate])
    test = unshrunk(gradient_test(x=Array(2, low=1.0, high=2.0))(lambda x: current[0](x)))
    with pytest.raises(WrongValueError):
        test()
    current[0] = wrong_mode
    with pytest.raises(ModeError):
        test()


def test_hypothesis_settings_above_the_decorator_apply():
    seen = set()

    @hypothesis.settings(max_examples=2, database=None)
    @gradient_test(x=Real(1.0, 2.0), k=Choice(*range(50)))
    def few(x, k):
        seen.add(k)
        return x * k

    few()
    assert len(seen) <= 2


def test_a_fault_that_cannot_be_reproduced_is_reported_as_it_was_found(monkeypatch):
    wrong_square = define("wrong_in_brief_checks", lambda xp, a: a * a, lambda xp, y, a: a)
    right = property_test.run_grad_check
    monkeypatch.setattr(
        property_test, "run_grad_check", lambda f, *args: right(wrong_square if args[-1] else f, *args)
    )  # args end in brief

    @hypothesis.settings(max_examples=20, database=None, derandomize=True)
    @gradient_test(x=Real(0.1, 0.5))
    def sometimes(x):
        return x * 2.0

    with pytest.raises(GradientError) as caught:
        sometimes()
    assert caught.value.report.blame == ""


def test_a_slow_first_call_does_not_exceed_a_deadline():
    calls = []

    @gradient_test(x=Array(2))
    def test_slow(x):
        if not calls:
            time.sleep(0.5)  # as imports and compilation take
        calls.append(1)
        return np.tanh(x)

    test_slow()
    assert len(calls) > 10


CALLS = itertools.count()


@hypothesis.settings(deadline=200, max_examples=5)
@gradient_test(x=Array(2))
def test_the_default_deadline_of_hypothesis_is_dropped(x):
    if next(CALLS) % 10 == 9:  # about once an example, which is enough to exceed the deadline
        time.sleep(0.25)
    return np.tanh(x)


def test_async_functions_and_generators_are_refused_by_name():
    async def coroutine(x):
        await asyncio.sleep(0)
        return x.sum()

    async def generator(x):
        yield x.sum()

    for function in (coroutine, generator):
        with pytest.raises(
            DataError, match=rf"gradient_test\(\): {function.__name__} is async, and what it returns has no gradient"
        ):
            gradient_test(x=Array(2))(function)
    with pytest.raises((DataError, GradientError)):
        check_grad(coroutine, np.ones(2))

    def plain_generator(x):
        yield x.sum()

    with pytest.raises(DataError, match=r"gradient_test\(\): plain_generator is a generator, and what it yields has no gradient"):
        gradient_test(x=Array(2))(plain_generator)

    class Later:
        def __await__(self):
            yield

    with pytest.raises(DataError, match="the function is async: pass a plain function"):
        check_grad(lambda x: Later(), np.ones(2))


TESTS = """
    import functools
    import pytest
    from hypothesis import assume
    from autograd import define
    from autograd.testing import Array, check_grad, gradient_test

    wrong_square = define("wrong_square_in_a_class", lambda xp, a: a * a, lambda xp, y, a: 2.1 * a)

    class TestInAClass:
        @gradient_test(x=Array("n"))
        def test_method(self, x):
            return x * x

    @gradient_test(x=Array("n"))
    @pytest.mark.xfail(strict=True)
    def test_marked(x):
        return wrong_square(x)

    @pytest.mark.parametrize("k", [1.0, 2.0])
    @gradient_test(x=Array("n"))
    def test_parametrized(x, k):
        return x * k

    @pytest.fixture(scope="module")
    def three():
        return 3.0

    @gradient_test(x=Array("n"))
    def test_with_a_fixture(x, three, **more):
        assume(x.size > 0)
        return x.max() * three

    def test_partial():
        gradient_test(x=Array("n"))(functools.partial(lambda s, x: s * x, 2.0))()
"""


def test_methods_marks_parameters_and_fixtures_work(pytester):
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=5, xfailed=1)
    TABLE.pop("wrong_square_in_a_class", None)
