"""Functions across libraries: ours as those of PyTorch and JAX, theirs as our operations, and expressions of SymPy.

The libraries are optional extras, and each is loaded at the first call that needs it. Nothing of ``autograd`` imports this package
by itself.
"""

from autograd.interop.jax_function import to_jax
from autograd.interop.jax_operation import from_jax
from autograd.interop.sympy_expressions import to_sympy
from autograd.interop.sympy_function import from_sympy
from autograd.interop.torch_function import to_torch
from autograd.interop.torch_operation import from_torch

__all__ = ["from_jax", "from_sympy", "from_torch", "to_jax", "to_sympy", "to_torch"]
