"""Rules that break the contract: state, aliasing, mutation, linearity and dtype."""

import numpy as np

from rules.case import ALL, M, V, add_pair, at, normal, uniform
from rules.functions import elementwise, relu, softmax, softmax_rule, unit


# fmt: off
def tanh_of_first_call():
    kept = {}

    def f(x):
        kept.setdefault(x.shape, np.tanh(x))
        return np.tanh(x)
    return f, lambda g, x: g * (1 - kept.get(x.shape, np.tanh(x)) ** 2)

def tanh_of_last_call():
    kept = {}

    def f(x):
        kept[x.shape] = np.tanh(x)
        return kept[x.shape].copy()
    return f, lambda g, x: g * (1 - kept.get(x.shape, np.tanh(x)) ** 2)

def memo_without_cotangent():
    memo = {}
    return np.sin, lambda g, x: memo.setdefault(x.tobytes(), g * np.cos(x)).copy()

def returned_buffer():
    buffers = {}
    return np.exp, lambda g, x: np.multiply(g, np.exp(x), out=buffers.setdefault(x.shape, np.empty_like(x)))

def function_buffer():
    buffers = {}
    return lambda x: np.sin(x, out=buffers.setdefault(x.shape, np.empty_like(x))), elementwise(np.cos)

def softmax_in_place():
    def f(x):
        x -= x.max(initial=-np.inf)
        return np.exp(x) / np.exp(x).sum()
    return f, softmax_rule

def relu_in_place(g, x):
    np.maximum(x, 0.0, out=x)
    return g * (x > 0)

def mask_cotangent(g, x):
    g *= x > 0
    return g

def linear_rule(decay=0.0):
    return lambda g, X, w: (np.outer(g, w), X.T @ g + decay * w)

add_pair("stale_first_output", "staleness", (V,), normal((4,)), np.tanh, tanh_of_first_call, elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "the output is cached at the first call, per shape: right until called elsewhere", stateful=True, domain=(-10, 10))
add_pair("stale_last_output", "staleness", (V,), normal((4,)), np.tanh, tanh_of_last_call, elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "the last call's output is used, whatever inputs the rule is given", stateful=True, domain=(-10, 10))
add_pair("memo_without_cotangent", "staleness", (V,), normal((4,)), np.sin, memo_without_cotangent, elementwise(np.cos),
     "the result is remembered by the inputs only: right for the first cotangent", stateful=True)
add_pair("returned_buffer_reused", "aliasing", (V,), normal((4,)), np.exp, returned_buffer, elementwise(np.exp),
     "the next call overwrites what was returned", stateful=True, domain=(-50, 50))
add_pair("function_buffer_reused", "aliasing", (V,), normal((4,)), np.sin, function_buffer, elementwise(np.cos),
     "f returns one buffer, so that f(a) - f(b) is 0", stateful=True)
add_pair("softmax_changes_input", "mutation", (V,), normal((4,)), softmax, softmax_in_place, softmax_rule,
     "f shifts its input in place; the values are right, as softmax is invariant", stateful=True)
add_pair("relu_changes_input", "mutation", (V,), uniform(0.5, 2, (4,)), relu, relu_in_place, elementwise(lambda x: 1.0 * (x > 0)),
     "the rule clips the input in place: invisible for positive ones", shows=uniform(-2, -0.5, (4,)), domain=ALL)
add_pair("relu_changes_cotangent", "mutation", (V,), uniform(0.5, 2, (4,)), relu, mask_cotangent, elementwise(lambda x: 1.0 * (x > 0)),
     "the cotangent is masked in place and returned", shows=at([1.0, -1.0, -2.0]), domain=ALL)
add_pair("clipped_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: np.clip(g, -1, 1) * np.cos(x), elementwise(np.cos),
     "gradient clipping inside the rule: invisible for |g| <= 1")
add_pair("squared_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: g**2 * np.cos(x), elementwise(np.cos),
     "g**2: invisible for cotangents of zeros and ones")
add_pair("normalised_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: unit(g) * np.cos(x), elementwise(np.cos),
     "g / |g|: invisible for unit cotangents")
add_pair("weight_decay_in_rule", "nonlinearity", (M, ("m",)), normal((3, 4), (4,)), np.matmul, linear_rule(0.01), linear_rule(),
     "a decay term is added to the gradient: not 0 for g = 0")
add_pair("float32_cotangent", "dtype", (V,), normal((4,)), np.sin, lambda g, x: (g * np.cos(x)).astype(np.float32), elementwise(np.cos),
     "the cotangent has half the input's precision")
