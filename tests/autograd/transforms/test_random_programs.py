"""Transforms of random programs against SymPy and PyTorch, and forward mode against reverse mode."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import (
    grad,
    hessian,
    jacobian,
    jvp,
    vjp,
)
from oracles import assert_close

# Random programs, as SymPy, PyTorch and this library run them.
UNARY = ["exp", "sin", "tanh", "sqrt1", "log1", "square"]


def unary(lib, name, x):
    if name == "square":
        return x * x
    if name == "sqrt1":
        return lib.sqrt(1 + x * x)
    if name == "log1":
        return lib.log(2 + x * x)
    return getattr(lib, name)(x * 0.5 if name == "exp" else x)


@st.composite
def programs(draw):
    steps = []
    for k in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(UNARY)), draw(st.integers(0, k + 1))))
        else:
            steps.append((draw(st.sampled_from("+-*")), draw(st.integers(0, k + 1)), draw(st.integers(0, k + 1))))
    return steps


def run(lib, steps, x, y):
    nodes = [x, y]
    for name, *args in steps:
        values = [nodes[i] for i in args]
        if len(values) == 1:
            nodes.append(unary(lib, name, values[0]))
        else:
            a, b = values
            nodes.append(a + b if name == "+" else a - b if name == "-" else a * b * 0.5)
    return nodes[-1] + nodes[-2] * 0.25


@given(programs(), st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))
def test_random_programs_against_sympy(steps, a, b):
    import sympy

    x, y = sympy.symbols("x y")
    f = lambda u, v: run(ag, steps, u, v)  # noqa: E731 - the program
    e = run(sympy, steps, x, y)
    at = {x: sympy.Float(a, 30), y: sympy.Float(b, 30)}
    value = lambda *by: float(sympy.diff(e, *by).evalf(25, subs=at)) if by else float(e.evalf(25, subs=at))  # noqa: E731
    assert_close(f(a, b), value(), rtol=1e-9, atol=1e-12)
    assert_close(grad(f, argnums=(0, 1))(a, b), [value(x), value(y)], rtol=1e-9, atol=1e-11)
    assert_close(grad(grad(f), argnums=1)(a, b), value(x, y), rtol=1e-9, atol=1e-10)
    third = jvp(grad(grad(lambda u: f(u, b))), (a,), (1.0,))[1]
    assert_close(third, value(x, x, x), rtol=1e-9, atol=1e-9)
    tangent = jvp(f, (a, b), (0.3, -0.7))[1]
    assert_close(tangent, 0.3 * value(x) - 0.7 * value(y), rtol=1e-9, atol=1e-11)


@given(programs(), st.integers(0, 10**6))
def test_random_programs_against_pytorch(steps, seed):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, 3), rng.uniform(-1, 1, 3)
    f = lambda u, v: run(ag, steps, u, v).sum()  # noqa: E731 - the program
    u, v = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    (first,) = torch.autograd.grad(run(torch, steps, u, v).sum() + 0.0 * (u * u).sum(), u, create_graph=True)
    rows = [torch.autograd.grad(g + 0.0 * (u * u).sum(), u, retain_graph=True)[0].numpy() for g in first]
    assert_close(grad(f)(a, b), first.detach().numpy(), rtol=1e-9, atol=1e-11)
    assert_close(hessian(f)(a, b), np.array(rows), rtol=1e-9, atol=1e-10)


@given(programs(), st.integers(0, 10**6))
def test_forward_and_reverse_are_transposes(steps, seed):
    rng = np.random.default_rng(seed)
    x, y, u, v, w = rng.uniform(-1, 1, (5, 4))
    f = lambda p, q: run(ag, steps, p, q) * 1.0  # noqa: E731 - the program
    _, tangent = jvp(f, (x, y), (u, v))
    _, pullback = vjp(f, x, y)
    gx, gy = pullback(w)
    assert_close(tangent @ w, gx @ u + gy @ v, rtol=1e-10, atol=1e-12)
    assert_close(jacobian(f, mode="fwd")(x, y), jacobian(f, mode="rev")(x, y), rtol=1e-11, atol=1e-13)
