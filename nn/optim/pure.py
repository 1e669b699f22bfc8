"""An optimizer as a pure function, which compile() can write into a program: of gradients, points and all that it remembers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import UnfitError
from nn.optim.optimizer import Optimizer, followed
from nn.optim.transforms import Given, Memory, Transform, scale

Names = list[list[tuple[str, ...]]]  # of each transform and each of its parameters: what it remembers


class Rule:
    """Gradients, points and a state (all rates, the step, all memories in a row) to new points and memories in a row."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.sentences = [(group.transforms, group.parameters) for group in optimizer.groups]
        self.names: list[Names] = [[[tuple(memory) for memory in row] for row in group.memories] for group in optimizer.groups]

    def __call__(self, gradients: Sequence[Any], points: Sequence[Any], state: Sequence[Any]) -> list[Any]:
        moved, memories = self.run(gradients, points, state)
        return [*moved, *(x for memory in memories for x in memory.values())]

    def run(self, gradients: Sequence[Any], points: Sequence[Any], state: Sequence[Any]) -> tuple[list[Any], list[Memory]]:
        """The new points, and the memories."""
        numbers = iter(state)
        words = [self._words(transforms, numbers) for transforms, _ in self.sentences]
        step = next(numbers)
        moved: list[Any] = []
        memories: list[Memory] = []
        for own, names, (_, parameters) in zip(words, self.names, self.sentences, strict=True):
            rows = [[{name: next(numbers) for name in each} for each in row] for row in names]
            part = slice(len(moved), len(moved) + len(parameters))
            rate, updates = followed(own, rows, gradients[part], points[part], step)
            moved += [p - rate * u for p, u in zip(points[part], updates, strict=True)]
            memories += [memory for row in rows for memory in row]
        return moved, memories

    def _words(self, transforms: Sequence[Transform], rates: Iterator[Any]) -> list[Transform]:
        """The words of a sentence, with rates that are given."""
        return [Given(next(rates)) if isinstance(word, scale) else word for word in transforms]


class Plan:
    """The update that an optimizer is, and where what it remembers stands before and after."""

    def __init__(self, optimizer: Optimizer, program: Any) -> None:
        self.optimizer = optimizer
        self.groups = list(optimizer.groups)
        self.parameters = optimizer.parameters
        self.rates = [word for group in self.groups for word in group.transforms if isinstance(word, scale)]
        self.memories: list[Memory] = []
        self.owners: list[int] = []  # of each memory the number of its parameter
        first = 0
        for group in self.groups:
            for row in group.memories:
                self.memories += row
                self.owners += range(first, first + len(row))
            first += len(group.parameters)
        self.sizes = [*map(len, self.memories)]
        self.places = [(memory, name) for memory in self.memories for name in memory]
        self.after: list[tuple[Memory, str]] = []
        self.update = self._updating(program, Rule(optimizer), self.state())

    def _updating(self, program: Any, rule: Rule, state: list[Any]) -> Any:
        """The rule with names for all that goes in and comes out; UnfitError where it remembers what no array holds."""
        if not all(isinstance(x, float) or (isinstance(x, np.ndarray | np.floating) and x.dtype.kind == "f") for x in state):
            raise UnfitError("it remembers other things than floats and arrays of floats")
        try:
            with np.errstate(all="ignore"):
                own = [np.array(x) if isinstance(x, np.ndarray) else x for x in state]  # to which a word may write
                points = [p.numpy() for p in self.parameters]
                _, after = rule.run([np.zeros_like(x) for x in points], points, own)
        except Exception as error:
            raise UnfitError(f"{type(error).__name__}: {error}") from error
        self.after = [(memory, name) for memory, new in zip(self.memories, after, strict=True) for name in new]
        names = [*[("rate", None)] * len(self.rates), ("step", None), *self._named(self.memories)]
        results = [*(("", k) for k in range(len(self.parameters))), *self._named(after)]
        return program.updating(rule, self.parameters, names, state, results)

    def _named(self, memories: Sequence[Memory]) -> list[tuple[str, int | None]]:
        """The names of what is remembered, each with the number of the parameter that it belongs to."""
        return [(name, k) for memory, k in zip(memories, self.owners, strict=True) for name in memory]

    def holds(self) -> bool:
        """Whether the optimizer is what it was when the plan was made, and remembers things of the same names."""
        return (
            self.groups == self.optimizer.groups
            and self.sizes == [*map(len, self.memories)]
            and all(name in memory for memory, name in self.places)
            and not self.update.around.change()
        )

    def state(self) -> list[Any]:
        """The numbers of the next step: rates, the step, and what is remembered."""
        taken = self.optimizer.steps
        return [*(word.at(taken + 1) for word in self.rates), float(taken + 1), *(memory[name] for memory, name in self.places)]

    def move(self, results: Sequence[Any]) -> None:
        """Take what the update gave."""
        self.optimizer.steps += 1
        self.update.move(results)
        for (memory, name), x in zip(self.after, results[len(self.parameters) :], strict=True):
            memory[name] = x
