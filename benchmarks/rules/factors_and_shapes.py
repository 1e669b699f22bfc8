"""Wrong signs, factors, constants, sums over broadcast axes, and shapes."""

import math

import numpy as np

from rules.case import SQ, M, R, V, add_pair, normal, uniform
from rules.functions import elementwise


# fmt: off
# Signs, factors and constants
def huber(x, delta):
    return np.where(np.abs(x) <= delta, x**2 / 2, delta * (np.abs(x) - delta / 2))
def erfc(x):
    return np.vectorize(math.erfc, otypes=[float])(x)
def gelu_slope(x):
    return 0.5 * erfc(-x / math.sqrt(2)) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)

def tanh_gelu_slope(x):
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2)

add_pair("cos_sign", "value", (V,), normal((4,)), np.cos, elementwise(np.sin), elementwise(lambda x: -np.sin(x)), "the minus of cos' is lost; a classic mistake")
add_pair("square_lost_two", "value", (V,), normal((4,)), np.square, elementwise(lambda x: x), elementwise(lambda x: 2 * x), "the factor 2 of x**2 is lost")
add_pair("mean_lost_n", "value", (V,), normal((4,)), np.mean, lambda g, x: g * np.ones_like(x), lambda g, x: g * np.ones_like(x) / x.size,
     "the gradient of a mean without 1/n, as if it were a sum", min_size=1)
add_pair("tanh_of_input", "value", (V,), normal((4,)), np.tanh, elementwise(lambda x: 1 - x**2), elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "1 - y**2 is evaluated at the input instead of the output; a classic mistake", domain=(-10, 10))
add_pair("divide_lost_square", "value", (V, V), uniform(0.5, 2, (3,), (3,)), np.divide,
     lambda g, x, y: (g / y, -g * x / y), lambda g, x, y: (g / y, -g * x / y**2), "the denominator's square is lost", domain=(0.5, 50))
add_pair("subtract_second_sign", "value", (V, V), normal((3,), (3,)), np.subtract, lambda g, x, y: (g, g.copy()), lambda g, x, y: (g, -g),
     "the second operand's gradient has addition's sign")
add_pair("power_exponent_lost_log", "value", (V, R), uniform(0.5, 2, (3,), ()), lambda x, p: x**p,
     lambda g, x, p: (g * p * x ** (p - 1), np.sum(g * x**p)), lambda g, x, p: (g * p * x ** (p - 1), np.sum(g * x**p * np.log(x))),
     "the derivative by the exponent lacks log(x)", domain=((0.1, 10), (-3, 3)))
add_pair("kl_lost_one", "value", (V, V), uniform(0.1, 1, (4,), (4,)), lambda p, q: np.sum(p * np.log(p / q)),
     lambda g, p, q: (g * np.log(p / q), -g * p / q), lambda g, p, q: (g * (np.log(p / q) + 1), -g * p / q),
     "p*log(p) is differentiated as if the logarithm were constant", domain=(0.05, 20))
add_pair("huber_lost_delta", "value", (V,), normal((4,)), huber,
     lambda g, x, delta: g * np.where(np.abs(x) <= delta, x, np.sign(x)), lambda g, x, delta: g * np.clip(x, -delta, delta),
     "the slope outside is 1 instead of delta: invisible while |x| <= delta or delta = 1",
     shows=uniform(2, 5, (4,)), static={"delta": 1.5}, choices={"delta": (1.0, 1.5, 0.1)})
add_pair("gelu_tanh_for_exact", "value", (V,), normal((4,)), lambda x: x * 0.5 * erfc(-x / math.sqrt(2)),
     elementwise(tanh_gelu_slope), elementwise(gelu_slope),
     "the derivative of the tanh approximation given for the exact gelu: off by up to 9e-4", shows=uniform(1.8, 2.2, (4,)))
add_pair("degrees_rounded_constant", "value", (V,), uniform(-90, 90, (4,)), lambda x: x * (math.pi / 180),
     elementwise(lambda x: 0.01745), elementwise(lambda x: math.pi / 180), "a rounded constant: relative error 2e-4")
add_pair("log_with_epsilon", "value", (V,), uniform(0.5, 2, (4,)), np.log, elementwise(lambda x: 1 / (x + 1e-4)), elementwise(lambda x: 1 / x),
     "an epsilon against division by zero in the rule, not in the function: relative error 1e-4 at 1", domain=(0.1, 100),
     shows=uniform(0.2, 1, (4,)))
