"""The test suite of HIPS autograd on this library: how many of its tests pass, and why the others fail.

    python benchmarks/other_suites/hips.py CHECKOUT              # without complex numbers
    python benchmarks/other_suites/hips.py CHECKOUT --complex    # all of it

CHECKOUT is a copy of https://github.com/HIPS/autograd. Its tests are copied to a temporary folder, where they import `hips_names` in
place of their own package. Their gradient check is replaced by `check_grad` of this library, which compares with measured derivatives
to second order and forward mode with reverse mode.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PLUGIN = "import hips_names\n\nhips_names.install()\n\nimport numpy as np\nimport pytest\n\n"
SEED = "@pytest.fixture(autouse=True)\ndef random_seed():\n    np.random.seed(42)\n"


def copy_tests(checkout, folder, with_complex):
    """Copy the suite with other imports; without complex numbers, its helpers draw none."""
    for source in sorted((checkout / "tests").glob("*.py")):
        text = re.sub(r"\bautograd\b(?=[.\s])", "hips_names", source.read_text())
        if source.name == "numpy_utils.py" and not with_complex:
            text = text.replace("test_complex=True", "test_complex=False")
        (folder / source.name).write_text(text)
    (folder / "conftest.py").write_text(PLUGIN + SEED)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--complex", action="store_true", help="include tests and arguments with complex numbers")
    parser.add_argument("--show", default="", help="a pytest expression: show the failures of these tests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy_tests(options.checkout, Path(folder), options.complex)
        selection = [] if options.complex else ["-k", "not complex and not fft"]
        if options.show:
            selection = ["-k", options.show]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--tb=short" if options.show else "--tb=line",
            "-rfE",
        ]
        environment = {"PYTHONPATH": f"{HERE}:{HERE.parent.parent}", "PATH": "/usr/bin:/bin", "HOME": folder}
        result = subprocess.run([*command, *selection, folder], cwd=folder, env=environment, capture_output=True, text=True)
    print(
        result.stdout
        if options.show
        else "\n".join(line for line in result.stdout.splitlines() if line.startswith(("FAILED", "ERROR")))
    )
    print(result.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
