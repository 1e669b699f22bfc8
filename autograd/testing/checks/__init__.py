"""The checks at one point: ``check_vjp`` of a rule, ``check_grad`` of a function of nodes, and ``check_op`` of an operation.

They compare claimed derivatives with measured ones. None of them needs Hypothesis.
"""
