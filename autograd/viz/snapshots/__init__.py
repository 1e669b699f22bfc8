"""A graph at one moment as arrays of numbers, and what can be computed from these: differences, errors, depths.

Nothing here knows of boxes, except ``node_errors`` and ``graph_diff``, which summarize by box.
"""
