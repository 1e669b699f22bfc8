"""Programs with triangular loops: their source has loops, too, and computes what the function computes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from triangular_programs import PROGRAMS, lu

import autograd as ag
from autograd import compile


def arguments(f, n, seed=0):
    return PROGRAMS[f](np.random.default_rng(seed), n)


def compiled(f, args):
    return compile(f, argnums=tuple(range(len(args))))


def to_values(x):
    return [to_values(part) for part in x] if isinstance(x, list) else ag.Value(x)


def eager(f, args):
    """The value and the gradients in eager mode."""
    leaves = [to_values(np.asarray(x).tolist()) for x in args]
    y = f(*leaves)
    y.backward()
    return y.data, [np.vectorize(lambda v: v.grad, otypes=[float])(np.array(x, dtype=object)) for x in leaves]


def assert_close(found, expected, tolerance=1e-9):
    value, gradients = found
    assert value == pytest.approx(expected[0], rel=tolerance)
    largest = max(np.max(np.abs(g)) for g in expected[1])
    for a, b in zip(gradients, expected[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * largest)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_lines_compute_what_the_function_computes(f):
    args = arguments(f, 17)
    step = compiled(f, args)
    expected = eager(f, args)
    assert_close(step.value_and_grad(*args), expected)
    assert "for k in range(" in step.source
    assert_close(step.program(*step.inputs), expected)  # the lines, also where the tape runs
    other = arguments(f, 17, seed=1)
    assert_close(step.program(*other), eager(f, other))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_the_length_of_the_source_does_not_depend_on_the_size(f):
    lengths = []
    for n in (16, 40):
        args = arguments(f, n)
        step = compiled(f, args)
        step.value_and_grad(*args)
        lengths.append(step.source.count("\n"))
    assert lengths[1] <= lengths[0] < 90


def test_an_elimination_subtracts_from_what_is_left_of_the_matrix():
    args = arguments(lu, 12)
    step = compiled(lu, args)
    step.value_and_grad(*args)
    lines = [line.split("  #")[0].strip() for line in step.source.splitlines()]
    assert "T3[k + 1] = T3[k][1:11 - k, 1:11 - k] - T[k + 1].reshape(10 - k, 1) * T2[k + 1]" in lines


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_jvp_and_hvp_agree_with_those_of_numbers(f):
    args = arguments(f, 10)
    directions = tuple(np.cos(np.arange(np.size(x))).reshape(np.shape(x))[()] for x in args)
    step = compiled(f, args)
    lists = [tuple(np.asarray(x).tolist() for x in part) for part in (args, directions)]
    value, tangent = step.jvp(args, directions)
    expected = ag.jvp(f, *lists)
    assert value == pytest.approx(float(expected[0]), rel=1e-9)
    assert tangent == pytest.approx(float(expected[1]), rel=1e-8)
    (x, *rest), direction = args, directions[0]
    product = compile(f).hvp(x, direction, *rest)
    shift = 1e-6
    ahead, behind = (compile(f).value_and_grad(x + sign * shift * direction, *rest)[1] for sign in (1.0, -1.0))
    difference = (ahead - behind) / (2.0 * shift)
    np.testing.assert_allclose(product, difference, atol=1e-6 * np.max(np.abs(difference)))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_a_batch_is_one_loop(f):
    samples = [arguments(f, 12, seed) for seed in range(3)]
    batch = [np.stack(x) for x in zip(*samples, strict=True)]
    step = compile(f, argnums=tuple(range(len(batch))), in_axes=(0,) * len(batch))
    expected = [eager(f, args) for args in samples]
    mean = np.mean([value for value, _ in expected])
    gradients = [np.stack(parts) / 3.0 for parts in zip(*(g for _, g in expected), strict=True)]
    assert_close(step.value_and_grad(*batch), (mean, gradients))
    assert_close(step.program(*step.inputs), (mean, gradients))
    assert "for k in range(" in step.source


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_an_exported_file_has_the_loops_and_their_constants(f, tmp_path):
    args = arguments(f, 12)
    step = compiled(f, args)
    value, gradients = step.value_and_grad(*args)
    path = step.export(tmp_path / "program.py")
    assert "for k in range(" in path.read_text(encoding="utf-8")
    scope = {}
    exec(path.read_text(encoding="utf-8"), scope)
    found = scope["run"](*args)
    assert_close(found if isinstance(found, tuple) else (found, gradients), (value, gradients))


def test_the_lines_run_on_jax():
    pytest.importorskip("jax")
    code = """
