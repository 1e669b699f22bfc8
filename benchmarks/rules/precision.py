"""Wrong in the seventh digit: rounded constants, numbers that went through float32, and answers that change."""

import numpy as np

from rules.case import M, V, add_pair, normal, uniform
from rules.functions import elementwise


# fmt: off
def by_factor(slope, e):
    return elementwise(lambda x: (1 + e) * slope(x))

def through_float32(slope):
    return elementwise(lambda x: slope(x.astype(np.float32)).astype(float))

GELU = 0.7978845608028654  # √(2/π)

def gelu(x):
    return 0.5 * x * (1 + np.tanh(GELU * (x + 0.044715 * x**3)))

def gelu_slope(x, c=GELU):
    t = np.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x**2)

for e in (1e-6, 1e-7, 3e-8):
    add_pair(f"sin_off_by_{e:.0e}", "value", (V,), uniform(-1.2, 1.2, (4,)), np.sin, by_factor(np.cos, e), elementwise(np.cos), "a relative error in every entry", min_size=1)
add_pair("log_2_to_seven_digits", "value", (V,), uniform(-2, 2, (3,)), np.exp2, elementwise(lambda x: 0.6931471 * np.exp2(x)), elementwise(lambda x: np.log(2) * np.exp2(x)),
     "a constant cut off behind its seventh digit", domain=(-10, 10), min_size=1)
add_pair("gelu_constant_mistyped", "value", (V,), uniform(0.5, 2, (3,)), gelu, elementwise(lambda x: gelu_slope(x, 0.7978854)), elementwise(gelu_slope),
     "√(2/π) is 0.7978846", domain=(-5, 5), min_size=1)
add_pair("tanh_through_float32", "value", (V,), uniform(-1.5, 1.5, (5,)), np.tanh, through_float32(lambda x: 1 - np.tanh(x) ** 2), elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "an intermediate went through float32", min_size=1)
add_pair("matmul_through_float32", "nonlinearity", (M, ("m", 2)), normal((2, 3), (3, 2)), lambda x, w: x @ w,
     lambda g, x, w: ((g.astype(np.float32) @ w.T.astype(np.float32)).astype(float), x.T @ g), lambda g, x, w: (g @ w.T, x.T @ g), "one product in float32", min_size=1)

def flickering():
    calls = [0]

    def rule(g, x):
        calls[0] += 1
        return g * np.cos(x) * (1 + 1e-9 * (calls[0] % 2))
    return np.sin, rule

add_pair("answers_that_flicker", "nondeterminism", (V,), uniform(-1.2, 1.2, (3,)), np.sin, flickering, elementwise(np.cos), "each second answer is off by 1e-9", min_size=1, stateful=True)
