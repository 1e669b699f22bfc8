"""Complex Tensors and Fourier transforms: NumPy's numbers, derivatives against differences in both directions, and JAX's convention."""

import copy
import inspect
import pickle

import numpy as np
import pytest
from complex_functions import ALL, TRANSFORMS, C, M, draw_points, gram, points
from hypothesis import given

import autograd as ag
from autograd import (
    DataError,
    GraphError,
    SettingError,
    ShapeError,
    Tensor,
    Value,
    compile,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd.testing import WrongValueError, check_grad
from autograd.viz import draw
from oracles import assert_close, assert_derivative


def plain(y):
    return y.data if isinstance(y, Tensor) else y


def directional(f, z, u, step):
    return float(plain(f(z + step * u)))


@pytest.mark.parametrize("name", ALL)
@given(z=points)
def test_values_and_derivatives(name, z):
    f = ALL[name]
    assert_close(f(Tensor(z)).data, plain(f(z)), rtol=1e-12)
    gradient = grad(f)(z)
    assert gradient.dtype == complex
    u = draw_points(np.random.default_rng(1)) * np.array([1.0, 1j, -1.0, 1.0])
    assert_derivative(np.real(np.sum(gradient * u)), lambda step: directional(f, z, u, step), h=0.02)
    assert_close(jvp(f, (z,), (u,))[1], np.real(np.sum(gradient * u)), rtol=1e-9, atol=1e-11)
    slope = hvp(f, z, u)
    v = np.array([1j, 1.0, 0.3 - 1j, 0.5])
    assert_derivative(np.real(np.sum(slope * v)), lambda step: np.real(np.sum(grad(f)(z + step * u) * v)), h=0.02, rtol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_check_of_gradients_takes_complex_inputs(name):
    check_grad(ALL[name], draw_points(np.random.default_rng(0)), order=2)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_have_the_types_of_numpy(name):
    z = draw_points(np.random.default_rng(0))
    actual, expected = TRANSFORMS[name](Tensor(z)), TRANSFORMS[name](z)
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    assert_close(actual.data, expected, rtol=1e-13, atol=1e-15)
    check_grad(TRANSFORMS[name], z)  # it compares complex results by their parts


def hermitian(z):
    return 0.2 * (z + np.conj(np.swapaxes(z, -1, -2))) + np.diag([1.0, 3.0, 6.0])


def projections(z):
    """Numbers of the decomposition that do not depend on the phases of the vectors."""
    u, s, vh = np.linalg.svd(z, full_matrices=False)
    first, last = u[..., :, :1], vh[..., :1, :]
    products = [first @ last, first @ np.conj(np.swapaxes(first, -1, -2)), np.conj(np.swapaxes(last, -1, -2)) @ last]
    return [s, *(np.real(p) + 2.0 * np.imag(p) for p in products)]


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4), (2, 3, 2)])
def test_singular_values_and_vectors(shape):
    rng = np.random.default_rng(len(shape) + shape[0])
    z = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    for actual, expected in zip(projections(Tensor(z)), projections(z), strict=True):
        assert_close(actual.data, expected, rtol=1e-12, atol=1e-13)
    check_grad(projections, z, order=2)
    check_grad(np.linalg.svdvals, z)
    check_grad(lambda z: np.linalg.norm(z, "nuc", axis=(-2, -1)), z)


def test_eigenvalues_of_hermitian_matrices():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    for uplo in "LU":
        values = np.linalg.eigvalsh(hermitian(Tensor(z)), UPLO=uplo)
        assert values.dtype == float
        assert_close(values.data, np.linalg.eigvalsh(hermitian(z)), rtol=1e-13)
        check_grad(lambda z, uplo=uplo: np.linalg.eigvalsh(hermitian(z), UPLO=uplo), z, order=2)
        check_grad(lambda z, uplo=uplo: np.linalg.eigvalsh(0.1 * z + np.diag([1.0, 3.0, 6.0]), UPLO=uplo), z)

    def projection(z):
        vectors = np.linalg.eigh(hermitian(z)).eigenvectors[:, :2]
        return vectors @ np.conj(vectors).T

    check_grad(projection, z, order=2)
    jax = pytest.importorskip("jax", reason="JAX, the oracle here, is an extra of its own")
    jax.config.update("jax_enable_x64", True)
    ours = grad(lambda z: (np.linalg.eigvalsh(hermitian(z)) ** 3).sum())(z)
    theirs = jax.grad(
        lambda z: (jax.numpy.linalg.eigvalsh(0.2 * (z + z.conj().T) + jax.numpy.diag(jax.numpy.array([1.0, 3.0, 6.0]))) ** 3).sum()
    )
    assert_close(ours, np.asarray(theirs(z)), rtol=1e-10)


