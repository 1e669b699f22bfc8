"""NumPy's protocols: arguments as NumPy binds them, edge values as NumPy has them, and the page of what works."""

from pathlib import Path

import numpy as np

import autograd as ag
from autograd import Tensor, Value
from autograd.numpy_api.dispatch import get_parameters
from autograd.numpy_api.support_table import make_page
from oracles import assert_close

ROOT = Path(ag.__file__).parents[1]


def test_values_in_lists_get_their_gradients():
    a, b = Value(2.0), Value(3.0)
    np.hstack([a, [1.0, b]]).sum().backward()
    assert (a.grad, b.grad) == (1.0, 1.0)


def test_functions_without_a_signature_have_no_parameters():
    assert get_parameters(dict.fromkeys) is None or get_parameters(np.where) is None or get_parameters(max) is None


def test_edge_values_are_those_of_numpy():
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
                assert_close(ufunc(Tensor(a), b).data, wanted)
                assert_close(ufunc(Value(a), b).data, wanted)
    assert_close(ag.grad(lambda b: np.remainder(1.0, b))(0.1), -9.0)
    assert_close(ag.grad(lambda x: np.fmod(x, np.inf))(5.0), 1.0)
    assert (Value(7.0) // 2.0).data == 3.0
    assert (7.0 % Value(4.0)).data == 3.0


def test_the_page_in_the_documentation_is_up_to_date():
    assert (ROOT / "docs" / "numpy.md").read_text(encoding="utf-8") == make_page(), (
        "run: python -m autograd.numpy_api.support_table > docs/numpy.md"
    )


def test_out_and_where_may_be_given_as_what_they_are_by_default():
    t = Tensor([1.0, 2.0])
    y = np.multiply(t, 3.0, out=None, where=True)
    y.backward(np.ones(2))
    np.testing.assert_array_equal(y.data, [3.0, 6.0])
    np.testing.assert_array_equal(t.grad, [3.0, 3.0])
