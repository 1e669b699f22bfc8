"""Recurrences for one sample after the other, which become one recurrence of arrays."""

import numpy as np
import pytest
from loop_programs import numbers

import autograd as ag
from autograd import compile, value_and_grad
from autograd.compiler.passes.loops import loop_extraction
from autograd.compiler.passes.loops.interchange import interchange_loops
from autograd.compiler.passes.loops.operations import Operations
from oracles import assert_close


def kepler(n):
    mean_anomalies = np.linspace(0.1, 6.0, n).tolist()

    def f(e, a):
        total = 0.0
        for m in mean_anomalies:
            E = m
            for _ in range(6):
                E = E - (E - e * ag.sin(E) - m) / (1.0 - e * ag.cos(E))
            total = total + (a * (ag.cos(E) - e)) ** 2
        return total

    return f, (0.3, 1.1)


def recurrent_networks(n):
    X = numbers(n, 6)

    def f(W, u, v):
        errors = []
        for x in X:
            h = [0.1, 0.2]
            for t in range(6):
                h = [ag.tanh(W[i][0] * h[0] + W[i][1] * h[1] + u[i] * x[t]) for i in range(2)]
            errors.append(v[0] * h[0] + v[1] * h[1] - x[0])
        return sum(error * error for error in errors) / n

    return f, (numbers(2, 2), numbers(2, seed=1), numbers(2, seed=2))


def square_roots(n):
    def f(xs):
        total, before = 0.0, 1.0
        for x in xs:
            y = 1.0
            for _ in range(7):
                y = 0.5 * (y + (x * x + 1.0) / y)
            total, before = total + y * before, y
        return total

    return f, (numbers(n),)


def early_sums(n):
    data = numbers(n, 5)

    def f(a, b):
        total = 0.0
        for i in range(n):
            total = total + ag.sin(a * data[i][0])
            h = b
            for t in range(5):
                h = ag.tanh(a * h + data[i][t])
                total = total - 0.1 * h
            total = total + h
        return total

    return f, (0.4, 0.7)


def unequal_lengths(n):
    def f(a, b):
        total = 0.0
        for i in range(n):
            h = 0.1 * i
            for _ in range(5 + i % 3):
                h = ag.tanh(a * h + b)
            total = total + h * h
        return total

    return f, (0.5, 0.8)


def implicit_steps(n):
    def f(k, start):
        u = list(start)
        for _ in range(n):
            new = []
            for i in range(6):
                x = u[i]
                for _ in range(5):
                    x = x - (x + 0.1 * k * x * x * x - u[i] - 0.1 * u[i - 1]) / (1.0 + 0.3 * k * x * x)
                new.append(x)
            u = new
        return sum(x * x for x in u)

    return f, (0.4, numbers(6))


def first_assigned(n):
    data = numbers(n)

    def f(a, b):
        total = None
        for x in data:
            h = b
            for _ in range(6):
                h = ag.tanh(a * h + x)
            total = h if total is None else total + h
        return total

    return f, (0.4, 0.7)


def crossing_values(n):
    def f(a, b):
        total, after = 0.0, 0.3
        for i in range(n):
            early = ag.exp(b * 0.1 * i)
            x = ag.sin(a * after)
            h = b
            for _ in range(6):
                h = ag.tanh(x * h + b)
            after = ag.cos(b + 0.1 * i)
            total = total + h * early
        return total

    return f, (0.4, 0.7)


def dependent_samples(n):
    def f(a, b):
        before, total = 0.1, 0.0
        for _ in range(n):
            x = before
            for _ in range(5):
                x = x - (x - a * ag.sin(x) - 0.1) / (1.0 - a * ag.cos(x))
            before = b * x
            total = total + x
        return total + before

    return f, (0.3, 0.8)


def kalman_filters(n):
    Y = numbers(n, 7)

    def f(a, q, r):
        likelihood = 0.0
        for y in Y:
            m, p = 0.0, 1.0
            for t in range(7):
                m, p = a * m, a * a * p + q
                s, error = p + r, y[t] - m
                gain = p / s
                likelihood = likelihood - 0.5 * (ag.log(s) + error * error / s)
                m, p = m + gain * error, (1.0 - gain) * p
        return likelihood

    return f, (0.9, 0.2, 0.3)


def another_first_sample(n):
    data = numbers(n)

    def f(a, b):
        results = []
        for i, x in enumerate(data):
            h = b + x
            for _ in range(6):
                h = ag.tanh(a * h + b) if i else ag.tanh(a * b + h)
            results.append(h)
        return sum(results)

    return f, (0.4, 0.7)


def rows_that_read_the_first_one(n):
    data = numbers(n, 8)

    def f(a, b):
        A = [[a * x + b for x in row] for row in data]
        for i in range(n):
            for j in range(1, 8):
                A[i][j] = A[i][j] - 0.3 * A[0][j] * A[i][j - 1]
        return sum(sum(row) for row in A)

    return f, (0.4, 0.7)


