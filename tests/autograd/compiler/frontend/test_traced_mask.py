"""Comparisons inside a traced function choose and combine without a branch."""

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, compile, grad, hessian, hvp


def to_float(x):
    return float(getattr(x, "data", x))


@pytest.mark.parametrize("x", [0.0, 1.0, 2.0])
def test_equality_takes_the_branch_that_it_takes_uncompiled(x):
    w = Value(1.0)
    for f in (
        lambda x: x * 2.0 if x == 1.0 else x * 3.0,
        lambda x: x * 2.0 if x * 2.0 != 2.0 else x * 3.0,
        lambda x: x * 2.0 if x in (1.0, 2.0) else x,
        lambda x: x * 2.0 if x + 1.0 == x * 2.0 else x,
        lambda x: x + (5.0 if w == 1.0 else 2.0),
        lambda x: x + (5.0 if w == x else 2.0),
        lambda x: x + (5.0 if w * x == x else 2.0),
        lambda x: x + (5.0 if Value(1.0) != x else 2.0),
    ):
        assert to_float(compile(f)(x)) == to_float(f(x))
    labels = np.array([0.0, 1.0, 1.0])
    counted = compile(lambda x, y: (x * (y == 1)).sum())
    assert counted(np.arange(3.0), labels) == 3.0
    assert counted(np.arange(3.0), labels[::-1]) == 1.0


def test_combined_masks_become_array_operations():
    t = Tensor([0.5, -0.5, 2.0])
    step = compile(lambda: (t * ag.where(((t > 0) | (t < -1)) & ((t > 1) != (t > -1)), 2.0, 3.0)).sum())
    assert float(step()) == float((t * ag.where(((t > 0) | (t < -1)) & ((t > 1) != (t > -1)), 2.0, 3.0)).sum())
    assert "replayed" not in str(step.report())


def test_inverting_a_mask_of_one_number_gives_what_python_gives():
    step = compile(lambda x: x * ~(x > 2.2))
    assert (step(2.0), step(3.0)) == (-2.0, -6.0)  # Python's ~True is -2, and later versions warn of it


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(np.where(a > 0, a, a * a)),
        lambda a: np.sum(np.tanh(ag.where((a > 0) & (a < 1), a**3, 1.0))),
        lambda a: np.where(np.sum(a) > 0, np.sum(a), a[0] ** 2),
    ],
)
@pytest.mark.parametrize("tensors", [True, False])
def test_choices_inside_a_transform_are_followed(f, tensors):
    for transform in (grad, hessian, lambda f: grad(lambda a: hvp(f, a, a).sum())):
        derivative = transform(f)
        compiled = compile(derivative, tensors=tensors)
        for x in (np.array([0.5, -2.0, 1.5]), np.array([-0.5, 2.0, 0.2]), np.array([-1.0, -2.0, 1.0])):
            np.testing.assert_allclose(compiled(x), derivative(x), rtol=1e-12)


def test_a_mask_among_the_results_follows_the_arguments():
    step = compile(lambda x: (x.sum(), x.data > 0.5, x.data.sum() > 0.0), tensors=True)
    for x in (np.array([0.7, -1.0]), np.array([-0.7, 1.0]), Tensor([0.7, 1.0])):
        total, mask, is_positive = step(x)
        numbers = np.asarray(getattr(x, "data", x))
        assert to_float(total) == numbers.sum()
        assert mask.dtype == bool
        np.testing.assert_array_equal(mask, numbers > 0.5)
        assert is_positive is bool(numbers.sum() > 0.0)
    values, tangents = step.jvp((np.array([0.7, -1.0]),), (np.ones(2),))
    assert values[1].tolist() == [True, False]
    assert tangents[0] == 2.0
    assert tangents[1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.maximum(x, x.data > 0).sum(),
        lambda x: np.add(x, x > 0).sum(),
        lambda x: ag.arctan2(x, x.data < 1.0).sum(),
        lambda x: np.dot(x, x.data > 0),
        lambda x: np.concatenate([x, x > 0]).sum(),
        lambda x: np.einsum("i,j->", x, x > 0),
    ],
)
def test_a_mask_is_a_number_as_the_second_argument_of_a_function(f):
    step = compile(f, tensors=True)
    for x in (np.array([0.7, -1.0, 1.5]), np.array([-0.7, 1.2, -1.5])):
        value, gradient = step.value_and_grad(x)
        assert value == pytest.approx(to_float(f(Tensor(x))), rel=1e-14)
        np.testing.assert_allclose(gradient, grad(f)(x), rtol=1e-13)
