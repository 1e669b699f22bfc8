"""anomaly(): the operation, the derivative and the line that errors name."""

import inspect
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import AnomalyError, Tensor, Value, anomaly, grad, gradients, scope
from oracles import assert_close


def here():
    """The line number of the caller."""
    return inspect.currentframe().f_back.f_lineno


def message(attempt):
    """The text of the AnomalyError that ``attempt`` raises; its first result is the line that is to blame."""
    lines = []
    with pytest.raises(AnomalyError) as caught, anomaly():
        attempt(lines)
    assert f"test_anomaly.py:{lines[0]} `" in str(caught.value)
    return str(caught.value)


def test_the_first_operation_that_makes_a_nan_is_named_with_its_line():
    def forward(lines):
        p = Value(0.0, name="p")
        with scope("loss"):
            lines.append(here() + 1)
            y = p.log()
        return y * 2.0

    text = message(forward)
    assert text.startswith("log made -inf of 'p' = 0.0, in scope 'loss', at ")
    assert text.endswith("`y = p.log()`; log is smooth for 0 < a")


@pytest.mark.parametrize(
    ("f", "x", "text"),
    [
        (lambda v: v / 0.0, 1.0, "divide made inf of 1.0 and 0.0"),
        (lambda v: v * 1e200, 1e200, "multiply made inf of 1e+200 and 1e+200"),
        (lambda v: v - v, np.inf, "subtract made nan of inf and inf"),
        (lambda v: v + 1.0, np.nan, "add made nan of nan and 1.0"),
        (np.log, [1.0, -1.0], "log made nan at index (1,) (1 in all) of an array of shape (2,) from -1 to 1"),
        (lambda v: ag.leaky_relu(v, 1e308), -1e308, "leaky_relu made -inf of -1e+308"),
        (lambda v: np.sum(v), [1e308, 1e308], "sum made inf of an array of shape (2,) from 1e+308 to 1e+308"),
    ],
)
def test_an_anomaly_in_the_forward_pass_is_described(f, x, text):
    def attempt(lines):
        node = Value(x) if isinstance(x, float) else Tensor(x)
        lines.append(f.__code__.co_firstlineno if hasattr(f, "__code__") else here() + 1)
        f(node)

    assert message(attempt).startswith(text)


def test_infinite_inputs_do_not_raise():
    with anomaly():
        masked = Tensor([0.0, -np.inf]).reshape(1, 2)
        assert_close(np.exp(masked + 1.0).sum().data, np.e)
        assert (Value(np.inf) * 2.0).data == np.inf


def test_an_anomaly_in_the_backward_pass_names_the_derivative():
    def through_a_root(lines):
        p = Value(0.0, name="p")
        lines.append(here() + 1)
        y = ag.sqrt(p)
        (y * 3.0).backward()

    assert message(through_a_root).startswith(
        "the derivative of sqrt with respect to its first argument made inf of the cotangent 3.0, at 'p' = 0.0"
    )

    def inside(lines):
        p = Value(0.0)
        lines.append(here() + 1)
        ag.sqrt(p * 1.0).backward()

    assert "sqrt with respect to its first argument" in message(inside)

    def arrays(lines):
        t = Tensor([1.0, 0.0], name="t")
        lines.append(here() + 1)
        np.sqrt(t * 1.0).sum().backward()

    text = message(arrays)
    assert (
        "sqrt with respect to its first argument made inf at index (1,) (1 in all) of the cotangent an array of shape (2,) from 1 to 1"
        in text
    )

    def transformed(lines):
        lines.append(here() + 1)
        grad(lambda x: ag.sqrt(x * 1.0))(0.0)

    assert "sqrt with respect to its first argument" in message(transformed)

    def forward_mode(lines):
        lines.append(here() + 1)
        ag.jvp(lambda x: np.sqrt(x * 1.0), (0.0,), (1.0,))

    assert "forward mode of sqrt made inf at 0.0" in message(forward_mode)

    def deep(lines):
        lines.append(here() + 1)
        ag.concatenate([Tensor([1.0]), Tensor([1.0]), Tensor([1.0]), np.sqrt(Tensor([0.0]))]).sum().backward()

    assert "sqrt" in message(deep)


def test_an_overflow_of_the_sum_of_contributions_is_reported():
    a = Value(1.0, name="a")
    y = a * 1e308
    for _ in range(2):
        y = y + a * 1e308 - 1e308
    with pytest.raises(AnomalyError, match=r"the gradient of this Value \('a', leaf\) are finite, but their sum is inf"), anomaly():
        y.backward()
    assert a.grad == 0.0


def test_nodes_recorded_inside_anomaly_know_their_line():
    y = ag.sqrt(Value(0.0))
    with pytest.raises(AnomalyError, match=r"recorded outside anomaly\(\), so its line is not known"), anomaly():
        y.backward()
    with scope("root"):
        y = ag.sqrt(Value(0.0))
    with pytest.raises(AnomalyError, match="in scope 'root'; its line is not known"), anomaly():
        y.backward()


