"""What each threshold and each part of the checks is for: the smallest program that goes wrong without it."""

import hypothesis
import numpy as np
import pytest

from autograd import DataError, SettingError, Tensor, Value, anomaly, define, grad, hvp, jvp, no_grad, scope, stop_gradient
from autograd.backends.float_backend import FLOAT
from autograd.graph.topological_order import topological_order
from autograd.ops import TABLE
from autograd.ops.op import Domain
from autograd.testing import (
    Array,
    Choice,
    LayoutError,
    ModeError,
    Real,
    Report,
    RuleRaisedError,
    WrongShapeError,
    WrongValueError,
    blame,
    check_grad,
    check_op,
    check_vjp,
    derivative,
    gradient_test,
    search_vjp,
    strategies,
)
from autograd.testing.minimal_expression import Expression


def test_anomaly_watches_a_hessian_vector_product():
    with anomaly(), pytest.raises(ArithmeticError, match="the derivative of sqrt by its first argument made inf"):
        hvp(lambda x: np.sqrt(x).sum(), np.zeros(1), np.ones(1))


def test_a_hook_that_the_function_registers_is_heard_by_a_hessian_vector_product():
    def f(x):
        y = np.sin(x)
        y.register_hook(lambda g: 2.0 * g)
        return y.sum()

    x, v = np.array([0.5]), np.array([1.0])
    np.testing.assert_allclose(hvp(f, x, v), jvp(grad(f), (x,), (v,))[1])


def test_complex_numbers_are_trusted_only_where_the_real_part_stays():
    e = derivative(lambda x: x * x * (1.0005 if np.iscomplexobj(x) else 1.0), 3.0)
    assert abs(e.value - 6.0) <= 2.0 * e.error + 1e-12


def test_a_slope_that_hides_in_the_rounding_of_1_is_no_contradiction():
    report = check_vjp(lambda x: 1.0 + np.tanh(x), lambda xs, g: (g / np.cosh(xs[0]) ** 2,), (-30.0,))
    assert report.verdict == "pass"


def test_a_relative_error_of_a_hundred_thousandth_is_found():
    with pytest.raises(WrongValueError):
        check_vjp(np.exp, lambda xs, g: (1.00001 * g * np.exp(xs[0]),), (0.5,))


def test_a_slope_of_a_ten_millionth_of_a_millionth_is_told_from_zero():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: 1.0 / (1.0 + np.exp(-x)), lambda xs, g: (0.0 * g,), (-30.0,))


def test_what_drowns_in_the_rounding_of_another_output_is_not_condemned():
    rule = lambda xs, g: (g[0] + ((1.0 + 1e-20) - 1.0) * g[1],)  # noqa: E731
    report = check_vjp(lambda x: np.array([1.0, 1e-20]) * x.real, rule, (0.5,), raise_on_fail=False)
    assert report.verdict != "fail"


@pytest.mark.parametrize("seed", [110, 120, 131, 138])
def test_any_side_of_many_kinks_at_once_is_right(seed):
    side, sign = np.random.default_rng(seed).integers(0, 2, 40), np.where(np.arange(40) % 2, 1.0, -1.0)
    rule = lambda xs, g: (g * sign * np.where(xs[0] == 0.0, side, xs[0] > 0.0),)  # noqa: E731
    assert check_vjp(lambda x: np.sum(sign * np.maximum(x.real, 0.0)), rule, (np.zeros(40),)).verdict == "pass"


def test_what_cancels_inside_a_rule_is_not_called_nonlinear():
    rule = lambda xs, g: (np.array([1e8 * g, (1e8 * g + 1e-3 * g) - 1e8 * g]),)  # noqa: E731
    assert check_vjp(lambda x: 1e8 * x[0] + 1e-3 * x[1], rule, (np.ones(2),)).verdict == "pass"


@pytest.mark.parametrize("size", [2e6, 3e6, 5e6])
def test_answers_on_a_coarse_grid_are_not_called_nonlinear(size):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: ((size * xs[0] * g + 0.3 * g) - size * xs[0] * g,)  # noqa: E731 - multiples of a large number's last digit
    assert check_vjp(lambda x: 0.3 * x, rule, (x,)).verdict == "pass"


