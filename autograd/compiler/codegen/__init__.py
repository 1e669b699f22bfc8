"""Code generation: writes a lowered program as Python source for NumPy, and makes it a function.

It sees instructions only, not the function that they were traced from.
"""
