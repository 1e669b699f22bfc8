"""Transforms on problems with known answers: Rosenbrock's function, a fixed point, a determinant."""

import numpy as np

from autograd import (
    define,
    grad,
    hessian,
    hvp,
    value_and_grad,
)
from oracles import assert_close


def test_rosenbrock_hessian_and_newton_cg():
    from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

    def f(x):
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    x = np.array([1.3, 0.7, 0.8, 1.9, 1.2])
    assert_close(value_and_grad(f)(x)[0], rosen(x), rtol=1e-13)
    assert_close(grad(f)(x), rosen_der(x), rtol=1e-12)
    assert_close(hessian(f)(x), rosen_hess(x), rtol=1e-12, atol=1e-11)
    found = minimize(lambda x: float(f(x)), x, method="Newton-CG", jac=grad(f), hessp=lambda x, v: hvp(f, x, v), tol=1e-10)
    assert_close(found.x, np.ones(5), rtol=1e-6)


def test_fixed_point_with_a_custom_derivative():
    # x = cos(a x): dx/da = -x sin(ax) / (1 + a sin(ax)), without differentiating the iteration.
    def iterate(xp, a):
        x = 0.5 + 0.0 * a
        for _ in range(200):
            x = xp.cos(a * x)
        return x

    fixed_point = define("fixed_point", iterate, lambda xp, x, a: -x * xp.sin(a * x) / (1.0 + a * xp.sin(a * x)))
    x = fixed_point(0.8)
    assert_close(grad(fixed_point)(0.8), -x * np.sin(0.8 * x) / (1 + 0.8 * np.sin(0.8 * x)), rtol=1e-14)
    assert_close(grad(fixed_point)(0.8), (fixed_point(0.8 + 1e-6) - fixed_point(0.8 - 1e-6)) / 2e-6, rtol=1e-8)


def test_determinant_by_minors():
    def det(rows):
        if len(rows) == 1:
            return rows[0][0]
        return sum((-1.0) ** j * rows[0][j] * det([row[:j] + row[j + 1 :] for row in rows[1:]]) for j in range(len(rows)))

    A = np.random.default_rng(0).normal(size=(8, 8))
    g = grad(det)(A.tolist())
    assert_close(g, np.linalg.det(A) * np.linalg.inv(A).T, rtol=1e-9, atol=1e-12)
