"""A neural differential equation: a small network is the right-hand side, and learns a damped oscillation from its states."""

import numpy as np

from autograd.scipy import minimize, odeint

times = np.linspace(0.0, 3.0, 10)
truth = np.array([[-0.3, 2.0], [-2.0, -0.3]])
states = odeint(lambda y, t: truth @ y, np.array([2.0, 0.0]), times)


def right_hand_side(y, t, p):
    return p["out"] @ np.tanh(p["W"] @ y + p["b"])


def objective(p):
    """Return the mean squared distance of the states from the data."""
    predicted = odeint(right_hand_side, states[0], times, (p,), rtol=1e-4, atol=1e-4, method="RK45")
    return ((predicted - states) ** 2).mean()


rng = np.random.default_rng(0)
start = {"W": rng.normal(size=(8, 2)), "b": np.zeros(8), "out": 0.1 * rng.normal(size=(2, 8))}


def main(steps=60):
    result = minimize(objective, start, method="L-BFGS-B", options={"maxiter": steps})
    print(f"mean squared error {objective(start):.3f} -> {result.fun:.5f}")
    return result.x


if __name__ == "__main__":
    main()
