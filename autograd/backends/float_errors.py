"""NumPy's error state: rows follow IEEE 754 without warnings, as if inside ``np.errstate(all="ignore")``.

An ``errstate`` block costs as much as an operation on a small array. NumPy keeps the error state in a context variable, and setting
that variable to a value that was made once costs a seventh.
"""

from __future__ import annotations

from contextvars import copy_context
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS


class ErrstateVariable:
    """What stands in for NumPy's context variable, should a version of NumPy not have it: an errstate block.

    >>> variable = ErrstateVariable()
    >>> token = variable.set(IGNORE_FLOAT_ERRORS)
    >>> float(np.divide(1.0, 0.0))
    inf
    >>> variable.reset(token)
    """

    def set(self, errors: dict[str, Any]) -> Any:
        block = np.errstate(**errors)
        block.__enter__()
        return block

    def reset(self, block: Any) -> None:
        block.__exit__(None, None, None)


def find_float_error_state() -> tuple[Any, Any]:
    """Return the variable that holds NumPy's error state, and its value for ignored errors.

    >>> variable, ignored = find_float_error_state()
    >>> token = variable.set(ignored)
    >>> float(np.divide(1.0, 0.0))
    inf
    >>> variable.reset(token)
    """
    before, after = copy_context(), copy_context()
    after.run(np.seterr, **IGNORE_FLOAT_ERRORS)
    changed = [(variable, value) for variable, value in after.items() if before.get(variable) is not value]
    return changed[0] if len(changed) == 1 else (ErrstateVariable(), IGNORE_FLOAT_ERRORS)


FLOAT_ERROR_STATE, IGNORED = find_float_error_state()


class ignore_float_errors:  # noqa: N801 - a block, as np.errstate
    """A block in which NumPy neither warns nor raises, as in ``np.errstate(all="ignore")``.

    >>> with ignore_float_errors():
    ...     float(np.divide(1.0, 0.0))
    inf
    """

    def __enter__(self) -> None:
        self._token = FLOAT_ERROR_STATE.set(IGNORED)

    def __exit__(self, *error: object) -> None:
        FLOAT_ERROR_STATE.reset(self._token)
