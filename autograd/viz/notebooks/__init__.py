"""Live pages in notebooks: a widget whose leaves are those of Python.

It knows pictures and their pages. No other folder imports it, since anywidget is an optional extra.
"""
