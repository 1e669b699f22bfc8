"""Searches for points at which a derivative is wrong: what the arguments may be, how points are drawn, and what is reported."""
