"""Minimal expressions: the smallest part of a failed graph that still fails, and how it prints."""

import numpy as np
import pytest

from autograd import DataError, Tensor, Value, define
from autograd.graph import reverse_mode
from autograd.graph.topological_order import topological_order
from autograd.ops import find
from autograd.testing import GradientError, WrongValueError, blame, check_grad
from autograd.testing.checks.minimal_expression import Expression


def overwrite_gradient(self, c, op, fresh):
    """A wrong Tensor.accumulate_grad(): it replaces the gradient where it should add to it."""
    self._grad = np.array(self.unbroadcast_cotangent(c, op))


def negated_cosine(xp, y, a):
    """A wrong derivative of the sine."""
    return -xp.cos(a)


def test_minimizing_keeps_the_kind_of_fault():
    wrong_mode = define(
        "wrong_mode", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 3.0 * a
    )
    wrong_value = define("wrong_value", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    with pytest.raises(WrongValueError) as caught:
        check_grad(lambda x: wrong_value(wrong_mode(x)), np.array([1.0, 2.0]))
    assert caught.value.report.expression.startswith("wrong_value(a)")


def test_minimizing_keeps_the_domain():
    wrong_at_edge = define("wrong_at_an_edge", lambda xp, a: abs(a), lambda xp, y, a: xp.where(a > 0.0, 1.0, -1.0))
    report = check_grad(wrong_at_edge, 0.0, domains=[(0.0, np.inf)], raise_on_fail=False)
    assert (report.fault, report.expression) == ("value", "wrong_at_an_edge(a)  with a = 0")


def test_inputs_with_the_same_name_are_labelled_by_letters():
    x, y = Value(0.5, name="x"), Value(2.0, name="x")
    z = x * y
    assert str(Expression(z, [x, y], topological_order((z,))[0])) == "a * b  with a = 0.5, b = 2"


def test_an_input_that_does_not_matter_becomes_a_constant():
    half = define("half_wrong", lambda xp, a, b: a * b, lambda xp, y, a, b: 2.0 * b, lambda xp, y, a, b: a)
    report = check_grad(half, 0.5, 2.0, raise_on_fail=False)
    assert report.expression == "half_wrong(a, 2)  with a = 0.5"


def test_the_graph_below_the_wrong_operation_becomes_an_input():
    wrong_value = define("wrong_above", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    report = check_grad(lambda x: wrong_value((x * 2.0).exp()) + 1.0, 0.0, raise_on_fail=False)
    assert report.expression == "wrong_above(a)  with a = 1"


def test_parts_without_inputs_are_not_tried():
    wrong_value = define("wrong_beside_a_constant", lambda xp, a: a * a, lambda xp, y, a: 3.0 * a)
    captured = Value(2.0)
    report = check_grad(lambda x: captured * 3.0 + wrong_value(x), 1.0, raise_on_fail=False)
    assert report.expression == "wrong_beside_a_constant(a)  with a = 1"


def test_the_smallest_failing_expression_is_reported(monkeypatch):
    monkeypatch.setattr(find("sin"), "partials", (negated_cosine,))
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x, w: (np.tanh(x) @ w + np.sin(x).sum() * 2.0) ** 2, np.array([0.5, 1.0]), np.array([1.0, 2.0]))
    assert caught.value.report.expression == "sin(a)  with a = [0.5, 1]"
    monkeypatch.setattr(reverse_mode, "_propagate", reverse_mode.propagate)  # the Python engine calls the wrong method
    monkeypatch.setattr(Tensor, "accumulate_grad", overwrite_gradient)
    monkeypatch.setattr(find("sin"), "partials", (lambda xp, y, a: xp.cos(a),))
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: (np.exp(np.tanh(x) * 2.0 + np.tanh(x))).sum() + 1.0, Tensor([0.5, 1.0], name="x"))
    assert caught.value.report.expression.startswith("(tanh(a) * 2) + tanh(a)  with a = [0.5, 1]")


def test_a_graph_that_cannot_be_evaluated_again_is_not_minimized(monkeypatch):
    def raise_error(node, args):
        raise DataError("not twice")

    monkeypatch.setattr("autograd.testing.checks.minimal_expression._apply", raise_error)
    monkeypatch.setattr(find("sin"), "partials", (negated_cosine,))
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: np.sin(x).sum(), np.array([0.5]))
    report = caught.value.report
    assert report.expression == ""
    assert report.blame.startswith("sin by its first argument")


def test_a_function_that_varies_has_no_minimal_expression():
    calls = []

    def varies(x):
        calls.append(x)
        return x.sin() if len(calls) % 2 else x.cos()

    with pytest.raises(Exception, match="two different values for the same inputs") as caught:
        check_grad(varies, 0.5)
    assert caught.value.report.expression == ""
    with pytest.raises(DataError, match="takes a Value or a Tensor"):
        blame(calls)


def test_expressions_print_and_evaluate():
    x, t = Value(0.5, name="x"), Tensor([1.0, 2.0], name="t")
    y = Value.of((t * 2.0).sum()) * x + x.sigmoid()
    nodes = topological_order((y,))[0]
    whole = Expression(y, [x, t], nodes)
    assert str(whole) == "(item(sum(t * 2, axis=None, keepdims=False)) * x) + sigmoid(x)  with x = 0.5, t = [1, 2]"
    assert whole(Value(0.5), Tensor([1.0, 2.0])).data == y.data
    assert Expression(y, [x], nodes)(Value(0.5)).data == y.data
    long = x
    for _ in range(20):
        long = -abs(long)
    assert str(Expression(long, [x], topological_order((long,))[0])).startswith(
        "an expression of 40 operations, from this Value (result of abs"
    )
