"""The checks themselves: planted errors are found and named, right rules pass however hard, and bad input gets a clear word."""

import pickle

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import DataError, SettingError, ShapeError, Tensor, Value, define
from autograd.backends.float_backend import FLOAT
from autograd.ops import TABLE, Elementwise
from autograd.testing import (
    AliasingError,
    GradientError,
    InconsistentFunctionError,
    LayoutError,
    ModeError,
    MutationError,
    NondeterminismError,
    NonLinearityError,
    NotANumberError,
    Real,
    SecondOrderError,
    StalenessError,
    WrongDtypeError,
    WrongShapeError,
    WrongValueError,
    check_grad,
    check_op,
    check_vjp,
    derivative,
)
from benchmark_rules import rules
from oracles import same

WRONG = {case.name: case for case in rules.WRONG}
KINDS = {
    "value": WrongValueError,
    "nan": NotANumberError,
    "shape": WrongShapeError,
    "dtype": WrongDtypeError,
    "mutation": MutationError,
    "nondeterminism": NondeterminismError,
    "aliasing": AliasingError,
    "staleness": StalenessError,
    "nonlinearity": NonLinearityError,
}


def checked(case, draw, seed=0):
    """The report of check_vjp of a case of the benchmark."""
    f, vjp = case.make()
    return check_vjp(f, vjp, draw(np.random.default_rng(seed)), domains=case.domain, raise_on_fail=False, **case.static)


# -- derivative


@pytest.mark.parametrize(
    ("f", "x", "true", "kind"),
    [
        (np.exp, 0.3, np.exp(0.3), "smooth"),
        (lambda x: np.sin(1e4 * x), 0.3, 1e4 * np.cos(3e3), "smooth"),
        (lambda x: float(x) ** 9, 30.0, 9 * 30.0**8, "smooth"),
        (lambda x: 1.0 / float(x), 1e-9, -1e18, "smooth"),
        (lambda x: float(np.log(x)), 1e-12, 1e12, "smooth"),
        (lambda x: float(np.sin(np.float32(x))), 0.3, np.cos(0.3), "smooth"),
        (lambda x: float(x) + 1e-10 * np.sin(1e13 * float(x)), 1.0, 1.0, "smooth"),
        (lambda x: float(x) ** 2, 1e150, 2e150, "smooth"),
        (lambda x: max(float(x), 0.0), 1e-12, 1.0, "smooth"),
        (lambda x: max(x, 0.0), -5.0, 0.0, "smooth"),
        (lambda x: 3.0, 1.0, 0.0, "smooth"),
        (np.floor, 0.5, 0.0, "smooth"),
        (lambda x: float(np.hypot(x, 1e-200)), 1e-200, np.sqrt(0.5), "smooth"),
    ],
)
def test_the_truth_lies_within_the_error_bar(f, x, true, kind):
    e = derivative(f, x)
    assert e.kind == kind
    assert abs(e.value - true) <= 2.0 * e.error + 1e-13 * abs(true)
    assert e.error <= 1e-4 * abs(true) + 1e-9


def test_points_that_are_not_smooth_are_told_apart():
    kink, jump, edge = derivative(abs, 0.0), derivative(np.floor, 1.0), derivative(lambda x: x**1.5, 1.0, low=1.0)
    assert (kink.kind, round(kink.left, 9), round(kink.right, 9)) == ("kink", -1.0, 1.0)
    assert jump.kind == "jump"
    assert (edge.kind, round(edge.right, 6)) == ("edge", 1.5)
    assert np.isnan(edge.left)
    rng = np.random.default_rng(0)
    assert derivative(lambda x: float(rng.normal()), 1.0).kind in ("noisy", "jump")
    assert derivative(lambda x: 1.0 if x == 1.0 else np.nan, 1.0).kind == "unresolved"


