"""Functions of four complex numbers, which tests differentiate and compile."""

import numpy as np
from hypothesis import strategies as st

import autograd as ag
from autograd import Value

C = np.array([0.3 - 1.2j, 1.1 + 0.4j, -0.7 + 0.9j, 0.2 + 0.1j])
M = np.array([[1.0 + 0.2j, 0.3j, -0.4, 0.1], [0.2, 1.5, 0.3 - 0.1j, 0.0], [0.1j, 0.2, -1.2, 0.4], [0.3, 0.1, 0.2j, 0.9 - 0.6j]])
APART = M + np.diag([0.0, 3.0, 6.0, 9.0])  # its eigenvalues stay apart where numbers below 1 are added to its diagonal


def gram(z):
    """A Hermitian matrix that is positive definite."""
    a = M * z
    return a @ a.conj().T + np.eye(4)


# Real functions of four complex numbers, which are away from 0 and from branch cuts.
REAL_FUNCTIONS = {
    "abs": lambda z: (abs(z) ** 3).sum(),
    "angle": lambda z: (np.angle(z) ** 2).sum() + np.angle(z, deg=True)[0],
    "arithmetic": lambda z: np.real((z * C - 2.0 / z + (1.0 - z) * 1j - C) / (z + 3.0)).sum(),
    "conj": lambda z: np.real(np.conj(z) * C * z).sum() + z.conj().imag.sum(),
    "exponentials": lambda z: np.real(np.exp(z) * C + np.expm1(z)).sum(),
    "logarithms": lambda z: np.imag(np.log(z) * C + np.log1p(z) + np.log2(z) - np.log10(z)).sum(),
    "roots": lambda z: np.imag(np.sqrt(z) / z + np.square(z) + np.reciprocal(z)).sum(),
    "powers": lambda z: np.real(z**2.5 * C + z**3 + z**0 + z**-1).sum(),
    "powers of constants": lambda z: np.real((1.3 + 0.2j) ** z * C + 2.0**z + z**z).sum(),
    "circle": lambda z: np.real(np.sin(z) * np.cos(z) + np.tan(z) * C).sum(),
    "hyperbola": lambda z: np.real(np.sinh(z) * np.cosh(z) + np.tanh(z) * C).sum(),
    "inverse of sinh": lambda z: np.real(np.arcsinh(z) * C + np.arcsinh(2.0 * z - 4j)).sum(),
    "signs and steps": lambda z: (
        np.real(np.sign(z) * C + np.sign(-z) ** 2 + np.round(1e-3 * z + 3.2j) * C).sum() + np.real(np.exp2(z)).sum()
    ),
    "Cholesky factors": lambda z: np.real(np.linalg.cholesky(gram(z)) * M + np.linalg.cholesky(gram(z), upper=True) * 1j * M).sum(),
    "QR factors": lambda z: sum(np.real(factor * M[:4, :4]).sum() for factor in np.linalg.qr(M + np.diag(z))),
    "QR factors of wide matrices": lambda z: np.real(np.linalg.qr(M[:2] * z).R * M[:2]).sum(),
    "pseudoinverses": lambda z: (abs(np.linalg.pinv(M[:, :2] * z[:2])) ** 2).sum() + np.real(np.linalg.pinv(M[:3] * z)).sum(),
    "least squares": lambda z: (abs(np.linalg.lstsq(M[:, :2] * z[:2], z, rcond=None)[0]) ** 2).sum(),
    "residuals": lambda z: np.linalg.lstsq(M[:, :2], z, rcond=None)[1].sum(),
    "eigenvalues": lambda z: (abs(np.linalg.eigvals(APART + np.diag(z))) ** 3).sum(),
    "eigenvectors": lambda z: (abs(np.linalg.eig(APART + np.diag(z)).eigenvectors) ** 4).sum(),
    "roots of polynomials": lambda z: (
        (abs(np.roots(z * [1.0, 3.0, -2.0, 4.0])) ** 3).sum() + np.real(np.polydiv(z, C[:2])[1]).sum()
    ),
    "polynomials of matrices": lambda z: (abs(np.poly(APART + np.diag(z))) ** 2).sum(),
    "inverses": lambda z: np.real(np.arcsin(z) + np.arccos(z) * C + np.arctan(z) * C + np.arccosh(z) + np.arctanh(z)).sum(),
    "activations": lambda z: np.real(ag.sigmoid(z) * C + ag.silu(z)).sum(),
    "real and imaginary parts": lambda z: np.real(np.exp(np.real(z)) * z + np.imag(z) * C).sum(),
    "sums": lambda z: abs(z.sum()) ** 2 + abs(np.mean(z * z)) ** 2 + (abs(np.cumsum(z)) ** 2).sum() + abs(np.prod(z)),
    "choices": lambda z: np.real(np.where(np.array([True, False, True, False]), z**2, z * C)).sum(),
    "shapes": lambda z: np.real(np.stack([z, C * z]).T.reshape(2, 4)[:, ::-1] * np.tile(C, (2, 1))).sum(),
    "indices": lambda z: np.real(z[0] * z[[1, 1, 3]]).sum() + abs(z[1:3]).sum(),
    "updates": lambda z: np.imag((ag.array(z) * 1j).at[1:].set(z[:3] ** 2)).sum(),
    "products": lambda z: (abs(np.outer(z, C)) ** 2).sum() + (abs(M @ z @ M) ** 2).sum() + abs(np.dot(z, C)) ** 2,
    "vdot": lambda z: np.real(np.vdot(z, C) * np.vdot(C, z) * np.vecdot(z, C)),
    "einsum": lambda z: np.real(np.einsum("ij,j,i->", M, z, z)),
    "systems": lambda z: (abs(np.linalg.solve(M * z, C)) ** 2).sum() + (abs(np.linalg.inv(M + np.diag(z))) ** 2).sum(),
    "determinants": lambda z: abs(np.linalg.det(M * z)) ** 2 + np.linalg.slogdet(M * z)[1],
    "norms": lambda z: (
        np.linalg.vector_norm(z)
        + np.linalg.vector_norm(M * z, axis=1, ord=3).sum()
        + np.linalg.norm(z) ** 3
        + np.linalg.norm(z, 1)
        + np.linalg.norm(z, 3.0)
        + np.linalg.norm(M * z)
    ),
    "statistics": lambda z: np.var(z) + np.std(z, ddof=1) + (abs(np.cov(z, C)) ** 2).sum() + np.nanvar(z),
    "convolutions": lambda z: (
        (abs(np.convolve(z, C)) ** 2).sum() + (abs(np.correlate(C, z, "full")) ** 2).sum() + (abs(np.polyval(C, z)) ** 2).sum()
    ),
    "a Value and complex numbers": lambda z: np.real(z * Value(0.7) + 1j * Value(0.3) * z).sum(),
}
TRANSFORMS = {
    "fft": lambda z: np.fft.fft(z),
    "fft, cut": lambda z: np.fft.fft(z, 3, norm="ortho"),
    "ifft, filled": lambda z: np.fft.ifft(z, 6, norm="forward"),
    "irfft": lambda z: np.fft.irfft(z),
    "irfft, odd": lambda z: np.fft.irfft(z, 5, norm="ortho"),
    "irfft, cut": lambda z: np.fft.irfft(z, 4, norm="forward"),
    "irfft, one": lambda z: np.fft.irfft(z, 1),
    "hfft": lambda z: np.fft.hfft(z, norm="ortho"),
    "ihfft": lambda z: np.fft.ihfft(z.real * 2.0),
    "rfft": lambda z: np.fft.rfft(z.imag, 5),
    "fft2": lambda z: np.fft.fft2(np.reshape(z, (2, 2))),
    "ifft2": lambda z: np.fft.ifft2(np.reshape(z, (2, 2)), s=(3, 1)),
    "irfft2": lambda z: np.fft.irfft2(np.reshape(z, (2, 2))),
    "fftn": lambda z: np.fft.fftn(np.reshape(z, (2, 2)), axes=(0,)),
    "irfftn": lambda z: np.fft.irfftn(np.reshape(z, (2, 2)), s=(2, 3), axes=(0, 1)),
    "rfftn": lambda z: np.fft.rfftn(np.reshape(z, (2, 2)).real, norm="ortho"),
    "fftshift": lambda z: np.fft.fftshift(z),
}
ALL = REAL_FUNCTIONS | {name: (lambda z, f=f: (abs(f(z)) ** 2).sum() + np.real(f(z)).sum()) for name, f in TRANSFORMS.items()}
points = st.integers(0, 10**6).map(lambda seed: draw_points(np.random.default_rng(seed)))


def draw_points(rng):
    """Four numbers between the axes, at a distance from 0, from 1 and from the branch cuts."""
    return rng.uniform(0.4, 0.8, 4) * np.exp(1j * rng.uniform(0.4, 1.2, 4))
