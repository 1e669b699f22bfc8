"""Instructions of a program."""

import numpy as np
import pytest

from autograd import compile
from autograd.compiler.ir.live_instructions import topological_sort


def test_an_instruction_has_a_short_repr_and_no_truth_value():
    step = compile(lambda x: x[0] * x[1] + x[0] * x[1] + (x[0] * x[1]).tanh())
    step(np.array([1.0, 2.0]))
    specialization = step._dispatcher.cache.by_signature[next(iter(step._dispatcher.cache.by_signature))][0]
    assert repr(topological_sort(specialization.outputs)[-1]) == "<instruction add ()>"
    with pytest.raises(TypeError, match="an instruction has no truth value"):
        bool(topological_sort(specialization.outputs)[-1])
