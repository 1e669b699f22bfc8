"""Diagnostics: signs that something goes wrong in a training run. Each is reported once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from nn.activations import name_of
from nn.modules.mlp import MLP
from nn.modules.module import Module
from nn.training.history import History

# The first two thresholds were measured on 255 runs of networks with two hidden layers of 16 on toy data: 25 epochs of SGD or Adam
# with learning rates from 0.003 to 10. 230 runs ended with a lower loss than that of their first epoch, 25 did not.

# A loss diverges if it is this many times the loss of the first epoch. 9 of 10 runs that learnt stayed below 1.05 times; 4 of 5
# that did not exceeded 10 times. Doubled, 20 times was exceeded by 2 of 3 of these.
DIVERGED = 10.0
# A gradient explodes if its norm is this many times that of the first epoch. 9 of 10 runs that learnt stayed below 4.2 times; 1
# of 3 that did not exceeded 10⁴ times. Divergence is exponential, so that a factor of 2 is a matter of one epoch.
EXPLODED = 1e4
# The gradient of a matrix vanishes if its mean is below this part of the largest mean of a matrix. The derivative of a sigmoid is
# at most 1/4, and 4⁻¹⁰ = 10⁻⁶: ten sigmoid layers reach it. At twice as much, half a layer less does.
VANISHED = 1e-6
# A layer is reported if more than this part of its relu units are 0 for all samples. At twice as much, no layer ever is reported.
DEAD = 0.5
# The number of samples on which units are tested. One that is active for 1 % of the samples is found to be so in 99 % of all cases,
# 1 - 0.99⁵¹²; twice as many samples take twice the time.
SAMPLE = 512


def diagnose(model: Module, history: History, X: Any) -> Iterator[str]:
    """Yield what is going wrong after an epoch.

    Parameters
    ----------
    model : Module
        The model, with the gradients of the last batch.
    history : History
        The history up to this epoch.
    X : ndarray, shape (N, ...)
        The training inputs.

    Yields
    ------
    str
        One message for each sign that shows in this epoch for the first time: divergence of the loss and of the gradient; after
        the first epoch also vanishing gradients and dead relu units.
    """
    loss, norm = history.loss, history.gradient_norm
    if len(loss) > 1 and _is_new((loss > DIVERGED * abs(loss[0])) & (loss > loss[0])):
        yield f"the loss diverges: {loss[-1]:.3g}, where it was {loss.min():.3g}: lower the learning rate, or clip gradients"
    if len(norm) > 1 and norm[0] > 0.0 and _is_new(norm / norm[0] > EXPLODED):
        yield f"the gradient explodes: its norm is {norm[-1]:.3g}, after {norm[0]:.3g} in the first epoch: clip it"
    if history.epochs == 1:
        yield from _find_vanishing_gradients(model)
        yield from _find_dead_units(model, X)


def _is_new(flags: Any) -> bool:
    """Whether the last flag is set, and no flag before."""
    return bool(flags[-1] and not flags[:-1].any())


def _find_vanishing_gradients(model: Module) -> Iterator[str]:
    """Yield the matrices whose gradient is tiny relative to that of others."""
    matrices = [(name, p) for name, p in model.named_parameters() if isinstance(p, Tensor) and p.ndim > 1]
    means = [(name, float(np.mean(np.abs(p.grad)))) for name, p in matrices]
    largest = max((mean for _, mean in means), default=0.0)
    vanishing = [f"{name} ({mean:.1g})" for name, mean in means if mean < VANISHED * largest]
    if vanishing:
        yield f"the gradient vanishes in {', '.join(vanishing)}, and is {largest:.1g} elsewhere: try relu or fewer layers"


def _find_dead_units(model: Module, X: Any) -> Iterator[str]:
    """Yield the layers of an MLP in which most relu units are 0 for all of some samples."""
    if not isinstance(model, MLP) or "relu" not in map(name_of, model.activations):
        return
    with no_grad():
        passes = list(model.passes(np.asarray(X)[:SAMPLE]))
    for k, ((_, a), f) in enumerate(zip(passes, model.activations, strict=True)):
        dead = float(np.mean(np.all(a.numpy() == 0.0, axis=0)))
        if name_of(f) == "relu" and dead > DEAD:
            yield f"{dead:.0%} of the relu units of layers.{k} are dead: 0 for every sample; lower the rate, or initialise anew"
