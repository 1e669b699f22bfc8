"""Losses for binary classification: the cross-entropy of probabilities and of logits, and the hinge loss."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd import OutOfRangeError, Tensor
from nn.losses.checks import as_matching_tensors, reduce_losses, warn_if_probabilities

# The smallest value that a logarithm of a probability may take, the same as in PyTorch's binary_cross_entropy. One confident wrong
# answer costs at most 100. At twice this limit it costs at most 200, and probabilities below e⁻¹⁰⁰ get a gradient again.
LOWEST_LOG = -100.0
SHOWN_TARGETS = 4  # wrong targets in an error message: enough to recognise them. Twice as many make a longer message, no more.


def binary_cross_entropy(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the cross-entropy of probabilities of one class.

    Parameters
    ----------
    pred : Tensor or array_like, any shape
        Probabilities p in [0, 1].
    target : Tensor or array_like, the shape of ``pred``
        Targets y, 0 or 1, or probabilities.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the entries are combined.

    Returns
    -------
    Tensor, shape () or the shape of ``pred``
        -(y log p + (1 - y) log(1 - p)). Each logarithm is at least -100, so that the loss is finite at p = 0 and p = 1.

    Raises
    ------
    OutOfRangeError
        If a prediction is outside [0, 1].
    ShapeError
        If the two shapes differ.
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    See Also
    --------
    binary_cross_entropy_with_logits : Exact where the sigmoid saturates; use it instead of a sigmoid and this function.

    References
    ----------
    S3:52-57 (corrected), for two classes. The lower limit is the one of ``torch.nn.BCELoss``.

    Examples
    --------
    >>> float(binary_cross_entropy([0.5], [1.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    p, y = as_matching_tensors(pred, target, "binary_cross_entropy()")
    if np.any((p.numpy() < 0.0) | (p.numpy() > 1.0)):
        raise OutOfRangeError(
            f"binary_cross_entropy() takes probabilities in [0, 1], not {p.numpy().min():.4g} to {p.numpy().max():.4g}; "
            "for logits use binary_cross_entropy_with_logits()"
        )
    return reduce_losses(-(y * _log_from_below(p) + (1.0 - y) * _log_from_below(1.0 - p)), reduction)


def _log_from_below(p: Tensor) -> Any:
    """Return the larger of log p and LOWEST_LOG; the gradient is 0 where the limit holds."""
    return ag.log(ag.clip(p, float(np.exp(LOWEST_LOG)), None))


def binary_cross_entropy_with_logits(logits: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the cross-entropy of p = σ(z), computed from the logits z in one step.

    Parameters
    ----------
    logits : Tensor or array_like, any shape
        The logits z.
    target : Tensor or array_like, the shape of ``logits``
        Targets y, 0 or 1, or probabilities.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the entries are combined.

    Returns
    -------
    Tensor, shape () or the shape of ``logits``
        softplus(z) - y z. Its derivative is σ(z) - y. Both are finite at logits of ±1000.

    Raises
    ------
    ShapeError
        If the two shapes differ.
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    Warns
    -----
    TrainingWarning
        If the logits are the output of a sigmoid or a softmax.

    References
    ----------
    D07 in docs/seeds.md: loss and activation in one step, δ = p - y.

    Examples
    --------
    >>> float(binary_cross_entropy_with_logits([0.0], [1.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    z, y = as_matching_tensors(logits, target, "binary_cross_entropy_with_logits()")
    warn_if_probabilities(z, "binary_cross_entropy_with_logits()")
    return reduce_losses(ag.softplus(z) - y * z, reduction)


def hinge(scores: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the hinge loss of scores for targets -1 and +1.

    Parameters
    ----------
    scores : Tensor, array_like or list of Value, any shape
        The scores s; their sign is the decision.
    target : Tensor or array_like, the shape of ``scores``
        Targets y, each -1 or +1.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the entries are combined.

    Returns
    -------
    Tensor, shape () or the shape of ``scores``
        max(0, 1 - y s). The derivative at the kink is 0.

    Raises
    ------
    OutOfRangeError
        If a target is neither -1 nor +1.
    ShapeError
        If the two shapes differ.
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    References
    ----------
    The loss of micrograd's demo.

    Examples
    --------
    >>> float(hinge([2.0, 0.0], [1, 1]))
    0.5
    """
    s, y = as_matching_tensors(scores, target, "hinge()")
    if not (np.abs(y.data) == 1.0).all():
        values = sorted(set(y.numpy().ravel().tolist()))
        raise OutOfRangeError(f"hinge() takes targets -1 and +1, not {values[:SHOWN_TARGETS]}")
    return reduce_losses(ag.relu(1.0 - y * s), reduction)
