"""Snapshots: what they hold, and that later changes of the graph do not reach them."""

import copy
import pickle

import numpy as np
import pytest

from autograd import Tensor, Value, define
from autograd.testing import GradientError, check_grad
from autograd.viz import draw
from autograd.viz.snapshots.snapshot import take_snapshot
from picture_helpers import data_of, neuron_graph


def test_one_edge_for_each_argument_slot():
    a = Value(3.0)
    snapshot = take_snapshot(a * a)
    assert snapshot.graph.tails.tolist() == [0, 0]
    assert snapshot.local.low.tolist() == [3.0, 3.0]
    assert snapshot.grad is None
    assert len(draw(a * a).drawing.links) == 2


def test_a_snapshot_does_not_change():
    a, _, y = neuron_graph()
    y.backward()
    g = draw(y)
    before = str(g)
    a.data = 100.0
    y2 = a * 2.0
    y2.backward()
    assert str(g) == before
    w = Tensor([1.0, 2.0])
    g = draw((w * w).sum())
    before = str(g)
    w.move(np.ones(2))
    assert str(g) == before


def test_second_order_graphs_are_drawn():
    x = Value(0.5, name="x")
    (x**3).backward(create_graph=True)
    g = draw(x.grad)
    assert "· ** 2" in str(g)
    g.to_html()


def test_copies_of_pictures_are_equal_and_keep_names():
    a = Value(2.0, name="a")
    p = draw(a * a)
    html = p.to_html()
    for twin in (pickle.loads(pickle.dumps(p)), copy.deepcopy(p)):
        assert twin.to_html() == html
    p = draw(a * a)
    a.name = "renamed"
    assert "#0  a " in str(p)
    assert p == p
    assert p != draw(a * a)
    assert len({p, p}) == 1


def test_drawing_runs_no_hooks_and_survives_broken_rules():
    a, calls = Tensor([2.0]), []
    a.register_hook(calls.append)
    y = (a * a).sum()
    draw(y).to_html()
    assert calls == []

    def boom(xp, y, a):
        raise RuntimeError("boom")

    bad = define("boom_in_a_picture", lambda xp, a: a**3, boom)
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: bad(x * 2.0).sum(), np.array([1.0, 2.0]))
    picture = draw(caught.value)
    assert len(data_of(picture)["frames"]) == 1  # and then the rule raises
    assert str(picture).count("✗") == 1
    assert picture.nodes("boom_in_a_picture") == picture.nodes("✗ boom_in_a_picture")
