"""Training: fit, one step, what to watch, checkpoints to resume from, and the choice of settings.

Nothing below imports it.
"""
