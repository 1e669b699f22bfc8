"""Page: a drawing, its numbers and the backward pass as one HTML file that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from autograd.numpy_api.operation_table import formulas
from autograd.ops import Elementwise
from autograd.viz.backward_frames import exact
from autograd.viz.folding import Box, Drawing, steps
from autograd.viz.formats.svg import STYLE, svg
from autograd.viz.labels import plain, shape_of, span
from autograd.viz.snapshot import Snapshot

MEMBERS = 144  # of a folded box that the page can show one by one


def page(drawing: Drawing, shot: Snapshot, frames: Sequence[dict[str, Any]], whole: bool) -> str:
    """The page; ``whole`` says that nothing of the graph is hidden.

    A Content-Security-Policy lets nothing run but its own script and style, named by their hashes.
    """
    style, script = STYLE + _resource("page.css"), _resource("page.js")
    policy = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; {NOTHING_ELSE}"
    return PAGE.format(
        policy=policy,
        style=style,
        script=script,
        title=escape(drawing.caption),
        svg=svg(drawing, live=True),
        data=json.dumps(_primal(drawing, shot, frames, whole), ensure_ascii=False).replace("<", "\\u003c"),
    )


NOTHING_ELSE = "base-uri 'none'; form-action 'none'"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<label>Search <input id="search" type="search" autocomplete="off"></label> <span id="hits" role="status"></span>
<button id="in" title="Zoom in (+)">Zoom in</button>
<button id="out" title="Zoom out (-)">Zoom out</button>
<button id="fit" title="Show all (0)">Show all</button>
<button id="unlight" title="Forget the lit paths (Escape)">Clear paths</button>
</header>
<main aria-label="The drawing">
{svg}</main>
<aside aria-label="Numbers">
<div id="panel" aria-live="polite"><h2>Click a box</h2>
<p>Or reach one with the Tab key, go on with <kbd>j</kbd> and <kbd>k</kbd>, and press Enter. <kbd>+</kbd>, <kbd>-</kbd> and
<kbd>0</kbd> zoom, <kbd>w</kbd> <kbd>a</kbd> <kbd>s</kbd> <kbd>d</kbd> move the drawing, <kbd>/</kbd> searches, the left and right
arrow keys step.</p></div>
<h3>Paths</h3>
<p id="sum" role="status"></p>
<ol id="paths"></ol>
<details><summary>Table of all boxes</summary>
<table><thead><tr><th scope="col">box</th><th scope="col">operation</th><th scope="col">numbers</th>
<th scope="col">arguments</th></tr></thead>
<tbody id="rows"></tbody></table></details>
</aside>
<footer aria-label="Backward pass">
<div id="player">
<div class="bar">
<button id="first">First</button><button id="back">Back</button><button id="run">Play</button><button id="next">Next</button>
<button id="last">Last</button>
<label for="slider">Backward pass</label><input id="slider" type="range" min="0" max="0" value="0" step="1">
</div>
<p id="said" role="status"></p>
</div>
</footer>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def _resource(name: str) -> str:
    return files("autograd.viz.formats").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _primal(drawing: Drawing, shot: Snapshot, frames: Sequence[dict[str, Any]], whole: bool) -> dict[str, Any]:
    """What the script reads."""
    boxes = drawing.boxes
    root = next((k for k, box in enumerate(boxes) if box.root), None) if len(shot.roots) == 1 else None
    shades = _shades(shot)
    locals_ = _locals(drawing, shot)
    return {
        "boxes": [_box(box, shot, shades) for box in boxes],
        "links": [
            {"tail": link.tail, "head": link.head, "detail": link.detail, "local": local}
            for link, local in zip(drawing.links, locals_, strict=True)
        ],
        "frames": list(frames),
        "root": root,
        "seed": exact(np.ones(shot.nodes[int(shot.roots[0])].shape)),
        "single": whole and root is not None and all(box.count == 1 for box in boxes) and None not in locals_,
    }


def _shades(shot: Snapshot) -> list[int]:
    column = shot.grad or shot.data
    return [step or 0 for step in steps(np.fmax(np.abs(column.low), np.abs(column.high)).tolist())]


def _locals(drawing: Drawing, shot: Snapshot) -> list[float | None]:
    """The local derivative of each link that is one edge between numbers."""
    edges: dict[tuple[int, int], list[int]] = {}
    for e, pair in enumerate(zip(shot.wiring.tails.tolist(), shot.wiring.heads.tolist(), strict=True)):
        edges.setdefault(pair, []).append(e)
    found: list[float | None] = []
    for link in drawing.links:
        tail, head = drawing.boxes[link.tail].members, drawing.boxes[link.head].members
        mine = edges.get((tail[0], head[0]), []) if link.count == len(tail) == len(head) == 1 else []
        e = mine.pop(0) if mine else -1
        scalar = shot.nodes[tail[0]].shape == shot.nodes[head[0]].shape == ()  # else broadcasting sums
        known = scalar and e >= 0 and shot.local.size[e] == 1 and np.isfinite(shot.local.low[e])
        found.append(float(shot.local.low[e]) if known else None)
    return found


def _box(box: Box, shot: Snapshot, shades: Sequence[int]) -> dict[str, Any]:
    first: Any = shot.nodes[box.members[0]]
    members = box.members[:MEMBERS] if box.count > 1 else box.members
    return {
        "title": box.title,
        "lines": list(box.lines),
        "told": list(box.lines) if box.count > 1 or first.shape else [],
        "count": box.count,
        "facts": _facts(box, first, shot),
        "words": " ".join([plain(shot.paths[box.members[0]], 200), first.op.name if first.op else "leaf", box.group, *box.lines]),
        "members": [[_member(shot, i), _column(shot.data, i), _column(shot.grad, i), shades[i]] for i in members],
    }


def _member(shot: Snapshot, i: int) -> str:
    name = plain(shot.paths[i])
    return f"{name} ({i})" if name else f"node {i}"


def _column(column: Any, i: int) -> str:
    if column is None or not column.size[i]:
        return "" if column is None else "empty"
    low, high, nans = float(column.low[i]), float(column.high[i]), int(column.nans[i])
    text = span(low, high)
    return text if not nans or nans == column.size[i] else f"{text}, ⚠ {nans} nan"


def _facts(box: Box, first: Any, shot: Snapshot) -> list[tuple[str, str]]:
    """What is known of a box besides what is written on it."""
    facts = [("operation", first.op.name)] if first.op is not None and box.kind != "scope" else []
    if facts and isinstance(first.op, Elementwise):
        value, *partials = _formulas(first.op)
        facts.append(("formula", f"y = {value}"))
        facts += [(f"∂y/∂{name}", partial) for name, partial in zip("abcdef", partials, strict=False)]
    if box.count == 1:
        i = box.members[0]
        if not first.shape:
            facts.append(("value", repr(float(shot.data.low[i]))))
            facts += [("gradient", repr(float(shot.grad.low[i])))] if shot.grad is not None else []
        facts += [("shape", shape_of(first.shape) if first.shape else "a number"), ("name", plain(shot.paths[i], 200))]
        facts += [("made at", plain(first.line, 300))] if first.line else [("made at", "known where it runs inside anomaly()")]
    return facts


def _formulas(op: Elementwise) -> list[str]:
    """A row written out; a row of a user's own may ask for what cannot be written."""
    try:
        return formulas(op)
    except Exception:
        return ["not known in symbols"]
