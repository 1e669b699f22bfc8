"""Nodes: Value, Tensor, and what they share; what is accepted as a number; pytrees.

It knows nothing of the functions that people call.
"""
