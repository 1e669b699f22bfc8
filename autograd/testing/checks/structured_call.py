"""A call whose arguments are containers, as a function of their leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.core.pytree import Build, flatten, leaf_paths
from autograd.errors import SettingError
from autograd.transforms.arguments import resolve_argnums


class StructuredCall:
    """``f(*args)`` as a function of the leaves of the arguments that are differentiated.

    Parameters
    ----------
    call : str
        The check for error messages, as in "check_grad()".
    f : callable
        The function.
    args : sequence
        Its arguments: numbers, arrays, nodes and nested containers of them.
    argnums : int, sequence of int or None
        The positions of the arguments that are differentiated; None for all.
    domains : sequence or None
        The domain of each differentiated argument, which holds for all of its leaves.

    Attributes
    ----------
    leaves : list
        The leaves. Whole numbers are floats, as in ``grad``. Complex ones are two leaves, the real and the imaginary part.
    labels : list of str
        What messages call the leaves, as in "input 0['w']".
    domains : list or None
        The domain of each leaf.

    Raises
    ------
    SettingError
        If a position in ``argnums`` does not exist, or if the number of domains is wrong.
    """

    def __init__(self, call: str, f: Callable[..., Any], args: Sequence[Any], argnums: Any, domains: Sequence[Any] | None) -> None:
        self.call: str = call
        self.f: Callable[..., Any] = f
        self.args: Sequence[Any] = args
        self.__name__: Any | str = getattr(f, "__name__", type(f).__name__)
        self.positions: range | tuple[int, ...] = range(len(args)) if argnums is None else resolve_argnums(call, argnums, len(args))
        flat = [flatten(args[i]) for i in self.positions]
        labels = [f"input {i}{path}" for i in self.positions for path in leaf_paths(args[i])]
        given = [leaf for leaves_of_argument, _ in flat for leaf in leaves_of_argument]
        leaves = [as_float(to_numpy(leaf, call) if is_foreign_array(leaf) else leaf) for leaf in given]
        self.is_complex: list[bool] = [is_complex_leaf(leaf) for leaf in leaves]
        self.leaves: list[Any]
        self.labels: list[str]
        self.leaves, self.labels = _split_complex_leaves(leaves, labels, self.is_complex)
        counts = iter(self.is_complex)
        self.builds: list[tuple[list[bool], Build]] = [([next(counts) for _ in parts], build) for parts, build in flat]
        self.domains: list[Any] | None = None if domains is None else self._repeat_domains(domains)

    def _repeat_domains(self, domains: Sequence[Any]) -> list[Any]:
        """The domain of each argument once for each of its leaves."""
        if len(domains) != len(self.builds):
            raise SettingError(
                f"{self.call}: {len(domains)} domains for {len(self.builds)} inputs: pass one for each input, or None"
            )
        return [domain for domain, (kinds, _) in zip(domains, self.builds, strict=True) for kind in kinds for _ in range(1 + kind)]

    def __call__(self, *leaves: Any, **static: Any) -> Any:
        """Call the function with other leaves.

        Parameters
        ----------
        *leaves : Value or Tensor
        **static
            Settings for the function.

        Returns
        -------
        object
            What the function returns.
        """
        args, parts = list(self.args), iter(leaves)
        for i, (kinds, build) in zip(self.positions, self.builds, strict=True):
            args[i] = build([next(parts) + 1j * next(parts) if kind else next(parts) for kind in kinds])
        return self.f(*args, **static)


def is_complex_leaf(leaf: Any) -> bool:
    """Whether a leaf is a complex number, or an array or a Tensor of them.

    >>> is_complex_leaf(1j), is_complex_leaf(1.0)
    (True, False)
    """
    return isinstance(leaf, complex | np.ndarray | np.generic | Node) and np.iscomplexobj(primal_of(leaf))


def _split_complex_leaves(leaves: Sequence[Any], labels: Sequence[str], is_complex: Sequence[bool]) -> tuple[list[Any], list[str]]:
    """The leaves and labels with two entries for each complex leaf."""
    parts: list[Any] = []
    names: list[str] = []
    for leaf, label, kind in zip(leaves, labels, is_complex, strict=True):
        numbers = np.asarray(primal_of(leaf)) if kind else leaf
        parts += [numbers.real.copy(), numbers.imag.copy()] if kind else [leaf]
        names += [f"the real part of {label}", f"the imaginary part of {label}"] if kind else [label]
    return parts, names


def as_float(leaf: Any) -> Any:
    """A whole number or an array of them as floats; anything else as it is.

    >>> as_float(3), as_float("text")
    (3.0, 'text')
    """
    if isinstance(leaf, int | np.integer) and not isinstance(leaf, bool):
        return float(leaf)
    is_whole_array = isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu"
    return leaf.astype(float) if is_whole_array else leaf
