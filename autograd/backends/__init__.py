"""The backends: what a row is handed as ``xp``. Floats, NumPy, and expressions that write the row down; arrays of other libraries.

A backend knows the table; it knows nothing of nodes.
"""
