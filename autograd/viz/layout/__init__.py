"""Layout: boxes in layers, and every edge routed through free space.

The method is that of Sugiyama, Tagawa and Toda: boxes are assigned to layers, ordered within each layer so that few edges cross,
placed, and then joined. Along the direction of reading lie the layers; across it, the boxes of each layer.

References
----------
K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE Transactions on
Systems, Man, and Cybernetics 11 (1981).
"""
