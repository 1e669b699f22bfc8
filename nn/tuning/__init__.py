"""The search for settings: on validation data or by cross-validation, by full trials or by successive halving.

It knows nothing of networks: a trial is a function of data and settings that returns a score.
"""
