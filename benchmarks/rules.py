"""Functions with hand-written vector-Jacobian products for judging gradient checkers: WRONG rules, each with the corrected one of
RIGHT_TWINS, and HARD ones, which are right where finite differences have trouble. The functions are f(*inputs, **static), the rules
vjp(inputs, g, **static) -> one cotangent per input, and Case.make() gives a fresh pair."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Inputs = tuple[Any, ...]
Draw = Callable[[np.random.Generator], Inputs]


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[], tuple[Callable, Callable]]  # a fresh (f, vjp)
    draw: Draw  # ordinary inputs; of a HARD case the hard ones
    static: dict = field(default_factory=dict)
    shapes: tuple = ()  # per input "real" or a tuple of dimensions; equal names are equal lengths
    domain: tuple = ()  # per input the closed interval on which f is defined; a HARD f may have kinks, jumps or noise there
    choices: dict = field(default_factory=dict)  # static arguments for a search
    shows_at: Draw | None = None  # where the fault shows; None where there is none
    fault: str = ""  # value, shape, mutation, staleness, nonlinearity, aliasing, dtype or nan
    right: str = ""  # the name of the corrected rule
    why: str = ""
    min_size: int = 0  # the least length of a named dimension
    inconclusive: bool = False  # of a HARD case: may a checker honestly answer so?


WRONG: list[Case] = []
RIGHT_TWINS: list[Case] = []
HARD: list[Case] = []

ALL, BOX = (-math.inf, math.inf), (-1e3, 1e3)
R, V, M, SQ = "real", ("n",), ("n", "m"), ("n", "n")


def normal(*shapes):
    return lambda rng: tuple(rng.normal(size=s) if s else float(rng.normal()) for s in shapes)


def uniform(low, high, *shapes):
    return lambda rng: tuple(rng.uniform(low, high, s) if s else float(rng.uniform(low, high)) for s in shapes)


def at(*points):
    return lambda rng: tuple(float(p) if np.ndim(p) == 0 else np.array(p, float) for p in points)


def quietly(f):
    def quiet(*inputs, **static):
        with np.errstate(all="ignore"):
            return f(*inputs, **static)

    return quiet


def fresh(f, rule, stateful=False):
    """Case.make of f and rule(g, *inputs, **static), or of a factory that gives both."""

    def make():
        function, pullback = rule() if stateful else (f, rule)

        def vjp(inputs, g, **static):
            with np.errstate(all="ignore"):
                result = pullback(g, *inputs, **static)
            return result if isinstance(result, tuple) else (result,)

        return quietly(function), vjp

    return make


def limits(domain, shapes):
    return tuple(domain) if isinstance(domain[0], tuple) else (domain,) * len(shapes)


def pair(
    name, fault, shapes, draw, f, bad, good, why, *, shows=None, domain=BOX, static=None, choices=None, min_size=0, stateful=False
):
    """One entry of WRONG and one of RIGHT_TWINS; a stateful `bad` is a factory of (f, rule)."""
    common = {"draw": draw, "static": static or {}, "shapes": shapes, "domain": limits(domain, shapes), "choices": choices or {}}
    common |= {"min_size": min_size}
    right = name + "_right"
    WRONG.append(Case(name, fresh(f, bad, stateful), shows_at=shows or draw, fault=fault, right=right, why=why, **common))
    RIGHT_TWINS.append(Case(right, fresh(f, good), why=f"the corrected rule of {name}", **common))


def hard(name, shapes, draw, f, rule, why, *, inconclusive, domain=BOX, min_size=0):
    why += "; inconclusive is an honest answer." if inconclusive else "; a checker should decide it."
    common = {"shapes": shapes, "domain": limits(domain, shapes), "min_size": min_size, "inconclusive": inconclusive}
    HARD.append(Case(name, fresh(f, rule), draw, why=why, **common))


# fmt: off
# What several functions or rules need ---------------------------------------------------------------------------------------------
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

# Signs, factors and constants -----------------------------------------------------------------------------------------------------
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

pair("cos_sign", "value", (V,), normal((4,)), np.cos, elementwise(np.sin), elementwise(lambda x: -np.sin(x)), "the minus of cos' is lost; a classic mistake")
pair("square_lost_two", "value", (V,), normal((4,)), np.square, elementwise(lambda x: x), elementwise(lambda x: 2 * x), "the factor 2 of x**2 is lost")
pair("mean_lost_n", "value", (V,), normal((4,)), np.mean, lambda g, x: g * np.ones_like(x), lambda g, x: g * np.ones_like(x) / x.size,
     "the gradient of a mean without 1/n, as if it were a sum", min_size=1)
pair("tanh_of_input", "value", (V,), normal((4,)), np.tanh, elementwise(lambda x: 1 - x**2), elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "1 - y**2 is evaluated at the input instead of the output; a classic mistake", domain=(-10, 10))
pair("divide_lost_square", "value", (V, V), uniform(0.5, 2, (3,), (3,)), np.divide,
     lambda g, x, y: (g / y, -g * x / y), lambda g, x, y: (g / y, -g * x / y**2), "the denominator's square is lost", domain=(0.5, 50))
pair("subtract_second_sign", "value", (V, V), normal((3,), (3,)), np.subtract, lambda g, x, y: (g, g.copy()), lambda g, x, y: (g, -g),
     "the second operand's gradient has addition's sign")
pair("power_exponent_lost_log", "value", (V, R), uniform(0.5, 2, (3,), ()), lambda x, p: x**p,
     lambda g, x, p: (g * p * x ** (p - 1), np.sum(g * x**p)), lambda g, x, p: (g * p * x ** (p - 1), np.sum(g * x**p * np.log(x))),
     "the derivative by the exponent lacks log(x)", domain=((0.1, 10), (-3, 3)))
pair("kl_lost_one", "value", (V, V), uniform(0.1, 1, (4,), (4,)), lambda p, q: np.sum(p * np.log(p / q)),
     lambda g, p, q: (g * np.log(p / q), -g * p / q), lambda g, p, q: (g * (np.log(p / q) + 1), -g * p / q),
     "p*log(p) is differentiated as if the logarithm were constant", domain=(0.05, 20))
pair("huber_lost_delta", "value", (V,), normal((4,)), huber,
     lambda g, x, delta: g * np.where(np.abs(x) <= delta, x, np.sign(x)), lambda g, x, delta: g * np.clip(x, -delta, delta),
     "the slope outside is 1 instead of delta: invisible while |x| <= delta or delta = 1",
     shows=uniform(2, 5, (4,)), static={"delta": 1.5}, choices={"delta": (1.0, 1.5, 0.1)})
pair("gelu_tanh_for_exact", "value", (V,), normal((4,)), lambda x: x * 0.5 * erfc(-x / math.sqrt(2)),
     elementwise(tanh_gelu_slope), elementwise(gelu_slope),
     "the derivative of the tanh approximation given for the exact gelu: off by up to 9e-4", shows=uniform(1.8, 2.2, (4,)))
pair("degrees_rounded_constant", "value", (V,), uniform(-90, 90, (4,)), lambda x: x * (math.pi / 180),
     elementwise(lambda x: 0.01745), elementwise(lambda x: math.pi / 180), "a rounded constant: relative error 2e-4")
pair("log_with_epsilon", "value", (V,), uniform(0.5, 2, (4,)), np.log, elementwise(lambda x: 1 / (x + 1e-4)), elementwise(lambda x: 1 / x),
     "an epsilon against division by zero in the rule, not in the function: relative error 1e-4 at 1", domain=(0.1, 100),
     shows=uniform(0.2, 1, (4,)))
pair("variance_other_ddof", "value", (V,), normal((4,)), np.var,
     lambda g, x: g * 2 * (x - x.mean()) / (x.size - 1), lambda g, x: g * 2 * (x - x.mean()) / x.size,
     "the factor of ddof=1 for a variance with ddof=0; nan for one value", min_size=1)
pair("arctan2_swapped", "value", (V, V), uniform(0.5, 2, (3,), (3,)), np.arctan2,
     lambda g, y, x: (-g * y / (x**2 + y**2), g * x / (x**2 + y**2)), lambda g, y, x: (g * x / (x**2 + y**2), -g * y / (x**2 + y**2)),
     "the arguments' order (y, x) is taken for (x, y)", domain=(0.5, 50))

# Broadcasting and shapes ----------------------------------------------------------------------------------------------------------
pair("row_bias_unsummed", "shape", (M, ("m",)), normal((3, 4), (4,)), np.add, lambda g, x, b: (g, g.copy()), lambda g, x, b: (g, g.sum(0)),
     "a broadcast bias gets the whole cotangent; a classic mistake")
pair("column_bias_wrong_axis", "value", (SQ, ("n", 1)), normal((3, 3), (3, 1)), np.add,
     lambda g, x, b: (g, g.sum(0)[:, None]), lambda g, x, b: (g, g.sum(1, keepdims=True)),
     "a column bias is summed over the rows; with a square matrix the shape is right")
pair("column_bias_flat", "shape", (M, ("n", 1)), normal((3, 4), (3, 1)), np.add,
     lambda g, x, b: (g, g.sum(1)), lambda g, x, b: (g, g.sum(1, keepdims=True)), "(n,) is returned for an input of shape (n, 1)")
pair("ones_summed_once", "shape", (M, (1, 1)), normal((3, 4), (1, 1)), np.multiply,
     lambda g, x, s: (g * s, (g * x).sum(0, keepdims=True)), lambda g, x, s: (g * s, (g * x).sum(keepdims=True)),
     "of two broadcast dimensions of length 1 only the first is summed: invisible for one column")
pair("leading_dims_summed_once", "shape", (("k", "n", "m"), ("m",)), normal((2, 3, 4), (4,)), np.multiply,
     lambda g, x, w: (g * w, (g * x).sum(0)), lambda g, x, w: (g * w, (g * x).sum((0, 1))), "of two leading dimensions only one is summed")
pair("scale_mean", "value", (R, V), normal((), (4,)), lambda s, x: s * x, lambda g, s, x: ((g * x).sum() / max(x.size, 1), g * s), lambda g, s, x: ((g * x).sum(), g * s),
     "a broadcast scalar gets the mean instead of the sum: invisible for one element")
pair("squeezed_rows", "shape", (M,), normal((3, 4)), lambda x: x - x.mean(axis=1, keepdims=True),
     lambda g, x: np.squeeze(g - g.mean(axis=1, keepdims=True)), lambda g, x: g - g.mean(axis=1, keepdims=True),
     "squeeze without an axis: wrong only where a dimension is 1", shows=normal((1, 4)), min_size=1)
pair("concatenate_split_swapped", "shape", (V, ("m",)), normal((3,), (3,)), lambda x, y: np.concatenate([x, y]),
     lambda g, x, y: (g[: len(y)], g[len(y) :]), lambda g, x, y: (g[: len(x)], g[len(x) :]),
     "the cotangent is split at the other operand's length: invisible for equal lengths", shows=normal((2,), (4,)))
pair("mean_loss_empty_batch", "nan", (M, ("m",)), normal((3, 4), (4,)), lambda x, w: np.sum(x @ w) / max(len(x), 1),
     lambda g, x, w: (np.broadcast_to(g * w / max(len(x), 1), x.shape).copy(), g * x.sum(0) / len(x)),
     lambda g, x, w: (np.broadcast_to(g * w / max(len(x), 1), x.shape).copy(), g * x.sum(0) / max(len(x), 1)),
     "0/0 for an empty batch, whose loss is 0 for all weights", shows=lambda rng: (np.zeros((0, 4)), rng.normal(size=4)))

# Axes and orders ------------------------------------------------------------------------------------------------------------------
def inserted(g, x, axis):
    shape = list(g.shape)
    shape.insert(axis, 1)
    return np.broadcast_to(g.reshape(shape), x.shape).copy()

def expanded(g, x, axis):
    return np.broadcast_to(np.expand_dims(g, axis), x.shape).copy()

def edge_rule(g, x):
    out = g[1:-1].copy()
    out[0] += g[0]
    out[-1] += g[-1]
    return out

def fft_parts(x):
    return np.stack([np.fft.fft(x).real, np.fft.fft(x).imag])
def pools(x):
    return x[: len(x) // 2 * 2].reshape(len(x) // 2, 2)

def pool_rule(stride):
    def rule(g, x):
        windows = pools(x)
        return scatter(g, stride * np.arange(len(windows)) + (windows[:, 1] > windows[:, 0]), x)
    return rule

AXES = {"axis": (0, 1, -1)}

pair("sum_axis_repeated", "value", (M,), normal((3, 4)), np.sum,
     lambda g, x, axis: np.repeat(g, x.shape[axis]).reshape(x.shape), expanded,
     "repeat where the first axis needs tile: right for the last axis", static={"axis": 0}, choices=AXES)
pair("sum_negative_axis", "value", (SQ,), normal((3, 3)), np.sum, inserted, expanded,
     "list.insert(-1, 1) inserts before the last dimension: wrong for a negative axis only",
     static={"axis": -1}, choices={"axis": (0, 1, -1, -2)})
pair("softmax_last_axis", "value", (M,), normal((3, 3)), softmax, lambda g, x, axis: softmax_rule(g, x, axis, -1), softmax_rule,
     "the rule sums over the last axis whatever the axis is", static={"axis": 0}, choices=AXES)
pair("mean_axis_wrong_length", "value", (M,), normal((3, 3)), np.mean,
     lambda g, x, axis: expanded(g, x, axis) / x.shape[0], lambda g, x, axis: expanded(g, x, axis) / x.shape[axis],
     "divides by the first dimension's length: invisible for a square", shows=normal((3, 4)), static={"axis": 1}, choices=AXES, min_size=1)
pair("transpose_not_inverted", "value", (("n", "n", "n"),), normal((2, 2, 2)), lambda x: np.transpose(x, (1, 2, 0)),
     lambda g, x: np.transpose(g, (1, 2, 0)), lambda g, x: np.transpose(g, (2, 0, 1)),
     "the same permutation instead of its inverse: right for all permutations of two axes")
pair("ravel_order", "value", (M,), normal((3, 4)), lambda x: x.T.ravel(), lambda g, x: g.reshape(x.shape), lambda g, x: g.reshape(x.T.shape).T,
     "reshaped in the wrong order: invisible for one row or column")
pair("cumsum_forward", "value", (V,), normal((4,)), np.cumsum, lambda g, x: np.cumsum(g), lambda g, x: np.cumsum(g[::-1])[::-1],
     "the cotangent's running sum is not reversed")
pair("flip_forgotten", "value", (V,), normal((4,)), np.flip, lambda g, x: g, lambda g, x: g[::-1],
     "the cotangent is not flipped back: invisible for one element", domain=ALL)
pair("roll_same_way", "value", (V,), normal((4,)), lambda x: np.roll(x, 1), lambda g, x: np.roll(g, 1), lambda g, x: np.roll(g, -1),
     "rolled on instead of back: invisible below 3 elements", domain=ALL)
pair("repeat_as_tile", "value", (V,), normal((4,)), lambda x: np.repeat(x, 2),
     lambda g, x: g.reshape(2, len(x)).sum(0), lambda g, x: g.reshape(len(x), 2).sum(1), "repeat's cotangent is summed as tile's: invisible for one element")
pair("tril_as_triu", "value", (M,), normal((3, 3)), np.tril, lambda g, x: np.triu(g), lambda g, x: np.tril(g), "the other triangle", domain=ALL)
pair("edge_pad_dropped", "value", (V,), normal((4,)), lambda x: np.pad(x, 1, mode="edge"), lambda g, x: g[1:-1], edge_rule,
     "the copies of the edges get no gradient", min_size=1)
pair("take_by_assignment", "value", (V,), normal((3,)), lambda x, index: x[np.array(index) % len(x)],
     lambda g, x, index: assign(g, np.array(index) % len(x), x), lambda g, x, index: scatter(g, np.array(index) % len(x), x),
     "out[index] = g loses repeated indices, a classic mistake that np.add.at is made for", shows=normal((2,)), static={"index": (0, 1, 2)},
     choices={"index": ((0, 1, 2), (0, 2, 2), (3,))}, min_size=1)
pair("embedding_buffered_add", "value", (M,), normal((4, 2)), lambda table, index: table[np.array(index) % len(table)],
     lambda g, table, index: assign(g, np.array(index) % len(table), table), lambda g, table, index: scatter(g, np.array(index) % len(table), table),
     "a word that occurs twice gets the gradient of its last place", static={"index": (1, 0, 1)},
     choices={"index": ((0, 1), (1, 0, 1))}, min_size=1)
pair("sort_not_permuted", "value", (V,), normal((4,)), np.sort, lambda g, x: g, lambda g, x: assign(g, np.argsort(x, kind="stable"), x),
     "the cotangent stays in sorted order: invisible for sorted input", domain=ALL, shows=at([3.0, 2.0, 0.5, 1.0]))
pair("sort_wrong_inverse", "value", (V,), normal((2,)), np.sort,
     lambda g, x: g[np.argsort(x, kind="stable")], lambda g, x: assign(g, np.argsort(x, kind="stable"), x),
     "the permutation instead of its inverse: invisible below 3 elements", domain=ALL, shows=at([2.0, 3.0, 1.0]))
pair("row_max_flat_index", "value", (M,), normal((3, 4)), lambda x: x.max(axis=1),
     lambda g, x: assign(g, np.unravel_index(x.argmax(axis=1), x.shape), x), lambda g, x: assign(g, (np.arange(len(x)), x.argmax(axis=1)), x),
     "argmax per row is used as an index into the whole array: right for the first row", min_size=1, domain=ALL)
pair("max_pool_lost_offset", "value", (V,), normal((3,)), lambda x: pools(x).max(axis=1), pool_rule(1), pool_rule(2),
     "the window's offset is lost: right for one window", shows=normal((6,)), domain=ALL)
pair("fft_not_conjugated", "value", (V,), normal((4,)), fft_parts,
     lambda g, x: len(x) * np.fft.ifft(g[0] - 1j * g[1]).real, lambda g, x: len(x) * np.fft.ifft(g[0] + 1j * g[1]).real,
     "conjugate where the adjoint has none: invisible below 3 elements", min_size=1)

# Products, matrices, geometry -----------------------------------------------------------------------------------------------------
pair("matmul_untransposed", "value", (SQ, SQ), normal((3, 3), (3, 3)), np.matmul, lambda g, A, B: (g @ B, A.T @ g), lambda g, A, B: (g @ B.T, A.T @ g),
     "B is not transposed: invisible for a symmetric B")
pair("matmul_transposed_result", "shape", (("n", "k"), ("k", "m")), normal((2, 3), (3, 4)), np.matmul,
     lambda g, A, B: (g @ B.T, g.T @ A), lambda g, A, B: (g @ B.T, A.T @ g), "the operands are swapped, so the result is transposed")
pair("where_swapped", "value", (V, V), normal((4,), (4,)), lambda x, y: np.where(np.arange(len(x)) % 2, x, y),
     lambda g, x, y: (np.where(np.arange(len(x)) % 2, 0, g), np.where(np.arange(len(x)) % 2, g, 0)),
     lambda g, x, y: (np.where(np.arange(len(x)) % 2, g, 0), np.where(np.arange(len(x)) % 2, 0, g)), "the branches' cotangents are swapped", domain=ALL)

def shifted(A):
    return A + 5 * np.eye(len(A))

def solve_rule(transpose):
    def rule(g, A, b):
        gb = np.linalg.solve(shifted(A).T if transpose else shifted(A), g)
        return -np.outer(gb, np.linalg.solve(shifted(A), b)), gb
    return rule

def inverse_rule(transpose):
    def rule(g, A):
        Y = np.linalg.inv(shifted(A))
        return -Y.T @ g @ Y.T if transpose else -Y @ g @ Y
    return rule

def turn(theta, v):
    c, s = math.cos(theta), math.sin(theta)
    return np.array([c * v[0] - s * v[1], s * v[0] + c * v[1]])

def others(x):
    return np.array([np.prod(np.delete(x, i)) for i in range(len(x))], float)

pair("solve_untransposed", "value", (SQ, V), uniform(-1, 1, (3, 3), (3,)), lambda A, b: np.linalg.solve(shifted(A), b), solve_rule(False), solve_rule(True),
     "the adjoint system needs the transposed matrix: invisible for symmetric ones", domain=(-1, 1))
pair("inverse_untransposed", "value", (SQ,), uniform(-1, 1, (3, 3)), lambda A: np.linalg.inv(shifted(A)), inverse_rule(False), inverse_rule(True),
     "-Y g Y instead of -Y' g Y'", domain=(-1, 1))
pair("det_lost_det", "value", (SQ,), uniform(-1, 1, (3, 3)), lambda A: np.linalg.det(shifted(A)),
     lambda g, A: g * np.linalg.inv(shifted(A)).T, lambda g, A: g * np.linalg.det(shifted(A)) * np.linalg.inv(shifted(A)).T,
     "the gradient of log det", domain=(-1, 1))
pair("det_2x2_signs", "value", ((2, 2),), normal((2, 2)), lambda A: A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0],
     lambda g, A: g * A[::-1, ::-1], lambda g, A: g * A[::-1, ::-1] * [[1, -1], [-1, 1]],
     "cofactors without their signs: invisible for a diagonal matrix")
pair("trace_everywhere", "value", (SQ,), normal((3, 3)), np.trace, lambda g, A: g * np.ones_like(A), lambda g, A: g * np.eye(len(A)),
     "a trace differentiated as a sum: invisible for 1 x 1")
pair("quadratic_form_symmetric", "value", (V, SQ), normal((3,), (3, 3)), lambda x, A: x @ A @ x,
     lambda g, x, A: (g * 2 * A @ x, g * np.outer(x, x)), lambda g, x, A: (g * (A + A.T) @ x, g * np.outer(x, x)), "assumes that A is symmetric")
pair("rotation_same_way", "value", (R, (2,)), normal((), (2,)), turn,
     lambda g, t, v: (g @ turn(t + math.pi / 2, v), turn(t, g)), lambda g, t, v: (g @ turn(t + math.pi / 2, v), turn(-t, g)),
     "the cotangent is rotated on instead of back")
pair("cross_sign", "value", ((3,), (3,)), normal((3,), (3,)), np.cross,
     lambda g, a, b: (np.cross(b, g), np.cross(a, g)), lambda g, a, b: (np.cross(b, g), np.cross(g, a)),
     "the anticommuting product has the wrong order for one operand")
pair("convolve_not_flipped", "value", (V, ("m",)), normal((5,), (3,)), np.convolve,
     lambda g, x, k: (np.convolve(g, k, "valid"), np.correlate(g, x, "valid")), lambda g, x, k: (np.correlate(g, k, "valid"), np.correlate(g, x, "valid")),
     "convolution instead of correlation: invisible for a symmetric kernel", min_size=1)
pair("normalise_unprojected", "value", (V,), uniform(0.5, 2, (4,)), lambda x: x / norm(x),
     lambda g, x: g / norm(x), lambda g, x: (g - x / norm(x) * (x @ g) / norm(x)) / norm(x),
     "the norm is treated as a constant: the projection is missing", domain=(0.1, 10))

# Wrong on one side, or beyond a bound ---------------------------------------------------------------------------------------------
pair("abs_one_sided", "value", (V,), uniform(0.5, 2, (4,)), np.abs, elementwise(lambda x: 1.0 * (x > 0)), elementwise(np.sign),
     "relu's rule: wrong for x < 0 only", shows=uniform(-2, -0.5, (4,)), domain=ALL)
pair("leaky_relu_slope_lost", "value", (V,), normal((4,)), lambda x: np.where(x > 0, x, 0.01 * x),
     elementwise(lambda x: 1.0 * (x > 0)), elementwise(lambda x: np.where(x > 0, 1.0, 0.01)),
     "the negative side's slope 0.01 is lost", shows=uniform(-2, -0.5, (4,)), domain=ALL)
pair("elu_output_slope", "value", (V,), normal((4,)), lambda x: np.where(x > 0, x, np.expm1(x)),
     elementwise(lambda x: np.where(x > 0, 1.0, np.expm1(x))), elementwise(lambda x: np.exp(np.minimum(x, 0))),
     "y instead of y + 1 on the negative side", shows=uniform(-2, -0.5, (4,)))
pair("power_by_log_abs", "value", (V,), uniform(0.5, 2, (4,)), lambda x, p: x**p,
     lambda g, x, p: g * p * np.exp((p - 1) * np.log(np.abs(x))), lambda g, x, p: g * p * x ** (p - 1),
     "|x|**(p - 1): wrong for negative x and even p only", shows=uniform(-2, -0.5, (4,)), static={"p": 2}, choices={"p": (2, 3, 4)})
pair("clip_straight_through", "value", (V,), normal((4,)), lambda x: np.clip(x, -1, 1), lambda g, x: g, elementwise(lambda x: 1.0 * (np.abs(x) <= 1)),
     "the gradient passes outside the bounds too", shows=uniform(2, 3, (4,)), domain=ALL)
pair("softplus_overflow", "nan", (V,), normal((4,)), lambda x: np.logaddexp(0, x),
     elementwise(lambda x: np.exp(x) / (1 + np.exp(x))), elementwise(expit), "inf/inf above 709", shows=uniform(1e3, 2e3, (4,)), domain=(-1e4, 1e4))
pair("softplus_guard_zero", "value", (V,), normal((4,)), lambda x: np.logaddexp(0, x),
     elementwise(lambda x: np.where(x > 1e3, 0.0, expit(x))), elementwise(expit),
     "an overflow guard gives 0 instead of 1 above 1e3", shows=uniform(1.1e3, 2e3, (4,)), domain=(-1e4, 1e4))
pair("logsumexp_clipped", "value", (V,), normal((4,)), logsumexp,
     lambda g, x: g * softmax(np.minimum(x, 700.0)), lambda g, x: g * softmax(x),
     "exponents clipped against overflow: uniform weights above 700", shows=at([1000.0, 1001.0, 1003.0]), domain=(-2e3, 2e3), min_size=1)
pair("logaddexp_overflow", "nan", (V, V), normal((3,), (3,)), np.logaddexp,
     lambda g, a, b: (g * np.exp(a) / (np.exp(a) + np.exp(b)), g * np.exp(b) / (np.exp(a) + np.exp(b))),
     lambda g, a, b: (g * shares(a, b), g * shares(b, a)),
     "inf/inf for large, 0/0 for very negative arguments", shows=at([800.0, -800.0, 0.0], [801.0, -801.0, 1.0]), domain=(-2e3, 2e3))
pair("exp_clipped", "value", (V,), normal((4,)), np.exp, elementwise(lambda x: np.exp(np.minimum(x, 20.0))), elementwise(np.exp),
     "the rule clips the exponent, the function does not", shows=uniform(22, 30, (4,)), domain=(-50, 50))
pair("sqrt_guarded", "value", (V,), uniform(0.5, 2, (4,)), np.sqrt,
     elementwise(lambda x: 0.5 / np.sqrt(np.maximum(x, 1e-6))), elementwise(lambda x: 0.5 / np.sqrt(x)),
     "clamped against division by zero: wrong below 1e-6 only", shows=uniform(1e-9, 1e-7, (4,)), domain=(1e-10, 1e10))
pair("sinc_series_sign", "value", (V,), normal((4,)), sinc,
     elementwise(lambda x: sinc_slope(x, lambda x: x / 3, 1e-3)), elementwise(sinc_slope),
     "the Taylor branch below 1e-3 has the wrong sign, and its values are small", shows=uniform(4e-4, 9e-4, (4,)))
pair("expm1_ratio_small", "value", (V,), normal((4,)), growth,
     elementwise(lambda x: growth_slope(x, lambda x: 1.0, 1e-6)), elementwise(growth_slope),
     "the branch below 1e-6 returns the function's value 1 instead of the slope 1/2", shows=uniform(1e-8, 9e-7, (4,)), domain=(-50, 50))

# Wrong at zero only ---------------------------------------------------------------------------------------------------------------
pair("relu_nan_at_zero", "nan", (V,), normal((4,)), relu, elementwise(lambda x: relu(x) / x), elementwise(lambda x: 1.0 * (x > 0)),
     "0/0 at 0", shows=at([0.0, 1.0, -1.0]), domain=ALL)
pair("norm_nan_at_zero", "nan", (V,), normal((4,)), norm, lambda g, x: g * x / norm(x), lambda g, x: g * unit(x),
     "0/0 for the zero vector, where 0 is a subgradient; a well-known trap", shows=at([0.0, 0.0, 0.0]))
pair("hypot_nan_at_zero", "nan", (V, V), normal((3,), (3,)), np.hypot,
     lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     lambda g, x, y: tuple(g * np.where(np.hypot(x, y) > 0, z / np.hypot(x, y), 0.0) for z in (x, y)),
     "0/0 where both are 0", shows=at([0.0, 1.0], [0.0, 2.0]))
pair("std_nan_of_constant", "nan", (V,), normal((4,)), lambda x: norm(deviations(x)) / math.sqrt(len(x)),
     lambda g, x: g * deviations(x) / norm(deviations(x)) / math.sqrt(len(x)) if norm(deviations(x)) else x * np.nan,
     lambda g, x: g * unit(deviations(x)) / math.sqrt(len(x)),
     "0/0 where all values are equal, so always for one value", shows=at([2.0, 2.0, 2.0]), min_size=1)
pair("power_3_2_nan", "nan", (V,), normal((4,)), lambda x: np.abs(x) * np.sqrt(np.abs(x)),
     elementwise(lambda x: np.sign(x) * (np.sqrt(np.abs(x)) + np.abs(x) * 0.5 / np.sqrt(np.abs(x)))),
     elementwise(lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x))), "the product rule makes 0 * inf at 0, where the derivative is 0", shows=at([0.0, 1.0]))
pair("square_log_nan", "nan", (V,), normal((4,)), lambda x: np.where(x == 0, 0.0, x**2 * np.log(np.abs(x))),
     elementwise(lambda x: 2 * x * np.log(np.abs(x)) + x), elementwise(lambda x: np.where(x == 0, 0.0, 2 * x * np.log(np.abs(x)) + x)),
     "0 * log(0) at 0: the function has a guard, its rule has none", shows=at([0.0, 1.0]))
pair("sinc_one_at_zero", "value", (V,), normal((4,)), sinc,
     elementwise(lambda x: np.where(x == 0, 1.0, sinc_slope(x))), elementwise(sinc_slope),
     "the guard returns the function's value at 0, the derivative is 0", shows=at([0.0, 1.0]))
pair("prod_by_division", "nan", (V,), normal((4,)), np.prod, lambda g, x: g * np.prod(x) / x, lambda g, x: g * others(x),
     "product / x is 0/0 at a zero; a classic mistake", shows=at([0.0, 2.0, 3.0]))
pair("prod_by_guarded_division", "value", (V,), normal((4,)), np.prod,
     lambda g, x: g * np.prod(x) / np.where(x == 0, 1e-12, x), lambda g, x: g * others(x),
     "an epsilon hides the 0/0, and a single zero gets no gradient", shows=at([0.0, 2.0, 3.0]))

# Wrong at ties only ---------------------------------------------------------------------------------------------------------------
pair("max_counted_twice", "value", (V,), normal((4,)), np.max, lambda g, x: g * (x == x.max()), lambda g, x: g * ties(x),
     "each of the tied gets the whole gradient", shows=at([1.0, 3.0, 3.0]), domain=ALL, min_size=1)
pair("row_min_counted_twice", "value", (M,), normal((3, 4)), lambda x: x.min(axis=1),
     lambda g, x: g[:, None] * (x == x.min(axis=1, keepdims=True)), lambda g, x: assign(g, (np.arange(len(x)), x.argmin(axis=1)), x),
     "each of the tied gets the whole gradient", shows=at([[1.0, 1.0, 3.0], [0.0, 1.0, 2.0]]), domain=ALL, min_size=1)
pair("minimum_both_win", "value", (V, V), normal((3,), (3,)), np.minimum,
     lambda g, a, b: (g * (a <= b), g * (b <= a)), lambda g, a, b: (g * half(b, a), g * half(a, b)),
     "both get the whole gradient where they are equal", shows=at([1.0, 2.0], [1.0, 3.0]), domain=ALL)
pair("maximum_both_lose", "value", (V, V), normal((3,), (3,)), np.maximum,
     lambda g, a, b: (g * (a > b), g * (b > a)), lambda g, a, b: (g * half(a, b), g * half(b, a)),
     "neither gets any gradient where they are equal", shows=at([1.0, 2.0], [1.0, 3.0]), domain=ALL)

# Networks and losses --------------------------------------------------------------------------------------------------------------
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

pair("softmax_lost_row_sum", "value", (M,), normal((3, 4)), softmax, lambda g, x: softmax(x) * g, softmax_rule,
     "the sum over the row is lost, as if softmax were elementwise like exp; a classic mistake")
pair("logsumexp_axis_lost", "value", (SQ,), normal((3, 3)), lambda x: logsumexp(x, 1),
     lambda g, x: g[:, None] * np.exp(x - logsumexp(x, 1)), lambda g, x: g[:, None] * softmax(x, 1),
     "keepdims is lost, so a square's rows are normalised by the wrong rows' sums", min_size=1)
pair("cross_entropy_lost_batch", "value", (("n", "c"),), normal((3, 4)), lambda z, labels: np.mean(logsumexp(z, 1) - z[picked(z, labels)]),
     entropy_rule(False), entropy_rule(True),
     "the loss is a mean, its gradient that of a sum: invisible for a batch of one", static={"labels": (0, 2, 1)}, min_size=1)
pair("cross_entropy_swapped", "value", (V, V), uniform(0.1, 1, (4,), (4,)), lambda p, q: -np.sum(q * np.log(p)),
     lambda g, p, q: (-g * p / q, -g * np.log(q)), lambda g, p, q: (-g * q / p, -g * np.log(p)), "predictions and labels are swapped", domain=(0.05, 1))
pair("batch_norm_lost_mean", "value", (M,), normal((4, 3)), lambda x: standardise(x, 0), standardise_rule(0, mean=False), standardise_rule(0),
     "the batch's mean is treated as a constant", min_size=1)
pair("layer_norm_lost_variance", "value", (M,), normal((3, 4)), lambda x: standardise(x, -1), standardise_rule(-1, variance=False), standardise_rule(-1),
     "the variance is treated as a constant", min_size=1)
pair("attention_lost_scale", "value", (("n", "d"), ("m", "d"), ("m", "p")), normal((2, 4), (3, 4), (3, 2)), attention,
     attention_rule(False), attention_rule(True),
     "1/sqrt(d) is lost in the gradients of queries and keys: invisible for d = 1", domain=(-10, 10))
pair("network_lost_bias", "value", (("n", "d"), ("d", "h"), ("h",), ("h",)), normal((3, 2), (2, 4), (4,), (4,)),
     lambda x, W, b, v: np.tanh(x @ W + b) @ v, network_rule(0.0), network_rule(1.0), "the hidden layer's bias gets no gradient", domain=(-10, 10))
pair("dropout_mask_redrawn", "value", (V,), normal((12,)), dropout, dropout_redrawn, lambda g, x, seed: dropout(g, seed),
     "the rule draws a new mask instead of the function's", static={"seed": 0}, choices={"seed": (0, 1, 2)}, stateful=True)
pair("interpolate_lost_spacing", "value", (V, (KNOTS,)), uniform(0, 2, (4,), (KNOTS,)), interpolate, interpolate_rule(1.0), interpolate_rule(STEP),
     "the slope is not divided by the knots' distance", domain=((0, 2), BOX))
pair("interpolate_weights_swapped", "value", (V, (KNOTS,)), uniform(0, 2, (4,), (KNOTS,)), interpolate, interpolate_rule(STEP, True), interpolate_rule(STEP),
     "left and right weights are swapped in the table's gradient: invisible in the middle of a cell", domain=((0, 2), BOX))

# State, aliasing, mutation, linearity, dtype --------------------------------------------------------------------------------------
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

pair("stale_first_output", "staleness", (V,), normal((4,)), np.tanh, tanh_of_first_call, elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "the output is cached at the first call, per shape: right until called elsewhere", stateful=True, domain=(-10, 10))
pair("stale_last_output", "staleness", (V,), normal((4,)), np.tanh, tanh_of_last_call, elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "the last call's output is used, whatever inputs the rule is given", stateful=True, domain=(-10, 10))
pair("memo_without_cotangent", "staleness", (V,), normal((4,)), np.sin, memo_without_cotangent, elementwise(np.cos),
     "the result is remembered by the inputs only: right for the first cotangent", stateful=True)
pair("returned_buffer_reused", "aliasing", (V,), normal((4,)), np.exp, returned_buffer, elementwise(np.exp),
     "the next call overwrites what was returned", stateful=True, domain=(-50, 50))
pair("function_buffer_reused", "aliasing", (V,), normal((4,)), np.sin, function_buffer, elementwise(np.cos),
     "f returns one buffer, so that f(a) - f(b) is 0", stateful=True)
pair("softmax_changes_input", "mutation", (V,), normal((4,)), softmax, softmax_in_place, softmax_rule,
     "f shifts its input in place; the values are right, as softmax is invariant", stateful=True)
pair("relu_changes_input", "mutation", (V,), uniform(0.5, 2, (4,)), relu, relu_in_place, elementwise(lambda x: 1.0 * (x > 0)),
     "the rule clips the input in place: invisible for positive ones", shows=uniform(-2, -0.5, (4,)), domain=ALL)
pair("relu_changes_cotangent", "mutation", (V,), uniform(0.5, 2, (4,)), relu, mask_cotangent, elementwise(lambda x: 1.0 * (x > 0)),
     "the cotangent is masked in place and returned", shows=at([1.0, -1.0, -2.0]), domain=ALL)
pair("clipped_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: np.clip(g, -1, 1) * np.cos(x), elementwise(np.cos),
     "gradient clipping inside the rule: invisible for |g| <= 1")
pair("squared_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: g**2 * np.cos(x), elementwise(np.cos),
     "g**2: invisible for cotangents of zeros and ones")
pair("normalised_cotangent", "nonlinearity", (V,), normal((4,)), np.sin, lambda g, x: unit(g) * np.cos(x), elementwise(np.cos),
     "g / |g|: invisible for unit cotangents")
pair("weight_decay_in_rule", "nonlinearity", (M, ("m",)), normal((3, 4), (4,)), np.matmul, linear_rule(0.01), linear_rule(),
     "a decay term is added to the gradient: not 0 for g = 0")
pair("float32_cotangent", "dtype", (V,), normal((4,)), np.sin, lambda g, x: (g * np.cos(x)).astype(np.float32), elementwise(np.cos),
     "the cotangent has half the input's precision")

# Right but hard: kinks at the point, whose claim is a subgradient -----------------------------------------------------------------
KINK = {"domain": ALL, "inconclusive": True}
EASY = {"inconclusive": False}
OPEN = {"inconclusive": True}

for label, claim in ("0", 0.0), ("1", 1.0), ("half", 0.5):
    hard(f"relu_at_0_claims_{label}", (V,), at([0.0, 1.0, -1.0]), relu, elementwise(lambda x, c=claim: np.where(x == 0, c, x > 0)),
         f"a kink at the point; {claim} is in [0, 1]", **KINK)
hard("abs_at_0", (V,), at([0.0, -2.0]), np.abs, elementwise(np.sign), "a kink at the point; 0 is in [-1, 1]", **KINK)
hard("l1_at_0_claims_1", (V,), at([0.0, -2.0, 0.0]), lambda x: np.abs(x).sum(), elementwise(lambda x: np.where(x < 0, -1.0, 1.0)),
     "a kink at the point; 1 is in [-1, 1]", **KINK | {"domain": BOX})
hard("leaky_relu_at_0", (V,), at([0.0, 1.0]), lambda x: np.where(x > 0, x, 0.01 * x), elementwise(lambda x: np.where(x > 0, 1.0, 0.01)),
     "a kink at the point; 0.01 is the left slope", **KINK)
hard("max_ties_even", (V,), at([2.0, 1.0, 2.0, 2.0]), np.max, lambda g, x: g * ties(x), "ties split evenly", min_size=1, **KINK)
hard("max_ties_first", (V,), at([2.0, 1.0, 2.0, 2.0]), np.max, lambda g, x: g * first(x), "the first of the tied takes all", min_size=1, **KINK)
hard("maximum_equal_even", (V, V), at([1.0, 2.0], [1.0, 2.0]), np.maximum, lambda g, a, b: (g * half(a, b), g * half(b, a)),
     "equal operands get a half each", **KINK)
hard("maximum_equal_first", (V, V), at([1.0, 2.0], [1.0, 2.0]), np.maximum, lambda g, a, b: (g * (a >= b), g * (b > a)),
     "the first of equal operands takes all", **KINK)
hard("maximum_with_itself", (V,), normal((4,)), lambda a: np.maximum(a, a), lambda g, a: g * 1.0, "tied everywhere, and yet smooth in a", domain=ALL, **EASY)
hard("clip_at_bound", (V,), at([1.0, -1.0, 0.5]), lambda x: np.clip(x, -1, 1), elementwise(lambda x: 1.0 * (np.abs(x) <= 1)),
     "two of three elements are at the bounds; 1 is in [0, 1]", **KINK)
hard("norm_at_0", (V,), at([0.0, 0.0, 0.0]), norm, lambda g, x: g * unit(x), "a cone's tip; 0 is in the unit ball", **KINK | {"domain": BOX})
hard("huber_at_delta", (V,), at([1.0, -1.0, 0.5]), lambda x: huber(x, 1.0), elementwise(lambda x: np.clip(x, -1, 1)),
     "once differentiable, with a jump in the second derivative", **EASY)
hard("sort_ties", (V,), at([2.0, 1.0, 2.0]), np.sort, lambda g, x: assign(g, np.argsort(x, kind="stable"), x), "one of the tied permutations", **KINK)

# Edges of the domain --------------------------------------------------------------------------------------------------------------
hard("sqrt_small_and_large", (V,), at([1e-12, 1.0, 1e12]), np.sqrt, elementwise(lambda x: 0.5 / np.sqrt(x)),
     "a usual step from 1e-12 leaves the domain", domain=(1e-14, 1e14), **OPEN)
hard("power_half", (V,), at([1e-8, 4.0]), lambda x: x**0.5, elementwise(lambda x: 0.5 * x**-0.5), "near the vertical tangent", domain=(1e-14, 1e14), **OPEN)
hard("log_near_0", (V,), at([1e-12, 1e-6]), np.log, elementwise(lambda x: 1 / x), "a usual step leaves the domain", domain=(1e-14, 1e14), **OPEN)
hard("arcsin_near_1", (V,), at([1 - 1e-10, -1 + 1e-10]), np.arcsin, elementwise(lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
     "1e-10 from the vertical tangents", domain=(-1 + 1e-12, 1 - 1e-12), **OPEN)
hard("x_log_x_near_0", (V,), at([1e-12, 1e-4]), lambda x: x * np.log(x), elementwise(lambda x: np.log(x) + 1), "a usual step leaves the domain",
     domain=(1e-14, 1e14), **OPEN)
hard("arccosh_near_1", (V,), at([1 + 1e-10]), np.arccosh, elementwise(lambda x: 1 / np.sqrt((x - 1) * (x + 1))), "1e-10 from the vertical tangent",
     domain=(1 + 1e-12, 1e6), **OPEN)
hard("log1p_near_minus_1", (V,), at([-1 + 1e-10]), np.log1p, elementwise(lambda x: 1 / (1 + x)), "1e-10 from the pole", domain=(-1 + 1e-12, 1e6), **OPEN)

# Scale ----------------------------------------------------------------------------------------------------------------------------
hard("tiny_natural_scale", (V,), at([1e-12, -3e-13]), lambda x: np.arctan(x / 1e-12), elementwise(lambda x: 1 / (1e-12 * (1 + (x / 1e-12) ** 2))),
     "the function lives on the scale 1e-12", domain=(-1e-9, 1e-9), **OPEN)
hard("square_at_1e6", (V,), at([1e6, -3e6]), np.square, elementwise(lambda x: 2 * x), "an absolute step of 1e-6 is lost in rounding", domain=(-1e9, 1e9), **EASY)
hard("square_at_1e150", (V,), at([1e150, -1e-150]), np.square, elementwise(lambda x: 2 * x), "steps must scale with the input", domain=(-1e150, 1e150), **OPEN)
hard("logs_of_mixed_scale", (V,), at([1e-8, 1.0, 1e8]), np.log, elementwise(lambda x: 1 / x), "no step fits all elements", domain=(1e-10, 1e10), **OPEN)
hard("norm2_of_mixed_scale", (V,), at([1e-8, 1.0, 1e8]), lambda x: np.sum(x**2), elementwise(lambda x: 2 * x),
     "the small elements' share of 1e16 is below its rounding", domain=(-1e9, 1e9), **OPEN)
hard("outputs_of_mixed_scale", (V,), at([1.0, -1.0]), lambda x: np.stack([1e-8 * np.sin(x), np.sin(x), 1e8 * np.sin(x)]),
     lambda g, x: (1e-8 * g[0] + g[1] + 1e8 * g[2]) * np.cos(x), "the large outputs' rounding hides the small outputs' share", **EASY)
hard("slope_1e12", (V,), normal((3,)), lambda x: 1e12 * x, lambda g, x: 1e12 * g, "linear with a huge slope", **EASY)
hard("slope_1e_12", (V,), normal((3,)), lambda x: 1e-12 * x, lambda g, x: 1e-12 * g, "linear with a tiny slope, below usual absolute tolerances", **EASY)
hard("hypot_1e_200", (V, V), at([1e-200], [1e-200]), np.hypot, lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     "smooth at the scale 1e-200 only, a kink on any larger one", domain=(1e-200, 1e200), **OPEN)
hard("hypot_1e200", (V, V), at([1e200], [-1e200]), np.hypot, lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     "squares overflow; steps must scale with the input", domain=((1e-200, 1e200), (-1e200, 1e200)), **OPEN)

# Curvature ------------------------------------------------------------------------------------------------------------------------
hard("sin_1e4_x", (V,), normal((3,)), lambda x: np.sin(1e4 * x), elementwise(lambda x: 1e4 * np.cos(1e4 * x)), "a high frequency", domain=(-10, 10), **EASY)
hard("exp_50_x", (V,), uniform(0.5, 1.5, (3,)), lambda x: np.exp(50 * x), elementwise(lambda x: 50 * np.exp(50 * x)), "large derivatives of all orders",
     domain=(-2, 2), **EASY)
hard("reciprocal_near_0", (V,), at([1e-5, 3e-5]), lambda x: 1 / x, elementwise(lambda x: -1 / x**2), "1e-5 from the pole", domain=(1e-6, 1e6), **OPEN)
hard("tan_near_pole", (V,), at([math.pi / 2 - 1e-4]), np.tan, elementwise(lambda x: 1 + np.tan(x) ** 2), "1e-4 from the pole", domain=(-1.5707, 1.5707), **OPEN)
hard("ninth_power_at_30", (V,), at([30.0, -30.0]), lambda x: x**9, elementwise(lambda x: 9 * x**8), "values of 2e13", domain=(-100, 100), **EASY)

# Cancellation and noise -----------------------------------------------------------------------------------------------------------
def noise(x):
    """Rounding-like noise in [-1/2, 1/2): a hash of the bits."""
    bits = np.asarray(x, float).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (bits >> np.uint64(11)) / 2.0**53 - 0.5

def in_float32(x):
    return np.sin(np.asarray(x, np.float32)).astype(float)
def signs(x):
    return 1.0 - 2.0 * (np.arange(len(x)) % 2)

hard("one_minus_cos_sound", (V,), at([1e-4, -1e-4]), lambda x: 2 * np.sin(x / 2) ** 2, elementwise(np.sin), "values of 5e-9, but no cancellation", **EASY)
hard("one_minus_cos_naive", (V,), at([1e-4, -1e-4]), lambda x: 1 - np.cos(x), elementwise(np.sin), "values of 5e-9 with errors of 1e-16", **OPEN)
hard("expm1_tiny", (V,), at([1e-10, -1e-10]), np.expm1, elementwise(np.exp), "values far below 1 with slope 1", domain=(-50, 50), **EASY)
hard("log1p_tiny", (V,), at([1e-10, -1e-10]), np.log1p, elementwise(lambda x: 1 / (1 + x)), "values far below 1 with slope 1", domain=(-0.9, 1e6), **EASY)
hard("alternating_sum", (V,), lambda rng: (1e8 + rng.normal(size=8),), lambda x: np.sum(signs(x) * x), lambda g, x: g * signs(x),
     "terms of 1e8 cancel", domain=(-1e9, 1e9), **EASY)
hard("variance_mean_1e6", (V,), lambda rng: (1e6 + rng.normal(size=5),), np.var, lambda g, x: g * 2 * (x - x.mean()) / x.size,
     "the mean's rounding is 1e-10 of the deviations", domain=(-1e7, 1e7), min_size=1, **EASY)
hard("float32_inside", (V,), normal((4,)), in_float32, elementwise(np.cos), "f computes in float32: a staircase with steps of 1e-7", **OPEN)
hard("hash_noise_1e_10", (V,), normal((4,)), lambda x: np.sin(x) + 1e-10 * noise(x), elementwise(np.cos), "f has deterministic noise of 1e-10", **OPEN)
hard("det_near_singular", ((3, 3),), lambda rng: (np.ones((3, 3)) + 1e-6 * rng.normal(size=(3, 3)),), lambda A: A[0] @ np.cross(A[1], A[2]),
     lambda g, A: g * np.array([np.cross(A[1], A[2]), np.cross(A[2], A[0]), np.cross(A[0], A[1])]),
     "a value of 1e-12 and cofactors of 1e-6 from elements of 1", **OPEN)
hard("sum_of_2000", ((2000,),), normal((2000,)), lambda x: np.sum(np.sin(x)), elementwise(np.cos), "2000 inputs, one output", **EASY)
hard("centred_2000", ((2000,),), normal((2000,)), lambda x: x - x.mean(), lambda g, x: g - g.mean(), "2000 inputs, 2000 outputs and a full Jacobian",
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

hard("solve_condition_1e8", ((4, 4), (4,)), ill_conditioned, solve_or_nan, ill_rule, "condition number 1e8: solution and adjoint have 8 digits; nan if singular",
     **OPEN)

# Steps and flat regions -----------------------------------------------------------------------------------------------------------
hard("floor", (V,), at([0.5, 1.3, -2.4]), np.floor, elementwise(lambda x: 0.0), "away from jumps the derivative is 0", **EASY)
hard("sign", (V,), at([0.5, -0.1]), np.sign, elementwise(lambda x: 0.0), "away from the jump the derivative is 0", **EASY)
hard("round", (V,), at([0.3, 1.2, -0.7]), np.round, elementwise(lambda x: 0.0), "away from jumps the derivative is 0", **EASY)
hard("quantise", (V,), at([0.1, 0.3, -0.9]), lambda x: np.floor(4 * x) / 4, elementwise(lambda x: 0.0), "piecewise constant", **EASY)
hard("constant", (V,), normal((3,)), lambda x: np.ones(3), lambda g, x: np.zeros_like(x), "the output does not depend on the input", **EASY)
hard("relu_far_negative", (V,), at([-1e3, -1e6]), relu, elementwise(lambda x: 1.0 * (x > 0)), "flat", domain=ALL, **EASY)
hard("exp_underflow", (V,), at([-1e3, -700.0]), np.exp, elementwise(np.exp), "0, or as good as", domain=(-1e3, 50), **EASY)
hard("sigmoid_saturated", (V,), at([800.0, -800.0, 40.0]), expit, elementwise(lambda x: expit(x) * expit(-x)), "slopes of 0, and 4e-18, below the rounding of 1", **OPEN)
hard("tanh_saturated", (V,), at([50.0, -50.0]), np.tanh, elementwise(lambda x: 4 * expit(2 * x) * expit(-2 * x)), "slopes of 1e-43, below the rounding of 1", **OPEN)
hard("softmax_saturated", (V,), at([0.0, 800.0, -800.0]), softmax, softmax_rule, "the output is one-hot", **EASY)
hard("max_separated", (V,), at([1.0, 100.0, -50.0]), np.max, lambda g, x: g * ties(x), "no tie is near", domain=ALL, min_size=1, **EASY)
hard("cube_at_0", (V,), at([0.0, 1.0]), lambda x: x**3, elementwise(lambda x: 3 * x**2), "the derivative is 0, but not near 0", **EASY)
hard("fourth_power_at_0", (V,), at([0.0, 1.0]), lambda x: x**4, elementwise(lambda x: 4 * x**3), "the derivative is 0, but not near 0", **EASY)
hard("abs_power_3_2_at_0", (V,), at([0.0, 1.0]), lambda x: np.abs(x) ** 1.5, elementwise(lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x))),
     "differentiable, but with infinite curvature at 0", **OPEN)
hard("x_abs_x_at_0", (V,), at([0.0, -1.0]), lambda x: x * np.abs(x), elementwise(lambda x: 2 * np.abs(x)), "once differentiable at 0", **EASY)

# Sound at large arguments, removable singularities, and others --------------------------------------------------------------------
hard("logsumexp_at_1e3", (V,), at([1000.0, 1001.0, 990.0]), logsumexp, lambda g, x: g * softmax(x), "a naive exp overflows", min_size=1, domain=(-2e3, 2e3), **EASY)
hard("softplus_at_700", (V,), at([700.0, -700.0]), lambda x: np.logaddexp(0, x), elementwise(expit), "slopes of 1, and 1e-304", **EASY)
hard("sinc_at_0", (V,), at([0.0, 1e-5, 1.0]), sinc, elementwise(sinc_slope), "0/0 unless guarded", **EASY)
hard("expm1_ratio_at_0", (V,), at([0.0, 1e-9, -1.0]), growth, elementwise(growth_slope), "a removable singularity with slope 1/2", domain=(-50, 50), **EASY)
hard("cosine_ratio_at_0", (V,), at([0.0, 1e-3, 2.0]), lambda x: sinc(x / 2) ** 2 / 2, elementwise(lambda x: sinc(x / 2) * sinc_slope(x / 2) / 2),
     "(1 - cos(x))/x**2 with its singularity removed", **EASY)
hard("empty_rows", (M,), at(np.zeros((0, 3))), np.sin, lambda g, x: g * np.cos(x), "nothing to compare: vacuously right, of shape (0, 3)", **EASY)
hard("empty_sum", (V,), at(np.zeros(0)), np.sum, lambda g, x: g * np.ones_like(x), "no inputs, one output", **EASY)
hard("interpolation_inside", (V, (KNOTS,)), at([0.2, 0.7, 1.9], [0.0, 1.0, -1.0, 3.0, 2.0]), interpolate, interpolate_rule(STEP), "piecewise linear, away from knots",
     domain=((0, 2), BOX), **EASY)
hard("root_of_square", (V,), at([0.5, -1e-3]), lambda x: np.sqrt(x**2), elementwise(np.sign), "a kink at distance 1e-3", **EASY)

# Infinite slopes: right at any number of entries, and wherever the edge is --------------------------------------------------------
STEEP = {
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 0.0, (0, 1e3)),
    "log": (np.log, lambda x: 1 / x, 0.0, (0, 1e3)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, 0.0, (0, 1e3)),
    "arccos": (np.arccos, lambda x: -1 / np.sqrt((1 - x) * (1 + x)), 1.0, (-1, 1)),
    "arctanh": (np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), 1.0, (-1, 1)),
    "log1p": (np.log1p, lambda x: 1 / (1 + x), -1.0, (-1, 1e3)),
}
for _name, (_f, _slope, _edge, _domain) in STEEP.items():
    for _n in (3, 7, 12):
        _x = np.linspace(0.2, 0.8, _n)
        _x[_n // 2] = _edge
        hard(f"{_name}_edge_among_{_n}", (V,), at(_x), _f, elementwise(_slope), "one entry at an infinite slope", domain=_domain, **OPEN)

# An undecided entry beside decided ones: a finite claim for an infinite slope is no pass ------------------------------------------
hard("sqrt_zeros_only", (V,), at(np.zeros(4)), np.sqrt, elementwise(lambda x: 0.5 / np.sqrt(x)), "nothing but infinite slopes", domain=(0, 1e3), **OPEN)

# Precision: constants that are off in the seventh digit, numbers that went through float32, answers that change -------------------
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

for _e in (1e-6, 1e-7, 3e-8):
    pair(f"sin_off_by_{_e:.0e}", "value", (V,), uniform(-1.2, 1.2, (4,)), np.sin, by_factor(np.cos, _e), elementwise(np.cos), "a relative error in every entry", min_size=1)
pair("log_2_to_seven_digits", "value", (V,), uniform(-2, 2, (3,)), np.exp2, elementwise(lambda x: 0.6931471 * np.exp2(x)), elementwise(lambda x: np.log(2) * np.exp2(x)),
     "a constant cut off behind its seventh digit", domain=(-10, 10), min_size=1)
pair("gelu_constant_mistyped", "value", (V,), uniform(0.5, 2, (3,)), gelu, elementwise(lambda x: gelu_slope(x, 0.7978854)), elementwise(gelu_slope),
     "√(2/π) is 0.7978846", domain=(-5, 5), min_size=1)
pair("tanh_through_float32", "value", (V,), uniform(-1.5, 1.5, (5,)), np.tanh, through_float32(lambda x: 1 - np.tanh(x) ** 2), elementwise(lambda x: 1 - np.tanh(x) ** 2),
     "an intermediate went through float32", min_size=1)
pair("matmul_through_float32", "nonlinearity", (M, ("m", 2)), normal((2, 3), (3, 2)), lambda x, w: x @ w,
     lambda g, x, w: ((g.astype(np.float32) @ w.T.astype(np.float32)).astype(float), x.T @ g), lambda g, x, w: (g @ w.T, x.T @ g), "one product in float32", min_size=1)

def flickering():
    calls = [0]

    def rule(g, x):
        calls[0] += 1
        return g * np.cos(x) * (1 + 1e-9 * (calls[0] % 2))
    return np.sin, rule

pair("answers_that_flicker", "nondeterminism", (V,), uniform(-1.2, 1.2, (3,)), np.sin, flickering, elementwise(np.cos), "each second answer is off by 1e-9", min_size=1, stateful=True)
