"""Optimizers: chains of small transforms of the gradient, and the usual chains under their usual names.

Examples
--------
>>> from autograd import Value
>>> w = Value(1.0); (w * w).backward()
>>> Optimizer([w], chain(clip_by_norm(1.0), scale(0.5))).step(); w.data
0.5
"""

from nn.optim.chains import Transform, chain, scale
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, Lion, RMSProp
from nn.optim.schedules import constant, cosine, exponential, one_cycle, step_decay, warmup
from nn.optim.transforms import adagrad, adam, clip_by_norm, clip_by_value, lion, momentum, rmsprop, weight_decay

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Lion",
    "Optimizer",
    "RMSProp",
    "Transform",
    "adagrad",
    "adam",
    "chain",
    "clip_by_norm",
    "clip_by_value",
    "constant",
    "cosine",
    "exponential",
    "lion",
    "momentum",
    "one_cycle",
    "rmsprop",
    "scale",
    "step_decay",
    "warmup",
    "weight_decay",
]
