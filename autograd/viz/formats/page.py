"""The HTML page of a picture: a drawing, its numbers and the backward pass in one file that loads nothing from the network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from autograd.viz.drawing import Drawing
from autograd.viz.formats.page_data import page_data
from autograd.viz.formats.page_drawings import page_drawings
from autograd.viz.formats.svg_style import STYLE
from autograd.viz.javascript.program import Program, read_script
from autograd.viz.snapshots.snapshot import Snapshot

# Nothing runs but the page's own script and style, which are named by their hashes.
POLICY = (
    "default-src 'none'; img-src data:; style-src '{style_hash}'; script-src '{script_hash}'; base-uri 'none'; form-action 'none'"
)
PAGE_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
"""
PAGE = (
    PAGE_HEAD
    + """<body>
<header>
<h1>{title}</h1>
<label>Search <input id="search" type="search" autocomplete="off"></label> <span id="hits" role="status"></span>
<div class="bar">
<button id="in" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="out" title="Zoom out (-)" aria-label="Zoom out">−</button>
<button id="fit" title="Show all (0)">Show all</button>
<button id="unlight" title="Forget the lit paths (Escape)">Clear paths</button>
</div>
</header>
<main aria-label="The drawing">
{svg}{narrow}</main>
<aside aria-label="Numbers">
<div id="panel" aria-live="polite"><h2>Click a box</h2>
<p>Or reach one with the Tab key, go on with <kbd>j</kbd> and <kbd>k</kbd>, and press Enter. <kbd>+</kbd>, <kbd>-</kbd> and
<kbd>0</kbd> zoom, <kbd>w</kbd> <kbd>a</kbd> <kbd>s</kbd> <kbd>d</kbd> move the drawing, <kbd>/</kbd> searches, the left and right
arrow keys step.</p></div>
<section id="live" aria-label="Live numbers" hidden>
<h3>Live</h3>
<p>Click a leaf and type its value, or drag the leaf. All numbers follow. Click an edge to check its derivative.</p>
<p><label>Rate <input id="rate" value="0.05" size="5" autocomplete="off"></label>
<label>moves <select id="moves"></select></label></p>
<p><button id="step">Descend</button> <button id="descend">Run</button> <button id="reset">Reset</button>
<button id="quiz" aria-pressed="false">Quiz</button></p>
<svg id="curve" viewBox="0 0 200 70" preserveAspectRatio="none" role="img" aria-label="The root during descent">
<polyline points=""/></svg>
<p id="lossnow"></p>
</section>
<p id="note" role="status">{reason}</p>
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
<label>Film <select id="direction"><option value="backward">backward</option>
<option value="forward">forward</option></select></label>
<label>Speed <select id="speed"><option value="0.5">½</option><option value="1" selected>1</option><option value="2">2</option>
<option value="4">4</option></select></label>
<label for="slider">Step</label><input id="slider" type="range" min="0" max="0" value="0" step="1">
</div>
<p id="equation"></p>
<p id="said" role="status"></p>
</div>
</footer>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""
)


# The script: files that are joined in this order. Those of a live page compute with the rows before them.
SCRIPTS = (
    "base",
    "drawing/view",
    "drawing/stage",
    "drawing/overview",
    "controls/panel",
    "drawing/paths",
    "controls/search",
    "drawing/numbers",
    "live/values",
    "controls/player",
    "controls/keyboard",
    "controls/table",
    "live/messages",
)


def render_page(
    drawing: Drawing, snapshot: Snapshot, frames: Sequence[dict[str, Any]], is_whole: bool, program: Program, colour: str | None
) -> str:
    """Write a drawing as an HTML page.

    Parameters
    ----------
    drawing : Drawing
        The drawing.
    snapshot : Snapshot
        The graph and its numbers.
    frames : sequence of dict
        The backward pass, as :func:`~autograd.viz.backward_frames.backward_frames` computes it.
    is_whole : bool
        Whether all boxes of the graph are shown.
    program : Program
        What the page computes with, or why it is static.
    colour : str or None
        What boxes are coloured by.

    Returns
    -------
    str
        The page. A Content-Security-Policy lets only its own script and style run. Texts from users are data of the script, which
        writes them as text nodes.
    """
    svg, *narrow = page_drawings(drawing)
    style, script = STYLE + _read_resource("page_parts/page.css"), _script(program)
    data = json.dumps(page_data(drawing, snapshot, frames, is_whole, program, colour), ensure_ascii=False)
    return PAGE.format(
        policy=POLICY.format(style_hash=csp_hash(style), script_hash=csp_hash(script)),
        style=style,
        script=script,
        title=escape(drawing.caption),
        reason=escape(program.reason),
        svg=svg,
        narrow="".join(f'<template id="narrow">\n{other}</template>\n' for other in narrow),
        data=data.replace("<", "\\u003c"),  # so that no text can end the script element
    )


def _script(program: Program) -> str:
    """The files of the script, and the rows that they compute with."""
    parts = [_read_resource(f"page_parts/{name}.js") for name in SCRIPTS]
    tape = "" if program.data is None else program.script + read_script("tape")
    return "".join(['"use strict";\n', read_script("start"), parts[0], tape, *parts[1:]])


@cache
def _read_resource(name: str) -> str:
    return files("autograd.viz.formats").joinpath(name).read_text("utf-8")


def csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
