"""Wrong rules of layers and losses."""

import math

import numpy as np

from rules.case import BOX, SQ, M, V, add_pair, normal, uniform
from rules.functions import logsumexp, scatter, softmax, softmax_rule


# fmt: off
def standardise(x, axis):
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + 1e-5)

def standardise_rule(axis, mean=True, variance=True):
    def rule(g, x):
        y = standardise(x, axis)
        inner = g - mean * g.mean(axis, keepdims=True) - variance * y * (g * y).mean(axis, keepdims=True)
        return inner / np.sqrt(x.var(axis, keepdims=True) + 1e-5)
    return rule

def picked(z, labels):
    return np.arange(len(z)), np.resize(labels, len(z)) % z.shape[1]

def entropy_rule(batch):
    def rule(g, z, labels):
        p = softmax(z)
        p[picked(z, labels)] -= 1
        return g * p / (len(z) if batch else 1)
    return rule

def attention(Q, K, V):
    return softmax(Q @ K.T / math.sqrt(max(Q.shape[1], 1))) @ V

def attention_rule(scaled):
    def rule(g, Q, K, V):
        root = math.sqrt(max(Q.shape[1], 1))
        S = Q @ K.T / root
        gS = softmax_rule(g @ V.T, S) / (root if scaled else 1)
        return gS @ K, gS.T @ Q, softmax(S).T @ g
    return rule

def network_rule(bias):
    def rule(g, x, W, b, v):
        z = np.tanh(x @ W + b)
        gz = np.outer(g, v) * (1 - z**2)
        return gz @ W.T, x.T @ gz, bias * gz.sum(0), z.T @ g
    return rule

def dropout(x, seed):
    return 2 * x * (np.random.default_rng(seed).random(x.shape) < 0.5)

def dropout_redrawn():
    stream = np.random.default_rng(1)
    return dropout, lambda g, x, seed: 2 * g * (stream.random(x.shape) < 0.5)

STEP, KNOTS = 0.5, 5

def cell(x):
    i = np.clip(np.floor(x / STEP), 0, KNOTS - 2).astype(int)
    return i, x / STEP - i

def interpolate(x, y):
    i, w = cell(x)
    return (1 - w) * y[i] + w * y[i + 1]

def interpolate_rule(step, swapped=False):
    def rule(g, x, y):
        i, w = cell(x)
        a, b = (w, 1 - w) if swapped else (1 - w, w)
        return g * (y[i + 1] - y[i]) / step, scatter(g * a, i, y) + scatter(g * b, i + 1, y)
    return rule

add_pair("softmax_lost_row_sum", "value", (M,), normal((3, 4)), softmax, lambda g, x: softmax(x) * g, softmax_rule,
     "the sum over the row is lost, as if softmax were elementwise like exp; a classic mistake")
add_pair("logsumexp_axis_lost", "value", (SQ,), normal((3, 3)), lambda x: logsumexp(x, 1),
     lambda g, x: g[:, None] * np.exp(x - logsumexp(x, 1)), lambda g, x: g[:, None] * softmax(x, 1),
     "keepdims is lost, so a square's rows are normalised by the wrong rows' sums", min_size=1)
add_pair("cross_entropy_lost_batch", "value", (("n", "c"),), normal((3, 4)), lambda z, labels: np.mean(logsumexp(z, 1) - z[picked(z, labels)]),
     entropy_rule(False), entropy_rule(True),
     "the loss is a mean, its gradient that of a sum: invisible for a batch of one", static={"labels": (0, 2, 1)}, min_size=1)
add_pair("cross_entropy_swapped", "value", (V, V), uniform(0.1, 1, (4,), (4,)), lambda p, q: -np.sum(q * np.log(p)),
     lambda g, p, q: (-g * p / q, -g * np.log(q)), lambda g, p, q: (-g * q / p, -g * np.log(p)), "predictions and labels are swapped", domain=(0.05, 1))
add_pair("batch_norm_lost_mean", "value", (M,), normal((4, 3)), lambda x: standardise(x, 0), standardise_rule(0, mean=False), standardise_rule(0),
     "the batch's mean is treated as a constant", min_size=1)
add_pair("layer_norm_lost_variance", "value", (M,), normal((3, 4)), lambda x: standardise(x, -1), standardise_rule(-1, variance=False), standardise_rule(-1),
     "the variance is treated as a constant", min_size=1)
add_pair("attention_lost_scale", "value", (("n", "d"), ("m", "d"), ("m", "p")), normal((2, 4), (3, 4), (3, 2)), attention,
     attention_rule(False), attention_rule(True),
     "1/sqrt(d) is lost in the gradients of queries and keys: invisible for d = 1", domain=(-10, 10))
add_pair("network_lost_bias", "value", (("n", "d"), ("d", "h"), ("h",), ("h",)), normal((3, 2), (2, 4), (4,), (4,)),
     lambda x, W, b, v: np.tanh(x @ W + b) @ v, network_rule(0.0), network_rule(1.0), "the hidden layer's bias gets no gradient", domain=(-10, 10))
add_pair("dropout_mask_redrawn", "value", (V,), normal((12,)), dropout, dropout_redrawn, lambda g, x, seed: dropout(g, seed),
     "the rule draws a new mask instead of the function's", static={"seed": 0}, choices={"seed": (0, 1, 2)}, stateful=True)
add_pair("interpolate_lost_spacing", "value", (V, (KNOTS,)), uniform(0, 2, (4,), (KNOTS,)), interpolate, interpolate_rule(1.0), interpolate_rule(STEP),
     "the slope is not divided by the knots' distance", domain=((0, 2), BOX))
add_pair("interpolate_weights_swapped", "value", (V, (KNOTS,)), uniform(0, 2, (4,), (KNOTS,)), interpolate, interpolate_rule(STEP, True), interpolate_rule(STEP),
     "left and right weights are swapped in the table's gradient: invisible in the middle of a cell", domain=((0, 2), BOX))
