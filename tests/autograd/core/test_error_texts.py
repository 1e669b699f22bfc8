"""Bad input: one clear error each, with the call, the values or shapes, and the next step in its text."""

from fractions import Fraction

import numpy as np
import pytest

import autograd as ag
from autograd import AutogradError, DataError, DefinitionError, GraphError, OutOfRangeError, ShapeError, Tensor, Value, define

v = Value(2.0, name="v")
t = Tensor([1.0, 2.0])
W = Tensor(np.ones((2, 3)), name="W")

CASES = [
    (lambda: Value("3"), DataError, r"Value\(\) takes a real number, not '3' of type str; convert it first, as in float\(text\)"),
    (lambda: Value(None), DataError, r"Value\(\) takes a real number, not None of type NoneType"),
    (lambda: Value(1j), DataError, r"not 1j of type complex; a Tensor may hold complex numbers, as in Tensor\(x\)"),
    (lambda: Value([1.0]), DataError, r"not \[1.0\] of type list; stack Values into a Tensor with autograd.stack"),
    (lambda: Value(v), DataError, "it is a node already: use it as it is, or take x.data"),
    (lambda: Value(10**400), DataError, "an integer of 401 digits is beyond float64"),
    (lambda: Value(object()), DataError, "takes a real number, not <object"),
    (lambda: Value(np.ones(2)), DataError, r"not an array of dtype float64 and shape \(2,\)"),
    (lambda: Value(1.0, name=3), DataError, "a name must be a string, not 3 of type int"),
    (lambda: Tensor("abc"), DataError, r"Tensor\(\) takes real numbers, not 'abc' of type str"),
    (lambda: Tensor([[1], [2, 3]]), DataError, r"takes an array of real numbers, not \[\[1\], \[2, 3\]\]"),
    (lambda: Tensor(np.array(["1j"])), DataError, "takes real numbers, not an array of dtype <U2"),
    (lambda: Tensor([v]), DataError, "stack Values into a Tensor with autograd.stack"),
    (lambda: Tensor([t]), DataError, "autograd.stack"),
    (lambda: Tensor(None), DataError, r"Tensor\(\) takes real numbers, not None"),
    (lambda: v + "x", DataError, "add takes numbers, arrays and nodes, not 'x' of type str"),
    (lambda: v * None, DataError, "multiply takes numbers, arrays and nodes, not None"),
    (lambda: v - {}, DataError, "subtract takes numbers, arrays and nodes, not {} of type dict"),
    (lambda: 10**400 * v, DataError, "401 digits"),
    (lambda: v * np.array(["a"]), DataError, "multiply takes real numbers, not an array of dtype <U1"),
    (lambda: v * np.array(["a"]), DataError, "multiply takes real numbers, not an array of dtype <U1"),
    (lambda: v.maximum("x"), DataError, "maximum takes numbers, arrays and nodes, not 'x'"),
    (lambda: t.maximum("x"), DataError, "maximum takes numbers, arrays and nodes, not 'x'"),
    (lambda: ag.exp({}), DataError, r"exp takes real numbers, not \{\} of type dict"),
    (lambda: t + Tensor([1.0, 2.0, 3.0]), ShapeError, r"add of shapes \(2,\) and \(3,\): operands could not be broadcast"),
    (lambda: W @ t, ShapeError, r"matmul of shapes \(2, 3\) and \(2,\)"),
    (lambda: t[5], OutOfRangeError, r"getitem of shapes \(2,\), index=5: index 5 is out of bounds"),
    (lambda: t[v], DataError, "an index takes integers, slices and arrays of integers, not this Value"),
    (lambda: t[W], DataError, r"not this Tensor \('W', leaf\): use its .data as integers"),
    (lambda: t.sum(axis=3), ShapeError, r"sum: axis 3 does not exist in shape \(2,\)"),
    (lambda: W.sum(axis=(0, -2)), ShapeError, r"sum: an axis appears twice in \(0, -2\)"),
    (
        lambda: t.backward(),
        GraphError,
        r"backward\(\) starts from one number, but this Tensor \(leaf\) has shape \(2,\): reduce it first",
    ),
    (lambda: (W * 2.0).backward(), GraphError, r"this Tensor \(result of multiply\) has shape \(2, 3\)"),
    (
        lambda: t.backward([1.0]),
        ShapeError,
        r"backward\(\): the cotangent has shape \(1,\), but this Tensor \(leaf\) has shape \(2,\)",
    ),
    (lambda: t.backward("x"), DataError, r"backward\(\) takes real numbers, not 'x'"),
    (
        lambda: float(t),
        ShapeError,
        r"float\(\) takes one number, but this Tensor \(leaf\) has shape \(2,\): index or reduce it first",
    ),
    (lambda: bool(t), ShapeError, "a truth value takes one number"),
    (lambda: t.item(), ShapeError, r"item\(\) takes one number"),
    (lambda: f"{t:.2f}", ShapeError, "format '.2f' takes one number"),
    (lambda: len(Tensor(1.0)), DataError, r"len\(\) of this Tensor \(leaf\): it is one number and has no length"),
    (lambda: np.asarray(t), DataError, "would be cut from its graph here: take t.data"),
    (
        lambda: setattr(Tensor([1.0]), "data", [1.0, 2.0]),
        ShapeError,
        r"has shape \(1,\); an array of shape \(2,\) cannot replace it",
    ),
    (
        lambda: setattr(Tensor([1.0]), "grad", [1.0, 2.0]),
        ShapeError,
        r"the gradient of this Tensor \(leaf\) has shape \(1,\), not \(2,\)",
    ),
    (
        lambda: setattr(t * 2.0, "data", [1.0, 2.0]),
        GraphError,
        r"this Tensor \(result of multiply\) was computed, so its data cannot be replaced",
    ),
    (lambda: setattr(v * 2.0, "data", 1.0), GraphError, r"this Value \(result of multiply\) was computed"),
    (lambda: (t * 2.0).move(1.0), GraphError, r"change the leaves, or take node.detach\(\)"),
    (lambda: Tensor([1.0]).move(None), DataError, r"move\(\) takes real numbers, not None"),
    (lambda: setattr(Tensor([1.0]), "grad", Tensor([1.0, 2.0])), ShapeError, r"has shape \(1,\), not \(2,\)"),
    (lambda: ag.exp(10**400), DataError, "401 digits"),
    (lambda: t + 10**400, DataError, "401 digits"),
    (lambda: t < 2j, TypeError, "not supported"),
    (lambda: v >= "a", TypeError, "not supported"),
    (lambda: v <= None, TypeError, "not supported"),
    (lambda: v > [1], TypeError, "not supported"),
    (lambda: ag.leaky_relu(v, v), DataError, r"leaky_relu\(slope=\) takes a real number, not Value"),
    (lambda: ag.elu(v, "x"), DataError, r"elu\(alpha=\) takes a real number"),
    (lambda: t.astype(int), DataError, r"astype\(\) takes a float type, such as np.float32, not int64"),
    (
        lambda: define("x0", lambda xp, a, *, w: a * w, lambda xp, y, a, *, w: w)(t, w=v),
        DataError,
        r"x0\(w=\) is a setting, to which no gradient",
    ),
    (lambda: Tensor([1.0]).move([1.0, 2.0]), ShapeError, r"move\(\): a step of shape \(2,\) does not fit"),
    (lambda: setattr(Value(1.0), "data", "x"), DataError, "Value.data takes a real number, not 'x'"),
    (lambda: setattr(Value(1.0), "grad", None), DataError, "Value.grad takes a real number, not None"),
    (lambda: ag.stack([]), ShapeError, r"stack takes a list of at least one array, not \[\]"),
    (lambda: ag.concatenate(3), ShapeError, "concatenate takes a list of at least one array, not 3"),
    (lambda: ag.einsum(t, "i"), DataError, "einsum takes its subscripts as one string first, such as 'ij,jk->ik'"),
    (lambda: ag.einsum("ij", t), ShapeError, "einsum: 'ij' does not name the 1 axes of its operand"),
    (lambda: ag.einsum("i", W), ShapeError, "einsum: 'i' does not name the 2 axes"),
    (lambda: ag.einsum("i,i", t), ShapeError, "names 2 operands, but 1 were given"),
    (
        lambda: ag.affine(t, W, [0.0, 0.0]),
        ShapeError,
        r"affine: x has shape \(2,\), W \(2, 3\) \(to, from\) and b \(2,\): the last axis of x must be as long",
    ),
    (lambda: ag.vdot(t, W), ShapeError, r"vdot takes two arrays of one shape, not \(2,\) and \(2, 3\)"),
    (lambda: ag.norm(W, 7), DataError, "norm: matrices have the orders None, .fro., .nuc., ±1, ±2 and ±inf, not 7"),
    (lambda: ag.norm(t, 0), DataError, "vectors take numbers other than 0"),
    (lambda: ag.reshape(t, (3,)), ShapeError, r"reshape of shapes \(2,\), shape=\(3,\): cannot reshape"),
    (lambda: np.linalg.matrix_rank(W), DataError, "np.linalg.matrix_rank has no derivative here"),
    (
        lambda: np.sort_complex(t),
        DataError,
        r"np.sort_complex has no derivative here; the most similar name that works is \w+; define",
    ),
    (lambda: np.linalg.norm(W, 7), DataError, "norm: matrices have the orders"),
    (lambda: np.spacing(t), DataError, "np.spacing has no derivative here"),
    (lambda: np.add(t, t, out=np.zeros(2)), DataError, r"np.add with out=, or in place, writes to an array that cannot"),
    (lambda: np.zeros(2).__iadd__(t), DataError, "in place, writes to an array that cannot hold nodes: make it with np.zeros_like"),
    (lambda: np.add.reduce(t, dtype=int), DataError, "np.add.reduce with dtype= has no derivative here"),
    (lambda: np.sum(t, dtype=int), DataError, r"astype\(\) takes a float type, such as np.float32, not int64; others have no"),
    (lambda: np.array([v, 1], dtype=object) * t, DataError, "an object array is combined with this Tensor"),
    (
        lambda: define("x1", lambda xp, a, b: a * b, lambda xp, y, a, b: b),
        DefinitionError,
        r"f takes 2 argument\(s\) after xp, but 1 partial",
    ),
    (
        lambda: define("x2", lambda xp, a: a, lambda xp, a: 1.0),
        DefinitionError,
        r"partial 0 takes 2 arguments; it is called as \(xp, y,",
    ),
    (
        lambda: define("x3", lambda xp, a: a),
        DefinitionError,
        "give the derivative in one way: partials, transpose=, or vjp= with jvp=",
    ),
    (lambda: define("x4", lambda xp, a: a, vjp=lambda *a: 0.0), DefinitionError, "vjp= also needs jvp=, for forward mode"),
    (lambda: define("x5", 3, lambda xp, y, a: 1.0), DefinitionError, "f is 3, not a function"),
    (
        lambda: define("x6", lambda xp, *a: a[0], lambda xp, y, a: 1.0),
        DefinitionError,
        "any number of arguments; give vjp= and jvp=",
    ),
    (lambda: define("x7", lambda xp, a: a, lambda xp, y, a: 1.0)(1.0, 2.0), TypeError, r"x7\(\) takes 1 argument\(s\), not 2"),
    (lambda: define("x8", lambda xp, a: xp.nothing(a), lambda xp, y, a: 1.0)(v), DefinitionError, "a row calls xp.nothing"),
    (
        lambda: define("x9", lambda xp, a: a, vjp=lambda xp, i, g, y, a: g[:1], jvp=lambda xp, i, u, y, a: u)(t).backward([1, 1]),
        ShapeError,
        r"the derivative of x9 has a wrong shape: a cotangent of shape \(1,\) does not fit an argument of shape \(2,\)",
    ),
]


