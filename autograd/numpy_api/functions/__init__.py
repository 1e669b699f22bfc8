"""The public functions, named as NumPy's.

Each takes numbers, arrays, nodes or lists of nodes. Plain numbers and arrays give plain results. A Value gives a Value if the
function acts elementwise; everything else gives a Tensor.

A function that a module of this folder defines is public, unless its name begins with an underscore: it is
``autograd.<name>`` without another entry.
"""

from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from autograd.numpy_api.functions import (
    complex_numbers,
    creation,
    einstein_sums,
    elementwise,
    factorizations,
    joining,
    linear_algebra,
    products,
    reductions,
    selection,
    shapes,
    softmaxes,
)
from autograd.numpy_api.functions.complex_numbers import *
from autograd.numpy_api.functions.creation import *
from autograd.numpy_api.functions.einstein_sums import *
from autograd.numpy_api.functions.elementwise import *
from autograd.numpy_api.functions.factorizations import *
from autograd.numpy_api.functions.joining import *
from autograd.numpy_api.functions.linear_algebra import *
from autograd.numpy_api.functions.products import *
from autograd.numpy_api.functions.reductions import *
from autograd.numpy_api.functions.selection import *
from autograd.numpy_api.functions.shapes import *
from autograd.numpy_api.functions.softmaxes import *

_MODULES = (
    creation,
    complex_numbers,
    elementwise,
    selection,
    reductions,
    softmaxes,
    shapes,
    joining,
    products,
    einstein_sums,
    linear_algebra,
    factorizations,
)


def _is_public_function(name: str, value: Any, module: ModuleType) -> bool:
    return name[0] != "_" and isinstance(value, FunctionType) and value.__module__ == module.__name__


FUNCTIONS: dict[str, Any] = {
    name: value for module in _MODULES for name, value in vars(module).items() if _is_public_function(name, value, module)
}

if not TYPE_CHECKING:  # pragma: no branch - type checkers and editors follow the star imports instead
    __all__ = list(FUNCTIONS)
