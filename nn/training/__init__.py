"""Training: the loop over the epochs, one step, diagnostics, and checkpoints to resume from.

Only the estimators for scikit-learn import from here.
"""