def test_directions_and_arrays():
    x, u = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    e = derivative(lambda v: np.array([v[0] * v[1], v.sum()]), x, u)
    same(e.value, [0.0, -0.5], atol=1e-12)
    assert e.kind.tolist() == ["smooth", "smooth"]
    assert derivative(lambda v: v.sum(), x, np.zeros(2)).value == 0.0
    with pytest.raises(ShapeError, match=r"the direction has shape \(3,\), the point \(2,\)"):
        derivative(np.sum, x, np.ones(3))
    with pytest.raises(DataError, match="a function that returns real numbers, not 'text'"):
        derivative(lambda x: "text", 1.0)


# -- check_vjp: the benchmark


@pytest.mark.parametrize("case", rules.WRONG, ids=lambda c: c.name)
def test_wrong_rules_are_found_where_they_show_and_named(case):
    report = checked(case, case.shows_at)
    assert report.verdict == "fail"
    assert len(str(report).splitlines()) <= 15
    if case.name != "dropout_mask_redrawn":  # whose rule is random, and is called so
        assert report.fault == case.fault
    f, vjp = case.make()
    with pytest.raises(KINDS[report.fault]) as caught:
        check_vjp(f, vjp, case.shows_at(np.random.default_rng(0)), domains=case.domain, **case.static)
    assert caught.value.report.findings
    assert pickle.loads(pickle.dumps(caught.value)).report.fault == report.fault


@pytest.mark.parametrize("case", rules.RIGHT_TWINS, ids=lambda c: c.name)
def test_right_rules_pass_at_ordinary_points_and_where_the_wrong_one_shows(case):
    for draw in (case.draw, WRONG[case.name.removesuffix("_right")].shows_at):
        for seed in range(2):
            report = checked(case, draw, seed)
            assert report.verdict == "pass", report


@pytest.mark.parametrize("case", rules.HARD, ids=lambda c: c.name)
def test_right_but_hard_rules_are_never_condemned(case):
    report = checked(case, case.draw)
    assert report.verdict in (("pass", "inconclusive") if case.inconclusive else ("pass",)), report


def test_a_right_rule_is_cheap():
    report = check_vjp(
        lambda x, y: np.tanh(x) * y, lambda xs, g: (g * xs[1] * (1 - np.tanh(xs[0]) ** 2), g * np.tanh(xs[0])), (0.3, 0.4)
    )
    assert (report.verdict, report.evaluations <= 30) == ("pass", True)


def square(xs, g):
    return (2.0 * g * xs[0],)


def test_layouts_second_calls_and_memory():
    def by_strides(xs, g):
        return (2.0 * g * (xs[0] if xs[0].flags.c_contiguous else xs[0][::-1]),)

    with pytest.raises(LayoutError, match="in another memory layout the rule returns"):
        check_vjp(lambda x: np.sum(x * x), by_strides, (np.array([1.0, 2.0, 3.0]),))
    with pytest.raises(LayoutError, match="the function returns other values"):
        check_vjp(lambda x: np.sum(x * x) * (1.0 if x.flags.c_contiguous else 2.0), square, (np.array([1.0, 2.0]),))
    flat = lambda xs, g: (2.0 * g * xs[0],) if xs[0].flags.c_contiguous else (np.zeros(1),)  # noqa: E731
    with pytest.raises(LayoutError, match="other shapes"):
        check_vjp(lambda x: np.sum(x * x), flat, (np.array([1.0, 2.0]),))
    with pytest.raises(AliasingError, match="cotangent 0 shares memory with input 0"):
        check_vjp(lambda x: np.sum(x), lambda xs, g: (xs[0],), (np.ones(2),))

    def clears(xs, g):
        out = 2.0 * g * xs[0]
        g *= 0.0
        return (out,)

    with pytest.raises(MutationError, match="the rule modifies the cotangent"):
        check_vjp(lambda x: x * x, clears, (np.array([1.0, 2.0]),))
    with pytest.raises(MutationError, match="the function modifies its input 0"):
        check_vjp(lambda x: np.add(x, 1.0, out=x).sum(), square, (np.array([1.0, 2.0]),))
    first = []

    def remembers(xs, g):
        first.append(xs[0].copy()) if not first else None
        return (2.0 * g * first[0],)

    with pytest.raises(StalenessError, match="called at another point, the rule returns its first answer"):
        check_vjp(lambda x: np.sum(x * x), remembers, (np.array([1.0, 2.0]),))
    with pytest.raises(StalenessError, match="the rule returns the same answer for different cotangents"):
        check_vjp(lambda x: np.sum(x * x), lambda xs, g: (2.0 * xs[0],), (np.array([1.0, 2.0]),))
    with pytest.raises(NonLinearityError, match="for 10⁴ times the cotangent it returns"):
        check_vjp(lambda x: np.sum(x * x), lambda xs, g: (2.0 * np.clip(g, -10.0, 10.0) * xs[0],), (np.array([1.0, 2.0]),))
    with pytest.raises(NonLinearityError, match="for a cotangent of zeros it returns"):
        check_vjp(lambda x: np.sum(x * x), lambda xs, g: (2.0 * g * xs[0] + (g == 0.0),), (np.array([1.0, 2.0]),))


