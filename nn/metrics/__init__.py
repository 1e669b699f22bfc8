"""Metrics: plain numbers from predictions and targets, without gradients."""

from nn.metrics.classification import accuracy, balanced_accuracy, confusion_matrix, f1, precision, recall
from nn.metrics.labels import is_multi_label, labels_of
from nn.metrics.multi_label import hamming_loss, subset_accuracy
from nn.metrics.probabilities import Calibration, calibration, log_loss
from nn.metrics.ranking import average_precision, roc_auc, top_k_accuracy
from nn.metrics.regression import mae, mse, r2, rmse

__all__ = [
    "Calibration",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "calibration",
    "confusion_matrix",
    "f1",
    "hamming_loss",
    "is_multi_label",
    "labels_of",
    "log_loss",
    "mae",
    "mse",
    "precision",
    "r2",
    "recall",
    "rmse",
    "roc_auc",
    "subset_accuracy",
    "top_k_accuracy",
]
