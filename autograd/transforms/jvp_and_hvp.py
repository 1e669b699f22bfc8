"""Forward mode on functions (jvp), and Hessian-vector products (hvp) by forward over reverse mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.state import context, context_managers
from autograd.state.hook_handles import Hooks
from autograd.transforms.derivative_pytrees import data_of, derivative_like, has_recorded_node, nodes_like
from autograd.transforms.forward_over_reverse import pullback_tangents
from autograd.transforms.grad_and_vjp import grad
from autograd.transforms.recorded_call import Function, RecordedCall, is_inside_transform


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False, **kwargs: Any) -> Any:
    """Jacobian-vector product: the value of a function and its derivative along a direction, by forward mode.

    Parameters
    ----------
    f : callable
        The function, of floats, arrays, nodes or nested containers of them.
    primals : tuple or list
        The positional arguments at which to evaluate ``f``.
    tangents : tuple or list
        The direction in which ``primals`` move, in the same structure and shapes.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    **kwargs
        Keyword arguments of ``f``.

    Returns
    -------
    value : pytree
        The result of ``f``.
    tangent : pytree
        The derivative of the result along ``tangents``, in the structure of the result.
    aux : pytree
        The auxiliary result, with ``has_aux`` only.

    Raises
    ------
    DataError
        If ``primals`` or ``tangents`` is not a tuple or list, or an argument cannot be differentiated.
    ShapeError
        If ``tangents`` does not have the structure and the shapes of ``primals``.

    See Also
    --------
    vjp : Reverse mode.
    jacobian : The whole matrix of derivatives.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.0))
    (6.0, 2.0)
    """
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise DataError(f"jvp() takes a tuple of primals and a tuple of tangents, not {describe(primals)} and {describe(tangents)}")
    run = RecordedCall("jvp()", f, primals, kwargs, tuple(range(len(primals))), has_aux)
    input_trees = tuple(run.unflatten_arguments(run.inputs))
    input_tangents = nodes_like("jvp()", "tangent", tuple(tangents), input_trees, run.inputs)
    output_tangents = run.push(input_tangents, run.create_graph or has_recorded_node(tangents))
    tangent = run.unflatten_output(output_tangents)
    return (run.value, tangent, run.aux) if has_aux else (run.value, tangent)


def hvp(f: Function, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    """Hessian-vector product, without the Hessian.

    Parameters
    ----------
    f : callable
        A function that returns one number.
    x : pytree
        Its first argument, with respect to which ``f`` is differentiated twice.
    v : pytree
        The vector, in the structure and shapes of ``x``.
    *args, **kwargs
        Further arguments of ``f``.

    Returns
    -------
    pytree
        The Hessian of ``f`` at ``x`` times ``v``, in the structure and shapes of ``x``.

    Raises
    ------
    GraphError
        If ``f`` does not return one number.
    ShapeError
        If ``v`` does not have the structure and the shapes of ``x``.
    DataError
        If ``f`` is not callable, or ``x`` or ``v`` holds something other than numbers and nodes.

    See Also
    --------
    hessian : The whole matrix of second derivatives.

    Notes
    -----
    The product is the tangent of the gradient along ``v`` (forward over reverse mode [1]_). Usually one reverse pass on dual
    numbers computes it. The composition of :func:`jvp` and :func:`grad` computes it if the result must be a node, inside another
    transform, inside ``anomaly()``, while hooks are registered, and for compiled functions.

    References
    ----------
    .. [1] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994).

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    if is_inside_transform() or context.current().anomaly:
        return _hvp_by_composition(f, x, v, args, kwargs)
    run = RecordedCall("hvp()", f, (x, *args), kwargs, 0, False)
    root = run.scalar_output()
    is_observed = run.create_graph or has_recorded_node(v) or Hooks.total_count
    if is_observed or run.has_complex_inputs or not isinstance(root, Node):
        return _hvp_by_composition(f, x, v, args, kwargs)
    tangents = [data_of(t) for t in nodes_like("hvp()", "tangent", v, run.unflatten_by_argnums(run.inputs), run.inputs)]
    try:
        with context_managers.force_recording(run.start_time):
            products = pullback_tangents(root, root.to_gradient_data(1.0), run.inputs, tangents, run.nodes)
    except NotImplementedError:  # a compiled function has no rule on dual numbers
        return _hvp_by_composition(f, x, v, args, kwargs)
    return run.unflatten_by_argnums([derivative_like(t, like, False) for t, like in zip(products, run.inputs, strict=True)])


def _hvp_by_composition(f: Function, x: Any, v: Any, args: Any, kwargs: Any) -> Any:
    """The tangent of the gradient, which also is a graph, runs hooks and is checked by anomaly()."""
    return jvp(lambda y: grad(f)(y, *args, **kwargs), (x,), (v,))[1]
