"""SciPy's optimizers and solvers of equations, with the derivatives that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

import numpy as np

from autograd.core.coercion import check_array_kind
from autograd.errors import SettingError
from autograd.scipy.flat_arguments import FlatArguments, FlatFunction, to_plain
from autograd.scipy.requirement import import_scipy
from autograd.transforms.grad_and_vjp import grad
from autograd.transforms.jacobian_and_hessian import jacobian

# What the methods of scipy.optimize.minimize use; those that are not here use the gradient alone.
WITHOUT_GRADIENT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
WITH_HESSIAN_PRODUCTS = {"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"}
WITH_HESSIAN = {"dogleg", "trust-exact"}
ROOT_WITH_JACOBIAN = {"hybr", "lm"}


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str | None = None,
    *,
    constraints: Any = (),
    **options: Any,
) -> Any:
    """Minimize a function with ``scipy.optimize.minimize``, and give it the derivatives that the method uses.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, one number, written with NumPy's functions or ours.
    x0 : number, array_like or pytree of them
        Where to start; ``fun`` is called with this structure.
    args : tuple, optional
        Further arguments of ``fun``, to which no gradient flows.
    method : str, optional
        A method of SciPy. By default BFGS, or L-BFGS-B with bounds, or SLSQP with constraints. "newton-cg", "trust-ncg",
        "trust-krylov" and "trust-constr" get Hessian-vector products, "dogleg" and "trust-exact" the Hessian, and
        "nelder-mead", "powell", "cobyla" and "cobyqa" use no derivatives.
    constraints : dict, NonlinearConstraint, LinearConstraint, or sequence of them, optional
        As in SciPy. The functions get the structure of ``x0``; their Jacobians come from us where none is given.
    **options
        Further arguments of ``scipy.optimize.minimize``: ``bounds``, ``tol``, ``callback`` and ``options``, which refer to the
        flat vector.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` and ``jac`` have the structure of ``x0``; everything else is SciPy's.

    Raises
    ------
    SettingError
        If ``jac``, ``hess`` or ``hessp`` is given.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> result = minimize(lambda p: (p["a"] - 1.0) ** 2 + (p["b"] ** 2).sum(), {"a": 0.0, "b": np.ones(2)})
    >>> round(result.x["a"], 6), result.success
    (1.0, True)
    """
    _refuse_derivatives("minimize()", options, ("jac", "hess", "hessp"))
    optimize = import_scipy("optimize")
    flat = FlatArguments(x0, "minimize(x0)")
    f = FlatFunction(fun, flat, args if isinstance(args, tuple) else (args,))
    name = str(method).lower()
    derivatives: dict[str, Any] = {} if name in WITHOUT_GRADIENT else {"jac": True}
    if name in WITH_HESSIAN_PRODUCTS:
        derivatives["hessp"] = f.hessian_product
    if name in WITH_HESSIAN:
        derivatives["hess"] = f.hessian
    result = optimize.minimize(
        f.value_and_gradient if derivatives else lambda x: float(f.value(x)),
        flat.vector,
        method=method,
        constraints=_with_jacobians(constraints, flat),
        **derivatives,
        **options,
    )
    result.x = flat.unflatten(result.x)
    if isinstance(result.get("jac"), np.ndarray) and result.jac.shape == flat.vector.shape:
        result.jac = flat.unflatten(result.jac)
    return result


def _refuse_derivatives(call: str, options: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if name in options:
            raise SettingError(f"{call} computes {name} itself: leave it out, or call SciPy's function with your own")


def _with_jacobians(constraints: Any, flat: FlatArguments) -> Any:
    """Return constraints on the flat vector; those that have no Jacobian get ours."""
    if isinstance(constraints, list | tuple):
        return [_with_jacobian(constraint, flat) for constraint in constraints]
    return _with_jacobian(constraints, flat)


def _with_jacobian(constraint: Any, flat: FlatArguments) -> Any:
    if isinstance(constraint, dict):
        if "jac" in constraint:
            return constraint
        f = FlatFunction(constraint["fun"], flat, constraint.get("args", ()))
        return {"type": constraint["type"], "fun": f.residuals, "jac": f.jacobian}
    optimize = import_scipy("optimize")
    if isinstance(constraint, optimize.NonlinearConstraint) and not callable(constraint.jac):
        f = FlatFunction(constraint.fun, flat)
        return optimize.NonlinearConstraint(
            f.residuals, constraint.lb, constraint.ub, jac=f.jacobian, keep_feasible=constraint.keep_feasible
        )
    return constraint


def least_squares(fun: Callable[..., Any], x0: Any, args: Sequence[Any] = (), **options: Any) -> Any:
    """Solve a nonlinear least-squares problem with ``scipy.optimize.least_squares``, and give it the Jacobian.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, the residuals, an array of any shape.
    x0 : number, array_like or pytree of them
        Where to start; ``fun`` is called with this structure.
    args : sequence, optional
        Further arguments of ``fun``.
    **options
        Further arguments of ``scipy.optimize.least_squares``, such as ``bounds``, ``loss`` and ``method``.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` has the structure of ``x0``; everything else is SciPy's.

    Raises
    ------
    SettingError
        If ``jac`` is given.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> result = least_squares(lambda x: np.array([10.0, 1.0]) * (x - np.array([2.0, 3.0])), [0.0, 0.0])
    >>> result.x.round(6).tolist()
    [2.0, 3.0]
    """
    _refuse_derivatives("least_squares()", options, ("jac",))
    flat = FlatArguments(x0, "least_squares(x0)")
    f = FlatFunction(fun, flat, args)
    result = import_scipy("optimize").least_squares(f.residuals, flat.vector, jac=f.jacobian, **options)
    result.x = flat.unflatten(result.x)
    return result


def root(fun: Callable[..., Any], x0: Any, args: Any = (), method: str = "hybr", **options: Any) -> Any:
    """Solve a system of equations with ``scipy.optimize.root``, and give it the Jacobian.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, as many numbers as ``x`` has, which are 0 at the solution.
    x0 : number, array_like or pytree of them
        Where to start; ``fun`` is called with this structure.
    args : tuple, optional
        Further arguments of ``fun``.
    method : str, optional
        A method of SciPy. "hybr" and "lm" use the Jacobian; the others approximate it by themselves.
    **options
        Further arguments of ``scipy.optimize.root``.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` has the structure of ``x0``; everything else is SciPy's.

    Raises
    ------
    SettingError
        If ``jac`` is given.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> float(root(lambda x: np.cos(x) - x, [1.0]).x.round(6)[0])
    0.739085
    """
    _refuse_derivatives("root()", options, ("jac",))
    flat = FlatArguments(x0, "root(x0)")
    f = FlatFunction(fun, flat, args if isinstance(args, tuple) else (args,))
    derivatives = {"jac": f.jacobian} if method in ROOT_WITH_JACOBIAN else {}
    result = import_scipy("optimize").root(f.residuals, flat.vector, method=method, **derivatives, **options)
    result.x = flat.unflatten(result.x)
    return result


def root_scalar(f: Callable[..., Any], args: Any = (), method: str | None = None, **options: Any) -> Any:
    """Find a root of a function of one number with ``scipy.optimize.root_scalar``, and give it the derivatives.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``.
    args : tuple, optional
        Further arguments of ``f``.
    method : str, optional
        A method of SciPy. "newton" gets the first derivative and "halley" the first two. By default "newton" if there is an
        ``x0`` and neither a bracket nor an ``x1``.
    **options
        Further arguments of ``scipy.optimize.root_scalar``, such as ``x0`` and ``bracket``.

    Returns
    -------
    scipy.optimize.RootResults
        What SciPy returns. Its ``root`` is a node if an argument is one.

    Raises
    ------
    SettingError
        If ``fprime`` or ``fprime2`` is given.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> root_scalar(lambda x: x * x - 2.0, x0=1.0).root.round(6).item()
    1.414214
    """
    _refuse_derivatives("root_scalar()", options, ("fprime", "fprime2"))
    if method is None and "x0" in options and not {"bracket", "x1"} & options.keys():
        method = "newton"
    slope = grad(f)
    derivatives: dict[str, Any] = {}
    if method in ("newton", "halley"):
        derivatives["fprime"] = lambda x, *rest: float(to_plain(slope(float(x), *rest)))
    if method == "halley":
        derivatives["fprime2"] = lambda x, *rest: float(to_plain(grad(slope)(float(x), *rest)))
    return import_scipy("optimize").root_scalar(f, args, method=method, **derivatives, **options)


def curve_fit(f: Callable[..., Any], xdata: Any, ydata: Any, p0: Any = None, **options: Any) -> Any:
    """Fit a function to data with ``scipy.optimize.curve_fit``, and give it the Jacobian.

    Parameters
    ----------
    f : callable
        ``f(x, *parameters)``.
    xdata, ydata : array_like
        The data.
    p0 : array_like, optional
        Where to start; ones by default, one for each parameter of ``f``.
    **options
        Further arguments of ``scipy.optimize.curve_fit``, such as ``sigma``, ``bounds`` and ``method``.

    Returns
    -------
    popt : array
        The parameters.
    pcov : array
        Their covariance.

    Raises
    ------
    SettingError
        If ``jac`` is given.
    DataError
        If data are masked.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 20)
    >>> curve_fit(lambda x, a, b: a * np.exp(b * x), x, 2.0 * np.exp(-x))[0].round(6).tolist()
    [2.0, -1.0]
    """
    _refuse_derivatives("curve_fit()", options, ("jac",))
    if p0 is None:
        p0 = np.ones(len(signature(f).parameters) - 1)
    by_parameters = jacobian(lambda p, x: f(x, *[p[i] for i in range(len(p))]))

    def jac(x: Any, *parameters: Any) -> Any:
        return to_plain(by_parameters(np.array(parameters, dtype=np.float64), x))

    for data in (xdata, ydata):
        check_array_kind(data, "curve_fit()")
    return import_scipy("optimize").curve_fit(f, xdata, ydata, p0, jac=jac, **options)
