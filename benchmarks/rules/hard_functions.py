"""Right rules of functions with cancellation, noise, steps, flat regions or infinite slopes."""

import numpy as np

from rules.case import ALL, BOX, M, V, add_hard, at, normal
from rules.functions import elementwise, expit, growth, growth_slope, logsumexp, relu, sinc, sinc_slope, softmax, softmax_rule, ties
from rules.hard_points import EASY, OPEN
from rules.networks import KNOTS, STEP, interpolate, interpolate_rule


# fmt: off
# Cancellation and noise
def noise(x):
    """Rounding-like noise in [-1/2, 1/2): a hash of the bits."""
    bits = np.asarray(x, float).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (bits >> np.uint64(11)) / 2.0**53 - 0.5

def in_float32(x):
    return np.sin(np.asarray(x, np.float32)).astype(float)
def signs(x):
    return 1.0 - 2.0 * (np.arange(len(x)) % 2)

add_hard("one_minus_cos_sound", (V,), at([1e-4, -1e-4]), lambda x: 2 * np.sin(x / 2) ** 2, elementwise(np.sin), "values of 5e-9, but no cancellation", **EASY)
add_hard("one_minus_cos_naive", (V,), at([1e-4, -1e-4]), lambda x: 1 - np.cos(x), elementwise(np.sin), "values of 5e-9 with errors of 1e-16", **OPEN)
add_hard("expm1_tiny", (V,), at([1e-10, -1e-10]), np.expm1, elementwise(np.exp), "values far below 1 with slope 1", domain=(-50, 50), **EASY)
add_hard("log1p_tiny", (V,), at([1e-10, -1e-10]), np.log1p, elementwise(lambda x: 1 / (1 + x)), "values far below 1 with slope 1", domain=(-0.9, 1e6), **EASY)
add_hard("alternating_sum", (V,), lambda rng: (1e8 + rng.normal(size=8),), lambda x: np.sum(signs(x) * x), lambda g, x: g * signs(x),
     "terms of 1e8 cancel", domain=(-1e9, 1e9), **EASY)
add_hard("variance_mean_1e6", (V,), lambda rng: (1e6 + rng.normal(size=5),), np.var, lambda g, x: g * 2 * (x - x.mean()) / x.size,
     "the mean's rounding is 1e-10 of the deviations", domain=(-1e7, 1e7), min_size=1, **EASY)
add_hard("float32_inside", (V,), normal((4,)), in_float32, elementwise(np.cos), "f computes in float32: a staircase with steps of 1e-7", **OPEN)
add_hard("hash_noise_1e_10", (V,), normal((4,)), lambda x: np.sin(x) + 1e-10 * noise(x), elementwise(np.cos), "f has deterministic noise of 1e-10", **OPEN)
add_hard("det_near_singular", ((3, 3),), lambda rng: (np.ones((3, 3)) + 1e-6 * rng.normal(size=(3, 3)),), lambda A: A[0] @ np.cross(A[1], A[2]),
     lambda g, A: g * np.array([np.cross(A[1], A[2]), np.cross(A[2], A[0]), np.cross(A[0], A[1])]),
     "a value of 1e-12 and cofactors of 1e-6 from elements of 1", **OPEN)
add_hard("sum_of_2000", ((2000,),), normal((2000,)), lambda x: np.sum(np.sin(x)), elementwise(np.cos), "2000 inputs, one output", **EASY)
add_hard("centred_2000", ((2000,),), normal((2000,)), lambda x: x - x.mean(), lambda g, x: g - g.mean(), "2000 inputs, 2000 outputs and a full Jacobian",
     **EASY)

def solve_or_nan(A, b):
    try:
        return np.linalg.solve(A, b)
    except np.linalg.LinAlgError:
        return b * np.nan

def ill_conditioned(rng):
    Q, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    P, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    return Q * [1, 1e-3, 1e-6, 1e-8] @ P, rng.normal(size=4)

def ill_rule(g, A, b):
    gb = solve_or_nan(A.T, g)
    return -np.outer(gb, solve_or_nan(A, b)), gb

add_hard("solve_condition_1e8", ((4, 4), (4,)), ill_conditioned, solve_or_nan, ill_rule, "condition number 1e8: solution and adjoint have 8 digits; nan if singular",
     **OPEN)

