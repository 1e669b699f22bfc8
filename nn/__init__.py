"""Small networks on the gradient laboratory: modules, losses, optimizers, metrics, data and a training loop."""

from nn import activations, data, init, losses, metrics, optim, scalar
from nn.layers import MLP, Linear, Sequential
from nn.module import Module
from nn.optim import SGD, Adam
from nn.train import History, fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Linear",
    "Module",
    "Sequential",
    "activations",
    "data",
    "fit",
    "init",
    "losses",
    "metrics",
    "optim",
    "scalar",
]
