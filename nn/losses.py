"""Losses: functions of (pred, target) with ``reduction`` "mean" (over samples), "sum" or "none"; penalties on parameters.

Predictions are Tensors, arrays, or lists of Values. The seeds' two scales of the squared error have two names: ``quadratic``
sums ½(a - y)² over the components of a sample (S0 eq. 1, S2:69), ``mse`` averages (a - y)² over everything (S1:93).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import autograd as ag
from autograd import DataError, Node, OutOfRangeError, SettingError, ShapeError, Tensor, define
from nn.activations import name_of
from nn.input_checks import positive, within
from nn.training_warning import TrainingWarning

Loss = Callable[..., Any]

RESHAPING = {"reshape", "ravel", "squeeze", "expand_dims", "transpose", "swapaxes", "getitem", "stack", "concatenate", "positive"}


def warn_of_probabilities(
    z: Any, call: str, wanted: str = "logits", advice: str = "leave it out, since the loss applies its own"
) -> None:
    """TrainingWarning where what a loss takes for logits came out of a softmax or a sigmoid.

    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     warn_of_probabilities(ag.softmax(Tensor([1.0, 2.0])), "cross_entropy()")
    >>> str(told[0].message)
    'cross_entropy() takes logits, but these came out of softmax: leave it out, since the loss applies its own'
    """
    node = z
    while isinstance(node, Node) and node.op is not None and node.op.name in RESHAPING and node.parents:
        node = node.parents[0]
    if isinstance(node, Node) and node.op is not None and node.op.name in ("softmax", "sigmoid"):
        warnings.warn(
            f"{call} takes {wanted}, but these came out of {node.op.name}: {advice}",
            TrainingWarning,
            stacklevel=3,
        )


def _spread(xp: Any, g: Any) -> Any:
    return xp.expand_dims(g, axis=-1)


def _slope(xp: Any, i: int, z: Any, t: Any) -> Any:
    """∂/∂z = softmax(z) Σt - t, which is p - y for a one-hot y (D07); ∂/∂t = logsumexp(z) - z."""
    if i == 0:
        return xp.softmax(z, axis=-1) * xp.sum(t, axis=-1, keepdims=True) - t
    return xp.logsumexp(z, axis=-1, keepdims=True) - z


def _terms(xp: Any, z: Any, t: Any) -> Any:
    """T (logsumexp(z) - z) class by class; a class without weight counts 0, even at a logit of -∞."""
    return xp.where(xp.equal(t, 0.0), 0.0, t * (xp.logsumexp(z, axis=-1, keepdims=True) - z))


# -Σ t log softmax(z) over the last axis in one piece: nothing overflows at logits of ±1000, and no log 0 is taken.
softmax_cross_entropy = define(
    "softmax_cross_entropy",
    lambda xp, z, t: xp.sum(_terms(xp, z, t), axis=-1, keepdims=False),
    vjp=lambda xp, i, g, y, z, t: _spread(xp, g) * _slope(xp, i, z, t),
    jvp=lambda xp, i, v, y, z, t: xp.sum(v * _slope(xp, i, z, t), axis=-1, keepdims=False),
)


# ½ Σ ‖W‖² over any number of arrays in one piece.
half_squares = define(
    "half_squares",
    lambda xp, *W: 0.5 * sum(xp.vdot(w, w) for w in W),
    vjp=lambda xp, i, g, y, *W: g * W[i],
    jvp=lambda xp, i, v, y, *W: xp.sum(v * W[i]),
)


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses of the samples as one number, or as they are.

    >>> float(reduced(Tensor([1.0, 3.0]), "mean"))
    2.0
    """
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        raise SettingError(f"reduction is 'mean', 'sum' or 'none', not {reduction!r}")
    if not losses.size:
        raise ShapeError(f"a loss over no samples has no {reduction}: the predictions have shape {losses.shape}")
    return losses.mean() if reduction == "mean" else losses.sum()


