"""Every block of the README is run: Python against the output printed under it, and the two commands by their last part."""

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
PYTHON = [(code, BLOCKS[i + 1]) for i, (kind, code) in enumerate(BLOCKS) if kind == "python"]
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]


def test_blocks_are_of_known_kinds():
    assert [kind for kind, _ in BLOCKS] == ["sh", *["python", "text"] * len(PYTHON)]


@pytest.mark.parametrize(("code", "printed"), PYTHON, ids=[f"block-{i}" for i in range(len(PYTHON))])
def test_python_blocks_print_what_stands_under_them(code, printed):
    assert printed[0] == "text"
    out = io.StringIO()
    linecache.cache["example.py"] = (len(code), None, code.splitlines(), "example.py")
    with contextlib.redirect_stdout(out):
        exec(compile(code, "example.py", "exec"), {})
    assert out.getvalue() == printed[1]


def test_the_two_commands():
    main, tests = [command.split(" && ") for command in COMMANDS]
    assert main[:2] == ["python3 -m venv .venv", '.venv/bin/pip install -q -e ".[examples]"']
    assert tests[:2] == ["python3 -m venv .venv", '.venv/bin/pip install -q -e ".[tests]"']
    assert tests[2] == ".venv/bin/python -m pytest -q -n auto"
    assert shlex.split(main[2])[0] == ".venv/bin/python"


def test_the_main_job(tmp_path):
    *_, job = COMMANDS[0].split(" && ")
    script = ROOT / shlex.split(job)[1]
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(re.search(r"test accuracy (\d\.\d+)", done.stdout)[1]) >= 0.95
    errors = [float(x) for x in re.findall(r"against [a-z ]+ (\d\.\de[-+]\d+)", done.stdout)]
    assert len(errors) == 2
    assert max(errors) < 1e-6
    assert "60/60" in done.stderr
    assert "val accuracy" in done.stderr
    assert (tmp_path / "digits.png").stat().st_size > 10_000


def test_links_lead_somewhere():
    text = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"^\| [^|]+ \| `([^`]+)` \|$", README, flags=re.MULTILINE):
        assert (ROOT / target).exists(), target
