"""Transforms of functions of nested containers: results have the structure of the arguments."""

import dataclasses
from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from autograd import (
    grad,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from oracles import assert_close

Point = namedtuple("Point", "x y")


@dataclass
class Layer:
    W: object
    b: object


def test_results_have_the_structure_of_the_inputs():
    def f(tree):
        layer, points, extra = tree["layer"], tree["points"], tree["extra"]
        return (layer.W @ extra[0]).sum() * points.x + layer.b * points.y

    tree = {"layer": Layer(np.ones((2, 3)), 2.0), "points": Point(1.0, 3.0), "extra": [np.arange(3.0), ()]}
    g = grad(f)(tree)
    assert_close(g["layer"].W, [[0.0, 1.0, 2.0]] * 2)
    assert g["layer"].b == 3.0
    assert isinstance(g["points"], Point)
    assert g["points"] == Point(6.0, 2.0)
    assert_close(g["extra"][0], [2.0, 2.0, 2.0])
    assert g["extra"][1] == ()
    value, pullback = vjp(lambda x: {"a": x * 2.0, "b": (x.sum(), 5.0)}, np.ones(2))
    assert_close(value["a"], [2.0, 2.0])
    assert_close(pullback({"a": np.ones(2), "b": (1.0, 7.0)})[0], [3.0, 3.0])
    tangent = jvp(lambda x: {"a": x * 2.0, "b": 5.0}, (np.ones(2),), (np.ones(2),))[1]
    assert_close(tangent["a"], [2.0, 2.0])
    assert tangent["b"] == 0.0


def test_object_arrays_of_values_are_results():
    assert_close(grad(lambda x: np.sum(np.array([x, x * x], dtype=object)))(3.0), 7.0)
    assert_close(jacobian(lambda x: np.array([x, x * x], dtype=object))(3.0), [1.0, 6.0])


def test_dicts_are_matched_by_key():
    f = lambda p: p["a"] * p["b"]  # noqa: E731 - a function of a dict
    at, along = {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0}
    assert jvp(f, (at,), (along,)) == (6.0, 3.0)
    assert hvp(lambda p: p["a"] ** 3 + p["b"] ** 2, at, along) == {"a": 12.0, "b": 0.0}
    assert vjp(lambda x: {"a": x, "b": [x * 10.0]}, 1.0)[1]({"b": [0.0], "a": 1.0}) == (1.0,)


def test_containers_are_copied_without_calling_their_constructor():
    from collections import OrderedDict, defaultdict

    @dataclasses.dataclass
    class Angle:
        degrees: float
        half: float = dataclasses.field(init=False, default=0.5)

        def __post_init__(self):
            self.degrees = self.degrees * np.pi / 180

    value, gradient = value_and_grad(lambda a: np.sin(a.degrees) * a.half)(Angle(90.0))
    assert (value, gradient.half) == (0.5, 1.0)
    assert abs(gradient.degrees) < 1e-15
    assert type(grad(lambda d: d["x"] * d["x"])(OrderedDict(x=2.0))) is OrderedDict
    assert grad(lambda d: d["x"] * d["x"])(defaultdict(float, x=2.0))["missing"] == 0.0
