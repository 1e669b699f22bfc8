"""What the distributions of one number have in common: parameters, support, location and scale."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import to_operand
from autograd.numpy_api.functions import divide, exp, expm1, log, log1p, subtract, where

Formula = Callable[..., Any]
LN2 = float(np.log(2.0))


def log_of_one_minus_exp(x: Any) -> Any:
    """Return log(1 - eˣ) for x ≤ 0, accurate at both ends."""
    is_near = primal_of(x) > -LN2
    near, far = where(is_near, x, -1.0), where(is_near, -1.0, x)
    return where(is_near, log(-expm1(near)), log1p(-exp(far)))


def log_of_the_smaller(p: Any, q: Any) -> Any:
    """Return log p of a probability p = 1 - q, from the smaller of the two; where p is 0 the derivative is 0."""
    is_small, is_zero = primal_of(p) < 0.5, primal_of(p) == 0.0
    small, other = where(np.logical_and(is_small, np.logical_not(is_zero)), p, 1.0), where(is_small, 0.0, q)
    return where(is_zero, -inf, where(is_small, log(small), log1p(-other)))


class Distribution:
    """A distribution of one number, called as SciPy's: ``method(x, *shapes, loc=0, scale=1)``.

    Parameters
    ----------
    name : str
    shapes : tuple of str
        The names of the shape parameters.
    has_scale : bool
        Whether there is a scale; distributions of integers have none.
    low, high : callable
        The ends of the support, as functions of the shape parameters.
    inside : float
        A point inside the support, which stands for points outside while formulas are computed.
    is_valid : callable
        Whether the shape parameters are allowed, as a function of their numbers.
    """

    def __init__(
        self,
        name: str,
        shapes: tuple[str, ...] = (),
        *,
        has_scale: bool,
        low: Formula,
        high: Formula,
        inside: float,
        is_valid: Formula,
    ) -> None:
        self.name = name
        self.shapes = shapes
        self.has_scale = has_scale
        self.low = low
        self.high = high
        self.inside = inside
        self.is_valid = is_valid

    def __repr__(self) -> str:
        return f"<distribution {self.name}>"

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_"):
            raise AttributeError(method)
        raise DataError(
            f"{self.name}.{method} has no derivative here: the methods are {', '.join(self.methods)}; "
            f"scipy.stats.{self.name}.{method} takes plain numbers, such as x.data"
        )

    @property
    def methods(self) -> list[str]:
        """The names of the methods."""
        return [name for name in dir(type(self)) if name.lstrip("log") in ("pdf", "pmf", "cdf", "sf")]

    def bind(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], Any, Any]:
        """Return the shape parameters, the location and the scale of a call."""
        names = [*self.shapes, "loc", *(["scale"] if self.has_scale else [])]
        signature = f"{self.name}.{method}(x, {', '.join([*self.shapes, 'loc=0', *(['scale=1'] if self.has_scale else [])])})"
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or given.keys() & kwargs.keys() or kwargs.keys() - set(names):
            raise TypeError(f"{signature} does not take these arguments: {len(args)} by position and {', '.join(kwargs) or 'none'}")
        given |= kwargs
        missing = [name for name in self.shapes if name not in given]
        if missing:
            raise TypeError(f"{signature} needs {' and '.join(missing)}")
        operands = [to_operand(given.get(name, 0.0 if name == "loc" else 1.0), signature) for name in names]
        shapes = [x if isinstance(x, Node) else functions.positive(x) for x in operands[: len(self.shapes)]]
        return shapes, operands[len(self.shapes)], operands[-1] if self.has_scale else 1.0

    def evaluate(self, method: str, formula: Formula, below: float, above: float, x: Any, args: Any, kwargs: Any) -> Any:
        """Return a formula of the standardized argument inside the support, and limits outside of it.

        Parameters
        ----------
        method : str
            The method that the user has called.
        formula : callable
            ``formula(z, *shapes)``.
        below, above : float
            The values to the left and to the right of the support.
        x, args, kwargs
            What the user has passed.

        Returns
        -------
        float, array, Value or Tensor
        """
        with np.errstate(**IGNORE_FLOAT_ERRORS):
            shapes, loc, scale = self.bind(method, args, kwargs)
            z = divide(subtract(x, loc), scale)
            numbers = [primal_of(p) for p in shapes]
            at = primal_of(z)
            is_valid = np.logical_and(self.is_valid(*numbers), np.asarray(primal_of(scale)) > 0) & np.logical_not(np.isnan(at))
            is_below, is_above = at < self.low(*numbers), (at > self.high(*numbers)) | (at == inf)
            is_inside = self.is_inside(at) & np.logical_not(is_below | is_above) & is_valid
            value = where(is_inside, formula(where(is_inside, z, self.inside), *shapes), where(is_above, above, below))
            return where(is_valid, value, nan)

    def is_inside(self, z: Any) -> Any:
        """Return whether numbers between the ends belong to the support."""
        return np.isfinite(z)


class Continuous(Distribution):
    """A distribution with a density.

    Parameters
    ----------
    name : str
    shapes : tuple of str
    logpdf : callable
        The logarithm of the density, ``logpdf(z, *shapes)``, with location 0 and scale 1.
    cdf, sf : callable
        The distribution function and the survival function.
    logcdf, logsf : callable, optional
        Their logarithms, if there is a formula that is accurate where they are nearly 0 or 1.
    low, high : callable or float
        The ends of the support.
    inside : float
    is_valid : callable
    """

    def __init__(
        self,
        name: str,
        shapes: tuple[str, ...],
        logpdf: Formula,
        cdf: Formula,
        sf: Formula,
        *,
        logcdf: Formula | None = None,
        logsf: Formula | None = None,
        low: float = -inf,
        high: float = inf,
        inside: float = 0.5,
        is_valid: Formula = lambda *shapes: True,
    ) -> None:
        super().__init__(
            name,
            shapes,
            has_scale=True,
            low=lambda *shapes: low,
            high=lambda *shapes: high,
            inside=inside,
            is_valid=is_valid,
        )
        self._logpdf = logpdf
        self._cdf = cdf
        self._sf = sf
        self._logcdf = logcdf or (lambda *args: log_of_the_smaller(cdf(*args), sf(*args)))
        self._logsf = logsf or (lambda *args: log_of_the_smaller(sf(*args), cdf(*args)))

    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the density."""
        _, _, scale = self.bind("logpdf", args, kwargs)
        return subtract(self.evaluate("logpdf", self._logpdf, -inf, -inf, x, args, kwargs), log(scale))

    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the density."""
        return exp(self.logpdf(x, *args, **kwargs))

    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution function, P(X ≤ x)."""
        return self.evaluate("cdf", self._cdf, 0.0, 1.0, x, args, kwargs)

    def sf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the survival function, P(X > x)."""
        return self.evaluate("sf", self._sf, 1.0, 0.0, x, args, kwargs)

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the distribution function."""
        return self.evaluate("logcdf", self._logcdf, -inf, 0.0, x, args, kwargs)

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the survival function."""
        return self.evaluate("logsf", self._logsf, 0.0, -inf, x, args, kwargs)


class Discrete(Distribution):
    """A distribution of integers.

    Parameters
    ----------
    name : str
    shapes : tuple of str
    logpmf : callable
        The logarithm of the probability, ``logpmf(k, *shapes)``, with location 0.
    cdf, sf : callable
        The distribution function and the survival function at an integer.
    low, high : callable
        The ends of the support, as functions of the shape parameters.
    is_valid : callable
    """

    def __init__(
        self,
        name: str,
        shapes: tuple[str, ...],
        logpmf: Formula,
        cdf: Formula,
        sf: Formula,
        *,
        low: float = 0.0,
        high: Formula = lambda *shapes: inf,
        is_valid: Formula,
    ) -> None:
        super().__init__(name, shapes, has_scale=False, low=lambda *shapes: low, high=high, inside=low, is_valid=is_valid)
        self._logpmf = logpmf
        self._cdf = cdf
        self._sf = sf

    def is_inside(self, z: Any) -> Any:
        return np.floor(z) == z

    def logpmf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the probability."""
        return self.evaluate("logpmf", self._logpmf, -inf, -inf, k, args, kwargs)

    def pmf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the probability."""
        return exp(self.logpmf(k, *args, **kwargs))

    def cdf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution function, P(K ≤ k)."""
        return self.evaluate("cdf", self._cdf, 0.0, 1.0, *self._floor("cdf", k, args, kwargs))

    def sf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the survival function, P(K > k)."""
        return self.evaluate("sf", self._sf, 1.0, 0.0, *self._floor("sf", k, args, kwargs))

    def logcdf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the distribution function."""
        return log_of_the_smaller(self.cdf(k, *args, **kwargs), self.sf(k, *args, **kwargs))

    def logsf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the survival function."""
        return log_of_the_smaller(self.sf(k, *args, **kwargs), self.cdf(k, *args, **kwargs))

    def _floor(self, method: str, k: Any, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
        """Return the arguments with the location subtracted, and rounded down to an integer."""
        shapes, loc, _ = self.bind(method, args, kwargs)
        return np.floor(primal_of(subtract(k, primal_of(loc)))), tuple(shapes), {}
