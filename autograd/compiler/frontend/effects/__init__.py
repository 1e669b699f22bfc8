"""What a traced function does besides computing its results: random draws, and updates of constant Tensors.

It knows nodes and their numbers, and nothing of traces or programs.
"""
