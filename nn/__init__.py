"""Small networks on the gradient laboratory: modules, losses, optimizers, metrics, data and a training loop."""

from nn import activations, callbacks, checkpoint, data, delta, init, losses, metrics, optim, scalar, toys
from nn.modules.attention import MultiHeadAttention, PositionalEncoding, scaled_dot_product_attention
from nn.modules.convolution.layers import Conv1d, Conv2d
from nn.modules.convolution.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from nn.modules.dropout import Dropout
from nn.modules.embedding import Embedding
from nn.modules.functional import functional_call, parameters_to_vector, vector_to_parameters
from nn.modules.layers import Flatten, Linear, Residual, Sequential
from nn.modules.mlp import MLP
from nn.modules.module import Module
from nn.modules.normalisation import BatchNorm, LayerNorm, RMSNorm
from nn.modules.recurrent import RNN, GRUCell, LSTMCell, RNNCell
from nn.optim import SGD, Adagrad, Adam, AdamW, Lion, RMSProp
from nn.summary import summary
from nn.training.fit_loop import fit
from nn.training.history import History
from nn.training.training_step import TrainingStep
from nn.training_warning import TrainingWarning
from nn.tuning.search import tune
from nn.tuning.trials import Trial, Tuning

__all__ = [
    "MLP",
    "RNN",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "History",
    "LSTMCell",
    "LayerNorm",
    "Linear",
    "Lion",
    "MaxPool1d",
    "MaxPool2d",
    "Module",
    "MultiHeadAttention",
    "PositionalEncoding",
    "RMSNorm",
    "RMSProp",
    "RNNCell",
    "Residual",
    "Sequential",
    "TrainingStep",
    "TrainingWarning",
    "Trial",
    "Tuning",
    "activations",
    "callbacks",
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
    "scaled_dot_product_attention",
    "summary",
    "toys",
    "tune",
    "vector_to_parameters",
]
