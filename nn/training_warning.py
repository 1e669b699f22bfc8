"""The warning of the networks: training goes on, but something about it is likely to be wrong."""


class TrainingWarning(UserWarning):
    """Training goes on, but something about it is likely to be wrong."""
