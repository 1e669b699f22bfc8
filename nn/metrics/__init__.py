"""Metrics: plain numbers from predictions and targets, without gradients."""

from nn.metrics.classification import accuracy, confusion_matrix, f1, precision, recall
from nn.metrics.labels import is_multi_label, labels_of
from nn.metrics.regression import r2

__all__ = ["accuracy", "confusion_matrix", "f1", "is_multi_label", "labels_of", "precision", "r2", "recall"]
