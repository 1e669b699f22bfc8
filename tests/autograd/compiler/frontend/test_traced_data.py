"""Numbers that were read from nodes, as by .data, are followed without a gradient."""

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, Tensor, Value, compile
from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.trace import trace_function


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x.data,
        lambda x: x * (x.data + 1.0) / (2.0 - x.data),
        lambda x: (x - max(x.data, 0.5)) * 3.0,
        lambda x: (x - min([x.data, 2.2, x.data * 2])) * 3.0,
        lambda x: x * abs(-x.data) ** 2 // 1.0,
        lambda x: x * (x.data > 2.2),
        lambda x: x + (x.data > 2.2),
        lambda x: x - (x > 2.2) * 2.0,
        lambda x: (x > 2.2) - x,
        lambda x: ag.where((x > 2.2) & (x.data < 5), x, 3.0 * x),
        lambda x: ag.where((x > 2.2) | (x < 1), x, 3.0 * x),
        lambda x: ag.where(x > 2.2, 1.0, 2.0) * x,
        lambda x: np.where(x > 2.2, x, -x),
        lambda x: x * np.exp(x.data),
        lambda x: x * np.greater(x.data, 2.2),
        lambda x: np.multiply(x > 2.2, x),
        lambda x: ag.stop_gradient(x * x) * x,
        lambda x: x.detach() * x,
        lambda x: ag.clip(x, 2.1, 3.0) * x,
        lambda x: x * ag.where((x > 2.2) ^ (x > 3.0), 2.0, 3.0),
        lambda x: x * divmod(x.data, 0.75)[1] + ag.exp(x.data) * x,
        lambda x: ag.gradients(x * x * x, [x])[0] * x,
        lambda x: (lambda v: v * v.data)(ag.where(x * 2.0 >= 4.5, x, 1.0)),
        lambda x: ag.stop_gradient(ag.where(x * 2.0 >= 4.5, x, 1.0)) * x,
        lambda x: (lambda z: sum((v - max(u.data for u in z)).exp() for v in z))(
            [ag.where(x - w > 0, x - w, 0.1 * x) for w in (1.0, 3.0)]
        ),
        lambda x: compile(lambda y: y * y * 3.0).value_and_grad(x)[1] * x,
        lambda x: compile(lambda y: y * y * 3.0).value_and_grad(2.0)[1] * x,
        lambda x: compile(lambda y: y * y * 3.0).jvp((x,), (x,))[1] * x,
        lambda x: compile(lambda y: y * y * y).hvp(x, x) * x,
        lambda x: ag.leaky_relu(x - 2.3, 0.1) + ag.elu(2.3 - x) + ag.hypot(x, 1.0) + abs(x) + x % 0.7,
    ],
)
def test_numbers_that_are_followed_need_no_guard(f):
    step = compile(f)
    for v in (2.0, 2.5, 4.0):
        x = Value(v)
        y = f(x)
        y.backward()
        assert step.value_and_grad(v) == pytest.approx((y.data, x.grad))
    assert step.traces == 1


def test_traced_data_has_no_gradient_in_arrays_of_values():
    w, a, b = Value(1.0), Value(2.0), Value(3.0)
    both = np.array([a, b])
    for f in (lambda: (both * w.data).sum(), lambda: (w.data * both).sum(), lambda: np.multiply(both, w.data).sum()):
        for node in (w, a, b):
            node.zero_grad()
        compile(f)().backward()
        assert (w.grad, a.grad, b.grad) == (0.0, 1.0, 1.0)
    softmax = compile(lambda x: np.exp(x - max(v.data for v in x)).sum())
    for x in ([1.0, 1.0, -1.0], [2.0, 1.0, -1.0]):
        np.testing.assert_allclose(softmax.grad(np.array(x)), np.exp(np.array(x) - max(x)), rtol=1e-12)
    assert "draw" not in softmax.source


@pytest.mark.parametrize("exact", [False, True])
def test_an_argument_whose_data_is_read_gets_no_gradient(exact):
    step = compile(lambda x: [x[0] * 2.0, x[1].data * x[0]], exact=exact)
    assert step(np.array([3.0, 5.0])) == [6.0, 15.0]
    assert compile(lambda x: x[1].data * x[0], exact=exact).grad(np.array([3.0, 5.0])).tolist() == [5.0, 0.0]


def test_leaves_made_from_traced_data_are_followed():
    def f(x):
        still, truth = Value(x[0].data * 2.0), Value(x[1] > 0.0)
        t = Tensor(ag.stack([x[0], x[1]]).data, constant=True)
        u = ag.as_tensor(ag.stack([x[0], x[1]]).data * 3.0)
        return still * x[1] + truth * x[0] + (t * x[1]).sum() + u.sum()

    step = compile(f)
    for x in ([2.0, 3.0], [1.0, -4.0], [0.5, 0.25]):
        x = np.array(x)
        nodes = [Value(v) for v in x]
        y = f(nodes)
        y.backward()
        value, gradient = step.value_and_grad(x)
        assert value == pytest.approx(float(y), rel=1e-14)
        np.testing.assert_allclose(gradient, [v.grad for v in nodes], rtol=1e-14)
    assert step.traces == 1


def test_traced_data_is_an_index_only_if_it_is_a_whole_number():
    with pytest.raises(TypeError, match=r"2\.5 is not a whole number, so it cannot be an index"):
        compile(lambda x: x * [1.0, 2.0][x.data])(2.5)


def test_writing_traced_numbers_is_refused():
    W = Tensor([1.0, 2.0])

    def filled():
        plain = np.zeros(2)
        np.copyto(plain, W.data)
        return (W * plain).sum()

    def assigned():
        plain = W.data.copy()
        plain[0] = 7.0
        return (W * plain).sum()

    for f, text in (
        (filled, r"copyto\(\) writes traced numbers into a plain array"),
        (assigned, r"traced numbers, such as those of \.data, cannot be assigned to"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)()


def test_reading_a_gradient_inside_a_traced_function_is_refused():
    W = Tensor([1.0, 2.0])
    for f, text in (
        (lambda: (W * W.grad).sum(), r"\.grad of this Tensor \(leaf\) is read while the function is traced"),
        (lambda: Value(1.0) * Value(2.0, name="a").grad, r"\.grad of this Value \('a', leaf\)"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)()


def test_a_number_that_is_used_several_times_is_one_leaf():
    def f(x):
        top = max((x * x).data, x.data)
        return sum((x * k - top).exp() for k in range(20)) + top

    graph = trace_function(f, Call((0.3,), {}, None).make_nodes, 1000).scalar_graph
    names = [str(graph.ops[i].op) for i in graph.op_ids if i >= 0]
    assert names.count("stop_gradient") == 1
    np.testing.assert_allclose(compile(f)(0.7), f(Value(0.7)).data, rtol=1e-14)


def test_an_array_that_is_assigned_to_between_two_uses():
    def f(x):
        y = 2.0 * x
        numbers = y.data
        before = np.sum(x * numbers)
        y[0] = 7.0
        return before + np.sum(x * y.data)

    x = np.array([1.0, 2.0, 3.0])
    value, gradient = compile(f, tensors=True).value_and_grad(x)
    expected = ag.value_and_grad(f)(x)
    np.testing.assert_allclose(value, expected[0])
    np.testing.assert_allclose(gradient, expected[1])
