"""Initial value problems: SciPy's solver with our Jacobian, and a solver that can be differentiated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.base_node import primal_of
from autograd.core.coercion import to_array
from autograd.core.pytree import flatten
from autograd.core.tracing import current_tracer
from autograd.errors import AutogradError, DataError, GraphError, SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor, has_nodes
from autograd.scipy.flat_arguments import to_plain
from autograd.scipy.requirement import import_scipy
from autograd.state.context_managers import no_grad
from autograd.transforms.jacobian_and_hessian import jacobian

WITH_JACOBIAN = {"Radau", "BDF", "LSODA"}


def solve_ivp(fun: Callable[..., Any], t_span: Sequence[float], y0: Any, method: str = "RK45", **options: Any) -> Any:
    """Solve an initial value problem with ``scipy.integrate.solve_ivp``; stiff methods get the Jacobian.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, *args)``, the right-hand side, written with NumPy's functions or ours.
    t_span : pair of float
        The first and the last time.
    y0 : array_like, shape (n,)
        The initial state.
    method : str, optional
        A method of SciPy; "Radau", "BDF" and "LSODA" use the Jacobian.
    **options
        Further arguments of ``scipy.integrate.solve_ivp``, such as ``t_eval``, ``args``, ``rtol`` and ``events``.

    Returns
    -------
    SciPy's result
        Plain arrays. `odeint` is differentiable.

    Raises
    ------
    SettingError
        If ``jac`` is given.
    DataError
        If ``y0`` is a node, to which no gradient would flow.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> result = solve_ivp(lambda t, y: -100.0 * (y - np.cos(t)), (0.0, 1.0), [0.0], method="BDF")
    >>> result.success, result.njev > 0
    (True, True)
    """
    if "jac" in options:
        raise SettingError("solve_ivp() computes jac itself: leave it out, or call SciPy's function with your own")
    if has_nodes(y0):
        raise DataError("solve_ivp() returns plain numbers, so no gradient flows to y0: use autograd.scipy.odeint, or pass y0.data")
    derivatives: dict[str, Any] = {}
    if method in WITH_JACOBIAN:
        by_state = jacobian(lambda y, t, *args: functions.stack(_as_list(fun(t, y, *args))))
        derivatives["jac"] = lambda t, y, *args: to_plain(by_state(y, t, *args))
    return import_scipy("integrate").solve_ivp(fun, t_span, y0, method, **derivatives, **options)


def _as_list(derivative: Any) -> Any:
    """Return what a right-hand side may return, a list or an array, as something that stacks to a vector."""
    return derivative if isinstance(derivative, list | tuple) else list(derivative)


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: Sequence[Any] = (),
    *,
    rtol: float = 1e-8,
    atol: float = 1e-8,
    method: str = "DOP853",
    max_steps: int = 10_000,
) -> Any:
    """Solve an initial value problem so that the solution is differentiable in ``y0``, ``t`` and ``args``.

    Parameters
    ----------
    func : callable
        ``func(y, t, *args)``, the right-hand side, in the shape of ``y``.
    y0 : number, array_like or Tensor
        The initial state, of any shape.
    t : array_like or Tensor, shape (n,)
        The times at which the state is asked for, increasing or decreasing; the first is the time of ``y0``.
    args : sequence of pytrees, optional
        Further arguments of ``func``, such as parameters.
    rtol, atol : float, optional
        The tolerances of the step sizes.
    method : str, optional
        "RK45" or "DOP853", explicit Runge-Kutta methods of SciPy.
    max_steps : int, optional
        The largest number of steps between two times.

    Returns
    -------
    array or Tensor, shape (n, *y0.shape)
        The states at the times ``t``.

    Raises
    ------
    SettingError
        If the method is not one of the two.
    ShapeError
        If ``t`` is not a vector of at least one time.
    AutogradError
        If the step sizes become too small, or too many steps are needed.
    GraphError
        Inside :func:`autograd.compile`.

    Notes
    -----
    SciPy's step-size control runs on plain numbers. The accepted steps are then computed again on nodes, so the derivatives of all
    orders, in both modes, are exact for the numerical solution (discretise, then differentiate). All stages of all steps are
    recorded. The step sizes themselves count as fixed fractions of the time between two outputs.

    References
    ----------
    E. Hairer, S. P. Nørsett, G. Wanner, "Solving Ordinary Differential Equations I", Springer (1993), II.5 and II.10.

    Examples
    --------
    >>> from autograd import grad
    >>> round(grad(lambda k: odeint(lambda y, t, k: -k * y, 1.0, [0.0, 1.0], (k,))[-1])(1.0), 6)
    -0.367879
    """
    if method not in ("RK45", "DOP853"):
        raise SettingError(f"odeint(method={method!r}): it must be 'RK45' or 'DOP853'; solve_ivp() has others, for plain numbers")
    if current_tracer() is not None:
        raise GraphError(
            "odeint() cannot be compiled, since its steps depend on the numbers: compile the right-hand side instead, as in "
            "odeint(compile(func), …)"
        )
    times = as_tensor(t, "odeint(t)")
    if times.ndim != 1 or not times.size:
        raise ShapeError(f"odeint(): t must be a vector of at least one time, not an array of shape {times.shape}")
    solver = getattr(import_scipy("integrate"), method)
    tableau = (solver.A[: solver.n_stages, : solver.n_stages], solver.B, solver.C[: solver.n_stages])
    state = as_tensor(y0, "odeint(y0)")
    states = [state]
    numbers = times._primal
    for i in range(1, len(numbers)):
        fractions = _choose_steps(solver, func, state._primal, numbers[i - 1], numbers[i], args, (rtol, atol, max_steps))
        start, length = times[i - 1], times[i] - times[i - 1]
        for begin, end in zip(fractions, fractions[1:], strict=False):
            state = _step(func, state, start + begin * length, (end - begin) * length, args, tableau)
        states.append(state)
    result = functions.stack(states)
    is_recorded = any(has_nodes(x) for x in (y0, t, *flatten(tuple(args))[0], result))
    return result if is_recorded and not result.constant else result._primal


@np.errstate(all="ignore")  # a solution may overflow at a trial point of an optimizer; if no step is small enough, an error says so
def _choose_steps(
    solver: Any, func: Callable[..., Any], y: Any, start: float, end: float, args: Sequence[Any], limits: tuple[float, float, int]
) -> list[float]:
    """Return the accepted times between two outputs, as fractions of the time between them."""
    if start == end:
        return [0.0, 1.0]
    rtol, atol, max_steps = limits

    def right_hand_side(t: float, flat: Any) -> Any:
        with no_grad():
            return np.ravel(np.broadcast_to(np.asarray(primal_of(func(flat.reshape(np.shape(y)), t, *args))), np.shape(y)))

    run = solver(right_hand_side, float(start), np.ravel(to_array(y, "odeint(y0)")), float(end), rtol=rtol, atol=atol)
    fractions = [0.0]
    while run.status == "running":
        message = run.step()
        if run.status == "failed" or len(fractions) > max_steps:
            raise AutogradError(
                f"odeint(): {message or f'more than {max_steps} steps'} between t = {start:g} and t = {end:g}, at t = {run.t:g}: "
                f"loosen rtol or atol, raise max_steps, or rescale the problem"
            )
        fractions.append((run.t - start) / (end - start))
    return [*fractions[:-1], 1.0]


def _step(func: Callable[..., Any], y: Any, t: Any, h: Any, args: Sequence[Any], tableau: tuple[Any, Any, Any]) -> Any:
    """Return the state after one step of an explicit Runge-Kutta method."""
    A, B, C = tableau
    stages: list[Any] = []
    for row, c in zip(A, C, strict=True):
        moved = y + h * _combine(row, stages) if stages else y
        stages.append(as_tensor(func(moved, t + float(c) * h, *args), "odeint(func)"))
    return y + h * _combine(B, stages)


def _combine(weights: Any, stages: Sequence[Any]) -> Any:
    """Return the sum of the stages with weights, without those that are 0."""
    terms = [float(w) * stage for w, stage in zip(weights, stages, strict=False) if w != 0.0]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
