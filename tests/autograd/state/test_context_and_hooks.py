"""Hooks, scopes and anomaly(): what watches or steers a computation from outside."""

import copy
import inspect
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import AnomalyError, DataError, ShapeError, Tensor, Value, anomaly, grad, gradients, no_grad, scope, vjp
from oracles import same

# -- hooks


@pytest.mark.parametrize("start", [Value(3.0), Tensor([3.0, 3.0])], ids=["Value", "Tensor"])
def test_hooks_see_replace_or_raise(start):
    ones = np.ones(start.shape)
    a = copy.copy(start)
    b = a * a
    y = (b * 2.0).sum() if b.shape else b * 2.0
    seen = []
    handle = b.register_hook(seen.append)
    b.register_hook(lambda g: 10.0 * g)
    y.backward()
    same(seen, [2.0 * ones])
    same(b.grad, 20.0 * ones)
    same(a.grad, 120.0 * ones)
    handle.remove()
    handle.remove()
    y.backward()
    assert len(seen) == 1
    same(a.grad, 240.0 * ones)


@pytest.mark.parametrize("kind", [Value, Tensor])
def test_a_leafs_hook_hears_what_one_pass_brings_in_all(kind):
    a, seen = kind(3.0), []
    a.register_hook(lambda g: seen.append(float(g)))
    with a.register_hook(lambda g: g / 2.0):
        for _ in range(2):
            (a * a + a).backward()
    (a * a + a).backward()
    assert seen == [7.0, 7.0, 7.0]
    assert float(a.grad) == 3.5 + 3.5 + 7.0


def test_an_error_in_a_hook_leaves_the_leaves_as_they_were():
    a, b = Value(3.0), Value(2.0)
    a.grad, b.grad = 5.0, 6.0
    c = a * b
    c.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (c + a).backward()
    assert (a.grad, b.grad) == (5.0, 6.0)
    late = Value(1.0)
    late.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (late * a).backward()
    assert (late.grad, a.grad) == (0.0, 5.0)


def test_hooks_act_in_every_reverse_pass():
    def clipped(x):
        y = x * x
        y.register_hook(lambda g: ag.clip(g, -1.0, 1.0))
        return 5.0 * y

    assert grad(clipped)(3.0) == 6.0
    assert vjp(clipped, 3.0)[1](1.0) == (6.0,)
    a = Value(3.0)
    y = clipped(a)
    assert gradients(y, [a, y]) == [6.0, 1.0]
    assert [step.cotangent for step in y.backward_steps()] == [1.0, 1.0]
    a.register_hook(lambda g: g + 1.0)
    assert [p.arrived for step in y.backward_steps() for p in step.pushes if p.source is a and p.complete] == [7.0]
    assert gradients(y, a) == 7.0
    y.backward(create_graph=True)
    assert a.grad.data == 7.0


def test_hooks_of_recorded_passes_are_given_nodes_and_may_return_numbers():
    t = Tensor([1.0, 2.0])
    kinds = []
    t.register_hook(lambda g: kinds.append(type(g)))
    t.register_hook(lambda g: 3.0)
    (t * t).sum().backward(create_graph=True)
    assert kinds == [Tensor]
    same(t.grad.data, [3.0, 3.0])


def test_arrays_are_read_only_to_hooks_and_what_they_return_is_checked():
    t = Tensor([1.0, 2.0])
    y = (t * 2.0).sum()
    with t.register_hook(lambda g: g.__setitem__(0, 9.0)), pytest.raises(ValueError, match="read-only"):
        y.backward()
    with t.register_hook(lambda g: np.ones(3)), pytest.raises(ShapeError, match=r"a hook of this Tensor .* returned shape \(3,\)"):
        y.backward()
    with t.register_hook(lambda g: "more"), pytest.raises(DataError, match="a hook's result takes real numbers"):
        y.backward()
    same(t.grad, [0.0, 0.0])
    with pytest.raises(DataError, match=r"register_hook\(\) takes a function"):
        t.register_hook(3.0)


