"""max() and min() of Python inside a traced function."""

import pytest

from autograd import GraphError, Tensor, compile


def test_max_and_min_of_plain_values_are_the_built_in_functions():
    found = []

    def f(x):
        found.append((max(3, 1), min([2, 4]), max("ab"), max([], default=7), max((1, 2), key=lambda v: -v), min([], default=8)))
        return x * max(x.data, 1.0) * min(i for i in (1.0, 2.0))

    for _ in range(2):
        with pytest.raises(GraphError, match=r"changes what it reads while it is traced \(the contents of found have changed\)"):
            compile(f)(2.0)
    assert set(found) == {(3, 2, "b", 7, 1, 8)}
    assert max is __builtins__["max"] if isinstance(__builtins__, dict) else __builtins__.max
    with pytest.raises(ValueError, match="truth value of an array"):
        compile(lambda t: t.sum() * max([t.data, 1.0]))(Tensor([1.0, 2.0]))
