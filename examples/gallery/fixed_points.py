"""Implicit differentiation: the derivative of a fixed point x = f(x, a), without the iterations that found it."""

import numpy as np

from autograd import Tensor, jacobian, stop_gradient
from autograd.scipy import minimize, root


def fixed_point(f, x0, a, numbers):
    """Return the solution of x = f(x, a); ``numbers`` is ``a`` without its graph.

    SciPy finds it on plain numbers. One Newton step on nodes from there changes no number, and has the derivative of the implicit
    function theorem, (I - ∂f/∂x)⁻¹ ∂f/∂a.
    """
    x = root(lambda x: f(x, numbers) - x, x0, tol=1e-13).x
    slope = np.eye(len(x)) - stop_gradient(jacobian(f)(x, numbers))
    return x - np.linalg.solve(slope, x - f(x, a))


def layer(x, a):
    """Return an equilibrium layer: a small recurrent network that is applied until its state stays."""
    return np.tanh(a[:, :3] @ x + a[:, 3])


target = np.array([0.5, -0.2, 0.3])


def objective(a):
    """Return the squared distance of the equilibrium from a target."""
    numbers = a.data if isinstance(a, Tensor) else a
    return ((fixed_point(layer, np.zeros(3), a, numbers) - target) ** 2).sum()


start = 0.4 * np.random.default_rng(0).normal(size=(3, 4))


def main(steps=60):
    result = minimize(objective, start, options={"maxiter": steps})
    x = fixed_point(layer, np.zeros(3), result.x, result.x)
    print(f"squared distance {objective(start):.3f} -> {result.fun:.1e}, equilibrium {x.round(3)}")
    return result.x


if __name__ == "__main__":
    main()
