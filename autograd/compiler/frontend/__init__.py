"""The frontend: the tracer, its guards, the arguments of a call, and the state that a function captured.

It makes a graph of scalars, and knows nothing of what becomes of it.
"""
