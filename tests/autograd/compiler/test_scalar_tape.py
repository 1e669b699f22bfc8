"""Programs on the native tape: the same numbers as those of NumPy lines and of the eager run, and the choice between the forms."""

import functools
import math
import threading

import numpy as np
import pytest
from hypothesis import given

import autograd as ag
from autograd import Value, compile
from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.ir.scalar_graph import LEAF, ScalarGraph
from autograd.compiler.specialization import specialize, tape_program
from autograd.compiler.specialization.tape import fastest_function, scalar_tape
from autograd.compiler.specialization.tape.fastest_function import FastestFunction
from autograd.compiler.specialization.tape.formulas import count_formulas, count_operations
from autograd.compiler.specialization.tape.instructions import tape_instructions
from autograd.compiler.specialization.tape.traced_tape import LazyTape
from autograd.core.pytree import flatten
from autograd.graph.reverse_mode import pullback
from autograd.state.engine import native
from scalar_programs import close, eager, scalar_programs, to_values

pytestmark = pytest.mark.skipif(native is None, reason="the tape is a part of the native engine")


@pytest.fixture
def always_on_tape(monkeypatch):
    """Every program that can be on a tape runs there, however slow it is."""
    monkeypatch.setattr(fastest_function, "WORTHWHILE", 0.0)


def on_tape(compiled):
    report = compiled.report()
    return report.tape_speedup > 0.0 or report.tape_reason != ""


def hidden_markov(A, B, start):
    """The forward algorithm in logarithms."""

    def logsumexp(terms):
        top = max(t.data for t in terms)
        return sum((t - top).exp() for t in terms).log() + top

    alpha = [start[k] + B[k][0] for k in range(3)]
    for symbol in (1, 0, 1, 1, 0, 0, 1):
        alpha = [logsumexp([alpha[j] + A[j][k] for j in range(3)]) + B[k][symbol] for k in range(3)]
    return logsumexp(alpha)


def garch(omega, a, b):
    variance, total = omega, 0.0
    for x in np.random.default_rng(0).normal(size=30).tolist():
        variance = omega + a * x * x + b * variance
        total = total + ag.log(variance) + x * x / variance
    return total


def lotka_volterra(p):
    x, y, loss = 1.0, 0.5, 0.0
    for _ in range(20):
        dx, dy = p[0] * x - p[1] * x * y, p[2] * x * y - p[3] * y
        x, y = x + 0.1 * dx, y + 0.1 * dy
        loss = loss + (x - 1.0) ** 2 + (y - 0.5) ** 2
    return loss


def branching(x, y):
    total = x * y
    for _ in range(12):
        total = total * 0.5 if total.data > 0.3 else total + y.tanh()
    return total


RNG = np.random.default_rng(1)
PROGRAMS = {
    "hidden Markov": (hidden_markov, (RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=3))),
    "GARCH": (garch, (0.1, 0.2, 0.5)),
    "Lotka-Volterra": (lotka_volterra, (np.array([1.1, 0.4, 0.4, 0.1]),)),
    "branches": (branching, (0.7, 0.4)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_gradient_equal_the_eager_ones(name, always_on_tape):
    f, args = PROGRAMS[name]
    compiled = compile(f, argnums=tuple(range(len(args))))
    value, gradients = compiled.value_and_grad(*args)
    assert on_tape(compiled)
    own = []
    y = f(*(to_values(a, own) for a in args))
    expected = pullback([y], [1.0], own)
    assert close(value, y.data)
    assert close(np.concatenate([np.ravel(g) for g in gradients]), [0.0 if g is None else g for g in expected])
    assert close(compiled(*args), y.data)


@given(scalar_programs)
def test_random_programs_equal_the_eager_ones(program):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastest_function, "WORTHWHILE", 0.0)
        compiled = compile(program, argnums=(0, 1, 2))
        for args in program.points():
            expected, gradients = eager(program, args)
            results, _ = flatten(compiled(*args))
            assert close(results, expected)
            if len(expected) == 1:
                assert close(np.concatenate([np.ravel(g) for g in compiled.grad(*args)]), gradients)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_lanes_equal_single_samples(size, always_on_tape, monkeypatch):
    monkeypatch.setattr(scalar_tape, "LANE_NUMBERS", 2000)  # so that a batch is several chunks, and the last one is shorter
    P = np.array([1.1, 0.4, 0.4, 0.1]) + 0.01 * RNG.normal(size=(size, 4))

    def scaled(p, c):
        return lotka_volterra(p) * c

    many, one = compile(scaled, in_axes=(0, None), argnums=(0, 1)), compile(scaled, argnums=(0, 1))
    value, (by_p, by_c) = many.value_and_grad(P, 2.0)
    assert on_tape(many)
    singles = [one.value_and_grad(p, 2.0) for p in P]
    assert close(value, np.mean([v for v, _ in singles]))
    assert close(by_p, np.array([g[0] for _, g in singles]) / size)
    assert close(by_c, np.mean([g[1] for _, g in singles]))
    assert close(many(P, 2.0), [v for v, _ in singles])


