"""The command gradlab: what it prints, its files, and its exit codes."""

import json
import subprocess
import sys

import numpy as np
import pytest

from autograd import SettingError
from autograd.command_line.main import main, make_parser
from autograd.command_line.user_functions import load_function, points_of

FUNCTIONS = """
import numpy as np
import autograd as ag
import beside_it

def right(x, y): return ag.tanh(x) * y
def wrong(x): return ag.sin(x) * ag.stop_gradient(x)
def of_arrays(W=np.ones((2, 2)), b=0.5, power=2): return np.sum(np.exp(W) * b) ** power
def vector(x=np.ones(3)): return np.tanh(x)
def constant(x): return 3.0
def infinite(x): return ag.log(x)
def raises(x): raise RuntimeError("on purpose")
def talks(x):
    print("x is", x)
    return x * x
class Holder:
    @staticmethod
    def inner(x): return x * x
number = 3
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """A function that runs a command in a folder with functions.py; it returns the exit code, the output and the errors."""
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    (tmp_path / "beside_it.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "functions", None)

    def run_command(*arguments):
        code = main(arguments)
        return code, *capsys.readouterr()

    return run_command


def test_a_right_gradient_passes(run):
    code, out, _ = run("check", "functions.py:right", "--points", "3")
    assert (code, out.splitlines()[0]) == (0, "functions.py:right: pass at 3 of 3 points")
    assert run("check", "functions.py:of_arrays", "--order", "2")[0] == 0
    assert run("check", "functions.py:Holder.inner", "--at", "1.5")[1].startswith(
        "functions.py:Holder.inner: pass at 1 of 1 points"
    )


def test_a_wrong_gradient_fails_and_is_blamed(run):
    code, out, _ = run("check", "functions.py:wrong", "--seed", "1")
    assert code == 1
    assert "fail at 5 of 5 points" in out
    assert "or the function leaves its graph (.data, stop_gradient)" in out
    code, out, _ = run("check", "functions.py:wrong", "--json")
    data = json.loads(out)
    assert (code, data["verdict"], len(data["reports"])) == (1, "fail", 5)


def test_a_check_that_cannot_tell_has_a_code_of_its_own(run):
    code, out, _ = run("check", "functions.py:infinite", "--at", "0")
    assert (code, out.splitlines()[0]) == (3, "functions.py:infinite: inconclusive at 1 of 1 points")


def test_graphs_are_drawn_to_files_and_as_text(run, tmp_path):
    code, out, _ = run("draw", "functions.py:right", "--at", "0.5", "--at", "2")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines()[1:]] == ["x", "y", "tanh", "×"]
    for ending, begin in ((".svg", "<svg"), (".html", "<!doctype html"), (".dot", "digraph"), (".mmd", "graph")):
        assert run("draw", "functions.py:vector", "-o", f"a{ending}")[:2] == (0, f"functions.py:vector: drawn to a{ending}\n")
        assert (tmp_path / f"a{ending}").read_text().startswith(begin)
    code, out, _ = run("draw", "functions.py:right", "--json", "--fold", "structure")
    assert "tanh" in json.loads(out)["text"]


def test_the_demonstration_finds_the_minimum(run):
    code, out, _ = run("demo")
    assert code == 0
    assert "against finite differences: pass" in out
    code, out, _ = run("demo", "--json")
    data = json.loads(out)
    x, y = -1.2, 1.0
    assert data["gradient"] == pytest.approx([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])
    np.testing.assert_allclose(data["minimum"], 1.0, rtol=1e-9)


def test_times_and_versions_are_printed(run):
    code, out, _ = run("bench", "--repeats", "1", "--json")
    assert code == 0
    assert all(ms > 0.0 for ms in json.loads(out)["milliseconds"].values())
    assert "compiled, value and gradient" in run("bench", "--repeats", "1")[1]
    data = json.loads(run("info", "--json")[1])
    assert data["numpy"] == np.__version__
    assert "gradlab" in run("info")[1]


def test_packages_that_are_missing_are_said_to_be(run, monkeypatch):
    from autograd.command_line import commands

    monkeypatch.setattr(commands, "OPTIONAL", ("no_such_package",))
    assert "no_such_package not installed" in run("info")[1]


def test_a_completion_script_is_made_by_shtab(run, monkeypatch):
    assert "gradlab" in run("completion", "bash")[1]
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert run("completion", "zsh")[::2] == (2, "gradlab completion: completion needs shtab: pip install shtab\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "functions.py"), "'functions.py' names no function: write FILE:NAME, such as loss.py:f, or MODULE:NAME"),
        (("check", "nothing.py:f"), "there is no file 'nothing.py'"),
        (("check", "no_such_module:f"), "there is no module 'no_such_module'"),
        (("check", "functions.py:nope"), "functions.py has no function 'nope'; it has right, wrong"),
        (("check", "functions.py:number"), "'number' in functions.py is int, not a function"),
        (
            ("check", "functions.py:right", "--at", "x"),
            "--at 'x' is neither a number nor a list of numbers, such as 1.5 or '[[1, 2], [3, 4]]'",
        ),
        (
            ("check", "functions.py:right", "--at", "[[1], [2, 3]]"),
            "--at '[[1], [2, 3]]' is neither a number nor a list of numbers",
        ),
        (("check", "builtins:max"), "the parameters of this function cannot be read: give --at once for each argument"),
        (("draw", "functions.py:constant"), "functions.py:constant returned float, not a node: it must compute with its arguments"),
        (("draw", "functions.py:right", "-o", "a.png"), "the ending of 'a.png' must be one of .svg, .html, .dot, .mmd"),
    ],
)
def test_wrong_commands_say_what_is_wrong(run, arguments, message):
    code, out, error = run(*arguments)
    assert (code, out) == (2, "")
    assert error.startswith(f"gradlab {arguments[0]}: {message}")


def test_an_exception_in_the_function_is_shown(run):
    code, _, error = run("draw", "functions.py:raises")
    assert code == 4
    assert "RuntimeError: on purpose" in error


@pytest.mark.parametrize("flag", ["--json", "--js"])
@pytest.mark.parametrize(
    ("arguments", "code", "kind", "message"),
    [
        (("check", "nothing.py:f"), 2, "SettingError", "there is no file 'nothing.py'"),
        (("draw", "functions.py:raises"), 4, "RuntimeError", "on purpose"),
        (("check",), 2, "UsageError", "gradlab check: the following arguments are required: FILE:NAME"),
        (("bench", "--repeats", "0"), 2, "UsageError", "gradlab bench: argument --repeats: must be at least 1, not 0"),
    ],
)
def test_errors_are_json_if_json_is_asked_for(run, capsys, flag, arguments, code, kind, message):
    try:
        given, out, _ = run(*arguments, flag)
    except SystemExit as exit:
        given, out = exit.code, capsys.readouterr().out
    assert (given, json.loads(out)) == (code, {"error": {"type": kind, "message": message}})


def test_an_exception_in_the_function_is_shown_beside_the_json(run):
    assert 'raise RuntimeError("on purpose")' in run("draw", "functions.py:raises", "--json")[2]


def test_what_the_function_prints_is_not_in_the_json(run):
    _, out, error = run("check", "functions.py:talks", "--json")
    assert json.loads(out)["verdict"] == "pass"
    assert "x is" in error
    assert "x is" in run("check", "functions.py:talks")[1]


def test_argparse_refuses_what_it_does_not_know(run, capsys):
    for arguments in ((), ("fly",), ("check", "a.py:f", "--points", "0")):
        with pytest.raises(SystemExit) as raised:
            make_parser().parse_args(arguments)
        assert raised.value.code == 2
    assert "must be at least 1, not 0" in capsys.readouterr().err


def test_random_points_start_at_the_defaults():
    default = np.ones(2)

    def f(W=default, b=0.5, name="x", *rest, key=1.0):
        return W

    points = points_of(f, [], 3, 0)
    assert [len(point) for point in points] == [2, 2, 2]
    np.testing.assert_array_equal(points[0][0], np.ones(2))
    assert points[0][1] == 0.5
    assert points[1][1] != 0.5
    assert type(points[1][1]) is float


def test_functions_of_modules_can_be_named():
    assert load_function("numpy:linalg.norm") is np.linalg.norm
    with pytest.raises(SettingError, match=r"numpy has no function 'linalg.nope'"):
        load_function("numpy:linalg.nope")


def test_the_command_is_installed():
    result = subprocess.run([sys.executable, "-m", "autograd.command_line", "info"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "engine" in result.stdout
