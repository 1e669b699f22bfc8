"""The pytest plugin: it writes a report file for each failure."""

import json

import pytest

from autograd.ops import TABLE

PROJECT = """
    import numpy as np
    import pytest
    from autograd import define
    from autograd.testing import Array, Real, check_grad, check_vjp, gradient_test

    bent = define("bent_in_a_project", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 0.1)

    @gradient_test(x=Array("n"))
    def test_wrong(x):
        return bent(x).sum() * 2.0

    @gradient_test(x=Array("n"), s=Real(0.5, 2.0))
    def test_right(x, s):
        return (np.tanh(x) * s).sum()

    @pytest.mark.parametrize("where", ["a/b", "<c>"])
    def test_one_point(where):
        check_grad(bent, 0.5)

    def test_of_two_at_once():
        errors = []
        for x in (0.5, 2.0):
            try:
                check_grad(bent, x)
            except Exception as error:
                errors.append(error)
        raise RuntimeError from ExceptionGroup("both", errors)

    def test_a_rule():
        check_vjp(np.sin, lambda xs, g: (g * np.sin(xs[0]),), (0.5,))

    def test_without_gradients():
        assert 1 == 2
"""


@pytest.fixture
def project(pytester):
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(test_project=PROJECT)
    yield pytester
    TABLE.pop("bent_in_a_project", None)


def test_a_report_file_for_each_failure(project):
    result = project.runpytest_inprocess("--gradient-report=reports/new", "--hypothesis-seed=3", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=6)
    files = {path.name: json.loads(path.read_text("utf-8")) for path in (project.path / "reports" / "new").glob("*.json")}
    assert len(files) == 6
    pages = sorted((project.path / "reports" / "new").glob("*.html"))
    assert sorted(page.stem for page in pages) == sorted(name.removesuffix(".json") for name in files if "test_a_rule" not in name)
    assert "✗ bent_in_a_project" in pages[0].read_text("utf-8")
    (wrong,) = [data for name, data in files.items() if name.startswith("test_project.py-test_wrong")]
    assert wrong["test"] == "test_project.py::test_wrong"
    assert (wrong["verdict"], wrong["fault"], wrong["findings"][0]["index"]) == ("fail", "value", [0])
    assert wrong["blame"].startswith("bent_in_a_project by its first argument")
    assert wrong["expression"].startswith("bent_in_a_project(a)  with a = ")
    assert wrong["values"] == {"x": [0.0]}
    assert len(wrong["text"]) <= 15
    assert sum(name.startswith("test_project.py-test_one_point") for name in files) == 2


def test_no_option_no_files_and_no_directory_an_error(project):
    project.runpytest_inprocess("-k", "one_point", "-p", "no:cacheprovider").assert_outcomes(failed=2, deselected=5)
    assert not list(project.path.rglob("*.json"))
    (project.path / "taken").write_text("a file")
    result = project.runpytest_inprocess("--gradient-report=taken", "-p", "no:cacheprovider")
    result.stderr.fnmatch_lines(["*--gradient-report=taken: cannot create this directory*"])


def test_the_report_directory_may_exist_already(pytester):
    pytester.mkdir("reports")
    pytester.makepyfile("def test_nothing():\n    pass")
    pytester.runpytest_inprocess("--gradient-report=reports", "-p", "no:cacheprovider").assert_outcomes(passed=1)
