"""Compiled programs with complex numbers: their values and derivatives, their source, batches, and what is refused."""

import numpy as np
import pytest
from complex_functions import ALL, C, draw_points, points
from hypothesis import given

from autograd import CompileWarning, DataError, GraphError, Tensor, compile, grad, hvp, jvp, vmap
from oracles import assert_close, assert_derivative

DIRECTION = np.array([0.3 - 1j, 1j, -0.5, 1.0 + 0.2j])
COMPILED = {name: compile(f, tensors=True) for name, f in ALL.items()}


@pytest.mark.parametrize("name", ALL)
@given(z=points)
def test_values_and_derivatives_are_those_of_eager_functions(name, z):
    f, compiled = ALL[name], COMPILED[name]
    value, gradient = compiled.value_and_grad(z)
    assert type(value) is float
    assert gradient.dtype == complex
    assert_close(value, f(Tensor(z)).data, rtol=1e-12)
    assert_close(gradient, grad(f)(z), rtol=1e-10, atol=1e-12)
    assert_close(compiled.jvp((z,), (DIRECTION,))[1], jvp(f, (z,), (DIRECTION,))[1], rtol=1e-9, atol=1e-11)
    assert_close(compiled.hvp(z, DIRECTION), hvp(f, z, DIRECTION), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_functions_are_programs_and_can_be_replayed(name):
    z = draw_points(np.random.default_rng(2))
    compiled = compile(ALL[name], tensors=True)
    compiled(z)
    assert "replayed" not in str(compiled.report())
    replay = compile(ALL[name], tensors=True, exact=True)
    replay(draw_points(np.random.default_rng(3)))
    assert_close(replay.value_and_grad(z)[1], grad(ALL[name])(z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [name for name in ALL if name != "determinants"])
def test_batches(name):
    batch = np.stack([draw_points(np.random.default_rng(seed)) for seed in range(3)])
    expected = np.stack([grad(ALL[name])(z) for z in batch])
    assert_close(vmap(grad(ALL[name]))(batch), expected, rtol=1e-10, atol=1e-12)


def test_what_looks_at_the_numbers_is_computed_sample_by_sample():
    batch = np.stack([draw_points(np.random.default_rng(seed)) for seed in range(3)])
    expected = np.stack([grad(ALL["determinants"])(z) for z in batch])
    with pytest.warns(CompileWarning, match="the samples are computed one after the other, since .* use autograd.where"):
        assert_close(vmap(grad(ALL["determinants"]))(batch), expected, rtol=1e-10, atol=1e-12)


def test_complex_inputs_and_constants_are_perturbed_to_measure_rounding():
    """Without that, what is left of large numbers that cancel would be taken for an error of the program."""
    for f, z in ((lambda z: np.real(np.sum(z * z)), C), (lambda x: np.real(np.sum(x * C)), np.ones(4))):
        step = compile(f, tensors=True)
        step(z)
        program = step._dispatcher.last_program().function
        (value,), (perturbed,) = program([z])[0], program.evaluate_perturbed([z], 1e-6)[0]
        assert 0.0 < abs(value - perturbed) < 1e-4


def test_the_source_is_what_numpy_users_write():
    step = compile(lambda z: np.real(np.sum(np.exp(z) * np.conj(z))), tensors=True)
    step.value_and_grad(C)
    lines = [line.partition("#")[0].strip() for line in step.source.splitlines()]
    assert lines[-5:] == [
        "T1 = np.exp(z)",
        "T2 = np.conj(z)",
        "s1 = np.real(np.sum(T1 * T2))",
        "dz = np.conj(T1) + T2 * T1",
        "return s1, (dz,)",
    ]


def test_sums_of_squares_are_not_conjugated():
    """``np.vdot(z, z)``, which is shorter for real numbers, is the sum of squared moduli."""
    f = compile(lambda z: np.imag(np.sum(z * z)), tensors=True)
    assert_close(f(C), np.imag(np.sum(C * C)), rtol=1e-14)
    assert "vdot" not in f.source


def test_real_functions_with_complex_numbers_on_the_way():
    x = np.array([0.3, -1.2, 0.5, 2.0, 0.1, 0.4])

    def energy(x):
        return np.sum(np.abs(np.fft.rfft(x) * np.exp(1j * x[:4])) ** 2) + np.sum(np.real((x + 2j) ** (0.5 + 0.2j)) * x)

    step = compile(energy, tensors=True)
    value, gradient = step.value_and_grad(x)
    assert_close(value, energy(x), rtol=1e-13)
    assert gradient.dtype == float
    assert "replayed" not in str(step.report())
    for k in range(len(x)):
        unit = np.eye(len(x))[k]
        assert_derivative(gradient[k], lambda step, unit=unit: energy(x + step * unit))


def test_single_precision_and_single_numbers():
    z = C.astype(np.complex64)
    step = compile(lambda z: np.sum(abs(z * z)), tensors=True)
    assert step.value_and_grad(z)[1].dtype == np.complex64
    assert_close(step.value_and_grad(z)[1], grad(step.f)(z), rtol=1e-6)
    square = compile(lambda a: np.real(a * a))
    assert square.value_and_grad(1.0 + 2.0j) == (-3.0, 2.0 + 4.0j)
    assert square.value_and_grad(np.complex128(2.0j)) == (-4.0, 4.0j)
    assert compile(lambda a: a * a)(1.0 + 2.0j) == -3.0 + 4.0j


def test_gradients_flow_through_compiled_functions():
    f = compile(ALL["exponentials"], tensors=True)
    z = Tensor(C)
    f(z).backward()
    assert_close(z.grad, grad(ALL["exponentials"])(C), rtol=1e-13)
    assert_close(grad(f)(C), z.grad, rtol=1e-13)


def test_matches_jax():
    jax = pytest.importorskip("jax", reason="JAX, the oracle here, is an extra of its own")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    ours = compile(lambda z: (abs(np.fft.fft(z * z)) ** 3).sum(), tensors=True)
    theirs = jax.grad(lambda z: (jnp.abs(jnp.fft.fft(z * z)) ** 3).sum())
    assert_close(ours.grad(C), np.asarray(theirs(C)), rtol=1e-11)
    by_jax = compile(lambda z: (abs(np.fft.irfft(z * z)) ** 2).sum(), tensors=True, xp=jnp)
    expected = jax.grad(lambda z: (jnp.abs(jnp.fft.irfft(z * z)) ** 2).sum())
    assert_close(np.asarray(by_jax.grad(C)), np.asarray(expected(C)), rtol=1e-11)


def test_bad_input():
    square = compile(lambda z: np.sum(z * z), tensors=True)
    with pytest.raises(
        DataError, match=r"^value_and_grad\(\) of .* needs a function that returns a real number, not a complex one: t"
    ):
        square.value_and_grad(C)
    with pytest.raises(
        DataError, match=r"^jvp\(\) of .*: a tangent is complex, but what it belongs to is real: take its real part"
    ):
        compile(lambda x: np.sum(x * x), tensors=True).jvp((np.ones(2),), (1j * np.ones(2),))
    with pytest.raises(GraphError, match="needs a function that returns one number"):
        compile(lambda z: z * z, tensors=True).value_and_grad(C)
