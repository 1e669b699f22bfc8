"""Hypothesis profiles, and fixtures that fail a test which leaks state."""

import gc
import os
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from autograd.ops import TABLE
from autograd.state import context
from autograd.state.hook_handles import Hooks

# PyTorch, an oracle, would start a thread for each core, which spins while the other workers of pytest-xdist need the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("dev", max_examples=10, deadline=None)
settings.register_profile("quick", settings.get_profile("dev"), derandomize=True)
settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("docs", max_examples=100, deadline=None, derandomize=True)


PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")


def use_profile(name=PROFILE):
    """Use a profile of Hypothesis, by default that of the environment."""
    settings.load_profile(name)


use_profile()


@pytest.fixture(autouse=True)
def no_leaks():
    """A test may neither leave a mode on nor change how NumPy treats errors; rows it defines are taken out again."""
    rows, errors = set(TABLE), np.geterr()
    yield
    for name in set(TABLE) - rows:
        if not TABLE[name].library:  # the rows of a library are loaded once, when they are first used
            del TABLE[name]
    assert context.open_block_count == 0
    if Hooks.total_count:
        gc.collect()
    assert Hooks.total_count == 0  # while there are hooks, nothing is compiled
    assert np.geterr() == errors


def pytest_sessionfinish(session):
    """Write what a worker of pytest-xdist has measured: on a busy machine it would be killed before it has written it at its exit."""
    coverage = sys.modules.get("coverage")
    measuring = coverage.Coverage.current() if coverage and hasattr(session.config, "workerinput") else None
    if measuring is not None:
        measuring.stop()
        measuring.save()
