"""Parts of Node, a file for each responsibility.

They know nodes as :class:`BaseNode`, so that they need not import Node, and they record no operation.
"""