def test_the_results_of_a_batch_can_be_pulled_back(always_on_tape):
    p = [Value(x) for x in (1.1, 0.4, 0.4, 0.1)]
    compiled = compile(lambda c: lotka_volterra(p) * c, in_axes=0)
    c = np.array([1.0, 2.0, 4.0])
    (compiled(c) * np.array([1.0, -1.0, 0.5])).sum().backward()
    once = compile(lotka_volterra).grad(np.array([x.data for x in p]))
    assert close([x.grad for x in p], once * (1.0 - 2.0 + 2.0))


def test_a_constant_result_of_a_batch_is_repeated(always_on_tape):
    P = np.array([1.1, 0.4, 0.4, 0.1]) + 0.01 * RNG.normal(size=(3, 4))
    loss, five = compile(lambda p: (lotka_volterra(p), 5.0), in_axes=0)(P)
    assert close(loss, [lotka_volterra(p) for p in P])
    assert five.tolist() == [5.0, 5.0, 5.0]


def test_several_results_are_pulled_back_together(always_on_tape):
    p = [Value(x) for x in (1.1, 0.4, 0.4, 0.1)]
    compiled = compile(lambda: (lotka_volterra(p), 3.0, lotka_volterra(p) * p[0]))
    one, three, two = compiled()
    assert three == 3.0
    (one * 2.0 + two).backward()
    found = [x.grad for x in p]
    for x in p:
        x.zero_grad()
    (lotka_volterra(p) * 2.0 + lotka_volterra(p) * p[0]).backward()
    assert close(found, [x.grad for x in p])


@pytest.mark.parametrize("x", [0.9, 0.2])
def test_a_choice_passes_the_gradient_to_the_side_that_it_takes(x, always_on_tape):
    compiled = compile(lambda a: ag.where(a > 0.5, a * a, a * 3.0) * a)
    assert close(compiled.grad(x), 3.0 * x * x if x > 0.5 else 6.0 * x)
    assert on_tape(compiled)


def test_every_row_has_the_derivatives_of_values():
    for name, code in native.TAPE_CODES.items():
        if code <= native.TAPE_CODES["select"]:
            continue
        op = ag.ops.find(name)
        a, b = Value(1.3), Value(1.7)
        y = Value.record(op, (a, b)[: op.arity], {})
        y.backward()
        tape = native.Tape(*columns([0, 0, code], [0, 0, 0], [0, 0, 1], [0, 0, 0]))
        places = np.frombuffer(tape.places, np.int32)
        numbers, gradients = np.zeros(3), np.zeros(3)
        numbers[places[:2]] = 1.3, 1.7
        tape.value(numbers, 1)
        gradients[places[2]] = 1.0
        tape.pull_back(gradients, numbers, 1)
        found = numbers[places[2]], *gradients[places[: op.arity]]
        assert found == pytest.approx((y.data, *(x.grad for x in (a, b)[: op.arity])), nan_ok=True), name


def test_guards_are_read_from_the_tape(always_on_tape):
    compiled = compile(branching, argnums=(0, 1))
    for x in (0.7, 0.9, -0.8, 0.7):
        a, b = Value(x), Value(0.4)
        y = branching(a, b)
        y.backward()
        assert close(compiled.value_and_grad(x, 0.4)[1], (a.grad, b.grad))
    assert compiled.traces > 1


