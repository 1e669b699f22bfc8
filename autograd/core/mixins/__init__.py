"""Parts of Node and Tensor, a file for each responsibility.

They know nodes as :class:`BaseNode`, so that they need not import Node.
"""
