"""Wrong axes, orders and indices; wrong products of matrices and vectors."""

import math

import numpy as np

from rules.case import ALL, SQ, M, R, V, add_pair, at, normal, uniform
from rules.functions import assign, norm, scatter, softmax, softmax_rule


# fmt: off
# Axes and orders
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

add_pair("sum_axis_repeated", "value", (M,), normal((3, 4)), np.sum,
     lambda g, x, axis: np.repeat(g, x.shape[axis]).reshape(x.shape), expanded,
     "repeat where the first axis needs tile: right for the last axis", static={"axis": 0}, choices=AXES)
add_pair("sum_negative_axis", "value", (SQ,), normal((3, 3)), np.sum, inserted, expanded,
     "list.insert(-1, 1) inserts before the last dimension: wrong for a negative axis only",
     static={"axis": -1}, choices={"axis": (0, 1, -1, -2)})
add_pair("softmax_last_axis", "value", (M,), normal((3, 3)), softmax, lambda g, x, axis: softmax_rule(g, x, axis, -1), softmax_rule,
     "the rule sums over the last axis whatever the axis is", static={"axis": 0}, choices=AXES)
add_pair("mean_axis_wrong_length", "value", (M,), normal((3, 3)), np.mean,
     lambda g, x, axis: expanded(g, x, axis) / x.shape[0], lambda g, x, axis: expanded(g, x, axis) / x.shape[axis],
     "divides by the first dimension's length: invisible for a square", shows=normal((3, 4)), static={"axis": 1}, choices=AXES, min_size=1)
add_pair("transpose_not_inverted", "value", (("n", "n", "n"),), normal((2, 2, 2)), lambda x: np.transpose(x, (1, 2, 0)),
     lambda g, x: np.transpose(g, (1, 2, 0)), lambda g, x: np.transpose(g, (2, 0, 1)),
     "the same permutation instead of its inverse: right for all permutations of two axes")
add_pair("ravel_order", "value", (M,), normal((3, 4)), lambda x: x.T.ravel(), lambda g, x: g.reshape(x.shape), lambda g, x: g.reshape(x.T.shape).T,
     "reshaped in the wrong order: invisible for one row or column")
add_pair("cumsum_forward", "value", (V,), normal((4,)), np.cumsum, lambda g, x: np.cumsum(g), lambda g, x: np.cumsum(g[::-1])[::-1],
     "the cotangent's running sum is not reversed")
add_pair("flip_forgotten", "value", (V,), normal((4,)), np.flip, lambda g, x: g, lambda g, x: g[::-1],
     "the cotangent is not flipped back: invisible for one element", domain=ALL)
add_pair("roll_same_way", "value", (V,), normal((4,)), lambda x: np.roll(x, 1), lambda g, x: np.roll(g, 1), lambda g, x: np.roll(g, -1),
     "rolled on instead of back: invisible below 3 elements", domain=ALL)
add_pair("repeat_as_tile", "value", (V,), normal((4,)), lambda x: np.repeat(x, 2),
     lambda g, x: g.reshape(2, len(x)).sum(0), lambda g, x: g.reshape(len(x), 2).sum(1), "repeat's cotangent is summed as tile's: invisible for one element")
add_pair("tril_as_triu", "value", (M,), normal((3, 3)), np.tril, lambda g, x: np.triu(g), lambda g, x: np.tril(g), "the other triangle", domain=ALL)
add_pair("edge_pad_dropped", "value", (V,), normal((4,)), lambda x: np.pad(x, 1, mode="edge"), lambda g, x: g[1:-1], edge_rule,
     "the copies of the edges get no gradient", min_size=1)
add_pair("take_by_assignment", "value", (V,), normal((3,)), lambda x, index: x[np.array(index) % len(x)],
     lambda g, x, index: assign(g, np.array(index) % len(x), x), lambda g, x, index: scatter(g, np.array(index) % len(x), x),
     "out[index] = g loses repeated indices, a classic mistake that np.add.at is made for", shows=normal((2,)), static={"index": (0, 1, 2)},
     choices={"index": ((0, 1, 2), (0, 2, 2), (3,))}, min_size=1)
add_pair("embedding_buffered_add", "value", (M,), normal((4, 2)), lambda table, index: table[np.array(index) % len(table)],
     lambda g, table, index: assign(g, np.array(index) % len(table), table), lambda g, table, index: scatter(g, np.array(index) % len(table), table),
     "a word that occurs twice gets the gradient of its last place", static={"index": (1, 0, 1)},
     choices={"index": ((0, 1), (1, 0, 1))}, min_size=1)
add_pair("sort_not_permuted", "value", (V,), normal((4,)), np.sort, lambda g, x: g, lambda g, x: assign(g, np.argsort(x, kind="stable"), x),
     "the cotangent stays in sorted order: invisible for sorted input", domain=ALL, shows=at([3.0, 2.0, 0.5, 1.0]))
add_pair("sort_wrong_inverse", "value", (V,), normal((2,)), np.sort,
     lambda g, x: g[np.argsort(x, kind="stable")], lambda g, x: assign(g, np.argsort(x, kind="stable"), x),
     "the permutation instead of its inverse: invisible below 3 elements", domain=ALL, shows=at([2.0, 3.0, 1.0]))
