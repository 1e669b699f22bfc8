"""Folding: nodes that play the same part in a graph are drawn as one box.

A grouping says which nodes share a box. From it the boxes and the links of a drawing are made.
"""
