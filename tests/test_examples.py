"""Every example runs alone, in an empty folder, and asserts what it shows."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(folder, script, *arguments):
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("script", [e for e in EXAMPLES if e.stem != "digits"], ids=lambda e: e.stem)
def test_example(script, tmp_path):
    assert run(tmp_path, script)
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 120


def test_digits_of_scalars_follow_digits_of_arrays(tmp_path):
    out = run(tmp_path, ROOT / "examples" / "digits.py", "--scalar")
    assert out.count("largest difference of a weight") == 2


def test_digits_from_idx_files(tmp_path):
    from sklearn.datasets import load_digits

    small = load_digits()
    images = np.kron(small.images, np.ones((3, 3)))  # 24 × 24, framed to MNIST's 28 × 28
    images = np.pad(images * 15.9, ((0, 0), (2, 2), (2, 2))).astype(np.uint8)
    for stem, array in (("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", small.target.astype(np.uint8))):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / stem).write_bytes(header + array.tobytes())
    out = run(tmp_path, ROOT / "examples" / "digits.py", tmp_path, "--epochs", 15, "--out", tmp_path / "mnist.png")
    assert "784-16-16-10" in out
    assert "13 002 parameters" in out
    assert (tmp_path / "mnist.png").exists()
