"""The compiler: trace → columns → lines of arrays → NumPy source."""

from autograd.compiler.compiled import Compiled, compile

__all__ = ["Compiled", "compile"]