@pytest.mark.parametrize("error", [1e-6, 1e-7])
def test_small_nonlinear_terms_are_called_nonlinear(error):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: (0.3 * g + error * g * g,)  # noqa: E731
    report = check_vjp(lambda x: 0.3 * x, rule, (x,), raise_on_fail=False)
    assert {finding.fault for finding in report.findings} == {"nonlinearity"}


def test_outputs_in_single_precision_are_judged_as_such():
    single = lambda x: (2.0 * np.real(x)).astype(np.float32)  # noqa: E731
    assert check_vjp(single, lambda xs, g: (np.float64(2.001) * g,), (np.array([0.5]),), raise_on_fail=False).verdict == "pass"


def test_what_a_rule_raises_is_the_cause():
    with pytest.raises(RuleRaisedError) as caught:
        check_vjp(np.sin, lambda xs, g: 1 / 0, (0.5,))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_findings_are_derivatives_however_large_the_point():
    (finding,) = check_vjp(np.square, lambda xs, g: (3.0 * g * xs[0],), (64.0,), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [192.0, 128.0])


def test_of_many_entries_those_at_an_edge_are_looked_at():
    x = np.array([0.0, *np.arange(1.0, 9.0)])
    with pytest.raises(WrongValueError, match=r"by input 0 at index \(0,\)"):
        check_vjp(lambda x: np.sum(x.real), lambda xs, g: (g * (xs[0] > 0.0),), (x,), domains=[(0.0, np.inf)])


def test_a_small_input_is_not_hidden_by_a_steep_one():
    rule = lambda xs, g: (1.5 * g * np.ones(4), 1e9 * g * np.ones(4))  # noqa: E731
    with pytest.raises(WrongValueError, match="by input 0"):
        check_vjp(lambda x, y: x.sum() + 1e9 * y.sum(), rule, (np.ones(4), np.ones(4)))


def test_a_report_has_at_most_fifteen_lines_however_many_findings():
    report = Report("a check", expression="x", blame="y", reproduce="z")
    for _ in range(8):
        report.add_failure("value", "one\ntwo\nthree\nfour")
    assert len(str(report).splitlines()) <= 15


def test_a_row_is_blamed_outside_of_its_domain_too():
    half = define("half_below", lambda xp, a: a * a, lambda xp, y, a: a, domain=Domain(low=0.0))
    assert [f.fault for f in blame(half(Value(-1.0))).findings] == ["value"]


def test_modes_that_differ_by_little_are_told_apart():
    apart = define(
        "modes_apart", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 2.0001 * a
    )
    with pytest.raises(ModeError, match="forward mode gives"):
        check_grad(apart, np.array([1.0, 2.0]))