def test_functions_that_are_none():
    rng = np.random.default_rng(0)
    shapes = iter([np.ones(2), np.ones(3), *[np.ones(2)] * 9])
    for f, words in [
        (lambda x: rng.normal() * x, "two different values for the same inputs"),
        (lambda x: next(shapes), r"shape \(2,\) and then \(3,\)"),
    ]:
        with pytest.raises(InconsistentFunctionError, match=words):
            check_vjp(f, square, (1.0,))
    sizes = lambda x: np.ones(2) if x[0] == 1.0 else np.ones(3)  # noqa: E731
    with pytest.raises(InconsistentFunctionError, match="for inputs of the same shapes"):
        check_vjp(sizes, lambda xs, g: (0.0 * xs[0],), (np.array([1.0, 2.0]),))
    report = check_vjp(lambda x: np.nan * x, square, (1.0,))
    assert (report.verdict, "nan or infinite here" in str(report)) == ("inconclusive", True)

    def partly(x):
        if np.any(np.real(x) != 1.0):
            raise ValueError
        return x

    assert check_vjp(partly, lambda xs, g: (g,), (1.0,)).verdict == "inconclusive"


def test_bad_input_gets_one_clear_word():
    with pytest.raises(DataError, match="a tuple of at least one input"):
        check_vjp(np.sum, square, ())
    with pytest.raises(DataError, match=r"input 0 is .*int64.*which has no derivative: pass floats"):
        check_vjp(np.sum, square, (np.array([1, 2]),))
    with pytest.raises(DataError, match="the function raises ZeroDivisionError at the inputs"):
        check_vjp(lambda x: 1 / 0, square, (1.0,))
    with pytest.raises(DataError, match="the function returns 'text'"):
        check_vjp(lambda x: "text", square, (1.0,))
    with pytest.raises(DataError, match=r"input 0 is outside of its domain from 0 to 1"):
        check_vjp(np.sum, square, (2.0,), domains=[(0.0, 1.0)])
    with pytest.raises(SettingError, match="2 domains for 1 inputs"):
        check_vjp(np.sum, square, (2.0,), domains=[None, None])
    with pytest.raises(SettingError, match=r"the domain from 1 to 0 is empty"):
        check_vjp(np.sum, square, (2.0,), domains=[(1.0, 0.0)])
    with pytest.raises(WrongShapeError, match="2 cotangents for 1 inputs"):
        check_vjp(lambda x: x, lambda xs, g: (g, g), (1.0,))
    with pytest.raises(WrongDtypeError, match="the cotangent of input 0 is"):
        check_vjp(lambda x: x, lambda xs, g: ("text",), (1.0,))
    assert check_vjp(lambda x: 1.0, lambda xs, g: (None,), (1.0,)).verdict == "pass"
    assert check_vjp(lambda x: x, lambda xs, g: g, (1.0,), domains=[Real(0.0, 2.0)]).verdict == "pass"
    assert check_vjp(lambda x: x, lambda xs, g: g, (np.zeros(0),)).verdict == "pass"


