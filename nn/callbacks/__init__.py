"""Callbacks: what is called during a training run. They know its model, optimizer and history, and not how it is trained."""

from nn.callbacks.averaging import WeightAverage
from nn.callbacks.callback import Callback, Run
from nn.callbacks.loggers import CSVLogger, LogEpochs, TensorBoard
from nn.callbacks.plateau import ReduceOnPlateau

__all__ = ["CSVLogger", "Callback", "LogEpochs", "ReduceOnPlateau", "Run", "TensorBoard", "WeightAverage"]
