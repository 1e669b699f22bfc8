"""The program of a live page, run by Node: Python's numbers at the start, and those of a new graph after a leaf was changed."""

import json
import math
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, define
from autograd.viz import draw
from autograd.viz.javascript.program import MAX_LIVE_NODES, read_script, write_program
from autograd.viz.snapshots.snapshot import take_snapshot
from picture_helpers import build, data_of, python_numbers, recipes

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node to run JavaScript")

SCRIPT = """
const text = (x) => Object.is(x, -0) ? "-0.0" : String(x);
const tape = makeTape(PROGRAM);
const numbers = () => [[...tape.values].map(text), [...tape.grads].map(text)];
const out = [numbers()];
CHANGES.forEach((x) => { tape.values[0] = readNumber(x); tape.forward(); tape.backward(); out.push(numbers()); });
tape.reset();
out.push(numbers());
console.log(JSON.stringify(out));
"""


def run_tape(programs, changes):
    script = "".join(
        f"(() => {{{program.script}{read_script('tape')}const PROGRAM = {json.dumps(program.data)}, CHANGES = {json.dumps(changes)};{SCRIPT}}})();"
        for program in programs
    )
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return [json.loads(line) for line in done.stdout.splitlines()]


def to_floats(texts):
    return [float(text.replace("Infinity", "inf")) for text in texts]


def is_same(found, expected):
    return np.array_equal(found, expected, equal_nan=True)


@needs_node
@settings(deadline=None, max_examples=2)
@given(st.lists(recipes(), min_size=30, max_size=30))
def test_the_page_starts_with_pythons_numbers_and_follows_its_leaves(made):
    """Each example is thirty graphs, which one process of Node runs."""
    roots = [build(*recipe) for recipe in made]
    programs = [write_program(take_snapshot(root)) for root in roots]
    results = run_tape(programs, ["0.75"])
    for recipe, root, (start, changed, again) in zip(made, roots, results, strict=True):
        values, gradients = python_numbers(root)
        assert is_same(to_floats(start[0]), values)
        assert is_same(to_floats(start[1]), gradients)
        assert again == start
        first = take_snapshot(root).nodes[0]
        moved = build(*recipe, replaced={first_leaf(root): 0.75})
        values, gradients = python_numbers(moved)
        assert first.data == recipe[0][first_leaf(root)]
        if np.abs(values + gradients).max() < 1e3:  # elsewhere the last digits of exp may be magnified to any size
            np.testing.assert_allclose(to_floats(changed[0]), values, rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(to_floats(changed[1]), gradients, rtol=1e-9, atol=1e-9)


def first_leaf(root):
    """Which leaf of a recipe is the first node of its graph: leaves have their position as name."""
    return int(take_snapshot(root).nodes[0].name)


def test_reasons_for_a_static_page():
    a = Value(0.5, name="a")
    odd = define("odd_in_a_program", lambda xp, a: a * (1.0 if a > 0 else 2.0), lambda xp, y, a: 1.0)
    reasons = {
        "This page is static: gelu needs erfc, which JavaScript lacks.": ag.gelu(a),
        "This page is static: the graph has arrays, and pages compute with numbers.": (Tensor([1.0, 2.0]) * a).sum(),
        "This page is static: the graph has 2 roots.": [a * 2.0, a * 3.0],
        f"This page is static: the graph has more than {MAX_LIVE_NODES} nodes.": sum(Value(1.0) for _ in range(1002)),
        "This page is static: odd_in_a_program needs odd_in_a_program, which JavaScript lacks.": odd(a),
    }
    for reason, root in reasons.items():
        html = draw(root).to_html()
        assert f'<p id="note" role="status">{reason}</p>' in html
        assert data_of(draw(root))["program"] is None
        assert "makeTape = " not in html
    assert data_of(draw(a * 2.0, live=False))["program"] is None


def test_only_the_rows_of_the_graph_are_in_its_page():
    html = draw(Value(0.5, name="a").tanh() * 2.0).to_html()
    assert html.count("partials: [") == 2
    assert "Math.tanh(a)" in html
    assert "Math.exp(a)" not in html


@needs_node
def test_leaves_may_be_nan_and_infinite():
    a = Value(2.0, name="a")
    (result,) = run_tape([write_program(take_snapshot((a * 0.5).exp() / a))], ["nan", "inf", "-inf", "0"])
    for (values, gradients), x in zip(result[1:-1], (math.nan, math.inf, -math.inf, 0.0), strict=True):
        b = Value(x)
        y = (b * 0.5).exp() / b
        assert is_same(to_floats(values)[-1], y.data)
        y.backward()
        assert is_same(to_floats(gradients)[0], b.grad)
