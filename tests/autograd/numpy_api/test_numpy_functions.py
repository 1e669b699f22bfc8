"""NumPy's functions on nodes: each that the page of support names gives NumPy's numbers and true derivatives; the rest is refused."""

import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, ShapeError, Tensor, Value, define, jacobian
from autograd.numpy_api.dispatch import QUERY_UFUNCS
from autograd.numpy_api.handlers import HANDLERS
from autograd.numpy_api.support_table import get_sections, make_page
from autograd.numpy_api.unsupported import get_qualified_name
from autograd.ops import TABLE
from oracles import assert_derivative, same

ROOT = Path(ag.__file__).parents[1]
SECTIONS = get_sections()

V, W, M, S, T = (3,), (4,), (3, 4), (3, 3), (2, 3, 4)
YES = np.array([True, False, True])
INDEX = np.array([2, 0, 2])

# What is called, on arrays of which shapes. Several calls of one function try its settings.
CASES = [
    ("np.copysign", lambda x: np.copysign(x, np.array([1.0, -1.0, 1.0])), V),
    ("np.heaviside", lambda x, y: np.heaviside(np.array([0.0, 1.0, -1.0]), y) + x, V, V),
    ("np.matmul", np.matmul, M, (4, 2)),
    ("np.broadcast_to", lambda x: np.broadcast_to(x, (2, 3)), V),
    ("np.clip", lambda x: np.clip(x, -100.0, 100.0), V),
    ("np.clip", lambda x: np.clip(x, a_min=None, a_max=100.0), V),
    ("np.concatenate", lambda x, y: np.concatenate([x, y]), V, W),
    ("np.cumsum", lambda x: np.cumsum(x, axis=1), M),
    ("np.dot", np.dot, M, W),
    ("np.einsum", lambda x, y: np.einsum("ij,kj->ik", x, y), M, (2, 4)),
    ("np.expand_dims", lambda x: np.expand_dims(x, 0), V),
    ("np.flip", np.flip, M),
    ("np.linalg.det", np.linalg.det, S),
    ("np.linalg.inv", np.linalg.inv, S),
    ("np.linalg.norm", np.linalg.norm, M),
    ("np.linalg.slogdet", lambda x: np.linalg.slogdet(x)[1], S),
    ("np.linalg.solve", np.linalg.solve, S, V),
    ("np.max", np.max, M),
    ("np.amax", lambda x: np.amax(x, axis=1), M),
    ("np.min", np.min, M),
    ("np.amin", lambda x: np.amin(x, axis=0, keepdims=True), M),
    ("np.mean", lambda x: np.mean(x, axis=0), M),
    ("np.outer", np.outer, V, W),
    ("np.prod", lambda x: np.prod(x, axis=1), M),
    ("np.ravel", np.ravel, M),
    ("np.reshape", lambda x: np.reshape(x, (4, 3)), M),
    ("np.squeeze", lambda x: np.squeeze(x, 0), (1, 3)),
    ("np.stack", lambda x, y: np.stack([x, y], axis=1), V, V),
    ("np.sum", lambda x: np.sum(x, axis=(0, 2)), T),
    ("np.swapaxes", lambda x: np.swapaxes(x, 0, 1), M),
    ("np.trace", np.trace, S),
    ("np.transpose", np.transpose, M),
    ("np.vdot", np.vdot, V, V),
    ("np.where", lambda x, y: np.where(YES, x, y), V, V),
    ("np.add.reduce", lambda x: np.add.reduce(x, axis=1), M),
    ("np.multiply.reduce", np.multiply.reduce, M),
    ("np.maximum.reduce", lambda x: np.maximum.reduce(x, axis=None), M),
    ("np.minimum.reduce", np.minimum.reduce, M),
    ("np.add.accumulate", np.add.accumulate, M),
    ("np.multiply.outer", np.multiply.outer, V, W),
    ("np.append", lambda x, y: np.append(x, y), M, V),
    ("np.append", lambda x, y: np.append(x, y, axis=0), M, (1, 4)),
    ("np.array_split", lambda x: np.array_split(x, 3)[0], W),
    ("np.atleast_1d", lambda x: np.atleast_1d(x), ()),
    ("np.atleast_2d", lambda x, y: np.atleast_2d(x, y)[0], V, W),
    ("np.atleast_3d", np.atleast_3d, M),
    ("np.block", lambda x, y: np.block([[x, np.ones((3, 1))], [y, np.zeros((1, 1))]]), M, (1, 4)),
    ("np.broadcast_arrays", lambda x, y: np.broadcast_arrays(x, y)[1], M, W),
    ("np.choose", lambda x, y: np.choose(np.array([0, 1, 0]), [x, y]), V, V),
    ("np.column_stack", lambda x, y: np.column_stack([x, y]), V, M),
    ("np.compress", lambda x: np.compress(YES, x, axis=0), M),
    ("np.delete", lambda x: np.delete(x, 1, axis=1), M),
    ("np.diag", np.diag, V),
    ("np.diag", lambda x: np.diag(x, k=1), M),
    ("np.diagflat", lambda x: np.diagflat(x, -1), V),
    ("np.diagonal", lambda x: np.diagonal(x, 1), M),
    ("np.dsplit", lambda x: np.dsplit(x, 2)[1], T),
    ("np.dstack", lambda x, y: np.dstack([x, y]), V, V),
    ("np.extract", lambda x: np.extract(YES, x), V),
    ("np.fliplr", np.fliplr, M),
    ("np.flipud", np.flipud, M),
    ("np.hsplit", lambda x: np.hsplit(x, [1])[1], M),
    ("np.hstack", lambda x, y: np.hstack((x, y)), V, W),
    ("np.insert", lambda x, y: np.insert(x, 1, y, axis=0), M, W),
    ("np.linalg.diagonal", lambda x: np.linalg.diagonal(x, offset=1), S),
    ("np.linalg.matrix_transpose", np.linalg.matrix_transpose, T),
    ("np.matrix_transpose", np.matrix_transpose, T),
    ("np.meshgrid", lambda x, y: np.meshgrid(x, y, indexing="ij")[1], V, W),
    ("np.moveaxis", lambda x: np.moveaxis(x, 0, -1), T),
    ("np.pad", lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=7.0), M),
    ("np.pad", lambda x: np.pad(x, 2, mode="reflect"), M),
    ("np.pad", lambda x: np.pad(x, 1, mode="wrap"), V),
    ("np.repeat", lambda x: np.repeat(x, [1, 0, 3]), V),
    ("np.resize", lambda x: np.resize(x, (2, 5)), V),
    ("np.roll", lambda x: np.roll(x, 2, axis=1), M),
    ("np.rollaxis", lambda x: np.rollaxis(x, 2), T),
    ("np.rot90", lambda x: np.rot90(x, k=3), M),
    ("np.select", lambda x, y: np.select([YES, ~YES], [x, y]), V, V),
    ("np.select", lambda x: np.select([YES], [x], default=9.0), V),
    ("np.sort", np.sort, M),
    ("np.sort", lambda x: np.sort(x, axis=None), M),
    ("np.sort", lambda x: np.sort(x, axis=0, kind="stable"), M),
    ("np.split", lambda x: np.split(x, 2, axis=1)[1], M),
    ("np.take", lambda x: np.take(x, INDEX, axis=0), M),
    ("np.take_along_axis", lambda x: np.take_along_axis(x, INDEX[:, None], 1), M),
    ("np.tile", lambda x: np.tile(x, (2, 2)), V),
    ("np.tril", np.tril, M),
    ("np.triu", lambda x: np.triu(x, 1), M),
    ("np.vsplit", lambda x: np.vsplit(x, 3)[2], M),
    ("np.vstack", lambda x, y: np.vstack([x, y]), W, M),
    ("np.vstack", np.vstack, M),
    ("np.around", np.around, V),
    ("np.average", lambda x, w: np.average(x, weights=w * 0.01 + 1.0), M, M),
    ("np.average", lambda x, w: np.average(x, axis=-1, weights=w * 0.01 + 1.0), M, W),
    ("np.average", lambda x: np.average(x, axis=0), M),
    ("np.convolve", np.convolve, V, W),
    ("np.convolve", lambda x, y: np.convolve(x, y, "same"), W, V),
    ("np.convolve", lambda x, y: np.convolve(x, y, "valid"), V, W),
    ("np.copy", np.copy, M),
    ("np.correlate", np.correlate, W, V),
    ("np.correlate", lambda x, y: np.correlate(x, y, "same"), V, W),
    ("np.correlate", lambda x, y: np.correlate(x, y, "same"), (6,), V),
    ("np.correlate", lambda x, y: np.correlate(x, y, "full"), V, W),
    ("np.cross", np.cross, S, S),
    ("np.cumprod", lambda x: np.cumprod(x, axis=0), M),
    ("np.cumprod", np.cumprod, M),
    ("np.diff", np.diff, M),
    ("np.diff", lambda x: np.diff(x, 2, axis=0), M),
    ("np.inner", np.inner, M, (2, 4)),
    ("np.inner", np.inner, (), V),
    ("np.interp", lambda x, f: np.interp(x * 0.1, [-2.0, -0.7, 0.4, 3.0], f), V, W),
    ("np.interp", lambda x, f: np.interp(x + 40.0, [0.0, 1.0, 2.0, 3.0], f, left=1.0, right=2.0) + x, V, W),
    ("np.kron", np.kron, M, V),
    ("np.kron", np.kron, V, M),
    ("np.linalg.cross", np.linalg.cross, S, S),
    ("np.linalg.matmul", np.linalg.matmul, M, (4, 2)),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, 5), S),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, -2), S),
    ("np.linalg.matrix_power", lambda x: np.linalg.matrix_power(x, 0) + x, S),
    ("np.linalg.multi_dot", lambda x, y, z: np.linalg.multi_dot([x, y, z]), V, M, W),
    ("np.linalg.outer", np.linalg.outer, V, W),
    ("np.linalg.tensordot", np.linalg.tensordot, T, M),
    ("np.linalg.trace", lambda x: np.linalg.trace(x, offset=1), T),
    ("np.median", np.median, V),
    ("np.median", lambda x: np.median(x, axis=1), M),
    ("np.median", lambda x: np.median(x, keepdims=True), M),
    ("np.nan_to_num", lambda x: np.nan_to_num(np.append(x, [np.inf, -np.inf, np.nan]), posinf=3.0, neginf=4.0), V),
    ("np.polyval", np.polyval, V, W),
    ("np.ptp", lambda x: np.ptp(x, axis=1), M),
    ("np.real", np.real, V),
    ("np.round", lambda x: np.round(x * 1e-6 + 1.23, 1), V),
    ("np.std", lambda x: np.std(x, axis=1, ddof=1), M),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=([1, -1], [0, 1])), T, M),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=(0, -1)), V, S),
    ("np.tensordot", lambda x, y: np.tensordot(x, y, axes=0), V, W),
    ("np.trapezoid", lambda y: np.trapezoid(y, dx=0.5), M),
    ("np.trapezoid", lambda y: np.trapezoid(y, axis=0), T),
    ("np.flip", lambda x: np.flip(m=x, axis=0), M),
    ("np.mean", lambda x: np.mean(x, 0, None, None, True), M),
    ("np.trapezoid", lambda y, x: np.trapezoid(y, x, axis=0), M, V),
    ("np.trapezoid", lambda y, x: np.trapezoid(y, x), M, M),
    ("np.var", np.var, M),
    ("np.var", lambda x: np.var(x, axis=0, keepdims=True), M),
]