def test_the_line_is_in_the_program_of_the_user():
    model = nn.scalar.MLP(2, [3, 1], rng=0)
    model.parameters()[0].data = 1e308
    with pytest.raises(AnomalyError, match=r"`model\(\[1e10, 0.0\]\)`"), anomaly():
        model([1e10, 0.0])
    with anomaly():
        numbers = sum(x * x for x in Tensor([1.0, 2.0])), Value(1.0)
        other = Value(2.0) * 2.0
    assert [n.line.partition(" ")[2] for n in numbers] == ["`numbers = sum(x * x for x in Tensor([1.0, 2.0])), Value(1.0)`"] * 2
    assert other.line.endswith("`other = Value(2.0) * 2.0`")
    assert "made at" in other.describe()
    assert pickle.loads(pickle.dumps(other)).line == ""


def test_the_line_of_a_library_generator_is_where_it_is_resumed():
    t = Tensor([1.0, 2.0, 3.0])
    with anomaly():
        rows = iter(t)
        first = next(rows)
        second = next(rows)
    assert first.line.endswith("`first = next(rows)`")
    assert second.line.endswith("`second = next(rows)`")


def test_a_node_without_a_user_frame_has_no_line():
    from autograd.state import context

    with anomaly():
        state = context.current()
        assert state.metadata_for(None) is None
        assert state._metadata_at(None) is None


@given(
    st.lists(st.sampled_from(["sqrt", "log", "exp", "square", "negative", "reciprocal"]), max_size=6),
    st.sampled_from([-2.0, 0.0, 1.0, 50.0]),
)
def test_anomaly_raises_only_for_numbers_that_are_not_finite(names, x):
    def run(node):
        nodes = [node]
        for name in names:
            nodes.append(getattr(ag, name)(nodes[-1]))
        nodes[-1].backward()
        return nodes

    for kind in (Value, Tensor):
        plain = run(kind(x))
        finite = all(np.isfinite(n.data) and np.isfinite(n.grad) for n in plain)
        if finite:
            with anomaly():
                watched = run(kind(x))
            assert [(float(n.data), float(n.grad)) for n in plain] == [(float(n.data), float(n.grad)) for n in watched]
        else:
            with pytest.raises(AnomalyError), anomaly():
                run(kind(x))


def test_lines_of_higher_derivatives_are_in_the_program():
    def f(x):
        b = np.sqrt(x)
        return b * 3.0

    for attempt in (
        lambda: grad(grad(f))(0.0),
        lambda: ag.hessian(f)(0.0),
        lambda: ag.jvp(lambda x: ag.jvp(f, (x,), (1.0,))[1], (0.0,), (1.0,)),
    ):
        with pytest.raises(AnomalyError, match=r"sqrt .*`b = np\.sqrt") as caught, anomaly():
            attempt()
        assert "divide" not in str(caught.value)


def test_anomaly_ignores_branches_that_were_not_taken():
    with anomaly():
        a, b = Value(0.0), Value(2.0)
        (a**b).backward(create_graph=True)
        assert (a.grad.data, b.grad.data) == (0.0, 0.0)
        np.hypot(Value(0.0), Value(0.0)).backward(create_graph=True)


def test_anomaly_checks_hooks_sums_and_entries():
    with pytest.raises(AnomalyError, match=r"log made -inf at index \(1,\) \(1 in all\)"), anomaly():
        np.log(Tensor([np.inf, 0.0]))
    x = Value(1.0)
    x.register_hook(lambda g: g * np.nan)
    with pytest.raises(AnomalyError, match=r"a hook of this Value .* made nan of the gradient 1\.0"), anomaly():
        (x * 2.0 - x).backward()
    for f in (lambda x: x * 1e308 + x * 1e308, lambda x: (y := x * 1.0) * 1e308 + y * 1e308):
        with pytest.raises(AnomalyError, match="are finite, but their sum is inf"), anomaly():
            grad(f)(1e-300)
    with anomaly():
        assert np.isneginf(np.sum(Tensor([-np.inf, 1.0])).data)
    t = Tensor([1.0, 1.0])
    with pytest.raises(AnomalyError), anomaly():
        (np.sum(t * 1e308) + np.sum(t[:1] * 1.0) + np.sum(t * 1e308)).backward()


def test_gradients_of_parts_of_an_array_work_with_hooks_and_anomaly():
    t, seen = Tensor([1.0, 2.0, 3.0]), []
    u = t * 2.0
    u.register_hook(seen.append)
    with anomaly():
        (u[0] * 3.0 + u[1:].sum() + (u * u).sum()).backward()
    assert_close(seen, [[7.0, 9.0, 13.0]])
    assert_close(t.grad, [14.0, 18.0, 26.0])
    assert_close(gradients(u[0] + u[0] + u.sum(), u), [3.0, 1.0, 1.0])


def test_every_node_of_a_network_has_a_line_of_the_program():
    model = nn.scalar.MLP(2, [3, 1], rng=0)
    with anomaly():
        y = model([1.0, 2.0])
    nodes, todo = [], [y]
    while todo:
        node = todo.pop()
        nodes.append(node)
        todo += [p for p in node.parents if not p.is_leaf]
    assert len(nodes) > 15
    assert {node.line.partition(" ")[2] for node in nodes} == {"`y = model([1.0, 2.0])`"}


def test_finite_numbers_do_not_raise():
    t, unused = Tensor([1.0, 2.0]), Value(1.0)
    t.register_hook(lambda g: g / 2.0)
    with anomaly():
        (t[0] * 3.0 + t[1]).backward()
        assert gradients(t[0] * 1.0, [t, unused])[1] == 0.0
    assert_close(t.grad, [1.5, 0.5])
