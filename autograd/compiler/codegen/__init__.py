"""Code generation: a lowered program as Python source on NumPy, with loops and buffers.

It knows instructions, and not where they came from.
"""
