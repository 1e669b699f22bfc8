"""What counts as a change of captured state, and what does not."""

import types
from collections import deque
from copy import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import (
    Tensor,
    Value,
    compile,
)
from autograd.compiler.frontend.captured.captured_state import CapturedState, compare_in_c, compare_one_by_one, is_same
from autograd.state.engine import native

SHARED = Value(2.0)


def test_attributes_and_globals_that_the_function_does_not_use_may_change():
    class Trainer:
        def __init__(self):
            self.w, self.rate, self.epoch, self.losses = Value(2.0), 0.1, 0, []
            self.step = compile(self.loss)

        def loss(self):
            return self.w * self.rate

        def train(self):
            for _ in range(6):
                self.losses.append(self.step().data)
                self.epoch += 1

    trainer = Trainer()
    trainer.train()
    assert trainer.step.traces == 1
    trainer.rate = 0.5
    trainer.train()
    assert (trainer.step.traces, trainer.losses[-1]) == (2, 1.0)

    globals()["losses"] = {}  # the name of an attribute, too
    named = compile(lambda x: nn.losses.mse(x, [0.0]))
    for k in range(6):
        globals()["losses"] = {k: k}
        assert float(named(Tensor([2.0]))) == 4.0
    assert named.traces == 1

    class Made:
        def __init__(self, x):
            self.y = x * SHARED

    made = compile(lambda x: Made(x).y)
    assert made(1.0).data == SHARED.data
    globals()["SHARED"] = Value(4.0)
    assert made(1.0).data == 4.0


def test_equal_numbers_and_unused_attributes_are_no_change():
    trainer = types.SimpleNamespace(w=Value(2.0), rate=0.1, epoch=0, losses=[])
    trainer.step = compile(lambda: trainer.w * trainer.rate)
    for k in range(6):
        trainer.losses.append(trainer.step().data)
        trainer.epoch = k
        trainer.rate = float("0.1")
    assert trainer.step.traces == 1
    rows = [0.0] * 100_001  # too many to be compared
    everything = CapturedState(lambda: rows)
    rows[5] = 1.0
    assert everything.describe_change() == ""
    mark = np.array([1.0])
    many = [mark, Value(1.0)]
    pair = compile(lambda: many[0] * many[1])
    pair()
    many[0] = np.array([1.0, 2.0])
    assert pair()[1].data == 2.0


def test_a_change_that_is_undone_before_it_is_described_still_counts(monkeypatch):
    watch = CapturedState(lambda: SHARED)
    monkeypatch.setattr(watch, "_is_unchanged", lambda: False)  # as when another thread is at work
    assert watch.describe_change() == "something that it reads has changed"


def test_a_list_that_became_shorter_has_changed():
    rows = [np.ones(3), Value(2.0)]
    watch = CapturedState(lambda: rows[-1] * 1.0, nodes=[rows[1]])
    assert watch.describe_change() == ""
    del rows[0]
    assert watch.describe_change() == "the contents of rows have changed"


def test_a_closure_variable_may_be_unbound_when_the_function_is_traced():
    def make():
        def f():
            return w * later if w.data < 0 else w * 1.0

        w = Value(2.0)
        step = compile(f)
        assert step().data == 2.0
        later = Value(3.0)
        return step, later

    step, _ = make()
    assert step().data == 2.0


def test_a_closure_variable_that_is_deleted_has_changed():
    w = Value(2.0)

    def f():
        return w * 1.0  # noqa: F821 - unbound below, which is what this is about

    watch = CapturedState(f, nodes=[w])
    del w
    with pytest.raises(NameError):
        f()
    assert watch.describe_change() == "the name w has changed"


def test_cycles_and_deep_nesting_are_compared_in_finite_time():
    node = Value(1.0)
    ring = [node]
    ring.append(ring)
    watch = CapturedState(lambda: ring[0] * 1.0, nodes=[node])
    assert watch.describe_change() == ""
    words = np.array(["a", "b"], dtype=object)
    assert CapturedState(lambda: [words, ring[0]], nodes=[node]).describe_change() == ""
    deep = node
    for _ in range(40):
        deep = [deep]
    assert CapturedState(lambda: deep, nodes=[node]).describe_change() == ""


def test_containers_of_equal_numbers_are_the_same_but_not_those_of_other_nodes():
    w = Value(1.0)
    assert is_same([{"a": (1.0, "b")}, {2.0}], [{"a": (1.0, "b")}, {2.0}])
    assert not is_same({"a": w}, {"a": Value(1.0)})
    assert not is_same([1.0], (1.0,))


COMPARISONS = [compare_one_by_one] if native is None else [compare_one_by_one, compare_in_c]


@pytest.mark.parametrize("have_same_entries", COMPARISONS)
@given(rows=st.lists(st.lists(st.integers(0, 2), max_size=3), min_size=1, max_size=4), place=st.integers(0, 3))
def test_sequences_are_the_same_if_their_numbers_are_equal_and_their_nodes_are_the_same(have_same_entries, rows, place):
    nodes = [Value(float(k)) for k in range(3)]
    now: list = [[nodes[k] for k in row] + [0.5, "text"] for row in rows] + [deque(nodes)]
    saved = [copy(row) for row in now]
    changed = now[place % len(now)]
    assert have_same_entries(now, saved)
    changed[-2 if isinstance(changed, list) else 0] = float("0.5") if isinstance(changed, list) else nodes[0]
    assert have_same_entries(now, saved)  # an equal number, in another object
    changed.append(nodes[0])
    assert not have_same_entries(now, saved)
    changed.pop()
    changed[0] = Value(changed[0].data if isinstance(changed[0], Value) else 0.0)
    assert not have_same_entries(now, saved)  # an equal node


def test_a_tuple_of_lists_is_compared_by_what_the_lists_hold():
    w = Value(2.0)
    rows = ([w, 1.0], [3.0])
    step = compile(lambda x: x * rows[0][0] * rows[1][0])
    assert step(1.0).data == 6.0
    rows[1][0] = 4.0
    assert (step(1.0).data, step.traces) == (8.0, 2)