def test_guards_of_a_batch(always_on_tape):
    compiled = compile(branching, in_axes=(0, None))
    assert close(compiled(np.array([0.7, 0.71]), 0.4), [compile(branching)(x, 0.4) for x in (0.7, 0.71)])
    with pytest.raises(ag.GraphError, match="is not the same for every sample"):
        compiled(np.array([0.7, -3.0]), 0.4)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_extrema_of_plain_numbers_are_followed(largest, count, always_on_tape):
    def f(x):
        extremum = max if largest else min  # looked up while the function is traced
        return extremum([v.data for v in x[:count]]) * sum(v.tanh() for v in x)

    compiled = compile(f)
    for point in ([1.0, 3.0, 2.0], [3.0, 2.0, 1.0], [2.0, 1.0, 3.0], [2.0, 2.0, 2.0]):
        xs = [Value(x) for x in point]
        f(xs).backward()
        assert close(compiled.grad(np.array(point)), [x.grad for x in xs])
    assert on_tape(compiled)
    assert compiled.traces == 1


def test_values_of_a_module_are_inputs(always_on_tape):
    p = [Value(0.3 + 0.1 * k) for k in range(4)]
    compiled = compile(lambda: lotka_volterra(p))
    for first in (0.3, 0.9):
        p[0].data = first
        y = compiled()
        y.backward()
        found = [x.grad for x in p]
        for x in p:
            x.zero_grad()
        z = lotka_volterra(p)
        z.backward()
        assert close(y.data, z.data)
        assert close(found, [x.grad for x in p])
        for x in p:
            x.zero_grad()
    assert on_tape(compiled)


def test_infinities_are_those_of_ieee(always_on_tape):
    compiled = compile(lambda x, y: ag.log(x) + 1.0 / y + x * y, argnums=(0, 1))
    compiled.value_and_grad(1.0, 2.0)
    value, gradients = compiled.value_and_grad(0.0, 0.0)
    assert on_tape(compiled)
    assert math.isnan(value)
    assert gradients == (math.inf, -math.inf)


