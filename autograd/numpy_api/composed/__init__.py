"""NumPy's other functions on nodes: those that rearrange entries, and those that are composed of functions that have rows.

They have no names of ours: users call them as ``np.<name>``. `registry` lists them all.
"""
