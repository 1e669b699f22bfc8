"""What the open blocks of a thread ask for (no_grad, scope, anomaly), and what single nodes carry: names, lines, hooks.

It knows operations by name only, and nothing of graphs.
"""
