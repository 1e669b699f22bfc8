"""Control of a fluid: initial velocities that carry ink from one place to another, through a simulation on a small grid."""

import numpy as np

from autograd import Tensor
from autograd.scipy import minimize

N = 12
rows, columns = np.meshgrid(np.arange(N), np.arange(N), indexing="ij")


def blob(row, column):
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 6.0)


ink, target = blob(4, 4), blob(7, 7)
# The Laplacian on a periodic grid by differences of neighbours, and its pseudoinverse.
shift = np.roll(np.eye(N), 1, axis=1)
second_difference = shift + shift.T - 2.0 * np.eye(N)
laplacian = np.kron(second_difference, np.eye(N)) + np.kron(np.eye(N), second_difference)
inverse_laplacian = np.linalg.pinv(laplacian)


def project(v_row, v_column):
    """Return the velocities without their divergence, by the gradient of a pressure."""
    divergence = 0.5 * (np.roll(v_row, -1, 0) - np.roll(v_row, 1, 0) + np.roll(v_column, -1, 1) - np.roll(v_column, 1, 1))
    pressure = (inverse_laplacian @ divergence.reshape(N * N)).reshape(N, N)
    by_row = 0.5 * (np.roll(pressure, -1, 0) - np.roll(pressure, 1, 0))
    by_column = 0.5 * (np.roll(pressure, -1, 1) - np.roll(pressure, 1, 1))
    return v_row - by_row, v_column - by_column


def whole_cells(x):
    """Return the cell that a position lies in; it has no derivative."""
    return np.floor(x.data if isinstance(x, Tensor) else x).astype(int)


def advect(field, v_row, v_column):
    """Return a field that has moved with the velocities: each cell looks back to where it came from."""
    from_row, from_column = rows - v_row, columns - v_column
    i, j = whole_cells(from_row), whole_cells(from_column)
    a, b = from_row - i, from_column - j
    upper = (1.0 - b) * field[i % N, j % N] + b * field[i % N, (j + 1) % N]
    lower = (1.0 - b) * field[(i + 1) % N, j % N] + b * field[(i + 1) % N, (j + 1) % N]
    return (1.0 - a) * upper + a * lower


def simulate(velocity, steps=4):
    v_row, v_column = project(velocity[0], velocity[1])
    carried = ink
    for _ in range(steps):
        carried = advect(carried, v_row, v_column)
        v_row, v_column = project(advect(v_row, v_row, v_column), advect(v_column, v_row, v_column))
    return carried


def objective(velocity):
    """Return the squared distance of the carried ink from the target."""
    return ((simulate(velocity) - target) ** 2).sum()


start = np.full((2, N, N), 0.2) + 0.01 * np.random.default_rng(0).normal(size=(2, N, N))


def main(steps=40):
    result = minimize(objective, start, method="L-BFGS-B", options={"maxiter": steps})
    print(f"squared distance {objective(start):.3f} -> {result.fun:.3f}")
    return result.x


if __name__ == "__main__":
    main()
