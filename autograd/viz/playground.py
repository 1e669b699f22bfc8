"""playground: a page that trains a network on two inputs, with the rows of the library written as JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.core.value import Value
from autograd.errors import SettingError, ShapeError
from autograd.numpy_api.functions.elementwise import softplus
from autograd.ops import TABLE, Elementwise
from autograd.viz.file_writing import write_file
from autograd.viz.formats.page import PAGE_HEAD, POLICY, csp_hash
from autograd.viz.javascript.program import RowList, read_script, reason_for_static, write_nodes
from autograd.viz.picture_formats import notebook_frame
from autograd.viz.snapshots.snapshot import take_snapshot

# Activations that can be chosen in the page, and "positive", the row of the identity.
CHOICES = ("tanh", "relu", "sigmoid", "softplus", "silu", "sin", "positive")

LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "mse": lambda output, target: (output - target) ** 2,
    "binary_cross_entropy_with_logits": lambda output, target: softplus(output) - target * output,
}

OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")  # the names in ``optimizers.js``

# Samples in the page. A step on all of them takes about 10 ms for a network 2-8-8-1; twice as many make the film stutter.
MAX_SAMPLES = 500

PAGE = (
    PAGE_HEAD
    + """<body>
<header>
<h1>{title}</h1>
<div class="bar"><button id="play">Play</button><button id="step">Step</button><button id="reset">Reset</button></div>
</header>
<section class="controls" aria-label="Settings">
<label>Rate <input id="rate" value="{lr}" size="5" autocomplete="off"></label>
<label>Optimizer <select id="optimizer"></select></label>
<label>Batch size <input id="batch" value="{batch}" size="4" autocomplete="off"></label>
<label>Activation <select id="activation"></select></label>
<label>Hidden widths <input id="widths" size="10" autocomplete="off"></label>
</section>
<p id="note" role="status"></p>
<main>
<section aria-label="Network"><h2>Network <span id="shape"></span></h2><div id="network"></div></section>
<aside aria-label="Training">
<div>
<h2 id="unit">Output</h2>
<canvas id="surface" width="320" height="320" role="img"
aria-label="The output over the plane of the inputs, with the samples"></canvas>
<p id="range"></p>
<p class="legend"><span id="low"></span><span class="scale"></span><span id="high"></span></p>
<p class="legend">Edges: <span class="plus">blue</span> for positive weights, <span class="minus">orange</span> for negative
ones</p>
</div>
<div>
<h2>Loss</h2>
<svg id="curve" viewBox="0 0 200 70" preserveAspectRatio="none" role="img" aria-label="The mean loss"><polyline points=""/></svg>
<p id="loss" role="status"></p>
<h2>Gradients</h2>
<ul id="flow"></ul>
</div>
</aside>
</main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""
)


