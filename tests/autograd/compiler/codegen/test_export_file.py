"""Programs outside the library: exported files, pure functions, JAX."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import compile
from scalar_programs import demo


def test_exported_files_need_only_numpy(tmp_path):
    _, loss = demo()
    step = compile(loss)
    L = step()
    path = step.export(tmp_path / "step.py")
    np.savez(tmp_path / "inputs.npz", *step.inputs)
    code = (
        "import sys, numpy as np, step; z = np.load('inputs.npz'); value, gradients = step.run(*(z[k] for k in z.files));"
        "assert not any(m.split('.')[0] in ('autograd', 'nn') for m in sys.modules); print(repr(float(value)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert float(done.stdout) == L.data
    assert path.read_text(encoding="utf-8").startswith('"""The program of loss, compiled by autograd')
    odd = compile(lambda x: ag.where(x > 0, ag.erf(x), x * math.nan) * np.array([1.0, math.inf])[0])
    odd(1.0)
    odd.f.__name__ = odd.__name__ = 'x"""; import os; """'
    odd.export(tmp_path / "odd.py")
    done = subprocess.run(
        [sys.executable, "-c", "import odd; print(odd.run(1.0))"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert float(done.stdout) == math.erf(1.0)


def test_the_program_is_a_pure_function():
    step = compile(lambda W, x: sum((wi * xi).tanh() for wi, xi in zip(W, x)))
    W, x = np.ones(3), np.arange(3.0)
    value = step(W, x)
    assert step.program(*step.inputs) == value


def test_the_same_program_runs_on_jax():
    pytest.importorskip("jax")
    code = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
import jax, jax.numpy as jnp, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
jax.config.update("jax_enable_x64", True)
from autograd import compile, erf

def sample(w, x, t):
    a = [sum(wi * xi for wi, xi in zip(row, x)).tanh() for row in w[:3]]
    b = [a[0] * a[1], a[2], a[0]]
    return sum((p - t[0]) ** 2 for p in b) + erf(a[0]) * (a[1] - max(v.data for v in a))

rng = np.random.default_rng(0)
W, X, T = rng.normal(size=(4, 5)), rng.normal(size=(16, 5)), rng.normal(size=(16, 1))
plain, ours = compile(sample, in_axes=(None, 0, 0)), compile(sample, in_axes=(None, 0, 0), xp=jnp)
a, b = plain.value_and_grad(W, X, T), ours.value_and_grad(W, X, T)
assert np.allclose(a[0], b[0]) and np.allclose(a[1], b[1])
mesh = Mesh(np.array(jax.devices()), ("batch",))
assert len(jax.devices()) == 8
inputs = [jax.device_put(x, NamedSharding(mesh, PartitionSpec("batch") if len(x) == 16 else PartitionSpec())) for x in ours.inputs]
value, gradients = jax.jit(ours.program)(*inputs)
assert np.allclose(value, a[0]) and np.allclose(gradients[0], a[1])
print("same")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "JAX_PLATFORMS": "cpu"})
    assert done.stdout.strip() == "same", done.stderr
