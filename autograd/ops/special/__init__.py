"""The table of SciPy's special functions and matrix functions; ``autograd.scipy`` loads it, so that a bare import does not.

Like the table, it imports neither NumPy nor nodes. The values are those of SciPy; the derivatives are here.
"""

from autograd.ops.special import banded_systems as _banded  # noqa: F401 - importing the modules fills the table
from autograd.ops.special import bessel_functions as _bessel  # noqa: F401
from autograd.ops.special import convolutions as _convolutions  # noqa: F401
from autograd.ops.special import error_functions as _errors  # noqa: F401
from autograd.ops.special import gamma_functions as _gammas  # noqa: F401
from autograd.ops.special import information as _information  # noqa: F401
from autograd.ops.special import matrix_functions as _matrices  # noqa: F401
