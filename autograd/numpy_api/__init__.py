"""The functions that people call, under NumPy's names, and NumPy's protocols; define(); the graph backend.

It knows nothing of transforms.
"""
