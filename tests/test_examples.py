"""Every example runs in an empty folder. The README's first command runs one of them as a script of its own."""

import runpy
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 120  # of an example, so that it can be read in a few minutes; twice as many would be a program
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture
def run_script(tmp_path, monkeypatch, capsys):
    """Run a script in this process, which has imported the plotting libraries already, and return what it prints."""

    def run(script, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [str(script), *map(str, arguments)])
        mpl.use("Agg")
        runpy.run_path(str(script), run_name="__main__")
        return capsys.readouterr().out

    yield run
    plt.close("all")


@pytest.mark.parametrize("script", [e for e in EXAMPLES if e.stem != "digits"], ids=lambda e: e.stem)
def test_an_example_prints_something_and_is_short(script, run_script):
    assert run_script(script)
    assert len(script.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_a_network_of_scalars_trains_like_one_of_arrays(run_script):
    out = run_script(ROOT / "examples" / "digits.py", "--scalar")
    assert out.count("largest difference of a weight") == 2


def test_digits_are_read_from_idx_files(tmp_path, run_script):
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.pad(digits.images * 15.9, ((0, 0), (2, 2), (2, 2))).astype(np.uint8)  # MNIST's have a frame of zeros, too
    for stem, array in (("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", digits.target.astype(np.uint8))):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / stem).write_bytes(header + array.tobytes())
    out = run_script(ROOT / "examples" / "digits.py", tmp_path, "--epochs", 15, "--out", tmp_path / "mnist.png")
    assert "144-16-16-10" in out
    assert "2 762 parameters" in out
    assert (tmp_path / "mnist.png").exists()
