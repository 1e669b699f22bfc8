"""Which objects are reached from a function."""

import hypothesis

from autograd.compiler.frontend.captured.reachable_state import ReachableState


def test_installed_packages_are_not_walked_unless_the_function_is_from_there():
    settings = hypothesis.settings(max_examples=1)
    reach = ReachableState(lambda: (hypothesis.given, hypothesis.strategies.integers, settings))
    assert len(reach.objects) < 20
    passed = ReachableState(lambda f: f(settings), [hypothesis.given])  # nor one of which something is passed as an argument
    assert len(passed.objects) < 100
    inside = ReachableState(hypothesis.given)  # but what is compiled itself is
    assert len(inside.objects) > 100
