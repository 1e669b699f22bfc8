"""Functions of NumPy that have no derivative here are refused by name, with the next step."""

import inspect

import numpy as np
import pytest

from autograd import DataError, SettingError, ShapeError, Tensor, Value, define
from autograd.numpy_api.composed.registry import COMPOSED_UFUNCS
from autograd.numpy_api.dispatch import QUERY_UFUNCS
from autograd.numpy_api.handlers import HANDLERS
from autograd.numpy_api.support_table import get_sections
from autograd.numpy_api.unsupported import get_qualified_name
from autograd.ops import TABLE
from oracles import assert_close

SECTIONS = get_sections()


def find_unsupported_functions():
    """Return the functions of NumPy that follow its protocol and have no handler, and the ufuncs that have no row."""
    modules = (np, np.linalg, np.fft)
    found = [getattr(m, n) for m in modules for n in dir(m)]
    dispatching = [f for f in found if hasattr(f, "_implementation") and f not in HANDLERS]
    ufuncs = [f for f in found if isinstance(f, np.ufunc) and f"np.{f.__name__}" not in SECTIONS["Elementwise functions"]]
    return dispatching, [f for f in ufuncs if f.__name__ not in QUERY_UFUNCS and f.__name__ not in ("matmul", *COMPOSED_UFUNCS)]


