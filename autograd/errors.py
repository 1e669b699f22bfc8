"""The library's exceptions: each names the call, the values or shapes, and the next step."""


class AutogradError(Exception):
    """Base class of the exceptions of this library."""


class ShapeError(AutogradError, ValueError):
    """Shapes, axes or structures do not fit together."""


class DataError(AutogradError, TypeError):
    """An argument is not a real number, or not an array of real numbers."""


class GraphError(AutogradError, RuntimeError):
    """A graph cannot give what was asked for, such as the gradient of a vector without a cotangent."""


class UnfitError(GraphError):
    """An optimizer cannot become part of a compiled program; its updates then run after the program."""


class AnomalyError(AutogradError, FloatingPointError):
    """An operation made a nan or an inf inside anomaly()."""


class DefinitionError(AutogradError, ValueError):
    """A row of the table of operations contradicts itself."""


class OutOfRangeError(AutogradError, IndexError):
    """An index is beyond the end of an axis, or a label is not less than the number of classes."""


class SettingError(AutogradError, ValueError):
    """A setting is outside its range, such as a learning rate of zero."""


class CompileWarning(UserWarning):
    """A compiled function is traced again at nearly every call."""
