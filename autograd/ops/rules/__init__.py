"""The formulas that are too long for a line of the table.

All rules share their parameters: ``xp`` is the backend, ``g`` a cotangent of the result, ``t`` a tangent of an argument, ``y`` the
value of the operation, ``a``, ``b``, ... its arguments, and ``i`` the position of the argument that the rule differentiates by.
"""
