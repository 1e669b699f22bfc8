"""The tests of NumPy functions of MyGrad on this library: how many pass, and why the others do not.

    python benchmarks/other_suites/mygrad.py CHECKOUT

CHECKOUT is a copy of https://github.com/rsokl/MyGrad. Its tests are copied to a temporary folder, where the package `mygrad` is made of
this library by `mygrad_names`. Its two factories of property-based tests draw the same arrays as before. The values are compared with
NumPy's, and the derivatives are checked by `check_grad`.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
SUITES = ["math", "linalg", "tensor_ops", "ufuncs", "nnet/activations", "nnet/losses"]
SUITES += ["test_tensor_manip.py", "test_indexing_routines.py"]
SUPPORT = ["__init__.py", "custom_strategies/__init__.py", "wrappers/__init__.py", "wrappers/uber.py", "nnet/__init__.py"]
SUPPORT += [
    f"utils/{name}.py" for name in ("__init__", "checkers", "errors", "functools", "numerical_gradient", "ufuncs", "wrappers")
]
SUPPORT += ["utils/stateful.py"]
PLUGIN = "import mygrad_names\n\nmygrad_names.install()\n"
FACTORIES = "from mygrad_names import make_factories\nfrom tests.wrappers import mygrad_uber\n\n"
FACTORIES += "backprop_test_factory, fwdprop_test_factory = make_factories(mygrad_uber)\n"


# What is refused on purpose, by words of the error.
REFUSALS = {
    "only results of operations": "a leaf is not assigned to, but a copy of it",
    "it is a view": "a view is not assigned to, but the array that it was taken from",
    "writes to an array that cannot hold nodes": "results are not written into arrays of NumPy",
    "'shape' of 'Tensor' object has no setter": "a Tensor keeps its shape: reshape() returns another",
    "unexpected keyword argument 'constant'": "an argument that only MyGrad's functions have",
    "unexpected keyword argument 'out'": "results are not written into other arrays, since graphs keep what they have used",
    "not float": "whole numbers in Tensors are floats, which are no indices",
    "zero-size array to reduction": "an empty axis has no maximum, as in SciPy's softmax",
    "arrays used as indices must be of": "whole numbers in Tensors are floats, which are no indices",
    "'_ops'": "an attribute of MyGrad's graph",
    "over one class is 0": "a cross-entropy of one class is an error, since no model can be wrong about it",
}

TESTS = {
    "_bkwd_equal": "at a tie of maximum and minimum each argument gets half",
    "test_min_max_aliases": "the names min and amin are not compared",
    "test_atleast_kd_fixed_point": "a function returns a new Tensor",
    "test_matrix_norm_raises": "norms of matrices, which MyGrad lacks, have derivatives",
    "test_ord_0_raises": "the error is of another kind",
    "test_const_only_overload_raises": "steps such as ceil have the derivative 0",
    "test_const_only": "a function returns the Tensor that out= names, and not its array",
    "test_inplace_arithmetic_fwd": "operators do not change a single number in place, as with NumPy's numbers",
    "test_mygrad_ufunc_type_not_inheritable": "classes of MyGrad",
    "test_einsum_can_produce": "whether arrays share memory is not compared",
    "test_getitem_view_base": "whether arrays share memory is not compared",
    "test_transpose_method": "whether a graph is kept is not compared",
    "test_input_validation": "the errors for wrong arguments are of other kinds",
    "test_softmax_on_ints": "softmax takes an axis that exists",
    "test_sequential_arithmetic": "copy() stays in the graph",
}


def copy_tests(checkout, folder):
    """Copy the tests and what they import, with other factories."""
    tests = checkout / "tests"
    for name in SUPPORT:
        (folder / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tests / name, folder / "tests" / name)
    for name in SUITES:
        if name.endswith(".py"):
            shutil.copy(tests / name, folder / "tests" / name)
        else:
            shutil.copytree(tests / name, folder / "tests" / name)
    strategies = folder / "tests" / "custom_strategies" / "__init__.py"  # ufuncs take no masks here
    strategies.write_text(strategies.read_text().replace("include_where: bool = True", "include_where: bool = False"))
    for path in folder.rglob("test_*.py"):
        path.write_text(re.sub(r"max_examples=\d+", "max_examples=10", path.read_text()))
    (folder / "tests" / "wrappers" / "uber.py").rename(folder / "tests" / "wrappers" / "mygrad_uber.py")
    (folder / "tests" / "wrappers" / "uber.py").write_text(FACTORIES)
    (folder / "tests" / "utils" / "wrappers.py").write_text("from mygrad_names import drop_constant as adds_constant_arg\n")
    (folder / "conftest.py").write_text(PLUGIN)


def find_reasons(report):
    """Yield each test that did not pass and the last line of its error."""
    for line in report.splitlines():
        found = re.match(r"(?:FAILED|ERROR) tests/(\S+(?:\[.*?\])?) - (.*)", line)
        if found:
            test, reason = found.groups()
            known = [text for words, text in TESTS.items() if words in test]
            known += [text for words, text in REFUSALS.items() if words in reason]
            yield test, f"refused: {known[0]}" if known and "refused: " not in reason else reason


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--jobs", default="2", help="the number of processes, by pytest-xdist")
    parser.add_argument("--show", default="", help="a pytest expression: show the failures of these tests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tests(options.checkout, folder)
        selection = ["-k", options.show] if options.show else []
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-rfE",
            "--tb=short" if options.show else "--tb=line",
        ]
        command += ["--import-mode=importlib", "-W", "ignore", "-n", options.jobs, *selection, "tests"]
        environment = {
            "PYTHONPATH": f"{HERE}:{HERE.parent.parent}:{folder}",
            "PATH": "/usr/bin:/bin",
            "HOME": name,
            "COLUMNS": "240",
        }
        report = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True).stdout
    if options.show:
        print(report)
        return
    reasons = list(find_reasons(report))
    refused = [(test, reason.partition("refused: ")[2]) for test, reason in reasons if "refused: " in reason]
    for test, reason in reasons:
        if "refused: " not in reason:
            print("failed ", test, "-", reason)
    for reason, count in Counter(reason for _, reason in refused).most_common():
        print(f"refused {count:4d} tests: {reason}")
    print(f"{len(refused)} of the failures are refusals.", report.splitlines()[-1])


if __name__ == "__main__":
    main()
