"""Training: the loop over the epochs, one step, diagnostics, checkpoints to resume from, and the search for settings.

Nothing in other folders imports from here.
"""
