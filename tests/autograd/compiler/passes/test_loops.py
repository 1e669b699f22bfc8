"""Loops: compiled programs with recurrences equal the functions, forward and backward, and their source does not grow."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from loop_programs import (
    PROGRAMS,
    autoregression,
    flat,
    hidden_markov_model,
    kalman_filter,
    numbers,
    random_loop_program,
    random_nested_program,
    soft_dynamic_time_warping,
)

import autograd as ag
from autograd import compile
from autograd.compiler.passes.loops import cuts
from autograd.compiler.passes.loops.components import find_cyclic_components

programs = pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)


def compile_all(f, args, **options):
    """Return the compiled function and how it is called for the gradients by all arguments."""
    argnums = tuple(range(len(args)))
    return compile(f, argnums=argnums, **options), ag.value_and_grad(f, argnums=argnums)


def assert_close(actual, expected, tolerance=1e-12):
    actual, expected = flat(actual), flat(expected)
    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=tolerance * max(1.0, np.max(np.abs(expected), initial=0.0)))


def count_lines(make, n):
    f, args = make(n)
    args = [np.array(arg) if isinstance(arg, list) else arg for arg in args]
    step, _ = compile_all(f, args)
    step.value_and_grad(*args)
    return len(step.source.splitlines())


@programs
def test_a_program_with_a_loop_equals_the_function(make):
    f, args = make(PROGRAMS[make])
    step, eager = compile_all(f, args)
    moved = [[0.9 * x for x in part] if isinstance(part, list) and isinstance(part[0], float) else part for part in args]
    for point in (args, moved):
        assert_close(step.value_and_grad(*point), eager(*point))
    assert "for t in range(" in step.source
    assert not step.report().reason


@programs
def test_the_source_does_not_grow_with_the_number_of_steps(make):
    n = PROGRAMS[make]
    assert count_lines(make, 2 * n) <= 1.1 * count_lines(make, n) + 1


@programs
def test_forward_mode_and_second_derivatives_of_a_loop(make):
    f, args = make(PROGRAMS[make])
    step = compile(f)
    tangents = tuple(np.asarray(flat(arg)).reshape(np.shape(arg)).tolist() if np.ndim(arg) else 0.7 for arg in args)
    assert_close(step.jvp(args, tangents)[1], ag.jvp(f, args, tangents)[1])
    expected = ag.hvp(lambda x: f(x, *args[1:]), args[0], tangents[0])
    assert_close(step.hvp(args[0], tangents[0], *args[1:]), expected, 1e-11)


@pytest.mark.parametrize("make", [autoregression, kalman_filter])
def test_a_batch_of_loops_is_one_loop(make):
    f, args = make(PROGRAMS[make])
    step, eager = compile_all(f, args, in_axes=(0, *(None for _ in args[1:])))
    samples = np.array([0.3, 0.5, 0.7])
    value, gradients = step.value_and_grad(samples, *args[1:])
    expected = [eager(x, *args[1:]) for x in samples]
    assert value == pytest.approx(np.mean([v for v, _ in expected]))
    np.testing.assert_allclose(gradients[0], [g[0] / 3 for _, g in expected], rtol=1e-9)
    assert gradients[1] == pytest.approx(np.mean([g[1] for _, g in expected]))
    assert step.source.count("for t") == 2


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
@example(seed=81)  # a loop that begins before another one, whose values it reads
@example(seed=1002386)  # loops of which each reads what the other computes
def test_random_programs_with_loops(seed):
    assert_equals_eager(*random_loop_program(seed))


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_random_programs_with_loops_in_loops(seed):
    assert_equals_eager(*random_nested_program(seed))


def assert_equals_eager(f, args, source):
    step, eager = compile_all(f, args)
    value, gradients = step.value_and_grad(*args)
    expected_value, expected_gradients = eager(*args)
    assert not step.report().reason, source
    assert value == pytest.approx(expected_value, rel=1e-9, abs=1e-9, nan_ok=True), source
    assert_close(gradients, expected_gradients, 1e-9)


def test_what_a_person_would_write():
    f, args = autoregression(9)
    step, _ = compile_all(f, args)
    step.value_and_grad(*args)
    lines = [line.strip() for line in step.source.splitlines()]
    first, second = (k for k, line in enumerate(lines) if line.startswith("for t"))
    assert lines[first : first + 5] == [
        "for t in range(9):",
        "s1 = math.tanh(a * h + xs[t])",
        "h_all[t] = h",
        "h = s1",
        "h_all2[t] = h",
    ]
    assert lines[second] == "for t2 in reversed(range(9)):"
    assert "recurrence" in str(step.report())


@pytest.mark.parametrize("returned", ["h", "h + k", "h * sum(kept)"])
def test_a_carried_value_that_no_step_changes(returned):
    def f(a, b):
        h, k, kept = a, b, []
        for _ in range(24):
            h = h * 1.0
            k = k * 1.0 + ag.sin(h)
            kept.append(h)
        return ag.sin(eval(returned, {}, {"h": h, "k": k, "kept": kept})) + b

    step, eager = compile_all(f, (0.3, 0.4))
    assert_close(step.value_and_grad(0.3, 0.4), eager(0.3, 0.4))
    assert not step.report().reason
    value, gradients = step.program(*step.inputs)
    assert_close((value, gradients), eager(0.3, 0.4))
    assert_close(step.jvp((0.3, 0.4), (1.0, 0.0))[1], eager(0.3, 0.4)[1][0])


def test_one_step_that_differs_is_computed_between_two_loops():
    def f(a, b):
        h = 0.1
        for t in range(24):
            h = ag.tanh(a * h + b) if t != 11 else ag.sin(a * h)
        return h

    step, eager = compile_all(f, (0.5, 0.2))
    assert_close(step.value_and_grad(0.5, 0.2), eager(0.5, 0.2))
    assert step.source.count("in range(") == 2
    assert step.source.count("math.sin(") == 1
    assert "loop of 11 iterations; the one after them differs\n" in str(step.report())
    assert "loop of 12 iterations\n" in f"{step.report()}\n"


def test_loops_in_loops():
    f, args = soft_dynamic_time_warping(7)
    args = (np.array(args[0]),)
    step, _ = compile_all(f, args)
    step.value_and_grad(*args)
    forward = step.source[: step.source.index("reversed")]
    assert "\n    for t2 in range(6):\n" in forward
    assert "\n        for t3 in range(6):\n" in forward


def test_loops_read_what_other_loops_kept():
    def f(a, x, y):
        kept, h, g, total = [], 0.5, 0.1 * a, 0.0
        for t in range(8):
            h = ag.tanh(a * h + x[t])
            kept.append(h)
        for t in range(8):
            largest = max(x[t].data, y[t].data)
            g = ag.where(g > 0.0, ag.sin(g * kept[7 - t]), kept[t]) + 0.1 * largest
            total = total + g * kept[t]
        return total

    args = (0.7, numbers(8, seed=1), numbers(8, seed=2))
    step, eager = compile_all(f, args)
    assert_close(step.value_and_grad(*args), eager(*args))
    assert step.source.count(" in range(") == 2


def test_a_loop_over_captured_numbers_has_no_tangent():
    w = [ag.Value(0.3), ag.Value(0.8)]

    def f(x):
        h = w[1]
        for _ in range(12):
            h = ag.sin(w[0] * h) + w[1]
        return x * h

    step = compile(f)
    assert step.jvp((2.0,), (1.0,))[1] == pytest.approx(float(f(ag.Value(1.0)).data))
    assert "for t" in step.source


def test_a_recurrence_with_a_long_memory_is_written_out():
    def f(a, b):
        h = [0.1 * k for k in range(6)]
        for _ in range(30):
            h.append(ag.tanh(a * h[-1] + b * h[-6]))
        return h[-1]

    step, eager = compile_all(f, (0.5, 0.3))
    assert_close(step.value_and_grad(0.5, 0.3), eager(0.5, 0.3))
    assert "for t" not in step.source


def test_the_first_cut_is_kept_if_the_search_for_a_better_one_is_too_long(monkeypatch):
    monkeypatch.setattr(cuts, "MAX_WORK", 0)
    f, args = hidden_markov_model(8)
    step, eager = compile_all(f, args)
    assert_close(step.value_and_grad(*args), eager(*args))
    assert "for t" in step.source


def test_a_single_number_of_an_array_is_a_float_in_the_loop():
    def f(x, y):
        h, total = 0.5, 0.0
        for t in range(9):
            h = ag.tanh(x[0] * h + y[t])
            total = total + h * h
        return total

    args = (np.array(numbers(3)), np.array(numbers(9)))
    step, eager = compile_all(f, args)
    assert_close(step.value_and_grad(*args), eager(*(x.tolist() for x in args)))
    assert "p = float(s1)" in step.source


def test_a_total_that_is_not_read_is_no_loop():
    def f(a):
        total = 0.0
        for k in range(20):
            total = total + ag.sin(a * k)
        return total

    step, eager = compile_all(f, (0.3,))
    assert_close(step.value_and_grad(0.3), eager(0.3))
    assert "for t" not in step.source


def test_overflow_and_division_by_zero_in_a_loop_give_what_they_give_eagerly():
    def grow(a):
        h = 1.0
        for _ in range(9):
            h = ag.exp(a * h)
        return h

    def divide(a):
        h = 0.0
        for _ in range(12):
            h = a / h + a
        return h

    for f in (grow, divide):
        step = compile(f)
        assert step(1.0) == f(ag.Value(1.0)).data
        assert "for t" in step.source
    assert compile(grow)(1.0) == np.inf


@pytest.mark.parametrize("reverse", [False, True])
def test_other_array_libraries_scan(reverse):
    jax = pytest.importorskip("jax")
    f, args = kalman_filter(9)
    step = compile(f, argnums=(0, 1, 2), xp=jax.numpy)
    eager = ag.value_and_grad(f, argnums=(0, 1, 2))
    if reverse:
        assert_close(step.value_and_grad(*args), eager(*args), 1e-5)
        assert "reverse=True" in step.source
    else:
        assert float(step(*args)) == pytest.approx(float(eager(*args)[0]), rel=1e-5)
    assert "scan(step" in step.source


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_a_running_sum_is_a_cumulative_sum(start):
    def f(x):
        total, loss = start, 0.0
        for k in range(20):
            total = total + x[k]
            loss = loss + ag.sin(total)
        return loss * total

    x = np.array(numbers(20))
    step = compile(f)
    assert_close(step.value_and_grad(x), ag.value_and_grad(f)(x.tolist()))
    assert "np.cumsum(x, axis=0)" in step.source
    assert "for t" not in step.source
    assert_close(step.jvp((x,), (x,))[1], ag.jvp(f, (x.tolist(),), (x.tolist(),))[1])
    batch = np.stack([x, 2.0 * x])
    gradients = compile(f, in_axes=0).value_and_grad(batch)[1]
    assert_close(gradients.tolist(), [(0.5 * np.array(ag.grad(f)(row.tolist()))).tolist() for row in batch])


def test_cycles_of_a_graph():
    successors = [[1], [2], [0, 3], [4], [4, 5], [], [6], [8], []]
    assert sorted(map(sorted, find_cyclic_components(successors))) == [[0, 1, 2], [4], [6]]


def cells(w, x):
    """A recurrence, and its values."""
    h, values = 0.0, []
    for t in range(x.shape[0]):
        h = ag.tanh(w * h + x[t])
        values.append(h)
    return values


def test_a_loop_may_use_buffers():
    x = np.linspace(-1.0, 1.0, 40)
    compiled = compile(lambda x: cells(0.5, x)[-1], buffers=True)
    for scale in (1.0, -0.7):
        assert compiled(scale * x) == pytest.approx(float(cells(0.5, scale * x)[-1]), rel=1e-12)
        assert_close(compiled.grad(scale * x), ag.grad(lambda x: cells(0.5, x)[-1])(scale * x))
    assert "for t in range" in compiled.source


def test_a_loop_that_does_not_move_has_no_tangent():
    w = ag.Value(0.5)
    compiled = compile(lambda y: cells(w, np.full(40, 0.1))[-1] * y)
    value, tangent = compiled.jvp((2.0,), (1.0,))
    expected = float(cells(0.5, np.full(40, 0.1))[-1])
    assert (value, tangent) == pytest.approx((2.0 * expected, expected))
    assert "for t in range" in compiled.source


def test_a_loop_may_read_the_values_of_another():
    def f(x):
        values = cells(0.5, x)
        k = 0.0
        for h in values:
            k = ag.sin(0.3 * k * h + values[-1])
        return k

    compiled = compile(f)
    for x in (np.linspace(-1.0, 1.0, 40), np.linspace(0.5, -0.2, 40)):
        assert compiled(x) == pytest.approx(float(f(x)), rel=1e-12)
        assert_close(compiled.grad(x), ag.grad(f)(x))
    assert compiled.source.count(" in range(") == 2
