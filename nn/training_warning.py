"""The warning of the package."""


class TrainingWarning(UserWarning):
    """Training goes on, but something about it is probably wrong."""
