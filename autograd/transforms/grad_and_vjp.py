"""Reverse mode on functions (grad, value_and_grad, vjp) and on graphs (gradients)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core import tracing
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.pytree import flatten, tree_map
from autograd.errors import DataError
from autograd.graph.reverse_mode import pullback as pull_back
from autograd.numpy_api.graph_backend import GRAPH
from autograd.transforms.arguments import validate_argnums
from autograd.transforms.derivative_pytrees import derivative_like, has_recorded_node, node_like, nodes_like
from autograd.transforms.recorded_call import Function, RecordedCall


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False) -> Function:
    """Make the function that computes the value and the gradient of a function that returns one number.

    Parameters
    ----------
    f : callable
        A function that returns one number.
    argnums : int or sequence of int, default 0
        Positions of the arguments to differentiate with respect to.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    holomorphic : bool, default False
        Whether ``f`` is a holomorphic function of complex numbers, whose derivative is one complex number.

    Returns
    -------
    callable
        Takes the arguments of ``f``. Returns (value, gradient), or ((value, aux), gradient) with ``has_aux``. The gradient has the
        structure and the shapes of the arguments ``argnums``. Keyword arguments are passed on and not differentiated.

    Raises
    ------
    SettingError
        If ``argnums`` is not an integer or a tuple of integers.
    DataError
        At a call, if an argument cannot be differentiated.
    GraphError
        At a call, if ``f`` does not return one number.

    See Also
    --------
    grad : The gradient alone.

    Notes
    -----
    The gradient of a real function of complex numbers z = x + iy is ∂f/∂x - i ∂f/∂y, as in JAX: its conjugate points uphill.

    Examples
    --------
    >>> value_and_grad(lambda x, y: x * x * y)(3.0, 2.0)
    (18.0, 12.0)
    """
    validate_argnums("value_and_grad()", argnums)

    def value_and_grad_of_f(*args: Any, **kwargs: Any) -> Any:
        run, gradient = _run_and_grad("value_and_grad()", f, args, kwargs, argnums, has_aux, holomorphic)
        return ((run.value, run.aux), gradient) if has_aux else (run.value, gradient)

    return value_and_grad_of_f


def _run_and_grad(
    call: str, f: Function, args: Any, kwargs: Any, argnums: Any, has_aux: bool, holomorphic: bool
) -> tuple[RecordedCall, Any]:
    """Run a function that returns one number, and return the run and the gradient."""
    run = RecordedCall(call, f, args, kwargs, argnums, has_aux)
    output = run.scalar_output()
    run.check_kinds_of_numbers(holomorphic)
    cotangent = node_like(1.0, output)
    return run, run.unflatten_by_argnums(run.pull([cotangent], run.create_graph))


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False) -> Function:
    """Make the function that computes the gradient of a function that returns one number.

    Parameters
    ----------
    f : callable
        A function that returns one number.
    argnums : int or sequence of int, default 0
        Positions of the arguments to differentiate with respect to.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    holomorphic : bool, default False
        Whether ``f`` is a holomorphic function of complex numbers, whose derivative is one complex number.

    Returns
    -------
    callable
        Takes the arguments of ``f``. Returns the gradient in the structure and the shapes of the arguments ``argnums``, or
        (gradient, aux) with ``has_aux``. Keyword arguments are passed on and not differentiated.

    Raises
    ------
    SettingError
        If ``argnums`` is not an integer or a tuple of integers.
    DataError
        At a call, if an argument cannot be differentiated.
    GraphError
        At a call, if ``f`` does not return one number.

    See Also
    --------
    value_and_grad : Returns the value as well.
    vjp : For functions that return arrays.
    autograd.gradients : Gradients of a graph that is recorded already.

    Notes
    -----
    The gradient of a real function of complex numbers z = x + iy is ∂f/∂x - i ∂f/∂y, as in JAX: its conjugate points uphill.

    Examples
    --------
    >>> import numpy as np
    >>> grad(grad(grad(np.tanh)))(0.5)  # doctest: +ELLIPSIS
    -0.5652...
    >>> grad(lambda z: abs(z) ** 2)(1.0 + 2.0j)
    array(2.-4.j)
    >>> grad(lambda z: z**2, holomorphic=True)(1.0 + 2.0j)
    array(2.+4.j)
    """
    return gradient_function("grad()", f, argnums, has_aux, holomorphic)


def gradient_function(call: str, f: Function, argnums: int | Sequence[int], has_aux: bool, holomorphic: bool) -> Function:
    """Make the function that computes the gradient; errors name ``call``."""
    validate_argnums(call, argnums)

    def grad_of_f(*args: Any, **kwargs: Any) -> Any:
        run, gradient = _run_and_grad(call, f, args, kwargs, argnums, has_aux, holomorphic)
        return (gradient, run.aux) if has_aux else gradient

    return grad_of_f


def vjp(f: Function, *args: Any, has_aux: bool = False, **kwargs: Any) -> Any:
    """Vector-Jacobian product: the value of a function, and its pullback.

    Parameters
    ----------
    f : callable
        The function, of floats, arrays, nodes or nested containers of them.
    *args
        The arguments at which to evaluate ``f``. All are differentiated.
    has_aux : bool, default False
        Whether ``f`` returns a pair (result, auxiliary result).
    **kwargs
        Keyword arguments of ``f``, which are not differentiated.

    Returns
    -------
    value : pytree
        The result of ``f``.
    pullback : callable
        Takes a cotangent, in the structure and shapes of the result. Returns a tuple of cotangents, one for each argument. It can
        be called any number of times. It raises ShapeError for another structure or shape.
    aux : pytree
        The auxiliary result, with ``has_aux`` only.

    Raises
    ------
    DataError
        If an argument cannot be differentiated.
    ShapeError
        If a cotangent that the returned function gets does not have the structure and the shapes of the result.

    See Also
    --------
    jvp : Forward mode.
    jacobian : The whole matrix of derivatives.

    Examples
    --------
    >>> value, pullback = vjp(lambda x, y: x * y, 3.0, 2.0)
    >>> value, pullback(1.0)
    (6.0, (2.0, 3.0))
    """
    run = RecordedCall("vjp()", f, args, kwargs, tuple(range(len(args))), has_aux)
    output_tree = run.unflatten_output(run.outputs)

    def pullback(cotangent: Any) -> Any:
        cotangents = nodes_like("pullback()", "cotangent", cotangent, output_tree, run.outputs)
        return run.unflatten_by_argnums(run.pull(cotangents, run.create_graph or has_recorded_node(cotangent)))

    return (run.value, pullback, run.aux) if has_aux else (run.value, pullback)


def gradients(y: Any, wrt: Any, cotangent: Any = None, create_graph: bool = False) -> Any:
    """Compute ∂y/∂x for every node x in ``wrt``, in a graph that exists already. No ``.grad`` is written.

    Parameters
    ----------
    y : Value or Tensor
        The root of the graph.
    wrt : pytree of Value and Tensor
        The nodes to differentiate with respect to.
    cotangent : float or array or Node, optional
        The weight of ``y``, of its shape. It defaults to 1, and is needed if ``y`` has several entries.
    create_graph : bool, default False
        Whether the gradients are nodes, which can be differentiated again.

    Returns
    -------
    pytree
        The gradients in the structure of ``wrt``: zero for a node that ``y`` does not depend on.

    Raises
    ------
    DataError
        If ``y`` or an entry of ``wrt`` is not a node.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(3.0), Value(2.0)
    >>> gradients(a * a * b, [a, b])
    [12.0, 9.0]
    """
    if not isinstance(y, Node):
        raise DataError(f"gradients() takes a Value or a Tensor first, not {describe(y)}")
    sources, unflatten = flatten(wrt)
    for source in sources:
        if not isinstance(source, Node):
            raise DataError(f"gradients() differentiates with respect to nodes, not {describe(source)}")
    sources = [source.current for source in sources]
    tracer = tracing.current_tracer()
    if tracer is not None and not create_graph:  # a compiled function needs the gradients as nodes of its graph
        return tree_map(tracer.trace_data, gradients(y, wrt, cotangent, create_graph=True))
    seed = y.initial_cotangent(cotangent)
    if create_graph:
        seed = cotangent if isinstance(cotangent, Node) else y.leaf(seed)
    cotangents = pull_back([y], [seed], sources, GRAPH if create_graph else None)
    return unflatten([derivative_like(g, x, create_graph) for g, x in zip(cotangents, sources, strict=True)])