add_pair("row_max_flat_index", "value", (M,), normal((3, 4)), lambda x: x.max(axis=1),
     lambda g, x: assign(g, np.unravel_index(x.argmax(axis=1), x.shape), x), lambda g, x: assign(g, (np.arange(len(x)), x.argmax(axis=1)), x),
     "argmax per row is used as an index into the whole array: right for the first row", min_size=1, domain=ALL)
add_pair("max_pool_lost_offset", "value", (V,), normal((3,)), lambda x: pools(x).max(axis=1), pool_rule(1), pool_rule(2),
     "the window's offset is lost: right for one window", shows=normal((6,)), domain=ALL)
add_pair("fft_not_conjugated", "value", (V,), normal((4,)), fft_parts,
     lambda g, x: len(x) * np.fft.ifft(g[0] - 1j * g[1]).real, lambda g, x: len(x) * np.fft.ifft(g[0] + 1j * g[1]).real,
     "conjugate where the adjoint has none: invisible below 3 elements", min_size=1)

# Products, matrices, geometry
add_pair("matmul_untransposed", "value", (SQ, SQ), normal((3, 3), (3, 3)), np.matmul, lambda g, A, B: (g @ B, A.T @ g), lambda g, A, B: (g @ B.T, A.T @ g),
     "B is not transposed: invisible for a symmetric B")
add_pair("matmul_transposed_result", "shape", (("n", "k"), ("k", "m")), normal((2, 3), (3, 4)), np.matmul,
     lambda g, A, B: (g @ B.T, g.T @ A), lambda g, A, B: (g @ B.T, A.T @ g), "the operands are swapped, so the result is transposed")
add_pair("where_swapped", "value", (V, V), normal((4,), (4,)), lambda x, y: np.where(np.arange(len(x)) % 2, x, y),
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

add_pair("solve_untransposed", "value", (SQ, V), uniform(-1, 1, (3, 3), (3,)), lambda A, b: np.linalg.solve(shifted(A), b), solve_rule(False), solve_rule(True),
     "the adjoint system needs the transposed matrix: invisible for symmetric ones", domain=(-1, 1))
add_pair("inverse_untransposed", "value", (SQ,), uniform(-1, 1, (3, 3)), lambda A: np.linalg.inv(shifted(A)), inverse_rule(False), inverse_rule(True),
     "-Y g Y instead of -Y' g Y'", domain=(-1, 1))
add_pair("det_lost_det", "value", (SQ,), uniform(-1, 1, (3, 3)), lambda A: np.linalg.det(shifted(A)),
     lambda g, A: g * np.linalg.inv(shifted(A)).T, lambda g, A: g * np.linalg.det(shifted(A)) * np.linalg.inv(shifted(A)).T,
     "the gradient of log det", domain=(-1, 1))
add_pair("det_2x2_signs", "value", ((2, 2),), normal((2, 2)), lambda A: A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0],
     lambda g, A: g * A[::-1, ::-1], lambda g, A: g * A[::-1, ::-1] * [[1, -1], [-1, 1]],
     "cofactors without their signs: invisible for a diagonal matrix")
add_pair("trace_everywhere", "value", (SQ,), normal((3, 3)), np.trace, lambda g, A: g * np.ones_like(A), lambda g, A: g * np.eye(len(A)),
     "a trace differentiated as a sum: invisible for 1 x 1")
add_pair("quadratic_form_symmetric", "value", (V, SQ), normal((3,), (3, 3)), lambda x, A: x @ A @ x,
     lambda g, x, A: (g * 2 * A @ x, g * np.outer(x, x)), lambda g, x, A: (g * (A + A.T) @ x, g * np.outer(x, x)), "assumes that A is symmetric")
add_pair("rotation_same_way", "value", (R, (2,)), normal((), (2,)), turn,
     lambda g, t, v: (g @ turn(t + math.pi / 2, v), turn(t, g)), lambda g, t, v: (g @ turn(t + math.pi / 2, v), turn(-t, g)),
     "the cotangent is rotated on instead of back")
add_pair("cross_sign", "value", ((3,), (3,)), normal((3,), (3,)), np.cross,
     lambda g, a, b: (np.cross(b, g), np.cross(a, g)), lambda g, a, b: (np.cross(b, g), np.cross(g, a)),
     "the anticommuting product has the wrong order for one operand")
add_pair("convolve_not_flipped", "value", (V, ("m",)), normal((5,), (3,)), np.convolve,
     lambda g, x, k: (np.convolve(g, k, "valid"), np.correlate(g, x, "valid")), lambda g, x, k: (np.correlate(g, k, "valid"), np.correlate(g, x, "valid")),
     "convolution instead of correlation: invisible for a symmetric kernel", min_size=1)
add_pair("normalise_unprojected", "value", (V,), uniform(0.5, 2, (4,)), lambda x: x / norm(x),
     lambda g, x: g / norm(x), lambda g, x: (g - x / norm(x) * (x @ g) / norm(x)) / norm(x),
     "the norm is treated as a constant: the projection is missing", domain=(0.1, 10))
