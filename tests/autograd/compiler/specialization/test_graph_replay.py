"""A replayed graph gives the results and gradients of the function bit for bit."""

import pytest

import autograd as ag
from autograd import Tensor, Value, compile


@pytest.mark.parametrize("x", [-1.5, 0.25, 3.0])
def test_operations_with_settings_are_replayed(x):
    f = lambda x: ag.clip(x, -1.0, 2.0) * x + ag.elu(x, 0.7) * ag.leaky_relu(x, 0.1) + 1.0 / x  # noqa: E731
    exact = compile(f, exact=True)
    exact.value_and_grad(0.5)
    v = Value(x)
    y = f(v)
    y.backward()
    assert exact.value_and_grad(x) == (float(y), v.grad)


def test_masks_maxima_and_unused_arguments_are_replayed():
    t = Tensor([1.0, 2.0, 4.0])

    def f(x, unused, n):
        h = ag.where(t > x * n, t, 0.1 * t)
        return h.sum() * x + ag.leaky_relu(x, 0.1) * max(t.data[0], x.data) + x[()] if n > 5 else (h * x).sum() * Value.of(h.sum())

    exact, program = compile(f, exact=True, argnums=(0, 1)), compile(f, argnums=(0, 1))
    for x in (1.5, 0.5, 3.0):
        value, (slope, none) = exact.value_and_grad(x, 1.0, 1)
        v, u = Value(x), Value(1.0)
        y = f(v, u, 1)
        y.backward()
        assert (value, slope, none) == (float(y), v.grad, 0.0)
        assert program.value_and_grad(x, 1.0, 1)[0] == pytest.approx(value)
    assert "replayed as they were traced because exact=True asks for it" in str(exact.report())


def test_each_of_several_replayed_results_has_its_own_gradient():
    x = Value(2.0)
    cube, square = compile(lambda x: [x * x * x, x * x], exact=True)(x)
    cube.backward()
    assert x.grad == 12.0
    square.backward()
    assert x.grad == 12.0 + 4.0
