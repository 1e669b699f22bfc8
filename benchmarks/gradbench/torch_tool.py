"""A tool for the evals that GradBench's PyTorch tool does not have: llsq, ode, det, particle and saddle.

The same formulas as in `evals/`, on tensors.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from .descent import Gradient, Numbers
from .evals import det, particle, saddle
from .timed import Timed
from .tool import serve


def vector(name: str, fields: dict[str, Any]) -> tuple[Any, Any]:
    return torch.tensor(fields["x"], dtype=torch.float64, requires_grad=True), fields[name]


def gradient(f: Any, x: Any, *args: Any) -> Any:
    return torch.autograd.grad(f(x, *args), x)[0].flatten()


def half_sum_of_squares(x: Any, n: int) -> Any:
    t = torch.linspace(-1.0, 1.0, n, dtype=torch.float64)
    powers = torch.vander(t, len(x), increasing=True)
    return 0.5 * torch.sum((torch.sign(t) - powers @ x) ** 2)


def slope(x: Any, y: Any) -> Any:
    return torch.cat([x[:1], x[1:] * y[:-1]])


def solve(x: Any, steps: int) -> Any:
    h = 2.0 / steps
    y = torch.zeros(len(x), dtype=torch.float64)
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def last(x: Any, steps: int) -> Any:
    return solve(x, steps)[-1]


def matrix(fields: dict[str, Any]) -> tuple[Any]:
    return (torch.tensor(fields["A"], dtype=torch.float64).reshape(fields["ell"], -1).requires_grad_(),)


def reverse(f: Any) -> Any:
    """The gradient of a function of a list of numbers by reverse mode."""
    return lambda x: list(torch.func.grad(lambda t: f(list(t)))(stacked(x)))


def forward(f: Any) -> Any:
    """The same by forward mode."""

    def slopes(x: Numbers) -> Numbers:
        return [torch.func.jvp(lambda t: f(list(t)), (stacked(x),), (direction,))[1] for direction in torch.eye(len(x)).double()]

    return slopes


def stacked(x: Numbers) -> Any:
    return torch.stack([torch.as_tensor(a, dtype=torch.float64) for a in x])


def start(fields: dict[str, Any]) -> tuple[Any]:
    return (fields["start"],) if "start" in fields else (fields["w"],)


def numbers(x: Any) -> Any:
    return x.tolist() if isinstance(x, torch.Tensor) else [float(a) for a in x]


def place(outer: Gradient, inner: Gradient, start: float) -> Any:
    return particle.place(partial(particle.squared_miss, inner), outer, start)


def saddle_point(outer: Gradient, inner: Gradient, start: Numbers) -> Numbers:
    return saddle.saddle_point(outer, inner, start, compile=lambda f: f)


def by_modes(f: Any) -> dict[str, Timed]:
    """A function of two modes for each pair of them."""
    modes: dict[str, Gradient] = {"r": reverse, "f": forward}
    return {a + b: Timed(start, partial(f, modes[a], modes[b]), numbers) for a in modes for b in modes}


def pair(primal: Any, differentiated: Any, prepare: Any) -> dict[str, Timed]:
    return {"primal": Timed(prepare, primal, numbers), "gradient": Timed(prepare, partial(gradient, differentiated), numbers)}


EVALS = {
    "llsq": pair(half_sum_of_squares, half_sum_of_squares, partial(vector, "n")),
    "ode": pair(solve, last, partial(vector, "s")),
    "det": pair(det.determinant, det.determinant, matrix),
    "particle": by_modes(place),
    "saddle": by_modes(saddle_point),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    serve(EVALS.__getitem__, "pytorch")
