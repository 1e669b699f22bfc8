"""The library's exceptions. Each message names the call and the values or shapes, and says what to do."""

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
    """Shapes, axes or structures do not fit together.

    Examples
    --------
    >>> from autograd import Tensor
    >>> try:
    ...     Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
    ... except ShapeError as error:
    ...     print(str(error).partition(":")[0])
    add of shapes (2,) and (3,)
    """


class DataError(AutogradError, TypeError):
    """An argument is not a real number, or not an array of real numbers.

    Examples
    --------
    >>> from autograd import Value
    >>> try:
    ...     Value("2.5")
    ... except DataError as error:
    ...     print(error)
    Value() takes a real number, not '2.5' of type str; convert it first, as in float(text)
    """


class GraphError(AutogradError, RuntimeError):
    """A graph cannot give what was asked for, such as the gradient of a vector without a cotangent.

    Examples
    --------
    >>> from autograd import grad
    >>> try:
    ...     grad(lambda x: x)([1.0, 2.0])
    ... except GraphError as error:
    ...     print(type(error).__name__)
    GraphError
    """


class UnfitError(GraphError):
    """An optimizer cannot become part of a compiled program; its updates then run after the program."""


class AnomalyError(AutogradError, FloatingPointError):
    """An operation made a nan or an inf inside anomaly().

    Examples
    --------
    >>> from autograd import Value, anomaly, log
    >>> try:
    ...     with anomaly():
    ...         log(Value(0.0, name="p"))
    ... except AnomalyError as error:
    ...     print(str(error)[:20])
    log made -inf of 'p'
    """


class DefinitionError(AutogradError, ValueError):
    """A row of the table of operations contradicts itself.

    Examples
    --------
    >>> from autograd import define
    >>> try:
    ...     define("tanh", lambda xp, a: xp.tanh(a), lambda xp, y, a: 1.0 - y * y)
    ... except DefinitionError as error:
    ...     print("tanh" in str(error))
    True
    """


class OutOfRangeError(AutogradError, IndexError):
    """An index is beyond the end of an axis, or a label is not less than the number of classes.

    Examples
    --------
    >>> from autograd import Tensor
    >>> try:
    ...     Tensor([1.0, 2.0])[2]
    ... except OutOfRangeError as error:
    ...     print(error)
    getitem of shapes (2,), index=2: index 2 is out of bounds for axis 0 with size 2
    """


class SettingError(AutogradError, ValueError):
    """A setting is outside its range, such as a learning rate of zero.

    Examples
    --------
    >>> from autograd import grad
    >>> try:
    ...     grad(lambda x: x, argnums=1)(2.0)
    ... except SettingError as error:
    ...     print(str(error)[:42])
    grad(): argnums is 1, but the number of po
    """


class CompileWarning(UserWarning):
    """A compiled function is traced again at nearly every call.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", CompileWarning)
    ...     warnings.warn("traced again", CompileWarning)
    """
