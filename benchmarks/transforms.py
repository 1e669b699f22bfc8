"""The cost of derivatives: the time of a gradient relative to its function, and of a Hessian-vector product relative to a gradient.

    python benchmarks/transforms.py --hips /path/to/python/with/hips/autograd --rounds 5

Each library differentiates the same functions at the same points. A function is written once, with a module of array functions as an
argument: NumPy for this library, autograd.numpy for HIPS autograd, torch for torch.func, and mygrad for MyGrad. The results are compared
before a time is printed. The function itself is timed on NumPy arrays, or on tensors for torch; the loop over scalars is timed on Values.
Each library runs in a process of its own, the libraries take turns, and the fastest call of a process counts.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(2048, 256)), np.eye(10)[RNG.integers(0, 10, 2048)]
POINTS = RNG.normal(size=(400, 3))
KERNEL = np.exp(-0.5 * ((POINTS[:200, None] - POINTS[None, :200]) ** 2).sum(-1))
TARGET = np.sin(POINTS[:200, 0])
FRAME = np.eye(128)[:, 1:-1].copy()  # multiplying by it adds a frame of zeros around a grid, in every library
FRAME_T, EYE = FRAME.T.copy(), np.eye(200)
for data in (X, LABELS, POINTS, KERNEL, TARGET, FRAME, FRAME_T, EYE):
    data.flags.writeable = False  # this library copies arrays that can change


def network(lib, const, p):
    """Softmax cross-entropy of a 256-64-10 network with tanh, batch of 2 048; p is flat."""
    W1, b1, W2, b2 = p[:16384].reshape((256, 64)), p[16384:16448], p[16448:17088].reshape((64, 10)), p[17088:17098]
    z = lib.tanh(const(X) @ W1 + b1) @ W2 + b2
    return lib.sum(lib.log(lib.sum(lib.exp(z), axis=1))) - lib.sum(z * const(LABELS))


def logistic(lib, const, p):
    """Logistic regression on 2 048 samples of 256 features, with L2."""
    z = const(X) @ p
    return lib.sum(lib.log(1.0 + lib.exp(-z))) + 0.01 * lib.sum(p * p)


def rosenbrock(lib, const, p):
    """Rosenbrock's function of 100 000 numbers."""
    return lib.sum(100.0 * (p[1:] - p[:-1] ** 2) ** 2 + (1.0 - p[:-1]) ** 2)


def mixture(lib, const, p):
    """The log-likelihood of 400 points under 25 round Gaussians."""
    means, log_scales, logits = p[:75].reshape((25, 3)), p[75:100], p[100:125]
    distance = lib.sum((const(POINTS)[:, None, :] - means) ** 2, axis=2)
    inner = logits - 3.0 * log_scales - 0.5 * distance * lib.exp(-2.0 * log_scales)
    return lib.sum(lib.log(lib.sum(lib.exp(inner), axis=1))) - 400.0 * lib.log(lib.sum(lib.exp(logits)))


def waves(lib, const, p):
    """A long chain of functions entry by entry, on 10 000 numbers."""
    y = p
    for _ in range(5):
        y = lib.sin(y) * lib.exp(-0.1 * y * y) + lib.sqrt(1.0 + y * y)
    return lib.sum(y)


def process(lib, const, p):
    """A quadratic form and a log-determinant of a 200 × 200 covariance, as in a Gaussian process."""
    K = lib.exp(p[0]) * const(KERNEL) + lib.exp(p[1]) * const(EYE)
    return const(TARGET) @ lib.linalg.solve(K, const(TARGET)) + lib.linalg.slogdet(K)[1]


def diffusion(lib, const, p):
    """100 explicit steps of a nonlinear diffusion on a grid of 128 × 128."""
    u = p.reshape((128, 128))
    for _ in range(100):
        inside = u[1:-1, 1:-1]
        change = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * inside
        u = u + const(FRAME) @ (0.1 * change / (1.0 + inside * inside)) @ const(FRAME_T)
    return lib.sum(u * u)


def pendulum(lib, const, p):
    """1 000 steps of a damped pendulum, number by number."""
    angle, speed = p[0], p[1]
    for _ in range(1000):
        speed = speed - 0.01 * (lib.sin(angle) + p[2] * speed)
        angle = angle + 0.01 * speed
    return angle * angle + speed * speed


SIZES = {
    "network": 17098,
    "logistic": 256,
    "rosenbrock": 100_000,
    "mixture": 125,
    "waves": 10_000,
    "process": 2,
    "diffusion": 16384,
}
PROGRAMS = {f.__name__: f for f in (network, logistic, rosenbrock, mixture, waves, process, diffusion, pendulum)}
SCALAR_PROGRAMS = {"pendulum"}


def get_point(program):
    if program in SCALAR_PROGRAMS:
        return [1.0, 0.5, 0.1]
    return 0.1 * np.random.default_rng(1).normal(size=SIZES[program])


