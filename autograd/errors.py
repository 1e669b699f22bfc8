"""The library's exceptions: each names the call, the values or shapes, and the next step."""

from typing import ClassVar


class AutogradError(Exception):
    """Base class of the exceptions of this library.

    Attributes
    ----------
    help : str
        The section on this class in the documentation. A class attribute, which a traceback shows below the message.

    Examples
    --------
    >>> ShapeError.help
    'troubleshooting#shapeerror'
    """

    help: ClassVar[str] = "troubleshooting#autograderror"

    def __init_subclass__(cls) -> None:
        if cls.__module__.partition(".")[0] == "autograd":
            cls.help = f"troubleshooting#{cls.__name__.lower()}"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.add_note(f"What to do: see {self.help} in the documentation of gradlab")


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
