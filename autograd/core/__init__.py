"""Nodes: Value, Tensor, and what they share; what is accepted as a number; pytrees.

It knows nothing of the functions that people call.
"""

# Installed last, HIPS autograd replaces autograd/__init__.py. That file then imports its core.py, which this folder hides.
from autograd import installation as _installation  # noqa: F401
