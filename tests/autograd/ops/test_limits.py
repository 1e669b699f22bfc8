"""Every row at the kinks, edges and ties of its domain, to second order, in every mode; one-sided limits are the oracle."""

import itertools
import math

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value
from autograd.numpy_api.apply import apply_elementwise
from autograd.numpy_api.composed.registry import COMPOSED, COMPOSED_UFUNCS
from autograd.ops import TABLE, Elementwise
from limits import LONG, MP, find_fault, limits, mp

SPECIAL = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf]
MORE = [2.0, 0.5, 1e150, -1e150, 1e-150, 1e300] if LONG else [2.0]
SETTINGS = {
    "leaky_relu": [{"slope": 0.1}],
    "elu": [{"alpha": 1.3}],
    "where": [{"condition": True}, {"condition": False}],
    "clip": [{"low": -1.0, "high": 1.5}],
    "power_derivative": [{"by_a": 1, "by_b": 1}],
}
ROWS = [
    (op, settings)
    for op in TABLE.values()
    if isinstance(op, Elementwise) and not op.library
    for settings in SETTINGS.get(op.name, [{}])
]
IDS = [op.name + "".join(f"-{v}" for v in settings.values()) for op, settings in ROWS]


def special_points(op, settings):
    """Return the points that are special by the row's domains, kinks and settings, and those that are special to all rows."""
    has_jumps = "jumps" in op.kink or op.kink == "0 everywhere"
    columns = []
    for d in op.domains:
        edges = {x for x in (d.low, d.high, *d.kinks) if math.isfinite(x)} | {x for x in settings.values() if isinstance(x, float)}
        if math.isfinite(d.low) and math.isfinite(d.high) and has_jumps:
            columns.append([*sorted(edges), (d.low + d.high) / 2])
            continue
        general = [x for x in SPECIAL + MORE if op.arity == 1 or x == 0.0 or 1e-200 < abs(x) < 1e200]
        columns.append([*general, *sorted(edges - set(general))])
    return [point for point in itertools.product(*columns) if has_limits(op, settings, point)]


def has_limits(op, settings, point):
    """Return whether the value there is a number, or an infinity that the function itself has."""
    if op.name.startswith("power"):
        base, exponent = point
        exponent_is_moderate = 1e-3 < abs(exponent) < 1e3 or exponent == 0.0  # no limit is seen at others
        base_is_negative_zero = base == 0.0 and math.copysign(1.0, base) < 0.0  # a limit from there needs a whole exponent
        if not exponent_is_moderate or base_is_negative_zero:
            return False
    mp.dps = 30
    try:
        y = float(op.f(MP, *map(mp.mpf, point), **settings))
    except ZeroDivisionError:
        return not math.isnan(apply_elementwise(op, *point, **settings))  # a pole
    return math.isfinite(y) or (math.isinf(y) and all(abs(x) <= 1.0 for x in point))


def derivatives_by_mode(f, point, is_finite):
    """Yield (name of the mode, gradient, Hessian) of ``f`` by each mode, with None for what the mode does not give.

    Modes that also push tangents of 0 are left out unless all limits are finite: 0·∞ tells nothing.
    """
    for kind, node, plain in (("Value", Value, float), ("Tensor", Tensor, np.array)):
        for mode, *derivatives in derivatives_of_node_type(f, point, is_finite, node, plain):
            yield f"{kind}: {mode}", *derivatives
    if len(point) == 2:
        nodes = [Value(point[0]), Tensor(point[1])]
        first = ag.gradients(f(*nodes), nodes, create_graph=True)
        yield "mixed: rev/rev", to_floats(first), [to_floats(ag.gradients(g, nodes)) for g in first]


