"""Algorithms on graphs: topological order, reverse mode, forward mode, broadcasting undone, copying.

They know nodes by their edges only, and never recurse.
"""
