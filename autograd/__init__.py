"""A gradient laboratory: exact derivatives of scalar and array programs, written once per operation."""

from autograd import installation as _foreign  # noqa: F401, I001 - first: it refuses to mix with another package of this name
from autograd.numpy_api import dispatch as _numpy  # noqa: F401 - NumPy's functions find the rows once it is imported
from autograd.numpy_api.assignments import indexed_updates as _updates  # noqa: F401 - Tensors have ``at`` once it is imported
from autograd.compiler.api import compile
from autograd.compiler.vmap import vmap
from autograd.numpy_api.define_operation import define
from autograd.errors import (
    AnomalyError,
    AutogradError,
    CompileWarning,
    DataError,
    DefinitionError,
    GraphError,
    OutOfRangeError,
    SettingError,
    ShapeError,
    UnfitError,
)
from autograd.state.engine import engine
from autograd.transforms.explain_paths import explain
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.functions import *  # noqa: F403 - every public function; see there
from autograd.numpy_api.functions import FUNCTIONS as _FUNCTIONS
from autograd.state.context_managers import anomaly, no_grad, scope
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.transforms.grad_and_vjp import grad, gradients, value_and_grad, vjp
from autograd.transforms.jacobian_and_hessian import hessian, jacobian
from autograd.transforms.jvp_and_hvp import hvp, jvp
from autograd.transforms.side_effects import random_numbers, update_numbers
from autograd.transforms.stop_gradient import stop_gradient
from autograd.core.value import Value

__all__ = [
    "AnomalyError",
    "AutogradError",
    "CompileWarning",
    "DataError",
    "DefinitionError",
    "GraphError",
    "Node",
    "OutOfRangeError",
    "SettingError",
    "ShapeError",
    "Tensor",
    "UnfitError",
    "Value",
    "anomaly",
    "as_tensor",
    "compile",
    "define",
    "engine",
    "explain",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "random_numbers",
    "scope",
    "stop_gradient",
    "update_numbers",
    "value_and_grad",
    "vjp",
    "vmap",
    *_FUNCTIONS,
]
