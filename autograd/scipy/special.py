"""SciPy's special functions: those that act elementwise are rows, and the others are made of them.

SciPy's own ufuncs, such as ``scipy.special.gammaln``, find the same rows when they are called on nodes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import log, pi
from typing import Any, TypeAlias

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.errors import SettingError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_elementwise, as_tensor, has_nodes
from autograd.ops import Domain, Op, find
from autograd.ops.special.library_rows import NoDerivative
from autograd.scipy import backends as _backends  # noqa: F401 - it gives SciPy's functions to the rows

Function: TypeAlias = Callable[..., Any]

# The names of arguments as SciPy has them, for the docstrings.
_DEFAULT_ARGUMENTS = {1: ("x",), 2: ("a", "x"), 3: ("a", "b", "x"), 4: ("a", "b", "c", "x")}
ARGUMENTS: dict[str, tuple[str, ...]] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}
OF_INTEGER_ORDER = ("expn", "yn", "kn")


def _row(name: str, *arguments: str) -> Callable[..., Any]:
    """Make the function of a row."""
    op = find(name)
    names = arguments or _DEFAULT_ARGUMENTS[op.arity or 1]

    def function(*args: Any) -> Any:
        if len(args) != len(names):
            raise TypeError(f"autograd.scipy.special.{name}({', '.join(names)}) takes {len(names)} argument(s), not {len(args)}")
        if name in OF_INTEGER_ORDER and not has_nodes(args[0]) and np.any(np.asarray(args[0]) % 1):
            raise SettingError(f"autograd.scipy.special.{name}(n={args[0]!r}): the order must be an integer")
        return apply_elementwise(op, *args)

    return _document(function, op, names)


def _number_inside(domain: Domain) -> float:
    """Return a number for an example: 0.5 if it is inside of a domain, else the half above or below its end; 1 for an order."""
    if domain.is_integer:
        return 1.0
    return min(max(0.5, domain.low + 0.5), domain.high - 0.5)


def _document(function: Any, op: Op, names: tuple[str, ...]) -> Callable[..., Any]:
    partials = getattr(op, "partials", ())
    refused = [n for n, partial in zip(names, partials, strict=True) if isinstance(partial, NoDerivative)]
    note = f"There is no derivative with respect to {' and '.join(refused)}." if refused else "It is differentiable to any order."
    example = ", ".join(map(str, map(_number_inside, op.domains)))
    function.__name__ = function.__qualname__ = op.name
    function.__module__ = __name__
    ARGUMENTS[op.name] = names
    function.__signature__ = inspect.Signature([inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names])
    function.__doc__ = f"""Return ``scipy.special.{op.name}``, elementwise. {note}

    Parameters
    ----------
    {", ".join(names)} : number, array_like, Value or Tensor
        {"The argument." if len(names) == 1 else "The arguments, which are broadcast."}

    Returns
    -------
    float, array, Value or Tensor
        The values of the function. It is a node if an argument is one.

    Raises
    ------
    DataError
        If an argument is neither a number nor an array of numbers.

    Examples
    --------
    >>> import scipy.special
    >>> bool(np.isclose({op.name}({example}), scipy.special.{op.name}({example}), rtol=1e-14))
    True
    """
    FUNCTIONS[op.name] = function
    named: Callable[..., Any] = function
    return named


# Logistic and error functions, and the normal distribution
expit: Function = _row("expit")
log_expit: Function = _row("log_expit")
logit: Function = _row("logit")
erf: Function = _row("erf")
erfc: Function = _row("erfc")
erfcx: Function = _row("erfcx")
erfi: Function = _row("erfi")
dawsn: Function = _row("dawsn")
erfinv: Function = _row("erfinv")
erfcinv: Function = _row("erfcinv")
ndtr: Function = _row("ndtr")
log_ndtr: Function = _row("log_ndtr")
ndtri: Function = _row("ndtri")
ndtri_exp: Function = _row("ndtri_exp")
owens_t: Function = _row("owens_t", "h", "a")

# Exponentials and their integrals
exp2: Function = _row("exp2")
exp10: Function = _row("exp10")
expm1: Function = _row("expm1")
exprel: Function = _row("exprel")
log1p: Function = _row("log1p")
cbrt: Function = _row("cbrt")
cosm1: Function = _row("cosm1")
exp1: Function = _row("exp1")
expi: Function = _row("expi")
expn: Function = _row("expn", "n", "x")
wrightomega: Function = _row("wrightomega")

# Gamma and beta functions
gamma: Function = _row("gamma")
gammaln: Function = _row("gammaln")
loggamma: Function = _row("loggamma")
rgamma: Function = _row("rgamma")
gammasgn: Function = _row("gammasgn")
digamma: Function = _row("digamma")
psi: Function = digamma
polygamma: Function = _row("polygamma", "n", "x")
zeta: Function = _row("zeta", "x", "q")
poch: Function = _row("poch", "z", "m")
binom: Function = _row("binom", "n", "k")
beta: Function = _row("beta", "a", "b")
betaln: Function = _row("betaln", "a", "b")
gammainc: Function = _row("gammainc")
gammaincc: Function = _row("gammaincc")
gammaincinv: Function = _row("gammaincinv", "a", "y")
gammainccinv: Function = _row("gammainccinv", "a", "y")
betainc: Function = _row("betainc")
betaincc: Function = _row("betaincc")
betaincinv: Function = _row("betaincinv", "a", "b", "y")
betainccinv: Function = _row("betainccinv", "a", "b", "y")
stdtr: Function = _row("stdtr", "df", "t")
stdtrit: Function = _row("stdtrit", "df", "p")

# Entropies, divergences and losses
xlogy: Function = _row("xlogy", "x", "y")
xlog1py: Function = _row("xlog1py", "x", "y")
entr: Function = _row("entr")
rel_entr: Function = _row("rel_entr", "x", "y")
kl_div: Function = _row("kl_div", "x", "y")
huber: Function = _row("huber", "delta", "r")
pseudo_huber: Function = _row("pseudo_huber", "delta", "r")

# Bessel and hypergeometric functions
j0: Function = _row("j0")
j1: Function = _row("j1")
jv: Function = _row("jv", "v", "z")
y0: Function = _row("y0")
y1: Function = _row("y1")
yv: Function = _row("yv", "v", "z")
yn: Function = _row("yn", "n", "x")
kn: Function = _row("kn", "n", "x")
i0: Function = _row("i0")
i1: Function = _row("i1")
iv: Function = _row("iv", "v", "z")
i0e: Function = _row("i0e")
i1e: Function = _row("i1e")
ive: Function = _row("ive", "v", "z")
k0: Function = _row("k0")
k1: Function = _row("k1")
kv: Function = _row("kv", "v", "z")
k0e: Function = _row("k0e")
k1e: Function = _row("k1e")
kve: Function = _row("kve", "v", "z")
jn = jv
hyp0f1: Function = _row("hyp0f1", "v", "z")
hyp1f1: Function = _row("hyp1f1", "a", "b", "x")
hyp2f1: Function = _row("hyp2f1", "a", "b", "c", "z")

_LAMBERTW = find("lambertw")


def lambertw(z: Any, k: int = 0) -> Any:
    """Return the real Lambert W function, the solution w of w eʷ = z.

    Parameters
    ----------
    z : number, array_like, Value or Tensor
        The arguments.
    k : int, optional
        The branch: 0, real for z ≥ -1/e, or -1, real for -1/e ≤ z < 0.

    Returns
    -------
    float, array, Value or Tensor
        SciPy returns complex numbers; here the result is real, and nan where W is not.

    Raises
    ------
    SettingError
        If ``k`` is another branch, on which W is complex.

    Examples
    --------
    >>> round(lambertw(1.0), 6)
    0.567143
    """
    if k not in (0, -1):
        raise SettingError(f"lambertw(k={k!r}) is complex: the branches 0 and -1 have real values")
    return apply_elementwise(_LAMBERTW, float(k), z)


def factorial(n: Any) -> Any:
    """Return Γ(n + 1), and 0 for n < 0, as SciPy's ``factorial`` with ``exact=False``.

    Parameters
    ----------
    n : number, array_like, Value or Tensor
        The arguments, which need not be whole numbers.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``n``.

    Examples
    --------
    >>> factorial(4.0)
    24.0
    """
    is_negative = _data(n) < 0
    return functions.where(is_negative, 0.0, gamma(functions.where(is_negative, 1.0, functions.add(n, 1.0))))


def comb(n: Any, k: Any) -> Any:
    """Return the number of combinations, as SciPy's ``comb`` with ``exact=False``: `binom`, and 0 outside of 0 ≤ k ≤ n.

    Parameters
    ----------
    n, k : number, array_like, Value or Tensor
        How many there are, and how many are chosen.

    Returns
    -------
    float, array, Value or Tensor
        In the shape that the arguments broadcast to.

    Examples
    --------
    >>> comb(5, 2)
    10.0
    """
    is_inside = (_data(k) <= _data(n)) & (_data(n) >= 0) & (_data(k) >= 0)
    return functions.where(is_inside, binom(n, k), 0.0)


def _data(x: Any) -> Any:
    """Return something that NumPy can compare."""
    return x if hasattr(x, "stamp") else np.asarray(x)


def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the multivariate gamma function.

    Parameters
    ----------
    a : number, array_like, Value or Tensor
        At least (d - 1)/2.
    d : int
        The dimension.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``a``.

    Raises
    ------
    SettingError
        If ``d`` is not a positive integer.

    Examples
    --------
    >>> round(multigammaln(2.5, 2), 6) == round(gammaln(2.5) + gammaln(2.0) + 0.5 * log(pi), 6)
    True
    """
    if int(d) != d or d < 1:
        raise SettingError(f"multigammaln(d={d!r}): the dimension must be a positive integer")
    total: Any = 0.25 * d * (d - 1) * log(pi)
    for j in range(int(d)):
        total = functions.add(total, gammaln(functions.subtract(a, 0.5 * j)))
    return total


