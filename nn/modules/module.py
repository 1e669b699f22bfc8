"""The base class of modules. Parameters are found in attributes, lists and dicts, and named by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from autograd import Node, SettingError, Tensor
from nn.modules.module_scopes import ModuleScopes, active_scopes
from nn.modules.paths import set_at_path
from nn.modules.prediction import outputs_of, probabilities_of


class Module:
    """The base class of every layer and network. Assign parameters and modules to attributes, and write ``forward``.

    Attributes
    ----------
    training : bool
        Whether layers such as Dropout behave as in training. :meth:`train` and :meth:`eval` set it. True at first.
    buffers : tuple of str
        The names of attributes that are constant Tensors for good, such as the running statistics of BatchNorm. They are in the
        state dict, and :meth:`unfreeze` leaves them constant. A class attribute, empty by default.

    Examples
    --------
    >>> from nn import Linear
    >>> class Twice(Module):
    ...     def __init__(self):
    ...         self.inner = Linear(2, 2, rng=0)
    ...     def forward(self, x):
    ...         return self.inner(self.inner(x))
    >>> [name for name, _ in Twice().named_parameters()]
    ['inner.W', 'inner.b']
    """

    training = True
    buffers: tuple[str, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what :meth:`forward` returns, inside the scope of this module if :meth:`scopes` is active."""
        scopes = active_scopes.get()
        if scopes is not None and id(self) in scopes.paths:
            with scopes.enter(id(self)):
                return self.forward(*args, **kwargs)
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the module computes. Subclasses override this.

        Raises
        ------
        NotImplementedError
            If the class does not override it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward(): write one, and call the module itself")

    @contextmanager
    def scopes(self) -> Iterator[None]:
        """Record the work of every module below in a scope of its name, and give parameters their paths as names.

        Errors, reports and pictures then say where in the network a node belongs.

        Examples
        --------
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
        token = active_scopes.set(ModuleScopes({id(module): path for path, module in self.named_modules() if path}))
        try:
            yield
        finally:
            active_scopes.reset(token)

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield every module once.

        Yields
        ------
        path : str
            The path; "" for the module itself, which comes first.
        module : Module
            The module.
        """
        seen: set[int] = set()
        for path, x in walk(self):
            if isinstance(x, Module) and id(x) not in seen:
                seen.add(id(x))
                yield path, x

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Yield every parameter once, in the order of assignment: W and b of each layer (A06 in docs/seeds.md).

        Yields
        ------
        path : str
            The path, such as "layers.0.W". A parameter in several places has the first of its paths.
        parameter : Value or Tensor
            The parameter: a leaf that is not constant.
        """
        seen: set[int] = set()
        for path, leaf in named_leaves(self):
            if not getattr(leaf, "constant", False) and id(leaf) not in seen:
                seen.add(id(leaf))
                yield path, leaf

    def parameters(self) -> list[Any]:
        """Return every parameter once: the leaves to which gradients flow."""
        return [parameter for _, parameter in self.named_parameters()]

    def train(self, mode: bool = True) -> Self:
        """Put this module and all modules below into training mode, or out of it.

        Parameters
        ----------
        mode : bool, default True
            Whether it is training mode.

        Returns
        -------
        Module
            The module itself.

        Examples
        --------
        >>> from nn import Dropout
        >>> Dropout(0.5).eval()([1.0, 2.0]).data
        array([1., 2.])
        """
        for _, module in self.named_modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Leave training mode: the same as ``train(False)``."""
        return self.train(False)

    def predict(self, X: Any, batch_size: int | None = None) -> npt.NDArray[Any]:
        """Return the outputs for data as a plain array, in eval mode and without a graph.

        Parameters
        ----------
        X : array_like or DataFrame, shape (N, ...)
            Finite real numbers.
        batch_size : int, optional
            The number of samples in one pass. The default is all.

        Returns
        -------
        ndarray, shape (N, ...)
            The outputs. Every module has the mode of before again.

        Raises
        ------
        DataError
            If an entry is not a finite real number.
        ShapeError
            If there are no samples, or their shape does not fit.
        SettingError
            If ``batch_size`` is not a positive whole number.

        Examples
        --------
        >>> from nn import Linear
        >>> Linear(2, 1, init="zeros").predict([[1.0, 2.0]])
        array([[0.]])
        """
        return outputs_of(self, X, batch_size, "predict()")

    def predict_proba(self, X: Any, batch_size: int | None = None) -> npt.NDArray[Any]:
        """Return the probability of each class for data. The outputs of the module are logits.

        Parameters
        ----------
        X, batch_size
            As in :meth:`predict`.

        Returns
        -------
        ndarray, shape (N, K)
            The softmax of K > 1 outputs; of one output z the probabilities 1 - σ(z) and σ(z) of the classes 0 and 1.

        Raises
        ------
        DataError
            If an entry is not a finite real number, or the outputs are probabilities already.
        ShapeError
            As in :meth:`predict`.

        Examples
        --------
        >>> from nn import Linear
        >>> Linear(2, 4, init="zeros").predict_proba([[1.0, 2.0]])
        array([[0.25, 0.25, 0.25, 0.25]])
        """
        return probabilities_of(outputs_of(self, X, batch_size, "predict_proba()"), "predict_proba()")

    def predict_labels(self, X: Any, batch_size: int | None = None) -> npt.NDArray[Any]:
        """Return the most likely class of each sample.

        Parameters
        ----------
        X, batch_size
            As in :meth:`predict`.

        Returns
        -------
        ndarray of int, shape (N,)
            The position of the largest of K > 1 outputs; for one output, 1 where it is above 0. ``table.classes`` of
            :func:`nn.data.read_csv` has the texts of the labels.

        Raises
        ------
        DataError, ShapeError
            As in :meth:`predict_proba`.

        Examples
        --------
        >>> from nn import Linear
        >>> Linear(2, 4, init="zeros").predict_labels([[1.0, 2.0]])
        array([0])
        """
        labels: npt.NDArray[Any] = np.argmax(self.predict_proba(X, batch_size), axis=-1)
        return labels

    def freeze(self) -> Self:
        """Make every parameter below a constant. No gradient flows to it, and parameters() leaves it out.

        Returns
        -------
        Module
            The module itself.

        Raises
        ------
        SettingError
            If a parameter is a Value, which cannot be constant.

        Examples
        --------
        >>> from nn import MLP
        >>> model = MLP([2, 3, 1], rng=0); _ = model.layers[0].freeze()
        >>> [name for name, _ in model.named_parameters()]
        ['layers.1.W', 'layers.1.b']
        """
        return self._set_constant(True)

    def unfreeze(self) -> Self:
        """Make every constant below a parameter again, except buffers. It is a new Tensor, so an optimizer must be made anew.

        Returns
        -------
        Module
            The module itself.
        """
        return self._set_constant(False)

    def _set_constant(self, constant: bool) -> Self:
        """Replace Tensors by ones with the same numbers. A Tensor that is in two places stays one."""
        replacements: dict[int, Any] = {}
        buffers = {id(getattr(module, name)) for _, module in self.named_modules() for name in module.buffers}
        for path, x in list(walk(self)):
            if isinstance(x, Node) and not isinstance(x, Tensor):
                raise SettingError(f"freeze(): {path} is a Value, which cannot be constant: leave it out of the optimizer instead")
            if isinstance(x, Tensor) and x.is_leaf and x.constant != constant and id(x) not in buffers:
                if id(x) not in replacements:
                    replacements[id(x)] = Tensor(x.numpy(), x.name, constant=constant)
                set_at_path(self, path, replacements[id(x)])
        return self

    def state_dict(self) -> dict[str, npt.NDArray[Any]]:
        """Return a copy of the numbers of every parameter and every constant Tensor.

        Returns
        -------
        dict
            Arrays by path.

        Examples
        --------
        >>> from nn import Linear
        >>> {name: x.shape for name, x in Linear(3, 2).state_dict().items()}
        {'W': (2, 3), 'b': (2,)}
        """
        return {path: np.array(leaf.data) for path, leaf in self._unique_leaves()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Write numbers into the parameters and constant Tensors.

        Parameters
        ----------
        state : mapping
            Arrays by path, as :meth:`state_dict` returns them.
        strict : bool, default True
            Whether ``state`` must have the same paths as the module. Shapes must fit in any case.

        Raises
        ------
        SettingError
            If something does not fit. The message lists all of it, and nothing changes.

        Examples
        --------
        >>> from nn import Linear
        >>> layer = Linear(1, 1); layer.load_state_dict({"W": [[2.0]], "b": [3.0]}); layer([1.0]).data
        array([5.])
        """
        own = dict(self._unique_leaves())
        if not isinstance(state, Mapping):
            raise SettingError(f"load_state_dict() takes a dict of arrays, as state_dict() returns it, not {type(state).__name__}")
        arrays = {path: np.asarray(x) for path, x in state.items() if path in own}
        problems = []
        if strict:
            problems += [f"missing {path}" for path in own if path not in state]
            problems += [f"not in the module: {path}" for path in state if path not in own]
        problems += [f"{path} holds {x.dtype}, not real numbers" for path, x in arrays.items() if x.dtype.kind not in "fiub"]
        problems += [
            f"{path} has shape {own[path].shape}, not {x.shape}" for path, x in arrays.items() if own[path].shape != x.shape
        ]
        if problems:
            raise SettingError(f"load_state_dict() of {type(self).__name__}: " + "; ".join(problems))
        for path, x in arrays.items():
            own[path].data = x if x.ndim else float(x)

    def _unique_leaves(self) -> Iterator[tuple[str, Any]]:
        """Yield every parameter and constant Tensor once, with its path; raise SettingError if two have the same path."""
        seen: set[int] = set()
        paths: set[str] = set()
        for path, leaf in named_leaves(self):
            if id(leaf) in seen:
                continue
            if path in paths:
                raise SettingError(f"two parameters of {type(self).__name__} are called {path!r}: a key of a dict contains a dot")
            seen.add(id(leaf))
            paths.add(path)
            yield path, leaf

    def num_parameters(self) -> int:
        """Return how many numbers the parameters hold: 13 002 for 784-16-16-10 (S2:33)."""
        return sum(p.size if isinstance(p, Tensor) else 1 for p in self.parameters())

    def zero_grad(self) -> None:
        """Reset the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()


def named_leaves(module: Module) -> Iterator[tuple[str, Any]]:
    """Yield every leaf below a module, once for each place where it is.

    Parameters
    ----------
    module : Module
        The module.

    Yields
    ------
    path : str
        The path.
    leaf : Value or Tensor
        The leaf, a parameter or a constant.

    Examples
    --------
    >>> from nn import Linear
    >>> [path for path, _ in named_leaves(Linear(1, 1))]
    ['W', 'b']
    """
    for path, x in walk(module):
        if isinstance(x, Node) and x.is_leaf:
            yield path, x


def walk(x: Any, path: str = "", above: frozenset[int] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield the nodes and modules below an object, and the object itself, with their paths.

    Parameters
    ----------
    x : object
        A node, a module, a list, tuple or dict; anything else is skipped.
    path : str, default ""
        The path of ``x``.
    above : frozenset of int
        The identities of the objects on the way to ``x``, so that a module that contains itself is entered once.

    Yields
    ------
    path : str
        The path.
    x : Node or Module
        The node or module.
    """
    if isinstance(x, Node):
        yield path, x
        return
    if id(x) in above:
        return
    if isinstance(x, Module):
        yield path, x
        children: Any = vars(x).items()
    elif isinstance(x, dict):
        children = x.items()
    elif isinstance(x, list | tuple):
        children = enumerate(x)
    else:
        return
    above |= {id(x)}
    for key, child in children:
        yield from walk(child, f"{path}.{key}" if path else str(key), above)
