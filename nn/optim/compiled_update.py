"""An optimizer as a pure function, which compile() can write into a program: of gradients, points and all that it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from autograd import ShapeError, UnfitError
from nn.optim.optimizer import Optimizer, followed
from nn.optim.transforms import Given, Memory, is_rate

STEPS = (1, 2, 3, 4, 10, 100)  # in which a rule is held to the words themselves, beside the one that is due


class Rule:
    """Gradients, points and a state (all rates, the step, all memories in a row) to new points and memories in a row.

    It works with copies of the words, which may keep what they like in themselves; rates come from outside.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.words = [deepcopy([None if is_rate(w) else w for w in group.transforms]) for group in optimizer.groups]
        self.counts = [len(group.parameters) for group in optimizer.groups]
        self.names = [[_names(word, row) for word, row in zip(g.transforms, g.memories)] for g in optimizer.groups]

    def __call__(self, gradients: Sequence[Any], points: Sequence[Any], state: Sequence[Any]) -> list[Any]:
        moved, memories = self.run(gradients, points, state)
        return [*moved, *(x for memory in memories for x in memory.values())]

    def run(self, gradients: Sequence[Any], points: Sequence[Any], state: Sequence[Any]) -> tuple[list[Any], list[Memory]]:
        """The new points, and the memories."""
        numbers = iter(state)
        sentences = [[Given(next(numbers)) if word is None else word for word in words] for words in self.words]
        step = next(numbers)
        step = int(step) if isinstance(step, float) else step
        moved: list[Any] = []
        memories: list[Memory] = []
        for words, names, count in zip(sentences, self.names, self.counts, strict=True):
            rows = [[{name: next(numbers) for name in each} for each in row] for row in names]
            part = slice(len(moved), len(moved) + count)
            rate, updates = followed(words, rows, gradients[part], points[part], step)
            moved += [_moved(p, rate * u) for p, u in zip(points[part], updates, strict=True)]
            memories += [memory for row in rows for memory in row]
        return moved, memories


def _names(word: Any, memories: Sequence[Memory]) -> list[tuple[str, ...]]:
    """What a word remembers of each parameter; a rate nothing."""
    return [] if is_rate(word) else [tuple(memory) for memory in memories]


def _moved(point: Any, update: Any) -> Any:
    if np.shape(update) not in ((), np.shape(point)):
        raise ShapeError(f"an update of shape {np.shape(update)} does not fit a parameter of shape {np.shape(point)}")
    return point - update


class Plan:
    """The update that an optimizer is, and where what it remembers stands before and after."""

    def __init__(self, optimizer: Optimizer, program: Any) -> None:
        self.optimizer = optimizer
        self.parameters = optimizer.parameters
        self.groups = [(list(group.transforms), list(group.parameters)) for group in optimizer.groups]
        words = [(group, t, word) for group in optimizer.groups for t, word in enumerate(group.transforms)]
        self.scales = [word for _, _, word in words if is_rate(word)]
        self.others = [word for _, _, word in words if not is_rate(word)]
        self.rows = [(group, t) for group, t, word in words if not is_rate(word)]  # who remembers
        memories = self._memories()
        self.sizes = [*map(len, memories)]
        self.places = [(k, name) for k, memory in enumerate(memories) for name in memory]
        self.last = [memories[k][name] for k, name in self.places]
        self.rates: list[float] = []
        self.renew()
        if not all(isinstance(x, float) or (isinstance(x, np.ndarray | np.floating) and x.dtype.kind == "f") for x in self.last):
            raise UnfitError("it remembers other things than floats and arrays of floats")
        try:
            rule = Rule(optimizer)
            with np.errstate(all="ignore"):
                own = [np.array(x) if isinstance(x, np.ndarray) else x for x in self.state()]  # to which a word may write
                points = [p.numpy() for p in self.parameters]
                _, found = deepcopy(rule).run([np.zeros_like(x) for x in points], points, own)
        except Exception as error:
            raise UnfitError(f"{type(error).__name__}: {error}") from error
        self.after = [(k, name) for k, memory in enumerate(found) for name in memory]
        self.gone = [place for place in self.places if place not in self.after]
        self.update = self._updating(program, rule)

    def _updating(self, program: Any, rule: Rule) -> Any:
        """The rule with names for all that goes in and comes out."""
        number = {id(p): k for k, p in enumerate(self.parameters)}
        owners = [number[id(p)] for group, _ in self.rows for p in group.parameters]
        names = [*[("rate", None)] * len(self.scales), ("step", None), *((name, owners[k]) for k, name in self.places)]
        results = [*(("", k) for k in range(len(self.parameters))), *((name, owners[k]) for k, name in self.after)]
        trials = [[*self.rates, float(step), *self.last] for step in STEPS]
        return program.updating(rule, self.parameters, names, self.state(), results, trials, self.others)

    def holds(self) -> bool:
        """Whether the optimizer is what it was when the plan was made, and remembers what it was left with."""
        now = [(group.transforms, group.parameters) for group in self.optimizer.groups]
        if len(now) != len(self.groups) or not all(map(_same_objects, chain(*now), chain(*self.groups))):
            return False
        return not self.others or (self._remembers(self._memories()) and not self.update.captured_state.describe_change())

    def renew(self) -> None:
        """Ask for the rates of the next step, each once, since a schedule may count."""
        step = self.optimizer.steps + 1
        self.rates = [word.at(step) for word in self.scales]

    def _remembers(self, memories: list[Memory]) -> bool:
        """Whether what is remembered are the very things that were left there."""
        if self.sizes != [*map(len, memories)]:
            return False
        return all(map(is_, [memories[k].get(name) for k, name in self.places], self.last))

    def _memories(self) -> list[Memory]:
        """What is remembered, word by word and parameter by parameter."""
        return [memory for group, t in self.rows for memory in group.memories[t]]

    def state(self) -> list[Any]:
        """The numbers of the next step: rates, the step, and what is remembered."""
        return [*self.rates, float(self.optimizer.steps + 1), *self.last]

    def move(self, results: Sequence[Any]) -> None:
        """Take what the update gave."""
        self.optimizer.steps += 1
        self.update.move(results)
        if not self.others:
            return
        memories = self._memories()
        for k, name in self.gone:
            del memories[k][name]
        for (k, name), x in zip(self.after, results[len(self.parameters) :], strict=True):
            memories[k][name] = x
        if self.places == self.after:
            self.last = list(results[len(self.parameters) :])


def _same_objects(now: Sequence[Any], was: Sequence[Any]) -> bool:
    """Whether two lists hold the very same objects."""
    return len(now) == len(was) and all(map(is_, now, was))
