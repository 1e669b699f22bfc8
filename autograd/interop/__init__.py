"""Functions across libraries: ours as those of PyTorch and JAX, and theirs as our operations.

The libraries are optional extras, and each is loaded at the first call that needs it. Nothing of ``autograd`` imports this package
by itself.
"""

from autograd.interop.jax_function import to_jax
from autograd.interop.jax_operation import from_jax
from autograd.interop.torch_function import to_torch
from autograd.interop.torch_operation import from_torch

__all__ = ["from_jax", "from_torch", "to_jax", "to_torch"]
