"""A new program is compared with the traced run, and is replaced by a replay if it is wrong."""

import numpy as np
import pytest

from autograd import GraphError, compile
from autograd.compiler.ir.instruction import add_all
from autograd.compiler.passes import differentiation
from autograd.compiler.passes.vectorization import elementwise
from autograd.compiler.specialization import value_guards
from scalar_programs import close, eager


def test_a_wrong_program_is_replaced_by_a_replay(monkeypatch):
    def f(x):
        return (x[0] * x[1] + x[1]).tanh() * x[2]

    point = np.array([0.5, -0.3, 2.0])
    values, gradient = eager(f, (point,))
    with monkeypatch.context() as patch:
        patch.setattr(elementwise, "apply_operation", make_wrong_instruction)
        step = compile(f)
        assert step(point) == values[0]
        assert "because its value is" in str(step.report())
    with monkeypatch.context() as patch:
        patch.setattr(differentiation, "add_all", lambda terms: add_all(terms) * 1.001)
        step = compile(f)
        assert close(step.grad(point), gradient)
        assert "because its gradient is" in str(step.report())
        with pytest.raises(GraphError, match="cannot be compiled with xp or in_axes: its gradient is"):
            compile(f, in_axes=0)(point[None])
    with monkeypatch.context() as patch:
        patch.setattr(value_guards, "describe_difference", lambda *args: "a branch: 1 became 2")
        step = compile(lambda x: x * 2.0 if x > 0 else x)
        assert step(1.0) == 2.0
        assert "on the same numbers a branch: 1 became 2, by rounding" in step._dispatcher.cache.by_signature[(float,)][0].fault


def make_wrong_instruction(builder, op, args, static):
    return builder.call(op, args, static) * 1.001


def test_rounding_errors_of_terms_that_cancel_are_no_fault():
    step = compile(lambda x, y: x * 0.1 * y + x * 0.2 * y - x * 0.3 * y, argnums=(0, 1))
    value, slope = step.value_and_grad(1.0, 1.0)
    assert (value, *slope) == pytest.approx((0.0, 0.0, 0.0), abs=1e-15)
    assert "replayed" not in str(step.report())