def spread(seed, shapes):
    """Arrays whose entries are at least 0.2 apart, so that a sort or a maximum does not tie, and at least 0.1 from 0."""
    rng = np.random.default_rng(seed)
    starts = [0.1 + 0.05 * rng.random() - 0.25 * rng.integers(2) for _ in shapes]
    return [rng.permutation(x + 0.25 * np.arange(np.prod(s, dtype=int))).reshape(s) for x, s in zip(starts, shapes, strict=True)]


def test_every_function_of_the_page_has_a_case():
    rows = {name for name in SECTIONS["Entry by entry"] if getattr(np, name[3:]).__name__ not in ("copysign", "heaviside")}
    asking = SECTIONS["Asking about the numbers (plain answers)"]
    assert {name for names in SECTIONS.values() for name in names} - rows - set(asking) == {name for name, *_ in CASES}


@pytest.mark.parametrize(("name", "f", "shapes"), [(n, f, s) for n, f, *s in CASES], ids=[n for n, *_ in CASES])
@given(seed=st.integers(0, 10**6))
def test_numpys_numbers_and_true_derivatives(name, f, shapes, seed):
    xs = spread(seed, shapes)
    if shapes[0] == S and "linalg" in name:
        xs[0] = xs[0] + 5.0 * np.eye(3)
    us = [np.random.default_rng(seed + 1).normal(size=s) for s in shapes]
    y = f(*map(Tensor, xs))
    same(y.data, np.asarray(f(*xs)), rtol=1e-12)
    v = np.random.default_rng(seed + 2).normal(size=y.shape)
    loss = lambda *ts: (f(*ts) * v).sum()  # noqa: E731 - a function of tensors
    pieces = ag.grad(loss, argnums=tuple(range(len(xs))))(*xs)
    slope = sum(np.vdot(g, u) for g, u in zip(pieces, us, strict=True))
    same(ag.jvp(loss, xs, us)[1], slope, rtol=1e-9, atol=1e-11)
    along = lambda t: float(np.sum(np.asarray(f(*[x + t * u for x, u in zip(xs, us, strict=True)])) * v))  # noqa: E731
    assert_derivative(slope, along, h=0.02)
    again = lambda x: ag.grad(loss)(x, *map(Tensor, xs[1:]))  # noqa: E731 - the gradient as a function
    if seed % 10 == 0:
        same(jacobian(again, mode="fwd")(xs[0]), jacobian(again, mode="rev")(xs[0]), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", SECTIONS["Entry by entry"])
def test_ufuncs_by_every_name(name):
    ufunc = getattr(np, name[3:])
    xs = [np.array([0.3, 0.7]) if ufunc is not np.arccosh else np.array([1.3, 1.7])] * ufunc.nin
    same(ufunc(*map(Tensor, xs)).data, ufunc(*xs), rtol=1e-14)
    same(ufunc(*[Value(x[0]) for x in xs]).data, ufunc(*[x[0] for x in xs]), rtol=1e-14)


@pytest.mark.parametrize("name", SECTIONS["Asking about the numbers (plain answers)"])
def test_questions_are_answered_plainly(name):
    function = getattr(np, name[3:])
    t = Tensor([1.0, 2.0])
    more = {
        **dict.fromkeys(("np.searchsorted", "np.digitize", "np.isin", "np.array_equal", "np.array_equiv"), ([1.5, 2.5],)),
        **dict.fromkeys(("np.isclose", "np.allclose", "np.full_like", "np.argpartition"), (1,)),
    }.get(name, ())
    if isinstance(function, np.ufunc):
        more = (1.0,) * (function.nin - 1)
    ours, theirs = function(t, *more), function(t.data, *more)
    assert type(ours) is type(theirs)
    if name != "np.empty_like":
        same(np.asarray(ours, float), np.asarray(theirs, float)) if name != "np.result_type" else None


def functions_of_numpy():
    """Every function of NumPy that asks its arguments first, and every ufunc."""
    modules = (np, np.linalg, np.fft)
    found = [getattr(m, n) for m in modules for n in dir(m)]
    dispatching = [f for f in found if hasattr(f, "_implementation") and f not in HANDLERS]
    ufuncs = [f for f in found if isinstance(f, np.ufunc) and f"np.{f.__name__}" not in SECTIONS["Entry by entry"]]
    return dispatching, [f for f in ufuncs if f.__name__ not in QUERY_UFUNCS and f is not np.matmul]


NO_ARRAYS = (
    "busday",
    "datetime",
    "is_busday",
    "einsum_path",
    "ravel_multi_index",
    "unravel_index",
    "save",
    "array2string",
    "ix_",
    "astype",
)


@pytest.mark.parametrize("function", functions_of_numpy()[0], ids=get_qualified_name)
def test_every_other_function_is_refused_by_name(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return  # older NumPys do not say what these take
    t = Tensor(np.eye(3) + 1.0)
    given = [t] * sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
    if function.__name__.startswith(NO_ARRAYS) or not given:
        return  # these take dates, file names, shapes or types
    with pytest.raises(DataError) as caught:
        function(*given)
    assert get_qualified_name(function) in str(caught.value)
    assert f"define('{function.__name__}', …) gives it one" in str(caught.value)


@pytest.mark.parametrize("ufunc", functions_of_numpy()[1], ids=lambda f: f.__name__)
def test_every_other_ufunc_is_refused_by_name(ufunc):
    with pytest.raises(
        DataError, match=rf"np.{ufunc.__name__} has no derivative here; .*define\('{ufunc.__name__}', …\) gives it one"
    ):
        ufunc(*[Tensor([1.0, 2.0])] * ufunc.nin)


def test_refusals_know_what_to_write_instead():
    t = Tensor(np.eye(2))
    for f, hint in [
        (np.linalg.svd, "solve, inv, det and slogdet work"),
        (np.nansum, r"np.nan_to_num\(t\)"),
        (np.unique, "np.sort works"),
        (np.sinc, "np.sin works"),
        (np.logaddexp2, "np.logaddexp works"),
        (np.fft.fft, r"np.fft.fft has no derivative here; "),
        (np.nancumsum, "the most similar name that works is cumsum"),
    ]:
        with pytest.raises(DataError, match=hint):
            f(t, t) if f is np.logaddexp2 else f(t)


def test_own_operations_answer_for_numpys_name():
    try:
        define("sinc", lambda xp, a: xp.sin(a) / a, lambda xp, y, a: (xp.cos(a) - y) / a)
        same(np.sinc(Tensor([1.0])).data, [np.sin(1.0)])
        define("logaddexp2", lambda xp, a, b: a + 2.0 * b, lambda xp, y, a, b: 1.0, lambda xp, y, a, b: 2.0)
        assert np.logaddexp2(Value(1.0), 2.0).data == 5.0
        define(
            "nansum", lambda xp, a: xp.sum(a, axis=None, keepdims=False), transpose=lambda xp, g, a: xp.broadcast_to(g, xp.shape(a))
        )
        t = Tensor([1.0, 2.0])
        np.nansum(t).backward()
        same(t.grad, [1.0, 1.0])
    finally:
        for name in ("sinc", "logaddexp2", "nansum"):
            del TABLE[name]


def test_wrong_input_is_named():
    t, v = Tensor(np.ones((2, 3))), Tensor([1.0, 2.0])
    for attempt, kind, words in [
        (lambda: np.pad(v, 1, mode="mean"), DataError, "np.pad with mode='mean' has no derivative here"),
        (lambda: np.cross(v, v), ShapeError, r"cross takes vectors of length 3, not arrays of shapes \(2,\) and \(2,\)"),
        (lambda: np.tensordot(t, t, 1), ShapeError, r"tensordot of shapes \(2, 3\) and \(2, 3\): the axes 1 do not fit"),
        (lambda: np.convolve(t, v), ShapeError, r"convolve takes two vectors and full, same or valid, not shapes \(2, 3\), \(2,\)"),
        (
            lambda: np.average(t, axis=0, weights=[1.0]),
            ShapeError,
            r"average: weights of shape \(1,\) do not fit .* \(2, 3\) over axis 0",
        ),
        (lambda: np.var(t, where=[True]), DataError, "np.var on nodes: .*unexpected keyword argument 'where'"),
        (lambda: np.sum(t, 0, float), DataError, "np.sum on nodes: .*unexpected keyword argument 'dtype'"),
        (lambda: np.max(t, 0, np.zeros(3)), DataError, "np.max with out= would overwrite recorded numbers"),
        (lambda: np.cross(t, t, 0), DataError, "np.cross on nodes: .*unexpected keyword argument 'axisa'"),
        (lambda: np.pad(v, 1, "reflect", reflect_type="odd"), DataError, "np.pad with reflect_type='odd' computes new entries"),
        (lambda: np.pad(v, 1, constant_values=Value(1.0)), DataError, "np.pad.constant_values=. is a plain number"),
        (lambda: np.median(t, axis=(0, 1)), DataError, r"np.median takes one axis here, not \(0, 1\)"),
        (lambda: np.median(Tensor(np.zeros((0, 2))), axis=0), ShapeError, r"np.median of shape \(0, 2\)"),
        (lambda: np.diff(v, n=-1), ShapeError, "np.diff takes an order of 0 or more, not -1"),
        (
            lambda: np.interp(v, [0.0, 0.0], [1.0, 2.0]),
            ShapeError,
            r"np.interp takes at least two sample points xp in increasing order",
        ),
        (lambda: np.emath.sqrt(v), DataError, "has no derivative here"),
    ]:
        with pytest.raises(kind, match=words):
            attempt()


def test_moving_nothing_gives_nothing():
    assert np.tile(Tensor(np.zeros((0, 2))), (2, 1)).shape == (0, 2)
    same(np.diag(Tensor([]), 1).data, [[0.0]])
    same(np.pad(Tensor(np.zeros((0, 1))), 1).data, np.zeros((2, 3)))


def test_ties_of_a_sort_keep_their_order():
    t = Tensor([2.0, 1.0, 2.0, 1.0])
    np.sort(t).backward([1.0, 10.0, 100.0, 1000.0])
    same(t.grad, [100.0, 1.0, 1000.0, 10.0])


def test_values_in_lists_take_part():
    a, b = Value(2.0), Value(3.0)
    np.hstack([a, [1.0, b]]).sum().backward()
    assert (a.grad, b.grad) == (1.0, 1.0)


def test_the_page_is_up_to_date():
    assert (ROOT / "docs" / "numpy.md").read_text(encoding="utf-8") == make_page(), (
        "run: python -m autograd.numpy_api.support_table > docs/numpy.md"
    )


def test_edge_values_are_numpys():
    assert np.isnan(np.median(Tensor([1.0, np.nan, 2.0])).data)
    assert np.isnan(np.heaviside(Tensor(np.nan), 0.5).data)
    assert np.diff(Tensor([1.0, 2.0]), n=3).shape == (0,)
    assert np.linalg.slogdet(Tensor(np.eye(2))).logabsdet.data == 0.0
    assert np.broadcast_to(Tensor(1.0), np.int64(4)).shape == (4,)
    for ufunc in (np.floor_divide, np.fmod, np.remainder):
        for a in (5.0, -5.0, 1.0, 0.0, np.inf, np.nan, 0.3):
            for b in (0.1, -0.1, 2.0, np.inf, 0.0, -3.0):
                with np.errstate(all="ignore"):
                    wanted = ufunc(a, b)
                same(ufunc(Tensor(a), b).data, wanted)
                same(ufunc(Value(a), b).data, wanted)
    same(ag.grad(lambda b: np.remainder(1.0, b))(0.1), -9.0)
    same(ag.grad(lambda x: np.fmod(x, np.inf))(5.0), 1.0)
    assert (Value(7.0) // 2.0).data == 3.0
    assert (7.0 % Value(4.0)).data == 3.0


def test_nodes_that_only_choose_are_read():
    t = Tensor([1.0, 0.0, 2.0])
    assert np.lexsort((t,)).tolist() == [1, 0, 2]
    same(np.extract(t, t).data, [1.0, 2.0])
    same(np.compress(t, t).data, [1.0, 2.0])
    same(np.select([t > 0.0], [t]).data, [1.0, 0.0, 2.0])


def test_functions_without_a_signature_take_their_arguments_as_they_are():
    from autograd.numpy_api.dispatch import get_parameters

    assert get_parameters(dict.fromkeys) is None or get_parameters(np.where) is None or get_parameters(max) is None


def test_var_and_std_divide_by_nothing_less_than_zero():
    for f in (np.var, np.std):
        for x in ([1.0, 2.0], [1.0, 1.0], [3.0]):
            for ddof in (0.5, 1, 2, 3):
                with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
                    wanted = f(x, ddof=ddof)
                same(f(Tensor(x), ddof=ddof).data, wanted)
