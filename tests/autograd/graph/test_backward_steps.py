"""The backward pass step by step."""

import numpy as np
import pytest
from hypothesis import given

from autograd import AutogradError, Tensor
from oracles import assert_close
from value_graphs import value_graphs


@given(value_graphs())
def test_the_steps_end_on_the_gradients_of_backward(graph):
    root, leaves = graph
    arrived, complete, visited = {root: 1.0}, {root}, []
    for step in root.backward_steps():
        assert step.node in complete  # its cotangent is complete when its turn comes
        assert step.cotangent == arrived[step.node]
        visited.append(step.node)
        for push in step.pushes:
            arrived[push.source] = push.accumulated
            assert 1 <= push.received <= push.consumers
            if push.complete:
                complete.add(push.source)
    assert len(visited) == len(set(visited))
    assert all(leaf.grad == 0.0 for leaf in leaves)
    root.backward()
    assert all(leaf.grad == arrived.get(leaf, 0.0) for leaf in leaves)
    assert all(node.grad == arrived[node] for node in visited)


def test_steps_of_tensors():
    t = Tensor([1.0, 2.0])
    (last,) = [push for step in (t * 3.0).backward_steps([1.0, 10.0]) for push in step.pushes]
    assert_close(last.contribution, [3.0, 30.0])
    assert last.complete
    assert last.position == 0


def test_the_steps_start_from_one_number():
    with pytest.raises(AutogradError, match=r"backward\(\) starts from one number"):
        Tensor(np.ones(2)).backward_steps()
