"""The backends: what a row gets as ``xp``. Floats, NumPy, and expressions that write the row down; arrays of other libraries.

A backend knows the table; it knows nothing of nodes.
"""
