"""Long layouts in several rows: boxes and edges keep clear of each other there too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import SettingError, Value
from autograd.viz import draw
from autograd.viz.formats.page_drawings import page_drawings
from autograd.viz.layout.layered_layout import arrange
from autograd.viz.layout.wrapping import fit_layout, scale_in_window, wrap_layout
from picture_helpers import SVG_NAMESPACE, is_hit, points_on, svg_parts

DAGS = st.integers(2, 14).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
)


@given(DAGS, st.booleans())
def test_rows_keep_boxes_and_edges_apart(graph, with_labels):
    n, edges = graph
    edges = [(i, i + 1) for i in range(n - 1)] + edges
    row = arrange([(30.0 + 10.0 * (i % 3), 20.0) for i in range(n)], edges, [20.0 * with_labels] * len(edges))
    placed = wrap_layout(row, 180.0)
    boxes = list(zip(placed.centres, placed.sizes, strict=True))
    for i, (c, s) in enumerate(boxes):
        assert s[0] / 2 <= c[0] <= placed.extent[0] - s[0] / 2 + 1e-9
        assert s[1] / 2 <= c[1] <= placed.extent[1] - s[1] / 2 + 1e-9
        for d, t in boxes[:i]:
            assert abs(c[0] - d[0]) >= (s[0] + t[0]) / 2 or abs(c[1] - d[1]) >= (s[1] + t[1]) / 2
    for route in placed.routes:
        points = points_on(route)
        assert not any(is_hit(box, points) for box in boxes)


def test_a_chain_continues_in_further_rows_and_its_arrows_join_its_boxes():
    x = Value(0.5, name="x")
    for _ in range(12):
        x = x.tanh()
    for direction in ("LR", "RL"):
        boxes, links = svg_parts(draw(x, direction=direction).to_svg())
        rects = [
            tuple(float(box.find(f"{SVG_NAMESPACE}rect").attrib[name]) for name in ("x", "y", "width", "height")) for box in boxes
        ]
        assert len({rect[1] for rect in rects}) > 1
        assert max(x0 + width for x0, _, width, _ in rects) < 1000
        for k, link in enumerate(links):
            tip = link.findall(f"{SVG_NAMESPACE}path")[1].attrib["d"][1:].split("l")[0].split(",")
            x0, y0, width, height = rects[k + 1]
            assert float(tip[0]) == pytest.approx(x0 if direction == "LR" else x0 + width, abs=0.11)
            assert y0 <= float(tip[1]) <= y0 + height
    boxes, _ = svg_parts(draw(x, width=None).to_svg())
    assert len({box.find(f"{SVG_NAMESPACE}rect").attrib["y"] for box in boxes}) == 1


def test_a_layout_stays_in_one_row_if_too_many_edges_would_be_cut():
    edges = [(i, j) for i in range(20) for j in range(20, 40)] + [(i, i + 20) for i in range(20, 40)]
    row = arrange([(100.0, 20.0)] * 60, edges, [0.0] * len(edges))
    assert wrap_layout(row, 150.0) is row


def test_the_width_is_checked():
    for width in (0, -1, 2.5, True, "800"):
        with pytest.raises(SettingError, match=r"^draw\(\): width must be a whole number of pixels, or None for one row, not "):
            draw(Value(1.0), width=width)


@given(st.integers(1, 60), st.floats(200.0, 1500.0), st.floats(200.0, 900.0))
def test_rows_fit_a_window_as_well_as_one_row(n, width, height):
    row = arrange([(60.0, 40.0)] * n, [(i, i + 1) for i in range(n - 1)], [0.0] * (n - 1))
    fitted = fit_layout(row, (width, height), 0.7)
    scale, row_scale = scale_in_window(fitted.extent, (width, height)), scale_in_window(row.extent, (width, height))
    assert scale >= row_scale
    if row_scale >= 0.7:
        assert fitted is row


def test_rows_of_a_long_chain_have_the_shape_of_the_window():
    row = arrange([(60.0, 40.0)] * 500, [(i, i + 1) for i in range(499)], [0.0] * 499)
    for window in ((900.0, 600.0), (400.0, 500.0)):
        length, height = fit_layout(row, window, 0.7).extent
        assert 0.5 < length / height / (window[0] / window[1]) < 2.0


def test_edges_of_one_box_share_their_lane():
    # The first box is an argument of the last two, which are in the next row.
    edges = [(0, 1), (1, 2), (2, 3), (2, 4), (0, 3), (0, 4), (3, 5), (4, 5)]
    row = arrange([(60.0, 40.0)] * 6, edges, [0.0] * len(edges))
    rows = wrap_layout(row, 250.0)
    assert rows.extent[1] > row.extent[1]
    first, second = rows.routes[4], rows.routes[5]
    shared = sum(a == b for a, b in zip(first, second, strict=False))
    assert shared >= 8  # they leave the row, turn round its end and enter the next row as one line


def test_the_drawing_of_a_page_is_arranged_twice_if_it_is_small_in_a_narrow_window():
    x = Value(0.5, name="x")
    for _ in range(8):
        x = x.tanh()
    wide, narrow = page_drawings(draw(x).drawing)
    (wide_boxes, wide_links), (boxes, links) = svg_parts(wide), svg_parts(narrow)
    assert len(boxes) == len(wide_boxes) == 9
    assert len(links) == len(wide_links) == 8
    (_,) = page_drawings(draw(x, direction="TB").drawing)
    (_,) = page_drawings(draw(Value(1.0)).drawing)
    for _ in range(30):
        x = x.tanh()
    (_,) = page_drawings(draw(x).drawing)
