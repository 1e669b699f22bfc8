"""Transforms of functions: grad, vjp, jvp, hvp, jacobian, hessian, explain.

They know graphs and functions, and nothing of the compiler.
"""
