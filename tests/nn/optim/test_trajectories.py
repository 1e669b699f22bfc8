"""Optimizers go where PyTorch's go."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

spec = importlib.util.spec_from_file_location("make_trajectories", Path(__file__).with_name("make_trajectories.py"))


make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)


STORED = json.loads(make.FILE.read_text("utf-8"))


def run_optimizer(name, settings, kind=Tensor):
    """Every point of one of our optimizers."""
    parameters = [Tensor(make.START)] if kind is Tensor else [Value(x) for x in make.START.ravel()]
    optimizer = getattr(nn, name)(parameters, **settings)
    points = []
    for step in range(make.STEPS):
        here = np.reshape([p.data for p in parameters], (3, 2))
        for p, g in zip(
            parameters, [make.gradient(here, step)] if kind is Tensor else make.gradient(here, step).ravel(), strict=True
        ):
            p.grad = g
        optimizer.step()
        points.append(np.reshape([p.data for p in parameters], (3, 2)).copy())
    return np.array(points)


@pytest.mark.parametrize("kind", [Tensor, Value])
@pytest.mark.parametrize("case", list(make.CASES))
def test_optimizers_go_where_those_of_pytorch_go(case, kind):
    name, settings, *_ = make.CASES[case]
    np.testing.assert_allclose(run_optimizer(name, settings, kind), STORED[case], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", list(make.CASES))
def test_the_stored_trajectories_are_those_of_pytorch(case):
    pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    *_, name, settings = make.CASES[case]
    np.testing.assert_allclose(make.run_torch_optimizer(name, settings), STORED[case], rtol=1e-12, atol=1e-14)