def logsumexp(a: Any, axis: Axis = None, b: Any = None, keepdims: bool = False) -> Any:
    """Return log Σ b eᵃ, without overflow.

    Parameters
    ----------
    a : array_like, Value or Tensor
        The exponents.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    b : array_like or Tensor, optional
        Factors of the exponentials; 1 by default. The sum must not be negative, otherwise the result is nan.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If ``a`` or ``b`` holds something other than numbers.

    Examples
    --------
    >>> float(logsumexp([0.0, 0.0], b=[1.0, 3.0]).round(6))
    1.386294
    """
    if b is None:
        return functions.logsumexp(a, axis, keepdims)
    t, factors = as_tensor(a, "logsumexp"), as_tensor(b, "logsumexp")
    used = np.where(factors._primal != 0.0, t._primal, -np.inf)
    largest = np.max(used, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    shifted = functions.where(factors._primal != 0.0, t - largest, 0.0)
    total = functions.log(functions.sum(factors * functions.exp(shifted), axis, keepdims))
    result = total + (largest if keepdims else np.squeeze(largest, axis=axis))
    return result if has_nodes(a) or has_nodes(b) else result._primal[()]


def softmax(x: Any, axis: Axis = None) -> Any:
    """Return eˣ / Σ eˣ, over all axes by default, as SciPy does; ``autograd.softmax`` takes the last axis by default.

    Parameters
    ----------
    x : array_like or Tensor
        The logits.
    axis : int, tuple of int or None, optional
        The axes over which the probabilities sum to 1; all of them by default.

    Returns
    -------
    float, array or Tensor
        In the shape of ``x``.

    Examples
    --------
    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    return functions.softmax(x, axis)


def log_softmax(x: Any, axis: Axis = None) -> Any:
    """Return log softmax(x), over all axes by default, as SciPy does.

    Parameters
    ----------
    x : array_like or Tensor
        The logits.
    axis : int, tuple of int or None, optional
        The axes over which the probabilities sum to 1; all of them by default.

    Returns
    -------
    float, array or Tensor
        In the shape of ``x``.

    Examples
    --------
    >>> log_softmax([0.0, 1000.0]).tolist()
    [-1000.0, 0.0]
    """
    return functions.log_softmax(x, axis)


FUNCTIONS |= {f.__name__: f for f in (lambertw, factorial, comb, multigammaln, logsumexp, softmax, log_softmax)}
FUNCTIONS |= {"psi": psi, "jn": jn}
