"""Counts how often a compiled function is traced again, and says so before that becomes the normal case."""

from __future__ import annotations

import warnings
from typing import Any

from autograd.compiler.frontend.arguments import STATIC, Call
from autograd.core.coercion import describe
from autograd.errors import CompileWarning, GraphError

# New traces in a row for one signature after which a function is refused. A trace costs three runs of the function, so a function
# that never settles costs about 12 runs before it is refused; a branch that both sides of are met settles after one new trace.
# Twice as many would only make such a function fail later.
MAX_RETRACES = 3
# New traces in a row, each for another value of one argument, that cause a warning. torch._dynamo stops at the same number of
# recompilations of one function (config.recompile_limit). Half as many would warn of an option with a few values.
STATIC_VALUES_BEFORE_WARNING = 8


class RetraceMonitor:
    """Counts the traces of one function since the last call that needed none.

    Parameters
    ----------
    name : str
        The name of the function, for messages.

    Attributes
    ----------
    counts : bool
        Whether anything was counted since the last reset.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts: bool = False
        self._reasons: dict[Any, list[str]] = {}  # for each signature, why it was traced again
        self._new_signatures: list[Any] = []

    def reset(self, signature: Any) -> None:
        """Start to count again, after a call that needed no trace.

        Parameters
        ----------
        signature : tuple
            The signature of the call.
        """
        self._reasons.pop(signature, None)
        self._new_signatures.clear()
        self.counts = bool(self._reasons)

    def count_retrace(self, signature: Any, reason: str) -> None:
        """Count a trace for a signature that was known, but whose specializations were not valid.

        Parameters
        ----------
        signature : tuple
            The signature of the call.
        reason : str
            What had changed.

        Raises
        ------
        GraphError
            If this happened more than ``MAX_RETRACES`` times in a row.
        """
        reasons = self._reasons.setdefault(signature, [])
        reasons.append(reason)
        if len(reasons) > MAX_RETRACES:
            del self._reasons[signature]
            raise GraphError(
                f"compile(): {self.name} had to be traced again at {MAX_RETRACES + 1} calls in a row ({'; '.join(reasons)}): use "
                f"autograd.where in place of a branch, pass what changes as an argument, or call the function uncompiled"
            )

    def count_static_values(self, call: Call) -> None:
        """Count a trace.

        Issues a CompileWarning if each of the last ``STATIC_VALUES_BEFORE_WARNING`` traces was for another value of one argument.

        Parameters
        ----------
        call : Call
            The arguments of the call.
        """
        self.counts = True
        self._new_signatures.append(call.signature)
        lengths = {len(signature) for signature in self._new_signatures}
        if len(self._new_signatures) != STATIC_VALUES_BEFORE_WARNING or len(lengths) != 1:
            return
        for position, keys in enumerate(zip(*self._new_signatures, strict=True)):
            if _are_distinct_static_keys(keys):
                warnings.warn(
                    f"compile(): {self.name} was traced for {STATIC_VALUES_BEFORE_WARNING} values in a row of argument {position}, "
                    f"now {describe(call.args[position])}: only floats and arrays of floats can change without a new trace, and "
                    f"with tensors=True integers that index Tensors; pass floats, as in y.astype(float), or leave the argument out",
                    CompileWarning,
                    stacklevel=5,  # the line that called the compiled function
                )


def _are_distinct_static_keys(keys: tuple[Any, ...]) -> bool:
    is_static = all(key[0] == STATIC for key in keys if isinstance(key, tuple))
    return is_static and len(set(keys)) == STATIC_VALUES_BEFORE_WARNING
