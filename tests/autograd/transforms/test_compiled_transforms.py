"""Compiled functions that call transforms: batches, captured parameters, and hidden numbers."""

import numpy as np
import pytest

from autograd import (
    Tensor,
    Value,
    compile,
    grad,
    hessian,
    jacobian,
)
from oracles import assert_close


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 2.0 * x,
        grad(lambda x: (x * x * x[0]).sum()),
        lambda x: np.outer(x, x),
        lambda x: x.reshape(-1, 1) * x,
        jacobian(lambda x: x * x[::-1]),
        hessian(lambda x: (x**3).sum() * x[0]),
        lambda x: np.array([x[0], 1.0]),
    ],
)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_batches_of_arrays_are_arrays(f, n):
    X = np.random.default_rng(0).normal(size=(4, n))
    whole = compile(f, in_axes=0)(X)
    assert whole.dtype == float
    assert_close(whole, np.stack([f(x) for x in X]), rtol=1e-12, atol=1e-14)
    assert_close(compile(f)(X[0]), f(X[0]), rtol=1e-12, atol=1e-14)


def test_batches_of_arrays_are_tensors_if_the_function_uses_parameters():
    w = [Value(2.0), Value(3.0)]
    X = np.arange(6.0).reshape(3, 2)
    whole = compile(lambda x: np.array([w[0] * x[0], w[1] * x[1]]), in_axes=0)(X)
    assert isinstance(whole, Tensor)
    assert_close(whole.data, X * [2.0, 3.0])
    whole.sum().backward()
    assert [p.grad for p in w] == [6.0, 9.0]


def test_compile_refuses_a_function_that_hides_a_number():
    hidden = {}

    def smuggled(x):
        hidden["x"] = x._primal  # behind the library's back
        return x * hidden["x"]

    with pytest.raises(Exception, match=r"compile\(\): smuggled"):
        compile(smuggled)(2.0)
    for by in (lambda x: x * x._primal, lambda x: [x, {"a": x._primal + x}], lambda x: x + np.float64(x._primal)):
        with pytest.raises(
            Exception, match=r"differs from its trace: at other inputs its value is .* taken for a constant: compute it from Values"
        ):
            compile(by)(2.0)
        with pytest.raises(Exception, match="differs from its trace"):
            compile(by, exact=True)(2.0)


def test_the_charged_particle_compiles():
    def path(w):
        """The squared final height of a particle that moves along the gradient of a potential that depends on w."""

        def potential(p):
            return 1.0 / ((p[0] - 10.0) ** 2 + (p[1] - (10.0 - w)) ** 2) ** 0.5 + 1.0 / ((p[0] - 10.0) ** 2 + p[1] ** 2) ** 0.5

        p, velocity = [0.0, 8.0], [0.75, 0.0]
        for _ in range(5):
            force = grad(potential)(p)
            p = [a + 0.1 * b for a, b in zip(p, velocity, strict=True)]
            velocity = [b - 0.1 * c for b, c in zip(velocity, force, strict=True)]
        return p[1] ** 2

    step = compile(path)
    for w in (0.0, 1.0, 2.5):
        value, slope = step.value_and_grad(w)
        assert_close(value, path(w), rtol=1e-12)
        assert_close(slope, grad(path)(w), rtol=1e-9)
        assert_close(slope, (path(w + 1e-5) - path(w - 1e-5)) / 2e-5, rtol=1e-4)
    assert step.traces == 1