def _pair(pred: Any, target: Any, call: str) -> tuple[Tensor, Tensor]:
    """Prediction and target as Tensors of one shape; nothing is broadcast in silence."""
    a, y = ag.as_tensor(pred, call), ag.as_tensor(target, call)
    if a.shape != y.shape:
        raise ShapeError(f"{call}: the prediction has shape {a.shape}, but the target has shape {y.shape}; give both one shape")
    return a, y


def quadratic(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """½ Σ (a - y)² over the last axis, the components of a sample; then the mean over samples (S0 eq. 1, S2:122).

    ∂/∂a = (a - y)/N. Shapes (K,) for one sample, or (N, K).

    >>> float(quadratic([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]))
    1.5
    """
    a, y = _pair(pred, target, "quadratic()")
    squares = ag.square(a - y) * 0.5
    return reduced(squares.sum(axis=-1) if squares.ndim else squares, reduction)


def mse(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """(a - y)², averaged over samples and components alike (S1:93, without the ½).

    >>> float(mse([1.0, 2.0], [0.0, 0.0]))
    2.5
    """
    a, y = _pair(pred, target, "mse()")
    return reduced(ag.square(a - y), reduction)


def mae(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """|a - y|, averaged over samples and components alike; the derivative at 0 is 0.

    >>> float(mae([1.0, -2.0], [0.0, 0.0]))
    1.5
    """
    a, y = _pair(pred, target, "mae()")
    return reduced(abs(a - y), reduction)


def huber(pred: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """½(a - y)² up to |a - y| = δ, and δ(|a - y| - ½δ) from there on (Huber 1964).

    >>> float(huber([0.5, 3.0], [0.0, 0.0], "sum"))
    2.625
    """
    a, y = _pair(pred, target, "huber()")
    size, delta = abs(a - y), positive("delta", delta)
    near = ag.minimum(size, delta)
    return reduced(near * (size - 0.5 * near), reduction)


def kl_divergence(log_q: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Σ p (log p - log q) over the last axis: how far ``log_q``, such as log_softmax gives, is from the probabilities ``target``.

    0 log 0 is 0. OutOfRangeError where the target holds a negative number.

    >>> float(kl_divergence(np.log([0.5, 0.5]), [1.0, 0.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    q, p = _pair(log_q, target, "kl_divergence()")
    if np.any(p.numpy() < 0.0):
        raise OutOfRangeError(f"kl_divergence() takes probabilities as target, not {p.numpy().min():.4g}")
    warn_of_probabilities(q, "kl_divergence()", "logarithms of probabilities", "pass log_softmax of the logits")
    terms = p * (ag.log(ag.where(p.numpy() > 0.0, p, 1.0)) - q)
    return reduced(ag.where(p.numpy() == 0.0, 0.0, terms).sum(axis=-1), reduction)


def cross_entropy(
    logits: Any,
    target: Any,
    reduction: str = "mean",
    *,
    smoothing: float = 0.0,
    ignore: int | None = None,
    weight: Any = None,
) -> Tensor:
    """-Σ y log softmax(z) (S3:52-57, corrected): ``logits`` (N, K) or (K,), ``target`` labels, one-hot rows or probabilities.

    Softmax and logarithm are one operation: ∂/∂z = p - y (D07), finite at logits of ±1000. ``smoothing`` ε takes (1 - ε) y + ε/K
    for y (Szegedy et al. 2016). Samples labelled ``ignore`` count nowhere, and ``weight`` (K,) weighs the classes: the mean is
    that of the weights. OutOfRangeError names a label that is no class.

    >>> float(cross_entropy([[0.0, 0.0]], [1]))  # doctest: +ELLIPSIS
    0.693147...
    >>> float(cross_entropy([[0.0, 0.0], [9.0, 0.0]], [1, -1], ignore=-1))  # doctest: +ELLIPSIS
    0.693147...
    """
    z = ag.as_tensor(logits, "cross_entropy()")
    if not z.ndim or not z.shape[-1]:
        raise ShapeError(f"cross_entropy() takes logits of shape (K,) or (N, K), not {z.shape}")
    classes = z.shape[-1]
    if classes == 1:
        raise ShapeError(
            f"cross_entropy() over one class is 0 whatever the model says: its logits have shape {z.shape}. For yes or no in one "
            f"output use binary_cross_entropy_with_logits, or give the model one output per class"
        )
    warn_of_probabilities(z, "cross_entropy()")
    smoothing = within("smoothing", smoothing, 0.0, 1.0)
    if not smoothing and ignore is None and weight is None:
        return reduced(softmax_cross_entropy(z, _one_hot_like(z, target)), reduction)
    counts = np.ones(z.shape[:-1])
    if ignore is not None:
        labels = np.asarray(target.data if isinstance(target, Tensor) else target)
        if labels.shape != z.shape[:-1]:
            raise ShapeError(f"cross_entropy(ignore=) takes labels of shape {z.shape[:-1]}, not {labels.shape}")
        counts = np.where(labels == ignore, 0.0, 1.0)
        target = np.where(labels == ignore, 0, labels)
    y = ag.as_tensor(_one_hot_like(z, target), "cross_entropy()")
    per_class = np.ones(classes) if weight is None else np.asarray(weight, dtype=float)
    if per_class.shape != (classes,):
        raise ShapeError(f"cross_entropy(weight=) takes one weight for each of {classes} classes, not shape {per_class.shape}")
    own = counts if weight is None else (y * per_class).sum(axis=-1) * counts  # a sample weighs what its class does
    y = ((1.0 - smoothing) * y + smoothing / classes) * (per_class * counts[..., None])
    losses = softmax_cross_entropy(z, y)
    if reduction != "mean":
        return reduced(losses, reduction)
    whole = own.sum()
    if not (whole.numpy() if isinstance(whole, Tensor) else whole):
        raise ShapeError("cross_entropy(): no sample has a weight, so there is no mean")
    mean: Tensor = losses.sum() / (whole if isinstance(whole, Tensor) else float(whole))
    return mean


def _one_hot_like(z: Tensor, target: Any) -> Any:
    """The target in the shape of the logits."""
    if np.shape(target) == z.shape:
        return ag.as_tensor(target, "cross_entropy()")
    if isinstance(target, np.ndarray) and target.dtype == object:
        target = ag.as_tensor(target, "cross_entropy()")
    y = target.data if isinstance(target, Tensor) else target
    if np.shape(y) != z.shape[:-1]:
        raise ShapeError(
            f"cross_entropy(): logits of shape {z.shape} take labels of shape {z.shape[:-1]} or one-hot rows of shape {z.shape}, "
            f"not {np.shape(y)}"
        )
    return ag.as_tensor(one_hot(y, z.shape[-1]), "cross_entropy()")


def one_hot(labels: Any, classes: int) -> Any:
    """Rows with a one at the label (S0:39): shape (..., K) for labels of shape (...).

    >>> one_hot([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    y = labels if hasattr(labels, "followed") else np.asarray(labels)
    hits = y[..., None] == np.arange(classes)
    if np.sum(hits) != y.size:
        raise _no_label(np.asarray(y), classes)
    return hits * 1.0


def _no_label(y: Any, classes: int) -> Exception:
    """Which of the labels is none."""
    if y.dtype.kind not in "iub" and not (y.dtype.kind == "f" and np.all(np.isfinite(y)) and np.all(y == np.floor(y))):
        return DataError(
            f"labels are integers, not {y.dtype} such as {y.ravel()[:3].tolist()}; for one-hot rows give one per class"
        )
    wrong = y[(y < 0) | (y >= classes)]
    return OutOfRangeError(f"label {int(wrong.flat[0])} is no class: with {classes} classes the labels are 0 to {classes - 1}")


def binary_cross_entropy(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """-(y log p + (1 - y) log(1 - p)) of probabilities p; each logarithm is cut off at -100, so that p = 0 or 1 stays finite.

    Behind a sigmoid, ``binary_cross_entropy_with_logits`` is exact where this one saturates.

    >>> float(binary_cross_entropy([0.5], [1.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    p, y = _pair(pred, target, "binary_cross_entropy()")
    if np.any((p.numpy() < 0.0) | (p.numpy() > 1.0)):
        raise OutOfRangeError(
            f"binary_cross_entropy() takes probabilities in [0, 1], not {p.numpy().min():.4g} to {p.numpy().max():.4g}; "
            "for logits use binary_cross_entropy_with_logits()"
        )
    return reduced(-(y * _log(p) + (1.0 - y) * _log(1.0 - p)), reduction)


def _log(p: Tensor) -> Any:
    """Log p, cut off at -100 with a zero gradient there."""
    floor = float(np.exp(-100.0))
    return ag.log(ag.clip(p, floor, None))


def binary_cross_entropy_with_logits(logits: Any, target: Any, reduction: str = "mean") -> Tensor:
    """softplus(z) - y z, the same of p = σ(z) in one piece: ∂/∂z = σ(z) - y (D07), finite at logits of ±1000.

    >>> float(binary_cross_entropy_with_logits([0.0], [1.0]))  # doctest: +ELLIPSIS
    0.693147...
    """
    z, y = _pair(logits, target, "binary_cross_entropy_with_logits()")
    warn_of_probabilities(z, "binary_cross_entropy_with_logits()")
    return reduced(ag.softplus(z) - y * z, reduction)


def hinge(scores: Any, target: Any, reduction: str = "mean") -> Tensor:
    """max(0, 1 - y s) with targets -1 and +1, as in micrograd's demo; the derivative at the kink is 0.

    >>> float(hinge([2.0, 0.0], [1, 1]))
    0.5
    """
    s, y = _pair(scores, target, "hinge()")
    if not (np.abs(y.data) == 1.0).all():
        raise OutOfRangeError(f"hinge() takes targets -1 and +1, not {sorted(set(y.numpy().ravel().tolist()))[:4]}")
    return reduced(ag.relu(1.0 - y * s), reduction)


def l2(parameters: Iterable[Any]) -> Any:
    """½ Σ W² (S3:46): the penalty Ω; parameters of fewer than two axes, the biases, are left out.

    >>> float(l2([Tensor([[3.0, 4.0]]), Tensor([9.0])]))
    12.5
    """
    return half_squares(*weights(parameters))


def l1(parameters: Iterable[Any]) -> Any:
    """Σ |W|, biases left out.

    >>> float(l1([Tensor([[3.0, -4.0]])]))
    7.0
    """
    first, *rest = [abs(W).sum() for W in weights(parameters)]
    return sum(rest, first)


def weights(parameters: Iterable[Any]) -> list[Tensor]:
    """The parameters of two axes or more: the weights without the biases.

    >>> len(weights([Tensor([[1.0]]), Tensor([1.0])]))
    1
    """
    found = [W for W in parameters if isinstance(W, Tensor) and W.ndim >= 2]
    if not found:
        raise ShapeError("a penalty needs at least one weight matrix among the parameters")
    return found


BY_NAME: dict[str, Loss] = {
    "quadratic": quadratic,
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "kl_divergence": kl_divergence,
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "hinge": hinge,
}


def loss(name: str | Loss) -> Loss:
    """The loss of that name; a function of (pred, target) is used as it is (D08).

    >>> loss("mse") is mse
    True
    """
    if callable(name):
        return name
    if name not in BY_NAME:
        raise SettingError(
            f"no loss is called {name_of(name)!r}: give a function of (pred, target), or one of {', '.join(BY_NAME)}"
        )
    return BY_NAME[name]