NOT_OF_NUMBERS = (  # these take dates, file names, shapes or types
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


@pytest.mark.parametrize("function", find_unsupported_functions()[0], ids=get_qualified_name)
def test_every_other_function_is_refused_by_name(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return  # older NumPys do not say what these take
    t = Tensor(np.eye(3) + 1.0)
    arguments = [t] * sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
    if function.__name__.startswith(NOT_OF_NUMBERS) or not arguments:
        return
    with pytest.raises(DataError) as caught:
        function(*arguments)
    assert get_qualified_name(function) in str(caught.value)
    assert f"define('{function.__name__}', …) gives it one" in str(caught.value)


@pytest.mark.parametrize("ufunc", find_unsupported_functions()[1], ids=lambda f: f.__name__)
def test_every_other_ufunc_is_refused_by_name(ufunc):
    with pytest.raises(
        DataError, match=rf"np.{ufunc.__name__} has no derivative here; .*define\('{ufunc.__name__}', …\) gives it one"
    ):
        ufunc(*[Tensor([1.0, 2.0])] * ufunc.nin)


def test_errors_name_an_alternative():
    t = Tensor(np.eye(2))
    for f, hint in [
        (np.linalg.matrix_rank, "np.linalg.svdvals works"),
        (np.histogram, "counts have no derivative, and np.bincount with weights=t has one"),
        (np.unique, "np.sort works"),
        (np.trim_zeros, "np.trim_zeros has no derivative here; "),
        (np.sort_complex, "the most similar name that works is "),
    ]:
        with pytest.raises(DataError, match=hint):
            f(t)


def test_polynomials_without_roots_have_none():
    for coefficients in ([5.0], [0.0, 0.0], [], [0.0, 2.0, 0.0]):
        assert_close(np.roots(Tensor(coefficients)).data, np.roots(coefficients))


def test_an_operation_of_the_user_answers_for_the_function_of_numpy_with_its_name():
    try:
        define("spacing", lambda xp, a: xp.sin(a) / a, lambda xp, y, a: (xp.cos(a) - y) / a)
        assert_close(np.spacing(Tensor([1.0])).data, [np.sin(1.0)])
        define("nextafter", lambda xp, a, b: a + 2.0 * b, lambda xp, y, a, b: 1.0, lambda xp, y, a, b: 2.0)
        assert np.nextafter(Value(1.0), 2.0).data == 5.0
        define(
            "sort_complex",
            lambda xp, a: xp.sum(a, axis=None, keepdims=False),
            transpose=lambda xp, g, a: xp.broadcast_to(g, xp.shape(a)),
        )
        t = Tensor([1.0, 2.0])
        np.sort_complex(t).backward()
        assert_close(t.grad, [1.0, 1.0])
    finally:
        for name in ("spacing", "nextafter", "sort_complex"):
            del TABLE[name]


def test_errors_name_the_wrong_input():
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
        (lambda: np.var(t, mean=0.0), DataError, "np.var on nodes: .*unexpected keyword argument 'mean'"),
        (lambda: np.sum(t, 0, int), DataError, r"astype\(\) takes a float type, such as np.float32, not int64"),
        (
            lambda: np.max(t, 0, np.zeros(3)),
            DataError,
            "np.max with out= writes to an array that cannot hold nodes: make it with np.zeros_like",
        ),
        (lambda: np.geomspace(v, -v), DataError, "np.geomspace on nodes takes two nonzero ends of the same sign"),
        (
            lambda: np.gradient(t, 1.0, 2.0, 3.0),
            SettingError,
            "np.gradient: 3 distances for 2 axes: pass none, one, or one for each",
        ),
        (lambda: np.gradient(v, edge_order=3), SettingError, "np.gradient: edge_order must be 1 or 2, not 3"),
        (lambda: np.gradient(v, edge_order=2), ShapeError, r"np.gradient of shape \(2,\): axis 0 needs at least 3 samples"),
        (lambda: np.gradient(v, [1.0, 2.0, 3.0]), ShapeError, r"coordinates of shape \(3,\) do not fit axis 0"),
        (lambda: np.quantile(v, Value(0.5)), DataError, "np.quantile: no gradient flows to q"),
        (lambda: np.percentile(v, v), DataError, "np.percentile: no gradient flows to q"),
        (
            lambda: np.quantile(v, 0.5, weights=[1.0, 1.0], method="inverted_cdf"),
            DataError,
            "np.quantile with weights= has no derivative here",
        ),
        (lambda: np.cov(np.expand_dims(t, 0)), ShapeError, r"np.cov takes a vector or a matrix, not an array of shape \(1, 2, 3\)"),
        (lambda: np.bincount([0, 1, 1], v), ShapeError, r"np.bincount: weights of shape \(2,\) for numbers of shape \(3,\)"),
        (lambda: np.ldexp(v, v), DataError, r"np.ldexp: the exponents must be integers, not nodes: use x \* 2.0\*\*i"),
        (lambda: np.vander(t), ShapeError, r"np.vander takes a vector, not an array of shape \(2, 3\)"),
        (
            lambda: np.poly(t),
            ShapeError,
            r"np.poly on nodes takes a vector of roots or a square matrix, not an array of shape \(2, 3\)",
        ),
        (lambda: np.polymul(t, v), ShapeError, r"np.polymul takes a vector of coefficients, not an array of shape \(2, 3\)"),
        (lambda: np.polyder(v, -1), SettingError, "np.polyder: the order m must be 0 or more, not -1"),
        (lambda: np.polyint(v, 2, [1.0, 2.0, 3.0]), SettingError, "np.polyint: 3 constants for an order of 2"),
        (lambda: np.polyfit(v, v, 1, full=True), DataError, "np.polyfit with rcond=, full= or cov= has no derivative here"),
        (lambda: np.polyfit(t, v, 1), ShapeError, r"np.polyfit on nodes takes two vectors of one length, not shapes \(2, 3\) and"),
        (
            lambda: np.apply_along_axis(np.sum, 0, Tensor(np.zeros((2, 0)))),
            ShapeError,
            r"np.apply_along_axis of shape \(2, 0\): there is no vector along axis 0",
        ),
        (lambda: np.piecewise(v, [v.data > 0.0], []), ShapeError, "np.piecewise: 0 functions for 1 conditions: pass as many"),
        (lambda: np.einsum(t, [0, 1], "ij"), DataError, "or after each operand a list of whole numbers that name its axes"),
        (lambda: np.put(v, 0, 1.0), DataError, r"np.put on this Tensor .leaf.: only results of operations and constants can be"),
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
