"""from_jax: a function of JAX as one of our operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.pytree import flatten
from autograd.errors import DataError, GraphError
from autograd.interop.calls import Array, Arrays, Run
from autograd.interop.foreign_operation import Results, list_types, make_operation
from autograd.interop.requirement import import_library


def from_jax(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operation of a function of JAX.

    Parameters
    ----------
    f : callable
        A function of arrays that returns arrays, compiled by ``jax.jit`` or not. Arguments and results may be nested containers.

    Returns
    -------
    callable
        Takes numbers, arrays and nodes. ``f`` gets them as arrays of JAX of the same type; whole numbers and everything else as
        they are. The results are nodes if an argument is one, else arrays.

    Raises
    ------
    ImportError
        If JAX is not installed.
    DataError
        If ``f`` is not a function; at a call, if ``f`` returns no array of real numbers.
    GraphError
        At a call, inside :func:`autograd.compile`, or if JAX cannot differentiate ``f`` in reverse mode.

    Notes
    -----
    ``f`` runs in double precision if the arguments are, whatever ``jax_enable_x64`` says. ``jax.vjp`` of ``f``, of the function
    that computes it, and so on, give the derivatives of every order. Forward mode is the pullback of the pullback. `vmap` calls
    ``f`` for one sample after the other.

    Examples
    --------
    >>> import jax  # doctest: +SKIP
    >>> from autograd import Tensor  # doctest: +SKIP
    >>> softplus = from_jax(jax.jit(jax.nn.softplus))  # doctest: +SKIP
    >>> x = Tensor([0.0, 1.0]); softplus(x).sum().backward(); x.grad.round(4)  # doctest: +SKIP
    array([0.5   , 0.7311])
    """
    return make_operation("from_jax", _Jax(import_library("jax", "from_jax()")), f)


class _Jax:
    """JAX, as `make_operation` needs it."""

    name = "JAX"

    def __init__(self, jax: Any) -> None:
        self.jax = jax

    def run(self, f: Callable[..., Any], arrays: Sequence[Array], call: str) -> tuple[Run, Results]:
        jax = self.jax
        found: list[Results] = []

        def outputs_and_rest(*xs: Any) -> tuple[Any, Any]:
            """The results that can be differentiated, and the other arrays; the rest is the same at every run."""
            leaves, build = flatten(f(*xs))
            kinds = [getattr(x, "dtype", np.dtype(object)).kind if isinstance(x, jax.Array | np.ndarray) else "" for x in leaves]
            positions = [k for k, kind in enumerate(kinds) if kind == "f"]
            if "c" in kinds or not positions:
                raise DataError(
                    f"{call}: the function must return arrays of real numbers, or containers of them, not {list_types(leaves)}"
                )
            found[:] = [Results(leaves, positions, build)]
            return tuple(leaves[k] for k in positions), {k: leaves[k] for k, kind in enumerate(kinds) if kind and kind != "f"}

        run = JaxRun(jax, call, outputs_and_rest, [self.to_argument(np.asarray(array)) for array in arrays])
        (results,) = found
        for k, array in run.rest.items():
            results.leaves[k] = np.array(array)
        return run, results

    def to_argument(self, x: Any) -> Any:
        if not isinstance(x, float | np.ndarray | np.generic):
            return x
        with self.jax.enable_x64(True):
            return self.jax.numpy.asarray(np.asarray(x))


class JaxRun(Run):
    """A run of a function of JAX: the function, its arguments, and its pullback there.

    Parameters
    ----------
    jax : module
    call : str
        What error messages call the function.
    f : callable
        Takes the arguments, and returns a tuple of results, and others that are not differentiated.
    xs : sequence of jax.Array

    Attributes
    ----------
    rest : object
        The results that are not differentiated.
    """

    def __init__(self, jax: Any, call: str, f: Callable[..., tuple[Any, Any]], xs: Sequence[Any]) -> None:
        self._jax, self._call, self._f, self._xs = jax, call, f, xs
        self.rest: Any
        outputs, self._pull, self.rest = self._compute(lambda: jax.vjp(f, *xs, has_aux=True))
        if any(isinstance(x, jax.core.Tracer) for x in outputs):
            raise GraphError(
                f"{call} runs inside jit, grad or vmap of JAX, and uses a traced array from there: call it outside of them, or "
                f"make the whole function one of JAX with autograd.interop.to_jax(f)"
            )
        super().__init__([np.array(y) for y in outputs])

    def compute_cotangents(self, cotangents: Arrays) -> list[Array | None]:
        pulled = self._compute(lambda: self._pull(self._fill(cotangents, self.values)))
        return [np.array(x) for x in pulled]

    def record_pullback(self, cotangents: Arrays) -> Run:
        f, arity, given = self._f, len(self._xs), [k for k, g in enumerate(cotangents) if g is not None]
        filled = self._fill(cotangents, self.values)

        def pullback(*args: Any) -> tuple[Any, Any]:
            gs = list(filled)
            for k, g in zip(given, args[arity:], strict=True):
                gs[k] = g
            return self._jax.vjp(f, *args[:arity], has_aux=True)[1](tuple(gs)), None

        return JaxRun(self._jax, self._call, pullback, [*self._xs, *(filled[k] for k in given)])

    def _fill(self, arrays: Arrays, like: Sequence[Any]) -> tuple[Any, ...]:
        """Return arrays as those of JAX in the types of others, with zeros for None."""
        jnp = self._jax.numpy
        with self._jax.enable_x64(True):
            return tuple(
                jnp.zeros(y.shape, y.dtype) if x is None else jnp.asarray(x, y.dtype) for x, y in zip(arrays, like, strict=True)
            )

    def _compute(self, computation: Callable[[], Any]) -> Any:
        """Compute in the precision of the arguments; name the call if JAX has no rule for a derivative."""
        try:
            with self._jax.enable_x64(True):
                return computation()
        except (NotImplementedError, ValueError, TypeError) as error:
            if not any(word in str(error) for word in ("ifferentiat", "JVP")):  # an error of the function itself
                raise
            raise GraphError(
                f"{self._call}: JAX cannot compute this derivative ({error}): use operations that it can differentiate that often "
                f"in reverse mode"
            ) from None
