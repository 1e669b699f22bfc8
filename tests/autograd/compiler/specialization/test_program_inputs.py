"""Inputs of programs: their names and their order."""

from autograd import Tensor, Value, compile
from autograd.compiler.specialization.specialization import find_common_name


def test_captured_tensors_keep_their_names():
    W, x = Tensor([[1.0, 2.0], [3.0, 4.0]], name="weights"), Tensor([1.0, -1.0])
    step = compile(lambda: (W @ x).sum())
    assert step().data == -2.0
    assert "def value_and_gradients(weights, b1):" in step.source


def test_names_of_several_nodes_are_joined_before_their_numbers():
    assert find_common_name([Value(0.0, name="w_1"), Value(0.0, name="w_12")]) == "w"
    assert find_common_name([Value(0.0, name="v1"), Value(0.0, name="w1")]) == ""
    assert find_common_name([Value(0.0, name="layer.W")]) == "layer_W"
    assert find_common_name([Value(0.0)]) == ""
