"""The update of an optimizer as a pure function, so that compile() can make it a part of a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from autograd import ShapeError, UnfitError
from nn.optim.chains import GivenRate, State, is_rate
from nn.optim.optimizer import Group, Optimizer, apply_transforms

# The numbers of the steps at which the program is compared with the transforms themselves, in addition to the step that is due.
# They find a transform that depends on the number of the step in a way that was not traced: on the first ones each alone, as Adam's
# bias correction does; on a warm-up of up to 10; on one of up to 100. Twice as many would find more of these, and would make the
# first call slower: each costs one run of the program and one of the transforms.
TRIAL_STEPS = (1, 2, 3, 4, 10, 100)


class UpdateFunction:
    """A pure function of gradients, parameters and state that returns the new parameters and the new state.

    It works with copies of the transforms, which may keep what they like in themselves. Learning rates are a part of the state.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose update this is.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.transforms: list[list[Any]] = [_copy_transforms(group) for group in optimizer.groups]
        self.counts: list[int] = [len(group.parameters) for group in optimizer.groups]
        self.state_names: list[list[list[tuple[str, ...]]]] = [_state_names(group) for group in optimizer.groups]

    def __call__(self, gradients: Sequence[Any], params: Sequence[Any], state: Sequence[Any]) -> list[Any]:
        """Return the new parameters, and after them the new state, in one list."""
        new_params, new_states = self.run(gradients, params, state)
        return [*new_params, *(x for own in new_states for x in own.values())]

    def run(self, gradients: Sequence[Any], params: Sequence[Any], state: Sequence[Any]) -> tuple[list[Any], list[State]]:
        """Apply the transforms and subtract the updates.

        Parameters
        ----------
        gradients, params : sequence of float or ndarray
            One for each parameter, group by group.
        state : sequence of float or ndarray
            All rates, the number of the step, and the entries of all states.

        Returns
        -------
        new_params : list of float or ndarray
            One for each parameter.
        new_states : list of dict
            The states, transform by transform and parameter by parameter.
        """
        inputs = iter(state)
        groups = [_insert_rates(transforms, inputs) for transforms in self.transforms]
        step = next(inputs)
        step = int(step) if isinstance(step, float) else step
        new_params: list[Any] = []
        new_states: list[State] = []
        for transforms, names, count in zip(groups, self.state_names, self.counts, strict=True):
            states = [[_read_state(entries, inputs) for entries in own] for own in names]
            part = slice(len(new_params), len(new_params) + count)
            rate, updates = apply_transforms(transforms, states, gradients[part], params[part], step)
            new_params += [_subtract(p, rate * u) for p, u in zip(params[part], updates, strict=True)]
            new_states += chain.from_iterable(states)
        return new_params, new_states


def _copy_transforms(group: Group) -> list[Any]:
    """Return copies of the transforms of a group, and None in place of each rate."""
    return deepcopy([None if is_rate(transform) else transform for transform in group.transforms])


def _insert_rates(transforms: Sequence[Any], inputs: Iterator[Any]) -> list[Any]:
    """Return the transforms with the next inputs as rates in place of None."""
    return [GivenRate(next(inputs)) if transform is None else transform for transform in transforms]


def _read_state(entries: Sequence[str], inputs: Iterator[Any]) -> State:
    """Return a state with the next inputs as its entries."""
    return {name: next(inputs) for name in entries}


def _state_names(group: Group) -> list[list[tuple[str, ...]]]:
    """Return the names of the entries of each state of a group. A rate has no states."""
    names: list[list[tuple[str, ...]]] = []
    for transform, states in zip(group.transforms, group.states):
        names.append([] if is_rate(transform) else list(map(tuple, states)))
    return names


def _subtract(param: Any, update: Any) -> Any:
    if np.shape(update) not in ((), np.shape(param)):
        raise ShapeError(f"an update of shape {np.shape(update)} does not fit a parameter of shape {np.shape(param)}")
    return param - update