def gradlab(program):
    import autograd

    f = PROGRAMS[program]
    if program in SCALAR_PROGRAMS:
        v = [1.0, -1.0, 0.5]
        start = [autograd.Value(x) for x in get_point(program)]
        objective = lambda p: f(autograd, None, p)  # noqa: E731 - a function of p
        return (
            lambda: objective(start),
            lambda: autograd.grad(objective)(get_point(program)),
            lambda: autograd.hvp(objective, get_point(program), v),
        )
    x, v = get_point(program), np.ones(SIZES[program])
    objective = lambda p: f(np, lambda a: a, p)  # noqa: E731 - a function of p
    return lambda: objective(x), lambda: autograd.grad(objective)(x), lambda: autograd.hvp(objective, x, v)


def hips(program):
    import autograd.numpy as anp
    from autograd import grad, make_hvp

    x = get_point(program)
    objective = lambda p: PROGRAMS[program](anp, lambda a: a, p)  # noqa: E731 - a function of p
    if program in SCALAR_PROGRAMS:
        return None
    return lambda: objective(x), lambda: grad(objective)(x), lambda: make_hvp(objective)(x)[0](np.ones_like(x))


def torch(program):
    import torch

    torch.set_num_threads(1)
    if program in SCALAR_PROGRAMS:
        return None
    x = torch.from_numpy(get_point(program))
    tensors = {}
    const = lambda a: tensors[id(a)] if id(a) in tensors else tensors.setdefault(id(a), torch.from_numpy(a.copy()))  # noqa: E731
    objective = lambda p: PROGRAMS[program](torch, const, p)  # noqa: E731 - a function of p
    gradient = torch.func.grad(objective)
    return lambda: objective(x), lambda: gradient(x), lambda: torch.func.jvp(gradient, (x,), (torch.ones_like(x),))[1]


def mygrad(program):
    import mygrad as mg

    if program in SCALAR_PROGRAMS or program == "process":  # it has no solve
        return None
    x = get_point(program)

    def gradient():
        t = mg.tensor(x)
        PROGRAMS[program](mg, lambda a: a, t).backward()
        return t.grad

    return lambda: PROGRAMS[program](np, lambda a: a, x), gradient, None


# By default the C library returns large arrays to the system after every step. On a virtual machine it takes longer to get them
# again than to compute with them. This is so for every library.
SETTINGS = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
SETTINGS |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # threads add noise

LIBRARIES = {"gradlab": gradlab, "hips": hips, "torch": torch, "mygrad": mygrad}


def fastest(f, seconds=0.3):
    """Return the time of the fastest call within some seconds."""
    least, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        f()
        least = min(least, time.perf_counter() - start)
    return least


def measure(library, program):
    """Return the seconds of f, its gradient and its Hessian-vector product, and their sums; None if the library lacks something."""
    calls = LIBRARIES[library](program)
    if calls is None:
        return None
    function, gradient, product = calls
    check = [float(np.sum(np.asarray(gradient()))), float(np.sum(np.asarray(product()))) if product else None]
    return {"f": fastest(function), "grad": fastest(gradient), "hvp": fastest(product) if product else None, "check": check}


def find_python(library, hips):
    """Return the interpreter that runs a library, or None if the library is not installed."""
    if library == "hips":
        return hips
    return sys.executable if library == "gradlab" or importlib.util.find_spec(library) else None


def assert_agree(results):
    """Compare the sums of gradients and of products between libraries."""
    for i in range(2):
        numbers = [r["check"][i] for r in results if r and r["check"][i] is not None]
        assert np.ptp(numbers) <= 1e-6 * max(1.0, abs(numbers[0])), numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hips", help="the Python of an environment with HIPS autograd")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    pythons = {library: python for library in LIBRARIES if (python := find_python(library, options.hips))}
    print("grad / f, and hvp / grad, in medians over", options.rounds, "rounds; ms of one gradient in brackets")
    costs, products = [], []
    for program in PROGRAMS:
        rounds = {library: [] for library in pythons}
        for _ in range(options.rounds):
            for library, python in pythons.items():
                command = [python, __file__, "--one", library, program]
                done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **SETTINGS})
                rounds[library].append(json.loads(done.stdout))
            assert_agree([results[-1] for results in rounds.values()])
        cells = []
        for library, results in rounds.items():
            if results[0] is None:
                continue
            cost = statistics.median(r["grad"] / r["f"] for r in results)
            product = statistics.median(r["hvp"] / r["grad"] for r in results) if results[0]["hvp"] else None
            ms = statistics.median(r["grad"] for r in results) * 1e3
            cells.append(f"{library} {cost:5.2f}  {f'{product:4.2f}' if product else '  - '} [{ms:8.3f}]")
            if library == "gradlab":
                costs.append(cost)
                products.append(product)
        print(f"{program:11s}", "   ".join(cells))
    print(
        f"gradlab: grad / f at most {max(costs):.2f}, median {statistics.median(costs):.2f}; hvp / grad at most {max(products):.2f}"
    )


if __name__ == "__main__":
    main()