def test_the_convention_is_that_of_jax():
    jax = pytest.importorskip("jax", reason="JAX, the oracle here, is an extra of its own")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    z = draw_points(np.random.default_rng(0))
    for ours, theirs in [
        (lambda z: (abs(z) ** 2).sum(), lambda z: (jnp.abs(z) ** 2).sum()),
        (lambda z: np.imag(np.exp(z) * np.conj(z)).sum(), lambda z: jnp.imag(jnp.exp(z) * jnp.conj(z)).sum()),
        (lambda z: (np.fft.irfft(z) ** 3).sum(), lambda z: (jnp.fft.irfft(z) ** 3).sum()),
        (lambda z: abs(np.fft.fft(z)).sum(), lambda z: jnp.abs(jnp.fft.fft(z)).sum()),
        (lambda z: np.imag(np.arcsinh(z) * C).sum(), lambda z: jnp.imag(jnp.arcsinh(z) * C).sum()),
        *(
            (lambda z, f=f: np.real(f(np, z) * M).sum(), lambda z, f=f: jnp.real(f(jnp, z) * M).sum())
            for f in (
                lambda xp, z: xp.linalg.cholesky(gram(z)),
                lambda xp, z: xp.linalg.qr(M * z)[0],
                lambda xp, z: xp.linalg.qr(M * z)[1],
                lambda xp, z: xp.linalg.pinv(M * z),
                lambda xp, z: xp.sort(abs(xp.linalg.eigvals(M * z))),
            )
        ),
    ]:
        assert_close(grad(ours)(z), np.asarray(jax.grad(theirs)(z)), rtol=1e-12)
    cotangent = C
    assert_close(vjp(np.sin, z)[1](cotangent)[0], np.asarray(jax.vjp(jnp.sin, z)[1](jnp.asarray(cotangent))[0]), rtol=1e-12)
    holomorphic = jax.grad(lambda z: (z**3).sum(), holomorphic=True)(z)
    assert_close(grad(lambda z: (z**3).sum(), holomorphic=True)(z), np.asarray(holomorphic), rtol=1e-12)


@given(points)
def test_holomorphic_functions_have_one_complex_derivative(z):
    f = lambda z: np.exp(z) * z**2  # noqa: E731 - used five times
    derivative = np.exp(z) * (z**2 + 2.0 * z)
    second = np.exp(z) * (z**2 + 4.0 * z + 2.0)
    assert_close(grad(lambda z: f(z).sum(), holomorphic=True)(z), derivative, rtol=1e-12)
    value, gradient = value_and_grad(lambda z: f(z).sum(), holomorphic=True)(z)
    assert_close(value, f(z).sum(), rtol=1e-13)
    assert_close(gradient, derivative, rtol=1e-12)
    for mode in ("fwd", "rev", "auto"):
        assert_close(jacobian(f, mode=mode, holomorphic=True)(z), np.diag(derivative), rtol=1e-12, atol=1e-14)
    assert_close(hessian(lambda z: f(z).sum(), holomorphic=True)(z), np.diag(second), rtol=1e-11, atol=1e-13)
    assert_close(grad(lambda z: z * z, holomorphic=True)(z[0]), 2.0 * z[0], rtol=1e-14)


