"""The specializations of one compiled function, by the signature of the calls that they are for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import AbstractContextManager, suppress
from typing import Any

# Specializations that one function keeps. A specialization of micrograd's demo loss (337 Values, 100 samples) holds 0.5 MB, so a
# full cache of these holds 32 MB. Twice as many would take twice the memory, and up to twice the guards before a new trace.
MAX_SPECIALIZATIONS = 64


class SpecializationCache:
    """A least-recently-used cache of specializations.

    Calls of one signature may have several specializations, one for each way through the function.

    Attributes
    ----------
    by_signature : OrderedDict
        A list of specializations for each signature. The signature that was used last stands last, and the specialization that was
        used last stands first in its list.
    lock : RLock
        Held by whoever changes the cache. ``find`` may run at the same time in other threads.
    """

    def __init__(self) -> None:
        self.by_signature: OrderedDict[Any, list[Any]] = OrderedDict()
        self.lock: AbstractContextManager[bool] = threading.RLock()

    def find(self, signature: Any) -> list[Any]:
        """Return the specializations for a signature.

        Parameters
        ----------
        signature : tuple
            The signature of the call.

        Returns
        -------
        list of Specialization
            The one that was used last stands first. The list is the cache's own.
        """
        return self.by_signature.get(signature, [])

    def add(self, signature: Any, specialization: Any) -> None:
        """Add a specialization, and drop the least recently used ones above ``MAX_SPECIALIZATIONS``.

        Parameters
        ----------
        signature : tuple
            The signature of the call.
        specialization : Specialization
            The specialization.
        """
        self.by_signature.setdefault(signature, []).insert(0, specialization)
        self.by_signature.move_to_end(signature)
        while sum(map(len, self.by_signature.values())) > MAX_SPECIALIZATIONS:
            oldest = next(iter(self.by_signature))
            self.by_signature[oldest].pop()
            if not self.by_signature[oldest]:
                del self.by_signature[oldest]

    def mark_used(self, signature: Any, specialization: Any) -> None:
        """Make a specialization the first to be found and the last to be dropped.

        Parameters
        ----------
        signature : tuple
            The signature of the call.
        specialization : Specialization
            The specialization.
        """
        known = self.find(signature)
        if known and specialization is not known[0]:
            with self.lock:
                known.sort(key=lambda other: other is not specialization)
        with suppress(KeyError):  # another thread may have dropped it
            self.by_signature.move_to_end(signature)
