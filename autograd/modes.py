"""What changes how operations are recorded: no_grad, scope and anomaly, per thread and per task.

``special`` counts the modes that are on anywhere; while it is zero the operators' own methods look no further.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar

special = 0
recording: ContextVar[bool] = ContextVar("recording", default=True)
_counting = threading.Lock()


def enter_special() -> None:
    """One more mode is on: operators take the careful way, which asks the context."""
    global special
    with _counting:
        special += 1


def leave_special() -> None:
    """One mode less."""
    global special
    with _counting:
        special -= 1
