"""The README: its Python blocks print the output below them, its commands run, and its links exist."""

import contextlib
import io
import linecache
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
PYTHON = [(code, output) for (kind, code), output in zip(BLOCKS, BLOCKS[1:]) if kind == "python"]
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]


def test_the_readme_has_a_shell_block_and_pairs_of_code_and_output():
    assert [kind for kind, _ in BLOCKS] == ["sh", *["python", "text"] * len(PYTHON)]


@pytest.mark.parametrize(("code", "output"), PYTHON, ids=[f"block-{i}" for i in range(len(PYTHON))])
def test_python_blocks_print_the_output_below_them(code, output):
    kind, expected = output
    assert kind == "text"
    printed = io.StringIO()
    linecache.cache["example.py"] = (len(code), None, code.splitlines(), "example.py")
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "example.py", "exec"), {})
    assert printed.getvalue() == expected


def test_the_two_commands_install_and_run():
    example, tests = [command.split(" && ") for command in COMMANDS]
    assert example[:2] == ["python3 -m venv .venv", '.venv/bin/pip install -q -e ".[examples]"']
    assert tests[:2] == ["python3 -m venv .venv", '.venv/bin/pip install -q -e ".[tests]"']
    assert tests[2] == ".venv/bin/python -m pytest -q -n auto"
    assert shlex.split(example[2])[0] == ".venv/bin/python"


def test_the_first_command_trains_and_checks_gradients(tmp_path):
    script = ROOT / shlex.split(COMMANDS[0].split(" && ")[-1])[1]
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(re.search(r"test accuracy (\d\.\d+)", done.stdout)[1]) >= 0.95
    errors = [float(x) for x in re.findall(r"against [a-z ]+ (\d\.\de[-+]\d+)", done.stdout)]
    assert len(errors) == 2
    assert max(errors) < 1e-6
    assert "60/60" in done.stderr
    assert "val accuracy" in done.stderr
    assert (tmp_path / "digits.png").stat().st_size > 10_000


def test_links_and_paths_of_the_readme_exist():
    text = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"^\| [^|]+ \| `([^`]+)` \|$", README, flags=re.MULTILINE):
        assert (ROOT / target).exists(), target