class CompiledUpdate:
    """The update of an optimizer as a part of a compiled program, and the way of its inputs and results.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer.
    program : object
        What ``compile()`` returned for the loss.

    Attributes
    ----------
    optimizer : Optimizer
        The optimizer.
    update : object
        What ``program.value_and_update`` takes.

    Raises
    ------
    UnfitError
        If the transforms fail, or if a state holds something else than floats and arrays of floats.
    """

    def __init__(self, optimizer: Optimizer, program: Any) -> None:
        self.optimizer = optimizer
        self.parameters: list[Any] = optimizer.parameters
        self._groups = [(list(group.transforms), list(group.parameters)) for group in optimizer.groups]
        numbered = [(group, t, transform) for group in optimizer.groups for t, transform in enumerate(group.transforms)]
        self._rate_transforms = [transform for _, _, transform in numbered if is_rate(transform)]
        self._other_transforms = [transform for _, _, transform in numbered if not is_rate(transform)]
        self._with_states = [(group, t) for group, t, transform in numbered if not is_rate(transform)]
        states = self._states()
        self._state_sizes = [*map(len, states)]
        self._entries = [(k, name) for k, state in enumerate(states) for name in state]  # before the step
        self._values = [states[k][name] for k, name in self._entries]
        if not all(map(_is_float, self._values)):
            raise UnfitError("its state holds something other than floats and arrays of floats")
        self._rates: list[float] = []
        self.read_rates()
        function, new_states = self._make_function()
        self._new_entries = [(k, name) for k, state in enumerate(new_states) for name in state]  # after the step
        self._removed_entries = [entry for entry in self._entries if entry not in self._new_entries]
        self.update: Any = self._make_update(program, function)

    def _make_function(self) -> tuple[UpdateFunction, list[State]]:
        """Return the update as a function, and the new states that it gives for gradients of zero."""
        try:
            function = UpdateFunction(self.optimizer)
            with np.errstate(all="ignore"):
                own = [np.array(x) if isinstance(x, np.ndarray) else x for x in self.inputs()]  # a transform may write to these
                params = [p.numpy() for p in self.parameters]
                _, new_states = deepcopy(function).run([np.zeros_like(x) for x in params], params, own)
        except Exception as error:  # whatever a user's transform raises
            raise UnfitError(f"{type(error).__name__}: {error}") from error
        return function, new_states

    def _make_update(self, program: Any, function: UpdateFunction) -> Any:
        """Return the function with names for all inputs and results, as the source of the program shows them."""
        number = {id(p): k for k, p in enumerate(self.parameters)}
        owners = [number[id(p)] for group, _ in self._with_states for p in group.parameters]
        rates = [("rate", None)] * len(self._rate_transforms)
        names = [*rates, ("step", None), *((name, owners[k]) for k, name in self._entries)]
        parameters = [("", k) for k in range(len(self.parameters))]
        results = [*parameters, *((name, owners[k]) for k, name in self._new_entries)]
        trials = [[*self._rates, float(step), *self._values] for step in TRIAL_STEPS]
        return program.prepare_update(function, self.parameters, names, self.inputs(), results, trials, self._other_transforms)

    def is_current(self) -> bool:
        """Whether the optimizer still has the same transforms and parameters, and the states that the last step left."""
        groups = [(group.transforms, group.parameters) for group in self.optimizer.groups]
        if len(groups) != len(self._groups) or not all(map(_are_same_objects, chain(*groups), chain(*self._groups))):
            return False
        if not self._other_transforms:
            return True
        return self._has_same_states(self._states()) and not self.update.captured_state.describe_change()

    def read_rates(self) -> None:
        """Ask for the rates of the next step. Each schedule is called once a step, since it may count its calls."""
        step = self.optimizer.steps + 1
        self._rates = [rate.at(step) for rate in self._rate_transforms]

    def inputs(self) -> list[Any]:
        """Return the state for the next step: all rates, the number of the step, and the entries of all states."""
        return [*self._rates, float(self.optimizer.steps + 1), *self._values]

    def move(self, results: Sequence[Any]) -> None:
        """Write the results of the program into the parameters and the states.

        Parameters
        ----------
        results : sequence of float or ndarray
            The new parameters, and after them the entries of the new states.
        """
        self.optimizer.steps += 1
        self.update.move(results)
        if not self._other_transforms:
            return
        states = self._states()
        for k, name in self._removed_entries:
            del states[k][name]
        values = list(results[len(self.parameters) :])
        for (k, name), x in zip(self._new_entries, values, strict=True):
            states[k][name] = x
        if self._entries == self._new_entries:
            self._values = values

    def _states(self) -> list[State]:
        """Return the states, transform by transform and parameter by parameter."""
        return [state for group, t in self._with_states for state in group.states[t]]

    def _has_same_states(self, states: list[State]) -> bool:
        """Whether the states hold the very objects that the last step left there."""
        if self._state_sizes != [*map(len, states)]:
            return False
        return all(map(is_, [states[k].get(name) for k, name in self._entries], self._values))


def _is_float(x: Any) -> bool:
    return isinstance(x, float) or (isinstance(x, np.ndarray | np.floating) and x.dtype.kind == "f")


def _are_same_objects(now: Sequence[Any], before: Sequence[Any]) -> bool:
    """Whether two lists hold the very same objects."""
    return len(now) == len(before) and all(map(is_, now, before))
