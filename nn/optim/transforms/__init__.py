"""The transforms of the usual optimizers, one file each.

A transform changes the gradients of a step. It knows the gradients, the parameters and its own state, but not the learning rate.
"""

from nn.optim.transforms.adagrad import adagrad
from nn.optim.transforms.adam import adam
from nn.optim.transforms.clipping import clip_by_norm, clip_by_value
from nn.optim.transforms.lion import lion
from nn.optim.transforms.momentum import momentum
from nn.optim.transforms.rmsprop import rmsprop
from nn.optim.transforms.weight_decay import weight_decay

__all__ = ["adagrad", "adam", "clip_by_norm", "clip_by_value", "lion", "momentum", "rmsprop", "weight_decay"]
