"""Specialization: one traced graph becomes something that runs, NumPy source or a replay, and is checked against the function.

It knows one trace at a time. Which specialization answers a call is decided in ``runtime``.
"""
