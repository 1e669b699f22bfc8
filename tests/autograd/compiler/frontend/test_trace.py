"""What cannot be traced is refused: random numbers, side effects, and what a program could not repeat."""

import copy
import functools
import itertools
import math
import pickle
import random

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import (
    GraphError,
    Tensor,
    Value,
    compile,
)


def test_a_function_that_differs_from_run_to_run_is_refused():
    counter = [0.0]

    def counting(x):
        counter[0] += 1.0
        return x * counter[0]

    def growing(x):
        counter.append(1.0)
        return sum(x * c for c in counter)

    generator, ticks = np.random.default_rng(0), itertools.count(2)
    p = Value(1.0)

    log, deep, buffer = [], {"a": [{}]}, np.zeros(3)

    class Holder:
        n = 0

        def method(self, x):
            self.n += 1
            return x * 2.0

    holder = Holder()

    def stepping(x):
        p._primal += 1.0
        return p * x

    for f, text in (
        (counting, "the contents of counter have changed"),
        (growing, "the contents of counter have changed"),
        (lambda x: sum(x for _ in range(next(ticks))), r"computed \d+ nodes and then \d+ nodes: it changes something outside"),
        (lambda x: x * random.random(), "draws random numbers"),
        (lambda x: x * np.random.rand(), "draws random numbers"),  # noqa: NPY002 - what people write
        (lambda x: x * generator.random(), "draws random numbers"),
        (lambda x: x * np.random.default_rng().random(), "in one place"),
        (lambda t: (ag.stack([t, t]) * np.random.default_rng().random(2)).sum(), "in one place"),
        (stepping, "changes numbers outside, such as a parameter"),
        (lambda x: x * 2.0 if generator.random() < 1e-9 else x * 3.0, "draws random numbers"),
        (lambda x: [log.append(1), x * 2.0][1], "the contents of log have changed"),
        (lambda x: [deep["a"][0].update({len(deep["a"][0]): 1}), x * 2.0][1], "the contents of deep have changed"),
        (lambda x: [vars(holder).update(n=holder.n + 1), x * 2.0][1], "Holder.n has changed"),
        (lambda x: [buffer.__setitem__(1, buffer[1] + 1.0), x * 2.0][1], "the contents of buffer have changed"),
        (
            functools.partial(lambda acc, x: [acc.append(1), x * 2.0][1], []),
            "the contents of an argument, .* of type list, have changed",
        ),
        (holder.method, "Holder.n has changed"),
        (lambda x, acc=log: [acc.append(1), x * 2.0][1], "the contents of a default of <lambda> have changed"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_random_numbers_and_counters_in_helpers_are_refused():
    rng = np.random.default_rng(0)

    def noise():
        return rng.random() < 0.02

    class Counter:
        n = 0

    def schedule():
        Counter.n += 1
        return 1.0 if Counter.n < 6 else 0.1

    with pytest.raises(GraphError, match="draws random numbers"):
        compile(lambda x: x * 100.0 if noise() else x)(1.0)
    with pytest.raises(GraphError, match=r"changes what it reads while it is traced \(Counter.n has changed\)"):
        compile(lambda x: x * schedule())(1.0)
    drop = nn.Dropout(0.5, rng=0).eval()
    step = compile(lambda: drop(Tensor(np.ones(6))).sum())
    assert float(step()) == 6.0
    drop.train()
    again = np.random.default_rng(0)
    assert [float(step()) for _ in range(2)] == [2.0 * (again.random(6) >= 0.5).sum() for _ in range(2)]


def test_actions_that_a_program_could_not_repeat_are_refused():
    t = Tensor([1.0, 2.0])
    for f, text in (
        (lambda x: (setattr(x, "data", 3.0), x * x)[1], r"assigning the data of this Value \(leaf\) inside a compiled function"),
        (lambda x: (x.move(1.0), x * x)[1], "assigning the data of"),
        (lambda x: (t.move([1.0, 1.0]), x * t.sum())[1], "moving this Tensor"),
        (lambda x: (setattr(t, "data", [0.0, 1.0]), x * t.sum())[1], "assigning the data of this Tensor"),
        (lambda x: ((x * x).backward(), x * x.grad)[1], r"backward\(\) of this Value"),
        (lambda x: copy.copy(x) * x, "copying this Value"),
        (lambda x: copy.deepcopy(t).sum() * x, "copying this Tensor"),
        (lambda x: pickle.loads(pickle.dumps(x)) * x, "pickling this Value"),
        (
            lambda x: compile(lambda: t.sum() * 2.0).value_and_grad()[0] * x,
            r"inside a compiled function needs arguments to differentiate",
        ),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_errors_of_the_function_say_that_it_was_traced():
    with pytest.raises(TypeError) as caught:
        compile(lambda x: np.where(np.isnan(x), 0.0, x).sum())(np.ones(2))
    assert "pass a Tensor" in caught.value.__notes__[0]
    with pytest.raises(TypeError, match="must be real number") as caught:
        compile(lambda x: x * math.floor("1"))(1.0)
    assert caught.value.__notes__ == ["compile(): <lambda> was run on nodes in place of floats and arrays"]
