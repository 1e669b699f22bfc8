"""The source of compiled functions: it runs by itself, is formatted, and can be for other array libraries."""

import ast
import math

import numpy as np
import pytest

import autograd as ag
from autograd import compile
from autograd.compiler.codegen.numpy_source import generate_source
from autograd.compiler.codegen.source_writer import SourceWriter
from autograd.compiler.ir.program import ProgramBuilder
from compiled_source import format_source
from oracles import assert_close
from scalar_programs import demo


def test_the_source_of_a_module_imports_what_its_functions_need():
    step = compile(lambda x: ag.relu(ag.erf(x)).sum(), tensors=True)
    value, scope = step(np.arange(3.0)), {}
    exec(step.source, scope)
    assert scope["value"](np.arange(3.0)) == value


def test_source_is_idempotent_under_formatting():
    pytest.importorskip("ruff")
    step = compile(demo()[1])
    step()
    module = step.source.replace("  # (", " # (")
    once = format_source(module)
    assert format_source(once) == once
    assert ast.dump(ast.parse(once)) == ast.dump(ast.parse(step.source))


def test_a_power_with_an_infinite_exponent_is_compiled():
    step = compile(lambda x: x**math.inf)
    assert (step(0.5), step(2.0)) == (0.0, math.inf)
    assert "math.pow(x, np.inf)" in step.source


def test_source_for_other_libraries_assigns_to_no_part_of_an_array():
    builder = ProgramBuilder()
    x = builder.input("x", np.arange(6.0))
    y = builder.scatter_sum(
        [builder.getitem(x, index=slice(0, 2)), builder.getitem(x, index=np.array([1, 1]))],
        [slice(2, 4), np.array([0, 0])],
        (6,),
        np.float64,
    )
    text = generate_source("f", [x], [[y]], [True], SourceWriter(arrays_only=True)).text
    assert "np.zeros((6,)).at[2:4].add(x[0:2]).at[I2].add(x[I1])" in text


def test_the_depth_of_a_program_is_not_limited():
    def f(t):
        total = t
        for k in range(1_200):  # more terms than Python allows calls inside each other
            total = total + t * float(k % 3)
        return ag.exp(-total).sum()

    compiled = ag.compile(f, tensors=True)
    t = np.array([0.25, 0.5])
    assert_close(compiled(t), np.exp(-1_201.0 * t).sum(), rtol=1e-12)
    assert "np.exp" in compiled.source
