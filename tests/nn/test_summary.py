"""summary lists modules, shapes and parameters, and leaves the network as it was."""

import numpy as np
import pytest

import nn
from autograd import Value


def test_shapes_are_those_of_a_forward_pass():
    model = nn.Sequential(nn.Conv1d(2, 3, 3, rng=0), nn.BatchNorm(3), "relu", nn.Flatten(), nn.Linear(12, 2, rng=1))
    model.steps[1].eval()
    lines = nn.summary(model, np.ones((4, 2, 6))).splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "path",
        "-",
        "steps.0",
        "steps.1",
        "steps.3",
        "steps.4",
        "53 parameters, and 6 constant numbers",
    ]
    assert [line[line.index("(") : line.index(")") + 1] for line in lines[1:-1]] == [
        "(4, 2)",
        "(4, 3, 4)",
        "(4, 3, 4)",
        "(4, 12)",
        "(4, 2)",
    ]
    assert [line.split()[-1] for line in lines[1:-1]] == ["53", "21", "6", "0", "26"]
    assert "forward" not in vars(model)
    assert (model.training, model.steps[1].training) == (True, False)


def test_without_an_input_no_pass_is_made():
    model = nn.RNN(nn.LSTMCell(2, 3))
    lines = nn.summary(model).splitlines()
    assert lines[2].split() == ["cell", "LSTMCell", "-", "84"]
    assert "(5, 3), (5, 3), (5, 3)" in nn.summary(model, np.ones((5, 4, 2)))
    assert nn.summary(nn.MLP([784, 1000, 10])).splitlines()[1].split("  ")[-1].strip() == "795 010"


class Total(nn.Module):
    """A module that returns a Value, or a plain array."""

    def __init__(self, is_plain):
        super().__init__()
        self.is_plain = is_plain

    def forward(self, x):
        return np.ones((2, 3)) if self.is_plain else Value(1.0)


@pytest.mark.parametrize(("is_plain", "shape"), [(False, "()"), (True, "(2, 3)")])
def test_outputs_may_be_values_and_plain_arrays(is_plain, shape):
    assert f" {shape} " in nn.summary(Total(is_plain), np.ones(3)).splitlines()[1]


def test_an_error_in_the_pass_leaves_the_network_as_it_was():
    model = nn.Linear(2, 1)
    with pytest.raises(nn.losses.checks.ShapeError):
        nn.summary(model, np.ones(3))
    assert "forward" not in vars(model)