def test_copies_carry_no_hooks_and_hooks_die_with_their_node():
    from autograd.state.hooks import Hooks

    before = Hooks.total_count
    a = Value(2.0, name="a")
    a.register_hook(lambda g: g * 100.0)
    assert Hooks.total_count == before + 1
    for twin in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        (twin * twin).backward()
        assert (twin.grad, twin.name) == (4.0, "a")
    del a
    assert Hooks.total_count == before


# -- scopes


def test_scopes_nest_and_are_part_of_every_name():
    @scope("net")
    def forward(x):
        with scope("layer1"):
            w = Value(2.0, name="w")
            t = Tensor([1.0, 2.0])
            return w, t, w * x, (t * t).sum(), 3.0 / w, -w, w.tanh()

    w, t, *results = forward(Value(3.0))
    assert [n.scope for n in (w, t, *results)] == ["net/layer1"] * 7
    assert (w.name, w.path, t.path) == ("w", "net/layer1/w", "")
    assert repr(w) == "Value(data=2.0, grad=0.0, name='net/layer1/w')"
    results[0].name = "z"  # one node's own name, though the note was shared
    assert [n.path for n in results] == ["net/layer1/z", "", "", "", ""]
    assert (Value(1.0) * 2).scope == ""
    assert str(ag.explain(results[0], wrt=w)) == "∂net/layer1/z/∂net/layer1/w = 3, the sum over 1 path\n" + (
        "  ∂net/layer1/z/∂net/layer1/w (3) = 3"
    )
    with pytest.raises(ag.GraphError, match=r"this Tensor \(leaf in net/layer1\) has shape \(2,\)"):
        t.backward()
    with pytest.raises(ag.GraphError, match=r"this Value \('net/layer1/z', result of multiply\) was computed"):
        results[0].data = 1.0


def test_scopes_survive_copies_and_are_private_to_their_thread():
    elsewhere = []
    with scope("here"):
        a = Value(1.0, name="a")
        thread = threading.Thread(target=lambda: elsewhere.append(Value(1.0) * 2.0))
        thread.start()
        thread.join()
    assert elsewhere[0].scope == ""
    assert {pickle.loads(pickle.dumps(a)).path, copy.deepcopy(a * 2).parents[0].path} == {"here/a"}


@pytest.mark.parametrize("name", [None, "", 3])
def test_a_scope_has_a_name(name):
    with pytest.raises(DataError, match=r"scope\(\) takes a name, such as scope\('layer1'\), not"):
        scope(name)


def test_blocks_combine():
    with scope("a"), no_grad(), scope("b"):
        assert (Value(2.0) * 3.0).is_leaf
    with no_grad(), scope("c"):
        (g,) = gradients(grad(lambda x: x * x)(Value(3.0)), [Value(1.0)])
    assert g == 0.0


# -- anomaly


def here():
    """The line number of the caller."""
    return inspect.currentframe().f_back.f_lineno


def message(attempt):
    """The text of the AnomalyError that ``attempt`` raises; its first result is the line that is to blame."""
    lines = []
    with pytest.raises(AnomalyError) as caught, anomaly():
        attempt(lines)
    assert f"test_context_and_hooks.py:{lines[0]} `" in str(caught.value)
    return str(caught.value)


def test_the_operation_that_first_makes_a_nan_is_named_with_its_line():
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
def test_forward(f, x, text):
    def attempt(lines):
        node = Value(x) if isinstance(x, float) else Tensor(x)
        lines.append(f.__code__.co_firstlineno if hasattr(f, "__code__") else here() + 1)
        f(node)

    assert message(attempt).startswith(text)


def test_infinities_of_your_own_may_pass():
    with anomaly():
        masked = Tensor([0.0, -np.inf]).reshape(1, 2)
        same(np.exp(masked + 1.0).sum().data, np.e)
        assert (Value(np.inf) * 2.0).data == np.inf