def test_threads_have_memory_of_their_own(always_on_tape):
    compiled = compile(lotka_volterra)
    points = [np.array([1.1, 0.4, 0.4, 0.1 + 0.01 * k]) for k in range(8)]
    expected = [compiled.grad(p) for p in points]
    found = [None] * 8

    def work(k):
        for _ in range(50):
            found[k] = compiled.grad(points[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for a, b in zip(found, expected))


# -- the choice


def test_a_recurrence_runs_on_the_tape_and_the_report_says_so():
    compiled = compile(lotka_volterra)
    compiled.grad(np.array([1.1, 0.4, 0.4, 0.1]))
    report = compiled.report()
    assert report.tape_reason == "since too few nodes compute the same formula for arrays"
    assert "runs on the native tape, number by number" in str(report)
    assert "def " in compiled.source


def test_a_program_on_the_tape_has_lines_for_everything_else(tmp_path):
    p = np.array([1.1, 0.4, 0.4, 0.1])
    compiled = compile(lotka_volterra)
    compiled.grad(p)
    step = np.array([1.0, -1.0, 0.5, 0.0])
    assert close(compiled.jvp((p,), (step,))[1], compiled.grad(p) @ step)
    assert close(compiled.hvp(p, step), ag.hvp(lotka_volterra, p, step))
    compiled.grad(p)
    assert on_tape(compiled)
    value, (gradient,) = compiled.program(*compiled.inputs)[:2]
    assert close(value, compiled(p))
    assert close(gradient, compiled.grad(p))
    assert compiled.export(tmp_path / "program.py").exists()


def test_several_results_of_a_program_on_the_tape_have_a_pullback():
    def pair(p):
        y = lotka_volterra(p)
        return y, y * p[0]

    compiled = compile(pair)
    found, wanted = ([Value(x) for x in (1.1, 0.4, 0.4, 0.1)] for _ in range(2))
    for function, leaves in ((compiled, found), (pair, wanted)):
        first, second = function(leaves)
        (2.0 * first + second).backward()
    assert on_tape(compiled)
    assert close([x.grad for x in found], [x.grad for x in wanted])


def test_a_program_on_the_tape_is_not_vectorized_before_its_source_is_read(monkeypatch):
    made = []
    make = tape_program.ArrayProgram
    monkeypatch.setattr(tape_program, "ArrayProgram", lambda *args: made.append(args) or make(*args))
    compiled = compile(lotka_volterra)
    compiled.grad(np.array([1.1, 0.4, 0.4, 0.1]))
    assert not made
    assert compiled.source == compiled.source
    assert len(made) == 1


def determinant(A):
    """The logarithm of the determinant by elimination, in loops that become shorter."""
    n, A, total = len(A), [list(row) for row in A], 0.0
    for k in range(n):
        for i in range(k + 1, n):
            m = A[i][k] / A[k][k]
            for j in range(k + 1, n):
                A[i][j] = A[i][j] - m * A[k][j]
        total = total + ag.log(A[k][k])
    return total


def test_a_program_of_too_many_lines_runs_on_the_tape(monkeypatch):
    A = np.eye(32) + 0.1 * np.random.default_rng(0).uniform(size=(32, 32))
    compiled = compile(determinant)
    value, gradient = compiled.value_and_grad(A)
    assert value == pytest.approx(np.linalg.slogdet(A)[1])
    np.testing.assert_allclose(gradient, np.linalg.inv(A).T, atol=1e-12)
    assert on_tape(compiled)
    assert "np." in compiled.source
    monkeypatch.setattr(tape_program, "NUMBERS_WORTH_AN_INSTRUCTION", 0)
    lines = compile(determinant)
    assert lines(A) == pytest.approx(value)
    assert lines.report().tape_reason == ""


def test_a_batch_has_more_numbers_for_each_line(monkeypatch):
    monkeypatch.setattr(tape_program, "NUMBERS_WORTH_AN_INSTRUCTION", 100)

    def f(w):
        return sum(ag.sin(w * k) * ag.exp(w * 0.1 * k) for k in range(60))

    for size, is_on_tape in ((2, True), (2000, False)):
        compiled = compile(f, in_axes=0)
        w = np.linspace(-1.0, 1.0, size)
        k = np.arange(60)[:, None]
        assert close(compiled(w), np.sum(np.sin(w * k) * np.exp(0.1 * w * k), axis=0))
        assert (compiled.report().tape_reason != "") == is_on_tape


@pytest.mark.parametrize("batch", [False, True])
def test_guards_of_a_program_on_the_tape(batch):
    def f(x, y):
        total = lotka_volterra([x, y, x, y])
        total = total * math.floor(y.data)  # read as a number, by a function that has no derivative
        return total * y if total.data > 0.0 else total - y

    compiled = compile(f, in_axes=(0, None) if batch else None)
    for x, y in [(0.4, 1.2), (0.5, 1.3), (0.4, -1.2), (0.4, 2.2)]:
        assert close(compiled(np.array([x, x + 0.01]), y)[0] if batch else compiled(x, y), eager_value(f, x, y))
        assert on_tape(compiled)
    assert compiled.traces == 3


def eager_value(f, *args):
    return f(*map(Value, args)).data


def test_a_tape_that_fails_its_check_is_replaced_by_lines(monkeypatch):
    correct = scalar_tape.ScalarTape.value
    monkeypatch.setattr(scalar_tape.ScalarTape, "value", lambda tape, inputs: [[1.001 * x for x in correct(tape, inputs)[0]]])
    compiled = compile(lotka_volterra)
    p = np.array([1.1, 0.4, 0.4, 0.1])
    assert close(compiled(p), eager_value(lambda *q: lotka_volterra(q), *p))
    assert not on_tape(compiled)


def test_formulas_are_counted():
    def trace(n, f):
        xs = np.linspace(0.1, 0.9, n)
        return trace_function(f, Call((xs,), {}, None).make_nodes, 10**6).scalar_graph

    def density(n, f):
        graph = trace(n, f)
        return count_operations(graph) / count_formulas(graph, np.inf)

    assert density(50, lambda x: sum(v.exp() * 2.0 for v in x)) == 50.0  # exp, the product, and the additions of one sum
    assert density(50, lambda x: functools.reduce(lambda a, v: (a * v).tanh(), x)) == 1.0
    assert density(50, lambda x: sum(max(a.data, 0.5) * a for a in x)) == 50.0
    assert density(50, lambda x: sum(ag.where(a > 0.5, a, a * a) for a in x)) == 50.0
    assert count_formulas(trace(50, lambda x: functools.reduce(lambda a, v: (a * v).tanh(), x)), 7.5) == 8


def test_what_is_raised_to_arrays_stays_there():
    W = RNG.normal(size=(100, 100))
    compiled = compile(lambda W, x: sum(sum(w * v for w, v in zip(row, x)).tanh() for row in W))
    compiled.value_and_grad(W, RNG.normal(size=100))
    assert not on_tape(compiled)
    assert "native tape" not in str(compiled.report())


@pytest.mark.parametrize(
    "f",
    [lambda x: ag.hypot(x, 2.0) + x, lambda x: ag.leaky_relu(x) * x, lambda x: ag.Tensor([1.0, 2.0]).sum() * x],
)
def test_programs_with_what_the_tape_does_not_know_stay_lines(f, always_on_tape):
    compiled = compile(f)
    compiled.value_and_grad(0.7)
    assert not on_tape(compiled)


def lines_that(results):
    class Lines:
        source = "the source"

        def __call__(self, inputs):
            return results

    return Lines()


def square_tape():
    graph = ScalarGraph()
    x = graph.add(LEAF, value=3.0)
    graph.add(graph.op_id(ag.ops.find("multiply"), {}), x, x, 9.0)
    inputs = [scalar_tape.TapeInput((), np.array([0]), np.array([0]), False)]
    return LazyTape(graph, inputs, [1], [], None)


@pytest.mark.parametrize(("results", "runs"), [([[9.0]], True), ([[9.1]], False), ([[np.array([9.0])]], False)])
def test_forms_that_differ_are_not_exchanged(results, runs, always_on_tape):
    function = FastestFunction(lines_that(results), square_tape(), scalar_tape.ScalarTape.value)
    function([3.0])
    assert (function.speedup > 0.0) is runs
    assert function.source == "the source"


def test_lines_that_are_fast_enough_let_go_of_the_graph(monkeypatch):
    monkeypatch.setattr(fastest_function, "FASTEST_INSTRUCTION", 1.0)
    tape = square_tape()
    FastestFunction(lines_that([[9.0]]), tape, scalar_tape.ScalarTape.value)([3.0])
    assert tape.get() is None


def test_a_program_without_a_tape_runs_once_at_the_first_call(always_on_tape):
    calls = []

    def lines(inputs):
        calls.append(inputs)
        return [[9.0]]

    function = FastestFunction(lines, LazyTape(ScalarGraph(), [], [], [], None), scalar_tape.ScalarTape.value)
    assert function([3.0]) == [[9.0]]
    assert len(calls) == 1


def test_an_empty_graph_has_no_tape():
    assert tape_instructions(ScalarGraph()) is None


# -- the tape itself


def columns(*numbers):
    return [np.array(column, np.int32) for column in numbers]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (columns([0, 9999], [0, 0], [0, 0], [0, 0]), "instruction 1 has the code 9999"),
        (columns([0, -1], [0, 0], [0, 0], [0, 0]), "instruction 1 has the code -1"),
        (columns([0, 1], [0, 1], [0, 0], [0, 0]), "instruction 1 refers to instruction 1"),
        (columns([0, 1], [0, -5], [0, 0], [0, 0]), "instruction 1 refers to instruction -5"),
        (columns([0, 8], [0, 0], [0, 0], [0, 7]), "instruction 1 refers to instruction 7"),
        (columns([0, 1], [0], [0, 0], [0, 0]), "first should hold 2 numbers of 4 bytes"),
        ([np.zeros(2), *columns([0, 0], [0, 0], [0, 0])], "codes should hold -1 numbers of 4 bytes"),
    ],
)
def test_a_program_that_is_none_is_refused(arguments, text):
    with pytest.raises(ValueError, match=text):
        native.Tape(*arguments)