# Steps and flat regions
add_hard("floor", (V,), at([0.5, 1.3, -2.4]), np.floor, elementwise(lambda x: 0.0), "away from jumps the derivative is 0", **EASY)
add_hard("sign", (V,), at([0.5, -0.1]), np.sign, elementwise(lambda x: 0.0), "away from the jump the derivative is 0", **EASY)
add_hard("round", (V,), at([0.3, 1.2, -0.7]), np.round, elementwise(lambda x: 0.0), "away from jumps the derivative is 0", **EASY)
add_hard("quantise", (V,), at([0.1, 0.3, -0.9]), lambda x: np.floor(4 * x) / 4, elementwise(lambda x: 0.0), "piecewise constant", **EASY)
add_hard("constant", (V,), normal((3,)), lambda x: np.ones(3), lambda g, x: np.zeros_like(x), "the output does not depend on the input", **EASY)
add_hard("relu_far_negative", (V,), at([-1e3, -1e6]), relu, elementwise(lambda x: 1.0 * (x > 0)), "flat", domain=ALL, **EASY)
add_hard("exp_underflow", (V,), at([-1e3, -700.0]), np.exp, elementwise(np.exp), "0, or as good as", domain=(-1e3, 50), **EASY)
add_hard("sigmoid_saturated", (V,), at([800.0, -800.0, 40.0]), expit, elementwise(lambda x: expit(x) * expit(-x)), "slopes of 0, and 4e-18, below the rounding of 1", **OPEN)
add_hard("tanh_saturated", (V,), at([50.0, -50.0]), np.tanh, elementwise(lambda x: 4 * expit(2 * x) * expit(-2 * x)), "slopes of 1e-43, below the rounding of 1", **OPEN)
add_hard("softmax_saturated", (V,), at([0.0, 800.0, -800.0]), softmax, softmax_rule, "the output is one-hot", **EASY)
add_hard("max_separated", (V,), at([1.0, 100.0, -50.0]), np.max, lambda g, x: g * ties(x), "no tie is near", domain=ALL, min_size=1, **EASY)
add_hard("cube_at_0", (V,), at([0.0, 1.0]), lambda x: x**3, elementwise(lambda x: 3 * x**2), "the derivative is 0, but not near 0", **EASY)
add_hard("fourth_power_at_0", (V,), at([0.0, 1.0]), lambda x: x**4, elementwise(lambda x: 4 * x**3), "the derivative is 0, but not near 0", **EASY)
add_hard("abs_power_3_2_at_0", (V,), at([0.0, 1.0]), lambda x: np.abs(x) ** 1.5, elementwise(lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x))),
     "differentiable, but with infinite curvature at 0", **OPEN)
add_hard("x_abs_x_at_0", (V,), at([0.0, -1.0]), lambda x: x * np.abs(x), elementwise(lambda x: 2 * np.abs(x)), "once differentiable at 0", **EASY)

# Sound at large arguments, removable singularities, and others
add_hard("logsumexp_at_1e3", (V,), at([1000.0, 1001.0, 990.0]), logsumexp, lambda g, x: g * softmax(x), "a naive exp overflows", min_size=1, domain=(-2e3, 2e3), **EASY)
add_hard("softplus_at_700", (V,), at([700.0, -700.0]), lambda x: np.logaddexp(0, x), elementwise(expit), "slopes of 1, and 1e-304", **EASY)
add_hard("sinc_at_0", (V,), at([0.0, 1e-5, 1.0]), sinc, elementwise(sinc_slope), "0/0 unless guarded", **EASY)
add_hard("expm1_ratio_at_0", (V,), at([0.0, 1e-9, -1.0]), growth, elementwise(growth_slope), "a removable singularity with slope 1/2", domain=(-50, 50), **EASY)
add_hard("cosine_ratio_at_0", (V,), at([0.0, 1e-3, 2.0]), lambda x: sinc(x / 2) ** 2 / 2, elementwise(lambda x: sinc(x / 2) * sinc_slope(x / 2) / 2),
     "(1 - cos(x))/x**2 with its singularity removed", **EASY)
add_hard("empty_rows", (M,), at(np.zeros((0, 3))), np.sin, lambda g, x: g * np.cos(x), "nothing to compare: vacuously right, of shape (0, 3)", **EASY)
add_hard("empty_sum", (V,), at(np.zeros(0)), np.sum, lambda g, x: g * np.ones_like(x), "no inputs, one output", **EASY)
add_hard("interpolation_inside", (V, (KNOTS,)), at([0.2, 0.7, 1.9], [0.0, 1.0, -1.0, 3.0, 2.0]), interpolate, interpolate_rule(STEP), "piecewise linear, away from knots",
     domain=((0, 2), BOX), **EASY)
add_hard("root_of_square", (V,), at([0.5, -1e-3]), lambda x: np.sqrt(x**2), elementwise(np.sign), "a kink at distance 1e-3", **EASY)

# Infinite slopes: right at any number of entries, and wherever the edge is
STEEP = {
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 0.0, (0, 1e3)),
    "log": (np.log, lambda x: 1 / x, 0.0, (0, 1e3)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, 0.0, (0, 1e3)),
    "arccos": (np.arccos, lambda x: -1 / np.sqrt((1 - x) * (1 + x)), 1.0, (-1, 1)),
    "arctanh": (np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), 1.0, (-1, 1)),
    "log1p": (np.log1p, lambda x: 1 / (1 + x), -1.0, (-1, 1e3)),
}
for name, (f, slope, edge, domain) in STEEP.items():
    for n in (3, 7, 12):
        x = np.linspace(0.2, 0.8, n)
        x[n // 2] = edge
        add_hard(f"{name}_edge_among_{n}", (V,), at(x), f, elementwise(slope), "one entry at an infinite slope", domain=domain, **OPEN)

# Entries that are all undecidable: a finite claim for an infinite slope must not pass
add_hard("sqrt_zeros_only", (V,), at(np.zeros(4)), np.sqrt, elementwise(lambda x: 0.5 / np.sqrt(x)), "nothing but infinite slopes", domain=(0, 1e3), **OPEN)
