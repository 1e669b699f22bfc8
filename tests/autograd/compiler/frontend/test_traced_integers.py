"""Arrays of integers as arguments: one program for all of them if they are indices or labels, and a trace for each otherwise."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd as ag
from autograd import Tensor, compile
from autograd.compiler.ir.gather import GATHER, GATHER_ADJOINT, Gap, fill_index, to_integers
from autograd.compiler.ir.program import ProgramBuilder

TABLE = np.random.default_rng(0).normal(size=(5, 3))
WEIGHTS = np.random.default_rng(1).normal(size=(5, 3))
ROWS = arrays(np.int64, 4, elements=st.integers(-5, 4))


def walk(E, i):
    h = np.zeros(3)
    for k in i:
        h = np.tanh(0.5 * h + E[k])
    return h.sum()


# Functions of a table and of integers that index it, which need one trace.
FOLLOWED = {
    "rows": lambda E, i: np.tanh(E[i]).sum(),
    "one tuple": lambda E, i: np.tanh(E[(i,)]).sum(),
    "entries": lambda E, i: np.sin(E[i, np.arange(4) % 3]).sum(),
    "columns": lambda E, i: np.sin(E.T[:, i]).sum(),
    "twice": lambda E, i: (E[i] * E[i[::-1]]).sum(),
    "shifted": lambda E, i: np.sin(E[1 + i * 1 - 1]).sum(),
    "reshaped": lambda E, i: np.sin(E[i.reshape(2, 2).ravel().astype(np.int32)]).sum(),
    "one by one": walk,
    "as numbers": lambda E, i: (np.tanh(E) * i.astype(float).sum()).sum() + (i * E[0, 0]).sum(),
    "a comparison": lambda E, i: (np.where(i[:, None] == np.arange(5), 1.0, 0.0) @ np.sin(E)).sum(),
}
# Functions that read the plain integers.
READ = {
    "plain array": lambda E, i: (np.eye(5)[i] @ np.sin(E)).sum(),
    "list": lambda E, i: sum((E[k] * w).sum() for k, w in enumerate([1.0, 2.0, 3.0, 4.0, 5.0][i[0] : i[0] + 2])),
    "tolist": lambda E, i: np.sin(E[i.tolist()]).sum(),
    "int()": lambda E, i: np.sin(E[int(i[1])]).sum(),
    "float()": lambda E, i: E.sum() * float(i[0]),
    "unique": lambda E, i: np.sin(E[np.unique(i)]).sum(),
    "bool": lambda E, i: np.sin(E[i.astype(bool)[[0, 1, 2, 3, 3]]]).sum(),
    "power": lambda E, i: np.sin(E[np.asarray(2 * i) % 5]).sum(),
}


def value_and_gradient(f, table, integers):
    E = Tensor(table)
    y = f(E, integers)
    y.backward()
    return float(y), E.grad


@pytest.mark.parametrize("name", FOLLOWED)
@given(first=ROWS, others=st.lists(ROWS, min_size=1, max_size=3))
def test_integers_that_are_followed_need_one_trace(name, first, others):
    f = FOLLOWED[name]
    step = compile(f, tensors=True)
    for i in (first, *others):
        value, gradient = step.value_and_grad(TABLE, i)
        expected_value, expected = value_and_gradient(f, TABLE, i)
        assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(gradient, expected, rtol=0.0, atol=1e-12)
    assert step.traces == 1
    assert not step.report().reason


@pytest.mark.parametrize("name", READ)
def test_integers_that_are_read_are_traced_for_each_value(name):
    f, step = READ[name], compile(READ[name], tensors=True)
    for i in ([0, 1, 2, 3], [1, 1, 0, 2], [0, 1, 2, 3]):
        value, gradient = step.value_and_grad(TABLE, np.array(i))
        expected_value, expected = value_and_gradient(f, TABLE, np.array(i))
        assert value == pytest.approx(expected_value)
        np.testing.assert_allclose(gradient, expected, rtol=0.0, atol=1e-12)
    assert step.traces == 2


@given(ROWS)
def test_the_gradient_of_rows_is_a_sum_over_their_occurrences(i):
    step = compile(lambda E, i: (E[i] * WEIGHTS[:4]).sum(), tensors=True)
    expected = np.zeros((5, 3))
    for k, row in zip(i, WEIGHTS, strict=False):
        expected[k] += row
    for _ in range(2):
        np.testing.assert_allclose(step.grad(TABLE, i), expected)


def test_the_program_is_what_a_person_would_write():
    step = compile(lambda E, i: (np.tanh(E[i[:, 1]]) * np.tanh(E[i[:, 0]])).sum(), tensors=True)
    step.value_and_grad(TABLE, np.array([[0, 1], [2, 2]]))
    assert " = i[:, 0] " in step.source
    assert step.source.count("dE = np.zeros((5, 3))") == 1
    assert step.source.count("np.add.at(dE, ") == 2


def test_forward_mode_and_second_derivatives():
    f = lambda E, i: np.sin(E[i] * E[i, :1]).sum()  # noqa: E731
    step, i = compile(f, tensors=True), np.array([4, 0, 4])
    plain = lambda E: f(E, i)  # noqa: E731
    value, tangent = step.jvp((TABLE, i), (WEIGHTS, i))
    expected_value, expected_tangent = ag.jvp(plain, (Tensor(TABLE),), (WEIGHTS,))
    assert (value, tangent) == pytest.approx((float(expected_value), float(expected_tangent)))
    np.testing.assert_allclose(step.hvp(TABLE, WEIGHTS, i), ag.hvp(plain, TABLE, WEIGHTS), atol=1e-12)


def test_derivatives_inside_of_the_function():
    def f(E, i):
        gradient = ag.grad(lambda T: np.sin(T[i] * T[i]).sum())(E)
        return (gradient * gradient).sum()

    step = compile(f, tensors=True)
    for i in (np.array([0, 1, 1]), np.array([3, 2, 0])):
        value, gradient = step.value_and_grad(TABLE, i)
        expected_value, expected = value_and_gradient(f, TABLE, i)
        assert value == pytest.approx(expected_value)
        np.testing.assert_allclose(gradient, expected, atol=1e-12)


@pytest.mark.parametrize("options", [{"exact": True}, {"buffers": True}])
def test_options(options):
    f = lambda E, i: (np.tanh(E[i]) * E[i]).sum()  # noqa: E731
    step = compile(f, tensors=True, **options)
    for i in (np.array([0, 1, 1]), np.array([3, 2, 0])):
        value, gradient = step.value_and_grad(TABLE, i)
        expected_value, expected = value_and_gradient(f, TABLE, i)
        assert value == pytest.approx(expected_value)
        np.testing.assert_allclose(gradient, expected, atol=1e-12)
    assert step.traces == 1


def test_single_precision():
    step = compile(lambda E, i: E[i].sum(), tensors=True)
    gradient = step.grad(TABLE.astype(np.float32), np.array([0, 0]))
    assert gradient.dtype == np.float32
    assert gradient[0].tolist() == [2.0, 2.0, 2.0]


def test_an_exported_program_takes_integers(tmp_path):
    step = compile(lambda E, i: np.sin(E[i]).sum(), tensors=True)
    step(TABLE, np.array([0, 1]))
    path = step.export(tmp_path / "program.py")
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert float(module.run(TABLE, np.array([2, 4]))) == pytest.approx(np.sin(TABLE[[2, 4]]).sum())


def test_integers_have_no_gradient():
    step = compile(lambda E, i: E[i].sum(), tensors=True, argnums=1)
    with pytest.raises(ag.DataError, match="there is no gradient for"):
        step.value_and_grad(TABLE, np.array([0, 1]))


def test_an_index_out_of_bounds_is_the_error_of_the_function():
    def f(E, i):
        if np.any(i > 4):
            raise ValueError("no such row")
        return np.sin(E[i]).sum()

    step = compile(f, tensors=True)
    step(TABLE, np.array([0, 1]))
    with pytest.raises(ValueError, match="no such row"):
        step(TABLE, np.array([0, 7]))
    with pytest.raises(IndexError, match="out of bounds"):
        compile(lambda E, i: E[i].sum(), tensors=True)(TABLE, np.array([7, 7]))
    assert step(TABLE, np.array([1, 2])) == pytest.approx(np.sin(TABLE[[1, 2]]).sum())
    assert step.traces == 1


def test_a_function_that_branches_on_integers_is_traced_for_each_value():
    f = lambda E, i: np.sin(E[i]).sum() * (2.0 if i.sum() % 7 == 3 else 1.0 + float(i.max()))  # noqa: E731
    step = compile(f, tensors=True)
    for k in range(6):
        i = np.array([k % 5, (3 * k) % 5])
        assert step(TABLE, i) == pytest.approx(float(f(Tensor(TABLE), i)))


def test_what_fails_on_traced_integers_runs_on_plain_ones():
    def f(E, i):
        assert type(i) is np.ndarray
        return np.sin(E[i]).sum()

    step = compile(f, tensors=True)
    for i in (np.array([0, 1]), np.array([2, 2])):
        assert step(TABLE, i) == pytest.approx(np.sin(TABLE[i]).sum())
    assert step.traces == 2


def test_integers_of_other_arguments_stay_static():
    step = compile(lambda E, i: E[i].sum(), tensors=True)
    for i in (1, 2, np.array([], dtype=int), [0, 1]):
        assert step(TABLE, i) == pytest.approx(TABLE[i].sum())


def test_rules_of_gathers_follow_from_their_definition():
    integers, template = np.array([0.0, 2.0]), (Gap.INTEGERS, slice(None))
    assert fill_index(template, [integers])[0].dtype == np.intp
    rng = np.random.default_rng(0)
    a, g = rng.normal(size=(3, 2)), rng.normal(size=(2, 2))
    backend = ag.backends.numpy_backend.ARRAY
    gathered = GATHER.f(backend, a, integers, template=template)
    scattered = GATHER_ADJOINT.f(backend, g, integers, templates=(template,), shape=(3, 2))
    assert np.vdot(gathered, g) == pytest.approx(np.vdot(a, scattered))
    assert not np.any(GATHER.vjp(backend, 1, g, gathered, (a, integers), {"template": template}))
    assert not np.any(GATHER.jvp(backend, [None, integers], gathered, (a, integers), {"template": template}))
    settings = {"templates": (template,), "shape": (3, 2)}
    assert not np.any(GATHER_ADJOINT.vjp(backend, 1, a, scattered, (g, integers), settings))
    assert not np.any(GATHER_ADJOINT.jvp(backend, [None, integers], scattered, (g, integers), settings))


def test_numbers_as_integers():
    builder = ProgramBuilder()
    whole, numbers = builder.input("i", np.array([1, 2])), builder.input("x", np.array([1.0, 2.0]))
    assert to_integers(builder, whole) is whole
    assert to_integers(builder, numbers).data.dtype == np.intp
    assert to_integers(builder, 2.0).data == 2


def test_the_type_and_the_shape_of_integers_are_known():
    def f(E, i):
        assert (i.dtype, i.shape, len(i), i.size, isinstance(i[0], int)) == (np.int16, (2,), 2, 2, True)
        return E[i].sum()

    step = compile(f, tensors=True)
    for i in ([0, 1], [4, 4]):
        assert step(TABLE, np.array(i, dtype=np.int16)) == pytest.approx(TABLE[i].sum())


def test_other_array_libraries():
    jax = pytest.importorskip("jax")
    step = compile(lambda E, i: np.sin(E[i]).sum(), tensors=True, xp=jax.numpy)
    for i in (np.array([0, 1, 1]), np.array([3, 2, 0])):
        value, gradient = step.value_and_grad(TABLE, i)
        assert value == pytest.approx(np.sin(TABLE[i]).sum(), rel=1e-5)
        expected = np.zeros_like(TABLE)
        np.add.at(expected, i, np.cos(TABLE[i]))
        np.testing.assert_allclose(gradient, expected, atol=1e-5)
    assert step.traces == 1


def test_a_choice_between_traced_numbers_follows_them():
    def f(z, labels):
        known = np.where(labels == 2, 0, labels)
        return (z * ((known[:, None] == np.arange(3)) * 1.0)).sum()

    step = compile(f, tensors=True)
    for seed in range(3):
        draw = np.random.default_rng(seed)
        z, labels = draw.normal(size=(5, 3)), draw.integers(0, 3, 5)
        expected = z[np.arange(5), np.where(labels == 2, 0, labels)].sum()
        np.testing.assert_allclose(step(z, labels), expected, rtol=1e-14)