def test_arrays_and_lanes_are_checked():
    tape = native.Tape(*columns([0, 1], [0, 0], [0, 0], [0, 0]))
    y, g = np.zeros(2), np.zeros(2)
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    for call, error in [
        (lambda: tape.value(y, 2), ValueError),
        (lambda: tape.value(y, 0), ValueError),
        (lambda: tape.value(y, -1), ValueError),
        (lambda: tape.value(y, 2**62), ValueError),
        (lambda: tape.value(y, "1"), TypeError),
        (lambda: tape.value(y), TypeError),
        (lambda: tape.value(frozen, 1), ValueError),
        (lambda: tape.value(np.zeros(4)[::2], 1), ValueError),
        (lambda: tape.pull_back(g, np.zeros(3), 1), ValueError),
        (lambda: tape.pull_back(g, 1), TypeError),
        (lambda: tape.push_forward("text", y, 1), TypeError),
        (lambda: native.Tape(1, 2, 3, 4), TypeError),
        (lambda: native.Tape(), TypeError),
    ]:
        with pytest.raises(error):
            call()
    y[0] = 5.0
    tape.value(y, 1)
    assert y.tolist() == [5.0, 5.0]
    assert tape.runs == 2


def test_tangents_of_every_row():
    codes = [code for name, code in native.TAPE_CODES.items() if code > native.TAPE_CODES["select"]]
    for code in codes:
        for case in range(3):
            tape = native.Tape(*columns([0, 0, code + case], [0, 0, 0], [0, 0, 1], [0, 0, 0]))
            places = np.frombuffer(tape.places, np.int32)
            y, g, t = np.zeros(3), np.zeros(3), np.zeros(3)
            y[places[:2]] = 1.3, 1.7
            tape.value(y, 1)
            g[places[2]] = 1.0
            tape.pull_back(g, y, 1)
            t[places[:2]] = 0.5, -2.0
            tape.push_forward(t, y, 1)
            expected = 0.5 * g[places[0]] - 2.0 * g[places[1]]
            assert t[places[2]] == pytest.approx(expected, nan_ok=True), code