def test_derivatives_that_single_numbers_cannot_express_are_refused():
    z, x = C, np.ones(3)
    for call, error, text in [
        (lambda: grad(lambda z: z.sum())(z), DataError, r"grad\(\) needs a function that returns real numbers, not complex ones"),
        (lambda: grad(lambda x: (x + 0j).sum(), holomorphic=True)(x), DataError, r"holomorphic=True takes complex inputs"),
        (lambda: grad(lambda z: abs(z).sum(), holomorphic=True)(z), DataError, "and a function that returns complex numbers"),
        (lambda: jacobian(np.exp)(z), DataError, r"jacobian\(\) needs a function that returns real numbers"),
        (lambda: jacobian(abs, mode="fwd")(z), SettingError, r"jacobian\(mode='fwd'\) takes real inputs, or holomorphic=True"),
        (lambda: hessian(lambda z: (abs(z) ** 2).sum())(z), DataError, "needs a function that returns real numbers"),
        (lambda: jvp(np.sin, (x,), (1j * x,)), DataError, r"jvp\(\): a tangent is complex, but what it belongs to is real"),
        (lambda: vjp(np.sin, x)[1](1j * x), DataError, r"a cotangent is complex, but what it belongs to is real"),
        (lambda: Tensor(1j).backward(), GraphError, r"backward\(\) starts from a real number, but this Tensor \(leaf\) is complex"),
        (lambda: (Tensor(x) * 1.0).backward(1j * x), DataError, r"backward\(\): the cotangent is complex"),
    ]:
        with pytest.raises(error, match=text):
            call()
    assert jacobian(abs)(z).shape == (4, 4)


def test_functions_that_have_no_complex_derivative_are_refused():
    t = Tensor(C)
    refused = [
        np.max,
        np.floor,
        ag.relu,
        ag.softmax,
        ag.logsumexp,
        np.cbrt,
        np.ptp,
        np.fft.rfft,
    ]
    for f in refused:
        with pytest.raises(DataError, match=r"complex|real numbers"):
            f(t)
    for compare in (lambda: t > 0.0, lambda: t <= t, lambda: np.maximum(t, t)):
        with pytest.raises(DataError, match="complex numbers"):
            compare()
    with pytest.raises(DataError, match=r"float\(\) takes a real number, but this Tensor \(leaf\) is complex: take t.real"):
        float(Tensor(1j))
    with pytest.raises(DataError, match=r"astype\(\) of complex numbers to float64 would drop the imaginary part"):
        t.astype(float)
    with pytest.raises(DataError, match="a Tensor may hold complex numbers"):
        Value(1j)
    cube = ag.define("real_cube", lambda xp, a: a**3, lambda xp, y, a: 3 * a**2)
    with pytest.raises(DataError, match="real_cube has no derivative on complex numbers"):
        cube(t)


def test_bad_arguments_of_transforms():
    t = Tensor(C)
    for call, error, text in [
        (lambda: np.fft.fft(t, 0), SettingError, "np.fft.fft: the number of points must be at least 1, not 0"),
        (lambda: np.fft.ifft(t, norm="both"), SettingError, "np.fft: norm must be 'backward', 'ortho' or 'forward', not 'both'"),
        (lambda: np.fft.hfft(t, norm="both"), SettingError, "np.fft: norm must be"),
        (lambda: np.fft.fft2(np.reshape(t, (2, 2)), s=(2,)), ShapeError, "np.fft: 1 lengths for 2 axes: pass one for each"),
        (lambda: np.fft.rfft(t), DataError, "np.fft.rfft takes real numbers: use np.fft.fft for complex ones, or t.real"),
    ]:
        with pytest.raises(error, match=text):
            call()


def test_complex_tensors_are_tensors():
    t = Tensor(C, name="z")
    assert repr(Tensor([1 + 2j])) == "Tensor([1.+2.j], dtype=complex128)"
    assert complex(Tensor(2 - 1j)) == Tensor(2 - 1j).item() == 2 - 1j
    assert (t == C).all()
    assert (t != 1j).all()
    assert not (Tensor([1.0, 2.0]) == 1j).any()
    y = (abs(t) ** 2).sum()
    y.backward()
    assert_close(t.grad, 2.0 * np.conj(C), rtol=1e-14)
    assert t.grad.dtype == complex
    assert_close(gradients(y, [t])[0], 2.0 * np.conj(C), rtol=1e-14)
    for remade in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert_close(remade.data, y.data)
    assert draw(y).to_svg().startswith("<svg")
    single = Tensor(C.astype(np.complex64))
    assert (np.exp(single).dtype, grad(lambda z: abs(z).sum())(C.astype(np.complex64)).dtype) == (np.complex64, np.complex64)