@pytest.mark.parametrize(("attempt", "kind", "text"), CASES, ids=[text[:40] for _, _, text in CASES])
def test_the_error_says_what_is_wrong_and_what_to_do(attempt, kind, text):
    with pytest.raises(kind, match=text) as caught:
        attempt()
    assert isinstance(caught.value, AutogradError | TypeError)


def test_errors_are_also_the_kind_that_python_users_catch():
    assert issubclass(DataError, TypeError)
    assert issubclass(ShapeError, ValueError)
    assert issubclass(OutOfRangeError, IndexError)


def test_strangers_get_a_chance():
    class Stranger:
        def __radd__(self, other):
            return "mine"

    assert v + Stranger() == "mine"
    assert t + Stranger() == "mine"


def test_what_comes_in_as_a_number():
    for x in (True, 2, np.float32(2.0), np.int8(2), np.array(2), Fraction(1, 2), np.bool_(True)):
        assert type(Value(x).data) is float
        assert type((v * x).data if not isinstance(x, Fraction) else 1.0) is float
    assert Tensor([1, 2]).dtype == np.float64
    assert Tensor([True, False]).dtype == np.float64
    assert Tensor(np.ones(2, np.float32)).dtype == np.float32
    assert Tensor(np.zeros((0, 3))).shape == (0, 3)
    assert Tensor(2.0).shape == ()


def test_a_changed_argument_is_noticed_by_higher_orders():
    a = Value(3.0)
    y = a.tanh() * 2.0
    a.data = 4.0
    y.backward()
    with pytest.raises(
        GraphError, match=r"the data of an argument of this Value \(result of tanh\) was changed after the forward pass"
    ):
        y.backward(create_graph=True)
    a.data = 3.0
    y.backward(create_graph=True)
    b = Tensor([3.0])
    z = (b * b).sum()
    _ = b.data
    z.backward(create_graph=True)
    b.data = [4.0]
    with pytest.raises(GraphError, match="run the forward pass again first"):
        z.backward(create_graph=True)
