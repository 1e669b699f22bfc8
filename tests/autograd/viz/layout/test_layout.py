"""The layout: boxes and edges keep clear of each other."""

from hypothesis import given
from hypothesis import strategies as st

from autograd import Value
from autograd.viz import draw
from autograd.viz.layout.layered_layout import arrange
from picture_helpers import is_hit, points_on, svg_parts


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=25).map(lambda e: (n, e))
    ),
    st.booleans(),
)
def test_boxes_do_not_overlap_and_edges_avoid_boxes(graph, wide):
    n, edges = graph
    placed = arrange([(30.0 + 10.0 * (i % 3), 20.0) for i in range(n)], edges, [20.0 * wide] * len(edges), spread=wide)
    boxes = list(zip(placed.centres, placed.sizes, strict=True))
    for i, (c, s) in enumerate(boxes):
        for d, t in boxes[:i]:
            assert abs(c[0] - d[0]) >= (s[0] + t[0]) / 2 or abs(c[1] - d[1]) >= (s[1] + t[1]) / 2
        assert c[0] - s[0] / 2 >= 0
        assert c[0] + s[0] / 2 <= placed.extent[0] + 1e-9
        assert 0 <= c[1] - s[1] / 2 <= c[1] + s[1] / 2 <= placed.extent[1]
    for route in placed.routes:
        points = points_on(route)
        assert not any(is_hit(box, points) for box in boxes)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8, unique=True),
    st.lists(st.floats(14.0, 90.0), min_size=8, max_size=8),
)
def test_edges_have_the_space_that_they_need_where_they_enter(edges, gaps):
    placed = arrange([(30.0, 20.0)] * 4, edges, [40.0] * len(edges), port_gaps=gaps[: len(edges)])
    for box, (centre, size) in enumerate(zip(placed.centres, placed.sizes, strict=True)):
        spaces = [(route[-1][-1], gap) for (_, head), route, gap in zip(edges, placed.routes, gaps, strict=False) if head == box]
        for n, (port, gap) in enumerate(sorted(spaces)):
            assert abs(port - centre[1]) + gap / 2 <= size[1] / 2 + 1e-9
            for other, other_gap in sorted(spaces)[:n]:
                assert port - other >= (gap + other_gap) / 2 - 1e-9
        # Forward edges leave on the side where backward edges enter, and the other way round.
        entries = [
            (tail, route[-1][-1], gap) for (tail, head), route, gap in zip(edges, placed.routes, gaps, strict=False) if head == box
        ]
        exits = [(head, route[0][1]) for (tail, head), route in zip(edges, placed.routes, strict=True) if tail == box != head]
        for source, port, gap in entries:
            same_side = [leaves for target, leaves in exits if (target > box) == (source > box)]
            assert all(abs(leaves - port) >= gap / 2 - 1e-9 for leaves in same_side)


def test_an_edge_to_the_same_box_enters_first_and_runs_around_its_label():
    placed = arrange([(30.0, 20.0)] * 2, [(0, 1), (1, 1)], [0.0, 50.0])
    (loop, other), (centre, size) = placed.routes[::-1], (placed.centres[1], placed.sizes[1])
    assert loop[-1][1] < other[-1][1]
    assert loop[0] == (centre[0] + size[0] / 2, loop[-1][1])
    assert min(u for piece in loop for u in piece[::2]) < centre[0] - size[0] / 2 - 50.0
    assert min(v for piece in loop for v in piece[1::2]) < centre[1] - size[1] / 2


def test_too_many_long_edges_run_in_lanes():
    """Every node of a chain is used again at its end: places in every layer would be quadratic in number."""
    n = 100
    edges = [(i, i + 1) for i in range(n - 1)] + [(i, n - 1) for i in range(n - 3)]
    placed = arrange([(20.0, 20.0)] * n, edges, [0.0] * len(edges))
    boxes = list(zip(placed.centres, placed.sizes, strict=True))
    assert max(v for route in placed.routes for v in route[2][1::2]) > max(c[1] + s[1] / 2 for c, s in boxes)
    for route in placed.routes[::7]:
        assert not any(is_hit(box, points_on(route)) for box in boxes)


def test_a_shared_leaf_has_one_trunk():
    a = Value(0.5, name="a")
    x = Value(1.0)
    for _ in range(300):
        x = x * a
    svg = draw(x, fold=False).to_svg()
    assert len(svg) < 400_000
    assert len(svg_parts(svg)[1]) == 600