def test_single_precision_is_judged_as_such():
    x = np.array([0.5, -1.5], np.float32)
    right = lambda xs, g: (g * np.cos(xs[0]),)  # noqa: E731
    assert check_vjp(np.sin, right, (x,)).verdict == "pass"
    with pytest.raises(GradientError):
        check_vjp(np.sin, lambda xs, g: (-g * np.cos(xs[0]),), (x,))


def test_large_results_are_looked_at_one_by_one_at_kinks():
    x = np.linspace(-1.0, 1.0, 81)
    relu = lambda x: np.maximum(x.real, 0.0) * 1.0  # noqa: E731
    assert check_vjp(relu, lambda xs, g: (g * (xs[0] > 0),), (x,)).verdict == "pass"
    with pytest.raises(WrongValueError, match=r"by input 0 at index"):
        check_vjp(relu, lambda xs, g: (g * (xs[0] > -0.5),), (x,))
    tied = np.array([[0.0, 0.0, 0.0]] * 3 + [[0.0, 1e-12, 20.0]])
    assert check_vjp(relu, lambda xs, g: (g * (xs[0] > 0),), (tied,)).verdict == "pass"
    both = lambda xs, g: (g * (xs[0] == xs[0].max()),)  # noqa: E731
    with pytest.raises(WrongValueError, match="along a direction in which several entries move"):
        check_vjp(lambda x: np.max(x.real), both, (np.array([1.0, 1.0, 0.0]),))


def test_edges_steps_that_are_rounded_away_and_shapes_that_change_on_the_way():
    assert (
        check_vjp(lambda x: np.abs(x.real), lambda xs, g: (g * (xs[0] >= 0),), (np.zeros(7),), domains=[(0.0, np.inf)]).verdict
        == "pass"
    )

    # a millionth from the edge: with this entry all others would take steps that are lost beside the 1000s
    x = np.array([[0.0, 0.0, 1e-9, 999.999999], [0.0, 20.0, 1e-12, 0.0], [710.0, 0.0, 1000.0, 0.0], [0.0, 0.0, -1000.0, 0.0]])
    f, vjp = next(case for case in rules.RIGHT_TWINS if case.name == "batch_norm_lost_mean_right").make()
    assert check_vjp(f, vjp, (x,), domains=[(-1000.0, 1000.0)]).verdict == "pass"

    # what small steps move is rounded away beside the 2s, and the function then stands perfectly still at 2.5e-13
    q, k, v = np.array([[0.0, 0.0], [1e-12, 1e-12]]), np.zeros((4, 2)), np.zeros((4, 3))
    v[1:, 1] = 2.0, -2.0, 1e-12
    f, vjp = next(case for case in rules.RIGHT_TWINS if case.name == "attention_lost_scale_right").make()
    assert check_vjp(f, vjp, (q, k, v)).verdict == "pass"
    k[1, 1], k[3, 1], q[1, 0] = 0.53125, 0.5625, 9.99
    assert check_vjp(f, vjp, (q, k, v), domains=[(-10.0, 10.0)] * 3).verdict == "pass"

    # terms of size 0.1 that cancel to 10⁻¹³: small steps see how they round
    x, A = np.array([-0.5, 0.5, 0.5]), np.array([[-0.5, 1e-12, 0.0], [-0.5, -0.5, 0.5], [-0.5, 0.0, -0.5]])
    f, vjp = next(case for case in rules.RIGHT_TWINS if case.name == "quadratic_form_symmetric_right").make()
    assert check_vjp(f, vjp, (x, A)).verdict == "pass"

    def shrinks(x):
        return x.real * 1.0 if abs(x.real[0] - 1.0) < 1e-3 or x.real[0] > 1.05 else x.real[:3] * 1.0

    for factor, verdict in ((1.0, "pass"), (2.0, "fail")):
        report = check_vjp(shrinks, lambda xs, g, factor=factor: (g * factor,), (np.ones(8),), raise_on_fail=False)
        assert report.verdict == verdict


