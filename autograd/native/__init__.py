"""The native engine: nodes, scalar operations and walks in C. Optional; Python modules do the same work without it.

`engine.c` is what does not depend on the operations. `row_writer` writes the rest from the rows of the table, at build
time. They know the rows and how a node is laid out in memory, and nothing of transforms, of the compiler or of networks.
"""
