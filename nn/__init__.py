"""Small networks on the gradient laboratory: modules, losses, optimizers, metrics, data and a training loop."""

from nn import activations, data, init, losses, metrics, optim, scalar
from nn.functional import functional_call, parameters_to_vector, vector_to_parameters
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
    "functional_call",
    "init",
    "losses",
    "metrics",
    "optim",
    "parameters_to_vector",
    "scalar",
    "vector_to_parameters",
]
