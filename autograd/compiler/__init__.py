"""The compiler: trace → columns → lines of arrays → NumPy source."""

from autograd.compiler.compiled import Compiled

__all__ = ["Compiled"]