def test_backward_names_the_derivative():
    def through_a_root(lines):
        p = Value(0.0, name="p")
        lines.append(here() + 1)
        y = ag.sqrt(p)
        (y * 3.0).backward()

    assert message(through_a_root).startswith(
        "the derivative of sqrt by its first argument made inf of the cotangent 3.0, at 'p' = 0.0"
    )

    def inside(lines):
        p = Value(0.0)
        lines.append(here() + 1)
        ag.sqrt(p * 1.0).backward()

    assert "sqrt by its first argument" in message(inside)

    def arrays(lines):
        t = Tensor([1.0, 0.0], name="t")
        lines.append(here() + 1)
        np.sqrt(t * 1.0).sum().backward()

    text = message(arrays)
    assert (
        "sqrt by its first argument made inf at index (1,) (1 in all) of the cotangent an array of shape (2,) from 1 to 1" in text
    )

    def transformed(lines):
        lines.append(here() + 1)
        grad(lambda x: ag.sqrt(x * 1.0))(0.0)

    assert "sqrt by its first argument" in message(transformed)

    def forward_mode(lines):
        lines.append(here() + 1)
        ag.jvp(lambda x: np.sqrt(x * 1.0), (0.0,), (1.0,))

    assert "forward mode of sqrt made inf at 0.0" in message(forward_mode)

    def deep(lines):
        lines.append(here() + 1)
        ag.concatenate([Tensor([1.0]), Tensor([1.0]), Tensor([1.0]), np.sqrt(Tensor([0.0]))]).sum().backward()

    assert "sqrt" in message(deep)


def test_contributions_may_overflow_together():
    a = Value(1.0, name="a")
    y = a * 1e308
    for _ in range(2):
        y = y + a * 1e308 - 1e308
    with pytest.raises(AnomalyError, match=r"the gradient of this Value \('a', leaf\) are finite, but their sum is inf"), anomaly():
        y.backward()
    assert a.grad == 0.0


def test_lines_are_known_of_what_was_recorded_inside():
    y = ag.sqrt(Value(0.0))
    with pytest.raises(AnomalyError, match=r"recorded outside anomaly\(\), so its line is not known"), anomaly():
        y.backward()
    with scope("root"):
        y = ag.sqrt(Value(0.0))
    with pytest.raises(AnomalyError, match="in scope 'root'; its line is not known"), anomaly():
        y.backward()


def test_the_line_is_the_users_however_deep_the_library():
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


def test_lines_of_a_generator_of_ours_are_where_it_is_resumed():
    t = Tensor([1.0, 2.0, 3.0])
    with anomaly():
        rows = iter(t)
        first = next(rows)
        second = next(rows)
    assert first.line.endswith("`first = next(rows)`")
    assert second.line.endswith("`second = next(rows)`")


def test_a_node_made_by_no_program_has_no_line():
    from autograd.state import context

    with anomaly():
        state = context.current()
        assert state.metadata_for(None) is None
        assert state._metadata_at(None) is None


@given(
    st.lists(st.sampled_from(["sqrt", "log", "exp", "square", "negative", "reciprocal"]), max_size=6),
    st.sampled_from([-2.0, 0.0, 1.0, 50.0]),
)
def test_anomaly_raises_exactly_where_something_is_not_finite_and_changes_nothing_else(names, x):
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


def test_a_hook_is_no_part_of_the_chain_rule():
    x = Value(3.0, name="x")
    y = x * x
    y.register_hook(lambda g: g * 10.0)
    assert ag.explain(y * 2.0, wrt=x).gradient == 12.0


