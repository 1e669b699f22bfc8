"""Losses for classification: cross-entropy of logits, and the Kullback-Leibler divergence of log-probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
from autograd import OutOfRangeError, ShapeError, Tensor, define
from nn.input_checks import real_tensor, within
from nn.losses.checks import as_matching_tensors, reduce_losses, warn_if_probabilities
from nn.losses.labels import one_hot


def _class_terms(xp: Any, z: Any, t: Any) -> Any:
    """Return t (logsumexp(z) - z) for each class. A class of target 0 gives 0, even at a logit of -∞."""
    return xp.where(xp.equal(t, 0.0), 0.0, t * (xp.logsumexp(z, axis=-1, keepdims=True) - z))


def _partial(xp: Any, i: int, z: Any, t: Any) -> Any:
    """Return ∂/∂z = softmax(z) Σt - t for i = 0, which is p - y for a one-hot y (D07), and ∂/∂t = logsumexp(z) - z for i = 1."""
    if i == 0:
        return xp.softmax(z, axis=-1) * xp.sum(t, axis=-1, keepdims=True) - t
    return xp.logsumexp(z, axis=-1, keepdims=True) - z


# -Σ t log softmax(z) over the last axis as one operation: nothing overflows at logits of ±1000, and log 0 is never taken.
_softmax_cross_entropy: Callable[..., Any] = define(
    "softmax_cross_entropy",
    lambda xp, z, t: xp.sum(_class_terms(xp, z, t), axis=-1, keepdims=False),
    vjp=lambda xp, i, g, y, z, t: xp.expand_dims(g, axis=-1) * _partial(xp, i, z, t),
    jvp=lambda xp, i, v, y, z, t: xp.sum(v * _partial(xp, i, z, t), axis=-1, keepdims=False),
)


def softmax_cross_entropy(logits: Any, target: Any) -> Any:
    """Return the cross-entropy of softmax(z) with probabilities y, as one operation.

    :func:`cross_entropy` also takes labels, reduces over the samples, and checks its arguments.

    Parameters
    ----------
    logits : Tensor or array_like, shape (..., K)
        The logits z of K classes.
    target : Tensor or array_like, shape (..., K)
        The probabilities y, such as one-hot rows.

    Returns
    -------
    Tensor or ndarray, shape (...)
        -Σₖ yₖ log softmax(z)ₖ for each sample. The derivative with respect to z is softmax(z) Σₖ yₖ - y.

    Raises
    ------
    ShapeError
        If the two shapes do not broadcast.
    DataError
        If an argument holds something other than real numbers.

    References
    ----------
    S3:52-57 (corrected); the derivative is D07 in docs/seeds.md.

    Examples
    --------
    >>> z = Tensor([[0.0, 0.0]])
    >>> softmax_cross_entropy(z, [[0.0, 1.0]]).sum().backward(); z.grad
    array([[ 0.5, -0.5]])
    """
    return _softmax_cross_entropy(logits, target)


def cross_entropy(
    logits: Any,
    target: Any,
    reduction: str = "mean",
    *,
    smoothing: float = 0.0,
    ignore: int | None = None,
    weight: Any = None,
) -> Tensor:
    """Return the cross-entropy of softmax(z) with the target, computed from the logits z in one step.

    Parameters
    ----------
    logits : Tensor or array_like, shape (K,) or (N, K)
        The logits z of K > 1 classes.
    target : array_like
        Integer labels of shape () or (N,), or one-hot rows or probabilities y of the shape of ``logits``.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the N samples are combined. With ``ignore`` or ``weight``, "mean" divides by the sum of the weights of
        the samples.
    smoothing : float, default 0.0
        Label smoothing ε in [0, 1): the target becomes (1 - ε) y + ε/K.
    ignore : int, optional
        Samples with this label count neither in the sum nor in the mean.
    weight : array_like, shape (K,), optional
        One weight per class.

    Returns
    -------
    Tensor, shape () or (N,)
        -Σₖ yₖ log softmax(z)ₖ. Its gradient with respect to z is p - y, which is finite at logits of ±1000.

    Raises
    ------
    ShapeError
        If the shapes do not fit, if there is only one class, or if no sample has a weight and the mean is asked for.
    OutOfRangeError
        If a label is below 0 or at least K.
    DataError
        If the labels are not integers.
    SettingError
        If ``smoothing`` or ``reduction`` is not one of the above.

    Warns
    -----
    TrainingWarning
        If the logits are the output of a softmax or a sigmoid.

    References
    ----------
    S3:52-57 (corrected); p - y is D07 in docs/seeds.md. Label smoothing: C. Szegedy et al., "Rethinking the Inception Architecture
    for Computer Vision" (2016).

    Examples
    --------
    >>> float(cross_entropy([[0.0, 0.0]], [1]))  # doctest: +ELLIPSIS
    0.693147...
    >>> float(cross_entropy([[0.0, 0.0], [9.0, 0.0]], [1, -1], ignore=-1))  # doctest: +ELLIPSIS
    0.693147...
    """
    z = real_tensor(logits, "cross_entropy()")
    _check_logits(z)
    warn_if_probabilities(z, "cross_entropy()")
    smoothing = within("smoothing", smoothing, 0.0, 1.0)
    if not smoothing and ignore is None and weight is None:
        return reduce_losses(_softmax_cross_entropy(z, _one_hot_like(z, target)), reduction)
    return _weighted_cross_entropy(z, target, reduction, smoothing, ignore, weight)


def _check_logits(z: Tensor) -> None:
    """Raise ShapeError unless there are at least two classes."""
    if not z.ndim or not z.shape[-1]:
        raise ShapeError(f"cross_entropy() takes logits of shape (K,) or (N, K), not {z.shape}")
    if z.shape[-1] == 1:
        raise ShapeError(
            f"cross_entropy() of a single class is always 0: the logits have shape {z.shape}. For a yes-or-no output use "
            f"binary_cross_entropy_with_logits, or give the model one output per class"
        )


def _weighted_cross_entropy(z: Tensor, target: Any, reduction: str, smoothing: float, ignore: int | None, weight: Any) -> Tensor:
    """Return the cross-entropy with label smoothing, ignored samples or class weights."""
    classes = z.shape[-1]
    mask = np.ones(z.shape[:-1])
    if ignore is not None:
        mask, target = _mask_ignored(z, target, ignore)
    y = _one_hot_like(z, target)
    class_weights = _class_weights(weight, classes)
    sample_weights = mask if weight is None else (y * class_weights).sum(axis=-1) * mask
    smoothed = (1.0 - smoothing) * y + smoothing / classes
    losses = _softmax_cross_entropy(z, smoothed * (class_weights * mask[..., None]))
    if reduction != "mean":
        return reduce_losses(losses, reduction)
    return _mean(losses, sample_weights)


def _mask_ignored(z: Tensor, target: Any, ignore: int) -> tuple[Any, Any]:
    """Return 1 for samples that count and 0 for the others, and labels in which the others have label 0."""
    labels = target.data if isinstance(target, Tensor) else target
    if not hasattr(labels, "__array_function__"):  # traced labels must stay traced
        labels = np.asarray(labels)
    if labels.shape != z.shape[:-1]:
        raise ShapeError(f"cross_entropy(ignore=) takes labels of shape {z.shape[:-1]}, not {labels.shape}")
    is_ignored = labels == ignore
    return np.where(is_ignored, 0.0, 1.0), np.where(is_ignored, 0, labels)


def _class_weights(weight: Any, classes: int) -> Any:
    weights = np.ones(classes) if weight is None else np.asarray(weight, dtype=float)
    if weights.shape != (classes,):
        raise ShapeError(f"cross_entropy(weight=) takes one weight for each of {classes} classes, not shape {weights.shape}")
    return weights


def _mean(losses: Tensor, sample_weights: Any) -> Tensor:
    """Return the sum of the weighted losses over the sum of the weights."""
    total = sample_weights.sum()
    if not (total.numpy() if isinstance(total, Tensor) else total):
        raise ShapeError("cross_entropy(): no sample has a weight, so there is no mean")
    mean: Tensor = losses.sum() / total
    return mean


def _one_hot_like(z: Tensor, target: Any) -> Any:
    """Return the target in the shape of the logits: a Tensor, or for plain labels an array."""
    if np.shape(target) == z.shape:
        return real_tensor(target, "cross_entropy()")
    if isinstance(target, np.ndarray) and target.dtype == object:
        target = real_tensor(target, "cross_entropy()")
    labels = target.data if isinstance(target, Tensor) else target
    if np.shape(labels) != z.shape[:-1]:
        raise ShapeError(
            f"cross_entropy(): logits of shape {z.shape} take labels of shape {z.shape[:-1]} or one-hot rows of shape {z.shape}, "
            f"not {np.shape(labels)}"
        )
    rows = one_hot(labels, z.shape[-1])
    if type(rows) is np.ndarray:
        rows.flags.writeable = False  # so that the graph keeps it without a copy
        return rows
    return real_tensor(rows, "cross_entropy()")


def kl_divergence(log_q: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the Kullback-Leibler divergence of predicted log-probabilities from target probabilities.

    Parameters
    ----------
    log_q : Tensor or array_like, shape (K,) or (N, K)
        Log-probabilities, such as ``log_softmax`` returns.
    target : Tensor or array_like, the shape of ``log_q``
        Probabilities p.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the divergences of the N samples are combined.

    Returns
    -------
    Tensor, shape () or (N,)
        Σₖ pₖ (log pₖ - log qₖ), where 0 log 0 counts as 0.

    Raises
    ------
    OutOfRangeError
        If a target is negative.
    ShapeError
        If the two shapes differ.
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    Warns
    -----
    TrainingWarning
        If ``log_q`` is the output of a softmax or a sigmoid.

    References
    ----------
    S. Kullback and R. A. Leibler, "On Information and Sufficiency", Annals of Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> float(kl_divergence(np.log([0.5, 0.5]), [1.0, 0.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    q, p = as_matching_tensors(log_q, target, "kl_divergence()")
    if np.any(p.numpy() < 0.0):
        raise OutOfRangeError(f"kl_divergence() takes probabilities as target, not {p.numpy().min():.4g}")
    warn_if_probabilities(q, "kl_divergence()", "logarithms of probabilities", "pass log_softmax of the logits")
    terms = p * (ag.log(ag.where(p.numpy() > 0.0, p, 1.0)) - q)
    return reduce_losses(ag.where(p.numpy() == 0.0, 0.0, terms).sum(axis=-1), reduction)
