"""Forward mode on functions: jvp; and hvp, forward over reverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.state import context
from autograd.state.hooks import Hooks
from autograd.transforms.dual_numbers import pull_along
from autograd.transforms.grad_and_vjp import grad
from autograd.transforms.recorded_call import (
    Function,
    RecordedCall,
    contains_recorded_node,
    derivative_of_kind,
    inside_a_transform,
    matched_nodes,
    numbers_of,
    scalar_output,
)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False, **kwargs: Any) -> Any:
    """The value of ``f`` and its tangent when the arguments ``primals`` move along ``tangents``: forward mode.

    With ``has_aux``: (value, tangent, aux).

    >>> jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.0))
    (6.0, 2.0)
    """
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise DataError(
            f"jvp() takes a tuple of primals and a tuple of tangents, not {described(primals)} and {described(tangents)}"
        )
    run = RecordedCall("jvp()", f, primals, kwargs, tuple(range(len(primals))), has_aux)
    moving = matched_nodes("jvp()", "tangent", tuple(tangents), run.inputs, tuple(run._trees(run.inputs)))
    tangent = run.build_output(run.push(moving, run.graph or contains_recorded_node(tangents)))
    return (run.value, tangent, run.auxiliary) if has_aux else (run.value, tangent)


def hvp(f: Function, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    """The Hessian of ``f`` at its first argument ``x`` times ``v``, without the Hessian: forward over reverse.

    >>> import numpy as np
    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    if inside_a_transform() or context.current().anomaly:  # whose graph and looks the shorter way does not have
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    run = RecordedCall("hvp()", f, (x, *args), kwargs, 0, False)
    root = scalar_output(run)
    if run.graph or contains_recorded_node(v) or Hooks.living or not isinstance(root, Node):  # nor does it hear hooks
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    tangents = [numbers_of(t) for t in matched_nodes("hvp()", "tangent", v, run.inputs, run.by_argument(run.inputs))]
    try:
        with context.differentiated(run.since):
            changes = pull_along(root, root.plain(1.0), run.inputs, tangents, run.nodes)
    except NotImplementedError:  # the result of a compiled function, which has no rule on duals
        return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
    return run.by_argument([derivative_of_kind(d, like, False) for d, like in zip(changes, run.inputs, strict=True)])
