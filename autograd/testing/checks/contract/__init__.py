"""The parts of the contract of a vjp, each a check of its own.

``rule_under_test`` calls the function and the rule. ``consistency`` compares the rule's answers with each other, ``value_check``
compares them with measured derivatives, and ``second_point`` repeats that at another point.
"""
