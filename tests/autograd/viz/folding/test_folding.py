"""Folding by structure, scope and depth: counts, classes, and the size of the result."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, scope
from autograd.testing import strategies
from autograd.viz import draw
from autograd.viz.folding.colour_refinement import contract_sums, structural_classes
from autograd.viz.snapshots.graph_arrays import GraphArrays
from picture_helpers import data_of, frames_of, is_valid_mermaid, moons_loss, page_data, svg_parts


@given(strategies.programs(), st.sampled_from(["structure", "scope", "depth", False]))
def test_boxes_and_links_count_every_node_and_edge(program, fold):
    y = program(*[(Value if np.ndim(x) == 0 else Tensor)(x) for x in program.inputs])
    y = y.sum() if y.shape else y
    y.backward()
    g = draw(y, fold=fold)
    drawing = g.drawing
    edges = sum(len(node.parents) for node in g.snapshot.nodes)
    assert sum(box.count for box in drawing.boxes) == g.snapshot.size
    assert sum(link.count for link in drawing.links) + sum(box.inner_edges for box in drawing.boxes) == edges
    boxes, links = svg_parts(g.to_svg())
    assert (len(boxes), len(links)) == (len(drawing.boxes), len(drawing.links))
    data = page_data(g.to_html())
    assert len(data["boxes"]) == len(boxes)
    assert is_valid_mermaid(g.to_mermaid())
    assert g.to_dot().count("->") == len(links)


def test_a_large_network_folds_to_25_boxes():
    model, total = moons_loss()
    total.backward()
    g = draw(total)
    assert g.snapshot.size > 60_000
    assert len(g.drawing.boxes) <= 25
    assert "Σ ×1600" in [box.title for box in g.drawing.boxes]
    assert "[[" in g.to_mermaid()
    boxes, links = svg_parts(replace(g, style=replace(g.style, direction="TB")).to_svg())
    assert (len(boxes), len(links)) == (len(g.drawing.boxes), len(g.drawing.links))
    assert any(link.label.startswith("×25600, 16 each") for link in g.drawing.links)
    (products,) = [box for box in g.drawing.boxes if box.count == 25_600 and box.title.startswith("multiply")]
    assert len(products.members) == 25_600
    near = g.focus(model.layers[0].neurons[0].w[0], up=3, down=0)
    assert [box.title for box in near.drawing.boxes] == ["leaf", "multiply ×100", "Σ ×100", "relu ×100"]
    assert "… 100 more arguments" in near.drawing.boxes[2].lines or "… 200 more arguments" in near.drawing.boxes[2].lines


def test_a_long_recurrence_folds():
    w, u, b = Value(0.5, name="w"), Value(0.3, name="u"), Value(0.1, name="b")
    h = Value(0.0)
    for t in range(400):
        h = (w * h + u * float(t % 7) + b).tanh()
    drawing = draw(h).drawing
    assert len(drawing.boxes) <= 40
    assert any(link.tail > link.head for link in drawing.links)  # it feeds back
    assert len(draw(h).fold(hops=0).drawing.boxes) < len(draw(h).fold(hops=3).drawing.boxes)


def test_a_chain_of_20_000_nodes_needs_no_recursion():
    a = Value(0.9999, name="a")
    x = Value(1.0)
    for _ in range(20_000):
        x = x * a
    g = draw(x)
    assert len(g.drawing.boxes) <= 25
    assert sum(box.count for box in g.drawing.boxes) == 20_002
    assert len(frames_of(g)) < 3000


def test_folding_by_scope_and_by_depth():
    model = nn.scalar.MLP(2, [3, 1], rng=0)
    with model.scopes():
        y = model([1.0, -1.0])
    g = draw(y * 2.0, fold="scope")
    titles = [box.title for box in g.drawing.boxes]
    assert titles == ["layers/0/neurons/0", "layers/0/neurons/1", "layers/0/neurons/2", "layers/1/neurons/0", "· × 2"]
    opened = g.expand("layers/1/neurons/0")
    assert sum(box.count for box in opened.drawing.boxes) == g.snapshot.size
    assert len(opened.drawing.boxes) > len(titles)
    depth = draw(y, fold="depth").drawing
    assert [box.title for box in depth.boxes] == [f"depth {d}" for d in range(len(depth.boxes) - 1, -1, -1)]


def test_scopes_may_begin_inside_the_graph():
    x = Value(1.0, name="x")
    with scope("A"):
        y = (x * x).tanh()
    assert [box.title for box in draw(y + x * 2.0, fold="scope").drawing.boxes].count("A") == 1
    u = x * x
    with scope("B"):
        z = u.tanh()
    assert [box.title for box in draw(z, fold="scope").drawing.boxes] == ["x", "×", "B"]


@given(
    st.integers(2, 30).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, n - 2), st.integers(1, n - 1)).filter(lambda e: e[0] < e[1]), max_size=40).map(
            lambda e: (n, e)
        )
    )
)
def test_nodes_of_a_class_have_one_kind_and_arguments_of_the_same_classes(graph):
    n, edges = graph
    tails, heads = (np.array([e[k] for e in edges], dtype=np.int64) for k in (0, 1))
    kinds = np.array([i % 2 for i in range(n)])
    arrays = GraphArrays(kinds, tails, heads, np.zeros(len(edges), dtype=np.int64))
    representatives = contract_sums(arrays, kinds == 1)
    assert np.array_equal(representatives[representatives], representatives)
    full = structural_classes(arrays, np.arange(n), None, n)
    for k in range(full.max() + 1):
        members = np.flatnonzero(full == k)
        assert len(set(kinds[members])) == 1
        rows = {tuple(sorted(full[tails[heads == m]].tolist())) for m in members}
        assert len(rows) == 1  # every member has arguments of the same classes


@given(strategies.programs(), st.sampled_from(["structure", "scope", "depth", False]), st.data())
@settings(max_examples=20)
def test_counts_hold_after_folding_and_expanding_in_any_order(program, fold, data):
    with scope("outer"):
        y = program(*[(Value if np.ndim(x) == 0 else Tensor)(x) for x in program.inputs])
    y = y.sum() if y.shape else y * 2.0
    g = draw(y, fold=fold)
    for _ in range(3):
        node = data.draw(st.sampled_from(g.snapshot.nodes))
        g = data.draw(
            st.sampled_from(
                [lambda g=g, n=node: g.expand(n), lambda g=g: g.expand(len(g.drawing.boxes) - 1), lambda g=g: g.fold("depth")]
            )
        )()
        drawing = g.drawing
        assert sum(box.count for box in drawing.boxes) == g.snapshot.size
        assert sum(link.count for link in drawing.links) + sum(box.inner_edges for box in drawing.boxes) == len(
            g.snapshot.graph.tails
        )
    alone = g.focus(node, up=1, down=1)
    (only,) = alone.nodes(next(k for k, box in enumerate(alone.drawing.boxes) if node in set(alone.nodes(k))))
    assert only is node
    data_of(alone)
