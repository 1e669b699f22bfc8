"""Module: a thing with parameters, found in its attributes, lists and dicts, and named by where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autograd import Node, Tensor, scope


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
        tree = _named_trees.get()
        if tree is not None and id(self) in tree.paths:
            with tree.entered(id(self)):
                return self.forward(*args, **kwargs)
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): write one, and call the module itself")

    @contextmanager
    def scopes(self) -> Iterator[None]:
        """A block in which the work of every module below is recorded in a scope of its name, and parameters have theirs.

        So errors, reports and pictures say where in the network a node belongs.

        >>> from nn import MLP
        >>> model = MLP([2, 3, 1], rng=0)
        >>> with model.scopes():
        ...     y = model([1.0, 2.0])
        >>> y.scope, model.layers[0].W.name
        ('layers/1', 'layers.0.W')
        """
        for name, parameter in self.named_parameters():
            if parameter.name is None:
                parameter.name = name
        token = _named_trees.set(_Tree({id(module): path for path, module in self.named_modules() if path}))
        try:
            yield
        finally:
            _named_trees.reset(token)

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Every module once, itself first as "", with its path."""
        seen: set[int] = set()
        for path, thing in _below("", self, set()):
            if isinstance(thing, Module) and id(thing) not in seen:
                seen.add(id(thing))
                yield path, thing

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Every parameter once, with its path, in the order of assignment (A06: W and b of each layer)."""
        seen: set[int] = set()
        for name, parameter in _named("", self):
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


class _Tree:
    """The paths of some modules, by their identity, and that of the module at work."""

    def __init__(self, paths: dict[int, str]) -> None:
        self.paths = paths
        self.inside = ""

    @contextmanager
    def entered(self, module: int) -> Iterator[None]:
        """The scope of a module: its path, without that of the module which calls it."""
        outer, path = self.inside, self.paths[module]
        self.inside = path
        try:
            with scope(path.removeprefix(outer + ".").replace(".", "/")):
                yield
        finally:
            self.inside = outer


_named_trees: ContextVar[_Tree | None] = ContextVar("named_trees", default=None)


def _named(path: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """The parameters below ``thing``."""
    for name, found in _below(path, thing, set()):
        if isinstance(found, Node) and found.is_leaf and not getattr(found, "constant", False):
            yield name, found


def _below(path: str, thing: Any, above: set[int]) -> Iterator[tuple[str, Any]]:
    """The nodes and modules below ``thing``, and it itself; a module that holds itself is entered once."""
    if isinstance(thing, Node):
        yield path, thing
        return
    if id(thing) in above:
        return
    if isinstance(thing, Module):
        yield path, thing
        children: Any = vars(thing).items()
    elif isinstance(thing, dict):
        children = thing.items()
    elif isinstance(thing, list | tuple):
        children = enumerate(thing)
    else:
        return
    for key, child in children:
        yield from _below(f"{path}.{key}" if path else str(key), child, above | {id(thing)})


def counted(n: int) -> str:
    """A number of parameters for people.

    >>> counted(13002), counted(1)
    ('13 002 parameters', '1 parameter')
    """
    return f"{n:,}".replace(",", " ") + (" parameter" if n == 1 else " parameters")
