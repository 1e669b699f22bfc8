"""The project's tasks: ``nox -s lint types tests bench``."""

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "venv"


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[tests]", "mypy")
    session.run("mypy")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the tests, doctests included."""
    session.install("-e", ".[tests]")
    session.run("pytest", "-q", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the engine beside its peers."""
    session.install("-e", ".[examples]", "casadi", "micrograd", "mygrad")
    session.run("python", "benchmarks/eager.py", *session.posargs)
