"""compile: which statements of a generated function become loops."""

import numpy as np

from autograd.compiler.codegen.loop_detection import AffineInteger, Loop, SameIteration, find_access, trim
from autograd.compiler.codegen.loop_rolling import format_affine


def test_operands_that_follow_no_access_rule_prevent_a_loop():
    loop = Loop(10, 2, 4)
    assert find_access(loop, 0, np.array([9, 10, 14, 14]), False, []) is None
    assert find_access(loop, 0, np.array([11, 13, 15, 17]), False, []) is None
    assert find_access(loop, 1, np.array([10, 12, 14, 16]), False, []) == SameIteration(0)
    assert find_access(loop, 0, np.array([1, 2, 4, 5]), False, [Loop(0, 1, 8)]) is None
    assert find_access(loop, 0, np.array([4, 6, 8, 10]), True, []) == AffineInteger(4, 2)
    assert find_access(loop, 0, np.array([4, 6, 8, 11]), True, []) is None


def test_a_loop_is_not_trimmed_below_the_fewest_iterations():
    assert list(trim(Loop(0, 1, 4))) == [Loop(0, 1, 4)]


def test_affine_expressions_are_as_short_as_possible():
    assert [format_affine(a, d, "k") for a, d in ((3, 0), (0, 1), (0, 2), (3, 1), (3, -2), (0, -1))] == [
        "3",
        "k",
        "2 * k",
        "3 + k",
        "3 - 2 * k",
        "0 - k",
    ]
