"""The error of each node's derivative against a measured one, by which boxes are coloured."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.state.anomaly_checks import is_finite
from autograd.testing.checks.blaming import check_nodes
from autograd.viz.drawing import Box
from autograd.viz.snapshots.snapshot import Snapshot

# Nodes of a box that are checked, spread evenly over its members. Checking a scalar node takes 0.6 ms and an array of 400 entries
# 3 ms, so that 25 boxes take up to 0.4 s. Members of a box share their operation, so that an error in its rule shows at the first
# of them. Doubled, colouring takes twice as long.
MAX_CHECKED_NODES = 5


def node_errors(snapshot: Snapshot, boxes: Sequence[Box]) -> list[float]:
    """Measure the errors of the derivatives in each box.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    boxes : sequence of Box
        The boxes.

    Returns
    -------
    list of float
        The largest relative error among some nodes of each box. It is 0 if their derivatives are correct, and nan if there is
        nothing to measure.
    """
    return [max((_node_error(snapshot, i) for i in _sample(box.members)), default=0.0) for box in boxes]


def _sample(members: Sequence[int]) -> Sequence[int]:
    return members[:: max(1, len(members) // MAX_CHECKED_NODES)][:MAX_CHECKED_NODES]


def _node_error(snapshot: Snapshot, i: int) -> float:
    node = snapshot.nodes[i]
    if node.op is None:
        return 0.0
    try:
        report = check_nodes([node], "draw()")
    except Exception:  # for example at a nan
        return float("nan")
    errors = [
        abs(finding.claimed - finding.measured) / (abs(finding.measured) or 1.0)
        for finding in report.findings
        if finding.claimed is not None and finding.measured is not None
    ]
    if not errors and not is_finite(node):
        return float("nan")
    return max(errors, default=1.0 if report.verdict == "fail" else 0.0)
