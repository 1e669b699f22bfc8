"""What is written in more than one place is equal there: versions, Pythons and dependencies; the sdist holds all that is in git."""

import re
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


PYPROJECT = tomllib.loads(read("pyproject.toml"))
VERSION = PYPROJECT["project"]["version"]
RECIPE = read("recipe/recipe.yaml")


def listed(text, *keys):
    """The items of a list in a YAML file without their comments, found by the keys above it."""
    for key in keys:
        text = re.split(rf"^ *{key}:\n", text, maxsplit=1, flags=re.MULTILINE)[1]
    return re.findall(r"^ *- ([^#\n]*?) *(?:#.*)?$", re.match(r"(?: *- .*\n)*", text)[0], flags=re.MULTILINE)


def conda_name(requirement):
    return re.sub(r"(?=[<>=])", " ", requirement, count=1)


def test_items_of_a_recipe_are_found():
    text = "a:\n  b:\n    - x\n    - y >=1 # why\n  c:\n    - z\n"
    assert listed(text, "a", "b") == ["x", "y >=1"]
    assert listed(text, "a", "c") == ["z"]


def test_the_recipe_of_conda_has_the_dependencies_of_the_package():
    project = PYPROJECT["project"]
    python = f"python {project['requires-python']}"
    assert listed(RECIPE, "requirements", "run") == [python, *map(conda_name, project["dependencies"])]
    host = set(listed(RECIPE, "requirements", "host"))
    assert host == {"python", "pip", *map(conda_name, PYPROJECT["build-system"]["requires"])}
    assert listed(RECIPE, "build", "python", "entry_points") == [f"{k} = {v}" for k, v in project["scripts"].items()]
    assert f"  summary: {project['description']}\n" in RECIPE


def test_the_version_is_the_same_everywhere():
    assert re.search(r"^version: (.*)$", read("CITATION.cff"), re.MULTILINE)[1] == VERSION
    assert re.search(r'^  version: "(.*)"$', RECIPE, re.MULTILINE)[1] == VERSION
    assert re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)[1] == VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_the_citation_is_valid():
    citation = pytest.importorskip("cffconvert.citation", reason="cffconvert knows the schema").Citation(read("CITATION.cff"))
    citation.validate()
    assert len(citation.cffobj["abstract"]) > 200


def test_the_same_pythons_are_promised_tested_and_built():
    pythons = re.findall(r"Python :: (3\.\d+)", str(PYPROJECT["project"]["classifiers"]))
    assert len(pythons) >= 4
    assert PYPROJECT["project"]["requires-python"] == f">={pythons[0]}"
    assert f"@nox.session(python={pythons})\n".replace("'", '"') in read("noxfile.py")
    assert f"python: {pythons}\n".replace("'", '"') in read(".github/workflows/tests.yml")
    assert PYPROJECT["tool"]["cibuildwheel"]["build"] == " ".join(f"cp{python.replace('.', '')}-*" for python in pythons)


def test_each_session_of_nox_exists_that_the_workflow_runs():
    sessions = re.search(r"session: \[(.*)\]", read(".github/workflows/checks.yml"))[1].split(", ")
    for session in sessions:
        assert f"\ndef {session}(session: nox.Session)" in read("noxfile.py"), session


def test_the_links_to_other_sites_are_followed_each_week():
    workflow = read(".github/workflows/links.yml")
    assert "cron:" in workflow
    assert "nox -s links\n" in workflow
    assert '"-b", "linkcheck"' in read("noxfile.py")


def test_actions_of_the_workflows_are_pinned_and_have_few_permissions():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert "\npermissions: {}\n" in text, path
        for action in re.findall(r"uses: (.*)", text):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), (path, action)


def test_the_sdist_has_all_files_of_the_repository_and_nothing_compiled(tmp_path):
    """So the tests run from it."""
    builder = pytest.importorskip("hatchling.builders.sdist", reason="hatchling builds the sdist").SdistBuilder
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    (sdist,) = builder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    deleted = {name for name in tracked if not (ROOT / name).exists()}
    assert set(tracked) - deleted - {""} - names == set()
    assert [name for name in names if name.endswith((".so", ".pyd", ".pyc", ".o", "rows.h", "build_note.txt"))] == []
