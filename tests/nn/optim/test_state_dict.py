"""An optimizer goes on from its state dict."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

spec = importlib.util.spec_from_file_location("make_trajectories", Path(__file__).with_name("make_trajectories.py"))


make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)


@pytest.mark.parametrize("case", list(make.CASES))
def test_an_optimizer_goes_on_from_its_state_dict(case):
    name, settings, *_ = make.CASES[case]

    def run(steps, state=None, start=None):
        p = Tensor(make.START if start is None else start)
        v = Value(1.0 if start is None else 0.5)
        optimizer = getattr(nn, name)([p, v], **settings)
        if state is not None:
            optimizer.load_state_dict(state)
        for _ in range(steps):
            p.grad, v.grad = make.gradient(p.numpy(), optimizer.steps), 0.25
            optimizer.step()
        return p.numpy(), optimizer.state_dict()

    whole, _ = run(9)
    half, state = run(4)
    rest, end = run(5, state, half)
    assert np.array_equal(rest, whole)
    assert int(end["steps"]) == 9