def test_jvp_of_a_program_on_the_tape_with_two_kinds_of_branches_is_not_traced_again():
    """The lines, which compute the jvp, have a guard for each kind of branch; the tape has one for all."""

    def f(p):
        total = lotka_volterra(p)
        total = total * p[0] if p[0] > 1.0 else total
        return total / p[1] if p[1] * p[2] > 1.0 else total

    compiled = compile(f)
    p, step = np.array([1.1, 0.4, 0.4, 0.1]), np.array([1.0, -1.0, 0.5, 0.0])
    for _ in range(5):
        assert close(compiled.jvp((p,), (step,))[1], ag.jvp(f, (p,), (step,))[1])
    assert close(compiled(p), f(p))
    assert on_tape(compiled)
    assert compiled.traces == 1
    other = np.array([0.9, 0.4, 0.4, 0.1])  # takes the other side of the first branch
    assert close(compiled.jvp((other,), (step,))[1], ag.jvp(f, (other,), (step,))[1])
    assert compiled.traces == 2


def test_only_programs_without_a_loop_have_too_many_lines(monkeypatch):
    """The lines of a loop are few, whatever the number of its steps."""
    monkeypatch.setattr(specialize, "belongs_on_tape", lambda traced: False)
    monkeypatch.setattr(tape_program, "NUMBERS_WORTH_AN_INSTRUCTION", 10**9)

    def recurrence(s, w):
        for _ in range(150):
            s = ag.tanh(s * w) * w + s
        return s

    forms = []
    for f, args in ((recurrence, (0.3, 0.5)), (lambda x: sum(x[i] * x[i].tanh() for i in range(150)), (np.ones(150),))):
        step = compile(f)
        step.value_and_grad(*args)
        forms.append(isinstance(step._dispatcher.last_program().function, tape_program.TapeFunction))
    assert forms == [False, True]
