"""Arrays of other things than numbers, masked arrays and subclasses of ndarray, at every door: one error with the next step."""

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, Tensor, Value, grad
from autograd.testing import check_grad

T, V = Tensor([1.0, 2.0]), Value(2.0)
DAYS = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
NOT_NUMBERS = {
    "strings": np.array(["a", "b"]),
    "bytes": np.array([b"a", b"b"]),
    "dates": DAYS,
    "durations": DAYS - DAYS[0],
    "records": np.array([(1.0, 2.0), (3.0, 4.0)], dtype=[("x", float), ("y", float)]),
    "objects": np.array([1.0, "a"], dtype=object),
}
DOORS = {
    "Tensor": Tensor,
    "array": ag.array,
    "an operator": lambda x: T * x,
    "an operator of a Value": lambda x: V + x,
    "a reflected operator": lambda x: x - T,
    "a ufunc": lambda x: np.multiply(T, x),
    "a function": ag.exp,
    "a reduction": ag.sum,
    "a product": lambda x: T @ x,
    "concatenate": lambda x: np.concatenate([T, x]),
    "stack": lambda x: np.stack([T, x]),
    "grad": grad(lambda a: (a * a).sum()),
    "check_grad": lambda x: check_grad(lambda a: (a * a).sum(), x),
    "an assignment": lambda x: ag.zeros(2).__setitem__(slice(None), x),
    "an update": lambda x: T.at[:].set(x),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", NOT_NUMBERS)
def test_what_is_not_a_number_is_refused_with_the_next_step(kind, door):
    with pytest.raises(DataError, match=r"(takes|differentiates|is combined with this|input 0.* is) .*(; |: use|: pass)"):
        DOORS[door](NOT_NUMBERS[kind])


MASKED = np.ma.masked_array([1.0, 2.0], mask=[False, True])
OTHER_DOORS = {
    "select": lambda x: np.select([x > 0.0], [T]),
    "compress": lambda x: np.compress(x, T),
    "weights": lambda x: np.average(T, weights=x),
    "a question": lambda x: np.allclose(T, x),
    "an index": lambda x: T[x > 0.0],
    "vmap": ag.vmap(lambda a: a * a),
    "where": lambda x: np.where(x, T, 0.0),
    "compile": ag.compile(lambda a: (a * a).sum(), tensors=True),
}


@pytest.mark.parametrize("door", sorted({*DOORS, *OTHER_DOORS} - {"a reflected operator"}))
def test_a_mask_is_never_dropped(door):
    with pytest.raises(DataError, match=r"1 of 2 entries are masked, .*: fill them, as in x\.filled\(0\.0\), or drop them"):
        {**DOORS, **OTHER_DOORS}[door](MASKED)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("take", lambda positions: np.take(T, positions)),
        ("repeat", lambda counts: np.repeat(T, counts)),
        ("compress", lambda condition: np.compress(condition, T)),
        ("select", lambda condition: np.select([condition > 0], [T])),
    ],
)
def test_masked_positions_and_conditions_are_refused(name, call):
    with pytest.raises(DataError, match=rf"^np\.{name}: 1 of 2 entries are masked"):
        call(np.ma.masked_array([1, 0], mask=[False, True]))


def test_the_operator_of_a_masked_array_keeps_the_mask_or_refuses():
    with pytest.raises(DataError, match=r"would be cut from its graph here"):
        MASKED - T
    assert (MASKED * V).mask.tolist() == [False, True]


@pytest.mark.parametrize("array", [np.ma.masked_array([1.0, 2.0]), np.array([1.0, 2.0]).view(np.recarray)], ids=["mask", "view"])
def test_subclasses_that_hold_plain_numbers_are_arrays(array):
    assert (T * array).data.tolist() == [1.0, 4.0]
    assert np.dot(T, array) == 5.0
    assert ag.compile(lambda a: (a * a).sum(), tensors=True)(array) == 5.0


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize(
    "door", ["Tensor", "an operator", "an operator of a Value", "a product", "grad", "check_grad", "vmap", "compile"]
)
def test_a_matrix_is_refused_since_its_operators_are_others(door):
    with pytest.raises(
        DataError, match=r"takes arrays, not an np\.matrix, for which \* and \*\* are products of matrices: pass np\.asa"
    ):
        {**DOORS, **OTHER_DOORS}[door](np.matrix([[1.0, 2.0]]))
