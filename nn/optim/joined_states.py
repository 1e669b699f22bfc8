"""One update for all small parameters of a group: their gradients and states are joined in vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nn.optim import transforms as rows
from nn.optim.chains import State, Transform, is_rate

# The largest number of entries that are joined. Adam on 1 500 entries in six arrays takes 17 µs joined and 37 µs one by one, and
# on 7 500 entries 41 µs and 53 µs. At 34 000 entries the temporaries leave the cache, and joined is slower: 421 µs for 181 µs.
MOST_JOINED_ENTRIES = 8_192
# NumPy has one such object. To compare types by `is` is ten times as fast as by `==`.
DOUBLE = np.dtype(np.float64)
# Transforms that treat each entry on its own, so that it does not matter in which array the entry is.
ENTRY_BY_ENTRY = {cls.update_one for cls in (rows.clip_by_value, rows.momentum, rows.adam, rows.adagrad, rows.rmsprop, rows.lion)}


def can_join(gradients: Sequence[Any], transforms: Sequence[Transform]) -> bool:
    """Whether gradients may be joined.

    Parameters
    ----------
    gradients : sequence of ndarray, float or node
        The gradients of all parameters of a group.
    transforms : sequence of Transform
        The transforms of the group.

    Returns
    -------
    bool
        True for several arrays of doubles with few entries, and transforms that treat each entry on its own.
    """
    count = 0
    for gradient in gradients:
        if type(gradient) is not np.ndarray or gradient.dtype is not DOUBLE:
            return False
        count += gradient.size
    return len(gradients) > 1 and count <= MOST_JOINED_ENTRIES and all(map(_is_entry_by_entry, transforms))


def _is_entry_by_entry(transform: Transform) -> bool:
    if is_rate(transform):
        return True
    cls = type(transform)
    if cls.update_all is not Transform.update_all:
        return False
    return cls.update_one in ENTRY_BY_ENTRY or cls.update_one is rows.weight_decay.update_one


class JoinedDecay(Transform):
    """A weight decay of joined parameters, without the biases if these are left out.

    Parameters
    ----------
    decay : weight_decay
        The decay of the parameters one by one.
    shapes : list of tuple of int
        The shapes of the parameters.
    """

    def __init__(self, decay: Any, shapes: Sequence[tuple[int, ...]]) -> None:
        self.decay = decay
        self._shapes = shapes
        self._settings: tuple[float, bool] | None = None
        self._rates: Any = 0.0

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        settings = self.decay.rate, self.decay.biases
        if settings != self._settings:  # at the first step, and after the user has changed one
            self._settings = settings
            self._rates = join([np.full(shape, self._rate_of(shape)) for shape in self._shapes])
        return update + self._rates * param if self.decay.rate else update

    def _rate_of(self, shape: tuple[int, ...]) -> float:
        return float(self.decay.rate) if self.decay.biases or len(shape) >= 2 else 0.0


class JoinedStates:
    """The states of the transforms of a group, with the entries of all parameters in one vector.

    Parameters
    ----------
    states : list of dict
        The joined state of each transform.
    shapes : list of tuple of int
        The shapes of the parameters.
    transforms : sequence of Transform, optional
        The transforms of the group.

    Attributes
    ----------
    states : list of dict
        As above.
    transforms : list of Transform
        What the transforms are for joined parameters.
    """

    def __init__(self, states: list[State], shapes: list[tuple[int, ...]], transforms: Sequence[Transform] = ()) -> None:
        self.states: list[State] = states
        self.shapes: list[tuple[int, ...]] = shapes
        self.transforms: list[Transform] = [JoinedDecay(t, shapes) if isinstance(t, rows.weight_decay) else t for t in transforms]
        self._own_transforms: list[Transform] = list(transforms)
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()
        self._slices = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def fits(self, gradients: Sequence[Any], transforms: Sequence[Transform]) -> bool:
        """Whether gradients and transforms are like those for which the states were joined.

        Parameters
        ----------
        gradients : sequence of ndarray, float or node
            The gradients of all parameters of a group.
        transforms : sequence of Transform
            The transforms of the group.

        Returns
        -------
        bool
            Whether they are.
        """
        return transforms == self._own_transforms and all(map(_is_like, gradients, self.shapes))

    def split(self, vector: Any) -> list[Any]:
        """Return a view of each parameter's part of a vector.

        Parameters
        ----------
        vector : ndarray, shape (n,)
            The vector.

        Returns
        -------
        list of ndarray
            The parts, in the shapes of the parameters.
        """
        return [vector[part].reshape(shape) for part, shape in zip(self._slices, self.shapes, strict=True)]

    def split_states(self, states: Sequence[Sequence[State]]) -> None:
        """Write the states into the dict of each parameter.

        Parameters
        ----------
        states : sequence of sequence of dict
            ``states[t][k]`` is the state of transform ``t`` for parameter ``k``. It is replaced.
        """
        for joined, own in zip(self.states, states, strict=True):
            for name, vector in joined.items():
                for state, part in zip(own, self.split(vector), strict=True):
                    state[name] = part.copy()


def join_states(
    states: Sequence[Sequence[State]], shapes: list[tuple[int, ...]], transforms: Sequence[Transform] = ()
) -> JoinedStates | None:
    """Join the states of all parameters.

    Parameters
    ----------
    states : sequence of sequence of dict
        ``states[t][k]`` is the state of transform ``t`` for parameter ``k``.
    shapes : list of tuple of int
        The shapes of the parameters.
    transforms : sequence of Transform, optional
        The transforms.

    Returns
    -------
    JoinedStates or None
        None if parameters have different entries, or an entry is not an array of doubles in the shape of its parameter.

    Examples
    --------
    >>> joined = join_states([[{"m": np.ones(2)}, {"m": np.zeros((1, 1))}]], [(2,), (1, 1)])
    >>> joined.states
    [{'m': array([1., 1., 0.])}]
    """
    joined: list[State] = []
    for own in states:
        names = list(own[0])
        if len(own) != len(shapes) or any(list(state) != names for state in own):
            return None
        if not all(_is_like(state[name], shape) for state, shape in zip(own, shapes, strict=True) for name in names):
            return None
        joined.append({name: join([state[name] for state in own]) for name in names})
    return JoinedStates(joined, shapes, transforms)


def _is_like(x: Any, shape: tuple[int, ...]) -> bool:
    return type(x) is np.ndarray and x.dtype is DOUBLE and x.shape == shape


def join(arrays: Sequence[Any]) -> Any:
    """Return the entries of all arrays in one vector.

    Parameters
    ----------
    arrays : sequence of ndarray
        The arrays.

    Returns
    -------
    ndarray, shape (n,)
        A new array.

    Examples
    --------
    >>> join([np.ones((1, 2)), np.zeros(1)])
    array([1., 1., 0.])
    """
    return np.concatenate([a.ravel() for a in arrays])
