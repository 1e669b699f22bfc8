"""Which of SciPy's functions work on nodes, with the formulas of their derivatives, as a page for readers.

``python -m autograd.scipy.support_table > docs/scipy.md`` makes the page of the documentation.
"""

from __future__ import annotations

from typing import Any

from autograd.backends.expressions import TEXT, as_number, symbol, to_source
from autograd.ops import TABLE, Elementwise, find
from autograd.scipy import linalg, optimize, signal, special, stats
from autograd.scipy.stats.distribution import Distribution

HEAD = """# SciPy's functions on Values and Tensors

Made by `python -m autograd.scipy.support_table`. `autograd.scipy` needs the extra `scipy`, and has functions under SciPy's names
that take numbers, arrays, Values and Tensors. Their values are SciPy's up to rounding. A ufunc of `scipy.special` also works when
it is called on a node, as in `scipy.special.gammaln(t)`. Any other function of SciPy raises an error that names `autograd.scipy`.

```python
import numpy as np
from autograd import Tensor, grad
from autograd.scipy import minimize, odeint, special, stats

print(round(grad(special.gammaln)(3.0), 6))
x = np.array([1.2, -0.3, 0.8])
gradient = grad(lambda mu, log_sigma: stats.norm.logpdf(x, mu, np.exp(log_sigma)).sum(), argnums=(0, 1))(0.0, 0.0)
print(np.round(gradient, 6))
print(minimize(lambda p: (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2, [-1.0, 1.0], method="trust-exact").x.round(6))
print(round(grad(lambda rate: odeint(lambda y, t, rate: -rate * y, 1.0, [0.0, 2.0], (rate,))[-1])(0.5), 6))
```

```text
0.922784
[ 1.7  -0.83]
[1. 1.]
-0.735759
```

"""

ACCURACY = """
The values and the derivatives have a relative error below 10⁻¹³ (or change by as much if an argument is rounded) against mpmath at
10⁴ random points of each function that mpmath has, for arguments between 10⁻⁶ and 10³ (`benchmarks/special_functions.py`).
Exceptions are:

| functions | largest error | reason |
| --- | --- | --- |
| `beta`, `betaln`, `poch`, `binom` | 1.5 · 10⁻¹² | SciPy's values for arguments near 10³: differences of large logarithms |
| `betainc` | 8.3 · 10⁻¹³ | SciPy's values for parameters near 10³; the derivative is the exponential of a large logarithm |
| `hyp0f1`, `hyp1f1` | 5.5 · 10⁻¹³ | SciPy's values near zeros of the functions |
| `ive`, `kve` | 1.2 · 10⁻¹² | SciPy's values are off by 10⁻¹³, and the derivatives are smaller than these |
| `i0e`, `i1e`, `k0e`, `k1e` | 2.6 · 10⁻¹³ | the derivatives are small differences for arguments beyond 100 |

The derivatives of `gammainc`, `gammaincc`, `betainc`, `betaincc`, `stdtr` and their inverses are densities. The logarithm of a
density is computed first, so its relative error is the rounding of that logarithm. A dash means that no closed form is known here:
an error says so if a gradient has to flow to that argument.
"""


def make_page() -> str:
    """Return the whole page, as Markdown."""
    return HEAD + "\n".join([*_list_special(), *_list_stats(), *_list_others()])


def _list_special() -> list[str]:
    rows = [op for op in TABLE.values() if isinstance(op, Elementwise) and op.library]
    public = {find(name) for name in special.ARGUMENTS}
    composed = sorted(set(special.FUNCTIONS) - {op.name for op in public} - {"psi", "jn"})
    others = sorted(op.name for op in public if not op.library)
    return [
        "## `autograd.scipy.special`, entry by entry",
        "",
        "| function | derivatives, by each argument; y is the value |",
        "| --- | --- |",
        *(f"| {_write_call(op)} | {'; '.join(_write_derivatives(op)).replace('|', chr(92) + '|')} |" for op in rows),
        "",
        f"`psi` is `digamma` and `jn` is `jv`. From [the table of operations](operations.md): {_join(others)}.",
        f"Composed of others: {_join(composed)}.",
        ACCURACY,
    ]


def _join(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


# The arguments of rows that are no functions of SciPy under this name, or that SciPy calls with other arguments.
HELPERS: dict[str, tuple[str, ...]] = {
    "digamma_difference": ("a", "b"),
    "scaled_ierfc": ("n", "x"),
    "exprel_moment": ("n", "x"),
    "dawsn_derivative": ("n", "x"),
    "lambertw": ("k", "z"),
    "complex_erf": ("z",),
    "complex_erfc": ("z",),
}


def _arguments(op: Elementwise) -> tuple[str, ...]:
    return HELPERS.get(op.name) or special.ARGUMENTS[op.name]


def _write_call(op: Elementwise) -> str:
    return f"{op.name}({', '.join(_arguments(op))})"


def _write_derivatives(op: Elementwise) -> list[str]:
    """Return the formulas of the derivatives; a dash for an argument that has none."""
    args = [symbol(name) for name in _arguments(op)]
    formulas = []
    for i, partial in enumerate(op.partials):
        e = None if i in op.refused else partial(TEXT, symbol("y"), *args)
        formulas.append(_format_partial(e))
    return formulas


def _format_partial(e: Any) -> str:
    """Return a partial derivative as text; a dash if there is none."""
    if e is None:
        return "—"
    return repr(e) if isinstance(e, float) else as_number(to_source(e), e)


def _list_stats() -> list[str]:
    lines = ["## `autograd.scipy.stats`", "", "| distribution | shape parameters | methods |", "| --- | --- | --- |"]
    for name in stats.__all__:
        d = getattr(stats, name)
        if isinstance(d, Distribution):
            parameters = ", ".join([*d.shapes, "loc", *(["scale"] if d.has_scale else [])])
            methods = d.methods
        else:
            parameters = {"multivariate_normal": "mean, cov", "dirichlet": "alpha", "multinomial": "n, p"}[name]
            methods = sorted(method for method in vars(type(d)) if method[0] != "_")
        lines.append(f"| {name} | {parameters} | {', '.join(methods)} |")
    note = "The methods are differentiable in the argument and in all parameters; `cdf` and `sf` inherit the dashes of the table."
    return [*lines, "", note, "Outside of the support the values are those of SciPy, and the derivatives are 0.", ""]


def _list_others() -> list[str]:
    drivers = ("minimize", "least_squares", "root", "root_scalar", "curve_fit")
    assert all(hasattr(optimize, name) for name in drivers)
    return [
        "## `autograd.scipy.linalg`",
        "",
        _join(linalg.__all__),
        "",
        "## `autograd.scipy.signal`",
        "",
        _join(signal.__all__),
        "",
        "## Drivers",
        "",
        f"{_join(drivers)} and `solve_ivp`",
        "call SciPy's function of the same name, and give it the gradient, the Jacobian, the Hessian or Hessian-vector products",
        "that its method uses. `minimize`, `least_squares` and `root` take pytrees where SciPy takes a vector. `odeint` solves an",
        "initial value problem and is differentiable itself.",
        "",
    ]


if __name__ == "__main__":  # pragma: no cover - what the command in the docs runs
    print(make_page(), end="")
