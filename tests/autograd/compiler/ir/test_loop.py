"""Loops as instructions."""

import numpy as np
import pytest

from autograd.compiler.codegen.generated_function import GeneratedFunction
from autograd.compiler.ir.loop import Loop, carried_result, emit_loop, isolate, stacked_result
from autograd.compiler.ir.program import ProgramBuilder


def test_the_results_of_a_loop():
    builder = ProgramBuilder()
    h, x, p = (builder.input(name, np.float64(1.0)) for name in "hxp")
    xs, factor = builder.input("xs", np.arange(1.0, 5.0)), builder.input("factor", 2.0)
    product = h * x
    loop = emit_loop(builder, Loop(4, False, [h], [x], [p], [product + p], []), [1.0, xs, factor])
    results = [carried_result(loop, 0), *(stacked_result(loop, value) for value in (h, product, x, p, 3.0))]
    assert results[3] is xs
    function = GeneratedFunction("f", [xs, factor], [results])
    last, *stacked = function([np.arange(1.0, 5.0), 2.0])[0]
    before, products = [1.0], []
    for k in range(1, 5):
        products.append(before[-1] * k)
        before.append(products[-1] + 2.0)
    assert last == before.pop()
    expected = [before, products, [1.0, 2.0, 3.0, 4.0], [2.0] * 4, [3.0] * 4]
    assert [list(x) for x in stacked] == expected


def test_values_that_swap_are_assigned_together():
    builder = ProgramBuilder()
    a, b = (builder.input(name, np.float64(1.0)) for name in "ab")
    loop = emit_loop(builder, Loop(3, True, [a, b], [], [], [b, a + b], []), [1.0, 2.0])
    function = GeneratedFunction("f", [], [[carried_result(loop, 0), carried_result(loop, 1)]])
    assert function([])[0] == (5.0, 8.0)
    assert "a, b = b, a + b" in function.source.text
    assert "for t in reversed(range(3)):" in function.source.text


def test_a_value_that_no_iteration_changes_is_the_initial_one():
    builder = ProgramBuilder()
    h, k, start = builder.input("h", 1.0), builder.input("k", 1.0), builder.input("start", 3.0)
    loop = emit_loop(builder, Loop(4, False, [h, k], [], [], [h, k * h], []), [start, 1.0])
    assert carried_result(loop, 0) is start
    kept = stacked_result(loop, h)
    assert loop.static["loop"].stacked == []
    function = GeneratedFunction("f", [start], [[carried_result(loop, 1), kept]])
    last, values = function([3.0])[0]
    assert (last, list(values)) == (81.0, [3.0] * 4)


def test_isolated_results_read_new_inputs():
    builder = ProgramBuilder()
    x = builder.input("x", 2.0)
    y = builder.exp(x)
    (result, same), (new,) = isolate(builder, [y * y + x, x], [y])
    assert result.args[0].args == (new, new)
    assert same is x
    assert new.data == pytest.approx(np.exp(2.0))
