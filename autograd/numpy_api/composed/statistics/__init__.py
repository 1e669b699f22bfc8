"""Statistics of samples: moments, quantiles, and their relatives that leave out nan.

They know rows, and the functions of the folder above that rearrange entries.
"""
