"""Every row in JavaScript, run by Node: equal to Python where both only add, multiply and compare, else up to the last digits."""

import itertools
import json
import math
import shutil
import subprocess
from importlib.resources import files

import numpy as np
import pytest

from autograd.core.scalar_methods import evaluator
from autograd.ops import TABLE, Elementwise
from autograd.viz.javascript.row_writer import missing_functions, write_row

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node to run JavaScript")

# The rows of a bare import: SciPy's are added when one of its functions is first used, perhaps by another test.
ROWS = {name: op for name, op in TABLE.items() if isinstance(op, Elementwise) and op.f.__module__ == "autograd.ops.table"}
WRITABLE = {name: op for name, op in ROWS.items() if not missing_functions(op, {})}

# Rounding errors of a function in either library are below one unit in the last place, so that they differ by two at most. A formula
# adds those of its parts.
ULPS = {"value": 2, "partial": 12}

EXTREME = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, -1e-310, 1e300, -746.0, math.inf, -math.inf, math.nan]
FURTHER = [-0.5, 1.5, 2.0, -2.0, 5e-324, 1e-8, -1e300, 710.0, 2.0**52, 4503599627370495.5]

HARNESS = """
const read = (text) => ({nan: NaN, inf: Infinity, "-inf": -Infinity}[text] ?? Number(text));
const write = (x) => Object.is(x, -0) ? "-0.0" : String(x === true ? 1 : x === false ? 0 : x);
const out = [];
for (const [name, points] of INPUT) for (const [y, ...args] of points.map((p) => p.map(read)))
  out.push([write(rows[name].value(...args)), ...rows[name].partials.map((f) => write(f(y, ...args)))]);
console.log(JSON.stringify(out));
"""


def run_node(script):
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return json.loads(done.stdout)


def points_of(op, rng):
    ordinary = [rng.normal(size=op.arity) * scale for scale in (0.3, 1.0, 3.0, 30.0) for _ in range(10)]
    extreme = EXTREME if op.arity > 1 else EXTREME + FURTHER
    return [*itertools.product(extreme, repeat=op.arity), *(tuple(map(float, point)) for point in ordinary)]


def is_close(found, expected, ulps, scale=0.0):
    if math.isnan(expected) or math.isinf(expected) or math.isnan(found) or math.isinf(found):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    if expected == 0.0 or found == 0.0:
        return abs(found - expected) <= ulps * max(5e-324, 1e-16 * scale) and (
            found != expected or math.copysign(1.0, found) == math.copysign(1.0, expected)
        )
    return abs(found - expected) <= ulps * max(math.ulp(expected), 1e-16 * scale)


@needs_node
def test_every_row_equals_its_python():
    rng = np.random.default_rng(0)
    cases, expected = [], []
    for name, op in WRITABLE.items():
        evaluate = evaluator(op)
        points = points_of(op, rng)
        results = [evaluate(*point) for point in points]
        cases.append([name, [list(map(repr, (result[0], *point))) for point, result in zip(points, results, strict=True)]])
        expected += [(name, point, tuple(map(float, result))) for point, result in zip(points, results, strict=True)]
    functions = files("autograd.viz.javascript").joinpath("float_functions.js").read_text("utf-8")
    rows = ", ".join(f"{name}: {write_row(op)}" for name, op in WRITABLE.items())
    found = run_node(f"{functions}\nconst rows = {{{rows}}};\nconst INPUT = {json.dumps(cases)};{HARNESS}")
    assert len(found) == len(expected)
    wrong = []
    for (name, point, results), texts in zip(expected, found, strict=True):
        is_exact = not any(part in name or part in write_row(WRITABLE[name]) for part in ("Math.", "power", "log", "exp"))
        for i, (result, text) in enumerate(zip(results, texts, strict=True)):
            ulps = 0 if is_exact else ULPS["partial" if i else "value"]
            scale = 0.0 if is_exact or not i else max(1.0, abs(results[0]) if math.isfinite(results[0]) else 1.0)
            if not is_close(float(text.replace("Infinity", "inf")), result, ulps, scale):
                wrong.append((name, point, i, result, text))
    assert not wrong, f"{len(wrong)}: {wrong[:40]}"


def test_rows_that_javascript_lacks_are_named():
    assert set(ROWS) - set(WRITABLE) == {"erf", "erfc", "gelu", "clip", "elu", "leaky_relu", "power_derivative", "where"}
    assert missing_functions(TABLE["gelu"], {}) == ["erfc"]
    assert missing_functions(TABLE["matmul"], {}) == ["matmul"]
    assert missing_functions(TABLE["clip"], {}) == ["clip"]  # without its settings


def test_settings_become_numbers():
    assert write_row(TABLE["leaky_relu"], {"slope": 0.25}) == (
        "{value: (a) => a > 0.0 ? a : 0.25 * a, partials: [(y, a) => a > 0.0 ? 1.0 : 0.25]}"
    )
    assert "true ? a : b" in write_row(TABLE["where"], {"condition": True})
    assert "-Infinity" in write_row(TABLE["clip"], {"low": -math.inf, "high": 1.0})
    assert not missing_functions(TABLE["power_derivative"], {"by_a": 1, "by_b": 0})