def test_a_cut_keeps_the_fault():
    modes = define("modes_lie", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a)
    lie = define("value_lies", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    with pytest.raises(WrongValueError) as caught:
        check_grad(lambda x: lie(modes(x)), np.array([1.0, 2.0]))
    assert caught.value.report.expression.startswith("value_lies(a)")


def test_a_cut_keeps_the_domain():
    away = define("wrong_at_an_edge", lambda xp, a: abs(a), lambda xp, y, a: xp.where(a > 0.0, 1.0, -1.0))
    report = check_grad(away, 0.0, domains=[(0.0, np.inf)], raise_on_fail=False)
    assert (report.fault, report.expression) == ("value", "wrong_at_an_edge(a)  with a = 0")


def test_inputs_of_one_name_get_letters():
    x, y = Value(0.5, name="x"), Value(2.0, name="x")
    z = x * y
    assert str(Expression(z, [x, y], topological_order((z,))[0])) == "a * b  with a = 0.5, b = 2"


def test_worlds_that_differ_by_little_are_told_apart():
    define("worlds_near", lambda xp, a: a * (1.0 + 1e-5 * (xp is FLOAT)), lambda xp, y, a: 1.0)
    with pytest.raises(WrongValueError, match="as a float"):
        check_op("worlds_near")


def test_a_few_undecided_points_do_not_condemn_a_search():
    wild = lambda x, k: np.sin((1e17 if k == 9 else 1.0) * np.real(x))  # noqa: E731
    rule = lambda xs, g, k: (g * (1e17 * np.cos(1e17 * xs[0]) if k == 9 else np.cos(xs[0])),)  # noqa: E731
    assert search_vjp(lambda: (wild, rule), x=Real(1.0, 2.0), k=Choice(*range(10)), hypothesis_seed=0).verdict == "pass"


@pytest.mark.parametrize("seed", range(8))
def test_the_fault_that_is_found_first_is_the_one_reported(seed):
    first = []

    def rule(xs, g):
        n = len(xs[0])
        first.extend([{2: "shape"}.get(n, "value")] * (n > 1))
        return (np.zeros(5) if n == 2 else 2.0 * g * xs[0] + g * (n > 2),)

    report = search_vjp(lambda: (lambda x: np.sum(x * x), rule), x=Array("n"), hypothesis_seed=seed, raise_on_fail=False)
    assert report.fault == first[0]


def test_a_gradient_test_starts_anew_each_time_it_is_called():
    lie = define("value_lies_at_first", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    modes = define(
        "modes_lie_later", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a
    )
    used = [lie]
    unshrunk = hypothesis.settings(database=None, phases=[hypothesis.Phase.generate])
    test = unshrunk(gradient_test(x=Array(2, low=1.0, high=2.0))(lambda x: used[0](x)))
    with pytest.raises(WrongValueError):
        test()
    used[0] = modes
    with pytest.raises(ModeError):
        test()


def test_a_search_tells_all_its_evaluations():
    wrong = lambda: (np.square, lambda xs, g: (3.0 * g * xs[0],))  # noqa: E731
    report = search_vjp(wrong, x=Real(), hypothesis_seed=0, raise_on_fail=False)
    assert report.evaluations > 2 * check_vjp(*wrong(), (report.values["x"],), raise_on_fail=False).evaluations


def test_settings_above_a_gradient_test_apply():
    seen = set()

    @hypothesis.settings(max_examples=2, database=None)
    @gradient_test(x=Real(1.0, 2.0), k=Choice(*range(50)))
    def few(x, k):
        seen.add(k)
        return x * k

    few()
    assert len(seen) <= 2


def test_another_side_for_each_output_at_a_kink_near_by_is_not_condemned():
    def f(x, y):
        return np.array([np.maximum(x, y).sum(), np.minimum(x, y).sum(), 0.01 * np.abs(x.real - y.real).sum()]).real

    def rule(xs, g):
        x, y = xs
        slope = 0.01 * g[2] * np.sign(x - y)
        return g[0] * (x >= y) + g[1] * (x <= y) + slope, g[0] * (y > x) + g[1] * (y < x) - slope

    assert check_vjp(f, rule, (np.ones(2), np.ones(2)), raise_on_fail=False).verdict == "pass"


def test_the_least_length_of_a_name_holds_for_all_its_arrays():
    lengths = set()
    rule = lambda xs, g: (g * xs[1], g * xs[0])  # noqa: E731
    search_vjp(
        lambda: (lambda x, y: lengths.add(x.size) or np.sum(x * y), rule), x=Array("n", min_size=2), y=Array("n"), hypothesis_seed=0
    )
    assert min(lengths) == 2


def test_tensors_are_drawn_in_fortran_order_too():
    fortran = lambda t: t.data.flags.f_contiguous and not t.data.flags.c_contiguous  # noqa: E731
    assert hypothesis.find(strategies.tensors(2, 3), fortran, settings=hypothesis.settings(derandomize=True)).shape == (2, 3)


def test_the_numbers_of_a_program_stay_below_1000():
    large = lambda p: np.max(np.abs(p(*p.inputs))) >= 1e3  # noqa: E731
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(
            strategies.programs(ops=("square", "multiply")), large, settings=hypothesis.settings(derandomize=True, max_examples=300)
        )


def test_a_program_has_no_input_that_it_does_not_need():
    idle = lambda p: any(name not in p.source.partition("\n")[2] for name in p.names)  # noqa: E731
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(strategies.programs(), idle, settings=hypothesis.settings(derandomize=True, max_examples=100))


def test_reports_go_into_a_directory_that_exists(pytester):
    pytester.mkdir("reports")
    pytester.makepyfile("def test_nothing():\n    pass")
    pytester.runpytest_inprocess("--gradient-report=reports", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_rules_in_single_precision_are_not_condemned_near_by():
    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    rule = lambda xs, g: (softmax(xs[0]) * (g - (g * softmax(xs[0])).sum()),)  # noqa: E731
    x = np.random.default_rng(0).normal(size=4).astype(np.float32)
    assert check_vjp(softmax, rule, (x,), raise_on_fail=False).verdict == "pass"


def test_an_input_that_is_not_needed_for_a_fault_becomes_a_number():
    half = define("half_wrong", lambda xp, a, b: a * b, lambda xp, y, a, b: 2.0 * b, lambda xp, y, a, b: a)
    report = check_grad(half, 0.5, 2.0, raise_on_fail=False)
    assert report.expression == "half_wrong(a, 2)  with a = 0.5"


def test_what_is_below_the_operation_that_lies_becomes_an_input():
    lie = define("lies_above", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    report = check_grad(lambda x: lie((x * 2.0).exp()) + 1.0, 0.0, raise_on_fail=False)
    assert report.expression == "lies_above(a)  with a = 1"


def test_a_steeply_curved_function_is_not_taken_for_a_kinked_one():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: np.sin(1e5 * np.real(x)), lambda xs, g: (1.02e5 * g * np.cos(1e5 * xs[0]),), (1.00001,))


def test_a_function_that_is_flat_near_by_and_bends_further_off_has_slope_0():
    e = derivative(lambda x: max(x - 1e-3, 0.0) ** 2, 0.0)
    assert (e.kind, e.value) == ("smooth", 0.0)
    assert e.error < 1e-12


@pytest.mark.parametrize(("tiny", "x"), [(2.15327690175704e-310, 2.69), (2.0723335779773e-310, -0.58)])
def test_numbers_that_have_lost_digits_are_compared_as_such(tiny, x):
    rule = lambda xs, g: (g * np.cos(xs[0]) * tiny,)  # noqa: E731
    assert check_vjp(lambda x: tiny * np.sin(np.real(x)), rule, (x,), raise_on_fail=False).verdict == "pass"


def test_a_leaf_gathers_what_comes_whole_and_in_parts():
    np.testing.assert_array_equal(grad(lambda x: x[0] * x[1] + (x * x).sum())(np.array([1.0, 2.0])), [4.0, 5.0])


def test_a_result_gathers_what_comes_whole_and_in_parts():
    def f(x):
        y = 2.0 * x
        return y[0] * y[1] + (y * y).sum()

    np.testing.assert_array_equal(grad(f)(np.array([1.0, 2.0])), [16.0, 20.0])


def test_a_huge_slope_of_a_function_of_numbers_alone_is_decided():
    x = np.random.default_rng(0).normal(size=3)
    assert check_vjp(lambda x: 1e12 * np.real(x), lambda xs, g: (1e12 * g,), (x,), raise_on_fail=False).verdict == "pass"


# -- found by attacking the checks


def test_an_infinite_slope_at_one_entry_condemns_no_other():
    domain = [(0.0, np.inf)]
    root = lambda xs, g: (g * 0.5 / np.sqrt(xs[0]),)  # noqa: E731
    assert check_vjp(lambda x: np.sqrt(x).sum(), root, (np.array([0.0, 1.0]),), domains=domain).verdict == "pass"
    assert check_grad(np.sqrt, np.array([0.0, 1.0]), domains=domain).verdict == "pass"
    assert check_grad(np.log, np.array([0.0, 1.0]), domains=domain).verdict == "inconclusive"
    assert check_grad(lambda x, y: x**0.5 + y, 0.0, 1.0, domains=[domain[0], None]).verdict == "pass"


def test_one_wrong_output_of_many_is_found():
    def rule(xs, g):
        r = 2.0 * xs[0] * g
        r[700] = -r[700]
        return (r,)

    for dtype in (np.float64, np.float32):
        with pytest.raises(WrongValueError, match=r"by input 0 at index \(700,\)|in all of the entries"):
            check_vjp(lambda x: x * x, rule, (np.linspace(1.0, 2.0, 1000).astype(dtype),))


def test_an_output_without_a_value_hides_no_other():
    with pytest.raises(WrongValueError):
        check_vjp(np.log, lambda xs, g: (1.1 * g / xs[0],), (np.array([-1.0, *range(1, 8)]),))


def test_of_many_outputs_the_numbers_are_derivatives():
    (finding,) = check_vjp(lambda x: x * x, lambda xs, g: (3.0 * xs[0] * g,), (np.full(7, 2.0),), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [6.0, 4.0])


def test_single_precision_is_no_disagreement_of_modes():
    for x in (0.5, 1.0, 3.25):
        assert check_grad(lambda x: np.tanh(x) * x, np.array([x, x / 3.0 + 0.1], np.float32)).verdict == "pass"


def test_a_check_leaves_the_gradients_of_captured_parameters_alone():
    w = Tensor([1.0, 2.0])
    w.grad = np.array([5.0, 6.0])
    check_grad(lambda x: (w * x).sum(), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(w.grad, [5.0, 6.0])


def test_a_check_inside_no_grad_and_of_a_transform():
    with no_grad():
        assert check_grad(lambda x: x * x, 2.0).verdict == "pass"
        with pytest.raises(WrongValueError):
            check_grad(lambda x: stop_gradient(x) * x, 2.0)
    assert check_grad(lambda x: grad(lambda y: (y**3).sum())(x), np.ones(3)).verdict == "pass"


def test_transforms_of_nodes_record_inside_no_grad():
    t = Tensor([1.0, 2.0])

    def f(x):
        with scope("inside"), no_grad():
            pass  # a block that closes inside leaves the rest recorded
        return (x**3).sum()

    with no_grad():
        np.testing.assert_array_equal(grad(f)(t).data, [3.0, 12.0])
        np.testing.assert_array_equal(hvp(f, t, np.ones(2)).data, [6.0, 12.0])


@pytest.mark.parametrize(
    ("f", "x", "want"),
    [
        (lambda x: x**3, -1.0, -6.0),
        (lambda x: x**-1, -2.0, -0.25),
        (lambda x: (-x) ** 2 * x, -1.0, -6.0),
        (lambda x: x**0.5, 0.0, -np.inf),
        (lambda x: 2.0**x, 1.0, 2.0 * np.log(2.0) ** 2),
        (lambda x: x**3, 0.0, 0.0),
    ],
)
def test_hessian_vector_products_of_powers(f, x, want):
    assert hvp(f, x, 1.0) == pytest.approx(want, rel=1e-14)
    assert jvp(grad(f), (x,), (1.0,))[1] == pytest.approx(want, rel=1e-14)


def test_a_function_that_changes_its_argument_is_measured_where_it_stands():
    assert derivative(lambda x: (x.__iadd__(1.0) ** 2).sum(), np.array([1.0, 2.0])).value == pytest.approx(10.0)


def test_an_operation_is_passed_only_where_something_was_decided():
    assert check_op("sqrt", 0.0).verdict == "inconclusive"
    nothing = define("never_a_number", lambda xp, a: a * np.nan, lambda xp, y, a: 7.0)
    assert check_op(nothing).verdict == "inconclusive"
    assert check_op(define("log_anywhere", lambda xp, a: xp.log(a), lambda xp, y, a: 1.0 / a)).verdict == "inconclusive"
    assert check_op("leaky_relu", slope=0.1).verdict == "pass"


def test_programs_never_raise_where_python_overflows():
    hypothesis.find(
        strategies.programs(scalar=True, smooth=False, ops=("subtract", "divide", "multiply", "power")),
        lambda p: len(p.ops) > 6,
        settings=hypothesis.settings(derandomize=True, database=None),
    )


def test_a_layout_that_the_function_cannot_take_is_a_fault():
    rule = lambda xs, g: (2.0 * xs[0] * g,)  # noqa: E731
    with pytest.raises(LayoutError, match="the function raises ZeroDivisionError for the same numbers in another memory layout"):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else 1 / 0, rule, (np.ones(3),))
    with pytest.raises(
        LayoutError, match=r"the function gives shape \(2,\) for the same numbers in another memory layout, not \(3,\)"
    ):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else x[:2], rule, (np.ones(3),))


ONE = (2.0,)
SINE = (np.sin, lambda xs, g: (g * np.cos(xs[0]),))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check_vjp(*SINE, (np.array([1.0, np.nan]),)), DataError, "input 0 holds nan, where nothing can be moved"),
        (lambda: check_vjp(*SINE, ([[1.0], [1.0, 2.0]],)), DataError, "input 0 is nested lists of unequal lengths"),
        (lambda: check_vjp(lambda x: [[1.0], [1.0, 2.0]], SINE[1], ONE), DataError, "the function returns nested lists of unequal"),
        (lambda: check_vjp(np.sin, lambda xs, g: [[[1.0], [1.0, 2.0]]], ONE), WrongShapeError, "a cotangent is no array"),
        (
            lambda: check_vjp(*SINE, ONE, domains=[(0, 1, 2)]),
            SettingError,
            r"a domain is None, a pair \(low, high\), Real or Array",
        ),
        (lambda: check_vjp(*SINE, ONE, domains=[("0", "5")]), SettingError, "a domain is None, a pair"),
        (lambda: check_vjp(once_only(), SINE[1], ONE), DataError, "asked a second time, the function raises StopIteration"),
        (lambda: check_grad(lambda x: None, 2.0), DataError, r"^check_grad\(\): the function returns None"),
        (lambda: derivative(3.0, 1.0), DataError, r"derivative\(\) takes a function first, not 3.0"),
        (lambda: derivative(np.tanh, np.inf), DataError, "the point holds inf: pass finite numbers"),
        (lambda: derivative(np.sin, 1.0, np.nan), DataError, "the direction holds nan"),
        (lambda: derivative(np.log, -1.0, low=0.0), DataError, "the point leaves its domain, from 0 to inf"),
        (lambda: derivative(lambda x: 1 / 0, 1.0), DataError, "the function raises ZeroDivisionError here"),
        (lambda: check_op("hypot", 1.0), SettingError, r"check_op\(\): hypot takes 2 inputs, not 1"),
        (lambda: check_op("tanh", 1.0, foo=1), SettingError, "tanh has no setting 'foo'; it has none"),
        (lambda: check_op("leaky_relu"), SettingError, "leaky_relu needs slope, as in"),
        (lambda: search_vjp(SINE, x=Real()), DataError, "takes a function that gives a fresh pair"),
        (lambda: search_vjp(lambda: 3, x=Real()), DataError, "takes a function that gives a fresh pair"),
        (lambda: Array("n", low="a"), SettingError, "low and high are numbers"),
        (lambda: Array("n", dtype="zz"), SettingError, "dtype is a float type of NumPy"),
        (lambda: Array("n", min_size=-1), SettingError, "min_size is a whole number of at least 0, not -1"),
        (lambda: Array(True), SettingError, "a dimension is a name or a length"),
        (
            lambda: search_vjp(lambda: SINE, x=Array("n", min_size=3), y=Array("n", max_size=2)),
            SettingError,
            "no length is at least 3 and at most 2",
        ),
        (lambda: gradient_test(order=3, x=Real()), SettingError, r"gradient_test\(\): order is 1 or 2, not 3"),
        (lambda: gradient_test(x=Real())(lambda y: y), SettingError, "x= is drawn, but the function has no such argument"),
        (lambda: gradient_test(x=Real())(3.0), DataError, "decorates a function, not 3.0"),
    ],
)
def test_what_cannot_be_checked_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()


def once_only():
    answers = iter([1.0])
    return lambda x: next(answers) if np.isrealobj(x) else x


TESTS = """
    import functools
    import pytest
    from hypothesis import assume
    from autograd import define
    from autograd.testing import Array, check_grad, gradient_test

    bad = define("bad_in_a_class", lambda xp, a: a * a, lambda xp, y, a: 2.1 * a)

    class TestInAClass:
        @gradient_test(x=Array("n"))
        def test_method(self, x):
            return x * x

    @gradient_test(x=Array("n"))
    @pytest.mark.xfail(strict=True)
    def test_marked(x):
        return bad(x)

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


def test_gradient_tests_are_pytest_tests_like_others(pytester):
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=5, xfailed=1)
    TABLE.pop("bad_in_a_class", None)
