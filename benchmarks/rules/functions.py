"""Functions and parts of rules that several cases use."""

import math

import numpy as np


# fmt: off
def relu(x):
    return np.maximum(x, 0.0)
def expit(x):
    return np.exp(-np.logaddexp(0.0, -x))

def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)

def softmax_rule(g, x, axis=-1, over=None):
    y = softmax(x, axis)
    return y * (g - (g * y).sum(axis=axis if over is None else over, keepdims=True))

def logsumexp(x, axis=-1):
    top = x.max(axis=axis, keepdims=True)
    return np.squeeze(top + np.log(np.exp(x - top).sum(axis=axis, keepdims=True)), axis)

def norm(x):
    return math.hypot(*x)
def unit(x):
    return x / norm(x) if norm(x) else np.zeros_like(x)

def deviations(x):
    shifted = x - x[0]  # exact where the values are close
    return shifted - shifted.mean()

def scatter(g, index, like):
    out = np.zeros_like(like)
    np.add.at(out, index, g)
    return out

def assign(g, index, like):
    out = np.zeros_like(like)
    out[index] = g
    return out

def ties(x):
    return (x == x.max()) / np.sum(x == x.max())
def first(x):
    return np.arange(len(x)) == np.argmax(x)

def half(a, b):
    return (a > b) + 0.5 * (a == b)
def shares(a, b):
    return np.exp(a - np.logaddexp(a, b))

def sinc(x):
    return np.sinc(x / np.pi)
def sinc_slope(x, series=lambda x: x * (-1 / 3 + x**2 / 30 - x**4 / 840), below=1e-2):
    return np.where(np.abs(x) < below, series(x), (x * np.cos(x) - np.sin(x)) / x**2)

def growth(x):
    return np.where(x == 0, 1.0, np.expm1(x) / x)
def growth_slope(x, series=lambda x: 1 / 2 + x / 3 + x**2 / 8 + x**3 / 30 + x**4 / 144, below=1e-2):
    return np.where(np.abs(x) < below, series(x), (x * np.exp(x) - np.expm1(x)) / x**2)
def elementwise(slope):
    return lambda g, x, **static: g * slope(x, **static)
