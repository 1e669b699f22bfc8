"""blame: it names the one node whose derivative is wrong, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DataError, Tensor, Value, define
from autograd.ops import TABLE, Domain
from autograd.testing import GradientError, WrongValueError, blame, check_grad
from autograd.testing.checks.blaming import describe_infinite_derivative

OPERATIONS = [lambda a, b: a * b * 0.5, lambda a, b: a + b.tanh(), lambda a, b: a - 0.3 * b, lambda a, b: a / (b * b + 1.0)]


def test_the_one_wrong_node_of_a_random_graph_is_found():
    try:
        wrong_sine = define("wrong_sine", lambda xp, a: xp.sin(a), lambda xp, y, a: xp.cos(a) * 1.001)
        for seed in range(8):
            rng = np.random.default_rng(seed)
            node_type = Tensor if seed % 2 else Value
            nodes = [node_type(rng.uniform(0.5, 1.5, () if node_type is Value else 3)) for _ in range(3)]
            wrong = int(rng.integers(3, 22))
            for k in range(3, 23):
                a, b = (nodes[i] for i in rng.integers(0, len(nodes), 2))
                nodes.append(wrong_sine(a * 0.3 + b * 0.1) if k == wrong else OPERATIONS[rng.integers(4)](a, b))
            total = sum(nodes[3:], nodes[0])
            report = blame(total)
            assert {finding.message.partition(" ")[0] for finding in report.findings} == {"wrong_sine"}
            assert len(report.findings) == 1
    finally:
        TABLE.pop("wrong_sine", None)
    with pytest.raises(DataError, match=r"blame\(\) takes a Value or a Tensor, not 3"):
        blame(3)


def test_the_engine_is_blamed_if_every_node_is_right(monkeypatch):
    monkeypatch.setattr(Value, "accumulate_grad", lambda self, c, op, fresh: None)
    from autograd.testing.checks import graph_function

    right = graph_function.gradients
    monkeypatch.setattr(graph_function, "gradients", lambda y, leaves, *a, **k: [2.0 * g for g in right(y, leaves, *a, **k)])
    with pytest.raises(WrongValueError) as caught:
        check_grad(lambda x: x.sin() * x, 0.5)
    assert caught.value.report.blame.startswith(
        "every node is right by itself: the engine or a hook is wrong, or the function leaves its graph"
    )


def test_arrays_indices_and_several_arguments():
    t = Tensor([[1.0, 2.0], [3.0, 4.0]], name="t")
    assert blame(np.max(t) * np.sum(t[0]) + np.concatenate([t, t]).sum() + Value.of(np.sum(t))).findings == []
    assert blame(Tensor(np.zeros((0, 2))) * 2.0).verdict == "pass"
    try:
        wrong_product = define(
            "wrong_product", lambda xp, a, b, c: a * b * c, *[lambda xp, y, a, b, c: b * c] * 2, lambda xp, y, a, b, c: 1.1 * a * b
        )
        product = wrong_product(Tensor(np.arange(1.0, 7.0)), Tensor(2.0), Tensor(3.0))
        product.name = "product"
        messages = [f.message for f in blame(product).findings]
        assert len(messages) == 2
        assert "wrong_product 'product' by its second argument: claimed" in messages[0]
        assert "by its third argument" in messages[1]
    finally:
        TABLE.pop("wrong_product", None)


def test_an_operation_is_checked_outside_its_domain_too():
    wrong_square = define("wrong_square_below_0", lambda xp, a: a * a, lambda xp, y, a: a, domain=Domain(low=0.0))
    assert [f.fault for f in blame(wrong_square(Value(-1.0))).findings] == ["value"]


@given(st.lists(st.sampled_from([0.0, 1.0, 0.5, -1.0, np.inf, np.nan]), min_size=1, max_size=6))
def test_entries_that_are_not_finite_are_skipped(x):
    with np.errstate(all="ignore"):
        t = Tensor(x)
        for y in (np.log(t / (1 - t)).sum(), np.sqrt(t).sum(), (1.0 / t).sum(), (t * np.inf - t).sum()):
            assert blame(y).verdict != "fail"


def test_a_wrong_node_beside_a_nan_is_found():
    wrong_sine = define("wrong_sine_beside_a_nan", lambda xp, a: xp.sin(a), lambda xp, y, a: 1.1 * xp.cos(a))
    t = Tensor([0.0, 1.0, 0.5])
    report = blame((np.log(t / (1 - t)) + wrong_sine(t)).sum())
    assert report.verdict == "fail"
    assert report.guilty[0].op.name == "wrong_sine_beside_a_nan"


def test_a_rule_that_raises_at_a_nan_is_skipped():
    def cosine_of_finite_numbers(xp, y, a):
        if not np.all(np.isfinite(getattr(a, "_primal", a))):
            raise ValueError("no number")
        return xp.cos(a)

    f = define("raises_at_a_nan", lambda xp, a: xp.sin(a), cosine_of_finite_numbers)
    with np.errstate(all="ignore"):
        assert blame(f(np.sqrt(Tensor([-1.0, 0.5]))).sum()).verdict != "fail"


def test_a_derivative_that_is_not_finite_is_described():
    finite, infinite = Value(4.0).sqrt(), Value(0.0, name="x").sqrt()
    assert describe_infinite_derivative([finite]) == ""
    text = describe_infinite_derivative([finite, infinite])
    assert text.startswith("the derivative of sqrt")
    assert "is not finite here" in text


def test_a_nan_of_right_nodes_is_blamed_on_the_infinite_derivative():
    x = Value(0.0)
    with pytest.raises(GradientError) as error:
        check_grad(lambda a: (a * 0.0).sqrt() * 0.0 + a, x.data)
    assert "every node is right by itself, but the derivative of sqrt" in str(error.value)
