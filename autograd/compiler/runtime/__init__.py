"""The runtime: compiled functions, the cache of their specializations, derivatives by their arguments, and the results of calls.

No other folder of the compiler imports it.
"""
