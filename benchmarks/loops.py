"""Compiled recurrences at two numbers of steps: lines of source, the first call, and the time of a gradient beside those of others.

    python benchmarks/loops.py                  # all programs; CasADi and JAX are optional
    python benchmarks/loops.py runge_kutta      # those with these names

The programs are those of the tests (`tests/loop_programs.py`), with 8 and with 64 times their number of steps. The lines of source are
timed, not the tape in C, if GRADLAB_ENGINE=python is set. The last columns are the times of the same gradient, in eager mode, by a
person's loops (`programs/loops_by_hand.py`), by CasADi and under jax.jit, as multiples of the compiled one's, and the seconds of the
first call of the last two. JAX unrolls the loops and needs minutes for long ones, so that it runs the short
ones only. All compute the same gradient, which is checked.
"""

import importlib.util
import sys
import time
from pathlib import Path

import numpy as np

import autograd as ag

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import loop_programs
from loop_programs import PROGRAMS, flat
from programs.loops_by_hand import BY_HAND

FACTORS = (8, 64)
# Programs whose number of operations is the square of their number of steps.
QUADRATIC = ("soft_dynamic_time_warping",)
ROUNDS = 5
# JAX runs programs of up to so many nodes. Measured: XLA took 23 s to compile 1219 nodes, and several minutes for 2900.
MAX_JAX_NODES = 1300


def measure(make, n):
    """Return the nodes, the lines, the seconds of the first call, the error, and the ratio and first call of each other way."""
    f, args = make(n)
    arrays = [np.array(arg) if isinstance(arg, list) else arg for arg in args]
    argnums = tuple(range(len(args)))
    step, eager = ag.compile(f, argnums=argnums), ag.value_and_grad(f, argnums=argnums)
    first, (value, gradients) = time_call(lambda: step.value_and_grad(*arrays))
    expected = join(eager(*args))
    error = np.max(np.abs(join((value, gradients)) - expected)) / np.max(np.abs(expected))
    ours = fastest(lambda: step.value_and_grad(*arrays))
    others = [
        lambda: eager(*args),
        by_hand(make, f, arrays),
        by_casadi(make, n, args),
        by_jax(make, n, arrays) if step.report().nodes <= MAX_JAX_NODES else None,
    ]
    columns = []
    for other in others:
        if other is None:
            columns += [None, None]
            continue
        start, result = time_call(other)
        assert np.max(np.abs(join(result) - expected)) <= 1e-8 * np.max(np.abs(expected))
        columns += [fastest(other) / ours, start]
    return step.report().nodes, len(step.source.splitlines()), first, error, columns


def join(result):
    """Return a value and its gradients as one array."""
    value, gradients = result
    return np.concatenate([np.ravel(value), flat(list(gradients))])


def time_call(f):
    start = time.process_time()
    result = f()
    return time.process_time() - start, result


def by_hand(make, f, arrays):
    """Return a call of the gradient that a person has written, or None."""
    if make.__name__ not in BY_HAND:
        return None
    constants = [cell.cell_contents for cell in f.__closure__ if isinstance(cell.cell_contents, list)]
    return lambda: BY_HAND[make.__name__](*constants, *arrays)


def remake(make, n, functions):
    """Return the program with other functions in the place of ours."""
    scope = {}
    exec(Path(loop_programs.__file__).read_text(), scope)
    scope.update(functions)
    return scope[make.__name__](n)[0]


def by_casadi(make, n, args):
    """Return a call of the gradient by CasADi's symbols, or None where it is missing or cannot trace the program."""
    if importlib.util.find_spec("casadi") is None:
        return None
    import casadi

    functions = {name: getattr(casadi, name) for name in ("exp", "log", "sin", "tanh")}
    functions["sigmoid"] = lambda a: 1.0 / (1.0 + casadi.exp(-a))
    symbols = casadi.SX.sym("x", len(flat(list(args))))
    places = iter(range(symbols.numel()))

    def as_symbols(x):
        return [as_symbols(part) for part in x] if isinstance(x, list) else symbols[next(places)]

    function = []

    def call():
        if not function:
            value = remake(make, n, functions)(*map(as_symbols, args))
            function.append(casadi.Function("f", [symbols], [value, casadi.gradient(value, symbols)]))
        value, gradient = function[0](flat(list(args)))
        return float(value), [np.asarray(gradient)]

    try:
        call()
    except Exception:  # the program reads the data of a node
        return None
    function.clear()
    places = iter(range(symbols.numel()))
    return call


def by_jax(make, n, arrays):
    """Return a call of the gradient under jax.jit, or None where it is missing or cannot trace the program."""
    if importlib.util.find_spec("jax") is None:
        return None
    import jax

    jax.config.update("jax_enable_x64", True)
    functions = {name: getattr(jax.numpy, name) for name in ("exp", "log", "sin", "tanh")}
    functions["sigmoid"] = jax.nn.sigmoid
    step = jax.jit(jax.value_and_grad(remake(make, n, functions), argnums=tuple(range(len(arrays)))))

    def call():
        value, gradients = step(*arrays)
        return float(value), [np.asarray(gradient) for gradient in gradients]

    try:
        jax.eval_shape(step, *arrays)
    except Exception:  # the program reads the data of a node
        return None
    return call


def fastest(f):
    """Return the shortest CPU time of some calls, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return max(min(times), 1e-9)


def format_column(x, width, digits):
    return f"{'-':>{width}}" if x is None else f"{x:{width}.{digits}f}"


def main():
    wanted = sys.argv[1:]
    print(
        f"{'program':28}{'steps':>7}{'nodes':>9}{'lines':>7}{'first call, s':>15}{'µs a node':>11}{'error':>10}"
        f"{'eager':>9}{'by hand':>9}{'CasADi':>9}{'first, s':>10}{'jax.jit':>9}{'first, s':>10}"
    )
    for make, steps in PROGRAMS.items():
        name = make.__name__
        if wanted and name not in wanted:
            continue
        for factor in FACTORS:
            n = round(steps * (factor**0.5 if name in QUADRATIC else factor))
            nodes, lines, first, error, columns = measure(make, n)
            eager, _, hand, _, casadi, casadi_first, jax, jax_first = columns
            print(
                f"{name:28}{n:7}{nodes:9}{lines:7}{first:15.2f}{first / nodes * 1e6:11.1f}{error:10.1e}"
                f"{format_column(eager, 9, 1)}{format_column(hand, 9, 2)}{format_column(casadi, 9, 2)}"
                f"{format_column(casadi_first, 10, 2)}{format_column(jax, 9, 2)}{format_column(jax_first, 10, 2)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
