"""The functions that users call, under NumPy's names; NumPy's protocols; define(); the graph backend.

It knows nothing of transforms.
"""