def derivatives_of_node_type(f, point, is_finite, node, plain):
    """Yield the same for nodes of one type, and for the plain numbers that become such nodes."""
    n = len(point)
    all_arguments, at, nodes = tuple(range(n)), tuple(map(plain, point)), [node(x) for x in point]
    units = [tuple(plain(float(i == j)) for j in range(n)) for i in range(n)]
    first = ag.gradients(f(*nodes), nodes, create_graph=True)
    yield "rev/rev", to_floats(first), [to_floats(ag.gradients(g, nodes)) for g in first]

    one = plain(1.0)
    by_one = [(lambda x, i=i: f(*at[:i], x, *at[i + 1 :]), at[i]) for i in range(n)]  # the other arguments are constants
    pushed = [(lambda x, g=g: ag.jvp(g, (x,), (one,))[1], x) for g, x in by_one]
    yield "jvp of jvp", to_floats(g(x) for g, x in pushed), to_diagonal(ag.jvp(g, (x,), (one,))[1] for g, x in pushed)
    yield "hvp of one", None, to_diagonal(ag.hvp(g, x, one) for g, x in by_one)
    yield "grad of grad of one", None, to_diagonal(ag.grad(ag.grad(g))(x) for g, x in by_one)
    if not is_finite and n > 1:
        return
    gradient = ag.grad(f, argnums=all_arguments)
    slopes = [lambda *xs, unit=unit: ag.jvp(f, xs, unit)[1] for unit in units]
    yield "hessian", to_floats(gradient(*at)), [to_floats(row) for row in ag.hessian(f, argnums=all_arguments)(*at)]
    yield "fwd/rev", None, [to_floats(ag.jvp(gradient, at, unit)[1]) for unit in units]
    yield "rev/fwd", None, [to_floats(ag.grad(slope, argnums=all_arguments)(*at)) for slope in slopes]
    yield "hvp", None, [to_floats(ag.hvp(lambda xs: f(*xs), list(at), list(unit))) for unit in units]


def to_floats(nodes):
    return [float(x._primal if isinstance(x, Value | Tensor) else x) for x in nodes]


def to_diagonal(second):
    """Return a Hessian of which only the diagonal is known."""
    second = to_floats(second)
    return [[x if i == j else None for j in range(len(second))] for i, x in enumerate(second)]


def add_orders(first, second):
    return tuple(m + n for m, n in zip(first, second, strict=True))


def find_wrong_derivatives(f, reference, point, chosen=None, is_slope=False, modes=None):
    """Return the derivatives of ``f`` at a point that are not between the limits of those of ``reference``.

    Of a slope only the first derivative is compared, since its second is the third of a function.
    """
    n = len(point)
    units = [tuple(int(i == j) for j in range(n)) for i in range(n)]
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    first_limits = [limits(reference, point, unit) for unit in units]
    second_limits = {(i, j): limits(reference, point, add_orders(units[i], units[j])) for i, j in pairs}
    has_kink = any(math.isfinite(sum(found)) and max(found) - min(found) > 1e-6 for found in first_limits if found)
    is_finite = all(map(math.isfinite, itertools.chain(*first_limits, *second_limits.values())))
    second_chosen = 0.0 if has_kink or chosen is not None else None
    wrong = []
    for mode, gradient, hessian in derivatives_by_mode(f, point, is_finite) if modes is None else modes(f, point):
        for i, claim in enumerate(() if gradient is None else gradient):
            if why := find_fault(claim, first_limits[i], chosen):
                wrong.append((point, mode, f"∂{i}", claim, why, sorted(set(first_limits[i]))))
        for i, j in itertools.product(range(n), repeat=2):
            claim, found = None if is_slope else hessian[i][j], second_limits[min(i, j), max(i, j)]
            if claim is not None and (why := find_fault(claim, found, second_chosen)):
                wrong.append((point, mode, f"∂{i}∂{j}", claim, why, sorted(set(found))))
    return wrong


@pytest.mark.parametrize(("op", "settings"), ROWS, ids=IDS)
def test_rows_at_their_special_points(op, settings):
    wrong = []
    reference = lambda *args: op.f(MP, *args, **settings)  # noqa: E731 - one function, so that its limits are cached
    for point in special_points(op, settings):
        is_chosen = point == (0.0, 0.0) and ("a = b = 0" in op.kink or "origin" in op.kink)
        wrong += find_wrong_derivatives(
            lambda *args: apply_elementwise(op, *args, **settings),
            reference,
            point,
            0.0 if is_chosen else None,
            op.name.endswith("_slope"),
        )
    assert not wrong, "\n".join(map(str, wrong))


