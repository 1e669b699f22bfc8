"""The compiler: trace → columns → lines of arrays → NumPy source."""

from autograd.compiler.runtime.compiled_function import Compiled

__all__ = ["Compiled"]
