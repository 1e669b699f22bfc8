"""Einstein sums as matrix products, sums of rows by index, and ties of extrema, against NumPy's plain way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor
from autograd.backends import numpy_backend
from autograd.backends.numpy_backend import ARRAY, array_add_at
from autograd.ops.rules import contraction
from autograd.ops.rules.contraction import contract, find_matrix_form
from oracles import assert_close

LENGTHS = dict(zip("abcde", (2, 3, 1, 4, 2)))


@pytest.fixture
def any_size_is_worth_a_product(monkeypatch):
    monkeypatch.setattr(contraction, "MIN_PRODUCTS", 0)
    monkeypatch.setattr(contraction, "MIN_PRODUCTS_PER_MATRIX", 0)
    find_matrix_form.cache_clear()
    yield
    find_matrix_form.cache_clear()


# The operands in which a letter is, and whether it is in the result.
BATCH, LEFT, RIGHT, SUMMED = "abr", "ar", "br", "ab"


@pytest.mark.usefixtures("any_size_is_worth_a_product")
def test_matrix_products_are_einstein_sums():
    forms = set()

    @given(st.lists(st.sampled_from([BATCH, LEFT, RIGHT, SUMMED]), max_size=2), st.randoms(use_true_random=False))
    def check(more, random):
        parts = dict(zip("abcde", [LEFT, RIGHT, SUMMED, *more]))
        left, right, result = (
            "".join(random.sample(letters, len(letters))) for letters in ([x for x in parts if name in parts[x]] for name in "abr")
        )
        rng = np.random.default_rng(0)
        a, b = (rng.integers(-9, 9, [LENGTHS[x] for x in s]).astype(float) for s in (left, right))
        form = find_matrix_form(f"{left},{right}->{result}", a.shape, b.shape)
        forms.add(form)
        assert np.array_equal(contract(ARRAY, form, a, b), np.einsum(f"{left},{right}->{result}", a, b))

    check()
    assert len(forms) > 5
    assert None not in forms


@pytest.mark.usefixtures("any_size_is_worth_a_product")
@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ii,ij->j", [(3, 3), (3, 2)]),  # a diagonal
        ("ij,jk->ik", [(2, 1), (3, 4)]),  # broadcasting
        ("ij,ij->ij", [(2, 3), (2, 3)]),  # nothing is summed
        ("ijm,jk->ik", [(2, 3, 4), (3, 2)]),  # a letter that one operand has alone is summed
        ("bi,bi->b", [(2, 3), (2, 3)]),  # a stack of vectors
        ("ij->i", [(2, 3)]),
        ("i,i,i->", [(2,), (2,), (2,)]),
    ],
)
def test_other_sums_are_no_matrix_product(subscripts, shapes):
    assert find_matrix_form(subscripts, *shapes) is None


def test_small_products_are_left_to_einsum():
    assert find_matrix_form("ij,jk->ik", (8, 8), (8, 8)) is None
    assert find_matrix_form("bij,bjk->bik", (500, 4, 4), (500, 4, 4)) is None
    assert find_matrix_form("bij,bjk->bik", (500, 8, 8), (500, 8, 8)) is not None


def test_derivatives_of_large_products_are_those_of_the_matrices():
    rng = np.random.default_rng(1)
    a, b, g = (rng.integers(-9, 9, shape).astype(float) for shape in ((4, 24, 20), (30, 4, 20), (30, 4, 24)))

    def total(a, b):
        return (ag.einsum("kij,nkj->nki", a, b) * g).sum()

    da, db = ag.grad(total, argnums=(0, 1))(a, b)
    assert np.array_equal(da, np.einsum("nki,nkj->kij", g, b))
    assert np.array_equal(db, np.einsum("nki,kij->nkj", g, a))
    compiled = ag.compile(total, tensors=True)
    assert np.array_equal(ag.grad(compiled)(a, b), da)
    assert "einsum" not in compiled.source


@pytest.mark.parametrize("optimize", [True, False, "greedy", "optimal", ["einsum_path", (1, 2), (0, 1)], ("greedy", 2**20)])
def test_operands_are_multiplied_in_any_order(optimize):
    rng = np.random.default_rng(2)
    arrays = [rng.normal(size=shape) for shape in ((3, 4), (4, 2), (2, 3, 5))]
    tensors = list(map(Tensor, arrays))
    y = np.einsum("ij,jk,kil", *tensors, optimize=optimize)
    assert_close(y.data, np.einsum("ij,jk,kil", *arrays), rtol=1e-12)
    assert len(y.args) == (3 if optimize is False else 2)
    y.sum().backward()
    assert_close(tensors[1].grad, np.einsum("ij,kil->jk", arrays[0], arrays[2]), rtol=1e-12)


@pytest.mark.parametrize("optimize", ["fastest", 3, ["einsum_path", (0, 7)]])
def test_an_unknown_order_is_refused(optimize):
    t = Tensor([1.0])
    with pytest.raises(ag.ShapeError, match=r"einsum: 'i,i,i->' of shapes .* with optimize="):
        ag.einsum("i,i,i->", t, t, t, optimize=optimize)


@given(st.lists(st.integers(-6, 5), max_size=12), st.booleans())
def test_rows_are_added_by_index(index, permuted):
    rng = np.random.default_rng(3)
    index = rng.permutation(6) if permuted else np.array(index, dtype=np.intp)
    rows = rng.normal(size=(len(index), 3))
    total = rng.normal(size=(6, 3))
    expected = total.copy()
    np.add.at(expected, index, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_backend, "MIN_ROWS", 1)
        patch.setattr(numpy_backend, "MIN_ROW_LENGTH", 1)
        array_add_at(total, (index,), rows)
    assert_close(total, expected, atol=1e-13)


def test_a_mask_selects_no_entry_twice():
    total = np.zeros(3)
    array_add_at(total, np.array([True, False, True]), np.array([1.0, 2.0]))
    assert total.tolist() == [1.0, 0.0, 2.0]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([[1.0, 2.0, 3.0], [4.0, 1.0, 0.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
        ([[3.0, 2.0, 3.0], [4.0, 1.0, 0.0]], [[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]),
        # two ties and no maximum beside a nan are as many extrema as rows
        ([[3.0, 2.0, 3.0], [np.nan, 1.0, 0.0]], [[0.5, 0.0, 0.5], [np.nan] * 3]),
    ],
)
def test_ties_share_the_gradient_of_an_extremum(data, expected):
    t = Tensor(data)
    ag.max(t, axis=1).sum().backward()
    assert np.array_equal(t.grad, expected, equal_nan=True)