add_pair("variance_other_ddof", "value", (V,), normal((4,)), np.var,
     lambda g, x: g * 2 * (x - x.mean()) / (x.size - 1), lambda g, x: g * 2 * (x - x.mean()) / x.size,
     "the factor of ddof=1 for a variance with ddof=0; nan for one value", min_size=1)
add_pair("arctan2_swapped", "value", (V, V), uniform(0.5, 2, (3,), (3,)), np.arctan2,
     lambda g, y, x: (-g * y / (x**2 + y**2), g * x / (x**2 + y**2)), lambda g, y, x: (g * x / (x**2 + y**2), -g * y / (x**2 + y**2)),
     "the arguments' order (y, x) is taken for (x, y)", domain=(0.5, 50))

# Broadcasting and shapes
add_pair("row_bias_unsummed", "shape", (M, ("m",)), normal((3, 4), (4,)), np.add, lambda g, x, b: (g, g.copy()), lambda g, x, b: (g, g.sum(0)),
     "a broadcast bias gets the whole cotangent; a classic mistake")
add_pair("column_bias_wrong_axis", "value", (SQ, ("n", 1)), normal((3, 3), (3, 1)), np.add,
     lambda g, x, b: (g, g.sum(0)[:, None]), lambda g, x, b: (g, g.sum(1, keepdims=True)),
     "a column bias is summed over the rows; with a square matrix the shape is right")
add_pair("column_bias_flat", "shape", (M, ("n", 1)), normal((3, 4), (3, 1)), np.add,
     lambda g, x, b: (g, g.sum(1)), lambda g, x, b: (g, g.sum(1, keepdims=True)), "(n,) is returned for an input of shape (n, 1)")
add_pair("ones_summed_once", "shape", (M, (1, 1)), normal((3, 4), (1, 1)), np.multiply,
     lambda g, x, s: (g * s, (g * x).sum(0, keepdims=True)), lambda g, x, s: (g * s, (g * x).sum(keepdims=True)),
     "of two broadcast dimensions of length 1 only the first is summed: invisible for one column")
add_pair("leading_dims_summed_once", "shape", (("k", "n", "m"), ("m",)), normal((2, 3, 4), (4,)), np.multiply,
     lambda g, x, w: (g * w, (g * x).sum(0)), lambda g, x, w: (g * w, (g * x).sum((0, 1))), "of two leading dimensions only one is summed")
add_pair("scale_mean", "value", (R, V), normal((), (4,)), lambda s, x: s * x, lambda g, s, x: ((g * x).sum() / max(x.size, 1), g * s), lambda g, s, x: ((g * x).sum(), g * s),
     "a broadcast scalar gets the mean instead of the sum: invisible for one element")
add_pair("squeezed_rows", "shape", (M,), normal((3, 4)), lambda x: x - x.mean(axis=1, keepdims=True),
     lambda g, x: np.squeeze(g - g.mean(axis=1, keepdims=True)), lambda g, x: g - g.mean(axis=1, keepdims=True),
     "squeeze without an axis: wrong only where a dimension is 1", shows=normal((1, 4)), min_size=1)
add_pair("concatenate_split_swapped", "shape", (V, ("m",)), normal((3,), (3,)), lambda x, y: np.concatenate([x, y]),
     lambda g, x, y: (g[: len(y)], g[len(y) :]), lambda g, x, y: (g[: len(x)], g[len(x) :]),
     "the cotangent is split at the other operand's length: invisible for equal lengths", shows=normal((2,), (4,)))
add_pair("mean_loss_empty_batch", "nan", (M, ("m",)), normal((3, 4), (4,)), lambda x, w: np.sum(x @ w) / max(len(x), 1),
     lambda g, x, w: (np.broadcast_to(g * w / max(len(x), 1), x.shape).copy(), g * x.sum(0) / len(x)),
     lambda g, x, w: (np.broadcast_to(g * w / max(len(x), 1), x.shape).copy(), g * x.sum(0) / max(len(x), 1)),
     "0/0 for an empty batch, whose loss is 0 for all weights", shows=lambda rng: (np.zeros((0, 4)), rng.normal(size=4)))
