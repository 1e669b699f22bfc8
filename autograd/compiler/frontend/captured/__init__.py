"""The state that a function captures from outside: how it is found, and whether it has changed.

It knows Python objects and code. It knows nothing of traces and of the graph that a trace makes.
"""
