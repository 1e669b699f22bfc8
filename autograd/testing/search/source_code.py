"""Points as Python source, so that a failure can be pasted into a program."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.testing.search.argument_specs import Spec, split_inputs_and_settings


def to_source(x: Any) -> str:
    """Return a number or an array as Python.

    >>> to_source(2), to_source(np.array([0.5, 1.0]))
    ('2.0', 'np.array([0.5, 1.0])')
    """
    return f"np.array({np.asarray(x).tolist()})" if np.ndim(x) else repr(float(x))


def arguments_to_source(values: dict[str, Any], specs: dict[str, Spec], inputs_format: str = "{}") -> str:
    """Return a point as the arguments of a call.

    Parameters
    ----------
    values : dict
        The point.
    specs : dict
        The specifications of its arguments.
    inputs_format : str
        The format of the inputs, for example ``"({},)"`` if they are passed as a tuple.
    """
    inputs, settings = split_inputs_and_settings(values, specs)
    arguments = [inputs_format.format(", ".join(map(to_source, inputs)))]
    arguments += [f"{name}={value!r}" for name, value in settings.items()]
    return ", ".join(arguments)
