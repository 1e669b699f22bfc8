"""Parts of Tensor, a file for each responsibility; Value shares those that make a number behave like an array.

They know how operations are recorded, and neither Tensor nor Value.
"""
