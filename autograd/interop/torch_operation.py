"""from_torch: a function of PyTorch as one of our operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.core.pytree import flatten
from autograd.errors import DataError, GraphError
from autograd.interop.calls import Array, Arrays, Run
from autograd.interop.foreign_operation import Results, list_types, make_operation
from autograd.interop.requirement import import_library


def from_torch(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operation of a function of PyTorch.

    Parameters
    ----------
    f : callable
        A function of tensors that returns tensors, such as a module. Arguments and results may be nested containers.

    Returns
    -------
    callable
        Takes numbers, arrays and nodes. ``f`` gets them as tensors of the same type; whole numbers and everything else as they are.
        The results are nodes if an argument is one, else arrays.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    DataError
        If ``f`` is not a function; at a call, if ``f`` returns no tensor of real numbers.
    GraphError
        At a call, inside :func:`autograd.compile`, or if ``f`` uses a tensor from outside that requires grad: no gradient would
        reach it. At a derivative, if PyTorch cannot compute it.

    Notes
    -----
    ``f`` runs once at each call, and PyTorch's graph of that run gives the derivatives of every order. Forward mode is the pullback
    of the pullback. `vmap` calls ``f`` for one sample after the other.

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> from autograd import Tensor  # doctest: +SKIP
    >>> gelu = from_torch(torch.nn.functional.gelu)  # doctest: +SKIP
    >>> x = Tensor([0.0, 1.0]); gelu(x).sum().backward(); x.grad.round(4)  # doctest: +SKIP
    array([0.5   , 1.0833])
    """
    return make_operation("from_torch", _Torch(import_library("torch", "from_torch()")), f)


class _Torch:
    """PyTorch, as `make_operation` needs it."""

    name = "PyTorch"

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def run(self, f: Callable[..., Any], arrays: Sequence[Array], call: str) -> tuple[Run, Results]:
        torch = self.torch
        inputs = [
            torch.tensor(np.array(array), requires_grad=True)  # a copy has no negative strides, which PyTorch refuses
            for array in arrays
        ]
        with torch.set_grad_enabled(bool(inputs)):
            leaves, build = flatten(f(*inputs))
        positions = [k for k, x in enumerate(leaves) if isinstance(x, torch.Tensor) and x.is_floating_point()]
        outputs = [leaves[k] for k in positions]
        if any(isinstance(x, torch.Tensor) and x.is_complex() for x in leaves) or not positions:
            raise DataError(
                f"{call}: the function must return tensors of real numbers, or containers of them, not {list_types(leaves)}"
            )
        if inputs:
            _refuse_captured_tensors(call, inputs, outputs)
        plain = [x.detach().numpy() if isinstance(x, torch.Tensor) and not x.is_floating_point() else x for x in leaves]
        return TorchRun(torch, call, inputs, outputs), Results(plain, positions, build)

    def to_argument(self, x: Any) -> Any:
        is_number = isinstance(x, float | np.ndarray | np.generic)
        return self.torch.tensor(np.array(x)) if is_number else x


def _refuse_captured_tensors(call: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    """Raise GraphError if a result depends on a leaf of PyTorch's graph that is not an input."""
    known = {id(x) for x in inputs}
    for leaf in _find_leaves(outputs):
        if id(leaf) not in known:
            raise GraphError(
                f"{call} uses a tensor of shape {tuple(leaf.shape)} from outside that requires grad, and no gradient would reach "
                f"it: pass it as an argument, as with torch.func.functional_call, or call requires_grad_(False) on the tensor or "
                f"module"
            )


def _find_leaves(outputs: Sequence[Any]) -> Iterator[Any]:
    """Yield the leaves of PyTorch's graph below some tensors."""
    yield from (x for x in outputs if x.requires_grad and x.is_leaf)
    yield from (node.variable for node in _find_nodes(outputs) if node.name().endswith("AccumulateGrad"))


def _find_nodes(outputs: Sequence[Any]) -> Iterator[Any]:
    """Yield the nodes of PyTorch's graph below some tensors."""
    stack = [x.grad_fn for x in outputs]
    seen = {None}
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack += [following for following, _ in node.next_functions]


class TorchRun(Run):
    """A run of a function of PyTorch: the leaves and the roots of its graph.

    Parameters
    ----------
    torch : module
    call : str
        What error messages call the function.
    inputs, outputs : sequence of torch.Tensor
    """

    def __init__(self, torch: Any, call: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        super().__init__([_to_array(call, x) for x in outputs])
        self._torch, self._call, self._inputs, self._outputs = torch, call, inputs, outputs

    def compute_cotangents(self, cotangents: Arrays) -> list[Array | None]:
        gs = [None if g is None else self._like(g, y) for g, y in zip(cotangents, self._outputs, strict=True)]
        return [
            None if x is None else _to_array(self._call, x) for x in self._differentiate(self._outputs, gs, self._inputs, False)
        ]

    def record_pullback(self, cotangents: Arrays) -> Run:
        gs = [None if g is None else self._like(g, y).requires_grad_() for g, y in zip(cotangents, self._outputs, strict=True)]
        pulled = self._differentiate(self._outputs, gs, self._inputs, True)
        results = [self._torch.zeros_like(x) if p is None else p for p, x in zip(pulled, self._inputs, strict=True)]
        return TorchRun(self._torch, self._call, [*self._inputs, *(g for g in gs if g is not None)], results)

    def _like(self, x: Array, like: Any) -> Any:
        return self._torch.tensor(np.array(x), dtype=like.dtype)

    def _differentiate(
        self, roots: Sequence[Any], cotangents: Sequence[Any], leaves: Sequence[Any], create_graph: bool
    ) -> list[Any]:
        """Return PyTorch's gradients; None where no root with a cotangent depends on the leaf."""
        pairs = [(y, g) for y, g in zip(roots, cotangents, strict=True) if g is not None and y.requires_grad]
        if not pairs:
            return [None] * len(leaves)
        ys, gs = zip(*pairs, strict=True)
        # Where a function of PyTorch says that its derivative has none, its graph ends, and PyTorch's answer would be zero.
        if any(node.name().endswith("::Error") for node in _find_nodes(ys)):
            raise self._missing_derivative("once_differentiable")
        try:
            return list(self._torch.autograd.grad(ys, leaves, gs, retain_graph=True, create_graph=create_graph, allow_unused=True))
        except RuntimeError as error:
            raise self._missing_derivative(error) from None

    def _missing_derivative(self, reason: Any) -> GraphError:
        return GraphError(
            f"{self._call}: PyTorch cannot compute this derivative ({reason}): use operations that it can differentiate that often"
        )


def _to_array(call: str, x: Any) -> Array:
    """Return a copy of the numbers of a tensor."""
    if x.device.type != "cpu":
        raise DataError(f"{call}: the function returned a tensor on the device '{x.device}': let it return y.cpu()")
    try:
        return np.array(x.detach().numpy())
    except TypeError as error:
        raise DataError(f"{call}: the function returned a tensor of {x.dtype} ({error}): let it return y.double()") from None
