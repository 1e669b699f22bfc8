"""How a row is added whose value a library computes, and what stands for a derivative that has no closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.errors import GraphError
from autograd.ops.op import REAL, Domain, Op, Rule
from autograd.ops.row_constructors import elementwise


class NoDerivative:
    """A partial that refuses: no closed form is known here.

    Parameters
    ----------
    function, argument : str
        Their names, for the error message.

    Examples
    --------
    >>> NoDerivative("jv", "v").argument
    'v'
    """

    def __init__(self, function: str, argument: str) -> None:
        self.function = function
        self.argument = argument

    def __call__(self, xp: Any, y: Any, *args: Any) -> NoReturn:
        raise GraphError(
            f"the derivative of {self.function} with respect to {self.argument} has no closed form here: pass {self.argument} as a "
            f"plain number or array (x.data, or autograd.stop_gradient(x)), or define() an operation that has this derivative"
        )


def library_row(
    name: str,
    *partials: Rule | str,
    domain: Domain | Sequence[Domain] = REAL,
    kink: str = "",
    library: str = "scipy.special",
) -> Op:
    """Add an elementwise row whose value is a function of a library.

    Parameters
    ----------
    name : str
        The name of the row, and of the function in the library.
    *partials : callable or str
        ``partial(xp, y, a, b, ...)`` for each argument; the name of an argument that has no derivative.
    domain : Domain or sequence of Domain, optional
        Where the arguments live.
    kink : str, optional
        Which subgradient was chosen, and where.
    library : str, optional
        The module of the function.

    Returns
    -------
    Op
    """
    rules = [NoDerivative(name, partial) if isinstance(partial, str) else partial for partial in partials]
    op = elementwise(name, lambda xp, *args: getattr(xp, name)(*args), *rules, domain=domain, kink=kink)
    op.library = library
    op.refused = tuple(i for i, partial in enumerate(partials) if isinstance(partial, str))
    return op
