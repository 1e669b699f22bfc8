"""Derivatives of derivatives in every pair of modes, up to the published answers of Pearlmutter and Siskind."""

import itertools
import os

import numpy as np
import pytest

from autograd import Value, as_tensor, grad, jvp
from oracles import assert_close


def forward(f):
    """The derivative of a function of one number by forward mode."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


MODES = {"reverse": grad, "forward": forward}
PAIRS = list(itertools.product(MODES.values(), repeat=2))
PAIR_NAMES = ["-over-".join(p) for p in itertools.product(MODES, repeat=2)]


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_perturbations_are_not_confused(outer, inner):
    # Siskind and Pearlmutter: d/dx (x · d/dy (x + y)) is 1, and its kin.
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0
    assert inner(lambda x: outer(lambda y: y**3)(x) * x)(2.0) == 36.0

    def shift(offset):
        return lambda f: lambda x: f(x + offset)

    # The program of Manzyuk and others: a derivative of a higher-order function.
    d_shift = outer(lambda offset: inner(shift(offset)(lambda x: x**3))(1.0))(0.0)
    assert d_shift == 6.0


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_second_derivatives_in_every_pair_of_modes(outer, inner):
    f = lambda x: np.exp(np.sin(x) * x) / (1.0 + x * x)  # noqa: E731 - a formula
    second = outer(inner(f))(0.7)
    import sympy

    x = sympy.Symbol("x")
    expected = sympy.diff(sympy.exp(sympy.sin(x) * x) / (1 + x**2), x, 2).subs(x, sympy.Rational(7, 10)).evalf(20)
    assert_close(second, float(expected), rtol=1e-12)


def test_third_derivatives_in_every_triple_of_modes():
    for modes in itertools.product(MODES.values(), repeat=3):
        g = lambda x: x**4 * np.log(x)  # noqa: E731 - a formula
        for mode in modes:
            g = mode(g)
        assert_close(g(2.0), 24 * 2 * np.log(2) + 26 * 2, rtol=1e-13)


def gradient_in_mode(mode):
    """The gradient of a function of a list of numbers, by reverse mode or entry by entry by forward mode."""
    if mode is grad:
        return grad
    return lambda f: lambda x: [jvp(f, (x,), ([float(i == j) for j in range(len(x))],))[1] for i in range(len(x))]


def norm(v):
    return sum(x * x for x in v) ** 0.5


def minimize(f, x, mode):
    """Gradient descent as in the published program, on whose step sizes its answers depend.

    The rate doubles after ten descents and halves after each failure. Gradients and steps below 1e-5 end the search.
    """
    gradient = gradient_in_mode(mode)(f)
    value, g, rate, descents = f(x), gradient(x), 1e-5, 0
    while norm(g) > 1e-5:
        if descents == 10:
            rate, descents = 2.0 * rate, 0
            continue
        step = [rate * gi for gi in g]
        if norm(step) <= 1e-5:
            break
        candidate = [xi - si for xi, si in zip(x, step, strict=True)]
        candidate_value = f(candidate)
        if candidate_value < value:
            x, value, g, descents = candidate, candidate_value, gradient(candidate), descents + 1
        else:
            rate, descents = rate / 2.0, 0
    return x


def crossing_of_particle(inner):
    """The function of w: the squared position at which a particle, deflected by two charges, crosses the axis; w places one of them."""

    def squared_crossing(ws):
        charges = [[10.0, 10.0 - ws[0]], [10.0, 0.0]]
        x, velocity, dt = [0.0, 8.0], [0.75, 0.0], 1e-1

        def potential(p):
            return sum(1.0 / norm([a - b for a, b in zip(p, q, strict=True)]) for q in charges)

        while True:
            acceleration = [-1.0 * gi for gi in gradient_in_mode(inner)(potential)(x)]
            next_x = [a + dt * v for a, v in zip(x, velocity, strict=True)]
            if next_x[1] <= 0.0:
                time_to_axis = -1.0 * x[1] / velocity[1]
                return (x[0] + time_to_axis * velocity[0]) ** 2
            x, velocity = next_x, [v + dt * a for v, a in zip(velocity, acceleration, strict=True)]

    return squared_crossing


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
long = pytest.mark.skipif(not LONG, reason="takes half a minute; HYPOTHESIS_PROFILE=long runs it")


@long
@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_particle_of_pearlmutter_and_siskind(outer, inner):
    (w,) = minimize(crossing_of_particle(inner), [0.0], outer)
    assert_close(w, 0.20719187464861194, rtol=1e-12)


def test_particle_has_the_same_derivative_in_every_pair_of_modes():
    derivatives = [gradient_in_mode(outer)(crossing_of_particle(inner))([0.1])[0] for outer, inner in PAIRS]
    assert_close(derivatives, [derivatives[0]] * 4, rtol=1e-11)
    h = 1e-6
    assert_close(
        derivatives[0], (crossing_of_particle(grad)([0.1 + h]) - crossing_of_particle(grad)([0.1 - h])) / (2 * h), rtol=1e-6
    )


@pytest.mark.parametrize(("outer", "inner"), [PAIRS[0], *(pytest.param(*pair, marks=long) for pair in PAIRS[1:])], ids=PAIR_NAMES)
def test_saddle_point_of_pearlmutter_and_siskind(outer, inner):
    """min over x of max over y of (x₁² + x₂²) - (y₁² + y₂²): the outer derivative runs through the inner search."""

    def inner_minimum(x):
        return minimize(lambda y: y[0] ** 2 + y[1] ** 2 - (x[0] ** 2 + x[1] ** 2), [1.0, 1.0], inner)

    def outer_objective(x):
        y = inner_minimum(x)
        return (x[0] ** 2 + x[1] ** 2) - (y[0] ** 2 + y[1] ** 2)

    x = minimize(outer_objective, [1.0, 1.0], outer)
    assert_close([*x, *inner_minimum(x)], [8.246324826140356e-06] * 4, rtol=1e-9)


def test_derivatives_by_a_value_pass_through_an_array_of_one_number():
    v = Value(2.0)
    slope = jvp(grad(lambda v: as_tensor(v) * v * v), (v,), (1.0,))[1]
    assert float(slope) == 12.0
    slope.backward()
    assert v.grad == 6.0
