"""Passes: vectorization of a graph of scalars, batching, differentiation and lowering of a program.

A pass turns IR into IR.
"""
