"""Health: what may be going wrong in a training run, in words, each told once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from nn.activations import name_of
from nn.modules.layers import MLP
from nn.modules.module import Module
from nn.training.history import History

VANISHED = 1e-6  # of the largest mean gradient of a matrix, and what the smallest may be
EXPLODED = 1e4  # times the gradient norm of the first epoch
DIVERGED = 10.0  # times the loss of the first epoch
SAMPLE = 512


def ailments(model: Module, history: History, X: Any) -> Iterator[str]:
    """What to tell after an epoch: each ailment when it first shows."""
    loss, norm = history.loss, history.gradient_norm
    if len(loss) > 1 and _newly((loss > DIVERGED * abs(loss[0])) & (loss > loss[0])):
        yield f"the loss diverges: {loss[-1]:.3g}, where it was {loss.min():.3g}: lower the learning rate, or clip gradients"
    if len(norm) > 1 and norm[0] > 0.0 and _newly(norm / norm[0] > EXPLODED):
        yield f"the gradient explodes: its norm is {norm[-1]:.3g}, after {norm[0]:.3g} in the first epoch: clip it"
    if history.epochs == 1:
        yield from _vanished(model)
        yield from _dead(model, X)


def _newly(bad: Any) -> bool:
    """Whether the last epoch is the first of which that holds."""
    return bool(bad[-1] and not bad[:-1].any())


def _vanished(model: Module) -> Iterator[str]:
    """Matrices whose gradient is tiny beside that of others."""
    found = [(name, p) for name, p in model.named_parameters() if isinstance(p, Tensor) and p.ndim > 1]
    matrices = [(name, float(np.mean(np.abs(p.grad)))) for name, p in found]
    most = max((mean for _, mean in matrices), default=0.0)
    gone = [f"{name} ({mean:.1g})" for name, mean in matrices if mean < VANISHED * most]
    if gone:
        yield f"the gradient vanishes in {', '.join(gone)}, beside {most:.1g} elsewhere: try relu or fewer layers"


def _dead(model: Module, X: Any) -> Iterator[str]:
    """Layers of a network most of whose relu units are 0 for all of some samples."""
    if not isinstance(model, MLP) or "relu" not in map(name_of, model.activations):
        return
    with no_grad():
        for k, ((_, a), f) in enumerate(zip(model.passes(np.asarray(X)[:SAMPLE]), model.activations, strict=True)):
            dead = float(np.mean(np.all(a.numpy() == 0.0, axis=0)))
            if name_of(f) == "relu" and dead > 0.5:
                yield f"{dead:.0%} of the relu units of layers.{k} are dead: 0 for every sample; lower the rate, or initialise anew"
