"""Small networks on the gradient laboratory: modules, losses, optimizers, metrics, data and a training loop."""

from nn import activations, checkpoint, data, delta, init, losses, metrics, optim, scalar, toys
from nn.functional import functional_call, parameters_to_vector, vector_to_parameters
from nn.health import TrainingWarning
from nn.history import History
from nn.layers import MLP, Dropout, Embedding, LayerNorm, Linear, RMSNorm, Sequential
from nn.module import Module
from nn.optim import SGD, Adagrad, Adam, AdamW, Lion, RMSProp
from nn.stepping import TrainingStep
from nn.train import fit
from nn.tuning import Tuning, tune

__all__ = [
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Dropout",
    "Embedding",
    "History",
    "LayerNorm",
    "Linear",
    "Lion",
    "Module",
    "RMSNorm",
    "RMSProp",
    "Sequential",
    "TrainingStep",
    "TrainingWarning",
    "Tuning",
    "activations",
    "checkpoint",
    "data",
    "delta",
    "fit",
    "functional_call",
    "init",
    "losses",
    "metrics",
    "optim",
    "parameters_to_vector",
    "scalar",
    "toys",
    "tune",
    "vector_to_parameters",
]