import jax, numpy as np
jax.config.update("jax_enable_x64", True)
from autograd import compile
from triangular_programs import PROGRAMS, forward_substitution as f
args = PROGRAMS[f](np.random.default_rng(0), 12)
ours, plain = compile(f, argnums=(0, 1), xp=jax.numpy), compile(f, argnums=(0, 1))
(value, gradients), expected = ours.value_and_grad(*args), plain.value_and_grad(*args)
assert "for k in range(" in ours.source
assert np.allclose(value, expected[0])
assert all(map(np.allclose, gradients, expected[1]))
assert np.allclose(jax.jit(ours.program)(*ours.inputs)[0], expected[0])
print("same")
"""
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "same", done.stderr


UPDATES = ("{} - {} * {}", "{} + 0.3 * {} * {}", "{} * (1.0 + 0.1 * {}) + 0.1 * {}", "0.5 * {} + ({} - {})")
PIVOTS = ("{} / (2.0 + {} * {})", "({} + 0.5 * {} * {}).tanh()", "{} * 0.5 + ({} * {}).sin()")
RANGES = ("range(k + 1, n)", "range(k, n)", "reversed(range(k + 1, n))", "range(n - k)", "range(n)")


def random_triangular_program(draw):
    """The source of a random elimination of a matrix and a vector."""
    lines = ["def f(A, x):", "    n = len(x)", "    A = [list(row) for row in A]", "    x = list(x)", "    total = 0.0"]
    for _ in range(draw(st.integers(1, 2))):
        i, j = draw(st.sampled_from(RANGES)), draw(st.sampled_from(RANGES))
        entries = ["A[i][k]", "A[k][j]", "A[k][k]", "A[j][i]", "x[i]", "x[j]", "x[k]", "A[i][j - 1]"]
        pick = st.sampled_from(entries)
        lines.append(f"    for k in range({draw(st.sampled_from(['n', 'n - 1', '1, n']))}):")
        lines.append(f"        x[k] = {draw(st.sampled_from(PIVOTS)).format('x[k]', 'A[k][k]', 'x[k - 1]')}")
        lines.append(f"        for i in {i}:")
        if draw(st.booleans()):
            lines.append(f"            x[i] = {draw(st.sampled_from(UPDATES)).format('x[i]', 'A[i][k]', 'x[k]')}")
        lines.append(f"            for j in {j}:")
        update = draw(st.sampled_from(UPDATES)).format("A[i][j]", draw(pick), draw(pick))
        lines.append(f"                A[i][j] = {update}")
        if draw(st.booleans()):
            lines.append("        total = total + x[k] * A[k][k]")
    lines.append("    return total + sum(x) + sum(sum(row) for row in A)")
    return "\n".join(lines)


@given(st.data())
def test_random_triangular_programs_are_equal_to_eager_ones(data):
    source = random_triangular_program(data.draw)
    scope = {}
    exec(source, scope)
    n = data.draw(st.integers(5, 9))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    args = (0.3 * rng.normal(size=(n, n)), 0.3 * rng.normal(size=n))
    expected = eager(scope["f"], args)
    step = compiled(scope["f"], args)
    found = step.value_and_grad(*args)
    if np.isfinite(expected[0]) and abs(expected[0]) < 1e6:
        assert_close(found, expected, 1e-7)
        assert_close(step.program(*step.inputs), expected, 1e-7)
