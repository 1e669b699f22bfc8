"""Both engines give equal bits: the same random programs, run by each in a process of its own."""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from autograd.state.engine import native

PROGRAM = """
import random, struct, sys
import autograd
from autograd import AutogradError, Value
from autograd.core.operators import named_rows

UNARY = ["__neg__", "__pos__", "__abs__", *(op.name for op in named_rows() if op.arity == 1)]
BINARY = ["__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__mod__", "__rmod__",
          "__floordiv__", "__rfloordiv__", "__pow__", "__rpow__", *(op.name for op in named_rows() if op.arity == 2)]
EXTREMES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, float("inf"), -float("inf"), float("nan"), 5e-324, 1e-300, 1e300, -1e300, 710.0, -746.0, 1e16]

def number(rng):
    if rng.random() < EXTREME:
        return rng.choice(EXTREMES)
    return rng.choice([rng.gauss(0.0, 1.0), rng.uniform(-20.0, 20.0), rng.random(), 10.0 ** rng.uniform(-30, 30), float(rng.randint(-5, 5))])

def bits(x):
    return struct.pack("<d", x).hex() if x == x else "nan"

def program(seed):
    rng = random.Random(seed)
    leaves = [Value(number(rng)) for _ in range(4)]
    nodes = list(leaves)
    for _ in range(rng.randint(1, 12)):
        a = rng.choice(nodes)
        if rng.random() < 0.5:
            nodes.append(getattr(a, rng.choice(UNARY))())
        else:
            b = rng.choice(nodes) if rng.random() < 0.7 else rng.choice([number(rng), rng.randint(-3, 3), True])
            nodes.append(getattr(a, rng.choice(BINARY))(b))
    nodes[-1].backward()
    last = nodes[-1]
    edges = [bits(d) for n in nodes for d in (n.dleft, n.dright) if isinstance(d, float)]
    return [bits(n.data) for n in nodes] + [bits(n.grad) for n in nodes] + edges + [last.op.name if last.op else ""]

EXTREME = float(sys.argv[1])
print(autograd.engine())
for seed in range(int(sys.argv[2])):
    print(seed, *program(seed))
"""


def output_of(engine, *arguments):
    env = {**os.environ, "GRADLAB_ENGINE": engine}
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(native is None, reason="compares the native engine with the Python engine")
@pytest.mark.parametrize("extreme", ["0.0", "0.3"])
def test_random_programs(extreme):
    programs = 50 * settings().max_examples
    ours, theirs = output_of("native", extreme, str(programs)), output_of("python", extreme, str(programs))
    assert (ours[0], theirs[0]) == ("native", "python")
    assert len(ours) == len(theirs) == programs + 1
    for one, other in zip(ours[1:], theirs[1:]):
        assert one == other
