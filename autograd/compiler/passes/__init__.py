"""Passes: rewrite one intermediate representation as another.

Vectorization turns a scalar graph into a program of array instructions. Batching, differentiation and lowering turn a program into
another program.
"""
