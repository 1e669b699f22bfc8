"""The frames of the backward pass: they end on the gradients, and every consumer has its turn."""

import numpy as np
import pytest
from hypothesis import given, settings

from autograd import Tensor, Value, define, scope
from autograd.testing import strategies
from autograd.viz import draw
from picture_helpers import data_of, frames_of, moons_loss, neuron_graph, page_data


@given(strategies.programs(scalar=True, smooth=True))
@settings(max_examples=30)
def test_the_frames_end_on_the_gradients_of_backward(program):
    inputs = [Value(x) for x in program.inputs]
    y = program(*inputs)
    g = draw(y, fold=False)
    frames = frames_of(g)
    arrived = {box.members[0]: "1.0" for box in g.drawing.boxes if box.is_root}
    for frame in frames:
        node = g.drawing.boxes[frame["box"]].members[0]
        assert arrived[node] == frame["gradient"]
        for push in frame["pushes"]:
            arrived[g.drawing.boxes[push["to"]].members[0]] = push["arrived"]
            assert push["received"] <= push["of"]
            assert g.drawing.links[push["link"]].tail == push["to"]
    y.backward()
    for node, text in arrived.items():
        assert float(text) == g.snapshot.nodes[node].grad or np.isnan(float(text))


def test_folded_frames_count_every_edge_and_end_on_the_gradients():
    _, total = moons_loss(4, 6)
    g = draw(total)
    frames = frames_of(g)
    last = {}
    for frame in frames:
        for push in frame["pushes"]:
            last[push["to"]] = push
    assert all(push["received"] == push["of"] for push in last.values())
    total.backward()
    after = draw(total).drawing
    for k, push in last.items():
        line = next(line for line in after.boxes[k].lines if line.startswith("grad "))
        low, _, high = line.removeprefix("grad ").removesuffix(" ○").partition(" … ")
        shown = push["arrived"].partition(" … ")
        assert [float(low), float(high or low)] == pytest.approx([float(shown[0]), float(shown[2] or shown[0])], rel=6e-3)


def test_frames_of_arrays_several_roots_and_a_part():
    t = Tensor([1.0, 2.0, 3.0], name="t")
    g = draw(t * t)
    (frame,) = frames_of(g)
    assert [push["arrived"] for push in frame["pushes"]] == ["[1, 2, 3]", "[2, 4, 6]"]
    leaves = draw([Value(1.0), Value(2.0)], fold="structure")
    assert leaves.drawing.links == ()
    several = draw([t * 2.0, t * 3.0])
    assert frames_of(several) == []
    page_data(several.to_html())
    a, _, y = neuron_graph()
    part = draw(y).focus(a, up=1, down=0)
    assert frames_of(part)
    page_data(part.to_html())
    big = draw(moons_loss(3, 4)[1])
    near = big.focus(big.nodes(0)[0], up=2, down=0)
    page_data(near.to_html())


def test_the_frames_of_a_part_end_on_the_gradients():
    a = Value(2.0, name="a")
    b = a * 3.0
    d = b.exp()
    y = b.sin() * d
    y.backward()
    for fold in (False, True):
        frames_ = data_of(draw(y, fold=fold).focus(d, up=1, down=1))["frames"]
        arrived = [push for frame in frames_ for push in frame["pushes"]]
        assert any(frame["box"] is None for frame in frames_)
        last = {push["to"]: push for push in arrived}
        assert all(push["received"] == push["of"] for push in last.values())
        assert any(float(push["arrived"]) == pytest.approx(b.grad, rel=1e-3) for push in last.values())


@pytest.mark.parametrize("fold", ["structure", "depth"])
def test_the_frames_of_a_part_of_a_folded_graph_play_each_of_its_boxes(fold):
    _, total = moons_loss(4, 6)
    g = draw(total, fold=fold)
    for k in range(len(g.drawing.boxes) - 1):
        part = g.focus(g.nodes(k)[0], up=2, down=1)
        last = {push["to"]: push for frame in frames_of(part) for push in frame["pushes"]}
        assert last.keys() == {i for i, box in enumerate(part.drawing.boxes) if not box.is_root}
        assert all(push["received"] == push["of"] for push in last.values())


def test_a_box_has_its_turn_after_its_consumers():
    with scope("A"):
        a = Value(2.0, name="a")
        b = a * 3.0
    c = b.sin()
    with scope("A"):
        d = c * 2.0 + 1.0
    g = draw(d, fold="scope")
    assert [frame["box"] for frame in frames_of(g)] == [1, 0]
    w = [Value(i + 1.0) for i in range(8)]
    g = draw(sum((v * v).tanh() for v in w), fold="depth")
    turns = [frame["box"] for frame in frames_of(g)]
    assert turns == sorted(turns, reverse=True)


def test_both_argument_slots_of_a_folded_node_are_counted():
    w = [Value(i + 1.0) for i in range(8)]
    y = sum(v - v for v in w)
    y.backward()
    push = data_of(draw(y, fold=True))["frames"][-1]["pushes"][0]
    assert (push["contribution"], push["arrived"], push["of"]) == ("-1 … 1", "0", 16)


def test_a_graph_in_one_box_has_no_frames():
    with scope("A"):
        a = Value(2.0, name="a")
        y = a * 3.0 + a
    assert frames_of(draw(y, fold="scope")) == []


def test_a_folded_graph_with_a_broken_rule_has_no_frames():
    def fail(xp, y, a):
        raise RuntimeError

    broken = define("broken_in_folded_frames", lambda xp, a: a**3, fail)
    assert frames_of(draw(sum(broken(Tensor([float(i)])).sum() for i in range(3)), fold=True)) == []


def test_folded_frames_show_nan():
    y = sum(Value(x).sqrt() * 2.0 for x in (-1.0, -2.0, -3.0))
    gradients = [push["contribution"] for frame in frames_of(draw(y, fold=True)) for push in frame["pushes"]]
    assert gradients == ["1", "2", "⚠ nan"]
