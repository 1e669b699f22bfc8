"""Every example runs as a script in an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 120  # of an example, so that it can be read in a few minutes; twice as many would be a program
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run_script(folder, script, *arguments):
    process = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return process.stdout


@pytest.mark.parametrize("script", [e for e in EXAMPLES if e.stem != "digits"], ids=lambda e: e.stem)
def test_an_example_prints_something_and_is_short(script, tmp_path):
    assert run_script(tmp_path, script)
    assert len(script.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_a_network_of_scalars_trains_like_one_of_arrays(tmp_path):
    out = run_script(tmp_path, ROOT / "examples" / "digits.py", "--scalar")
    assert out.count("largest difference of a weight") == 2


def test_digits_are_read_from_idx_files(tmp_path):
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.kron(digits.images, np.ones((3, 3)))  # 24 × 24; a frame makes it 28 × 28, as in MNIST
    images = np.pad(images * 15.9, ((0, 0), (2, 2), (2, 2))).astype(np.uint8)
    for stem, array in (("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", digits.target.astype(np.uint8))):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / stem).write_bytes(header + array.tobytes())
    out = run_script(tmp_path, ROOT / "examples" / "digits.py", tmp_path, "--epochs", 15, "--out", tmp_path / "mnist.png")
    assert "784-16-16-10" in out
    assert "13 002 parameters" in out
    assert (tmp_path / "mnist.png").exists()
