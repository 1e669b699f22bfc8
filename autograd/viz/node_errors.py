"""Judged: the error of each node's derivative against one that is measured, for colour."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.state.anomaly_checks import is_finite
from autograd.testing.blaming import check_nodes
from autograd.viz.folding import Box
from autograd.viz.snapshot import Snapshot

SAMPLE = 5  # nodes of a box that are looked at


def measured(shot: Snapshot, boxes: Sequence[Box]) -> list[float]:
    """The largest relative error among some nodes of each box; 0 where their derivatives hold."""
    return [max((_error(shot, i) for i in _some(box.members)), default=0.0) for box in boxes]


def _some(members: Sequence[int]) -> Sequence[int]:
    return members[:: max(1, len(members) // SAMPLE)][:SAMPLE]


def _error(shot: Snapshot, i: int) -> float:
    node = shot.nodes[i]
    if node.op is None:
        return 0.0
    try:
        report = check_nodes([node], "draw()")
    except Exception:  # at a nan there is nothing to measure
        return float("nan")
    errors = [
        abs(f.claimed - f.measured) / (abs(f.measured) or 1.0)
        for f in report.findings
        if f.claimed is not None and f.measured is not None
    ]
    if not errors and not is_finite(node):
        return float("nan")  # where there is nothing to measure
    return max(errors, default=1.0 if report.verdict == "fail" else 0.0)
