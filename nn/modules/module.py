"""Module: a thing with parameters, found in its attributes, lists and dicts, and named by where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from autograd import Node, SettingError, Tensor, scope


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

    training = True  # whether layers such as Dropout behave as in training; train() and eval() set it

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

    def train(self, mode: bool = True) -> Self:
        """Put this module and all below it into training mode, or out of it; returns the module.

        >>> from nn import Dropout
        >>> Dropout(0.5).eval()([1.0, 2.0]).data
        array([1., 2.])
        """
        for _, module in self.named_modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Out of training mode: ``train(False)``."""
        return self.train(False)

    def freeze(self) -> Self:
        """Make every parameter below a constant: no gradient flows to it, and parameters() leaves it out. Values cannot be frozen.

        >>> from nn import MLP
        >>> model = MLP([2, 3, 1], rng=0); _ = model.layers[0].freeze()
        >>> [name for name, _ in model.named_parameters()]
        ['layers.1.W', 'layers.1.b']
        """
        return self._replaced(constant=True)

    def unfreeze(self) -> Self:
        """Make every constant below a parameter again: a new one, so make the optimizer anew."""
        return self._replaced(constant=False)

    def _replaced(self, constant: bool) -> Self:
        """Every Tensor that is not as wanted by one with the same numbers that is; one that stands in two places stays one."""
        twins: dict[int, Any] = {}
        for path, tensor in list(_below("", self, set())):
            if isinstance(tensor, Node) and not isinstance(tensor, Tensor):
                raise SettingError(f"freeze(): {path} is a Value, which cannot be constant: leave it out of the optimizer instead")
            if isinstance(tensor, Tensor) and tensor.is_leaf and tensor.constant != constant:
                if id(tensor) not in twins:
                    twins[id(tensor)] = Tensor(tensor.numpy(), tensor.name, constant=constant)
                place(self, path, twins[id(tensor)])
        return self

    def state_dict(self) -> dict[str, npt.NDArray[Any]]:
        """A copy of the numbers of every parameter, and of every constant Tensor, by its path.

        >>> from nn import Linear
        >>> {name: x.shape for name, x in Linear(3, 2).state_dict().items()}
        {'W': (2, 3), 'b': (2,)}
        """
        return {name: np.array(node.data) for name, node in self._leaves()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Write numbers into the parameters by their paths; SettingError prints what does not fit, and nothing is changed then.

        Without ``strict`` what one of the two lacks is left out; shapes must fit all the same.

        >>> from nn import Linear
        >>> layer = Linear(1, 1); layer.load_state_dict({"W": [[2.0]], "b": [3.0]}); layer([1.0]).data
        array([5.])
        """
        own = dict(self._leaves())
        wrong = [f"missing {name}" for name in own if name not in state] if strict else []
        wrong += [f"not in the module: {name}" for name in state if name not in own] if strict else []
        given = {name: np.asarray(x) for name, x in state.items() if name in own}
        wrong += [f"{name} holds {x.dtype}, not real numbers" for name, x in given.items() if x.dtype.kind not in "fiub"]
        wrong += [f"{name} has shape {own[name].shape}, not {x.shape}" for name, x in given.items() if own[name].shape != x.shape]
        if wrong:
            raise SettingError(f"load_state_dict() of {type(self).__name__}: " + "; ".join(wrong))
        for name, x in given.items():
            own[name].data = x if x.ndim else float(x)

    def _leaves(self) -> Iterator[tuple[str, Any]]:
        """Every parameter and constant Tensor once, with its path; SettingError where two have one path."""
        seen: set[int] = set()
        paths: set[str] = set()
        for name, node in leaves(self):
            if id(node) not in seen:
                if name in paths:
                    raise SettingError(
                        f"two parameters of {type(self).__name__} are called {name!r}: a key of a dict has a dot in it"
                    )
                seen.add(id(node))
                paths.add(name)
                yield name, node

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


def leaves(module: Module) -> Iterator[tuple[str, Any]]:
    """Every leaf below a module with its path, in each place where it stands.

    >>> from nn import Linear
    >>> [path for path, _ in leaves(Linear(1, 1))]
    ['W', 'b']
    """
    for name, node in _below("", module, set()):
        if isinstance(node, Node) and node.is_leaf:
            yield name, node


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


def place(module: Any, path: str, parameter: Any) -> None:
    """Put a parameter where its path says: attributes, list positions and dict keys between dots; SettingError where it cannot.

    >>> from nn import Linear
    >>> layer = Linear(1, 1); place(layer, "b", Tensor([5.0])); layer.b.data
    array([5.])
    """
    *way, last = path.split(".")
    owner = module
    for key in way:
        owner = _step(owner, key, path)
    if isinstance(owner, dict):
        owner[_key(owner, last, path)] = parameter
    elif isinstance(owner, list):
        owner[int(last)] = parameter
    elif isinstance(owner, tuple):
        raise SettingError(f"{path} stands in a tuple, which cannot change: keep parameters in a list")
    else:
        setattr(owner, last, parameter)


def _step(owner: Any, key: str, path: str) -> Any:
    if isinstance(owner, dict):
        return owner[_key(owner, key, path)]
    return owner[int(key)] if isinstance(owner, list | tuple) else getattr(owner, key)


def _key(owner: dict[Any, Any], name: str, path: str) -> Any:
    """The key that is written so."""
    for key in owner:
        if str(key) == name:
            return key
    raise SettingError(f"{path} cannot be followed: a key of a dict has a dot in it")


def counted(n: int) -> str:
    """A number of parameters for people.

    >>> counted(13002), counted(1)
    ('13 002 parameters', '1 parameter')
    """
    return f"{n:,}".replace(",", " ") + (" parameter" if n == 1 else " parameters")
