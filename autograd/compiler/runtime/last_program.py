"""The program that answered the last call: its source, report, export, inputs and graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograd.compiler.codegen import export_file
from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.runtime.compile_report import Summary, summarize
from autograd.compiler.runtime.picture_groups import PictureGroups, group_for_picture
from autograd.compiler.specialization.array_program import ArrayProgram
from autograd.compiler.specialization.graph_replay import GraphReplay
from autograd.compiler.specialization.self_check import pull_gradients
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.node import Node


class LastProgram(NamedTuple):
    """One function of one specialization, and the call that it answered.

    Attributes
    ----------
    specialization : Specialization
        What was run.
    function_name : str
        Which of its functions, such as "value_and_gradients".
    key : tuple of int, or Update
        The slots that the function differentiates by, or the update that is a part of it.
    call : Call
        The arguments of the call.
    extra_inputs : sequence
        What the function took in addition to the inputs of the program, such as tangents.
    """

    specialization: Specialization
    function_name: str
    key: Any
    call: Call
    extra_inputs: Sequence[Any]

    @property
    def function(self) -> Any:
        """The function that was run."""
        return self.specialization.function(self.function_name, self.key)

    @property
    def inputs(self) -> list[Any]:
        """The inputs of the program: what parameters hold now, and the arguments of the call."""
        return [*self.specialization.inputs(self.call.leaves), *self.extra_inputs]

    def report(self, name: str) -> Summary:
        """Describe the program.

        Parameters
        ----------
        name : str
            The name of the compiled function.

        Returns
        -------
        Summary
            What became of its graph.
        """
        return summarize(name, self.specialization, self.function_name, self.key)

    def export(self, name: str, path: Path) -> Path:
        """Write the program to a file.

        Parameters
        ----------
        name : str
            The name of the compiled function.
        path : Path
            The file.

        Returns
        -------
        Path
            The same path.
        """
        return export_file.export_program(name, self.specialization, self.function_name, self.key, path)

    def graph(self, f: Callable[..., Any], limit: int) -> PictureGroups:
        """Trace the call again, for a picture.

        Parameters
        ----------
        f : callable
            The function.
        limit : int
            How many nodes the trace may have.

        Returns
        -------
        PictureGroups
            The scalar graph, the gradients of its leaves, and the groups that the program has.
        """
        traced = trace_function(f, self.call.make_nodes, limit, self.call.static_leaves)
        roots = [x for x in traced.run.outputs if isinstance(x, Node)]
        gradients: dict[int, Any] = {}
        if len(roots) == 1 and roots[0].shape == ():
            leaves = list(traced.leaves.values())
            gradients = dict(zip(map(id, leaves), pull_gradients(roots, leaves, traced.run.start_stamp), strict=True))
        if isinstance(self.specialization, GraphReplay):
            return PictureGroups(roots, gradients, {}, {}, {})
        again = ArrayProgram(traced, self.call.traced_arguments(f))
        key = self.key
        if isinstance(key, tuple):
            key = tuple(k for k in key if k < len(again.slots))  # the function may read fewer parameters by now
        return group_for_picture(roots, gradients, traced, again.vectorized_graph, again.function(self.function_name, key))
