"""Small networks on the gradient laboratory: modules, losses, optimizers, metrics, data and a training loop."""

from nn import activations, checkpoint, data, delta, init, losses, metrics, optim, scalar, toys
from nn.modules.dropout import Dropout
from nn.modules.embedding import Embedding
from nn.modules.functional import functional_call, parameters_to_vector, vector_to_parameters
from nn.modules.layers import MLP, Linear, Sequential
from nn.modules.module import Module
from nn.modules.normalisation import LayerNorm, RMSNorm
from nn.optim import SGD, Adagrad, Adam, AdamW, Lion, RMSProp
from nn.training.fit_loop import fit
from nn.training.history import History
from nn.training.training_step import TrainingStep
from nn.training.tuning import Tuning, tune
from nn.training_warning import TrainingWarning

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