# -- graphs


ROWS = [op.name for op in TABLE.values() if isinstance(op, Elementwise)]
SETTINGS = {"leaky_relu": {"slope": 0.1}, "elu": {"alpha": 1.3}, "where": {"condition": True}, "clip": {"low": -1.0, "high": 1.5}}
SETTINGS["power_derivative"] = {"by_a": 1, "by_b": 1}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_keeps_the_contract(name):
    assert check_op(name, **SETTINGS.get(name, {})).verdict == "pass"


def test_rows_on_arrays_and_wrong_rows():
    assert check_op("softmax", np.array([0.1, 2.0, -1.0]), axis=-1).verdict == "pass"
    assert check_op(ag.tanh, 0.5).verdict == "pass"
    with pytest.raises(SettingError, match="matmul acts on whole arrays: pass inputs"):
        check_op("matmul")
    with pytest.raises(DataError, match="takes an operation of the table, by function or by name, not 3"):
        check_op(3)
    names = ["sign_lost", "order_lost", "mode_lost", "worlds_apart", "nan_at_zero"]
    try:
        wrong = define("sign_lost", lambda xp, a: xp.cos(a), lambda xp, y, a: xp.sin(a))
        with pytest.raises(WrongValueError, match=r"check_op\(\) of sign_lost: fail"):
            check_op(wrong)
        frozen = define(
            "order_lost",
            lambda xp, a: a * a,
            vjp=lambda xp, i, g, y, a: g * xp.constant(2.0 * a),
            jvp=lambda xp, i, t, y, a: t * 2.0 * a,
        )
        with pytest.raises(SecondOrderError, match="second order, by input 0"):
            check_op(frozen, np.array([1.0, 2.0]))
        twice = define(
            "mode_lost", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a
        )
        with pytest.raises(ModeError, match="forward mode gives"):
            check_op(twice, np.array([1.0, 2.0]))
        define("worlds_apart", lambda xp, a: a * (1.0 if xp is FLOAT else 2.0), lambda xp, y, a: 2.0)
        with pytest.raises(WrongValueError, match="as a float"):
            check_op("worlds_apart")
        root = define("nan_at_zero", lambda xp, a: xp.sqrt(a * a), lambda xp, y, a: a / y)
        with pytest.raises(NotANumberError, match="nan_at_zero by its first argument: claimed nan"):
            check_grad(root, 0.0)
    finally:
        for name in names:
            TABLE.pop(name, None)


def test_check_grad_takes_functions_of_any_nodes():
    assert check_grad(lambda x, y: (x * y).tanh(), Value(0.5), Tensor([1.0, 2.0]), order=2).verdict == "pass"
    assert check_grad(lambda x: 3.0, 0.5).verdict == "pass"
    assert check_grad(ag.relu, 0.0).verdict == "pass"
    assert check_grad(np.max, np.array([1.0, 1.0, 0.0])).verdict == "pass"
    assert check_grad(lambda x, axis: x.sum(axis), np.ones((2, 3)), axis=0).verdict == "pass"
    with pytest.raises(SettingError, match="order is 1 or 2, not 3"):
        check_grad(np.sin, 0.5, order=3)
    with pytest.raises(DataError, match="it must return a Value or a Tensor"):
        check_grad(lambda x: "text", 0.5)
    linear = nn.Linear(3, 2, rng=0)
    assert check_grad(lambda x: linear(x), np.array([[0.1, 0.2, 0.3]]), order=2).verdict == "pass"
