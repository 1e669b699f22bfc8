"""Numerical differentiation along a line: derivatives measured from function values alone, with an error estimate.

``derivative`` is the entry point. The other modules are its steps: a restriction to a line, the range of step sizes, a complex
step, step halving, a decreasing sequence of steps, difference quotients, Richardson extrapolation, and the classification of the
point.
"""
