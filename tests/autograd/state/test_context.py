"""no_grad, scope and other blocks: nesting, threads, decorators."""

import copy
import pickle
import threading

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, Tensor, Value, grad, gradients, no_grad, scope


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


def test_scopes_are_kept_by_copies_and_belong_to_one_thread():
    elsewhere = []
    with scope("here"):
        a = Value(1.0, name="a")
        thread = threading.Thread(target=lambda: elsewhere.append(Value(1.0) * 2.0))
        thread.start()
        thread.join()
    assert elsewhere[0].scope == ""
    assert {pickle.loads(pickle.dumps(a)).path, copy.deepcopy(a * 2).parents[0].path} == {"here/a"}


@pytest.mark.parametrize("name", [None, "", 3])
def test_a_scope_needs_a_name(name):
    with pytest.raises(DataError, match=r"scope\(\) takes a name, such as scope\('layer1'\), not"):
        scope(name)


def test_blocks_combine():
    with scope("a"), no_grad(), scope("b"):
        assert (Value(2.0) * 3.0).is_leaf
    with no_grad(), scope("c"):
        (g,) = gradients(grad(lambda x: x * x)(Value(3.0)), [Value(1.0)])
    assert g == 0.0


def test_blocks_close_in_any_order_and_in_several_contexts():
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


def test_decorators_of_generators_and_coroutines_raise():
    def numbers():
        yield 1

    async def later():
        return 1

    async def stream():
        yield 1

    for function in (numbers, later, stream):
        with pytest.raises(DataError, match=f"@no_grad on {function.__name__}: the block would close before"):
            no_grad()(function)


def test_float_of_a_node_inside_a_transform_raises():
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
