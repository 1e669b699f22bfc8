"""The warning of the package."""


class TrainingWarning(UserWarning):
    """Training goes on, but something about it is probably wrong.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TrainingWarning)
    ...     warnings.warn("a layer is dead", TrainingWarning)
    """
