"""search_vjp: it finds points at which a rule is wrong, shrinks them, and passes right rules."""

import numpy as np
import pytest

from autograd.testing import Array, Choice, GradientError, Real, UndecidedError, check_vjp, search_vjp
from benchmark_rules import rules


def get_specs(case):
    """Return the arguments of a case of the benchmark as the search takes them."""
    inputs = {}
    for i, (shape, (low, high)) in enumerate(zip(case.shapes, case.domain, strict=True)):
        inputs[f"x{i}"] = Real(low, high) if shape == "real" else Array(*shape, low=low, high=high, min_size=case.min_size)
    fixed = {name: Choice(value) for name, value in case.static.items() if name not in case.choices}
    return inputs | {name: Choice(*options) for name, options in case.choices.items()} | fixed


def test_every_search_tries_every_extreme_value():
    def make(is_wrong):
        def rule(xs, g, power):
            return g.sum() + float(is_wrong(*xs, power)), g * 1.0

        return lambda x, y, power: x + y, rule

    def search(is_wrong, seed):
        return search_vjp(
            lambda: make(is_wrong),
            x=Real(),
            y=Array("n"),
            power=Choice(2, 3),
            hypothesis_seed=seed,
            raise_on_fail=False,
            max_examples=50,
        )

    for seed in range(5):
        found = search(lambda x, y, power: x == 5e3, seed)
        assert (found.verdict, found.values["x"], np.count_nonzero(found.values["y"])) == ("fail", 5e3, 0)
    # only the probes have ordinary numbers beside this extreme one; Hypothesis does not draw them
    rare = search(lambda x, y, power: x == -710.0 and y.size == 2 and (y == y.round(2)).sum() == 1, 0)
    assert (rare.verdict, rare.values["x"], np.count_nonzero(rare.values["y"]) <= 2) == ("fail", -710.0, True)


@pytest.mark.parametrize("case", rules.WRONG[::9], ids=lambda c: c.name)
def test_a_failing_point_is_found_shrunk_and_reported(case):
    with pytest.raises(GradientError) as caught:
        search_vjp(case.make, hypothesis_seed=1, **get_specs(case))
    report = caught.value.report
    assert report.reproduce.startswith("check_vjp(f, vjp, (")
    assert sum(np.count_nonzero(v) for k, v in report.values.items() if k[0] == "x") <= 3
    assert len(str(report).splitlines()) <= 15


@pytest.mark.parametrize("case", rules.RIGHT_TWINS[::15], ids=lambda c: c.name)
def test_right_rules_pass(case):
    assert search_vjp(case.make, max_examples=25, hypothesis_seed=1, **get_specs(case)).verdict == "pass"


def test_too_many_undecided_points_raise_undecided_error():
    oscillation = lambda x: np.sin(1e17 * np.asarray(x).real)  # noqa: E731
    with pytest.raises(UndecidedError, match="points could not be decided: narrow the domain"):
        search_vjp(lambda: (oscillation, lambda xs, g: (g * 1e17 * np.cos(1e17 * xs[0]),)), hypothesis_seed=1, x=Real(1.0, 2.0))


def test_a_few_undecided_points_do_not_fail_a_search():
    oscillation = lambda x, k: np.sin((1e17 if k == 9 else 1.0) * np.real(x))  # noqa: E731
    rule = lambda xs, g, k: (g * (1e17 * np.cos(1e17 * xs[0]) if k == 9 else np.cos(xs[0])),)  # noqa: E731
    assert search_vjp(lambda: (oscillation, rule), x=Real(1.0, 2.0), k=Choice(*range(10)), hypothesis_seed=0).verdict == "pass"


def test_shrinking_keeps_the_kind_of_fault():
    def rule(xs, g):
        n = len(xs[0])
        return (np.zeros(5) if n == 1 else 2.0 * g * xs[0] + (n > 1),)

    for seed in range(6):  # the first points have two entries, and one is simpler
        report = search_vjp(lambda: (lambda x: np.sum(x * x), rule), x=Array("n"), hypothesis_seed=seed, raise_on_fail=False)
        assert (report.fault == "shape", report.values["x"].size) == (False, 2)


@pytest.mark.parametrize("seed", range(8))
def test_the_fault_that_is_found_first_is_reported(seed):
    first = []

    def rule(xs, g):
        n = len(xs[0])
        first.extend([{2: "shape"}.get(n, "value")] * (n > 1))
        return (np.zeros(5) if n == 2 else 2.0 * g * xs[0] + g * (n > 2),)

    report = search_vjp(lambda: (lambda x: np.sum(x * x), rule), x=Array("n"), hypothesis_seed=seed, raise_on_fail=False)
    assert report.fault == first[0]


def test_the_report_counts_the_evaluations_of_all_points():
    wrong = lambda: (np.square, lambda xs, g: (3.0 * g * xs[0],))  # noqa: E731
    report = search_vjp(wrong, x=Real(), hypothesis_seed=0, raise_on_fail=False)
    assert report.evaluations > 2 * check_vjp(*wrong(), (report.values["x"],), raise_on_fail=False).evaluations


def test_min_size_of_one_array_holds_for_all_arrays_of_that_dimension():
    lengths = set()
    rule = lambda xs, g: (g * xs[1], g * xs[0])  # noqa: E731
    search_vjp(
        lambda: (lambda x, y: lengths.add(x.size) or np.sum(x * y), rule), x=Array("n", min_size=2), y=Array("n"), hypothesis_seed=0
    )
    assert min(lengths) == 2
