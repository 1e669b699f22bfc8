"""The tool for GradBench: its protocol, and its answers at small sizes, compared with formulas of their own and with differences."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.gradbench.tool import answer, load  # noqa: E402 - after the path

RUNS = {"min_runs": 2, "min_seconds": 0}
RNG = np.random.default_rng(31337)


def ask(*messages):
    """The tool's answers to messages, in order."""
    lines = "".join(json.dumps({"id": i, **message}) + "\n" for i, message in enumerate(messages))
    command = [sys.executable, "-m", "benchmarks.gradbench.tool", "--eager"]
    done = subprocess.run(command, input=lines, cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def evaluate(module, function, fields):
    message = {"kind": "evaluate", "module": module, "function": function, "input": fields}
    result = answer(message, load, "gradlab")
    assert result["success"], result["error"]
    return result


def outputs(module, fields, *functions):
    return [evaluate(module, function, fields | RUNS)["output"] for function in functions]


def test_answers_have_the_numbers_of_the_messages_and_say_what_is_known():
    start, known, unknown, analysis = ask(
        {"kind": "start"},
        {"kind": "define", "module": "gmm"},
        {"kind": "define", "module": "nothing"},
        {"kind": "analysis", "of": 1},
    )
    assert start == {"id": 0, "tool": "gradlab"}
    assert known == {"id": 1, "success": True}
    assert not unknown["success"]
    assert "nothing" in unknown["error"]
    assert analysis == {"id": 3}


def test_a_failed_evaluation_is_an_answer():
    message = {"kind": "evaluate", "module": "lse", "function": "gradient", "input": {}}
    assert "KeyError" in answer(message, load, "gradlab")["error"]


def test_each_run_has_a_time():
    result = evaluate("lse", "gradient", {"x": [0.0, 1.0], "min_runs": 3, "min_seconds": 0})
    assert [timing["name"] for timing in result["timings"]] == ["evaluate"] * 3


def test_hello():
    assert evaluate("hello", "double", 3.0)["output"] == 6.0


def test_lse():
    x = RNG.random(5)
    value, gradient = outputs("lse", {"x": x.tolist()}, "primal", "gradient")
    assert value == pytest.approx(math.log(sum(math.exp(a) for a in x)))
    np.testing.assert_allclose(gradient, np.exp(x) / np.exp(x).sum())


def test_llsq():
    x, n = RNG.random(3), 4
    gradient = outputs("llsq", {"x": x.tolist(), "n": n}, "gradient")[0]
    t = [-1 + 2 * i / (n - 1) for i in range(n)]
    residuals = [math.copysign(1, ti) - sum(a * ti**j for j, a in enumerate(x)) for ti in t]
    np.testing.assert_allclose(gradient, [-sum(r * ti**j for r, ti in zip(residuals, t)) for j in range(3)])


def test_ode_of_two_components():
    """y₀ = x₀ t and y₁ = x₀ x₁ t²/2, for which the method is exact."""
    x = [0.3, 0.7]
    solution, gradient = outputs("ode", {"x": x, "s": 3}, "primal", "gradient")
    np.testing.assert_allclose(solution, [2 * x[0], 2 * x[0] * x[1]])
    np.testing.assert_allclose(gradient, [2 * x[1], 2 * x[0]])


def test_kmeans_goes_to_the_means():
    points = RNG.random((6, 2))
    direction = outputs("kmeans", {"points": points.tolist(), "centroids": points[-2:].tolist()}, "dir")[0]
    nearest = ((points[:, None] - points[-2:]) ** 2).sum(axis=2).argmin(axis=1)
    means = [points[nearest == k].mean(axis=0) for k in range(2)]
    np.testing.assert_allclose(points[-2:] - direction, means)


def test_det_has_the_cofactors_as_its_gradient():
    A = RNG.random((4, 4))
    value, gradient = outputs("det", {"A": A.ravel().tolist(), "ell": 4}, "primal", "gradient")
    assert value == pytest.approx(np.linalg.det(A))
    np.testing.assert_allclose(np.reshape(gradient, (4, 4)), np.linalg.det(A) * np.linalg.inv(A).T)


def test_saddle_is_at_the_origin():
    for point in outputs("saddle", {"start": [0.01, 0.01]}, "rr", "ff"):
        np.testing.assert_allclose(point, 0.0, atol=1e-2)