def test_real_nodes_get_real_gradients():
    x, w = Value(0.7), Tensor([0.2, -0.4])
    loss = (abs(np.exp(1j * x) * w + 1j * w * x) ** 2).sum()
    loss.backward()
    assert type(x.grad) is float
    assert w.grad.dtype == float

    def f(x, w):
        return (abs(np.exp(1j * x) * w + 1j * w * x) ** 2).sum()

    check_grad(f, 0.7, np.array([0.2, -0.4]), order=2)
    assert_close(gradients(loss, [x, w])[1], grad(f, 1)(0.7, np.array([0.2, -0.4])), rtol=1e-14)


def test_the_angle_of_a_real_number():
    for number, angle in [(2.0, 0.0), (-2.0, np.pi)]:
        x = Value(number)
        assert np.angle(x).data == angle
        assert np.angle(x, deg=True).data == np.degrees(angle)
        assert grad(lambda x: np.angle(x) + x)(number) == 1.0


def test_points_where_there_is_a_choice():
    z = np.array([0j, 1 + 1j])
    assert grad(lambda z: abs(z).sum())(z)[0] == 0.0
    assert grad(lambda z: np.angle(z).sum())(z)[0] == 0.0
    assert grad(lambda z: np.real(np.sign(z)).sum())(z)[0] == 0.0
    assert jvp(np.sign, (z,), (z + 1.0,))[1][0] == 0.0
    assert grad(lambda z: np.real(z**2.0 + z**1.0 + z**0.0).sum())(z)[0] == 1.0
    assert grad(lambda b: np.real(Tensor(z) ** b).sum())(np.array([2.0, 1.0]))[0] == 0.0


CUTS = {"arcsin": 1.0, "arccos": 1.0, "arcsinh": 1j, "arccosh": -1.0}  # where the cuts leave 0 or, of arccosh, -1


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("away", [2.5, -2.5, 0.3, -0.3])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_the_side_of_a_branch_cut_is_told_by_the_sign_of_a_zero(name, away, side):
    f, along = getattr(np, name), CUTS[name]

    def at(distance):
        """A number on the real or the imaginary axis, whose other part is a zero with the sign of the side."""
        return complex(side * 0.0, distance) if along == 1j else complex(distance, side * 0.0)

    z, unit = at(away), 1j if along == 1j else 1.0
    slope = grad(f, holomorphic=True)(z)
    curvature = grad(grad(f, holomorphic=True), holomorphic=True)(z)
    program = compile(lambda z: np.real((1.0 - 2j) * f(z)).sum(), tensors=True)
    assert_close(program.value_and_grad(np.array([z]))[1], [(1.0 - 2j) * slope], rtol=1e-13, atol=1e-15)
    for claimed, g in ((slope, f), (curvature, grad(f, holomorphic=True))):
        assert_derivative(np.real(claimed * unit), lambda step, g=g: float(np.real(g(at(away + step)))))
        assert_derivative(np.imag(claimed * unit), lambda step, g=g: float(np.imag(g(at(away + step)))))


def test_slopes_near_branch_points_keep_their_digits():
    mp = pytest.importorskip("mpmath")
    for name, slope in [
        ("arcsin", lambda z: 1 / (mp.sqrt(1 - z) * mp.sqrt(1 + z))),
        ("arccos", lambda z: -1 / (mp.sqrt(1 - z) * mp.sqrt(1 + z))),
        ("arccosh", lambda z: 1 / (mp.sqrt(z - 1) * mp.sqrt(z + 1))),
        ("arcsinh", lambda z: 1 / (mp.sqrt(1 - 1j * z) * mp.sqrt(1 + 1j * z))),
    ]:
        for z in (1.0 + 1e-9j, -1.0 + 1e-12, 1j + 1e-10, 1j * (1.0 + 1e-9), 1e9 - 1e8j, 1e-12 + 1e-9j):
            expected = complex(slope(mp.mpmathify(complex(z))))
            assert_close(grad(getattr(np, name), holomorphic=True)(complex(z)), expected, rtol=1e-14)


def test_real_matrices_with_complex_eigenvalues():
    a = np.array([[1.0, 2.0, 0.3], [-2.0, 1.5, 0.1], [0.2, 0.0, 4.0]])
    for f in (np.linalg.eigvals, lambda a: np.linalg.eig(a).eigenvectors):
        assert_close(f(Tensor(a)).data, f(a), rtol=1e-14)
        assert f(Tensor(a)).dtype == complex
    assert np.linalg.eigvals(Tensor(a.astype(np.float32))).dtype == np.complex64
    check_grad(np.linalg.eigvals, a, order=2)
    check_grad(lambda a: abs(np.linalg.eig(a).eigenvectors), a, order=2)
    gradient = grad(lambda a: np.imag(np.linalg.eigvals(a))[0] + np.real(np.linalg.eigvals(a)).sum())(a)
    assert gradient.dtype == float