def test_a_pass_inside_a_hook_is_refused_where_it_would_overwrite():
    x = Value(2.0)
    a = x * x
    b = a * 3.0
    handle = b.register_hook(lambda g: (a * 1.0).backward())
    with pytest.raises(
        ag.GraphError, match=r"backward\(\) inside a hook would overwrite the pass that is running: use autograd.gradients"
    ):
        (b + a).backward()
    handle.remove()
    seen = []
    b.register_hook(lambda g: seen.append(gradients(a * 1.0, x)))
    (b + a).backward()
    assert (seen, x.grad) == ([4.0], 16.0)


def test_a_hook_may_remove_a_later_one():
    x, seen = Value(2.0), []
    x.register_hook(lambda g: later.remove())
    later = x.register_hook(seen.append)
    (x * x).backward()
    assert seen == []


def test_blocks_close_in_any_order_and_serve_several_contexts():
    import asyncio

    block = scope("layer")

    async def task(seconds):
        with block:
            await asyncio.sleep(seconds)
            return Value(1.0, name="w").path

    async def tasks():
        return await asyncio.gather(task(0.002), task(0.005))

    assert asyncio.run(tasks()) == ["layer/w", "layer/w"]

    def left_open():
        with no_grad():
            yield

    generator = left_open()
    next(generator)
    with scope("b"):
        generator.close()
        assert not (Value(3.0) * 2.0).is_leaf
    opened = scope("elsewhere")
    thread = threading.Thread(target=opened.__enter__)
    thread.start()
    thread.join()
    opened.__exit__(None, None, None)
    assert Value(1.0).scope == ""


def test_decorators_that_would_do_nothing_are_refused():
    def numbers():
        yield 1

    async def later():
        return 1

    async def stream():
        yield 1

    for function in (numbers, later, stream):
        with pytest.raises(DataError, match=f"@no_grad on {function.__name__}: the block would close before"):
            no_grad()(function)


def test_anomaly_blames_the_program_and_not_the_library_in_higher_orders():
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


def test_anomaly_has_no_eye_for_branches_that_were_not_taken():
    with anomaly():
        a, b = Value(0.0), Value(2.0)
        (a**b).backward(create_graph=True)
        assert (a.grad.data, b.grad.data) == (0.0, 0.0)
        np.hypot(Value(0.0), Value(0.0)).backward(create_graph=True)


def test_anomaly_looks_at_hooks_sums_and_entries():
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


def test_parts_meet_hooks_and_anomaly():
    t, seen = Tensor([1.0, 2.0, 3.0]), []
    u = t * 2.0
    u.register_hook(seen.append)
    with anomaly():
        (u[0] * 3.0 + u[1:].sum() + (u * u).sum()).backward()
    same(seen, [[7.0, 9.0, 13.0]])
    same(t.grad, [14.0, 18.0, 26.0])
    same(gradients(u[0] + u[0] + u.sum(), u), [3.0, 1.0, 1.0])


def test_numbers_cannot_leave_a_transform_unseen():
    def filled(x):
        out = np.zeros(2)
        out[0] = x * 2.0
        return out.sum()

    import math

    for attempt in (lambda: grad(filled)(3.0), lambda: grad(math.sin)(1.0), lambda: grad(lambda x: x * int(x * 1.0))(3.0)):
        with pytest.raises(DataError, match=r"inside grad\(\) or another transform would cut it from the graph"):
            attempt()
    assert grad(lambda x: x * float(x.data) * (2.0 if x > 1.0 else 0.0))(3.0) == 6.0
    x = Value(3.0)
    assert float(x * 2.0) == 6.0
    assert grad(lambda y: y * float(x))(2.0) == 3.0


def test_every_node_of_a_network_has_the_users_line():
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


def test_anomaly_lets_what_is_finite_pass():
    t, unused = Tensor([1.0, 2.0]), Value(1.0)
    t.register_hook(lambda g: g / 2.0)
    with anomaly():
        (t[0] * 3.0 + t[1]).backward()
        assert gradients(t[0] * 1.0, [t, unused])[1] == 0.0
    same(t.grad, [1.5, 0.5])
