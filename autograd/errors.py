"""The library's exceptions: each names the call, the values or shapes, and the next step."""


class AutogradError(Exception):
    """Base of every exception this library raises on purpose."""


class ShapeError(AutogradError, ValueError):
    """Shapes, axes or structures that do not fit together."""


class DataError(AutogradError, TypeError):
    """Something that is no real number, or no array of real numbers, where one belongs."""


class GraphError(AutogradError, RuntimeError):
    """A graph asked for something it cannot give, such as the gradient of a vector without a cotangent."""


class UnfitError(GraphError):
    """A rule that cannot become a part of a compiled program: what an optimizer does is then done after it."""


class AnomalyError(AutogradError, FloatingPointError):
    """A nan or an inf that an operation made inside anomaly()."""


class DefinitionError(AutogradError, ValueError):
    """A row of the operation table that contradicts itself."""


class OutOfRangeError(AutogradError, IndexError):
    """An index beyond the end of an axis, or a label beyond the number of classes."""


class SettingError(AutogradError, ValueError):
    """A setting outside its range, such as a learning rate of zero."""


class CompileWarning(UserWarning):
    """A compiled function that is traced anew at nearly every call."""
