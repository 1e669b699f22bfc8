"""Functions of NumPy that have no derivative here are refused by name, with the next step."""

import inspect

import numpy as np
import pytest

from autograd import DataError, ShapeError, Tensor, Value, define
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
    ufuncs = [f for f in found if isinstance(f, np.ufunc) and f"np.{f.__name__}" not in SECTIONS["Entry by entry"]]
    return dispatching, [f for f in ufuncs if f.__name__ not in QUERY_UFUNCS and f not in (np.matmul, np.vecdot)]


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
        (np.nansum, r"np.nan_to_num\(t\)"),
        (np.unique, "np.sort works"),
        (np.sinc, "np.sin works"),
        (np.logaddexp2, "np.logaddexp works"),
        (np.fft.fft, r"np.fft.fft has no derivative here; "),
        (np.nancumsum, "the most similar name that works is cumsum"),
    ]:
        with pytest.raises(DataError, match=hint):
            f(t, t) if f is np.logaddexp2 else f(t)


def test_an_operation_of_the_user_answers_for_the_function_of_numpy_with_its_name():
    try:
        define("sinc", lambda xp, a: xp.sin(a) / a, lambda xp, y, a: (xp.cos(a) - y) / a)
        assert_close(np.sinc(Tensor([1.0])).data, [np.sin(1.0)])
        define("logaddexp2", lambda xp, a, b: a + 2.0 * b, lambda xp, y, a, b: 1.0, lambda xp, y, a, b: 2.0)
        assert np.logaddexp2(Value(1.0), 2.0).data == 5.0
        define(
            "nansum", lambda xp, a: xp.sum(a, axis=None, keepdims=False), transpose=lambda xp, g, a: xp.broadcast_to(g, xp.shape(a))
        )
        t = Tensor([1.0, 2.0])
        np.nansum(t).backward()
        assert_close(t.grad, [1.0, 1.0])
    finally:
        for name in ("sinc", "logaddexp2", "nansum"):
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
