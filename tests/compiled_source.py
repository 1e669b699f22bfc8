"""Checks of the source of compiled programs."""

import ast
import subprocess
import sys


def find_undefined_names(source):
    """Yield for each statement of a module's functions the names that it uses and that are not defined before it."""
    tree = ast.parse(source)
    imported = {a.asname or a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names}
    assigned = {t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets}
    for f in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        known = imported | assigned | {a.arg for a in f.args.args} | {"abs", "range", "reversed", "float"}
        for line in f.body:
            used = {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            made = {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            yield used - known - (made if isinstance(line, ast.For) else set())
            known |= {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def format_source(source):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--line-length", "320", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def find_unread_variables(source):
    """Return the variables that are assigned and never read."""
    tree = ast.parse(source)
    stored, loaded = set(), set()
    for n in ast.walk(tree):
        if isinstance(n, ast.Name):
            (stored if isinstance(n.ctx, ast.Store) else loaded).add(n.id)
    return stored - loaded