def last_sample_depends_on_another(n):
    def f(a, b, xs):
        total, h = 0.0, 0.0
        for i in range(n):
            x = xs[i] if i < n - 1 else h
            h = b
            for _ in range(6):
                h = ag.tanh(x * h + b)
            total = total + a * h
        return total

    return f, (0.4, 0.7, numbers(n))


MAKERS = (
    *(rows_that_read_the_first_one, last_sample_depends_on_another),
    *(kepler, recurrent_networks, square_roots, early_sums, first_assigned, unequal_lengths),
    *(implicit_steps, crossing_values, dependent_samples, kalman_filters, another_first_sample),
)
UNMOVED = {unequal_lengths, crossing_values, dependent_samples, rows_that_read_the_first_one}


@pytest.mark.parametrize("n", [5, 9, 16])
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_program_equals_the_function(make, n):
    f, args = make(n)
    arrays = [np.array(arg) if isinstance(arg, list) else arg for arg in args]
    argnums = tuple(range(len(args)))
    step = compile(f, argnums=argnums)
    value, gradients = step.value_and_grad(*arrays)
    expected, expected_gradients = value_and_grad(f, argnums=argnums)(*args)
    assert not step.report().reason
    assert_close(value, expected, rtol=1e-12)
    for gradient, wanted in zip(gradients, expected_gradients, strict=True):
        assert_close(gradient, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "loops"),
    # forward and backward; the first square root is computed by itself
    [
        (kepler, 2),
        (recurrent_networks, 2),
        (early_sums, 2),
        (first_assigned, 2),
        (square_roots, 4),
        (dependent_samples, 6),
        (kalman_filters, 2),
        (another_first_sample, 4),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_the_source_does_not_grow_with_the_number_of_samples(make, loops):
    sources = []
    for n in (12, 96):
        f, args = make(n)
        step = compile(f, argnums=tuple(range(len(args))))
        step.value_and_grad(*args)
        sources.append(step.source)
    small, large = (source.splitlines() for source in sources)
    assert len(large) == len(small)
    assert sum(line.strip().startswith("for ") for line in large) == loops


def test_samples_without_recurrences_are_searched_once(monkeypatch):
    calls = []
    find_recurrence = loop_extraction.find_recurrence

    def count_and_find(*args):
        calls.append(args)
        return find_recurrence(*args)

    monkeypatch.setattr(loop_extraction, "find_recurrence", count_and_find)
    counts = []
    for n in (10, 40):
        data = numbers(n, 6)

        def f(a, b, data=data):
            return sum(ag.exp(sum((a * x - b) * (a * x - b) for x in row)) for row in data)

        calls.clear()
        step = compile(f, argnums=(0, 1))
        assert_close(step.value_and_grad(0.3, 0.2)[1], value_and_grad(f, argnums=(0, 1))(0.3, 0.2)[1], rtol=1e-12)
        counts.append(len(calls))
    assert max(counts) < 3


def test_each_sample_carries_as_few_values_as_one_sample_alone():
    f, args = kalman_filters(12)
    step = compile(f, argnums=(0, 1, 2))
    step.value_and_grad(*args)
    assert "    h2 = " in step.source
    assert "h3" not in step.source


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_each_operation_follows_its_operands_in_the_new_order(make, monkeypatch):
    seen = []

    def interchange_and_look(graph, operations, repetitions, use_counts):
        found = interchange_loops(graph, operations, repetitions, use_counts)
        if found.order is not None:
            assert sorted(found.order) == sorted(operations.nodes)
            moved = Operations(graph, found.order)
            assert (moved.producers < moved.owners).all()
        seen.append(found.order)
        return found

    monkeypatch.setattr(loop_extraction, "interchange_loops", interchange_and_look)
    f, args = make(9)
    step = compile(f, argnums=tuple(range(len(args))))
    step.value_and_grad(*args)
    assert step.source
    assert any(order is not None for order in seen) == (make not in UNMOVED)


def test_forward_mode_batches_and_second_derivatives():
    f, args = kepler(8)
    step = compile(f, argnums=(0, 1))
    tangent = step.jvp(args, (0.5, -1.0))[1]
    _, (de, da) = value_and_grad(f, argnums=(0, 1))(*args)
    assert_close(tangent, 0.5 * de - da, rtol=1e-11)
    e = np.array([0.1, 0.3, 0.5])
    assert_close(compile(f, in_axes=(0, None))(e, 1.1), [float(f(x, 1.1)) for x in e], rtol=1e-12)
    assert_close(step.hvp(0.3, 1.0, 1.1), ag.hvp(lambda e: f(e, 1.1), 0.3, 1.0), rtol=1e-9)
