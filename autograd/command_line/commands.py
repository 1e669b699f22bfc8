"""What each command does. A command returns a :class:`Result`; printing is up to the caller."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd.command_line.timing import time_step
from autograd.command_line.user_functions import load_function, points_of
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import SettingError
from autograd.state.engine import engine
from autograd.testing import check_grad
from autograd.transforms.grad_and_vjp import grad
from autograd.transforms.jacobian_and_hessian import hessian
from autograd.viz import draw

# The exit codes. 2 is what argparse returns for a wrong command line.
PASS, FAIL, USAGE, INCONCLUSIVE, RAISED = 0, 1, 2, 3, 4
NEWTON_STEPS = 7  # from Rosenbrock's usual start; the last one changes less than 1e-6. Twice as many change nothing more.
OPTIONAL = ("scipy", "scikit-learn", "matplotlib", "graphviz", "hypothesis", "sympy", "torch", "jax", "networkx", "safetensors")


class Result(NamedTuple):
    """What a command found.

    Attributes
    ----------
    data : dict
        For ``--json``.
    text : str
        For people.
    code : int
        The exit code.
    """

    data: dict[str, Any]
    text: str
    code: int = PASS


def check(place: str, at: Sequence[str], points: int, seed: int, order: int) -> Result:
    """Compare the gradient of a function with numerical derivatives.

    Parameters
    ----------
    place : str
        The function, as FILE:NAME.
    at : sequence of str
        The arguments as JSON, or nothing for random points.
    points : int
        The number of random points.
    seed : int
        Their seed.
    order : int
        The highest order of derivatives that is checked.

    Returns
    -------
    Result
        The reports; the code is 1 if a check failed, and 3 if none did and one could not tell.
    """
    f = load_function(place)
    reports = [check_grad(f, *point, order=order, raise_on_fail=False) for point in points_of(f, at, points, seed)]
    verdicts = [report.verdict for report in reports]
    worst = next((v for v in ("fail", "inconclusive", "pass") if v in verdicts), "inconclusive")
    shown = [report for report in reports if report.verdict == worst][:1]
    text = "\n".join([f"{place}: {worst} at {verdicts.count(worst)} of {len(reports)} points", *map(str, shown)])
    data = {"function": place, "verdict": worst, "reports": [report.as_data() for report in reports]}
    return Result(data, text, {"pass": PASS, "fail": FAIL}.get(worst, INCONCLUSIVE))


def draw_function(place: str, at: Sequence[str], seed: int, output: str, fold: str | None) -> Result:
    """Draw the graph of a function at a point, with values and gradients.

    Parameters
    ----------
    place : str
        The function, as FILE:NAME.
    at : sequence of str
        The arguments as JSON, or nothing for random numbers.
    seed : int
        Their seed.
    output : str
        The file. Its ending is the format: .svg, .html, .dot or .mmd. "-" prints text.
    fold : str or None
        How the graph is folded, as in :func:`autograd.viz.draw`.

    Returns
    -------
    Result
        The file, or the text.

    Raises
    ------
    SettingError
        If the format is unknown, or the function returns no node.
    """
    f = load_function(place)
    point = points_of(f, at, 1, seed)[0]
    names = getattr(getattr(f, "__code__", None), "co_varnames", ())
    nodes = [_as_node(x, names[k] if k < len(names) else f"x{k}") for k, x in enumerate(point)]
    result = f(*nodes)
    if not isinstance(result, Node):
        raise SettingError(f"{place} returned {type(result).__name__}, not a node: it must compute with its arguments")
    (result.sum() if isinstance(result, Tensor) else result).backward()
    picture = draw(result, fold=fold)
    if output == "-":
        return Result({"function": place, "text": str(picture)}, str(picture))
    writers = {".svg": picture.to_svg, ".html": picture.to_html, ".dot": picture.to_dot, ".mmd": picture.to_mermaid}
    ending = Path(output).suffix
    if ending not in writers:
        raise SettingError(f"the ending of {output!r} must be one of {', '.join(writers)}")
    writers[ending](output)
    return Result({"function": place, "file": output}, f"{place}: drawn to {output}")


def info() -> Result:
    """Return the versions of the library, of Python, and of the optional packages.

    Returns
    -------
    Result
        The versions; None for a package that is not installed.
    """
    versions = {name: _version_of(name) for name in OPTIONAL}
    data = {
        "gradlab": importlib.metadata.version("gradlab"),
        "engine": engine(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "numpy": np.__version__,
        "optional": versions,
    }
    lines = [f"{name:14} {value}" for name, value in data.items() if name != "optional"]
    lines += [f"{name:14} {version or 'not installed'}" for name, version in versions.items()]
    return Result(data, "\n".join(lines))


def _version_of(distribution: str) -> str | None:
    """Return the version of a package, or None if it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def demo() -> Result:
    """Compute a gradient, check it, and find the minimum by Newton's method.

    Returns
    -------
    Result
        The value, the gradient, the verdict of the check, and the minimum.
    """
    x, y = Value(-1.2, name="x"), Value(1.0, name="y")
    z = _rosenbrock(x, y)
    z.backward()
    verdict = check_grad(_rosenbrock, -1.2, 1.0).verdict
    point = np.array([-1.2, 1.0])

    def f(p: Any) -> Any:
        return _rosenbrock(p[0], p[1])

    for _ in range(NEWTON_STEPS):
        point = point - np.linalg.solve(hessian(f)(point), grad(f)(point))
    data = {"value": z.data, "gradient": [x.grad, y.grad], "check": verdict, "minimum": point.tolist()}
    text = (
        f"Rosenbrock's function z = (1 - x)² + 100 (y - x²)² at x = -1.2, y = 1\n\n{draw(z)}\n\n"
        f"gradient: ∂z/∂x = {x.grad:.6g}, ∂z/∂y = {y.grad:.6g}; against finite differences: {verdict}\n"
        f"after {NEWTON_STEPS} steps of Newton's method: x = {point[0]:.6f}, y = {point[1]:.6f} (the minimum is at 1, 1)"
    )
    return Result(data, text, PASS if verdict == "pass" else FAIL)


def _rosenbrock(x: Any, y: Any) -> Any:
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def bench(repeats: int) -> Result:
    """Time a small network of scalars: plain floats, this engine, and compiled.

    Parameters
    ----------
    repeats : int
        How often each is timed; the least time counts.

    Returns
    -------
    Result
        Milliseconds by name.
    """
    times = time_step(repeats)
    floats = times["plain floats, value only"]
    lines = [f"{name:32} {ms:9.3f} ms {ms / floats:8.2f} ×" for name, ms in times.items()]
    return Result({"engine": engine(), "milliseconds": times}, "\n".join(lines))


def _as_node(x: Any, name: str) -> Node:
    return Tensor(x, name=name) if isinstance(x, np.ndarray) else Value(x, name=name)
