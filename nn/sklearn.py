"""Networks as estimators of scikit-learn, for pipelines, cross-validation and grid searches. They are thin over :func:`nn.fit`.

This module needs scikit-learn, and ``import nn`` does not import it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from autograd import SettingError, no_grad, sigmoid, softmax

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state, compute_sample_weight
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data
except ImportError as error:  # pragma: no cover - the tests have scikit-learn
    raise ImportError("nn.sklearn needs scikit-learn 1.6 or newer: pip install scikit-learn") from error

import nn.losses
import nn.optim
from nn.input_checks import positive, positive_integer, within
from nn.modules.mlp import MLP
from nn.training.fit_loop import fit
from nn.training.history import History
from nn.training.training_step import TrainingStep

Array = npt.NDArray[Any]

# The largest number of samples in a batch if none is given, as in scikit-learn's MLPClassifier. At twice as much, an epoch of a
# large set takes half as many steps.
LARGEST_AUTOMATIC_BATCH = 200
LARGEST_SEED = 2**31 - 1  # the largest seed that is drawn from random_state: any integer of 31 bits


class _Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """What both estimators share: the parameters, the training, and the forward pass."""

    _loss: str

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        optimizer: str = "Adam",
        learning_rate: float = 1e-3,
        alpha: float = 1e-4,
        batch_size: int | str | None = None,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        compiled: bool | str = "auto",
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.compiled = compiled
        self.random_state = random_state
        self.verbose = verbose

    def _start(self, n_outputs: int, count: int, weight: float) -> None:
        """Make the model and its optimizer."""
        rng = check_random_state(self.random_state)
        self._rng = np.random.default_rng(rng.randint(LARGEST_SEED))
        sizes = [self.n_features_in_, *self._hidden_widths(), n_outputs]
        self.model_: MLP = MLP(sizes, hidden=self.activation, rng=self._rng)
        self._optimizer = self._make_optimizer(self._size_of_batches(count) * weight / count)
        self.n_iter_: int = 0

    def _make_optimizer(self, weight_of_batch: float) -> Any:
        """Return the optimizer; the penalty is ½ alpha ‖W‖² / N of a batch, without biases, as scikit-learn's."""
        names = ("SGD", "Adagrad", "RMSProp", "Adam")
        if self.optimizer not in names:
            raise SettingError(f"{type(self).__name__}: optimizer must be one of {', '.join(names)}, not {self.optimizer!r}")
        usual = getattr(nn.optim, self.optimizer)(self.model_.parameters(), lr=self.learning_rate)
        penalty = nn.optim.weight_decay(self.alpha / weight_of_batch, biases=False)
        return nn.optim.Optimizer(usual.parameters, nn.optim.chain(penalty, *usual.groups[0].transforms))

    def _size_of_batches(self, count: int) -> int:
        size: Any = self.batch_size
        return min(LARGEST_AUTOMATIC_BATCH if size is None or size == "auto" else size, count)

    def _hidden_widths(self) -> list[Any]:
        """Return the widths of the hidden layers; one number is one layer, as in scikit-learn."""
        widths: Any = self.hidden_layer_sizes
        if isinstance(widths, str) or not (isinstance(widths, int | np.integer) or np.iterable(widths)):
            raise SettingError(f"{type(self).__name__}: hidden_layer_sizes takes widths, such as (100,), not {widths!r}")
        return [widths] if isinstance(widths, int | np.integer) else list(widths)

    def _check_settings(self) -> None:
        """Raise SettingError if a setting is out of its range."""
        name = type(self).__name__
        within(f"{name}: alpha", self.alpha, 0.0, np.inf)
        within(f"{name}: tol", self.tol, 0.0, np.inf)
        positive(f"{name}: learning_rate", self.learning_rate)
        positive_integer(f"{name}: max_iter", self.max_iter)
        positive_integer(f"{name}: n_iter_no_change", self.n_iter_no_change)
        if self.batch_size is not None and self.batch_size != "auto":
            positive_integer(f"{name}: batch_size", self.batch_size)
        if self.early_stopping and within(f"{name}: validation_fraction", self.validation_fraction, 0.0, 1.0) == 0.0:
            raise SettingError(f"{name}: validation_fraction must be above 0, since early_stopping holds that share out")

    def _train(self, X: Array, Y: Array, sample_weight: Array | None) -> None:
        """Train until the loss no longer falls."""
        validation = None
        if self.early_stopping:
            parts = [X, Y] if sample_weight is None else [X, Y, sample_weight]
            split = train_test_split(*parts, test_size=self.validation_fraction, random_state=self._rng.integers(LARGEST_SEED))
            X, Y, validation = split[0], split[2], (split[1], split[3])
            sample_weight = None if sample_weight is None else split[4]
        size = self._size_of_batches(len(X))
        self.history_: History = fit(
            self.model_, X, Y, loss=self._loss, optimizer=self._optimizer, epochs=self.max_iter,
            batch_size=None if size == len(X) else size, sample_weight=sample_weight, validation=validation,
            patience=self.n_iter_no_change if self.early_stopping else None,
            callback=None if self.early_stopping else self._has_converged,
            compiled=self.compiled, progress=self.verbose, rng=self._rng,
        )  # fmt: skip
        self.n_iter_ += self.history_.epochs
        if self.history_.stopped == f"{self.max_iter} epochs":
            message = f"{type(self).__name__}: the loss still falls after max_iter={self.max_iter} epochs"
            warnings.warn(message, ConvergenceWarning, stacklevel=3)

    def _has_converged(self, history: History) -> bool:
        """Whether the training loss has not fallen by ``tol`` in ``n_iter_no_change`` epochs."""
        earlier, later = history.loss[: -self.n_iter_no_change], history.loss[-self.n_iter_no_change :]
        return len(earlier) > 0 and bool(later.min() > earlier.min() - self.tol)

    def _epoch(self, X: Array, Y: Array, sample_weight: Array | None) -> None:
        """Take one epoch on a part of the data."""
        step = TrainingStep(self.model_.train(), self._loss, self._optimizer)
        for batch in nn.data.batches(X, Y, self._size_of_batches(len(X)), self._rng, weights=sample_weight):
            step(*batch)
        self.model_.eval()
        self.n_iter_ += 1

    def _fit(self, X: Array, Y: Array, n_outputs: int, sample_weight: Array | None, one_epoch: bool) -> None:
        """Train a new model, or go on with the old one."""
        self._check_settings()
        weight = len(X) if sample_weight is None else float(sample_weight.sum())
        sizes = [self.n_features_in_, *self._hidden_widths(), n_outputs]
        is_known = hasattr(self, "model_") and self.model_.sizes == sizes
        if hasattr(self, "model_") and one_epoch and not is_known:
            raise ValueError(
                f"{type(self).__name__}.partial_fit(): the network has the widths {self.model_.sizes}, from the inputs to the "
                f"outputs, but now they would be {sizes}: pass the same columns and keep hidden_layer_sizes, or call fit() for a "
                f"new network"
            )
        if not (is_known and (one_epoch or self.warm_start)):
            self._start(n_outputs, len(X), weight)
        if one_epoch:
            self._epoch(X, Y, sample_weight)
        else:
            self._train(X, Y, sample_weight)

    def _checked(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> tuple[Array, Array, Array | None]:
        """Return data and weights as arrays of the right kind."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, reset=reset)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        return X, y, sample_weight

    def _forward(self, X: Any) -> Array:
        """Return the outputs of the last layer."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        with no_grad():
            outputs: Array = self.model_(X).numpy()
        return outputs


class MLPClassifier(ClassifierMixin, _Network):  # type: ignore[misc]  # scikit-learn ships no types
    """A network that classifies. Targets are labels of any kind, or rows of zeros and ones for several labels per sample.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        The widths of the hidden layers.
    activation : str, default "relu"
        The activation of the hidden layers, by the name that :class:`nn.MLP` takes.
    optimizer : {"Adam", "SGD", "Adagrad", "RMSProp"}, default "Adam"
        The optimizer.
    learning_rate : float, default 1e-3
        The learning rate.
    alpha : float, default 1e-4
        The factor of the penalty ½ alpha ‖W‖² / N, with N the number of samples in a batch.
    batch_size : int or "auto", optional
        The number of samples in a batch. The default is all, and at most 200; so is "auto".
    max_iter : int, default 200
        The largest number of epochs.
    tol : float, default 1e-4
        By how much the training loss must fall.
    n_iter_no_change : int, default 10
        The number of epochs in which it must do so; with ``early_stopping``, the validation loss must fall.
    early_stopping : bool, default False
        Whether a part of the data is held out, and the parameters of the epoch with the least loss on it are kept.
    validation_fraction : float, default 0.1
        The share that is held out.
    warm_start : bool, default False
        Whether ``fit`` goes on with the parameters of the last call.
    compiled : bool or "auto", default "auto"
        Whether a training step is one program, as in :func:`nn.fit`.
    class_weight : dict, "balanced" or None, default None
        The weight of each class in the loss. "balanced" gives every class the same total weight.
    random_state : int, RandomState or None, default None
        The seed of the parameters, the shuffles and the split.
    verbose : bool, default False
        Whether a progress bar is shown.

    Attributes
    ----------
    model_ : nn.MLP
        The network. Its outputs are logits.
    history_ : nn.History
        The numbers of each epoch of the last ``fit``.
    classes_ : ndarray, shape (K,)
        The labels.
    n_iter_ : int
        The number of epochs.

    See Also
    --------
    sklearn.neural_network.MLPClassifier : Parameters of the same names mean the same.

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), ["low", "low", "high", "high"]
    >>> model = MLPClassifier((8,), learning_rate=0.1, tol=1e-2, random_state=0).fit(X, y)
    >>> model.predict([[-1.0], [4.0]]).tolist()
    ['low', 'high']
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        optimizer: str = "Adam",
        learning_rate: float = 1e-3,
        alpha: float = 1e-4,
        batch_size: int | str | None = None,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        compiled: bool | str = "auto",
        class_weight: Any = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            hidden_layer_sizes, activation, optimizer=optimizer, learning_rate=learning_rate, alpha=alpha, batch_size=batch_size,
            max_iter=max_iter, tol=tol, n_iter_no_change=n_iter_no_change, early_stopping=early_stopping,
            validation_fraction=validation_fraction, warm_start=warm_start, compiled=compiled, random_state=random_state,
            verbose=verbose,
        )  # fmt: skip
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.
        y : array_like, shape (N,) or (N, K)
            The labels, or rows of zeros and ones.
        sample_weight : array_like, shape (N,), optional
            The weight of each sample.

        Returns
        -------
        MLPClassifier
            The estimator itself.
        """
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=True)
        check_classification_targets(y)
        self.classes_: Any = np.arange(y.shape[1]) if self._is_multi_label(y) else np.unique(y)
        return self._fit_labels(X, y, sample_weight, one_epoch=False)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train the network for one epoch on a part of the data.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.
        y : array_like, shape (N,) or (N, K)
            The labels, or rows of zeros and ones.
        classes : array_like, shape (K,), optional
            All labels that there will be. The first call needs it, unless ``y`` has them all.
        sample_weight : array_like, shape (N,), optional
            The weight of each sample.

        Returns
        -------
        MLPClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            If ``y`` has a label that is not in ``classes``, or if inputs, classes or widths are not those of the first call.
        """
        is_first = not hasattr(self, "model_")
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=is_first)
        check_classification_targets(y)
        if is_first:
            labels = np.arange(y.shape[1]) if self._is_multi_label(y) else np.unique(y)
            self.classes_ = labels if classes is None else np.unique(classes)
        elif self._is_multi_label(y) != (self._loss != "cross_entropy"):
            first, now = ("one label", "several") if self._loss == "cross_entropy" else ("several labels", "one")
            raise ValueError(
                f"{type(self).__name__}.partial_fit(): the first call had {first} for each sample, and this one has {now}: call "
                f"fit() for a new network"
            )
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"{type(self).__name__}.partial_fit(): classes {np.unique(classes).tolist()} are not those of the first call, "
                f"{self.classes_.tolist()}: leave them out, or call fit() for a new network"
            )
        return self._fit_labels(X, y, sample_weight, one_epoch=True)

    def _fit_labels(self, X: Array, y: Array, sample_weight: Array | None, one_epoch: bool) -> Self:
        """Turn labels into numbers, and train."""
        if self._is_multi_label(y):
            self._loss, targets = "binary_cross_entropy_with_logits", y.astype(float)
        else:
            self._loss, targets = "cross_entropy", self._numbers_of(y)
        if len(self.classes_) < 2:
            (only,) = self.classes_.tolist()
            raise ValueError(f"{type(self).__name__} needs two classes, but there is only one class: {only!r}")
        if self.class_weight is not None:
            weights = compute_sample_weight(self.class_weight, y)
            if not (np.all(np.isfinite(weights)) and np.all(weights >= 0.0) and np.any(weights > 0.0)):
                raise SettingError(
                    f"{type(self).__name__}: class_weight must hold finite numbers of at least 0, and not only 0, not "
                    f"{self.class_weight!r}"
                )
            sample_weight = weights if sample_weight is None else weights * sample_weight
        self._fit(X, targets, len(self.classes_), sample_weight, one_epoch)
        return self

    def _is_multi_label(self, y: Array) -> bool:
        """Whether the targets are rows of zeros and ones."""
        if y.ndim == 1:
            return False
        others = y[(y != 0) & (y != 1)]
        if others.size:
            raise ValueError(
                f"{type(self).__name__}: several columns of targets must hold zeros and ones, one column for each label, not "
                f"{others.tolist()[0]!r}: fit one classifier for each column, as sklearn.multioutput.MultiOutputClassifier does"
            )
        return True

    def _numbers_of(self, y: Array) -> Array:
        """Return the positions of labels in ``classes_``."""
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"{type(self).__name__}: label {unknown.tolist()[0]!r} is not in classes {self.classes_.tolist()}")
        return np.searchsorted(self.classes_, y)

    def predict_proba(self, X: Any) -> Array:
        """Return probabilities.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.

        Returns
        -------
        ndarray, shape (N, K)
            The probability of each class; of each label, if there are several per sample.
        """
        logits = self._forward(X)
        if self._loss == "cross_entropy":
            return np.asarray(softmax(logits, axis=-1))
        return np.asarray(sigmoid(logits))

    def predict(self, X: Any) -> Array:
        """Return labels.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.

        Returns
        -------
        ndarray, shape (N,) or (N, K)
            The most likely label of each sample, or rows of zeros and ones.
        """
        logits = self._forward(X)
        if self._loss == "cross_entropy":
            return np.asarray(self.classes_[np.argmax(logits, axis=1)])
        return (logits > 0.0).astype(int)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, _Network):  # type: ignore[misc]  # scikit-learn ships no types
    """A network for regression, with the squared error as loss.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        The widths of the hidden layers.
    activation : str, default "relu"
        The activation of the hidden layers, by the name that :class:`nn.MLP` takes.
    optimizer : {"Adam", "SGD", "Adagrad", "RMSProp"}, default "Adam"
        The optimizer.
    learning_rate : float, default 1e-3
        The learning rate.
    alpha : float, default 1e-4
        The factor of the penalty ½ alpha ‖W‖² / N, with N the number of samples in a batch.
    batch_size : int or "auto", optional
        The number of samples in a batch. The default is all, and at most 200; so is "auto".
    max_iter : int, default 200
        The largest number of epochs.
    tol : float, default 1e-4
        By how much the training loss must fall.
    n_iter_no_change : int, default 10
        The number of epochs in which it must do so; with ``early_stopping``, the validation loss must fall.
    early_stopping : bool, default False
        Whether a part of the data is held out, and the parameters of the epoch with the least loss on it are kept.
    validation_fraction : float, default 0.1
        The share that is held out.
    warm_start : bool, default False
        Whether ``fit`` goes on with the parameters of the last call.
    compiled : bool or "auto", default "auto"
        Whether a training step is one program, as in :func:`nn.fit`.
    random_state : int, RandomState or None, default None
        The seed of the parameters, the shuffles and the split.
    verbose : bool, default False
        Whether a progress bar is shown.

    Attributes
    ----------
    model_ : nn.MLP
        The network.
    history_ : nn.History
        The numbers of each epoch of the last ``fit``.
    n_iter_ : int
        The number of epochs.

    See Also
    --------
    sklearn.neural_network.MLPRegressor : Parameters of the same names mean the same.

    Examples
    --------
    >>> X = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> model = MLPRegressor((16,), learning_rate=0.01, random_state=0).fit(X, 3.0 * X[:, 0])
    >>> model.score(X, 3.0 * X[:, 0]) > 0.95
    True
    """

    _loss = "quadratic"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.
        y : array_like, shape (N,) or (N, K)
            The targets.
        sample_weight : array_like, shape (N,), optional
            The weight of each sample.

        Returns
        -------
        MLPRegressor
            The estimator itself.
        """
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=True)
        return self._fit_numbers(X, y, sample_weight, one_epoch=False)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network for one epoch on a part of the data.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.
        y : array_like, shape (N,) or (N, K)
            The targets.
        sample_weight : array_like, shape (N,), optional
            The weight of each sample.

        Returns
        -------
        MLPRegressor
            The estimator itself.
        """
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=not hasattr(self, "model_"))
        return self._fit_numbers(X, y, sample_weight, one_epoch=True)

    def _fit_numbers(self, X: Array, y: Array, sample_weight: Array | None, one_epoch: bool) -> Self:
        self._is_flat = y.ndim == 1
        self._fit(X, y.astype(float).reshape(len(X), -1), 1 if self._is_flat else y.shape[1], sample_weight, one_epoch)
        return self

    def predict(self, X: Any) -> Array:
        """Return predictions.

        Parameters
        ----------
        X : array_like, shape (N, n)
            The inputs.

        Returns
        -------
        ndarray, shape (N,) or (N, K)
            The outputs, in the shape of the targets.
        """
        outputs = self._forward(X)
        return outputs[:, 0] if self._is_flat else outputs