@dataclass(frozen=True)
class Playground:
    """A page that trains a network; make it with :func:`playground`.

    Parameters
    ----------
    script : str
        The rows and the tape in JavaScript.
    data : dict
        The network and the samples, for JSON.
    lr : float
        The learning rate at first.
    batch_size : int
        The number of samples of a step at first.

    Examples
    --------
    >>> from autograd.viz import playground
    >>> from nn import MLP
    >>> page = playground(MLP([2, 3, 1], rng=0), [[0.0, 1.0], [1.0, 0.0]], [0, 1])
    >>> page.to_html()[:15]
    '<!doctype html>'
    """

    script: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    lr: float
    batch_size: int

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the page.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.

        Returns
        -------
        str
            The page, which needs no other file and no network.

        Raises
        ------
        SettingError
            If the file cannot be written.
        """
        style = _read("playground.css")
        parts = [read_script("start"), self.script, *(_read(f"{name}.js") for name in ("optimizers", "network", "playground"))]
        script = "".join(['"use strict";\n', *parts])
        page = PAGE.format(
            policy=POLICY.format(style_hash=csp_hash(style), script_hash=csp_hash(script)),
            style=style,
            script=script,
            title=escape(f"Playground: a network {'-'.join(map(str, self.data['sizes']))}"),
            lr=f"{self.lr:g}",
            batch=self.batch_size,
            data=json.dumps(self.data).replace("<", "\\u003c"),
        )
        return write_file(page, path)

    def _repr_html_(self) -> str:
        return notebook_frame(self.to_html(), "A network that is trained in the page")


def playground(
    model: Any, X: Any, y: Any, *, loss: str | None = None, lr: float = 0.1, batch_size: int | None = None, optimizer: str = "sgd"
) -> Playground:
    """Make a page that trains a network on two inputs, and shows what each of its neurons computes.

    Parameters
    ----------
    model : nn.MLP
        A fully connected network with two inputs and one output: it has ``sizes``, ``layers`` with ``W`` and ``b``, and
        ``activations``.
    X : array_like, shape (N, 2)
        The inputs of at most 500 samples.
    y : array_like, shape (N,) or (N, 1)
        The targets.
    loss : {"mse", "binary_cross_entropy_with_logits"}, optional
        The loss. By default the cross-entropy if all targets are 0 or 1 and the output has no activation, and "mse" otherwise.
    lr : float, default 0.1
        The learning rate, which can be changed in the page.
    batch_size : int, optional
        The number of samples of a step, which can be changed in the page; all of them by default. Batches are taken in the order of
        the samples.
    optimizer : {"sgd", "momentum", "rmsprop", "adam"}, default "sgd"
        The optimizer, which can be changed in the page. They are those of ``nn.optim`` with their default settings; "momentum" is
        ``SGD`` with ``momentum=0.9``.

    Returns
    -------
    Playground
        Write its page with ``to_html(path)``.

    Raises
    ------
    ShapeError
        If the network does not have two inputs and one output, or the arrays do not fit.
    SettingError
        If JavaScript lacks an activation, or another argument is none of the above.

    Notes
    -----
    The page minimizes the mean loss of each batch. Values and derivatives are those of the rows, and the numbers follow those of
    Python.

    Examples
    --------
    >>> import nn
    >>> X, y = nn.toys.gate("xor")
    >>> page = playground(nn.MLP([2, 4, 1], rng=0), X, y).to_html()
    >>> page.startswith("<!doctype html>")
    True
    """
    sizes = list(getattr(model, "sizes", ()))
    if len(sizes) < 2 or sizes[0] != 2 or sizes[-1] != 1:
        raise ShapeError(
            f"playground() takes a network with two inputs and one output, such as nn.MLP([2, 8, 1]), not {describe(model)}"
        )
    samples, targets = _check_samples(X, y)
    names = [_row_of_activation(f) for f in model.activations]
    if loss is None:
        is_classes = set(targets.tolist()) <= {0.0, 1.0} and names[-1] == "positive"
        loss = "binary_cross_entropy_with_logits" if is_classes else "mse"
    if loss not in LOSSES:
        raise SettingError(f"playground(): loss must be one of {', '.join(map(repr, LOSSES))}, not {loss!r}")
    _check_settings(lr, batch_size, optimizer)
    rows = RowList()
    row_numbers = {name: _row_number(rows, name) for name in dict.fromkeys(("multiply", "add", *CHOICES, *names))}
    template = _loss_template(loss, rows)
    is_logit = loss == "binary_cross_entropy_with_logits"
    low, high = float(targets.min()), float(targets.max())
    data = {
        "sizes": sizes,
        "activations": names[:-1],
        "output": names[-1],
        "choices": list(dict.fromkeys([*CHOICES, *names[:-1]])),
        "rowNumbers": row_numbers,
        "optimizer": optimizer,
        "loss": template,
        "W": [np.asarray(layer.W.data, dtype=float).tolist() for layer in model.layers],
        "b": [np.asarray(layer.b.data, dtype=float).ravel().tolist() for layer in model.layers],
        "X": samples.tolist(),
        "y": targets.tolist(),
        "middle": 0.0 if is_logit else (low + high) / 2,
        "spread": 2.0 if is_logit else (high - low) / 2 or 1.0,
    }
    return Playground(rows.script() + read_script("tape"), data, float(lr), len(samples) if batch_size is None else batch_size)


def _check_samples(X: Any, y: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The samples and their targets as arrays of floats."""
    samples, targets = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if samples.ndim != 2 or samples.shape[1] != 2 or targets.size != len(samples) or not len(samples):
        raise ShapeError(
            f"playground(): X must have shape (N, 2) and y must have N targets, not {samples.shape} and {targets.shape}"
        )
    if len(samples) > MAX_SAMPLES:
        raise SettingError(f"playground() takes at most {MAX_SAMPLES} samples, not {len(samples)}: take a part, such as X[:500]")
    if not (np.isfinite(samples).all() and np.isfinite(targets).all()):
        raise SettingError("playground(): X and y must be finite: drop or fill the other samples")
    return samples, targets.ravel()


def _check_settings(lr: Any, batch_size: Any, optimizer: Any) -> None:
    if isinstance(lr, bool) or not isinstance(lr, int | float) or not 0 < lr < float("inf"):
        raise SettingError(f"playground(): lr must be a positive number, not {lr!r}")
    if batch_size is not None and (isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1):
        raise SettingError(f"playground(): batch_size must be a whole number of at least 1, not {batch_size!r}")
    if optimizer not in OPTIMIZERS:
        raise SettingError(f"playground(): optimizer must be one of {', '.join(map(repr, OPTIMIZERS))}, not {optimizer!r}")


def _name_of_row(result: Any, x: Value) -> str:
    """The row that made a result of ``x``; ``positive`` for ``x`` itself, and nothing for anything else."""
    if result is x:
        return "positive"
    is_row_of_x = isinstance(result, Value) and not result.static and result.args == (x,)
    return result.op.name if is_row_of_x and result.op is not None else ""


def _row_of_activation(activation: Callable[..., Any]) -> str:
    """The row that an activation applies, which is found by applying it."""
    x = Value(0.5)
    try:
        result = activation(x)
    except Exception:  # for example softmax, which takes a vector
        result = None
    name = _name_of_row(result, x)
    if not name or reason_for_static(take_snapshot(result)):
        title = getattr(activation, "__name__", repr(activation))
        raise SettingError(
            f"playground(): the page cannot compute the activation {title}; it can compute {', '.join(CHOICES[:-1])}"
        )
    return name


def _row_number(rows: RowList, name: str) -> int:
    op = TABLE[name]
    assert isinstance(op, Elementwise)
    return rows.number(op, {})


def _loss_template(loss: str, rows: RowList) -> dict[str, Any]:
    """The graph of the loss of one sample, and which of its leaves is the target."""
    output, target = Value(0.5, name="output"), Value(0.25, name="target")
    snapshot = take_snapshot(LOSSES[loss](output, target))
    return {"nodes": write_nodes(snapshot, rows), "target": snapshot.index_of(target)}


@cache
def _read(name: str) -> str:
    return files("autograd.viz.playground_parts").joinpath(name).read_text("utf-8")
