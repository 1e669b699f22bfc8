"""The runtime: compiled functions, their specializations and cache, the self-check, replay, and the results that users get.

Nothing below imports it.
"""
