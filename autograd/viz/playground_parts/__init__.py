"""The files of the page of a playground: its style, and its scripts.

They know the rows that the page contains, as functions. They know nothing of Python's graphs.
"""