# --------------------------------------------------------------------------------------------------------------------------
# Functions of whole arrays: a program, the same program on numbers of many digits, and the points


def mean(*x):
    return sum(x) / len(x)


def variance(*x, ddof=0):
    return sum((v - mean(*x)) ** 2 for v in x) / (len(x) - ddof)


def length(*x, p=2):
    return sum(abs(v) ** p for v in x) ** (mp.mpf(1) / p)


def softmax(*x):
    powers = [mp.exp(v) for v in x]
    return [v / sum(powers) for v in powers]


def median(*x):
    x = sorted(x)
    return (x[(len(x) - 1) // 2] + x[len(x) // 2]) / 2


def weighted_sum(x):
    return sum(k * v for k, v in enumerate(x, 1))


def running_products(*x):
    return [math.prod(x[: i + 1]) for i in range(len(x))]


def rising_weights(y):
    return np.arange(1.0, 1.0 + y.size).reshape(y.shape)


ZEROS = [(0.0, 0.0, 0.0), (0.1, 0.1, 0.1), (0.0,), (3.0,), (0.0, 0.0, 1.0), (-1.0, 1.0, 1.0)]
ZEROS += [(-0.0, 0.0, 0.0), (1.0, 1.0), (0.0, 1.0, -2.0), (1.0, 2.0, 2.0)] if LONG else []
APART = [p for p in ZEROS if len(p) > 1]
FAR = [(1000.0, 1000.0, 0.0), (-1000.0, 0.0, 1000.0), (-math.inf, 0.0, 1.0)]
ARRAYS = {
    "std": (np.std, lambda *x: mp.sqrt(variance(*x)), ZEROS),
    "std, ddof": (lambda t: np.std(t, ddof=1), lambda *x: mp.sqrt(variance(*x, ddof=1)), APART),
    "std, axis": (lambda t: np.std(t.reshape(1, -1), axis=-1).sum(), lambda *x: mp.sqrt(variance(*x)), ZEROS),
    "std of ones": (lambda t: np.std(t.reshape(-1, 1), axis=1, keepdims=True).sum(), lambda *x: mp.mpf(0) * sum(x), ZEROS),
    "var": (np.var, variance, ZEROS),
    "norm": (np.linalg.norm, length, ZEROS),
    "norm, axis": (lambda t: np.linalg.norm(t.reshape(1, -1), axis=1, keepdims=True).sum(), length, ZEROS),
    "norm of ones": (lambda t: np.linalg.norm(t.reshape(-1, 1), axis=1).sum(), lambda *x: sum(map(abs, x)), ZEROS),
    "norm of a matrix": (lambda t: np.linalg.norm(t.reshape(1, -1)), length, ZEROS),
    "norm 1": (lambda t: np.linalg.norm(t, 1), lambda *x: sum(map(abs, x)), ZEROS),
    "norm 2.5": (lambda t: np.linalg.norm(t, 2.5), lambda *x: length(*x, p=mp.mpf("2.5")), ZEROS),
    "norm 3": (lambda t: np.linalg.norm(t, 3), lambda *x: length(*x, p=3), ZEROS),
    "norm 4": (lambda t: np.linalg.norm(t, 4), lambda *x: length(*x, p=4), ZEROS),
    "norm inf": (lambda t: np.linalg.norm(t, np.inf), lambda *x: max(map(abs, x)), ZEROS),
    "max": (np.max, lambda *x: max(x), ZEROS),
    "min": (np.min, lambda *x: min(x), ZEROS),
    "ptp": (np.ptp, lambda *x: max(x) - min(x), ZEROS),
    "median": (np.median, median, ZEROS),
    "sort": (lambda t: (np.sort(t) * rising_weights(t)).sum(), lambda *x: weighted_sum(sorted(x)), ZEROS),
    "prod": (np.prod, lambda *x: math.prod(x), ZEROS),
    "cumprod": (lambda t: (np.cumprod(t) * rising_weights(t)).sum(), lambda *x: weighted_sum(running_products(*x)), ZEROS),
    "average": (
        lambda t: np.average(t, weights=t * t + 1.0),
        lambda *x: sum(v * (v * v + 1) for v in x) / sum(v * v + 1 for v in x),
        ZEROS,
    ),
    "logsumexp": (ag.logsumexp, lambda *x: mp.log(sum(map(mp.exp, x))), [*ZEROS, *FAR]),
    "softmax": (lambda t: (ag.softmax(t) * rising_weights(t)).sum(), lambda *x: weighted_sum(softmax(*x)), [*ZEROS, *FAR]),
    "log_softmax": (lambda t: ag.log_softmax(t)[-1], lambda *x: x[-1] - mp.log(sum(map(mp.exp, x))), [*ZEROS, *FAR]),
    "matrix_power": (
        lambda t: np.linalg.matrix_power(t.reshape(2, 2), 2).sum(),
        lambda a, b, c, d: a * a + 2 * b * c + d * d + (a + d) * (b + c),
        [(0.0,) * 4, (1.0,) * 4],
    ),
    "quantile": (lambda t: np.quantile(t, 0.5), median, ZEROS),
    "nanquantile": (lambda t: np.nanquantile(np.append(t, np.nan), 0.5), median, ZEROS),
    "nanmedian": (np.nanmedian, median, ZEROS),
    "nanmax": (lambda t: np.nanmax(np.append(t, np.nan)), lambda *x: max(x), ZEROS),
    "nanmin": (lambda t: np.nanmin(np.append(t, np.nan)), lambda *x: min(x), ZEROS),
    "nanprod": (lambda t: np.nanprod(np.append(t, np.nan)), lambda *x: math.prod(x), ZEROS),
    "nanstd": (lambda t: np.nanstd(np.append(t, np.nan)), lambda *x: mp.sqrt(variance(*x)), ZEROS),
    "nancumprod": (lambda t: (np.nancumprod(t) * rising_weights(t)).sum(), lambda *x: weighted_sum(running_products(*x)), ZEROS),
    "cumulative_prod": (
        lambda t: (np.cumulative_prod(t) * rising_weights(t)).sum(),
        lambda *x: weighted_sum(running_products(*x)),
        ZEROS,
    ),
    "partition": (lambda t: np.partition(t, 0)[0], lambda *x: min(x), ZEROS),
    "sinc": (lambda t: np.sinc(t).sum(), lambda *x: sum(map(mp.sincpi, x)), ZEROS),
    "logaddexp2": (
        lambda t: np.logaddexp2(t[:-1], t[1:]).sum(),
        lambda *x: sum(mp.log(2**a + 2**b, 2) for a, b in zip(x[:-1], x[1:], strict=True)),
        APART,
    ),
    "fmax": (lambda t: np.fmax(t[:-1], t[1:]).sum(), lambda *x: sum(map(max, x[:-1], x[1:])), APART),
    "fmin": (lambda t: np.fmin(t[:-1], t[1:]).sum(), lambda *x: sum(map(min, x[:-1], x[1:])), APART),
    "copysign": (lambda t: np.copysign(t, -1.0).sum(), lambda *x: -sum(map(abs, x)), ZEROS),
    "heaviside": (lambda t: np.heaviside(t, 0.5).sum(), lambda *x: sum(mp.mpf(v > 0) for v in x), ZEROS),
    "interp": (
        lambda t: np.interp(t, [-1.0, 0.0, 1.0], [0.0, 2.0, 3.0]).sum(),
        lambda *x: sum(min(max(2 * v + 2, 0), max(min(v + 2, 3), 0)) for v in x),
        ZEROS,
    ),
    "nan_to_num": (lambda t: np.nan_to_num(t).sum(), lambda *x: sum(x), ZEROS),
    "round": (lambda t: np.round(t, 1).sum(), lambda *x: mp.mpf(0), ZEROS),
    "polyval": (lambda t: np.polyval([1.0, 2.0, 0.0], t).sum(), lambda *x: sum(v * v + 2 * v for v in x), ZEROS),
    "hypot": (lambda t: np.hypot(t[:-1], t[1:]).sum(), lambda *x: sum(map(MP.hypot, x[:-1], x[1:])), APART),
    "where": (lambda t: np.where(t > 0.0, t * t, 0.0).sum(), lambda *x: sum(v * v if v > 0 else mp.mpf(0) for v in x), ZEROS),
    "clip": (lambda t: np.clip(t, -1.0, 1.0).sum(), lambda *x: sum(min(max(v, -1), mp.mpf(1)) for v in x), ZEROS),
    "power": (lambda t: (t**3.0 + t**1.0 + t**0.0).sum(), lambda *x: sum(v**3 + v + 1 for v in x), ZEROS),
    "powers": (lambda t: (t ** np.arange(0.0, t.size)).sum(), lambda *x: sum(v**k for k, v in enumerate(x)), ZEROS),
}
# Composed functions that move entries, or are linear in each argument: they have no special points.
SMOOTH = "cond tensorsolve tensorinv vecdot vector_norm matrix_norm "
SMOOTH += "diff trapezoid inner tensordot kron cross convolve correlate multi_dot matmul trace outer copy real around astype "
SMOOTH += "linspace logspace geomspace gradient ediff1d unwrap cov corrcoef bincount vander poly polyadd polysub polymul polydiv polyder polyint "
SMOOTH += "roots polyfit apply_along_axis apply_over_axes piecewise cumulative_sum unstack real_if_close fix angle matvec vecmat ldexp modf "
SMOOTH += "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn conjugate "
SMOOTH += "divmod percentile nanpercentile nansum nanmean nancumsum i0 nanvar"


def derivatives_of_array_function(f, point):
    """Yield (name of the mode, gradient, Hessian) by each mode, for a function of one array."""
    x, t = np.array(point), Tensor(point)
    units = np.eye(len(point))
    gradient = ag.grad(f)
    yield "grad", gradient(x), ag.hessian(f)(x)
    (first,) = ag.gradients(f(t), [t], create_graph=True)
    yield "rev/rev", first._primal, [ag.gradients(first[i], [t])[0] for i in range(len(x))]
    yield "hvp", first._primal, [ag.hvp(f, x, unit) for unit in units]
    pushed = [lambda y, unit=unit: ag.jvp(f, (y,), (unit,))[1] for unit in units]
    yield "rev/fwd", [push(x) for push in pushed], [ag.grad(push)(x) for push in pushed]
    yield "fwd/fwd", first._primal, [[ag.jvp(push, (x,), (unit,))[1] for unit in units] for push in pushed]
    values = [Value(v) for v in point]
    first = ag.gradients(f(ag.stack(values)), values, create_graph=True)
    yield "Values: rev/rev", to_floats(first), [to_floats(ag.gradients(g, values)) for g in first]


@pytest.mark.parametrize("name", ARRAYS)
def test_functions_of_arrays_at_their_special_points(name):
    f, reference, points = ARRAYS[name]
    found = [x for point in points for x in find_wrong_derivatives(f, reference, point, modes=derivatives_of_array_function)]
    assert not found, "\n".join(map(str, found))


def test_every_composed_function_is_tested_here_or_is_smooth():
    names = {f.__name__ for f in COMPOSED} | set(COMPOSED_UFUNCS)
    assert names <= {name.split(",")[0].split(" ")[0] for name in ARRAYS} | set(SMOOTH.split())


def test_the_oracle_finds_a_wrong_derivative():
    found = find_wrong_derivatives(lambda a: ag.exp(a) * 1.001, MP.exp, (0.0,))
    assert {why for *_, why, _ in found} == {"not between the limits"}
    assert find_fault(math.nan, [0.0]) == "nan"
    assert find_fault(math.inf, [0.0, math.inf]) == "infinite where a finite limit exists"
    assert find_fault(-math.inf, [math.inf]) == "the infinity is another"
    assert find_fault(0.3, [0.0, 1.0]) is None
