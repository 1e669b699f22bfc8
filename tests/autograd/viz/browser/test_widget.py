"""The widget: a leaf that is moved in the page is assigned in Python, and the other way round, with the script of the widget in Chromium."""

import json
import math
import sys
from importlib.resources import files

import pytest

import autograd as ag
from autograd import GraphError, SettingError, Tensor, Value
from autograd.viz import draw

# A notebook in a page: the model that anywidget gives to the script, whose changes are saved to Python.
HOST = """
<!doctype html><title>A notebook</title><div id="cell"></div>
<script type="module">
const listeners = {};
window.model = {
  state: %s,
  get(name) { return this.state[name]; },
  set(name, value) { this.state[name] = value; },
  on(event, f) { listeners[event] = f; },
  off(event) { delete listeners[event]; },
  save_changes() { window.save(this.state); },
  receive(name, value) { this.state[name] = value; if (listeners[`change:${name}`]) listeners[`change:${name}`](); },
};
%s
window.close_cell = render({ model, el: document.getElementById("cell") });
</script>
"""


@pytest.fixture
def notebook(window):
    """A function that shows a widget; it returns the page, and its frame."""
    pytest.importorskip("anywidget", reason="needs anywidget, which is an extra")
    context, events = window
    page = context.new_page()
    page.set_viewport_size({"width": 1200, "height": 800})

    def show(widget):
        def save(state):
            for name in ("leaves", "gradients", "root"):
                setattr(widget, name, state[name])

        page.expose_function("save", save)
        state = {name: getattr(widget, name) for name in ("page", "title", "height", "leaves")}
        script = widget._esm.replace("export default { render };", "")
        page.set_content(HOST % (json.dumps(state).replace("<", "\\u003c"), script))
        page.frame_locator("iframe").locator("#live").wait_for()
        return page, page.frames[1]

    yield show
    page.close()
    assert events["errors"] == []
    assert all(url.startswith(("about:", "file:", "data:")) for url in events["requests"])


def wait_until(page, is_so):
    """Wait for messages between the frame, its notebook and Python, for at most five seconds."""
    for _ in range(250):
        if is_so():
            return
        page.wait_for_timeout(20)
    raise AssertionError("no message has arrived")


def expression():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b).tanh() + a / b
    return a, b, y


def test_a_leaf_that_is_moved_in_the_page_moves_in_python(notebook):
    a, b, y = expression()
    widget = draw(y).widget()
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "leaves")
    page, frame = notebook(widget)
    frame.evaluate("setLeaf(0, '0.25')")
    wait_until(page, lambda: (a.data, b.data) == (0.25, -3.0))
    assert seen[-1] == ["0.25", "-3"]
    c, d = Value(0.25), Value(-3.0)
    z = (c * d).tanh() + c / d
    z.backward()
    assert float(widget.root) == pytest.approx(z.data, rel=1e-14)
    assert list(map(float, widget.gradients)) == pytest.approx([c.grad, d.grad], rel=1e-14)
    box = frame.locator('[data-box="1"]').bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 20, steps=5)
    page.mouse.up()
    wait_until(page, lambda: b.data == -1.5)
    for text, x in (("nan", math.nan), ("inf", math.inf), ("-inf", -math.inf), ("-0", 0.0)):
        frame.evaluate("(text) => setLeaf(0, text)", text)
        wait_until(page, lambda x=-0.0 if text == "-0" else x: repr(a.data) == repr(x))
    frame.click("#reset")
    wait_until(page, lambda: (a.data, b.data) == (2.0, -3.0))


def test_a_leaf_that_is_assigned_in_python_moves_in_the_page(notebook):
    a, b, y = expression()
    widget = draw(y).widget()
    page, frame = notebook(widget)
    a.data = 0.1
    b.data = math.inf
    widget.refresh()
    assert widget.leaves == ["0.1", "inf"]
    page.evaluate("(leaves) => model.receive('leaves', leaves)", widget.leaves)
    wait_until(page, lambda: frame.text_content('[data-box="0"] .data') == "data 0.1")
    assert frame.evaluate("[...tape.values].slice(0, 2).map(String)") == ["0.1", "Infinity"]


def test_messages_of_others_are_ignored(notebook):
    a, _, y = expression()
    page, frame = notebook(draw(y).widget())
    page.evaluate("window.postMessage({ leaves: ['7', '7'] }, '*')")
    page.evaluate(
        "(frame => { for (const m of [null, 1, {}, { leaves: 3 }, { leaves: ['1'] }]) frame.contentWindow.postMessage(m, '*'); })(document.querySelector('iframe'))"
    )
    page.wait_for_timeout(300)
    assert a.data == 2.0
    assert frame.evaluate("tape.values[0]") == 2.0
    assert (
        frame.evaluate("(() => { try { return parent.document.title; } catch (error) { return error.name; } })()")
        == "SecurityError"
    )
    page.evaluate("close_cell()")
    frame.evaluate("setLeaf(0, '0.25')")
    page.wait_for_timeout(300)
    assert a.data == 2.0


def test_numbers_from_a_page_are_checked():
    pytest.importorskip("anywidget", reason="needs anywidget, which is an extra")
    import traitlets

    a, b, y = expression()
    widget = draw(y).widget(height=300)
    assert widget.height == 300
    with pytest.raises(traitlets.TraitError, match=r"^this widget takes a number for each of its 2 leaves, not 1(?m:$)"):
        widget.leaves = ["1.0"]
    with pytest.raises(traitlets.TraitError, match=r"^this widget takes numbers as texts, such as '0\.5': could not convert"):
        widget.leaves = ["1.0", "two"]
    assert (a.data, b.data) == (2.0, -3.0)
    t = Tensor(0.5, name="t")
    widget = draw((t * 2.0).tanh()).widget()
    widget.leaves = ["0.75"]
    assert float(t.data) == 0.75


def test_static_graphs_have_no_widget(monkeypatch):
    with pytest.raises(GraphError, match=r"^widget\(\): this page is static: gelu needs erfc, which JavaScript lacks\.(?m:$)"):
        draw(ag.gelu(Value(0.5))).widget()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(
        SettingError, match=r"^widget\(\) needs the package anywidget: pip install 'gradlab\[widget\]', or use to_html\(\)(?m:$)"
    ):
        draw(Value(0.5).tanh()).widget()


def test_a_page_outside_of_a_notebook_sends_nothing(page_of):
    page = page_of(draw(expression()[2]))
    page.evaluate("addEventListener('message', () => { window.heard = true; }); setLeaf(0, '0.25');")
    page.wait_for_timeout(200)
    assert page.evaluate("window.heard") is None
    assert "makeTape" not in files("autograd.viz.notebooks").joinpath("widget.js").read_text()