def test_eigenvalues_of_what_is_no_number():
    with pytest.raises(ShapeError, match=r"eig_factors of shapes \(2, 2\): Array must not contain infs or NaNs"):
        np.linalg.eigvals(Tensor([[np.nan, 0.0], [0.0, 1.0]]))


def test_a_program_follows_when_eigenvalues_become_complex():
    real, rotating = np.array([[1.0, 2.0], [0.5, 3.0]]), np.array([[1.0, 2.0], [-2.0, 1.0]])
    for f in (lambda a: (abs(np.linalg.eigvals(a)) ** 3).sum(), lambda a: (abs(np.linalg.eig(a).eigenvectors) ** 3).sum()):
        for matrices in ((real, rotating, real), (rotating, real, rotating)):
            program = compile(f, tensors=True)
            for a in matrices:
                assert_close(program.value_and_grad(a)[1], grad(f)(a), rtol=1e-12, atol=1e-14)


def test_equal_eigenvalues_of_complex_matrices():
    a = np.diag([1.0, 1.0, 2.0]).astype(complex)
    assert_close(grad(lambda a: np.real(np.linalg.eigvals(a).sum()))(a), np.eye(3), atol=1e-15)
    with pytest.raises(GraphError, match=r"eig: a matrix of shape .* has equal eigenvalues, and this function depends"):
        grad(lambda a: abs(np.linalg.eig(a).eigenvectors[0, 0] + np.linalg.eig(a).eigenvectors[1, 0]))(a)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_factorizations_keep_the_type_of_numpy(dtype):
    a = (M @ np.conj(M).T + np.eye(4)).astype(dtype)
    rtol = 100 * np.finfo(dtype).eps
    for f in (
        np.linalg.cholesky,
        lambda a: np.linalg.qr(a).R,
        np.linalg.pinv,
        np.linalg.eigvals,
        np.sign,
        np.arcsinh,
        np.exp2,
        np.linalg.vector_norm,
    ):
        ours, theirs = f(Tensor(a)), f(a)
        assert ours.dtype == theirs.dtype
        assert_close(ours.data, theirs, rtol=rtol, atol=rtol)
        assert grad(lambda a, f=f: abs(f(a)).sum())(a).dtype == dtype


def test_a_wrong_derivative_is_found():
    with pytest.raises(WrongValueError, match=r"by the (real|imaginary) part of input 0"):
        check_grad(lambda z: ag.stop_gradient(np.conj(z)) * z, C)
    with pytest.raises(WrongValueError, match=r"part of input 0\['z'\]"):
        check_grad(lambda p: abs(p["z"]) * ag.stop_gradient(abs(p["z"])), {"z": 1 + 2j})


def test_the_signatures_are_those_of_numpy():
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "fftn", "irfftn"):
        parameters = list(inspect.signature(getattr(np.fft, name)).parameters)
        t = Tensor(np.ones((2, 3)))
        settings = {"axis": -1, "axes": (0, 1)}
        keywords = {p: settings[p] for p in parameters if p in settings}
        assert getattr(np.fft, name)(t, norm="ortho", **keywords).ndim == 2


def test_arrays_of_complex_numbers_can_be_filled():
    def f(x):
        z = ag.zeros(3, dtype=complex)
        z[0] = x[0] + 1j * x[1]
        z[1] = x[1]
        np.add.at(z, [2, 2], 1j * x)
        return abs(z * z).sum() + abs(z.sum())

    x = np.array([0.4, -0.7])
    expected = lambda x: abs(x[0] + 1j * x[1]) ** 2 + x[1] ** 2 + (x[0] + x[1]) ** 2 + abs(x[0] + x[1] + 1j * (x[0] + 2.0 * x[1]))  # noqa: E731
    assert_close(float(f(Tensor(x))), expected(x), rtol=1e-14)
    check_grad(f, x, order=2)
    with pytest.raises(DataError, match=r"astype\(\) of complex numbers to float64 would drop the imaginary part"):
        ag.zeros(2).__setitem__(0, Tensor(1j))
