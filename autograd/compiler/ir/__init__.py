"""The intermediate representations: a graph of scalars, and a program of array instructions.

It knows operations, and neither functions nor source.
"""
