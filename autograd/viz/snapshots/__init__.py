"""A graph at one moment as arrays of numbers, and what follows from these: differences of two graphs, and errors of derivatives.

It knows nodes. It knows nothing of boxes and of how they are drawn.
"""
