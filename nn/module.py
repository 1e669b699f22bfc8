"""Module: a thing with parameters, found in its attributes, lists and dicts, and named by where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import Node, Tensor


class Module:
    """The base of every layer and network: assign parameters and modules to attributes, and write ``forward``.

    >>> from nn import Linear
    >>> class Twice(Module):
    ...     def __init__(self):
    ...         self.inner = Linear(2, 2, rng=0)
    ...     def forward(self, x):
    ...         return self.inner(self.inner(x))
    >>> [name for name, _ in Twice().named_parameters()]
    ['inner.W', 'inner.b']
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): write one, and call the module itself")

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Every parameter once, with its path, in the order of assignment (A06: W and b of each layer)."""
        seen: set[int] = set()
        for name, parameter in _named("", self, set()):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                yield name, parameter

    def parameters(self) -> list[Any]:
        """Every parameter: the leaves to which gradients flow."""
        return [parameter for _, parameter in self.named_parameters()]

    def num_parameters(self) -> int:
        """How many numbers the parameters hold: 13 002 for 784-16-16-10 (S2:33)."""
        return sum(p.size if isinstance(p, Tensor) else 1 for p in self.parameters())

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()


def _named(path: str, thing: Any, above: set[int]) -> Iterator[tuple[str, Any]]:
    """The parameters below ``thing``; a module that holds itself is entered once."""
    if isinstance(thing, Node):
        if thing.is_leaf and not getattr(thing, "constant", False):
            yield path, thing
        return
    if id(thing) in above:
        return
    if isinstance(thing, Module):
        children: Any = vars(thing).items()
    elif isinstance(thing, dict):
        children = thing.items()
    elif isinstance(thing, list | tuple):
        children = enumerate(thing)
    else:
        return
    for key, child in children:
        yield from _named(f"{path}.{key}" if path else str(key), child, above | {id(thing)})


def counted(n: int) -> str:
    """A number of parameters for people.

    >>> counted(13002), counted(1)
    ('13 002 parameters', '1 parameter')
    """
    return f"{n:,}".replace(",", " ") + (" parameter" if n == 1 else " parameters")
