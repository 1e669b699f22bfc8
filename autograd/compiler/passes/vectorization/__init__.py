"""Vectorization: a graph of numbers becomes a program of arrays.

Nodes that compute the same formula of different numbers form a group, and each group becomes one operation on arrays. Sums of
products whose factors pair up in every combination become a matrix product.
"""
