"""Layout: boxes in layers, and every edge routed through free space.

The method is that of Sugiyama, Tagawa and Toda: boxes are assigned to layers, ordered within each layer so that few edges cross,
placed, and joined by routed edges. "Along" is the direction from layer to layer, and "across" is the direction
within a layer. The folder knows sizes, edges and coordinates, and nothing of graphs of nodes.

References
----------
K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE Transactions on
Systems, Man, and Cybernetics 11 (1981).
"""
