"""Rolling: lines of source that repeat with other variables and other integers become a loop.

It knows lines of text only. A loop runs the same statements in the same order, so it changes no result.
"""
