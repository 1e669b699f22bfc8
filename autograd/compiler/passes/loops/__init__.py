"""Loops: finds the recurrences of a scalar graph and takes each out of it as a body that runs many times.

It works on the columns of the graph as integers, before any instruction is written.
"""
