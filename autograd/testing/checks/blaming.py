"""blame: find the nodes of a recorded graph whose derivative rules are wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.graph.topological_order import topological_order
from autograd.testing.checks.node_check import NodeCheck, format_location
from autograd.testing.report import Report


def blame(y: Any) -> Report:
    """Find the nodes below ``y`` whose derivative rules are wrong.

    Each operation is checked by itself, at the values that occurred in the graph: its derivative is compared with one that is
    measured on the operation alone.

    Parameters
    ----------
    y : Value or Tensor
        The root of a recorded graph.

    Returns
    -------
    Report
        Each finding names the operation, the argument, the index of the entry and, if the graph was recorded inside ``anomaly()``,
        the line of the program. Without findings every node is right, and a wrong gradient is the fault of the engine.

    Raises
    ------
    DataError
        If ``y`` is not a node.

    See Also
    --------
    check_grad : Calls this function if a check fails.

    Examples
    --------
    >>> from autograd import Value
    >>> x = Value(0.5)
    >>> blame(x.sin() * x).findings
    []
    """
    if not isinstance(y, Node):
        raise DataError(f"blame() takes a Value or a Tensor, not {describe(y)}")
    report = check_nodes(topological_order((y,))[0], f"blame() of {y.describe()}")
    report.graph = y
    return report


def check_nodes(nodes: Iterable[Node], subject: str) -> Report:
    """Check the derivative rule of each node by itself.

    Parameters
    ----------
    nodes : iterable of Node
        Nodes that an operation made; leaves have no rule.
    subject : str
        The subject of the report.

    Returns
    -------
    Report
        Its ``guilty`` are the nodes with findings.
    """
    report = Report(subject)
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        for node in nodes:
            findings_before = len(report.findings)
            check = NodeCheck(node)
            if check.is_differentiable:
                check.run(report)
            if len(report.findings) > findings_before:
                report.guilty = (*report.guilty, node)
    return report


def describe_infinite_derivative(nodes: Iterable[Node]) -> str:
    """Describe the first derivative that is not finite at the values of the graph; return "" if all are finite."""
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        for node in nodes:
            check = NodeCheck(node)
            for k in check.find_infinite_derivatives():
                return f"the derivative of {check.describe(k)} is not finite here{format_location(node)}"
    return ""
