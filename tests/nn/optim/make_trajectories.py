"""Writes trajectories.json: where PyTorch's optimizers go in 25 steps. Run it where torch is installed: python make_trajectories.py"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("trajectories.json")
STEPS = 25
START = np.array([[1.5, -0.5], [0.25, 2.0], [-1.0, 0.125]])
CURVES = np.array([[3.0, 0.1], [1.0, 0.5], [10.0, 2.0]])

# Our name, our settings, PyTorch's name, its settings.
CASES = {
    "sgd": ("SGD", {"lr": 0.05}, "SGD", {"lr": 0.05}),
    "momentum": (
        "SGD",
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
        "SGD",
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
    ),
    "nesterov": (
        "SGD",
        {"lr": 0.05, "momentum": 0.8, "nesterov": True},
        "SGD",
        {"lr": 0.05, "momentum": 0.8, "nesterov": True},
    ),
    "adagrad": ("Adagrad", {"lr": 0.3, "weight_decay": 0.1}, "Adagrad", {"lr": 0.3, "weight_decay": 0.1}),
    "rmsprop": ("RMSProp", {"lr": 0.02, "rho": 0.9}, "RMSprop", {"lr": 0.02, "alpha": 0.9}),
    "centered": (
        "RMSProp",
        {"lr": 0.01, "momentum": 0.9, "centered": True, "weight_decay": 0.01},
        "RMSprop",
        {"lr": 0.01, "momentum": 0.9, "centered": True, "weight_decay": 0.01},
    ),
    "adam": (
        "Adam",
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.05},
        "Adam",
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.05},
    ),
    "adamw": ("AdamW", {"lr": 0.1, "weight_decay": 0.2}, "AdamW", {"lr": 0.1, "weight_decay": 0.2}),
}


def gradient(p, step):
    """Of an uneven bowl with a ripple, which differs a little from step to step."""
    return CURVES * p + np.sin(3.0 * p) + 0.1 * np.cos(step + np.arange(6.0).reshape(3, 2))


def run_torch_optimizer(name, settings):
    """Every point of one of PyTorch's optimizers."""
    import torch

    p = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, name)([p], **settings)
    points = []
    for step in range(STEPS):
        p.grad = torch.tensor(gradient(p.detach().numpy(), step))
        optimizer.step()
        points.append(p.detach().numpy().copy())
    return np.array(points)


if __name__ == "__main__":
    found = {case: run_torch_optimizer(name, settings).tolist() for case, (_, _, name, settings) in CASES.items()}
    FILE.write_text(json.dumps(found), encoding="utf-8")
