"""A call runs the first specialization that is right for it, and no specialization is tried twice."""

from autograd import compile
from autograd.compiler.frontend.captured.captured_state import CapturedState


def test_a_specialization_whose_guard_fails_is_tried_once(monkeypatch):
    step = compile(lambda x: x if x > 0 else -x)
    step(1.0)
    tried = []
    describe_change = CapturedState.describe_change
    monkeypatch.setattr(CapturedState, "describe_change", lambda self: tried.append(self) or describe_change(self))
    assert step(-2.0) == 2.0
    assert step.traces == 2
    assert tried.count(tried[0]) == 1


def test_a_specialization_that_another_thread_has_added_is_used(monkeypatch):
    step = compile(lambda x: x * x)
    step(1.0)
    cache = step._dispatcher.cache
    find, before = cache.find, [[]]  # nothing is found at first
    monkeypatch.setattr(cache, "find", lambda signature: before.pop() if before else find(signature))
    assert step(3.0) == 9.0
    assert step.traces == 1
