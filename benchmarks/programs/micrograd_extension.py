"""micrograd's Value with exp and log, which the language model needs."""

import numpy as np
from micrograd import engine


class Value(engine.Value):
    """A Value whose operations return Values of this class, so that their results have exp and log too."""

    def exp(self):
        out = Value(np.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(np.log(self.data), (self,), "log")

        def _backward():
            self.grad += out.grad / self.data

        out._backward = _backward
        return out


def returning_value(method):
    """Return an operation of micrograd with a result of the class above."""

    def wrapped(*args):
        out = method(*args)
        out.__class__ = Value
        return out

    return wrapped


for name in ("__add__", "__mul__", "__pow__", "relu"):
    setattr(Value, name, returning_value(getattr(engine.Value, name)))
