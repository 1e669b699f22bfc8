"""The checks themselves: of a vjp, of a function of nodes, of a row of the table.

They compare claims with measurements, and know nothing of Hypothesis.
"""
