"""Losses: functions of (pred, target) that return a Tensor, and penalties on parameters.

Every loss takes ``reduction``: "mean" (over the samples), "sum" or "none". Predictions are Tensors, arrays, or lists of Values.
The seed texts use two scales of the squared error, and each has its own name: :func:`quadratic` sums ½(a - y)² over the components
of a sample (S0 eq. 1, S2:69), :func:`mse` averages (a - y)² over all entries (S1:93).
"""

from nn.losses.binary import binary_cross_entropy, binary_cross_entropy_with_logits, hinge
from nn.losses.cross_entropy import cross_entropy, kl_divergence, softmax_cross_entropy
from nn.losses.labels import one_hot
from nn.losses.penalties import half_squares, l1, l2, weights
from nn.losses.registry import BY_NAME, Loss, loss
from nn.losses.regression import huber, mae, mse, quadratic

__all__ = [
    "BY_NAME",
    "Loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "half_squares",
    "hinge",
    "huber",
    "kl_divergence",
    "l1",
    "l2",
    "loss",
    "mae",
    "mse",
    "one_hot",
    "quadratic",
    "softmax_cross_entropy",
    "weights",
]
