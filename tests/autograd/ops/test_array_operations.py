"""The rows on whole arrays: each one against numerical derivatives, in reverse and forward mode and to second order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value
from autograd.core.operators import apply
from autograd.graph.forward_mode import pushforward
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import TABLE, Elementwise, find
from autograd.testing import check_grad
from oracles import assert_close, assert_derivative

SPREAD = np.diag([1.0, 2.0, 4.0])  # its eigenvalues and singular values are far apart
# Its eigenvalues are 3 and ±2i.
ROTATING = np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, -2.0, 0.0]])


def weigh(*factors):
    """Return a weighted sum of all entries of several arrays, which depends on the signs of vectors continuously."""
    return sum((np.cos(1.0 + np.arange(f.size)).reshape(f.shape) * f * f).sum() for f in factors)


def weigh_parts(*factors):
    """Return a weighted sum of the real and imaginary parts of all entries of complex arrays."""
    return weigh(*(part + 1.0 for f in factors for part in (ag.real(f), ag.imag(f))))


# For each row: functions that use it, and the shapes of their arguments.
CASES = {
    "sum": [
        (lambda a: a.sum(), [(3, 2)]),
        (lambda a: a.sum(axis=(0, -1), keepdims=True), [(2, 3, 2)]),
        (lambda a: a.sum(1), [(2, 0)]),
    ],
    "mean": [(lambda a: a.mean(axis=0), [(3, 2)]), (lambda a: a.mean(), [()]), (lambda a: a.mean(-1, keepdims=True), [(2, 3)])],
    "cumsum": [(lambda a: ag.cumsum(a), [(2, 3)]), (lambda a: a.cumsum(axis=1), [(2, 3)])],
    "prod": [
        (lambda a: a.prod(), [(4,)]),
        (lambda a: a.prod(axis=(0, 2)), [(2, 3, 2)]),
        (lambda a: a.prod(1, keepdims=True), [(2, 3)]),
    ],
    "max": [
        (lambda a: a.max(), [(4,)]),
        (lambda a: a.max(axis=1), [(3, 4)]),
        (lambda a: a.max(axis=(0, 1), keepdims=True), [(2, 2)]),
    ],
    "min": [(lambda a: a.min(), [(4,)]), (lambda a: ag.min(a, axis=0), [(3, 4)])],
    "norm": [(lambda a: ag.norm(a), [(2, 3)]), (lambda a: ag.norm(a, axis=0, keepdims=True), [(2, 3)])],
    "p_norm": [
        (lambda a: ag.norm(a, 3, axis=1), [(2, 3)]),
        (lambda a: ag.norm(a, 1.5), [(4,)]),
        (lambda a: ag.norm(a, -1.5, axis=0), [(3, 2)]),
    ],
    "astype": [(lambda a: a.astype(np.float64) * 2.0, [(2, 3)])],
    "logsumexp": [(lambda a: ag.logsumexp(a), [(2, 3)]), (lambda a: ag.logsumexp(a, axis=0), [(2, 3)])],
    "softmax": [(lambda a: ag.softmax(a), [(2, 3)]), (lambda a: ag.softmax(a, axis=(0, 1)), [(2, 3)])],
    "log_softmax": [(lambda a: ag.log_softmax(a), [(2, 3)]), (lambda a: ag.log_softmax(a, axis=0), [(4,)])],
    "reshape": [(lambda a: a.reshape(3, -1), [(2, 3)]), (lambda a: ag.reshape(a, (1,)), [()])],
    "ravel": [(lambda a: ag.ravel(a), [(2, 3)])],
    "expand_dims": [(lambda a: ag.expand_dims(a, (0, 2)), [(2, 3)])],
    "squeeze": [(lambda a: ag.squeeze(a), [(1, 3, 1)]), (lambda a: a.squeeze(axis=-1), [(1, 3, 1)])],
    "transpose": [
        (lambda a: a.T, [(2, 3)]),
        (lambda a: a.transpose(2, 0, -2), [(2, 3, 4)]),
        (lambda a: ag.transpose(a, (1, 0)), [(2, 3)]),
    ],
    "swapaxes": [(lambda a: ag.swapaxes(a, 0, -1), [(2, 3, 4)])],
    "flip": [(lambda a: ag.flip(a), [(2, 3)]), (lambda a: ag.flip(a, axis=1), [(2, 3)])],
    "broadcast_to": [(lambda a: ag.broadcast_to(a, (4, 2, 3)), [(2, 1)]), (lambda a: ag.broadcast_to(a, (0, 2)), [(2,)])],
    "getitem": [
        (lambda a: a[1], [(3, 2)]),
        (lambda a: a[..., ::-2, None], [(3, 4)]),
        (lambda a: a[[0, 2, 0, 0]], [(3, 2)]),
        (lambda a: a[np.array([[0, 1], [1, 1]]), 1:], [(3, 2)]),
        (lambda a: a[np.array([True, False, True])], [(3, 2)]),
        (lambda a: a[[]], [(3, 2)]),
    ],
    "scatter": [(lambda a: GRAPH.scatter(a, index=(np.array([0, 2, 0]),), shape=(4,)), [(3,)])],
    "set_entries": [
        (lambda a, x: a.at[1].set(x), [(3, 2), (2,)]),
        (lambda a, x: a.at[..., ::-2].set(x), [(3, 4), (1, 2)]),
        (lambda a, x: a.at[np.array([2, 0]), 1:].set(x), [(3, 2), ()]),
        (lambda a, x: a.at[[True, False, True]].set(x), [(3, 2), (2, 2)]),
        (lambda a: a.at[1, 0].set(5.0), [(3, 2)]),
        (lambda a, x: a.at[[]].set(x), [(3, 2), (2,)]),
    ],
    "concatenate": [
        (lambda a, b: ag.concatenate([a, b, a], axis=1), [(2, 3), (2, 1)]),
        (lambda a, b: ag.concatenate([a, b], axis=None), [(2, 3), ()]),
    ],
    "stack": [(lambda a, b: ag.stack([a, b, a], axis=-1), [(2, 3), (2, 3)]), (lambda a: ag.stack(a), [(3, 2)])],
    "trace": [(lambda a: a.trace(), [(3, 3)]), (lambda a: ag.trace(a, offset=1, axis1=2, axis2=0), [(3, 2, 4)])],
    "item": [(lambda a: apply(find("reshape"), Value.of(a.sum()), shape=()), [(3,)])],
    "matmul": [
        (lambda a, b: a @ b, [(2, 3), (3, 4)]),
        (lambda a, b: a @ b, [(3,), (3,)]),
        (lambda a, b: a @ b, [(3,), (3, 2)]),
        (lambda a, b: a @ b, [(2, 3), (3,)]),
        (lambda a, b: ag.matmul(a, b), [(2, 1, 2, 3), (4, 3, 2)]),
        (lambda a, b: a @ b, [(3,), (2, 3, 4)]),
        (lambda a, b: a @ b, [(2, 4, 3), (3,)]),
        (lambda a, b: a.dot(b), [(2, 0), (0, 3)]),
    ],
    "outer": [(lambda a, b: ag.outer(a, b), [(2, 2), (3,)])],
    "vdot": [(lambda a, b: ag.vdot(a, b), [(2, 3), (2, 3)])],
    "convolve": [
        (lambda a, b: np.convolve(a, b), [(4,), (3,)]),
        (lambda a, b: np.convolve(a, b, "valid"), [(5,), (2,)]),
        (lambda a, b: np.convolve(a, b, "valid"), [(2,), (4,)]),
        (lambda a, b: np.convolve(a, b, "valid"), [(3,), (3,)]),
        (lambda a, b: np.correlate(a, b, "same"), [(2,), (5,)]),
    ],
    "einsum": [
        (lambda a, b: ag.einsum("ij,jk", a, b), [(2, 3), (3, 4)]),
        (lambda a: ag.einsum("ii", a), [(3, 3)]),
        (lambda a: ag.einsum("ii->i", a), [(3, 3)]),
        (lambda a: ag.einsum("iij->j", a), [(3, 3, 2)]),
        (lambda a: ag.einsum("ij->", a), [(3, 2)]),
        (lambda a, b: ag.einsum("...i,...i->...", a, b), [(2, 1, 3), (4, 3)]),
        (lambda a, b: ag.einsum("i...,ij", a, b), [(2, 3), (2, 4)]),
        (lambda a, b, c: ag.einsum("i,ij,j->", a, b, c), [(2,), (2, 3), (3,)]),
        (lambda a, b: ag.einsum("ij,ij->ij", a, b), [(2, 1), (2, 3)]),
        (lambda a, b: ag.einsum("i,i->", a, b), [(1,), (3,)]),
        (lambda a, b: ag.einsum("ij,jk->ik", a, b), [(2, 1), (3, 4)]),
        (lambda a, b: a.dot(b), [(2, 3, 4), (2, 4, 5)]),
    ],
    "inv": [(lambda a: np.linalg.inv(a), [(3, 3)]), (lambda a: ag.inv(a), [(2, 2, 2)])],
    "det": [(lambda a: np.linalg.det(a), [(3, 3)]), (lambda a: ag.det(a), [(2, 2, 2)])],
    "logabsdet": [(lambda a: np.linalg.slogdet(a)[1], [(3, 3)]), (lambda a: ag.slogdet(a)[1], [(2, 2, 2)])],
    "solve": [
        (lambda a, b: np.linalg.solve(a, b), [(3, 3), (3,)]),
        (lambda a, b: ag.solve(a, b), [(3, 3), (3, 2)]),
        (lambda a, b: ag.solve(a, b), [(2, 3, 3), (2, 3, 1)]),
    ],
    "cholesky": [(lambda a: ag.cholesky(a), [(3, 3)]), (lambda a: ag.cholesky(a, upper=True), [(2, 2, 2)])],
    "eigh_factors": [(lambda a: weigh(*ag.eigh(a)), [(3, 3)]), (lambda a: weigh(*ag.eigh(a, "U")), [(2, 2, 2)])],
    "eig_factors": [(lambda a: weigh(*ag.eig(SPREAD + 0.05 * a)), [(3, 3)])],
    "svd_factors": [
        (lambda a: weigh(*ag.svd(SPREAD[:, :2] + 0.2 * a, full_matrices=False)), [(3, 2)]),
        (lambda a: weigh(*ag.svd(SPREAD[:2] + 0.2 * a, full_matrices=False)), [(2, 3)]),
        (lambda a: weigh(*ag.svd(SPREAD + 0.2 * a)), [(2, 3, 3)]),
    ],
    "qr_factors": [
        (lambda a: weigh(*ag.qr(SPREAD[:, :2] + 0.1 * a)), [(3, 2)]),
        (lambda a: weigh(*ag.qr(SPREAD[:2] + 0.1 * a)), [(2, 3)]),
        (lambda a: weigh(*ag.qr(SPREAD + 0.1 * a)), [(2, 3, 3)]),
    ],
    "pinv": [
        (lambda a: ag.pinv(SPREAD[:, :2] + 0.1 * a), [(3, 2)]),
        (lambda a: ag.pinv(SPREAD[:2] + 0.1 * a), [(2, 3)]),
        (lambda a: ag.pinv(ag.outer(1.0 + 0.1 * a, 2.0 + 0.1 * a), rcond=1e-6), [(3,)]),
    ],
    "real": [(lambda a: ag.real(np.exp(1j * a)), [(3,)])],
    "imag": [(lambda a: ag.imag(np.exp(1j * a)), [(3,)]), (lambda a: ag.imag(a) + a, [(2,)])],
    "conj": [(lambda a: ag.imag(ag.conj(1j * a) * a), [(2, 2)])],
    "modulus": [(lambda a: abs(a + 1j), [(2, 3)])],
    "angle": [(lambda a: ag.angle(a + 1j, deg=True), [(3,)])],
    "complex_power": [(lambda a: ag.real((a + 1j) ** (0.5 - 1j * a)), [(3,)]), (lambda a: ag.imag((a + 2j) ** 3.0), [(2,)])],
    "complex_eigh_factors": [
        (lambda a: ag.eigvalsh(SPREAD + 0.05 * (a + 1j * np.swapaxes(a, 0, 1))), [(3, 3)]),
        (lambda a: abs(ag.eigh(SPREAD + 0.05j * a).eigenvectors) ** 2, [(2, 3, 3)]),  # smooth where an entry is 0,
    ],
    "complex_svd_factors": [
        (lambda a: abs(ag.svd(SPREAD[:, :2] + 0.1j * a, full_matrices=False)[0]) ** 2, [(3, 2)]),
        (lambda a: ag.svdvals(SPREAD[:2] + 0.1j * a), [(2, 3)]),
    ],
    "complex_eig_factors": [
        (lambda a: abs(ag.eigvals(ROTATING + 0.05 * a)), [(3, 3)]),
        (lambda a: abs(ag.eig(ROTATING + 0.05 * a).eigenvectors) ** 2, [(2, 3, 3)]),
        (lambda a: ag.imag(ag.eigvals(SPREAD + 0.05j * a)), [(3, 3)]),
    ],
    "complex_cholesky": [
        (lambda a: weigh_parts(ag.cholesky(SPREAD + 0.1j * a)), [(3, 3)]),
        (lambda a: weigh_parts(ag.cholesky(SPREAD + 0.1j * a, upper=True)), [(2, 3, 3)]),
    ],
    "complex_qr_factors": [
        (lambda a: weigh_parts(*ag.qr(SPREAD[:, :2] + 0.2j * a)), [(3, 2)]),
        (lambda a: weigh_parts(*ag.qr(SPREAD[:2] + 0.2j * a)), [(2, 2, 3)]),
        (lambda a: weigh_parts(*ag.qr(SPREAD + 0.2j * a)), [(3, 3)]),
    ],
    "complex_pinv": [
        (lambda a: weigh_parts(ag.pinv(SPREAD[:, :2] + 0.2j * a)), [(3, 2)]),
        (lambda a: weigh_parts(ag.pinv(SPREAD[:2] + 0.2j * a)), [(2, 2, 3)]),
        (lambda a: weigh_parts(ag.pinv(ag.outer(1.0 + 0.1j * a, 2.0 + 0.1 * a), rcond=1e-6)), [(3,)]),
    ],
    "complex_sign": [(lambda a: weigh_parts(np.sign(a + 1j)), [(2, 3)])],
    "complex_arcsin": [(lambda a: weigh_parts(np.arcsin(a + 1j)), [(3,)])],
    "complex_arccos": [(lambda a: weigh_parts(np.arccos(a - 1j)), [(3,)])],
    "complex_arcsinh": [(lambda a: weigh_parts(np.arcsinh(1j * a + 1.0)), [(3,)])],
    "complex_arccosh": [(lambda a: weigh_parts(np.arccosh(a + 1j)), [(3,)])],
    "complex_arcsin_slope": [(lambda a: weigh_parts(apply(find("complex_arcsin_slope"), a + 1j)), [(3,)])],
    "complex_arccosh_slope": [(lambda a: weigh_parts(apply(find("complex_arccosh_slope"), a + 1j)), [(3,)])],
    "fft": [(lambda a: ag.imag(np.fft.fft(a, axis=0)), [(3, 2)])],
    "ifft": [(lambda a: abs(np.fft.ifft(a)), [(3,)])],
    "rfft": [
        (lambda a: ag.real(np.fft.rfft(a)) * ag.imag(np.fft.rfft(a)), [(5,)]),
        (lambda a: abs(np.fft.rfft(a, axis=0)), [(4, 2)]),
    ],
    "irfft": [(lambda a: np.fft.irfft(np.exp(1j * a), axis=0), [(3, 2)]), (lambda a: np.fft.irfft(a * 1j + a, 5), [(3,)])],
    "affine": [
        (lambda x, W, b: ag.affine(x, W, b), [(5, 3), (2, 3), (2,)]),
        (lambda x, W, b: ag.affine(x, W, b), [(3,), (2, 3), (2,)]),
        (lambda x, W, b: ag.affine(x, W, b), [(4, 5, 3), (2, 3), (2,)]),
        (lambda x, W, b: ag.affine(x, W, b), [(2, 3, 0), (2, 0), (2,)]),
    ],
}
PROGRAMS = [(name, f, shapes) for name, programs in CASES.items() for f, shapes in programs]
IDS = [f"{name}-{'-'.join(map(str, shapes))}" for name, f, shapes in PROGRAMS]


def test_every_row_has_a_case():
    from nn import losses  # it defines three rows of its own, tested with the losses

    own = {"softmax_cross_entropy", "half_squares", "half_squared_distance"}
    assert own <= set(TABLE), losses
    assert {op.name for op in TABLE.values() if not isinstance(op, Elementwise) and not op.library} - own == set(CASES)


def make_arrays(seed, shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) + 0.05 for shape in shapes]


SYSTEMS = ("inv", "det", "logabsdet", "solve")
SYMMETRIC = ("cholesky", "eigh_factors")


@pytest.mark.parametrize(("name", "f", "shapes"), PROGRAMS, ids=IDS)
@given(seed=st.integers(0, 10**6))
def test_gradients_reverse_forward_and_second_order(name, f, shapes, seed):
    xs = make_arrays(seed, shapes)
    if name == "p_norm":  # kept away from 0, where |a|ᵖ is not smooth
        xs[0] = xs[0] + np.where(xs[0] < 0, -0.5, 0.5)
    if name in SYSTEMS:  # kept away from singular matrices, where differences see nothing
        xs[0] = xs[0] + 4.0 * np.eye(shapes[0][-1])
    if name in SYMMETRIC:
        xs[0] = 0.2 * xs[0] + 2.0 * SPREAD[: shapes[0][-1], : shapes[0][-1]]
    rng = np.random.default_rng(seed + 1)
    first_directions, second_directions = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    cotangent = rng.normal(size=f(*map(Tensor, xs)).shape)

    def gradients_along_second(step):
        tensors = [Tensor(x + step * w) for x, w in zip(xs, second_directions, strict=True)]
        f(*tensors).backward(cotangent)
        return [t.grad for t in tensors]

    def slope_along_second(step):
        return sum(np.vdot(g, u) for g, u in zip(gradients_along_second(step), first_directions, strict=True))

    def loss_along_first(step):
        moved = [x + step * u for x, u in zip(xs, first_directions, strict=True)]
        return float(np.sum(f(*map(Tensor, moved)).data * cotangent))

    tensors = list(map(Tensor, xs))
    y = f(*tensors)
    y.backward(cotangent)
    assert all(t.grad.shape == t.shape for t in tensors)
    reverse = sum(np.vdot(t.grad, u) for t, u in zip(tensors, first_directions, strict=True))
    (tangent,) = pushforward([y], tensors, first_directions)
    assert_close(np.vdot(tangent, cotangent) if np.size(cotangent) else 0.0, reverse, rtol=1e-10, atol=1e-12)
    is_smooth = name not in ("max", "min") or np.min(np.diff(np.sort(xs[0].ravel()))) > 0.05
    if is_smooth:
        assert_derivative(reverse, loss_along_first, h=0.01)

    again = list(map(Tensor, xs))
    f(*again).backward(cotangent, create_graph=True)
    first = [t.grad for t in again]
    for t in again:
        t.zero_grad()
    sum((g * u).sum() for g, u in zip(first, first_directions, strict=True)).backward()
    second = sum(np.vdot(t.grad, w) for t, w in zip(again, second_directions, strict=True))
    if is_smooth:
        assert_derivative(second, slope_along_second, h=0.01, rtol=1e-6)
    at, along = list(map(np.asarray, xs)), list(map(np.asarray, second_directions))
    product = ag.hvp(lambda tensors: (f(*tensors) * cotangent).sum(), at, along)
    assert_close(sum(np.vdot(p, u) for p, u in zip(product, first_directions, strict=True)), second, rtol=1e-9, atol=1e-11)


def test_product_with_zeros_is_exact_at_first_and_second_order():
    for zeros in ([], [1], [1, 3]):
        x = np.array([2.0, -3.0, 0.5, 4.0])
        x[zeros] = 0.0
        t = Tensor(x)
        t.prod().backward(create_graph=True)
        first = t.grad
        assert_close(first.data, [np.prod(np.delete(x, i)) for i in range(4)])
        t.zero_grad()
        first.sum().backward()
        expected = [sum(np.prod(np.delete(x, [i, j])) for j in range(4) if j != i) for i in range(4)]
        assert_close(t.grad, expected)


def test_ties_share_the_gradient_and_norm_is_flat_at_the_origin():
    t = Tensor([[3.0, 3.0, 1.0]])
    t.max(axis=1).backward([6.0])
    assert_close(t.grad, [[3.0, 3.0, 0.0]])
    zero = Tensor([0.0, 0.0])
    ag.norm(zero).backward()
    assert_close(zero.grad, [0.0, 0.0])


def test_other_norms_are_flat_where_an_entry_is_zero():
    for x in ([0.0, 0.0], [0.0, 2.0]):
        for ord in (1, 3, 0.5, -1, -2.5, -np.inf):
            t = Tensor(x)
            ag.norm(t, ord).backward()
            assert t.grad[0] == 0.0
            assert t.grad[1] == 0.0 or (ord > 0 and x[1] == 2.0)  # for a negative order the other entries do not count


def test_softmax_jacobian_is_diag_p_minus_pp():
    a = np.array([0.3, -1.0, 2.0])  # C06
    jacobian = []
    for i in range(3):
        t = Tensor(a)
        ag.softmax(t)[i].backward()
        jacobian.append(t.grad)
    p = np.exp(a) / np.exp(a).sum()
    assert_close(jacobian, np.diag(p) - np.outer(p, p), rtol=1e-12, atol=1e-16)


def test_signs_of_determinants_and_matrices_without_an_inverse():
    assert float(ag.slogdet([[0.0, 1.0], [1.0, 0.0]])[0]) == -1.0
    for f in (ag.inv, lambda a: ag.solve(a, [1.0, 1.0])):
        with pytest.raises(ag.AutogradError, match=r"of shape \(2, 2\).*: Singular matrix; it has no inverse"):
            f(Tensor([[1.0, 1.0], [1.0, 1.0]]))
    with pytest.raises(ag.ShapeError, match=r"det of shapes \(2, 3\)"):
        ag.det(Tensor(np.ones((2, 3))))


def test_logits_of_a_thousand_stay_finite():
    for a in ([1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1001.0]):
        for f in (ag.softmax, ag.log_softmax, ag.logsumexp):
            t = Tensor(a)
            f(t).backward(np.ones(f(t).shape))
            assert np.all(np.isfinite(f(t).data))
            assert np.all(np.isfinite(t.grad))


def test_logsumexp_of_nothing_but_minus_infinity():
    assert_close(ag.logsumexp([-np.inf, -np.inf]), -np.inf)
    assert_close(ag.logsumexp([np.inf, 0.0]), np.inf)


@pytest.mark.parametrize("ord", [1, 2, 3, np.inf, 2.5, -1, -2.5, -np.inf])
def test_norms_of_vectors_match_numpy(ord):
    x = np.array([[1.0, -2.0], [3.0, 0.5]])
    assert_close(ag.norm(Tensor(x), ord, axis=1).data, np.linalg.norm(x, ord, axis=1), rtol=1e-14)
    assert_close(ag.norm(x, "fro"), np.linalg.norm(x, "fro"))


def test_equal_eigenvalues_and_singular_values_have_finite_derivatives():
    eye = np.eye(3)
    assert_close(ag.grad(lambda a: (ag.eigvalsh(a) ** 2).sum())(eye), 2.0 * eye)
    assert_close(ag.grad(lambda a: ag.norm(a, "nuc"))(eye), eye)
    rank_one = np.outer([1.0, 2.0], [3.0, 4.0, 5.0])
    assert_close(ag.grad(lambda a: ag.svdvals(a)[0])(rank_one), rank_one / np.linalg.norm(rank_one), rtol=1e-12)


def central_difference(f, a, direction, h=1e-5):
    return (f(a + h * direction) - f(a - h * direction)) / (2.0 * h)


def turned(values, seed=0):
    """A symmetric matrix with given eigenvalues, which rounding makes slightly different."""
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))[0]
    return (q * values) @ q.T


def weigh_linearly(vectors):
    """Return a weighted sum of all entries, which turning any two vectors changes."""
    return (np.cos(1.0 + np.arange(vectors.size)).reshape(vectors.shape) * vectors).sum()


UNDETERMINED = {
    "eigh": (lambda a: weigh_linearly(ag.eigh(a).eigenvectors), "equal eigenvalues, .* matrix_power, inv, expm or sqrtm"),
    "eig": (lambda a: weigh_linearly(ag.eig(a).eigenvectors), "equal eigenvalues, .* matrix_power, inv or expm"),
    "svd": (
        lambda a: weigh_linearly(ag.svd(a).U),
        r"equal singular values, or singular values of 0, .* a @ inv\(sqrtm\(a.T @ a\)\)",
    ),
}


@pytest.mark.parametrize("values", [[1.0, 1.0, 2.0], [1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
@pytest.mark.parametrize("call", UNDETERMINED)
def test_gradients_by_undetermined_vectors_raise(call, values):
    f, words = UNDETERMINED[call]
    for a in (np.diag(values), turned(values) if call != "eig" else np.diag(values)):
        for gradient in (ag.grad(f), lambda a: ag.grad(lambda b: ag.grad(f)(b).sum())(a)):
            with pytest.raises(ag.GraphError, match=rf"^{call}: a matrix of shape \(3, 3\) has {words}"):
                gradient(a)
    tangent = ag.jvp(f, (np.diag(values),), (np.ones((3, 3)),))[1]
    assert np.isnan(tangent)


def test_small_cotangents_of_undetermined_vectors_raise_too():
    def f(a):
        vectors = ag.eigh(a).eigenvectors
        return 1e-8 * weigh_linearly(vectors[:, :2]) + weigh(vectors[:, 2:])

    with pytest.raises(ag.GraphError, match=r"^eigh: a matrix of shape \(3, 3\) has equal eigenvalues"):
        ag.grad(f)(turned([1.0, 1.0, 2.0]))


@pytest.mark.parametrize("call", ["eigh", "svd"])
def test_gradients_by_undetermined_complex_vectors_raise(call):
    matrix = turned([1.0, 1.0, 2.0]) + 0j

    def f(a):
        vectors = np.linalg.eigh(a).eigenvectors if call == "eigh" else np.linalg.svd(a).U
        return np.real(weigh_linearly(vectors[:, :2])) if call == "eigh" else np.real(weigh_linearly(vectors))

    with pytest.raises(ag.GraphError, match=rf"^{call}: a matrix of shape \(3, 3\) has equal"):
        ag.grad(f)(matrix)
    assert np.isnan(ag.jvp(f, (matrix,), (np.outer([1.0, 2.0, 3.0], [2.0, 1.0, 4.0]) + 0j,))[1])


def test_tangents_by_vectors_of_singular_values_of_zero_are_nan():
    """The rotation of both sides, which leaves a matrix of zeros as it is, and a turn out of the plane of the columns."""
    rotation = np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert np.isnan(ag.jvp(lambda a: weigh_linearly(ag.svd(a).U), (np.zeros((2, 2)),), (rotation,))[1])
    plane, outside = np.diag([1.0, 0.0, 0.0])[:, :2], np.zeros((3, 2))
    outside[2, 1] = 1.0
    assert np.isnan(ag.jvp(lambda a: weigh_linearly(ag.svd(a, full_matrices=False).U[:, 1:]), (plane,), (outside,))[1])


def test_gradients_by_vectors_of_singular_values_of_zero_raise():
    rank_one = np.outer([1.0, 2.0], [3.0, 4.0, 5.0])
    with pytest.raises(ag.GraphError, match=r"^svd: a matrix of shape \(3, 2\) has equal singular values, or singular values of 0"):
        ag.grad(lambda a: weigh_linearly(ag.svd(a, full_matrices=False).Vh))(rank_one)
    with pytest.raises(ag.GraphError, match=r"^svd: a matrix of shape \(3, 2\) has"):
        ag.grad(lambda a: weigh_linearly(ag.svd(a.T, full_matrices=False).U[:, 1:]))(np.diag([1.0, 0.0, 0.0])[:2])
    assert np.isnan(ag.jvp(lambda a: weigh_linearly(ag.svd(a, full_matrices=False).U), (np.zeros((3, 2)),), (np.ones((3, 2)),))[1])


@pytest.mark.parametrize("values", [[1.0, 1.0, 3.0, 5.0], [1.0, 3.0, 3.0, 5.0]])
def test_gradients_by_the_other_vectors_are_those_of_a_matrix_whose_eigenvalues_differ(values):
    """The projection onto the last eigenvector is smooth: at equal eigenvalues its gradient is the limit of those nearby."""

    def projection(a):
        v = ag.eigh(a).eigenvectors[:, -1:]
        return weigh(v @ v.T)

    def projection_by_svd(a):
        u, _, vh = ag.svd(a)
        return weigh(u[:, :1] @ vh[:1])

    shift = turned([0.0, 1e-6, 2e-6, 0.0])
    for f in (projection, projection_by_svd):
        gradient = ag.grad(f)(turned(values))
        assert_close(gradient, ag.grad(f)(turned(values) + shift), rtol=1e-4, atol=1e-4)
        direction = np.random.default_rng(1).normal(size=(4, 4))
        direction = direction + direction.T
        assert_close((gradient * direction).sum(), central_difference(f, turned(values), direction), rtol=1e-6, atol=1e-6)


def test_singular_vectors_of_nearly_equal_singular_values_keep_their_digits():
    """U Vᵀ is a (aᵀ a)^(-1/2), whose derivative does not grow as singular values approach each other."""
    a = np.diag([1.0, 1.0 + 1e-7, 2.0]) @ np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]

    def polar(a):
        u, _, vh = ag.svd(a)
        return weigh(u @ vh)

    gradient, direction = ag.grad(polar)(a), np.random.default_rng(1).normal(size=(3, 3))
    assert_close((gradient * direction).sum(), central_difference(polar, a, direction), rtol=1e-7, atol=1e-7)


def test_plain_arrays_have_plain_factors():
    a = np.array([[4.0, 1.0], [1.0, 3.0]])
    assert_close(ag.cholesky(a), np.linalg.cholesky(a))
    assert_close(ag.lstsq(a, [1.0, 2.0])[0], np.linalg.solve(a, [1.0, 2.0]), rtol=1e-12)
    assert type(ag.qr(a).Q) is np.ndarray
    assert ag.lstsq(a, [1.0, 2.0])[2] == 2


@pytest.mark.parametrize(
    ("attempt", "kind", "words"),
    [
        (
            lambda t: ag.cholesky(-t),
            ag.AutogradError,
            r"cholesky of shape \(2, 2\): a matrix is not positive definite; add a small",
        ),
        (lambda t: ag.cholesky(t[0]), ag.ShapeError, r"cholesky takes square matrices, not an array of shape \(2,\)"),
        (lambda t: ag.eigh(t, "X"), ag.DataError, "eigh: UPLO must be 'L' or 'U', for the triangle that is read, not 'X'"),
        (lambda t: ag.eig(t[0]), ag.ShapeError, r"eig takes square matrices, not an array of shape \(2,\)"),
        (
            lambda t: ag.cholesky(1j * t - 2.0 * t),
            ag.AutogradError,
            r"cholesky of shape \(2, 2\): a matrix is not positive definite; add a small",
        ),
        (lambda t: ag.svd(t[0]), ag.ShapeError, r"svd takes matrices, not an array of shape \(2,\)"),
        (lambda t: ag.svd(t[:1]), ag.DataError, r"svd of shape \(1, 2\) with full_matrices=True .*: pass full_matrices=False"),
        (lambda t: ag.qr(t[0]), ag.ShapeError, r"qr takes matrices, not an array of shape \(2,\)"),
        (lambda t: ag.qr(t, "raw"), ag.DataError, r"qr of shape \(2, 2\) with mode='raw' has no derivative here: use 'reduced'"),
        (lambda t: ag.lstsq(t, [1.0]), ag.ShapeError, r"lstsq takes a of shape \(m, n\) and b .*, not \(2, 2\) and \(1,\)"),
        (lambda t: np.linalg.cond(t, 7), ag.DataError, "norm: matrices have the orders None, 'fro', 'nuc'"),
        (lambda t: np.linalg.tensorsolve(t, [1.0]), ag.ShapeError, r"tensorsolve of shapes \(2, 2\) and \(1,\): a takes the shape"),
        (lambda t: np.linalg.tensorinv(t[:1], 1), ag.ShapeError, r"tensorinv of shape \(1, 2\) with ind=1"),
        (lambda t: np.vecdot(t, [1.0]), ag.ShapeError, r"vecdot of shapes \(2, 2\) and \(1,\): axis -1 has different lengths"),
        (lambda t: np.linalg.matrix_norm(t[0]), ag.DataError, r"matrix_norm takes matrices, not an array of shape \(2,\)"),
    ],
)
def test_matrices_that_have_no_factors_are_refused(attempt, kind, words):
    with pytest.raises(kind, match=words):
        attempt(Tensor(np.eye(2)))


@pytest.mark.parametrize(
    "f", [ag.cholesky, ag.svdvals, ag.pinv, ag.eigvalsh, lambda a: ag.qr(a).R ** 2, lambda a: ag.eig(a).eigenvalues]
)
def test_factorizations_can_be_compiled(f):
    a = np.array([[4.0, 1.0], [1.0, 2.0]])
    gradient = ag.grad(lambda x: f(x).sum())
    assert_close(ag.compile(gradient)(a), gradient(a), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "a",
    [
        np.zeros((1, 1)),
        np.zeros((2, 2)),
        np.array([[1.0, 2.0], [2.0, 4.0]]),
        np.diag([0.0, 0.0, 3.0]),
        np.diag([1.0, 2.0, 0.0, 4.0]),
        np.stack([np.eye(2), np.ones((2, 2))]),
        np.array([[1.0, 2.0 + 1j], [2.0, 4.0 + 2j]]),
    ],
)
def test_determinants_of_singular_matrices_have_derivatives(a):
    check_grad(np.linalg.det, a, order=2)
    check_grad(ag.grad(lambda x: np.real(np.linalg.det(x)).sum()), a)
