"""What every loss does with its arguments and its result: compare shapes, warn of probabilities, reduce."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Node, SettingError, ShapeError, Tensor
from nn.input_checks import real_tensor
from nn.training_warning import TrainingWarning

# Operations that move numbers and do not change them. A softmax behind any of these still gives probabilities.
SHAPE_OPERATIONS = {
    "concatenate",
    "expand_dims",
    "getitem",
    "positive",
    "ravel",
    "reshape",
    "squeeze",
    "stack",
    "swapaxes",
    "transpose",
}
PROBABILITY_OPERATIONS = ("softmax", "sigmoid")


def as_matching_tensors(pred: Any, target: Any, call: str) -> tuple[Tensor, Tensor]:
    """Convert a prediction and a target to Tensors of one shape. Nothing is broadcast.

    A target of shape (N,) becomes a column for predictions of shape (N, 1), those of a model with one output.

    Parameters
    ----------
    pred, target : Tensor, array_like or list of Value
        Two arrays of one shape.
    call : str
        The name of the caller, for the error message.

    Returns
    -------
    tuple of Tensor
        The prediction and the target.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    a, y = real_tensor(pred, call), real_tensor(target, call)
    if a.shape == (*y.shape, 1) and y.ndim == 1:
        y = y.reshape(a.shape)
    if a.shape != y.shape:
        raise ShapeError(f"{call}: the prediction has shape {a.shape}, but the target has shape {y.shape}; give both one shape")
    return a, y


def reduce_losses(losses: Tensor, reduction: str) -> Tensor:
    """Reduce the losses of the samples to one number.

    Parameters
    ----------
    losses : Tensor, any shape
        One loss per sample, or one per entry.
    reduction : {"mean", "sum", "none"}
        "none" returns the losses unchanged.

    Returns
    -------
    Tensor
        A Tensor of shape (), or ``losses`` for "none".

    Raises
    ------
    SettingError
        If ``reduction`` is not one of the three.
    ShapeError
        If there are no losses to reduce.

    Examples
    --------
    >>> float(reduce_losses(Tensor([1.0, 3.0]), "mean"))
    2.0
    """
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        raise SettingError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    if not losses.size:
        raise ShapeError(f"a loss over no samples has no {reduction}: the predictions have shape {losses.shape}")
    return losses.mean() if reduction == "mean" else losses.sum()


def is_reduced_to_number(pred: Tensor, reduction: str) -> bool:
    """Return whether the losses of a batch become one number: there are some, and they are added or averaged.

    Parameters
    ----------
    pred : Tensor, any shape
        The predictions.
    reduction : str
        As in :func:`reduce_losses`, which raises the errors for other arguments.

    Returns
    -------
    bool
        Whether a loss may be computed as one operation.

    Examples
    --------
    >>> is_reduced_to_number(Tensor([1.0]), "mean"), is_reduced_to_number(Tensor([1.0]), "none")
    (True, False)
    """
    return reduction in ("mean", "sum") and pred.size > 0


def warn_if_probabilities(
    z: Any, call: str, expected: str = "logits", advice: str = "leave it out, since the loss applies its own"
) -> None:
    """Warn if the input of a loss is the output of a softmax or a sigmoid, but should be logits.

    Parameters
    ----------
    z : Tensor or Value
        The input of the loss.
    call : str
        The name of the caller, for the warning.
    expected : str, default "logits"
        What the loss takes.
    advice : str
        What the user should do.

    Warns
    -----
    TrainingWarning
        If ``z`` was computed by softmax or sigmoid, possibly reshaped or indexed afterwards.

    Examples
    --------
    >>> import autograd as ag
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_if_probabilities(ag.softmax(Tensor([1.0, 2.0])), "cross_entropy()")
    >>> str(caught[0].message)
    'cross_entropy() takes logits, but these came out of softmax: leave it out, since the loss applies its own'
    """
    node = z
    while isinstance(node, Node) and node.op is not None and node.op.name in SHAPE_OPERATIONS and node.parents:
        node = node.parents[0]
    if isinstance(node, Node) and node.op is not None and node.op.name in PROBABILITY_OPERATIONS:
        message = f"{call} takes {expected}, but these came out of {node.op.name}: {advice}"
        warnings.warn(message, TrainingWarning, stacklevel=3)
